/** The sealed texts of this sitting. Kept in memory only: they go with the page. */

import { bytes } from '../base/letters';
import { Cell, type Readable } from '../base/observable';

/** UTF-8 bytes. The session refuses longer ones. */
export const TEXT_BYTES_MAX = 8_000;
/** The oldest go: nobody reads back so far, and a flood of texts must not fill the memory. */
const TEXTS_MAX = 500;

export interface Text {
  readonly id: string;
  readonly seat: number;
  readonly atMs: number;
  readonly text: string;
  readonly own: boolean;
}

export class Texts {
  readonly #state = new Cell<{ readonly texts: readonly Text[]; readonly unread: number }>({ texts: [], unread: 0 });
  #count = 0;

  constructor(private readonly me: number) {}

  static canSend(text: string): boolean {
    const length = bytes(text.trim());
    return length > 0 && length <= TEXT_BYTES_MAX;
  }

  get state(): Readable<{ readonly texts: readonly Text[]; readonly unread: number }> {
    return this.#state;
  }

  /** In the order of the call's log, which is everybody's. */
  add(seat: number, atMs: number, text: string): void {
    const own = seat === this.me;
    const { texts, unread } = this.#state.value;
    this.#state.set({
      texts: [...texts, { id: `text-${++this.#count}`, seat, atMs, text, own }].slice(-TEXTS_MAX),
      unread: own ? unread : unread + 1,
    });
  }

  read(): void {
    if (this.#state.value.unread > 0) this.#state.patch({ unread: 0 });
  }
}
