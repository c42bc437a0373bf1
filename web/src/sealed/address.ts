/**
 * For which circle of the call the own voice is sealed: the table's, or the own delegation's. Pictures
 * are always the table's.
 */

/** Number of the circle where all are. */
export const TABLE = 0;
/** Capture, encoder and their queues hold a voice for less than this; a packet of the narrow voice is 120 ms of it. */
const TAIL_MS = 400;

export class Address {
  #circle = TABLE;
  #silentUntilMs = Number.NEGATIVE_INFINITY;

  /** What the microphone gives is for this circle from now on. */
  set(circle: number, nowMs: number): void {
    // The end of what was said to few is still on its way here. It must not be sealed for all.
    if (circle === TABLE && this.#circle !== TABLE) this.#silentUntilMs = nowMs + TAIL_MS;
    this.#circle = circle;
  }

  /** `null`: what comes now is for nobody. */
  at(nowMs: number): number | null {
    return this.#circle === TABLE && nowMs < this.#silentUntilMs ? null : this.#circle;
  }
}
