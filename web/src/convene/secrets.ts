/**
 * The call secrets of the calls convened in this browser, so that their links can be shown again, and
 * the calls' titles, which no server knows. Whoever can read this browser's storage can open every
 * seat of them; deleting a call forgets its.
 */

import { quietly, type Store } from '../sealed/entry';

const PREFIX = 'incamera.call-secret.';
const TITLE = 'incamera.call-title.';

export class CallSecrets {
  constructor(private readonly store: (Store & Pick<Storage, 'removeItem'>) | null) {}

  get(callId: string): string | null {
    return this.store?.getItem(PREFIX + callId) ?? null;
  }

  /** Throws if it cannot be kept: then the call must not be made, its links could not be shown. */
  keep(callId: string, secret: string): void {
    if (!this.store) throw new Error('no storage');
    this.store.setItem(PREFIX + callId, secret);
  }

  /** Empty if this browser holds none. */
  title(callId: string): string {
    return this.store?.getItem(TITLE + callId) ?? '';
  }

  keepTitle(callId: string, title: string): void {
    if (this.title(callId) !== title) quietly(() => this.store?.setItem(TITLE + callId, title));
  }

  forget(callId: string): void {
    this.store?.removeItem(PREFIX + callId);
    this.store?.removeItem(TITLE + callId);
  }
}
