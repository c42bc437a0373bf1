/** The clock, as something that can be handed in: tests run hours in milliseconds. */

export interface Clock {
  /** Milliseconds since 1970 UTC by this machine. */
  now(): number;
  /** Calls `run` once, after `ms`, unless cancelled by the returned function. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
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
