/**
 * Puts the frame worker between the codecs and the network, on every sender and receiver.
 *
 * Not sealed yet: see `frames.worker.ts`.
 */

import { trustedScriptUrl } from '../base/trusted';
import workerUrl from './frames.worker.ts?worker&url';

/** What a transform in the worker is told about its stream. */
export interface StreamOptions {
  readonly stream: number;
  /** Whether key frames are reported. */
  readonly report: boolean;
}

/** From the worker: a key frame passed on this stream. */
export interface FrameNote {
  readonly stream: number;
}

interface Transformable {
  transform?: RTCRtpScriptTransform | null;
}

/** What is missing in this browser, or `null`. */
export function missingForFrames(): string | null {
  return 'RTCRtpScriptTransform' in globalThis ? null : 'RTCRtpScriptTransform';
}

export class Frames {
  readonly #worker: Worker;
  readonly #onkey = new Map<number, () => void>();
  #last = 0;

  constructor() {
    this.#worker = new Worker(trustedScriptUrl(workerUrl), { type: 'module', name: 'frames' });
    this.#worker.onmessage = ({ data }: MessageEvent<FrameNote>) => this.#onkey.get(data.stream)?.();
  }

  send(sender: RTCRtpSender): void {
    this.#attach(sender, { stream: ++this.#last, report: false });
  }

  /** `onkey` is called for every key frame that arrives. Returns how to stop that. */
  receive(receiver: RTCRtpReceiver, onkey?: () => void): () => void {
    const stream = ++this.#last;
    if (onkey) this.#onkey.set(stream, onkey);
    this.#attach(receiver, { stream, report: onkey !== undefined });
    return () => void this.#onkey.delete(stream);
  }

  end(): void {
    this.#worker.terminate();
    this.#onkey.clear();
  }

  #attach(target: Transformable, options: StreamOptions): void {
    target.transform = new RTCRtpScriptTransform(this.#worker, options);
  }
}
