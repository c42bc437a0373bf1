/**
 * Values that can be watched, and the scope that ends the watching.
 *
 * `Readable` is the contract Svelte's `$store` syntax expects, so screens can use any of these
 * directly; nothing here knows Svelte.
 */

export interface Readable<T> {
  /** What it is now. */
  readonly value: T;
  /** Calls `run` at once and at every change, until the returned function is called. */
  subscribe(run: (value: T) => void): () => void;
}

/** A value its owner can set. Setting the same value again tells nobody. */
export class Cell<T> implements Readable<T> {
  #value: T;
  readonly #watchers = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const run of [...this.#watchers]) run(value);
  }

  /** Replaces some fields of an object. */
  patch(fields: Partial<T>): void {
    this.set({ ...this.#value, ...fields });
  }

  subscribe(run: (value: T) => void): () => void {
    // Own function per subscription: the same `run` may watch twice.
    const watcher = (value: T): void => run(value);
    this.#watchers.add(watcher);
    run(this.#value);
    return () => void this.#watchers.delete(watcher);
  }
}

/** Ends everything bound to it, last first. What is bound after the end is ended at once. */
export class Scope {
  #ends: (() => void)[] | null = [];

  get ended(): boolean {
    return this.#ends === null;
  }

  bind(end: () => void): void {
    if (this.#ends === null) end();
    else this.#ends.push(end);
  }

  end(): void {
    const ends = this.#ends;
    this.#ends = null;
    for (const end of ends?.reverse() ?? []) end();
  }
}
