/**
 * How a link gets into the client: its fragment is read, taken out of the address bar, and kept
 * for this tab only, so that a reload works and a photograph of the screen gives nothing away.
 *
 * The holder secret is this browser's own, per link: it tells a returning client from another
 * machine with the same link. It is not derived from anything and leaves only in `hello`.
 */

import type { Core } from './core';

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
  readonly pathname: string;
  readonly hash: string;
  /** Replaces what the address bar shows. */
  replace(path: string): void;
}

const CALL_PATH = /^\/c\/([a-z2-7]{26})\/?$/;

/** The call a path is about, or `null`. */
export function callIdOf(pathname: string): string | null {
  return CALL_PATH.exec(pathname)?.[1] ?? null;
}

/** The fragment of this link; `null` if this tab never had one. Clears the address bar. */
export function takeFragment(callId: string, address: Address, tab: Store | null): string | null {
  const name = `incamera.link.${callId}`;
  const fragment = address.hash.replace(/^#/, '');
  if (fragment === '') return tab?.getItem(name) ?? null;
  quietly(() => tab?.setItem(name, fragment));
  // Without storage the secret stays in the address bar: better seen than lost at a reload.
  if (tab?.getItem(name) === fragment) address.replace(address.pathname);
  return fragment;
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
