/**
 * The one owner of a seat's session: its keys, its counters, its timers, and every stream of encoded
 * frames. Runs in the worker; the page hears results only.
 *
 * The session (`sealed::session`, through `web-core`) decides everything. Here it is given what
 * arrives, its outputs are passed on after every call, and it is woken when it asks for it.
 */

import { every, Timer, type Clock } from '../base/time';
import type { ClientMessage, ServerMessage } from '../protocol/generated';
import { Address, TABLE } from './address';
import type { Opening } from './receiver';
import type { Streams } from './streams';
import type { Act, Memory, View } from './view';
import type { FromWorker, Grant, ToWorker, Verified } from './worker-messages';

/** Of `web-core`. Time is in milliseconds; texts are JSON. Errors carry a code as their message. */
export interface WasmSession {
  set_code(code: Uint8Array): void;
  handle_message(now: number, message: string): void;
  handle_disconnected(now: number): void;
  enter(now: number): string;
  handle_timeout(now: number): void;
  poll_timeout(): number;
  poll_output(): string | undefined;
  join_circle(now: number, circle: number): void;
  act(now: number, circle: number, act: string): void;
  view(): string;
  seal(now: number, circle: number, stream: number, layer: number, key: boolean, frame: Uint8Array): Uint8Array;
  open(now: number, kind: number, bytes: Uint8Array): WasmFrame;
}

interface WasmFrame {
  readonly seat: number;
  readonly stream: number;
  /** To which circle it was sent. */
  readonly circle: number;
  readonly key: boolean;
  /** The frame, once. */
  take(): Uint8Array;
  free(): void;
}

export interface WasmCandidate {
  to_sign(): Uint8Array;
  grant(): string;
  into_session(now: number, signature: Uint8Array, memory: string): WasmSession;
}

/** As `sealed::media::kid::Stream` numbers them. */
const STREAMS: readonly Verified['source'][] = ['microphone', 'camera', 'screen'];
const KINDS = { audio: 0, video: 1 } as const;
const NO_MEMORY: Memory = { group: 0, epoch: 0, closed: [] };

/** Changes come in bursts: at most one view in this time. */
const VIEW_INTERVAL_MS = 50;
/** Counters move without being announced. */
const REFRESH_MS = 1_000;
/** A timer the session does not need is set again after this long. */
const TIMER_MS_MAX = 60_000;

type Output =
  | { readonly type: 'send'; readonly message: ClientMessage }
  | { readonly type: 'text'; readonly circle: number; readonly id: string; readonly from: number; readonly at_ms: number; readonly text: string }
  | { readonly type: 'epoch_changed' | 'proven' | 'view_changed' }
  | { readonly type: 'memory_changed'; readonly memory: Memory };

export interface EngineOptions {
  readonly clock: Clock;
  readonly streams: Pick<Streams, 'retry' | 'bind' | 'forget' | 'stop'>;
  post(message: FromWorker): void;
  /** Loads the core. Throws a code of `web-core` if the grant is not this link's. */
  candidate(open: Extract<ToWorker, { type: 'open' }>): Promise<WasmCandidate>;
}

export class Engine {
  readonly #wake: Timer;
  readonly #soon: Timer;
  #candidate: WasmCandidate | null = null;
  #session: WasmSession | null = null;
  #failed = false;
  #connection = 0;
  #wakeAtMs = Number.NaN;
  #shown = '';
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #sending: View['sending'] = 'unconfirmed';
  readonly #address = new Address();
  /** By seat: to which circle it spoke last, where that is not the table. */
  readonly #spoken = new Map<number, number>();

