/**
 * The Rust core in the browser (`web-core`, made by `cargo xtask wasm`): links and what is derived
 * from their secrets. Loaded when first needed; nothing here knows a screen or a server.
 */

import init, { access_token, host_fragment, new_call_id, new_call_secret, seat_links } from './generated/web_core';
import wasmUrl from './generated/web_core_bg.wasm?url';

/** What was wrong with a link: a code of `web-core`. */
export class LinkProblem extends Error {
  override readonly name = 'LinkProblem';

  constructor(readonly code: string) {
    super(code);
  }
}

export interface MadeLink {
  readonly seat: number;
  readonly link: number;
  readonly fragment: string;
  /** SHA-256 of the access token: what the server gets. */
  readonly tokenHash: string;
}

export interface Core {
  accessToken(callId: string, fragment: string): string;
  newCallId(): string;
  newCallSecret(): string;
  /** The links of `seats[i]` under link number `links[i]`. */
  seatLinks(callSecret: string, callId: string, seats: readonly number[], links: readonly number[]): MadeLink[];
  hostFragment(callSecret: string, callId: string, seat: number): string;
}

let loading: Promise<Core> | null = null;

/** Once for the whole client. A failed load is tried again by the next caller. */
export function loadCore(): Promise<Core> {
  loading ??= init({ module_or_path: wasmUrl }).then(() => core, (error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

const core: Core = {
  accessToken: (callId, fragment) => asProblem(() => access_token(callId, fragment)),
  newCallId: () => asProblem(new_call_id),
  newCallSecret: () => asProblem(new_call_secret),
  hostFragment: (secret, callId, seat) => asProblem(() => host_fragment(secret, callId, seat)),
  seatLinks: (secret, callId, seats, links) => asProblem(() =>
    seat_links(secret, callId, new Uint16Array(seats), new Uint32Array(links)).map((made) => {
      const { seat, link, fragment, token_hash: tokenHash } = made;
      made.free();
      return { seat, link, fragment, tokenHash };
    })),
};

function asProblem<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new LinkProblem(error instanceof Error ? error.message : 'unknown');
  }
}
