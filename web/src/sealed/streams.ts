/**
 * Every transform of the worker: what `RTCRtpScriptTransform` hands over becomes a `Sender` or a
 * `Receiver`, and answers of the page find theirs.
 */

import type { Clock } from '../base/time';
import type { Engine } from './engine';
import { noiseFor } from './noise';
import { Receiver, type EncodedFrame } from './receiver';
import { Sender } from './sender';
import type { FromWorker, StreamOptions, Verified } from './worker-messages';

/** As much of an RTCRtpScriptTransformer as is used. */
export interface Transformer<F extends EncodedFrame = EncodedFrame> {
  readonly readable: ReadableStream<F>;
  readonly writable: WritableStream<F>;
  readonly options: StreamOptions;
  /** Not in Chromium (156). */
  generateKeyFrame?(rid?: string): Promise<unknown>;
  sendKeyFrameRequest?(): Promise<unknown>;
}

export class Streams {
  readonly #receivers = new Map<number, Receiver<EncodedFrame>>();

  constructor(private readonly clock: Clock, private readonly post: (message: FromWorker) => void) {}

  attach(transformer: Transformer, engine: Pick<Engine, 'allowed' | 'open' | 'seal'>): void {
    const { readable, writable, options } = transformer;
    const writer = writable.getWriter();
    // The stream ends with its PeerConnection; there is nobody left to tell then.
    const enqueue = (frame: EncodedFrame): void => void writer.write(frame).catch(() => {});
    void pump(readable, this.#take(transformer, options, engine, enqueue));
  }

  /** An epoch was reached, or proofs came: frames that waited for them may open. */
  retry(): void {
    for (const receiver of this.#receivers.values()) receiver.retry();
  }

  bind(stream: number, source: Verified): void {
    this.#receivers.get(stream)?.bind(source);
  }

  forget(stream: number): void {
    this.#receivers.get(stream)?.forget();
  }

  stop(stream: number): void {
    this.#receivers.get(stream)?.end();
    this.#receivers.delete(stream);
  }

  #take(
    transformer: Transformer, options: StreamOptions, engine: Pick<Engine, 'allowed' | 'open' | 'seal'>,
    enqueue: (frame: EncodedFrame) => void,
  ): (frame: EncodedFrame) => void {
    switch (options.direction) {
      case 'send':
        return this.#sender(transformer, options, engine, enqueue);
      case 'receive':
        return this.#receiver(transformer, options, engine, enqueue);
      case 'noise':
        return (frame) => {
          frame.data = noiseFor(frame);
          enqueue(frame);
        };
      case 'nowhere':
        return () => {};
    }
  }

  #sender(
    transformer: Transformer, { stream, source }: Extract<StreamOptions, { direction: 'send' }>,
    engine: Pick<Engine, 'allowed' | 'seal'>, enqueue: (frame: EncodedFrame) => void,
  ): (frame: EncodedFrame) => void {
    const sender = new Sender({
      kind: source === 'microphone' ? 'audio' : 'video', clock: this.clock, enqueue, allowed: () => engine.allowed,
      seal: (layer, key, bytes) => engine.seal(source, layer, key, bytes),
      // Of all layers at once: what is sent of any of them begins with its key frame.
      askForKey: () => {
        if (transformer.generateKeyFrame) quietly(() => transformer.generateKeyFrame?.());
        else this.post({ type: 'key', stream });
      },
    });
    return (frame) => sender.take(frame);
  }

  #receiver(
    transformer: Transformer, { stream, kind }: Extract<StreamOptions, { direction: 'receive' }>,
    engine: Pick<Engine, 'open'>, enqueue: (frame: EncodedFrame) => void,
  ): (frame: EncodedFrame) => void {
    const receiver = new Receiver({
      kind, clock: this.clock, enqueue, open: (bytes) => engine.open(kind, bytes),
      tell: (source, former) => this.post({ type: 'source', stream, source, former }),
      askForKey: () => quietly(() => transformer.sendKeyFrameRequest?.()),
    });
    this.#receivers.set(stream, receiver);
    return (frame) => receiver.take(frame);
  }
}

async function pump(readable: ReadableStream<EncodedFrame>, take: (frame: EncodedFrame) => void): Promise<void> {
  const reader = readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) take(next.value);
  } catch {
    // The PeerConnection was closed.
  }
}

/** Asking for a key frame is a wish: it fails where nothing is sent, or the browser cannot. */
function quietly(ask: () => Promise<unknown> | undefined): void {
  try {
    ask()?.catch(() => {});
  } catch {
    // As above.
  }
}
