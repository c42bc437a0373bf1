/**
 * What to say of those who begin to wait: by name, and several in one sentence. A name is known a moment
 * after the knock; who has none by then is said by number.
 */

import type { WaitingView } from '../../call/model';

/** Who comes within this time is said together. */
export const TOGETHER_MS = 700;
/** A name that has not come by then does not come. */
export const NAMELESS_MS = 3_000;

export class Knocks {
  /** Seats not said yet, and since when they wait to be. */
  readonly #pending = new Map<number, number>();
  #said = new Set<number>();

  /** Call with every queue, and again at `next`. Gives those to be said now. */
  see<T extends Pick<WaitingView, 'person'>>(queue: readonly T[], nowMs: number): readonly T[] {
    const here = new Set(queue.map((w) => w.person.seat));
    for (const seat of this.#pending.keys()) if (!here.has(seat)) this.#pending.delete(seat);
    this.#said = new Set([...this.#said].filter((seat) => here.has(seat)));
    for (const seat of here) if (!this.#said.has(seat) && !this.#pending.has(seat)) this.#pending.set(seat, nowMs);
    const waits = queue.filter((w) => this.#pending.has(w.person.seat));
    if (waits.length === 0) return [];
    const longest = nowMs - Math.min(...this.#pending.values());
    if (longest < TOGETHER_MS || (longest < NAMELESS_MS && !waits.every(isNamed))) return [];
    for (const { person } of waits) this.#said.add(person.seat);
    this.#pending.clear();
    return waits;
  }

  /** When to look again, after `see`; `null`: not before the next queue. */
  next(nowMs: number): number | null {
    if (this.#pending.size === 0) return null;
    const longest = nowMs - Math.min(...this.#pending.values());
    return (longest < TOGETHER_MS ? TOGETHER_MS : NAMELESS_MS) - longest;
  }
}

const isNamed = ({ person }: Pick<WaitingView, 'person'>): boolean => person.name !== '' && person.name !== String(person.seat);
