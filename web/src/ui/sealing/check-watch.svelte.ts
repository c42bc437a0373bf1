/**
 * Whether the words are on screen. They come up by themselves when a check begins; whoever shuts them
 * can have them again while it lasts; what came of it stays until it is shut.
 */

import type { CheckState } from '../../call/model';

export class CheckWatch {
  #last = $state.raw<CheckState | null>(null);
  #open = $state(false);
  #over = $state(false);

  /** What to show; `null`: nothing. */
  get shown(): CheckState | null {
    return this.#open ? this.#last : null;
  }

  /** The check has ended: its words are good for nothing any more. */
  get over(): boolean {
    return this.#over;
  }

  /** A check goes on and its words were shut. */
  get shut(): boolean {
    return this.#last !== null && !this.#over && !this.#open;
  }

  /** Call with every state of the call. */
  see(check: CheckState | null): void {
    this.#over = check === null;
    if (check === null) {
      if (!this.#open) this.#last = null;
      return;
    }
    if (this.#last?.digits !== check.digits) this.#open = true;
    this.#last = check;
  }

  show(): void {
    this.#open = true;
  }

  close(): void {
    this.#open = false;
    if (this.#over) this.#last = null;
  }
}
