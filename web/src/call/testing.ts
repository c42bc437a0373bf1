/** A call without a network, for tests: a scripted server, made-up devices, a clock that is told to move. */

import { FakeClock } from '../base/fake-clock';
import { Cell } from '../base/observable';
import type { Capture, DeviceChoice, DeviceKind, Devices, LinkState, MediaLink, OwnSource, Quality } from '../media/types';
import type { ConnectionState, Signal } from '../protocol/connection';
import type { ClientMessage, Doors, Presence, SeatStatus, ServerMessage } from '../protocol/generated';
import { CallClient } from './client';
import type { AntechamberModel, CallScreen, GreenRoomModel, LeaveModel, TableModel } from './model';

export class FakeSignal implements Signal {
  readonly state = new Cell<ConnectionState>({ state: 'connecting', attempt: 1 });
  readonly roundTripMs = 10;
  readonly sent: ClientMessage[] = [];
  onmessage: (message: ServerMessage) => void = () => {};
  start(): void {}
  hurry(): void {}
  send(message: ClientMessage): boolean {
    if (this.state.value.state !== 'open') return false;
    this.sent.push(message);
    return true;
  }
  close(): void {
    this.state.set({ state: 'closed' });
  }
  hear(message: ServerMessage): void {
    if (message.type === 'welcome') this.state.set({ state: 'open' });
    this.onmessage(message);
  }
  breaks(restarting = false): void {
    this.state.set({ state: 'waiting', attempt: 1, untilMs: 0, restarting });
  }
  /** What was sent of one type since the last time it was asked for. */
  take<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }>[] {
    const found = this.sent.filter((m): m is Extract<ClientMessage, { type: T }> => m.type === type);
    for (const m of found) this.sent.splice(this.sent.indexOf(m), 1);
    return found;
  }
}

const track = (label: string): MediaStreamTrack => ({ label, stop: () => {} }) as MediaStreamTrack;
const choice: DeviceChoice = { options: [], chosen: null, state: 'off' };

export class FakeCapture implements Capture {
  readonly devices = new Cell<Devices>({ microphone: choice, camera: choice, speaker: choice });
  readonly microphone = new Cell<MediaStreamTrack | null>(null);
  readonly camera = new Cell<MediaStreamTrack | null>(null);
  readonly screen = new Cell<MediaStreamTrack | null>(null);
  readonly preview = new Cell<MediaStream | null>(null);
  readonly screenPreview = new Cell<MediaStream | null>(null);
  readonly level = new Cell(0);
  readonly canShare = true;
  readonly wanted = { microphone: false, camera: false };
  trouble: Partial<Record<'microphone' | 'camera', DeviceChoice['state']>> = {};
  tries = 0;
  ended = false;
  onlost: (kind: DeviceKind, replacement: string | null) => void = () => {};
  want(kind: 'microphone' | 'camera', on: boolean): void {
    this.wanted[kind] = on;
    const state = on ? (this.trouble[kind] ?? 'on') : 'off';
    this.devices.patch({ [kind]: { ...choice, state } });
    this[kind].set(state === 'on' ? track(kind) : null);
  }
  choose(): void {}
  tryAgain(): void {
    this.tries += 1;
  }
  async startScreen(): Promise<void> {
    this.screen.set(track('screen'));
  }
  stopScreen(): void {
    this.screen.set(null);
  }
  end(): void {
    this.ended = true;
  }
}

export class FakeMedia implements MediaLink {
  readonly state = new Cell<LinkState>('idle');
  readonly quality = new Cell<Quality>('unknown');
  readonly speaking = new Cell<ReadonlySet<number>>(new Set());
  readonly soundBlocked = new Cell(false);
  readonly pictures = new Cell<ReadonlyMap<string, MediaStream>>(new Map());
  readonly tracks = new Map<OwnSource, MediaStreamTrack | null>();
  readonly did: string[] = [];
  onoffer: (generation: number, sdp: string) => void = () => {};
  setTrack(source: OwnSource, value: MediaStreamTrack | null): void {
    this.tracks.set(source, value);
  }
  negotiate(audio: number, video: number): void {
    this.did.push(`negotiate ${audio} ${video}`);
  }
  answer(generation: number): void {
    this.did.push(`answer ${generation}`);
  }
  slots(): void {}
  setSpeaker(): void {}
  hear(): void {}
  reset(): void {
    this.did.push('reset');
    this.state.set('idle');
  }
  end(): void {
    this.did.push('end');
    this.state.set('idle');
  }
}

