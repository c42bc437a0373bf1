/**
 * The frames of one sender on their way to the network: sealed, or dropped. There is no third way.
 *
 * Simulcast layers come through one transform, told apart by their SSRC; they are numbered in order
 * of appearance, because each has counters of its own.
 */

import type { Clock } from '../base/time';
import { EvenVoice } from './even';
import type { EncodedFrame } from './receiver';

/** The layer is three bits of the key id. */
const LAYERS_MAX = 8;
/** Enough for the encoder to have made one. */
const ASK_INTERVAL_MS = 300;

export interface SenderOptions<F extends EncodedFrame> {
  readonly kind: 'audio' | 'video';
  readonly clock: Clock;
  /** Whether sealing may go well now. */
  allowed(): boolean;
  /** `null`: it was not sealed. */
  seal(layer: number, key: boolean, bytes: Uint8Array): ArrayBuffer | null;
  enqueue(frame: F): void;
  askForKey(): void;
}

export class Sender<F extends EncodedFrame> {
  /** By SSRC: number of the layer, and whether what was sent of it can be decoded. */
  readonly #layers = new Map<number, { readonly number: number; whole: boolean }>();
  readonly #voice: EvenVoice | null;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: SenderOptions<F>) {
    this.#voice = options.kind === 'audio' ? new EvenVoice() : null;
  }

  take(frame: F): void {
    const { kind } = this.options;
    const key = kind === 'video' && frame.type === 'key';
    const layer = this.#layer(frame);
    if (kind === 'video' && !key && !layer.whole) {
      // Its key frame was not sent, so nobody could decode it.
      if (this.options.allowed()) this.#ask();
      return;
    }
    const bytes = new Uint8Array(frame.data);
    const sealed = this.options.seal(layer.number, key, this.#voice?.take(bytes) ?? bytes);
    layer.whole = sealed !== null;
    if (sealed === null) return;
    frame.data = sealed;
    this.options.enqueue(frame);
  }

  #layer(frame: F): { readonly number: number; whole: boolean } {
    const ssrc = frame.getMetadata().synchronizationSource ?? 0;
    let layer = this.#layers.get(ssrc);
    if (!layer) {
      layer = { number: this.#layers.size % LAYERS_MAX, whole: false };
      this.#layers.set(ssrc, layer);
    }
    return layer;
  }

  #ask(): void {
    const now = this.options.clock.now();
    if (now - this.#askedMs < ASK_INTERVAL_MS) return;
    this.#askedMs = now;
    this.options.askForKey();
  }
}
