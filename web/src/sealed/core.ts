/**
 * The Rust core on the page (`web-core`, made by `cargo xtask wasm`): links, what is derived from
 * their secrets, and what a convener seals. The session of a call is not here: `sealed.worker.ts` has
 * an instance of its own. Loaded when first needed; nothing here knows a screen or a server.
 */

import { systemClock } from '../base/time';
import type { NewCall, SeatToken, UnverifiedPlan } from '../protocol/generated';
import init, {
  access_token, find_link, host_fragment, link_of_address, new_call, new_call_id, new_call_secret, open_plan, parse_link, seat_links, seat_token,
} from './generated/web_core';
import wasmUrl from './generated/web_core_bg.wasm?url';

/** What was wrong with a link: a code of `web-core`. */
export class LinkProblem extends Error {
  override readonly name = 'LinkProblem';

  constructor(readonly code: string) {
    super(code);
  }
}

interface MadeLink {
  readonly seat: number;
  readonly link: number;
  readonly fragment: string;
}

/** A link in a text or an address. */
export interface FoundLink {
  /** The server it names, e.g. `https://example.org`. */
  readonly origin: string | null;
  readonly callId: string;
  readonly fragment: string;
}

export interface Core {
  /** The one link in a text that somebody pasted, whatever a mail program made of it. */
  findLink(text: string): FoundLink;
  /** The link that led here. What of an address is before its `#` has reached the server. */
  linkOfAddress(url: string): FoundLink;
  accessToken(callId: string, fragment: string): string;
  newCallId(): string;
  newCallSecret(): string;
  /** The links of `seats[i]` under link number `links[i]`. */
  seatLinks(callSecret: string, callId: string, seats: readonly number[], links: readonly number[]): MadeLink[];
  /** The call secret in a host link's fragment; `null` in a seat's. Throws `LinkProblem`. */
  secretOf(callId: string, fragment: string): string | null;
  hostFragment(callSecret: string, callId: string, seat: number): string;
  /** All that the server gets of a new call; names only sealed. Throws if the plan has a mistake. */
  newCall(callSecret: string, callId: string, plan: UnverifiedPlan): NewCall;
  /** What the server gets for a new link of a seat. */
  seatToken(callSecret: string, callId: string, plan: UnverifiedPlan, seat: number, link: number): SeatToken;
  /** Throws if it is not this call's. */
  openPlan(callSecret: string, callId: string, sealed: string): UnverifiedPlan;
}

let compiling: Promise<WebAssembly.Module> | null = null;
let loading: Promise<Core> | null = null;

/** Fetched and compiled once for the page and its worker. A failed load is tried again by the next caller. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiling ??= WebAssembly.compileStreaming(fetch(wasmUrl, { credentials: 'omit' })).catch((error: unknown) => {
    compiling = null;
    throw error;
  });
  return compiling;
}

/** Once for the whole client. A failed load is tried again by the next caller. */
export function loadCore(): Promise<Core> {
  loading ??= coreModule().then((module) => init({ module_or_path: module })).then(() => core, (error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

const core: Core = {
  findLink: (text) => found(asProblem(() => find_link(text))),
  linkOfAddress: (url) => found(asProblem(() => link_of_address(url))),
  accessToken: (callId, fragment) => asProblem(() => access_token(callId, fragment)),
  newCallId: () => asProblem(new_call_id),
  newCallSecret: () => asProblem(new_call_secret),
  secretOf: (callId, fragment) => asProblem(() => {
    const link = parse_link(callId, fragment);
    const { kind, secret } = link;
    link.free();
    return kind === 'host' ? secret : null;
  }),
  hostFragment: (secret, callId, seat) => asProblem(() => host_fragment(secret, callId, seat)),
  seatLinks: (secret, callId, seats, links) => asProblem(() =>
    seat_links(secret, callId, new Uint16Array(seats), new Uint32Array(links)).map((made) => {
      const { seat, link, fragment } = made;
      made.free();
      return { seat, link, fragment };
    })),
  newCall: (secret, callId, plan) =>
    JSON.parse(asProblem(() => new_call(secret, callId, JSON.stringify(plan), systemClock.wall()))) as NewCall,
  seatToken: (secret, callId, plan, seat, link) =>
    JSON.parse(asProblem(() => seat_token(secret, callId, JSON.stringify(plan), seat, link, systemClock.wall()))) as SeatToken,
  openPlan: (secret, callId, sealed) => JSON.parse(asProblem(() => open_plan(secret, callId, sealed))) as UnverifiedPlan,
};

function found(link: ReturnType<typeof find_link>): FoundLink {
  const { origin = null, call_id: callId, fragment } = link;
  link.free();
  return { origin, callId, fragment };
}

function asProblem<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new LinkProblem(error instanceof Error ? error.message : 'unknown');
  }
}
