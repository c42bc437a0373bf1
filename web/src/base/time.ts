/**
 * The clocks, as something that can be handed in: tests run hours in milliseconds.
 *
 * The one place that asks the browser what time it is; `time.test.ts` reads the sources for others.
 */

export interface Clock {
  /**
   * For durations, ages and deadlines: milliseconds that nobody sets. It begins with the time of day
   * (milliseconds since 1970 UTC) of when the page was loaded. In some browsers it stands still while
   * the machine sleeps.
   */
  now(): number;
  /** The time of day, milliseconds since 1970 UTC: to show, to store, to compare with another machine's. */
  wall(): number;
  /** Calls `run` once, after `ms`, unless cancelled by the returned function. */
  after(ms: number, run: () => void): () => void;
}

const loadedAtMs = Date.now() - performance.now();

export const systemClock: Clock = {
  now: () => loadedAtMs + performance.now(),
  wall: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Calls `run` every `ms` until cancelled. */
export function every(clock: Clock, ms: number, run: () => void): () => void {
  let cancel = clock.after(ms, tick);
  function tick(): void {
    cancel = clock.after(ms, tick);
    run();
  }
  return () => cancel();
}

/** A timer that is started again each time, for watchdogs and debouncing. */
export class Timer {
  #cancel: (() => void) | null = null;

  constructor(private readonly clock: Clock) {}

  get running(): boolean {
    return this.#cancel !== null;
  }

  start(ms: number, run: () => void): void {
    this.stop();
    this.#cancel = this.clock.after(ms, () => {
      this.#cancel = null;
      run();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
