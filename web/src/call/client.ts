/**
 * One opened link from the first connection to the last screen: which screen is shown, and what
 * the server's answers mean for it.
 *
 *   opening -> green room -> antechamber -> table -> left | ended | removed
 *                 ^             |  refused             |
 *                 +-------------+----------------------+ come back
 *
 * A machine that was admitted before goes from opening to the table by itself.
 */

import { Cell, Scope, type Readable } from '../base/observable';
import { every, type Clock } from '../base/time';
import type { Capture, MediaLink, Publishes } from '../media/types';
import type { Signal } from '../protocol/connection';
import type { ClientMessage, ServerMessage } from '../protocol/generated';
import { Bulletin } from './bulletin';
import { callView, personOf, publishes, seated, type Identity } from './facts';
import { Antechamber, GreenRoom, type Ground } from './green-room';
import { MESSAGES, type MessageKey } from './messages';
import type { Browser, CallModel, CallScreen, LeaveModel } from './model';
import { Own, type Preferences } from './own';
import { Table } from './table';

/** One tab of a browser at a time holds a seat. */
interface TabLock {
  /** False if another tab has it. */
  take(): Promise<boolean>;
  /** From another tab, if need be. */
  steal(): Promise<void>;
  onlost: () => void;
}

export interface CallOptions {
  readonly clock: Clock;
  readonly browser: Browser;
  readonly lock: TabLock;
  readonly preferences: Preferences;
  /** When this tab first sat down, kept so that a reload does not change what is told at the end. */
  readonly arrival: { load(): number | null; save(ms: number | null): void };
  connect(): Signal;
  capture(): Capture;
  media(publishes: Publishes): MediaLink;
  roundTrip(): Promise<number | null>;
  keepAwake(on: boolean): void;
  formatTime(ms: number): string;
}

type Phase = 'opening' | 'green_room' | 'entering' | 'antechamber' | 'table' | 'over';

/** So many attempts in vain before the first welcome, and the person is told. */
const PATIENCE_ATTEMPTS = 3;

export class CallClient implements CallModel {
  readonly #screen = new Cell<CallScreen>({ kind: 'opening' });
  readonly #now: Cell<number>;
  #offsetMs = 0;
  #phase: Phase = 'opening';
  #identity: Identity | null = null;
  #arrivedAtMs: number | null = null;
  /** Everything of one visit: connection, devices, screens. */
  #visit = new Scope();
  #signal: Signal | null = null;
  #own: Own | null = null;
  #bulletin: Bulletin;
  #greenRoom: GreenRoom | null = null;
  #antechamber: Antechamber | null = null;
  #table: Table | null = null;
  #media: MediaLink | null = null;

  constructor(private readonly options: CallOptions) {
    this.#now = new Cell(options.clock.now());
    this.#bulletin = new Bulletin(options.clock);
    every(options.clock, 1000, () => this.#now.set(this.#serverNow()));
    options.lock.onlost = () => this.#otherTab();
  }

  get screen(): Readable<CallScreen> {
    return this.#screen;
  }

  async start(): Promise<void> {
    if (await this.options.lock.take()) this.#open();
    else this.#otherTab();
  }

  /** The network came back, or the page woke up. */
  hurry(): void {
    this.#signal?.hurry();
  }

  #open(): void {
    this.#close();
    this.#phase = 'opening';
    this.#screen.set({ kind: 'opening' });
    const visit = (this.#visit = new Scope());
    const signal = (this.#signal = this.options.connect());
    signal.onmessage = (message) => {
      if (this.#signal === signal) this.#handle(message);
    };
    visit.bind(() => signal.close());
    visit.bind(signal.state.subscribe((state) => {
      if (this.#phase === 'opening' && state.state === 'waiting' && state.attempt >= PATIENCE_ATTEMPTS) {
        this.#screen.set(errorScreen('unreachable', () => signal.hurry()));
      }
    }));
    signal.start();
  }

  #close(): void {
    const visit = this.#visit;
    visit.end();
    this.options.keepAwake(false);
    this.#signal = this.#own = this.#greenRoom = this.#antechamber = this.#table = this.#media = null;
    this.#bulletin.end();
  }

  #handle(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcomed(message);
      case 'clock':
        this.#offsetMs = message.now_ms - this.options.clock.now();
        return this.#now.set(this.#serverNow());
      case 'waiting':
        return this.#showAntechamber().told(message.doors, message.occupied);
      case 'seated':
        return this.#seated(message);
      case 'removed':
        return this.#over('removed');
      case 'adjourned':
        return this.#over('ended');
      case 'error':
        if (message.fatal) return this.#failed(message);
    }
    this.#table?.handle(message);
  }

