/**
 * Puts the sealing worker between the codecs and the network, on every sender and receiver, and says
 * whose frames come on which receiver.
 */

import type { Former, StreamOptions, ToWorker, Verified } from './worker-messages';

export type { Former, Verified } from './worker-messages';

export interface Receiving {
  /** What comes here is drawn as that from now on, so it may come. */
  bound(source: Verified): void;
  /** What comes here is drawn as nobody's until it was verified anew. */
  forget(): void;
  stop(): void;
}

/** What comes is of that from now on; frames of these timestamps are not. */
export type OnSource = (source: Verified, former: Former) => void;

export interface FrameGate {
  send(sender: RTCRtpSender, source: Verified['source']): void;
  /** `onsource`: frames of that wait until `bound`. */
  receive(receiver: RTCRtpReceiver, kind: 'audio' | 'video', onsource: OnSource): Receiving;
  /** To measure a network with: noise goes out in place of every frame. */
  noise(sender: RTCRtpSender): void;
  /** What comes here reaches no decoder. */
  nowhere(receiver: RTCRtpReceiver): void;
}

interface Transformable {
  transform?: RTCRtpScriptTransform | null;
}

/** What is missing in this browser, or `null`. */
export function missingForFrames(): string | null {
  return 'RTCRtpScriptTransform' in globalThis ? null : 'RTCRtpScriptTransform';
}

export class WorkerGate implements FrameGate {
  readonly #onsource = new Map<number, OnSource>();
  /** The newest of each source: those before it are of connections that ended. */
  readonly #senders = new Map<Verified['source'], { readonly stream: number; readonly sender: RTCRtpSender }>();
  #last = 0;

  constructor(private readonly worker: Worker, private readonly post: (message: ToWorker) => void) {}

  send(sender: RTCRtpSender, source: Verified['source']): void {
    const stream = ++this.#last;
    this.#senders.set(source, { stream, sender });
    this.#attach(sender, { stream, direction: 'send', source });
  }

  receive(receiver: RTCRtpReceiver, kind: 'audio' | 'video', onsource: OnSource): Receiving {
    const stream = ++this.#last;
    this.#onsource.set(stream, onsource);
    this.#attach(receiver, { stream, direction: 'receive', kind });
    return {
      bound: (source) => this.post({ type: 'bound', stream, source }),
      forget: () => this.post({ type: 'forget', stream }),
      stop: () => {
        this.#onsource.delete(stream);
        this.post({ type: 'stop', stream });
      },
    };
  }

  noise(sender: RTCRtpSender): void {
    this.#attach(sender, { stream: ++this.#last, direction: 'noise' });
  }

  nowhere(receiver: RTCRtpReceiver): void {
    this.#attach(receiver, { stream: ++this.#last, direction: 'nowhere' });
  }

  /** From the worker. */
  tell(stream: number, source: Verified, former: Former): void {
    this.#onsource.get(stream)?.(source, former);
  }

  /** From the worker: the encoder is to make key frames of all layers. Without it nobody sees anything. */
  key(stream: number): void {
    const sender = [...this.#senders.values()].find((each) => each.stream === stream)?.sender;
    if (sender) void askForKey(sender).catch(() => {});
  }

  end(): void {
    this.#onsource.clear();
    this.#senders.clear();
  }

  #attach(target: Transformable, options: StreamOptions): void {
    target.transform = new RTCRtpScriptTransform(this.worker, options);
  }
}

/** What TypeScript does not know yet (W3C, WebRTC Extensions, `RTCSetParameterOptions`). */
interface KeyFrames {
  setParameters(parameters: RTCRtpSendParameters, options: { encodingOptions: { keyFrame: boolean }[] }): Promise<void>;
}

async function askForKey(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  await (sender as KeyFrames).setParameters(parameters, { encodingOptions: parameters.encodings.map(() => ({ keyFrame: true })) });
}
