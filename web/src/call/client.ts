/**
 * One opened link from the first connection to the last screen: which screen is shown, and what
 * the server's answers mean for it.
 *
 *   opening -> green room -> antechamber -> table -> left | ended | removed
 *                 ^             |  refused             |
 *                 +-------------+----------------------+ come back
 *
 * A machine that was admitted before goes from opening to the table by itself.
 *
 * Each visit has a sealed session of its own. It hears every message of the server, and what it has
 * to say goes out here. Who this is, and which call, is what the invitation says, not the server.
 */

import { Cell, Scope, type Readable } from '../base/observable';
import { every, type Clock } from '../base/time';
import type { MirrorLink } from '../media/mirror';
import type { Capture, MediaLink, Publishes } from '../media/types';
import type { Signal } from '../protocol/connection';
import type { ClientMessage, ServerMessage } from '../protocol/generated';
import { SealProblem, type Seal } from '../sealed/sealed-call';
import { Bulletin } from './bulletin';
import { errorScreen } from './errors';
import { callView, dutiesOf, identityOf, publishes, seated, type Identity } from './facts';
import { Antechamber, GreenRoom, type Ground } from './green-room';
import type { Browser, CallModel, CallScreen, LeaveModel } from './model';
import { Own, type Preferences } from './own';
import { personOf } from './people';
import { Readiness } from './readiness';
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
  seal(): Seal;
  capture(): Capture;
  media(publishes: Publishes, gate: Seal['gate']): MediaLink;
  /** Measures the way to the server's media address. `pictures`: the call has some. */
  mirror(gate: Seal['gate'], pictures: boolean, failures: number): MirrorLink;
  /** Plays a tone on the loudspeaker with this id, or on the system's own. */
  tone(speaker: string): Promise<void>;
  /** Which code this page runs, and which one the server gives out now. */
  code(): Promise<string>;
  servedCode(): Promise<string | null>;
  roundTrip(): Promise<number | null>;
  keepAwake(on: boolean): void;
  /** The page is on screen. */
  readonly visible: Readable<boolean>;
  formatTime(ms: number): string;
  /** In which the screen is, e.g. `de`. */
  language(): string;
}

type Phase = 'opening' | 'green_room' | 'entering' | 'antechamber' | 'table' | 'over';

/** So many attempts in vain before the first welcome, and the person is told. */
const PATIENCE_ATTEMPTS = 3;

export class CallClient implements CallModel {
  readonly #screen = new Cell<CallScreen>({ kind: 'opening' });
  readonly #now: Cell<number>;
  /** From this machine's clock to the server's. */
  #offsetMs = 0;
  /** This machine's time of day is ahead of the server's by so much. */
  #aheadMs = 0;
  #phase: Phase = 'opening';
  #identity: Identity | null = null;
  /** By this machine's clock. */
  #arrivedAtMs: number | null = null;
  /** Everything of one visit: connection, devices, screens. */
  #visit = new Scope();
  #signal: Signal | null = null;
  #seal: Seal | null = null;
  /** The last one of this visit. */
  #welcome: Extract<ServerMessage, { type: 'welcome' }> | null = null;
  #opened = false;
  #own: Own | null = null;
  #readiness: Readiness | null = null;
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

  /** The network came back or is another one, or the page woke up. */
  hurry(): void {
    this.#signal?.hurry();
    this.#media?.hurry();
  }

