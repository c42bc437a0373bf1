/** One tab of this browser holds a seat at a time (Web Locks). Another one can take it over. */

/** As much of `navigator.locks` as is used. */
export interface Locks {
  request(
    name: string, options: { ifAvailable?: boolean; steal?: boolean }, hold: (lock: unknown) => Promise<void>,
  ): Promise<unknown>;
}

export class SeatLock {
  onlost: () => void = () => {};

  constructor(private readonly locks: Locks | undefined, private readonly name: string) {}

  take(): Promise<boolean> {
    return this.#request({ ifAvailable: true });
  }

  async steal(): Promise<void> {
    await this.#request({ steal: true });
  }

  /** Held until the tab closes or another one steals it. */
  #request(options: { ifAvailable?: boolean; steal?: boolean }): Promise<boolean> {
    const { locks } = this;
    // Without locks two tabs may contend; the server then lets the later one have the seat.
    if (!locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      let held = false;
      const hold = (lock: unknown): Promise<void> => {
        held = lock !== null;
        resolve(held);
        return held ? new Promise(() => {}) : Promise.resolve();
      };
      locks.request(this.name, options, hold).catch(() => {
        if (held) this.onlost();
        else resolve(false);
      });
    });
  }
}