  constructor(private readonly options: EngineOptions) {
    this.#wake = new Timer(options.clock);
    this.#soon = new Timer(options.clock);
    every(options.clock, REFRESH_MS, () => this.#with(() => this.#show()));
  }

  handle(message: ToWorker): void {
    if (this.#failed) return;
    const { streams } = this.options;
    switch (message.type) {
      case 'open':
        return void this.#open(message);
      case 'start':
        return this.#start(message);
      case 'hear':
        return this.#hear(message.message);
      case 'disconnected':
        this.#connection = message.connection;
        return this.#with((session, now) => session.handle_disconnected(now));
      case 'enter':
        return this.#with((session, now) => this.#send(session.enter(now)));
      case 'act':
        return this.#act(message.id, message.circle, message.act);
      case 'join':
        return this.#join(message.circle);
      case 'speak':
        this.#address.set(message.circle, this.options.clock.now());
        return this.options.post({ type: 'acted', id: message.id, error: null });
      case 'bound':
        return streams.bind(message.stream, message.source);
      case 'forget':
        return streams.forget(message.stream);
      case 'stop':
        return streams.stop(message.stream);
    }
  }

  /** Whether sealing may go well now. */
  get allowed(): boolean {
    return this.#session !== null && this.#sending === 'allowed';
  }

  /** `null`: not sealed, so not to be sent. */
  seal(source: Verified['source'], layer: number, key: boolean, bytes: Uint8Array): ArrayBuffer | null {
    const circle = source === 'microphone' ? this.#address.at(this.options.clock.now()) : TABLE;
    if (circle === null) return null;
    const seal = (session: WasmSession, now: number): ArrayBuffer =>
      exact(session.seal(now, circle, STREAMS.indexOf(source), layer, key, bytes));
    return this.#frame(seal, () => null, null);
  }

  open(kind: 'audio' | 'video', bytes: Uint8Array): Opening {
    const open = (session: WasmSession, now: number): Opening => {
      const opened = session.open(now, KINDS[kind], bytes);
      const source = STREAMS[opened.stream];
      const result = source && { source: { seat: opened.seat, source }, key: opened.key, data: exact(opened.take()) };
      if (source === 'microphone') this.#tellSpoken(opened.seat, opened.circle);
      opened.free();
      return result ?? null;
    };
    return this.#frame<Opening>(open, (code) => (code === 'later' || code === 'unproven' ? code : null), null);
  }

  /** The frame itself says so, and nobody but its sender can have made it. */
  #tellSpoken(seat: number, circle: number): void {
    if ((this.#spoken.get(seat) ?? TABLE) === circle) return;
    this.#spoken.set(seat, circle);
    this.options.post({ type: 'spoken', seat, circle });
  }

  async #open(message: Extract<ToWorker, { type: 'open' }>): Promise<void> {
    try {
      this.#candidate = await this.options.candidate(message);
      const toSign = this.#candidate.to_sign();
      this.options.post({ type: 'prepared', toSign, grant: JSON.parse(this.#candidate.grant()) as Grant });
    } catch (error) {
      this.#fail(isCode(error) ? 'bad_grant' : 'seal_failed');
    }
  }

  #start({ signature, memory, code }: Extract<ToWorker, { type: 'start' }>): void {
    const candidate = this.#candidate;
    this.#candidate = null;
    if (!candidate) return;
    try {
      const kept = JSON.stringify(memory ?? NO_MEMORY);
      this.#session = candidate.into_session(this.options.clock.now(), signature, kept);
      this.#session.set_code(code);
      this.options.post({ type: 'started' });
    } catch {
      return this.#fail('seal_failed');
    }
    this.#with(() => this.#show());
  }

  #hear(message: ServerMessage): void {
    this.#with((session, now) => session.handle_message(now, JSON.stringify(message)));
  }

  /** One that is not the own delegation's is refused, and nothing comes of it. */
  #join(circle: number): void {
    this.#with((session, now) => {
      try {
        session.join_circle(now, circle);
      } catch (refused) {
        if (!isCode(refused)) throw refused;
      }
    });
  }

