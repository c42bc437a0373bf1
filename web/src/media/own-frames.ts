/**
 * Which frames that a received track gives are of whom it is drawn as. Tracks go from seat to seat, and
 * frames of the seat before may still wait in the browser, for as long as a server likes that plays
 * with their times. The worker tells what it let through before; a frame on the screen, or a sound in
 * the air, that is one of those is the former seat's, and nobody's picture or voice here.
 */

import type { Clock } from '../base/time';
import type { Former } from '../sealed/gate';

/** Where frames cannot be told apart: no browser holds one for longer. */
const BLIND_MS = 10_000;

export class OwnFrames {
  readonly #former: ReadonlySet<number> | null;
  readonly #sinceMs: number;

  /** `latest`: the RTP timestamp of what the track gave last, if the browser knows. */
  constructor(former: Former, private readonly clock: Clock, private readonly latest: () => number | undefined) {
    this.#former = former && new Set(former);
    this.#sinceMs = clock.now();
  }

  /** Nobody else was ever on this track. */
  get certain(): boolean {
    return this.#former?.size === 0;
  }

  /** Whether what the track gives now, which may be known to be of `timestamp`, is of its seat. */
  isOwn(timestamp = this.latest()): boolean {
    if (this.certain) return true;
    if (this.#former && timestamp !== undefined) return !this.#former.has(timestamp);
    return this.clock.now() - this.#sinceMs >= BLIND_MS;
  }
}

const known = new WeakMap<MediaStream, OwnFrames>();

/** A stream is drawn by these only. */
export function own(stream: MediaStream, frames: OwnFrames): MediaStream {
  known.set(stream, frames);
  return stream;
}

/** `null`: it has one source, and always had. */
export function framesOf(stream: MediaStream): OwnFrames | null {
  const frames = known.get(stream);
  return frames && !frames.certain ? frames : null;
}