  #welcomed(message: Extract<ServerMessage, { type: 'welcome' }>): void {
    this.#offsetMs = message.now_ms - this.options.clock.now();
    this.#now.set(this.#serverNow());
    this.#identity = { call: message.call, seat: message.seat, delegation: message.delegation };
    if (message.returning) this.#arrivedAtMs ??= this.options.arrival.load();
    if (!this.#own) this.#startOwn(this.#identity);
    // A new connection: the server knows no PeerConnection of it.
    this.#media?.reset();
    if (this.#phase === 'opening' && !message.returning) this.#showGreenRoom();
    else if (this.#phase !== 'green_room') this.#send({ type: 'enter' });
  }

  #startOwn(identity: Identity): void {
    const { clock, preferences } = this.options;
    const own = new Own(this.options.capture(), publishes(identity), this.#bulletin, preferences, clock);
    this.#own = own;
    this.#visit.bind(() => own.end());
    own.start();
  }

  #showGreenRoom(): void {
    this.#phase = 'green_room';
    const greenRoom = new GreenRoom({
      ...this.#ground(), browser: this.options.browser, roundTrip: () => this.options.roundTrip(),
      enter: () => {
        this.#phase = 'entering';
        // If the connection is broken now, `enter` follows the next welcome.
        this.#send({ type: 'enter' });
      },
    });
    this.#greenRoom = greenRoom;
    this.#visit.bind(() => greenRoom.end());
    this.#screen.set({ kind: 'green_room', model: greenRoom });
  }

  #showAntechamber(): Antechamber {
    // The seat was given to another machine while this one was away: it asks like anybody.
    this.#endTable();
    this.#phase = 'antechamber';
    if (this.#antechamber) return this.#antechamber;
    this.#greenRoom?.end();
    const antechamber = new Antechamber({ ...this.#ground(), back: () => this.#open() });
    this.#antechamber = antechamber;
    this.#visit.bind(() => antechamber.end());
    this.#screen.set({ kind: 'antechamber', model: antechamber });
    return antechamber;
  }

  #seated(message: Extract<ServerMessage, { type: 'seated' }>): void {
    this.#phase = 'table';
    if (this.#table) return this.#table.handle(message);
    const ground = this.#ground();
    this.#arrivedAtMs ??= this.#serverNow();
    this.options.arrival.save(this.#arrivedAtMs);
    this.#greenRoom?.end();
    this.#antechamber?.end();
    this.#antechamber = null;
    const media = (this.#media = this.options.media(ground.own.can));
    const table = new Table({
      ...ground, media, formatTime: this.options.formatTime,
      send: (m) => this.#send(m), left: () => this.#over('left'),
    }, seated(message));
    this.#table = table;
    this.#visit.bind(() => table.end());
    this.options.keepAwake(true);
    this.#screen.set({ kind: 'table', model: table });
  }

  #endTable(): void {
    this.#table?.end();
    this.#table = this.#media = null;
    this.options.keepAwake(false);
  }

  #failed(error: Extract<ServerMessage, { type: 'error' }>): void {
    switch (error.code) {
      case 'refused':
        return this.#over('refused');
      case 'call_ended':
        return this.#identity ? this.#over('ended') : this.#fail(error.code);
      case 'link_closed':
        return this.#table ? this.#over('removed') : this.#fail(error.code);
      case 'going_away': case 'server_full': case 'storage_unavailable': case 'internal': case 'too_fast':
        // The connection comes back by itself; what is on screen stays.
        if (this.#phase === 'opening') this.#screen.set(errorScreen(error.code, () => this.hurry()));
        return;
      default:
        return this.#fail(error.code);
    }
  }

  #fail(code: string): void {
    this.#phase = 'over';
    this.#close();
    const again = code === 'seat_moved' || code === 'seat_occupied';
    this.#screen.set(errorScreen(code, again ? () => this.#open() : undefined));
  }

  /** The visit is over; what remains is to say so. */
  #over(kind: 'left' | 'ended' | 'removed' | 'refused'): void {
    const identity = this.#identity;
    if (!identity) return this.#fail(kind === 'ended' ? 'call_ended' : 'link_closed');
    const arrived = this.#arrivedAtMs;
    this.#arrivedAtMs = null;
    this.options.arrival.save(null);
    this.#phase = 'over';
    this.#close();
    const canReturn = kind === 'left' || kind === 'refused';
    const model: LeaveModel = {
      state: new Cell({
        call: callView(identity.call), me: personOf(identity.seat, identity.delegation), canReturn,
        ...(arrived === null ? {} : { arrivedAtMs: arrived, departedAtMs: this.#serverNow() }),
      }),
      comeBack: () => {
        if (canReturn) this.#open();
      },
    };
    this.#screen.set({ kind, model });
  }

  #otherTab(): void {
    this.#phase = 'over';
    this.#close();
    this.#screen.set({
      kind: 'other_tab',
      useHere: () => void this.options.lock.steal().then(() => this.#open()),
    });
  }

  #ground(): Ground {
    const { clock } = this.options;
    if (!this.#identity || !this.#own || !this.#signal) throw new Error('a screen before the welcome');
    return {
      identity: this.#identity, own: this.#own, bulletin: this.#bulletin, clock, now: this.#now,
      connection: this.#signal.state,
    };
  }

  #send(message: ClientMessage): boolean {
    return this.#signal?.send(message) ?? false;
  }

  #serverNow(): number {
    return this.options.clock.now() + this.#offsetMs;
  }
}

/** The screen for an error code of the protocol, or for one of the client's own. */
export function errorScreen(code: string, retry?: () => void): CallScreen {
  const key = `error-${code.replaceAll('_', '-')}`;
  const known = Object.hasOwn(MESSAGES, key) ? (key as MessageKey) : 'error-internal';
  return { kind: 'error', code, words: { key: known }, ...(retry ? { retry } : {}) };
}
