/**
 * One visit's sealed session as the page sees it: starts the worker, lets the device key vouch for
 * the fresh leaf, and carries messages. All secrets but the link's stay in the worker.
 */

import { Cell, type Readable } from '../base/observable';
import type { Clock } from '../base/time';
import type { ClientMessage, ServerMessage } from '../protocol/generated';
import type { Device } from './device';
import { WorkerGate, type FrameGate } from './gate';
import { TABLE } from './address';
import type { Act, CircleView, Memory, View } from './view';
import type { FromWorker, Grant, ToWorker } from './worker-messages';

export type { Grant } from './worker-messages';

/** Why there is no session: `bad_grant`, `browser_too_old` or `seal_failed`. */
export class SealProblem extends Error {
  override readonly name = 'SealProblem';

  /** `missing`: what the browser lacks. */
  constructor(readonly code: string, readonly missing = '') {
    super(code);
  }
}

export interface ReceivedText {
  /** Its sender's own: each text arrives once, and leaves `unsent` of the view by then or soon. */
  readonly id: string;
  /** To which circle; 0 is the table. */
  readonly circle: number;
  readonly from: number;
  readonly atMs: number;
  readonly text: string;
}

/** What the rest of the client uses of it. */
export interface Seal {
  /** `null` before there is a session. */
  readonly view: Readable<View | null>;
  /** Whose voice was last sealed for the own delegation only, of those that are heard. */
  readonly whispered: Readable<ReadonlySet<number>>;
  readonly gate: FrameGate;
  /** To be sent on the signalling connection, in this order. */
  onsend: (message: ClientMessage) => void;
  ontext: (text: ReceivedText) => void;
  /** The worker stopped; nothing is sealed or opened any more. */
  onfailed: (code: string) => void;
  /** Once, with the grant of `welcome`. Rejects with a `SealProblem`. */
  open(grant: string): Promise<Grant>;
  /** Every message of the server from then on. */
  hear(message: ServerMessage): void;
  /** The signalling connection broke. */
  disconnected(): void;
  /** Sends `enter`. */
  enter(): void;
  /** `null`, or why it was not done: a code of the session's. What it sends was sent by then. */
  act(act: Act, circle?: number): Promise<string | null>;
  /** Takes part in a circle beside the table: the own delegation's. */
  join(circle: number): void;
  /** For which circle the own voice is sealed. `null` once that is so, or why it is not. */
  speak(circle: number): Promise<string | null>;
  end(): void;
}

export interface SealedCallOptions {
  readonly clock: Clock;
  readonly callId: string;
  readonly fragment: string;
  readonly memory: { load(): Memory | null; save(memory: Memory): void };
  worker(): Worker;
  module(): Promise<WebAssembly.Module>;
  device(): Promise<Device>;
  /** Which code this page runs. */
  code(): Promise<Uint8Array>;
}

export class SealedCall implements Seal {
  readonly view = new Cell<View | null>(null);
  readonly whispered = new Cell<ReadonlySet<number>>(new Set());
  readonly gate: WorkerGate;
  onsend: Seal['onsend'] = () => {};
  ontext: Seal['ontext'] = () => {};
  onfailed: Seal['onfailed'] = () => {};

  readonly #worker: Worker;
  readonly #acts = new Map<number, (error: string | null) => void>();
  #lastAct = 0;
  #connection = 0;
  /** While it opens: what came of it, or why nothing. */
  #opening: { grant: Grant | null; sign(toSign: Uint8Array): void; done(grant: Grant): void; failed(why: SealProblem): void } | null = null;

  constructor(private readonly options: SealedCallOptions) {
    this.#worker = options.worker();
    this.gate = new WorkerGate(this.#worker, (message) => this.#post(message));
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#handle(data);
    // It did not load, or has a mistake.
    this.#worker.onerror = () => this.#failed('seal_failed');
  }

  async open(grant: string): Promise<Grant> {
    const { callId, fragment, memory } = this.options;
    const [module, device, code] = await Promise.all([this.options.module(), this.options.device(), this.options.code()]);
    return new Promise((resolve, reject) => {
      const sign = (toSign: Uint8Array): void => void device.sign(toSign).then(
        (signature) => this.#post({ type: 'start', signature, memory: memory.load(), code }),
        () => this.#failed('seal_failed'),
      );
      this.#opening = { grant: null, sign, done: resolve, failed: reject };
      this.#post({ type: 'open', module, callId, fragment, grant, devicePublic: device.publicKey });
    });
  }

  hear(message: ServerMessage): void {
    this.#post({ type: 'hear', message });
  }

  disconnected(): void {
    this.#post({ type: 'disconnected', connection: ++this.#connection });
  }

  enter(): void {
    this.#post({ type: 'enter' });
  }

  join(circle: number): void {
    this.#post({ type: 'join', circle });
  }

  act(act: Act, circle = TABLE): Promise<string | null> {
    return this.#ask((id) => ({ type: 'act', id, circle, act }));
  }

  speak(circle: number): Promise<string | null> {
    return this.#ask((id) => ({ type: 'speak', id, circle }));
  }

  end(): void {
    this.#worker.terminate();
    this.gate.end();
    this.#answerActs('ended');
  }

  #ask(message: (id: number) => ToWorker): Promise<string | null> {
    const id = ++this.#lastAct;
    return new Promise((resolve) => {
      this.#acts.set(id, resolve);
      this.#post(message(id));
    });
  }

  #handle(message: FromWorker): void {
    switch (message.type) {
      case 'prepared':
        if (this.#opening) this.#opening.grant = message.grant;
        return this.#opening?.sign(message.toSign);
      case 'started': {
        const opening = this.#opening;
        this.#opening = null;
        if (opening?.grant) opening.done(opening.grant);
        return;
      }
      case 'failed':
        return this.#failed(message.code);
      case 'send':
        // Made for a connection that broke meanwhile: on the next one it would make no sense.
        if (message.connection === this.#connection) this.onsend(message.message);
        return;
      case 'text':
        return this.ontext({
          id: message.id, circle: message.circle, from: message.from, atMs: message.atMs + this.#shift(message.nowMs), text: message.text,
        });
      case 'view':
        return this.view.set(here(message.view, this.#shift(message.nowMs)));
      case 'memory':
        return this.options.memory.save(message.memory);
      case 'spoken': {
        const whispered = new Set(this.whispered.value);
        if (message.circle === TABLE) whispered.delete(message.seat);
        else whispered.add(message.seat);
        return this.whispered.set(whispered);
      }
      case 'acted':
        this.#acts.get(message.id)?.(message.error);
        return void this.#acts.delete(message.id);
      case 'key':
        return this.gate.key(message.stream);
      case 'source':
        return this.gate.tell(message.stream, message.source, message.former);
    }
  }

  #failed(code: string): void {
    const opening = this.#opening;
    this.#opening = null;
    this.#answerActs(code);
    if (opening) opening.failed(new SealProblem(code));
    else this.onfailed(code);
  }

  #answerActs(error: string): void {
    for (const answer of this.#acts.values()) answer(error);
    this.#acts.clear();
  }

  /** From the worker's clock to this one's. */
  #shift(workerNowMs: number): number {
    return this.options.clock.now() - workerNowMs;
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

/** The same by the page's clock. */
function here(view: View, shiftMs: number): View {
  const shifted = <T extends CircleView>(circle: T): T =>
    (circle.check ? { ...circle, check: { ...circle.check, until_ms: circle.check.until_ms + shiftMs } } : circle);
  return { ...shifted(view), circles: view.circles.map(shifted) };
}
