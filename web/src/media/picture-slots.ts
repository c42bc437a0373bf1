/**
 * Which received picture may be shown under which name.
 *
 * A transceiver is reused for another seat, and the message saying so travels apart from the
 * frames. So after a change its picture is held back until a key frame has come (the server
 * switches on key frames only): nobody's face is shown under another's nameplate.
 */

import { Timer, type Clock } from '../base/time';
import type { VideoSlot } from '../protocol/generated';

/** A key frame may overtake the message by this much. */
const EARLY_KEY_MS = 500;
/** Without any key frame for this long after a change it came earlier still. */
const PATIENCE_MS = 2_500;

interface Slot {
  readonly key: string;
  readonly sinceMs: number;
  ready: boolean;
  stream: MediaStream | null;
}

export class PictureSlots {
  readonly #slots = new Map<string, Slot>();
  readonly #lastKeyMs = new Map<string, number>();
  readonly #patience: Timer;

  /** `onchange` when `pictures` may give something else. */
  constructor(private readonly clock: Clock, private readonly onchange: () => void) {
    this.#patience = new Timer(clock);
  }

  set(slots: readonly VideoSlot[]): void {
    const now = this.clock.now();
    const wanted = new Map(slots.map((s) => [s.mid, `${s.source}:${s.seat}`]));
    for (const [mid, slot] of this.#slots) if (wanted.get(mid) !== slot.key) this.#slots.delete(mid);
    for (const [mid, key] of wanted) {
      if (this.#slots.has(mid)) continue;
      const lastKeyMs = this.#lastKeyMs.get(mid) ?? Number.NEGATIVE_INFINITY;
      this.#slots.set(mid, { key, sinceMs: now, ready: now - lastKeyMs <= EARLY_KEY_MS, stream: null });
    }
    this.#waitForLate();
    this.onchange();
  }

  /** A key frame came on this transceiver. */
  key(mid: string): void {
    this.#lastKeyMs.set(mid, this.clock.now());
    const slot = this.#slots.get(mid);
    if (!slot || slot.ready) return;
    slot.ready = true;
    this.onchange();
  }

  /** The connection is another one: its transceivers carry the same, but nothing has come yet. */
  forget(): void {
    this.#lastKeyMs.clear();
    for (const [mid, { key }] of this.#slots) {
      this.#slots.set(mid, { key, sinceMs: this.clock.now(), ready: false, stream: null });
    }
    this.onchange();
  }

  /** By `camera:5`, with a stream of its own for every change of a transceiver. */
  pictures(track: (mid: string) => MediaStreamTrack | null): Map<string, MediaStream> {
    const pictures = new Map<string, MediaStream>();
    for (const [mid, slot] of this.#slots) {
      const own = slot.ready ? track(mid) : null;
      if (!own) continue;
      slot.stream ??= new MediaStream([own]);
      pictures.set(slot.key, slot.stream);
    }
    return pictures;
  }

  end(): void {
    this.#patience.stop();
  }

  #waitForLate(): void {
    this.#patience.start(PATIENCE_MS, () => {
      const limit = this.clock.now() - PATIENCE_MS;
      for (const [mid, slot] of this.#slots) {
        // Where no frame ever came there is nothing to show, and nothing to mistake.
        if (slot.sinceMs <= limit && this.#lastKeyMs.has(mid)) slot.ready = true;
      }
      this.onchange();
    });
  }
}