  #act(id: number, circle: number, act: Act): void {
    let error: string | null = 'no_session';
    this.#with((session, now) => {
      error = null;
      try {
        session.act(now, circle, JSON.stringify(act));
      } catch (refused) {
        if (!isCode(refused)) throw refused;
        error = refused.message;
      }
    });
    this.options.post({ type: 'acted', id, error });
  }

  /** One call of the session, and everything that follows from it. */
  #with(run: (session: WasmSession, now: number) => void): void {
    const session = this.#session;
    if (!session) return;
    try {
      run(session, this.options.clock.now());
      this.#drain();
    } catch {
      this.#fail('seal_failed');
    }
  }

  /** A call about one frame: a code that is thrown concerns that frame only. */
  #frame<T>(run: (session: WasmSession, now: number) => T, refused: (code: string) => T, none: T): T {
    let result = none;
    this.#with((session, now) => {
      try {
        result = run(session, now);
      } catch (error) {
        if (!isCode(error)) throw error;
        result = refused(error.message);
      }
    });
    return result;
  }

  #drain(): void {
    const session = this.#session;
    if (!session) return;
    let retry = false;
    for (let output = session.poll_output(); output !== undefined; output = session.poll_output()) {
      const type = this.#pass(JSON.parse(output) as Output);
      if (type === 'epoch_changed' || type === 'proven') retry = true;
    }
    this.#setTimer(session.poll_timeout());
    // Last: opening what waited calls the session again.
    if (retry) this.options.streams.retry();
  }

  #pass(output: Output): Output['type'] {
    switch (output.type) {
      case 'send':
        this.options.post({ type: 'send', connection: this.#connection, message: output.message });
        break;
      case 'text':
        this.options.post({
          type: 'text', circle: output.circle, id: output.id, from: output.from, atMs: output.at_ms, text: output.text,
          nowMs: this.options.clock.now(),
        });
        break;
      case 'memory_changed':
        this.options.post({ type: 'memory', memory: output.memory });
        break;
      case 'view_changed':
        this.#showSoon();
    }
    return output.type;
  }

  #send(message: string): void {
    this.options.post({ type: 'send', connection: this.#connection, message: JSON.parse(message) as ClientMessage });
  }

  #setTimer(atMs: number): void {
    // Every call moves it further away: if it were followed, a session that is called often would never wake.
    if (this.#wake.running && this.#wakeAtMs <= atMs) return;
    this.#wakeAtMs = atMs;
    const wait = Number.isFinite(atMs) ? Math.max(0, atMs - this.options.clock.now()) : TIMER_MS_MAX;
    this.#wake.start(Math.min(TIMER_MS_MAX, wait), () => this.#with((session, now) => session.handle_timeout(now)));
  }

  #showSoon(): void {
    const wait = this.#shownAtMs + VIEW_INTERVAL_MS - this.options.clock.now();
    if (wait <= 0) this.#show();
    else if (!this.#soon.running) this.#soon.start(wait, () => this.#with(() => this.#show()));
  }

  #show(): void {
    const text = this.#session?.view();
    if (text === undefined || text === this.#shown) return;
    this.#shown = text;
    this.#shownAtMs = this.options.clock.now();
    const view = JSON.parse(text) as View;
    this.#sending = view.sending;
    this.options.post({ type: 'view', view, nowMs: this.#shownAtMs });
  }

  /** Without its session the worker seals and opens nothing; it never comes back. */
  #fail(code: string): void {
    this.#failed = true;
    this.#session = this.#candidate = null;
    this.#wake.stop();
    this.#soon.stop();
    this.options.post({ type: 'failed', code });
  }
}

/** Only what fills its buffer: a frame takes the whole buffer. */
function exact(bytes: Uint8Array): ArrayBuffer {
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return whole ? bytes.buffer as ArrayBuffer : bytes.slice().buffer;
}

/** A trap of WebAssembly (a mistake of ours) is no code: nothing is to be trusted after it. */
function isCode(error: unknown): error is Error {
  return error instanceof Error && /^[a-z][a-z0-9_]*$/.test(error.message) && !(error instanceof WebAssembly.RuntimeError);
}
