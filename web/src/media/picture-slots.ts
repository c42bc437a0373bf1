/**
 * Which received picture is shown as whose.
 *
 * As whose, only its sealed frames say: the worker tells whenever they turn out to be somebody else's,
 * and holds them until the picture was taken from under the former nameplate. What the server says
 * (`slots`) decides only whether a transceiver is worth showing at all; if it names the wrong seat,
 * the picture stands under the right one.
 */

import { Timer, type Clock } from '../base/time';
import type { Source, VideoSlot } from '../protocol/generated';

export interface PictureSource {
  readonly seat: number;
  readonly source: Source;
}

/** Frames of the former seat that are decoded already are shown by then. Longer delays every change. */
const DRAIN_MS = 120;

interface Slot {
  /** What the server says comes here; `null`: nothing. */
  hint: string | null;
  /** What is proven to come here. */
  shown: string | null;
  stream: MediaStream | null;
  /** Something was shown here, and its last frames may still be on their way to the screen. */
  used: boolean;
  readonly drain: Timer;
}

export interface PictureSlotsOptions {
  /** `pictures` may give something else. */
  changed(): void;
  /** The worker may let these frames through. */
  bound(mid: string, source: PictureSource): void;
  /** The worker must have this transceiver proven anew. */
  forget(mid: string): void;
}

export class PictureSlots {
  readonly #slots = new Map<string, Slot>();

  constructor(private readonly clock: Clock, private readonly options: PictureSlotsOptions) {}

  /** As the server says. */
  set(slots: readonly VideoSlot[]): void {
    const hints = new Map(slots.map((s) => [s.mid, keyOf(s)]));
    for (const mid of new Set([...hints.keys(), ...this.#slots.keys()])) {
      const slot = this.#slot(mid);
      const hint = hints.get(mid) ?? null;
      if (hint === slot.hint) continue;
      slot.hint = hint;
      // Something else begins here; what was shown would stand still.
      if (slot.shown !== null && slot.shown !== hint) {
        this.#clear(slot);
        this.options.forget(mid);
      }
    }
    this.options.changed();
  }

  /** The worker opened a key frame of that on this transceiver, and holds it. */
  arrived(mid: string, source: PictureSource): void {
    const slot = this.#slot(mid);
    this.#clear(slot);
    this.options.changed();
    const show = (): void => {
      slot.shown = keyOf(source);
      slot.used = true;
      this.options.bound(mid, source);
      this.options.changed();
    };
    if (slot.used) slot.drain.start(DRAIN_MS, show);
    else show();
  }

  /** The connection is another one: nothing has come on it yet. */
  forget(): void {
    for (const slot of this.#slots.values()) {
      this.#clear(slot);
      slot.used = false;
    }
    this.options.changed();
  }

  /** By `camera:5`, with a stream of its own for every change of a transceiver. */
  pictures(track: (mid: string) => MediaStreamTrack | null): Map<string, MediaStream> {
    const pictures = new Map<string, MediaStream>();
    for (const [mid, slot] of this.#slots) {
      const own = slot.shown !== null && slot.hint !== null ? track(mid) : null;
      if (!own || slot.shown === null) continue;
      slot.stream ??= new MediaStream([own]);
      // Where the server sends the same twice, the one it announces is the one it keeps up.
      if (slot.hint === slot.shown || !pictures.has(slot.shown)) pictures.set(slot.shown, slot.stream);
    }
    return pictures;
  }

  end(): void {
    for (const slot of this.#slots.values()) slot.drain.stop();
  }

  #slot(mid: string): Slot {
    let slot = this.#slots.get(mid);
    if (!slot) {
      slot = { hint: null, shown: null, stream: null, used: false, drain: new Timer(this.clock) };
      this.#slots.set(mid, slot);
    }
    return slot;
  }

  #clear(slot: Slot): void {
    slot.drain.stop();
    slot.shown = slot.stream = null;
  }
}

const keyOf = ({ source, seat }: { readonly source: Source; readonly seat: number }): string => `${source}:${seat}`;
