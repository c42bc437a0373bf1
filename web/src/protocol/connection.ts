/**
 * The signalling connection of one seat: keeps a WebSocket to the server for as long as the call
 * lasts, through breaks and restarts.
 *
 *   connect -> hello -> welcome -> open ... break -> wait -> connect ...
 *                                    |  silent: connect beside it -> whichever answers first
 *
 * It owns retrying and noticing silence. A line that is only slow is not broken by it: a second connection
 * is tried while the first may still answer. What the messages mean is left to `call/`, which sends
 * `enter` again after every `welcome`. See `docs/protocol.md`.
 */

import { Cell, type Readable } from '../base/observable';
import { Timer, type Clock } from '../base/time';
import { decode, MalformedMessage } from './decode';
import { isPacked, unpack } from './packed';
import { readPassing, toWire } from './passing';
import { CLOCK_INTERVAL_MS, HELLO_TIMEOUT_MS, VERSION, type ClientMessage, type ErrorCode, type ServerMessage } from './generated';

/** As much of a WebSocket as is used. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  binaryType: string;
  send(data: string | ArrayBuffer): void;
  close(): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string;
  readonly holder: string;
  readonly clock: Clock;
  /** 0 to 1. */
  random(): number;
  /** Firefox: attempts that nobody answered do not make it delay further ones, but it goes on with those given up. */
  readonly keepsUnanswered: boolean;
  /** Whether the server answers a plain request within `ms`. */
  reachable(ms: number): Promise<boolean>;
  open(url: string): Socket;
}

/** `closed` is final. `waiting` says when the next attempt is due. */
export type ConnectionState =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'open' }
  | { readonly state: 'waiting'; readonly attempt: number; readonly untilMs: number; readonly restarting: boolean }
  | { readonly state: 'closed' };

/** First wait after a break; doubles each time. Lower: faster return, more load after a restart. */
const BACKOFF_MS = 500;
/** Longer and whoever comes back is missed; for the first `EAGER_ATTEMPTS`, then a server is left in peace. */
const BACKOFF_MS_MAX = 1_500;
const EAGER_ATTEMPTS = 60;
const PATIENT_MS_MAX = 10_000;
/** This long without a word from the server, and another connection is tried beside this one. */
const SUSPECT_MS = 2 * CLOCK_INTERVAL_MS;
/** This long, and it is dead. */
const SILENCE_MS = 3 * CLOCK_INTERVAL_MS;
/** After a hint that the network is another one: time for the answer to a `ping`, or so many round trips. */
const PING_MS = 1_000;
const PING_ROUND_TRIPS = 4;
/**
 * When an attempt has not opened by then, another one is begun, because the first packet of a connection that was lost
 * is sent again later and later. The line may be slower than it was: so one of those that came to nothing is left to
 * itself beside the new ones, for so many times as long.
 */
const OPENING_MS = 2_000;
const OPENING_ROUND_TRIPS = 8;
const LATE_TIMES = 4;
/**
 * Not so in Firefox. A WebSocket that is closed before it opened leaves its connection behind there, and that is given
 * up only after a minute and a half. A server gets six at most, and a seventh attempt sends nothing until one of them
 * is done. The first packet of each is sent again after 1, 2, 3, 4, 5, 7, 11, 19 s. So an attempt lasts as long as
 * that is often, for the first minute. From then on six of them last a minute and a half.
 * None is late: only one may be opening at a time.
 */
const KEPT_OPENING_MS = 10_000;
const KEPT_OPENING_MS_LATER = 15_000;
const KEPT_SHORT_ATTEMPTS = 5;
/**
 * Browsers delay further WebSockets after some in vain (Firefox counts those that were refused, Chromium all), so
 * that after so many a plain request finds out first whether there is a server. Not where nothing answers in
 * Firefox: it has all plain requests wait for one connection, whose first packet is sent again only after a quarter
 * of a minute when the line was gone for a whole one.
 */
const BLIND_REFUSALS = 4;
const BLIND_ATTEMPTS = 12;

/** Errors after which another attempt may go well; all other fatal ones are final. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'going_away', 'server_full', 'storage_unavailable', 'internal', 'too_fast',
]);

/** What the rest of the client uses of a connection. */
export type Signal = Pick<Connection, 'state' | 'roundTripMs' | 'onmessage' | 'start' | 'send' | 'hurry' | 'close'>;

