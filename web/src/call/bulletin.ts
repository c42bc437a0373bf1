/** What there is to tell: problems that stay until solved, notices that go by themselves. */

import { Cell, type Readable } from '../base/observable';
import type { Clock } from '../base/time';
import type { Message, Words } from './model';

/** Long enough to be read twice. */
const NOTICE_MS = 8_000;
/** More than this nobody reads; the oldest goes. */
const NOTICES_MAX = 4;

export class Bulletin {
  readonly #messages = new Cell<readonly Message[]>([]);
  readonly #timers = new Map<string, () => void>();
  #count = 0;

  constructor(private readonly clock: Clock) {}

  get messages(): Readable<readonly Message[]> {
    return this.#messages;
  }

  /** Sets a problem, or with `null` says that it is solved. */
  problem(id: string, words: Words | null, action?: Message['action']): void {
    const others = this.#messages.value.filter((m) => m.id !== id);
    const known = this.#messages.value.length > others.length;
    if (!words) {
      if (known) this.#messages.set(others);
      return;
    }
    const message: Message = { id, kind: 'problem', ...words, ...(action ? { action } : {}) };
    // In its place if it is there, so that a changed text does not jump.
    if (known) this.#messages.set(this.#messages.value.map((m) => (m.id === id ? message : m)));
    else this.#messages.set([...others, message]);
  }

  /** A later notice about the same `subject` replaces the earlier one: only the last is true. */
  notice(words: Words, subject = JSON.stringify(words)): void {
    const id = `notice-${++this.#count}-${subject}`;
    const others = this.#messages.value.filter((m) => m.kind === 'problem' || !m.id.endsWith(`-${subject}`));
    const notices = others.filter((m) => m.kind === 'notice');
    const tooMany = new Set(notices.slice(0, Math.max(0, notices.length + 1 - NOTICES_MAX)));
    this.#messages.set([...others.filter((m) => !tooMany.has(m)), { id, kind: 'notice', ...words }]);
    this.#timers.set(id, this.clock.after(NOTICE_MS, () => this.dismiss(id)));
  }

  /** Takes a notice away; problems stay. */
  dismiss(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    this.#messages.set(this.#messages.value.filter((m) => m.id !== id || m.kind === 'problem'));
  }

  end(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#messages.set([]);
  }
}
