/** The sealed texts of this sitting, to one circle. Kept in memory only: they go with the page. */

import { bytes } from '../base/letters';
import { Cell, type Readable } from '../base/observable';
import type { ReceivedText } from '../sealed/sealed-call';
import type { UnsentText, View } from '../sealed/view';

/** UTF-8 bytes. The session refuses longer ones. */
export const TEXT_BYTES_MAX = 8_000;
/** The oldest go: nobody reads back so far, and a flood of texts must not fill the memory. */
const TEXTS_MAX = 500;
const GAPS_MAX = 20;

interface Text {
  readonly id: string;
  readonly seat: number;
  readonly atMs: number;
  readonly text: string;
  readonly own: boolean;
  /** Not at the others yet, as far as is known. */
  readonly waiting: boolean;
}

/** As it is to be shown. */
export interface TextsOf extends Omit<TextsState, 'texts'> {
  readonly circle: number;
  readonly log: readonly Text[];
}

/** What was written in this time never came here: this client was out of the circle's group. */
interface TextGap {
  readonly fromMs: number;
  readonly toMs: number;
}

interface TextsState {
  readonly texts: readonly Text[];
  readonly unread: number;
  readonly gaps: readonly TextGap[];
  /** Since when they are kept; `null`: not yet. */
  readonly sinceMs: number | null;
}

export class Texts {
  readonly #state: Cell<TextsState>;
  /** Out of the group since then; `null` while in it, and before the first time. */
  #outSince: number | null = null;
  #wasMember = false;

  /** `sinceMs`: the table's begin with the sitting, a circle's once this client is in it. */
  constructor(private readonly me: number, sinceMs: number | null) {
    this.#state = new Cell<TextsState>({ texts: [], unread: 0, gaps: [], sinceMs });
  }

  static canSend(text: string): boolean {
    const length = bytes(text.trim());
    return length > 0 && length <= TEXT_BYTES_MAX;
  }

  get state(): Readable<TextsState> {
    return this.#state;
  }

  /** In the order of the call's log, which is everybody's. */
  add({ id, from: seat, atMs, text }: ReceivedText): void {
    const own = seat === this.me;
    const { texts, unread } = this.#state.value;
    this.#state.patch({
      texts: [...texts, { id: `text-${seat}-${id}`, seat, atMs, text, own, waiting: false }].slice(-TEXTS_MAX),
      unread: own ? unread : unread + 1,
    });
  }

  /** What was written, and after it what still waits: never both of one text, whichever is told of first. */
  of(circle: number, unsent: readonly UnsentText[]): TextsOf {
    const { texts, ...rest } = this.#state.value;
    const arrived = new Set(texts.map((text) => text.id));
    const waiting = unsent.map(({ id, since_ms: atMs, text }) => ({ id: `text-${this.me}-${id}`, seat: this.me, atMs, text, own: true, waiting: true }));
    return { ...rest, circle, log: [...texts, ...waiting.filter((text) => !arrived.has(text.id))] };
  }

  /** Where this client is. Nobody can read what was written while it was out of the group. */
  follow(stage: View['stage'] | undefined, nowMs: number): void {
    const member = stage === 'member';
    if (member && this.#outSince !== null) {
      this.#state.patch({ gaps: [...this.#state.value.gaps, { fromMs: this.#outSince, toMs: nowMs }].slice(-GAPS_MAX) });
      this.#outSince = null;
    } else if (!member && this.#wasMember) {
      this.#outSince ??= nowMs;
    }
    if (member && this.#state.value.sinceMs === null) this.#state.patch({ sinceMs: nowMs });
    this.#wasMember ||= member;
  }

  read(): void {
    if (this.#state.value.unread > 0) this.#state.patch({ unread: 0 });
  }
}
