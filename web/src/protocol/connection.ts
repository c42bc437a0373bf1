/**
 * The signalling connection of one seat: keeps a WebSocket to the server for as long as the call
 * lasts, through breaks and restarts.
 *
 *   connect -> hello -> welcome -> open ... break -> wait -> connect ...
 *
 * It owns retrying and noticing silence. What the messages mean is left to `call/`, which sends
 * `enter` again after every `welcome`. See `docs/protocol.md`.
 */

import { Cell, type Readable } from '../base/observable';
import { Timer, type Clock } from '../base/time';
import { decode, MalformedMessage } from './decode';
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
const BACKOFF_MS_MAX = 10_000;
/** This long without a word from the server means the connection is dead. */
const SILENCE_MS = 3 * CLOCK_INTERVAL_MS;

/** Errors after which another attempt may go well; all other fatal ones are final. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'going_away', 'server_full', 'storage_unavailable', 'internal', 'too_fast',
]);

/** What the rest of the client uses of a connection. */
export type Signal = Pick<Connection, 'state' | 'roundTripMs' | 'onmessage' | 'start' | 'send' | 'hurry' | 'close'>;

export class Connection {
  readonly #state = new Cell<ConnectionState>({ state: 'connecting', attempt: 0 });
  readonly #retry: Timer;
  readonly #watchdog: Timer;
  #socket: Socket | null = null;
  #attempt = 0;
  #retryAfterMs: number | null = null;
  #helloAtMs = 0;
  #roundTripMs: number | null = null;

  /** Every message of a known type, the fatal ones included. Set before `start`. */
  onmessage: (message: ServerMessage) => void = () => {};

  constructor(private readonly options: ConnectionOptions) {
    this.#retry = new Timer(options.clock);
    this.#watchdog = new Timer(options.clock);
  }

  get state(): Readable<ConnectionState> {
    return this.#state;
  }

  /** From `hello` to `welcome`, of the last connection. */
  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  start(): void {
    if (this.#socket || this.#state.value.state === 'closed') return;
    this.#connect();
  }

  /** False if there is no open connection: then the message is not sent, now or later. */
  send(message: ClientMessage): boolean {
    if (!this.#socket || this.#state.value.state !== 'open') return false;
    this.#socket.send(toWire(message));
    return true;
  }

  /** The network came back or the page woke up: try now instead of waiting. */
  hurry(): void {
    if (this.#retry.running) this.#connect();
  }

  close(): void {
    this.#drop();
    this.#retry.stop();
    this.#state.set({ state: 'closed' });
  }

  #connect(): void {
    this.#retry.stop();
    this.#attempt += 1;
    this.#state.set({ state: 'connecting', attempt: this.#attempt });
    const socket = this.options.open(this.options.url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#watchdog.start(HELLO_TIMEOUT_MS, () => this.#broke());
    socket.onopen = () => {
      this.#helloAtMs = this.options.clock.now();
      const { token, holder } = this.options;
      socket.send(JSON.stringify({ type: 'hello', protocol: VERSION, token, holder } satisfies ClientMessage));
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#broke();
  }

  #receive(data: unknown): void {
    let messages: (ServerMessage | null)[];
    try {
      messages = data instanceof ArrayBuffer ? readPassing(data) : [decode(typeof data === 'string' ? data : '')];
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      // A peer that talks nonsense: start again rather than guess what it meant.
      this.#broke();
      return;
    }
    this.#watchdog.start(SILENCE_MS, () => this.#broke());
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

  #welcomed(): void {
    this.#attempt = 0;
    this.#retryAfterMs = null;
    this.#roundTripMs = this.options.clock.now() - this.#helloAtMs;
    this.#state.set({ state: 'open' });
  }

  #broke(): void {
    this.#drop();
    if (this.#state.value.state === 'closed') return;
    const restarting = this.#retryAfterMs !== null;
    const wait = this.#waitMs();
    this.#state.set({
      state: 'waiting', attempt: this.#attempt, untilMs: this.options.clock.now() + wait, restarting,
    });
    this.#retry.start(wait, () => this.#connect());
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
    return Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** this.#attempt) * spread;
  }

  #drop(): void {
    this.#watchdog.stop();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

function isFinal(message: ServerMessage): boolean {
  if (message.type === 'removed' || message.type === 'adjourned') return true;
  return message.type === 'error' && message.fatal && !PASSING.has(message.code);
}