export class Connection {
  readonly #state = new Cell<ConnectionState>({ state: 'connecting', attempt: 0 });
  readonly #retry: Timer;
  /** Of the attempt that is under way. */
  readonly #opening: Timer;
  /** Of the one that is late. */
  readonly #patience: Timer;
  readonly #suspicion: Timer;
  readonly #silence: Timer;
  /** `hello` was said on it. */
  #socket: Socket | null = null;
  /** Not open yet. Beside a silent `socket` it replaces that once it is. */
  #next: Socket | null = null;
  /** An earlier attempt that may open still: on a line that has become slow. */
  #late: Socket | null = null;
  /** There is an attempt, or will be one soon. */
  #trying = false;
  #triedMs = 0;
  #attempt = 0;
  /** Numbers the attempts: what is asked for an older one no longer matters. */
  #asked = 0;
  /** Attempts that failed faster than an answer could be lost: somebody refused them. */
  #refusals = 0;
  /** The shortest time one took to open: of the longer ones a packet may have been lost. */
  #openedInMs: number | null = null;
  #retryAfterMs: number | null = null;
  #helloAtMs = 0;
  #roundTripMs: number | null = null;

  /** Every message of a known type, the fatal ones included. Set before `start`. */
  onmessage: (message: ServerMessage) => void = () => {};

  constructor(private readonly options: ConnectionOptions) {
    this.#retry = new Timer(options.clock);
    this.#opening = new Timer(options.clock);
    this.#patience = new Timer(options.clock);
    this.#suspicion = new Timer(options.clock);
    this.#silence = new Timer(options.clock);
  }

  get state(): Readable<ConnectionState> {
    return this.#state;
  }

