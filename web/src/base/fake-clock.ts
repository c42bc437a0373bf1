/** A clock for tests that moves only when told to. */

import type { Clock } from './time';

export class FakeClock implements Clock {
  #now = Date.UTC(2022, 0, 24, 20, 0);
  #aheadMs = 0;
  #timers: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#aheadMs;
  }

  /** Somebody sets the time of day, by so much. */
  setWall(byMs: number): void {
    this.#aheadMs += byMs;
  }

  /** The machine sleeps: only the time of day goes on. */
  sleep(ms: number): void {
    this.#aheadMs += ms;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, order: this.#order++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer);
    };
  }

  /** Moves on, running what falls due in order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      this.#timers = this.#timers.filter((t) => t !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}
