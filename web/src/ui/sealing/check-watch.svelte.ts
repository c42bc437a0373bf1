/**
 * Whether the words are on screen. They come up by themselves when a check begins; whoever shuts them
 * can have them again while it lasts. What came of it leaves a trace: on the table until it is
 * dismissed, and beside how the call is sealed until the next check.
 */

import type { CheckState } from '../../call/model';

/** A check that has ended. */
export interface Outcome {
  readonly check: CheckState;
  readonly atMs: number;
}

export class CheckWatch {
  #last = $state.raw<CheckState | null>(null);
  #open = $state(false);
  #endedMs = $state<number | null>(null);
  #dismissed = $state(false);

  /** What to show; `null`: nothing. */
  get shown(): CheckState | null {
    return this.#open ? this.#last : null;
  }

  /** The check has ended: its words are good for nothing any more. */
  get over(): boolean {
    return this.#endedMs !== null;
  }

  /** A check goes on and its words were shut. */
  get shut(): CheckState | null {
    return !this.over && !this.#open ? this.#last : null;
  }

  /** What came of the last check. */
  get outcome(): Outcome | null {
    return this.#last !== null && this.#endedMs !== null ? { check: this.#last, atMs: this.#endedMs } : null;
  }

  /** The same, while nobody has read it. */
  get trace(): Outcome | null {
    return this.#open || this.#dismissed ? null : this.outcome;
  }

  /** Call with every state of the call. */
  see(check: CheckState | null, nowMs: number): void {
    if (check === null) {
      if (this.#last !== null) this.#endedMs ??= nowMs;
      return;
    }
    if (this.#last?.digits !== check.digits) this.#open = true;
    this.#last = check;
    this.#endedMs = null;
    this.#dismissed = false;
  }

  show(): void {
    this.#open = true;
  }

  close(): void {
    // Over: then the outcome was on screen.
    this.#dismissed = this.over;
    this.#open = false;
  }

  dismiss(): void {
    this.#dismissed = true;
  }
}