  /** From `hello` to `welcome`, of the last connection. */
  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  start(): void {
    if (this.#socket || this.#next || this.#state.value.state === 'closed') return;
    this.#try();
  }

  /** False if there is no open connection: then the message is not sent, now or later. */
  send(message: ClientMessage): boolean {
    if (!this.#socket || this.#state.value.state !== 'open') return false;
    this.#socket.send(toWire(message));
    return true;
  }

  /**
   * The network came back or is another one, or the page woke up: try now instead of waiting. A connection that
   * is open is asked whether it still is, and need not answer late.
   */
  hurry(): void {
    if (this.#state.value.state === 'closed') return;
    this.#attempt = this.#refusals = 0;
    if (this.#socket === null) {
      // One that has only just begun is of the network of now.
      if (this.#next === null || this.options.clock.now() - this.#triedMs >= PING_MS) this.#try();
      return;
    }
    if (this.send({ type: 'ping' })) {
      this.#suspicion.start(Math.max(PING_MS, PING_ROUND_TRIPS * (this.#roundTripMs ?? 0)), () => this.#try());
    }
  }

  close(): void {
    this.#drop();
    this.#state.set({ state: 'closed' });
  }

  /** Begins an attempt, in place of one that is under way. */
  #try(): void {
    this.#abandon();
    this.#trying = true;
    this.#triedMs = this.options.clock.now();
    this.#attempt += 1;
    if (!this.#socket) this.#state.set({ state: 'connecting', attempt: this.#attempt });
    const unanswered = !this.options.keepsUnanswered && this.#attempt > BLIND_ATTEMPTS;
    if (unanswered || this.#refusals > BLIND_REFUSALS) void this.#ask(++this.#asked);
    else this.#connect();
  }

  /** Connects as soon as the server answers. */
  async #ask(asked: number): Promise<void> {
    const startedMs = this.options.clock.now();
    const there = await this.options.reachable(this.#openingMs());
    if (asked !== this.#asked) return;
    if (there) this.#connect();
    else this.#failed(this.options.clock.now() - startedMs);
  }

  #connect(): void {
    const startedMs = this.options.clock.now();
    const socket = this.options.open(this.options.url);
    socket.binaryType = 'arraybuffer';
    this.#next = socket;
    const opening = this.#openingMs();
    this.#opening.start(opening, () => this.#tooLong(opening));
    socket.onopen = () => {
      const tookMs = this.options.clock.now() - startedMs;
      this.#openedInMs = Math.min(this.#openedInMs ?? tookMs, tookMs);
      this.#opened(socket);
    };
    socket.onclose = () => this.#failed(this.options.clock.now() - startedMs);
  }

  /** How long an attempt may take before another is begun. Of the first nothing is known. */
  #openingMs(): number {
    if (this.options.keepsUnanswered) return this.#attempt <= KEPT_SHORT_ATTEMPTS ? KEPT_OPENING_MS : KEPT_OPENING_MS_LATER;
    if (this.#openedInMs === null) return HELLO_TIMEOUT_MS;
    return Math.min(HELLO_TIMEOUT_MS, Math.max(OPENING_MS, OPENING_ROUND_TRIPS * this.#openedInMs));
  }

  /** It has not opened: the next one begins, and this one may open beside it, unless another is late already. */
  #tooLong(openingMs: number): void {
    const late = this.#next;
    if (late && !this.#late && !this.options.keepsUnanswered) {
      this.#late = late;
      this.#next = null;
      late.onclose = () => this.#giveUpLate();
      this.#patience.start(Math.min(HELLO_TIMEOUT_MS, (LATE_TIMES - 1) * openingMs), () => this.#giveUpLate());
    }
    this.#failed(openingMs);
  }

  #giveUpLate(): void {
    this.#patience.stop();
    end(this.#late);
    this.#late = null;
  }

  #opened(socket: Socket): void {
    const { token, holder, clock } = this.options;
    if (this.#next === socket) this.#next = null;
    if (this.#late === socket) this.#late = null;
    this.#drop();
    // Whoever watches is to see that what was open is another connection now.
    this.#state.set({ state: 'connecting', attempt: this.#attempt });
    this.#socket = socket;
    this.#silence.start(HELLO_TIMEOUT_MS, () => this.#broke());
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#broke();
    this.#helloAtMs = clock.now();
    socket.send(JSON.stringify({ type: 'hello', protocol: VERSION, token, holder, packed: true } satisfies ClientMessage));
  }

  #receive(data: unknown): void {
    let messages: (ServerMessage | null)[];
    try {
      messages = read(data);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      // A peer that talks nonsense: start again rather than guess what it meant.
      this.#broke();
      return;
    }
    this.#alive();
    for (const message of messages) {
      if (message) this.#tell(message);
    }
  }

  #tell(message: ServerMessage): void {
    if (message.type === 'welcome') this.#welcomed();
    if (message.type === 'going_away') this.#retryAfterMs = message.retry_after_ms;
    const final = isFinal(message);
    this.onmessage(message);
    if (final) this.close();
  }

  /** The connection brought something, so it needs no other. */
  #alive(): void {
    this.#abandon();
    this.#giveUpLate();
    this.#silence.start(SILENCE_MS, () => this.#broke());
    if (this.#state.value.state === 'open') {
      this.#attempt = this.#refusals = 0;
      this.#suspicion.start(SUSPECT_MS, () => this.#try());
    }
  }

  #welcomed(): void {
    this.#attempt = this.#refusals = 0;
    this.#retryAfterMs = null;
    this.#roundTripMs = this.options.clock.now() - this.#helloAtMs;
    this.#state.set({ state: 'open' });
    this.#alive();
  }

  /** There is no connection any more. An attempt that is under way goes on. */
  #broke(): void {
    this.#release();
    if (this.#state.value.state === 'closed') return;
    if (this.#trying) return this.#state.set({ state: 'connecting', attempt: this.#attempt });
    this.#wait(this.#waitMs());
  }

  /** An attempt came to nothing, after `tookMs`. What it took need not be waited for once more. */
  #failed(tookMs: number): void {
    this.#abandon();
    if (tookMs < OPENING_MS) this.#refusals += 1;
    this.#wait(Math.max(0, this.#waitMs() - tookMs));
  }

  #wait(ms: number): void {
    this.#trying = true;
    const restarting = this.#retryAfterMs !== null;
    const untilMs = this.options.clock.now() + ms;
    if (!this.#socket) this.#state.set({ state: 'waiting', attempt: this.#attempt, untilMs, restarting });
    this.#retry.start(ms, () => this.#try());
  }

  /** Between half and all of the backoff, so that a whole call does not return in one instant. */
  #waitMs(): number {
    const spread = 0.5 + this.options.random() / 2;
    if (this.#retryAfterMs) {
      const wait = this.#retryAfterMs + BACKOFF_MS * spread;
      // Zero: still restarting, and from here on the usual backoff.
      this.#retryAfterMs = 0;
      return wait;
    }
    const most = this.#attempt <= EAGER_ATTEMPTS ? BACKOFF_MS_MAX : PATIENT_MS_MAX;
    return Math.min(most, BACKOFF_MS * 2 ** this.#attempt) * spread;
  }

  #drop(): void {
    this.#abandon();
    this.#giveUpLate();
    this.#release();
  }

  /** Gives up the attempt that is under way, or waited for. */
  #abandon(): void {
    this.#trying = false;
    this.#retry.stop();
    this.#opening.stop();
    this.#asked += 1;
    end(this.#next);
    this.#next = null;
  }

  /** Gives up the connection. */
  #release(): void {
    this.#suspicion.stop();
    this.#silence.stop();
    end(this.#socket);
    this.#socket = null;
  }
}

function end(socket: Socket | null): void {
  if (!socket) return;
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}

function isFinal(message: ServerMessage): boolean {
  if (message.type === 'removed' || message.type === 'adjourned') return true;
  return message.type === 'error' && message.fatal && !PASSING.has(message.code);
}

/** The messages in one of the WebSocket; `null`: one of a kind this page does not know. */
function read(data: unknown): (ServerMessage | null)[] {
  if (!(data instanceof ArrayBuffer)) return [decode(typeof data === 'string' ? data : '')];
  return isPacked(data) ? [decode(unpack(data))] : readPassing(data);
}
