/** The green room: am I in the right place, am I seen and heard. And the antechamber after it. */

import { Cell, Scope, type Readable } from '../base/observable';
import { every, type Clock } from '../base/time';
import type { ConnectionState } from '../protocol/connection';
import type { Doors, ServerMessage } from '../protocol/generated';
import type { Bulletin } from './bulletin';
import { combine } from './combine';
import { callView, type Identity } from './facts';
import type {
  AntechamberModel, AntechamberState, Browser, DeviceKind, GreenRoomModel, GreenRoomState, Words,
} from './model';
import type { Own } from './own';
import type { Readiness } from './readiness';
import { personOf } from './people';

/** Slower than this and people talk over each other. */
const SLOW_MS = 400;
const MEASURE_MS = 10_000;

/** What both screens stand on. */
export interface Ground {
  readonly identity: Identity;
  readonly own: Own;
  readonly readiness: Readiness;
  readonly bulletin: Bulletin;
  readonly clock: Clock;
  readonly now: Readable<number>;
  readonly connection: Readable<ConnectionState>;
}

export interface GreenRoomOptions extends Ground {
  readonly browser: Browser;
  /** Milliseconds to the server and back, `null` if it does not answer. */
  roundTrip(): Promise<number | null>;
  enter(): void;
}

export class GreenRoom implements GreenRoomModel {
  readonly state: Readable<GreenRoomState>;
  readonly level: Readable<number>;
  readonly now: Readable<number>;
  readonly #scope = new Scope();
  readonly #entering = new Cell(false);
  readonly #network = new Cell<GreenRoomState['network']>(network('checking'));

  constructor(private readonly options: GreenRoomOptions) {
    const { own, bulletin, connection } = options;
    this.level = own.capture.level;
    this.now = options.now;
    const { devices, preview } = own.capture;
    const { readiness } = options;
    const sources = [
      own.wishes, devices, preview, bulletin.messages, connection, this.#entering, this.#network, readiness.state,
      readiness.speaker.state,
    ];
    this.state = combine(this.#scope, sources, () => this.#view());
    void this.#measure();
    this.#scope.bind(every(options.clock, MEASURE_MS, () => void this.#measure()));
  }

  setMicrophone(on: boolean): void {
    this.options.own.setMicrophone(on);
  }

  setCamera(on: boolean): void {
    this.options.own.setCamera(on);
  }

  choose(kind: DeviceKind, id: string): void {
    this.options.own.capture.choose(kind, id);
  }

  tryDevicesAgain(): void {
    this.options.own.capture.tryAgain();
  }

  checkAgain(): void {
    this.options.readiness.measure();
  }

  playTone(): void {
    this.options.readiness.speaker.play();
  }

  answerTone(heard: boolean): void {
    this.options.readiness.speaker.answer(heard);
  }

  enter(): void {
    this.#entering.set(true);
    this.options.enter();
  }

  dismiss(messageId: string): void {
    this.options.bulletin.dismiss(messageId);
  }

  end(): void {
    this.#scope.end();
  }

  #view(): GreenRoomState {
    const { own, identity, browser, bulletin, connection } = this.options;
    const offline = connection.value.state === 'waiting';
    return {
      ...people(identity), browser, devices: own.capture.devices.value, ...own.expected,
      canSpeak: own.can.microphone, canShow: own.can.camera, preview: own.capture.preview.value,
      network: offline ? network('offline') : this.#network.value, readiness: this.options.readiness.state.value,
      speaker: this.options.readiness.speaker.state.value, messages: bulletin.messages.value, entering: this.#entering.value,
    };
  }

  async #measure(): Promise<void> {
    const ms = await this.options.roundTrip();
    if (this.#scope.ended) return;
    this.#network.set(network(ms === null ? 'offline' : ms > SLOW_MS ? 'slow' : 'good'));
  }
}

export interface AntechamberOptions extends Ground {
  back(): void;
}

export class Antechamber implements AntechamberModel {
  readonly state: Readable<AntechamberState>;
  readonly now: Readable<number>;
  readonly #scope = new Scope();
  readonly #waiting = new Cell({ doors: 'open' as Doors, occupied: false, host: true, free: false });
  readonly #sinceMs: number;

  constructor(private readonly options: AntechamberOptions) {
    const { own, bulletin, connection } = options;
    this.now = options.now;
    this.#sinceMs = options.now.value;
    const { devices, preview } = own.capture;
    const sources = [own.wishes, devices, preview, bulletin.messages, connection, this.#waiting, options.readiness.state];
    this.state = combine(this.#scope, sources, () => this.#view());
  }

  /** The server's `waiting`. */
  told({ doors, occupied, host, free_in_ms }: Extract<ServerMessage, { type: 'waiting' }>): void {
    this.#waiting.set({ doors, occupied, host, free: free_in_ms !== undefined });
  }

  setMicrophone(on: boolean): void {
    this.options.own.setMicrophone(on);
  }

  setCamera(on: boolean): void {
    this.options.own.setCamera(on);
  }

  checkAgain(): void {
    this.options.readiness.measure();
  }

  back(): void {
    this.options.back();
  }

  dismiss(messageId: string): void {
    this.options.bulletin.dismiss(messageId);
  }

  end(): void {
    this.#scope.end();
  }

  #view(): AntechamberState {
    const { own, identity, bulletin, connection } = this.options;
    return {
      ...people(identity), ...this.#waiting.value, sinceMs: this.#sinceMs,
      waiting: connection.value.state === 'open' ? 'waiting' : 'asking', ...own.expected,
      canSpeak: own.can.microphone, canShow: own.can.camera, preview: own.capture.preview.value,
      readiness: this.options.readiness.state.value, messages: bulletin.messages.value,
    };
  }
}

function people({ call, title, seat, delegation }: Identity): Pick<GreenRoomState, 'call' | 'me'> {
  return { call: callView(call, title), me: personOf(seat, delegation) };
}

function network(light: GreenRoomState['network']['light']): { light: typeof light; words: Words } {
  return { light, words: { key: `network-${light}` } };
}
