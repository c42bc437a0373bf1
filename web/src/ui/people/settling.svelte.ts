/**
 * Guards buttons that stand where others stood a moment ago: a hand on its way to one of them must not
 * answer for somebody else.
 */

/** As long as a hand needs to stop. */
const SETTLE_MS = 1_000;

export class Settling {
  #moving = $state(false);
  #before: readonly string[] = [];
  /** When a place was last given up, by place. */
  #left: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Something stands where another thing stood within the last second. */
  get moving(): boolean {
    return this.#moving;
  }

  /** What stands there now, from the top. */
  see(order: readonly string[]): void {
    const now = performance.now();
    this.#before.forEach((what, at) => {
      if (order[at] !== what) this.#left[at] = now;
    });
    const moved = order.some((what, at) => what !== this.#before[at] && now < (this.#left[at] ?? Number.NEGATIVE_INFINITY) + SETTLE_MS);
    this.#before = order;
    if (!moved) return;
    this.#moving = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#moving = false), SETTLE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