export const ME = 2;

/** Three delegations, one seat each; the first is the host, the second is me. */
export const seats = ['United States', 'Germany', 'Poland'].map((name, i) => ({
  id: i + 1, delegation: i + 1, kind: 'principal', host: i === 0, name: `Person of ${name}`, title: 'Head',
}) as const);
const delegations = ['United States', 'Germany', 'Poland'].map((name, i) => ({ id: i + 1, name, short_name: name }));

export function status(seat: number, presence: Presence = 'seated', more: Partial<SeatStatus> = {}): SeatStatus {
  return { seat, presence, since_ms: 0, microphone: true, camera: true, screen: false, ...more };
}

export function welcome(more: { returning?: boolean; me?: number; format?: 'video' | 'voice' } = {}): ServerMessage {
  const me = more.me ?? ME;
  return {
    type: 'welcome', protocol: 1, returning: more.returning ?? false, now_ms: new FakeClock().now() + 5000,
    call: { id: 'a'.repeat(26), title: 'A call', format: more.format ?? 'video', rehearsal: false },
    seat: seats[me - 1]!, delegation: delegations[me - 1]!,
  };
}

export function seatedMessage(statuses: SeatStatus[] = [status(1), status(2), status(3)], doors: Doors = 'open'): ServerMessage {
  return { type: 'seated', delegations, seats: [...seats], statuses, doors, floor: null, opened_at_ms: 1 };
}

export function fatal(code: Extract<ServerMessage, { type: 'error' }>['code']): ServerMessage {
  return { type: 'error', code, blame: 'state', text: '', fatal: true };
}

/** A whole client in one hand. */
export class Stage {
  readonly clock = new FakeClock();
  readonly signals: FakeSignal[] = [];
  readonly captures: FakeCapture[] = [];
  readonly medias: FakeMedia[] = [];
  readonly lock = { free: true, stolen: 0, onlost: (): void => {}, take: async () => this.lock.free, steal: async () => { this.lock.stolen += 1; } };
  kept = { microphone: true, camera: true };
  arrivedAtMs: number | null = null;
  awake = false;
  /** What the next devices answer. */
  trouble: FakeCapture['trouble'] = {};
  readonly client = new CallClient({
    clock: this.clock, browser: 'firefox', lock: this.lock,
    preferences: { load: () => this.kept, save: (wishes) => { this.kept = wishes; } },
    arrival: { load: () => this.arrivedAtMs, save: (ms) => { this.arrivedAtMs = ms; } },
    connect: () => last(this.signals, new FakeSignal()),
    capture: () => Object.assign(last(this.captures, new FakeCapture()), { trouble: this.trouble }),
    media: () => last(this.medias, new FakeMedia()),
    roundTrip: async () => 20,
    keepAwake: (on) => { this.awake = on; },
    formatTime: () => '21:04',
  });

  get signal(): FakeSignal {
    return this.signals.at(-1)!;
  }
  get capture(): FakeCapture {
    return this.captures.at(-1)!;
  }
  get media(): FakeMedia {
    return this.medias.at(-1)!;
  }
  get kind(): CallScreen['kind'] {
    return this.client.screen.value.kind;
  }
  get greenRoom(): GreenRoomModel {
    return this.#model('green_room') as GreenRoomModel;
  }
  get antechamber(): AntechamberModel {
    return this.#model('antechamber') as AntechamberModel;
  }
  get table(): TableModel {
    return this.#model('table') as TableModel;
  }
  get leaving(): LeaveModel {
    return this.#model(this.kind) as LeaveModel;
  }
  /** Keys of what there is to tell at the table. */
  get told(): string[] {
    return this.table.state.value.messages.map((m) => m.key);
  }

  /** To the table, as a seat that a host admits. */
  async sit(more: Parameters<typeof welcome>[0] = {}, statuses?: SeatStatus[]): Promise<this> {
    await this.client.start();
    this.signal.hear(welcome(more));
    this.greenRoom.enter();
    this.signal.hear({ type: 'waiting', doors: 'open', occupied: false });
    this.signal.hear(seatedMessage(statuses));
    this.signal.hear({ type: 'negotiate', audio: 2, video: 3 });
    this.media.state.set('connected');
    return this;
  }

  #model(kind: CallScreen['kind']): unknown {
    const screen = this.client.screen.value;
    if (screen.kind !== kind || !('model' in screen)) throw new Error(`the screen is ${screen.kind}, not ${kind}`);
    return screen.model;
  }
}

function last<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}
