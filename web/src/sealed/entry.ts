/**
 * How a link gets into the client: its fragment is read, taken out of the address bar, and kept
 * for this tab only, so that a reload works and a photograph of the screen gives nothing away.
 *
 * The holder secret is this browser's own, per link: it tells a returning client from another
 * machine with the same link. It is not derived from anything and leaves only in `hello`.
 */

import { LinkProblem, type Core } from './core';

/** As much of a Storage as is used; both kinds may be forbidden or full. */
export type Store = Pick<Storage, 'getItem' | 'setItem'>;

export interface Entry {
  readonly callId: string;
  readonly token: string;
  readonly holder: string;
  /** Names this seat on this machine without giving the token away. */
  readonly seatKey: string;
}

export interface Address {
  readonly origin: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  /** Replaces what the address bar shows. */
  replace(path: string): void;
}

/** A link, read. */
export interface OpenedLink {
  readonly callId: string;
  readonly fragment: string;
}

const CALL_PATH = /^\/c\/([a-z2-7]{26})\/?$/;
/** Whatever became of such a path on its way. */
const CALL_PATHS = /^\/+c(\/|%2f|$)/i;

/** The call a path is about, or `null`. */
function callIdOf(pathname: string): string | null {
  return CALL_PATH.exec(pathname)?.[1] ?? null;
}

/** Whether this is a link's path, or was one before it was changed. */
export function isCallPath(pathname: string): boolean {
  return CALL_PATHS.test(pathname);
}

/**
 * The link this tab was opened with, by its address or, after a reload, as it was kept. Clears the
 * address bar. Throws `LinkProblem`; or what `load` throws, and then the address still has the link.
 */
export async function openLink(load: () => Promise<Core>, address: Address, tab: Store | null): Promise<OpenedLink> {
  const callId = callIdOf(address.pathname);
  const hash = address.hash.replace(/^#/, '');
  if (callId !== null && hash === '' && address.search === '') return keptLink(callId, tab);
  // At once, before anybody photographs it, if it is kept for a reload.
  const early = callId !== null && hash !== '' && keep(tab, LINK + callId, hash);
  if (early) address.replace(`/c/${callId}`);
  const core = await load();
  try {
    const link = core.linkOfAddress(`${address.origin}${address.pathname}${address.search}${address.hash}`);
    keep(tab, EXPOSED + link.callId, '');
    // Without storage the secret stays in the address bar: better seen than lost at a reload.
    if (keep(tab, LINK + link.callId, link.fragment)) address.replace(`/c/${link.callId}`);
    return link;
  } catch (problem) {
    if (problem instanceof LinkProblem && problem.code.startsWith('exposed')) hide(problem.code, address, tab);
    else if (problem instanceof LinkProblem && early) {
      // What is damaged is not kept, or it would be opened in place of the next that has no secret.
      keep(tab, LINK + callId, '');
      address.replace(`/c/${callId}#${hash}`);
    }
    throw problem;
  }
}

const LINK = 'incamera.link.';
/** Of a call whose link reached the server: what to say of it after a reload, too. */
const EXPOSED = 'incamera.exposed.';

function keptLink(callId: string, tab: Store | null): OpenedLink {
  const exposed = tab?.getItem(EXPOSED + callId);
  if (exposed) throw new LinkProblem(exposed);
  const fragment = tab?.getItem(LINK + callId);
  if (!fragment) throw new LinkProblem('no_fragment');
  return { callId, fragment };
}

/** The secret must not be sent once more by a reload, nor stand in the address bar. */
function hide(code: string, address: Address, tab: Store | null): void {
  const callId = /[a-z2-7]{26}/.exec(address.pathname.toLowerCase())?.[0];
  if (callId === undefined) return address.replace('/c/');
  keep(tab, EXPOSED + callId, code);
  address.replace(`/c/${callId}`);
}

/** Whether it is kept now. */
function keep(tab: Store | null, name: string, value: string): boolean {
  quietly(() => tab?.setItem(name, value));
  return tab !== null && tab.getItem(name) === value;
}

/** Derives what opens the connection. Throws `LinkProblem`. */
export async function enter(core: Core, callId: string, fragment: string, machine: Store | null): Promise<Entry> {
  const token = core.accessToken(callId, fragment);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`incamera seat key ${token}`));
  const seatKey = base64url(new Uint8Array(digest).subarray(0, 12));
  return { callId, token, seatKey, holder: holderFor(`incamera.holder.${callId}.${seatKey}`, machine) };
}

function holderFor(name: string, machine: Store | null): string {
  const known = machine?.getItem(name) ?? null;
  if (known !== null && /^[\w-]{43}$/.test(known)) return known;
  const holder = base64url(crypto.getRandomValues(new Uint8Array(32)));
  quietly(() => machine?.setItem(name, holder));
  return holder;
}

/** RFC 4648, 5, without padding. */
function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Storage may be full or forbidden; the call goes on without. */
export function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // Nothing to do: the next reload asks for the link again.
  }
}
