/**
 * Which received picture is shown as whose.
 *
 * As whose, only its sealed frames say: the worker tells whenever they turn out to be somebody else's,
 * and holds them until the picture was taken from under the former nameplate. What the browser still
 * draws of the seat before is covered (`own-frames.ts`). What the server says
 * (`slots`) decides only whether a transceiver is worth showing at all; if it names the wrong seat,
 * the picture stands under the right one.
 */

import type { Source, VideoSlot } from '../protocol/generated';
import { own, type OwnFrames } from './own-frames';

export interface PictureSource {
  readonly seat: number;
  readonly source: Source;
}

interface Slot {
  /** What the server says comes here; `null`: nothing. */
  hint: string | null;
  /** What is proven to come here. */
  shown: string | null;
  frames: OwnFrames | null;
  stream: MediaStream | null;
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

  constructor(private readonly options: PictureSlotsOptions) {}

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
  arrived(mid: string, source: PictureSource, frames: OwnFrames): void {
    const slot = this.#slot(mid);
    slot.shown = keyOf(source);
    slot.frames = frames;
    slot.stream = null;
    // The picture under the former nameplate goes before the first frame under the new one comes.
    this.options.changed();
    this.options.bound(mid, source);
  }

  /** The connection is another one: nothing has come on it yet. */
  forget(): void {
    for (const slot of this.#slots.values()) this.#clear(slot);
    this.options.changed();
  }

  /** By `camera:5`, with a stream of its own for every change of a transceiver. */
  pictures(track: (mid: string) => MediaStreamTrack | null): Map<string, MediaStream> {
    const pictures = new Map<string, MediaStream>();
    for (const [mid, slot] of this.#slots) {
      const received = slot.shown !== null && slot.hint !== null ? track(mid) : null;
      if (!received || !slot.frames || slot.shown === null) continue;
      slot.stream ??= own(new MediaStream([received]), slot.frames);
      // Where the server sends the same twice, the one it announces is the one it keeps up.
      if (slot.hint === slot.shown || !pictures.has(slot.shown)) pictures.set(slot.shown, slot.stream);
    }
    return pictures;
  }

  #slot(mid: string): Slot {
    let slot = this.#slots.get(mid);
    if (!slot) {
      slot = { hint: null, shown: null, frames: null, stream: null };
      this.#slots.set(mid, slot);
    }
    return slot;
  }

  #clear(slot: Slot): void {
    slot.shown = slot.frames = slot.stream = null;
  }
}

const keyOf = ({ source, seat }: { readonly source: Source; readonly seat: number }): string => `${source}:${seat}`;