  #open(): void {
    this.#close();
    this.#phase = 'opening';
    this.#screen.set({ kind: 'opening' });
    const visit = (this.#visit = new Scope());
    const signal = (this.#signal = this.options.connect());
    const seal = (this.#seal = this.options.seal());
    this.#joinSeal(seal, signal);
    visit.bind(() => seal.end());
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
    this.#opened = false;
    this.#signal = this.#seal = this.#welcome = this.#own = this.#readiness = this.#greenRoom = this.#antechamber = this.#table = this.#media = null;
    this.#bulletin.end();
  }

  /** What the session says goes out as it is; what it hears comes in `#handle`. */
  #joinSeal(seal: Seal, signal: Signal): void {
    seal.onsend = (message) => void signal.send(message);
    seal.ontext = (text) => this.#table?.hearText(text);
    // Without it nothing can be sent or shown, so nothing of the call is.
    seal.onfailed = (code) => this.#fail(code);
    let open = false;
    this.#visit.bind(signal.state.subscribe(({ state }) => {
      if (open && state !== 'open') seal.disconnected();
      open = state === 'open';
    }));
  }

  #handle(message: ServerMessage): void {
    if (this.#readiness?.handle(message)) return;
    // What is said in clear is not the session's.
    if (this.#opened && message.type !== 'checked') this.#seal?.hear(message);
    switch (message.type) {
      case 'welcome':
        return this.#welcomed(message);
      case 'clock':
        return this.#hearClock(message.now_ms);
      case 'waiting':
        return this.#showAntechamber().told(message);
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
    this.#hearClock(message.now_ms);
    this.#readiness?.connected();
    const before = this.#welcome;
    this.#welcome = message;
    // A new connection: the server knows no PeerConnection of it.
    this.#media?.reset();
    if (!before) void this.#openGrant(message);
    else if (this.#opened) this.#proceed(message);
  }

  #hearClock(serverMs: number): void {
    this.#offsetMs = serverMs - this.options.clock.now();
    this.#now.set(this.#serverNow());
    this.#aheadMs = this.options.clock.wall() - serverMs;
    this.#readiness?.seeClock(this.#aheadMs);
  }

  /** The invitation says who this is. */
  async #openGrant(message: Extract<ServerMessage, { type: 'welcome' }>): Promise<void> {
    const visit = this.#visit;
    let identity: Identity | null = null;
    try {
      const grant = await this.#seal?.open(message.grant);
      if (grant) identity = identityOf(message, grant);
    } catch (error) {
      if (!visit.ended) this.#fail(error instanceof SealProblem ? error : 'seal_failed');
      return;
    }
    if (visit.ended) return;
    if (!identity) return this.#fail('bad_grant');
    this.#identity = identity;
    this.#opened = true;
    this.#startOwn(identity);
    // The connection may be another one by now, or none: then the next welcome goes on.
    const { state } = this.#signal?.state.value ?? {};
    if (state === 'open' && this.#welcome) {
      this.#seal?.hear(this.#welcome);
      this.#proceed(this.#welcome);
    }
  }

  #proceed({ returning }: Extract<ServerMessage, { type: 'welcome' }>): void {
    if (returning) this.#arrivedAtMs ??= this.#loadArrival();
    if (this.#phase === 'opening' && !returning) this.#showGreenRoom();
    else if (this.#phase !== 'green_room') this.#seal?.enter();
  }

  #startOwn(identity: Identity): void {
    const { clock, preferences } = this.options;
    const own = new Own(this.options.capture(), publishes(identity), this.#bulletin, preferences, clock);
    this.#own = own;
    this.#visit.bind(() => own.end());
    own.start();
    this.#startReadiness(identity, own);
  }

  #startReadiness(identity: Identity, own: Own): void {
    const { clock, visible, mirror, tone, code, servedCode } = this.options;
    const duties = dutiesOf(identity.seat, identity.call);
    const gate = this.#seal?.gate;
    if (!gate) return;
    const readiness = new Readiness({
      own, duties, clock, visible, tone, code, servedCode, send: (m) => this.#send(m), mirror: (failures) => mirror(gate, duties.pictures, failures),
      failed: (code) => this.#fail(code),
    });
    this.#readiness = readiness;
    this.#visit.bind(() => readiness.end());
    readiness.seeClock(this.#aheadMs);
  }

  #showGreenRoom(): void {
    this.#phase = 'green_room';
    const greenRoom = new GreenRoom({
      ...this.#ground(), browser: this.options.browser, roundTrip: () => this.options.roundTrip(),
      enter: () => {
        this.#phase = 'entering';
        // If the connection is broken now, `enter` follows the next welcome.
        if (this.#signal?.state.value.state === 'open') this.#seal?.enter();
      },
    });
    this.#greenRoom = greenRoom;
    this.#visit.bind(() => greenRoom.end());
    this.#screen.set({ kind: 'green_room', model: greenRoom });
    this.#readiness?.measure();
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
    this.#readiness?.seated();
    if (this.#table) return this.#table.handle(message);
    const ground = this.#ground();
    this.#arrivedAtMs ??= this.options.clock.now();
    this.options.arrival.save(this.#arrivedAtMs + this.#offsetMs);
    this.#greenRoom?.end();
    this.#antechamber?.end();
    this.#antechamber = null;
    const seal = this.#seal;
    if (!seal) return;
    const media = (this.#media = this.options.media(ground.own.can, seal.gate));
    const table = new Table({
      ...ground, media, seal, formatTime: this.options.formatTime, language: this.options.language,
      offsetMs: () => this.#offsetMs,
      send: (m) => this.#send(m), left: () => this.#over('left'), failed: (code) => this.#fail(code),
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

  #fail(why: string | SealProblem): void {
    this.#phase = 'over';
    this.#close();
    if (typeof why !== 'string') return this.#screen.set(errorScreen(why.code, undefined, why.missing));
    const again = why === 'seat_moved' || why === 'seat_occupied' || why === 'seal_failed' || why.startsWith('answer_');
    this.#screen.set(errorScreen(why, again ? () => this.#open() : undefined));
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
        call: callView(identity.call, identity.title), me: personOf(identity.seat, identity.delegation), canReturn,
        ...(arrived === null ? {} : { arrivedAtMs: arrived + this.#offsetMs, departedAtMs: this.#serverNow() }),
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
    if (!this.#identity || !this.#own || !this.#readiness || !this.#signal) throw new Error('a screen before the welcome');
    return {
      identity: this.#identity, own: this.#own, readiness: this.#readiness, bulletin: this.#bulletin, clock, now: this.#now,
      connection: this.#signal.state,
    };
  }

  #send(message: ClientMessage): boolean {
    return this.#signal?.send(message) ?? false;
  }

  /** What is kept of an earlier load is a time of day: one that makes no sense any more is none. */
  #loadArrival(): number | null {
    const kept = this.options.arrival.load();
    return kept === null ? null : Math.min(kept - this.#offsetMs, this.options.clock.now());
  }

  #serverNow(): number {
    return this.options.clock.now() + this.#offsetMs;
  }
}
