/**
 * A call without a network, for tests: a scripted server, a session that says what it is told to,
 * made-up devices, a clock that is told to move.
 */

import { FakeClock } from '../base/fake-clock';
import { Cell } from '../base/observable';
import type { AnswerFault } from '../media/answer';
import type { MirrorLink, MirrorResult } from '../media/mirror';
import type { Capture, DeviceChoice, DeviceEvent, Devices, LinkState, MediaLink, OwnSource, Quality } from '../media/types';
import type { ConnectionState, Signal } from '../protocol/connection';
import type { ClientMessage, Doors, Presence, SeatStatus, ServerMessage } from '../protocol/generated';
import type { FrameGate } from '../sealed/gate';
import type { Grant, ReceivedText, Seal, SealProblem } from '../sealed/sealed-call';
import type { Act, FrameCounts, Member, View } from '../sealed/view';
import { CallClient } from './client';
import type { AntechamberModel, CallScreen, GreenRoomModel, LeaveModel, TableModel } from './model';

export class FakeSignal implements Signal {
  readonly state = new Cell<ConnectionState>({ state: 'connecting', attempt: 1 });
  readonly roundTripMs = 10;
  readonly sent: ClientMessage[] = [];
  onmessage: (message: ServerMessage) => void = () => {};
  start(): void {}
  hurried = 0;
  hurry(): void {
    this.hurried += 1;
  }
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
  readonly heard = new Cell<boolean | null>(true);
  readonly failedSpeakers: string[] = [];
  onevent: (event: DeviceEvent) => void = () => {};
  want(kind: 'microphone' | 'camera', on: boolean): void {
    this.wanted[kind] = on;
    const state = on ? (this.trouble[kind] ?? 'on') : 'off';
    this.devices.patch({ [kind]: { ...choice, state } });
    this[kind].set(state === 'on' ? track(kind) : null);
  }
  choose(): void {}
  speakerFailed(id: string): void {
    this.failedSpeakers.push(id);
  }
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
  readonly still = new Cell<ReadonlySet<string>>(new Set());
  readonly tracks = new Map<OwnSource, MediaStreamTrack | null>();
  readonly did: string[] = [];
  onoffer: (generation: number, sdp: string) => void = () => {};
  onrefused: (fault: AnswerFault) => void = () => {};
  onspeakerfailed: (id: string) => void = () => {};
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
  setNarrowVoice(narrow: boolean): void {
    this.did.push(`voice ${narrow ? 'narrow' : 'full'}`);
  }
  setSpeaker(): void {}
  hear(): void {}
  hurry(): void {
    this.did.push('hurry');
  }
  reset(): void {
    this.did.push('reset');
    this.state.set('idle');
  }
  end(): void {
    this.did.push('end');
    this.state.set('idle');
  }
}

/** Measures what it is told to. */
export class FakeMirror implements MirrorLink {
  ended = false;
  done: (result: MirrorResult) => void = () => {};
  refuse: (error: Error) => void = () => {};
  constructor(readonly failures: number) {}
  async offer(): Promise<{ up: string; down: string }> {
    return { up: 'UP', down: 'DOWN' };
  }
  answer(): Promise<MirrorResult> {
    return new Promise((done, refuse) => Object.assign(this, { done, refuse }));
  }
  end(): void {
    this.ended = true;
  }
}

/** Gives the invitation it is told to, notes what it hears and is asked to do. */
export class FakeSeal implements Seal {
  readonly view = new Cell<View | null>(null);
  readonly gate: FrameGate = { send: () => {}, receive: () => ({ bound: () => {}, forget: () => {}, stop: () => {} }), noise: () => {}, nowhere: () => {} };
  readonly heard: ServerMessage['type'][] = [];
  /** At the table. */
  readonly acts: Act[] = [];
  /** In other circles. */
  readonly circleActs: { circle: number; act: Act }[] = [];
  readonly joined: number[] = [];
  readonly whispered = new Cell<ReadonlySet<number>>(new Set());
  /** For which circles the voice was sealed, one after the other. */
  readonly spoken: number[] = [];
  onsend: (message: ClientMessage) => void = () => {};
  ontext: (text: ReceivedText) => void = () => {};
  onfailed: (code: string) => void = () => {};
  /** What acts answer. */
  error: string | null = null;
  breaks = 0;
  ended = false;
  constructor(private readonly grant: () => Grant | SealProblem) {}
  async open(): Promise<Grant> {
    const grant = this.grant();
    if (grant instanceof Error) throw grant;
    return grant;
  }
  hear(message: ServerMessage): void {
    this.heard.push(message.type);
  }
  disconnected(): void {
    this.breaks += 1;
  }
  enter(): void {
    this.onsend(this.view.value?.stage === 'member' ? { type: 'enter' } : { type: 'enter', knock: 'KNOCK' });
  }
  join(circle: number): void {
    this.joined.push(circle);
  }
  async speak(circle: number): Promise<string | null> {
    this.spoken.push(circle);
    return this.error;
  }
  async act(act: Act, circle = 0): Promise<string | null> {
    if (circle === 0) this.acts.push(act);
    else this.circleActs.push({ circle, act });
    return this.error;
  }
  end(): void {
    this.ended = true;
  }
  takeActs(): Act[] {
    return this.acts.splice(0);
  }
}

export const ME = 2;

/** Three delegations, one seat each; the first is the host, the second is me. */
export const seats = ['United States', 'Germany', 'Poland'].map((name, i) => ({
  id: i + 1, delegation: i + 1, kind: 'principal', host: i === 0, name: `Person of ${name}`, title: 'Head',
}) as const);
const shapes = seats.map(({ id, delegation, kind, host }) => ({ id, delegation, kind, host }));
export const delegations = ['United States', 'Germany', 'Poland'].map((name, i) => ({ id: i + 1, name, short_name: name }));

export function status(seat: number, presence: Presence = 'seated', more: Partial<SeatStatus> = {}): SeatStatus {
  return { seat, presence, since_ms: 0, microphone: true, camera: true, screen: false, ...more };
}

export function welcome(more: { returning?: boolean; me?: number; format?: 'video' | 'voice' } = {}): ServerMessage {
  const me = more.me ?? ME;
  return {
    type: 'welcome', protocol: 2, returning: more.returning ?? false, now_ms: new FakeClock().now() + 5000,
    call: { id: 'a'.repeat(26), format: more.format ?? 'video', rehearsal: false },
    seat: shapes[me - 1]!, grant: `grant-${me}`,
  };
}

export function grantOf(seat: number): Grant {
  return { title: 'A call', seat: seats[seat - 1]!, delegation: delegations[seat - 1]! };
}

export function member(seat: number, more: Partial<Member> = {}): Member {
  const { name, title, kind, host } = seats[seat - 1]!;
  const { name: delegation, short_name } = delegations[seat - 1]!;
  return {
    seat, leaf: seat - 1, name, title, kind, host, leads: host, delegation, short_name, state: 'verified', vouched_by: seat === 1 ? null : 1,
    code: 'c0de', ...more,
  };
}

export function frameCounts(more: Partial<FrameCounts> = {}): FrameCounts {
  return {
    sealed: 0, opened: 0, refused: 0, early: 0, reasons: {
      not_a_member: 0, no_such_member: 0, blocked: 0, wrong_epoch: 0, replayed: 0, not_authentic: 0, malformed: 0, too_many_keys: 0,
      forged: 0, late: 0, bad_manifest: 0,
    }, ...more,
  };
}

/** All three are verified members, behind closed doors. */
export function groupView(more: Partial<View> = {}): View {
  const members = more.members ?? [member(1), member(2), member(3)];
  return {
    circle: 0, circles: [], leads: false, stage: 'member', group: 1, epoch: 3, doors: 'closed', me: { seat: ME, leaf: ME - 1 }, sending: 'allowed',
    verified: members.filter((m) => m.state === 'verified').length, members, waiting: [], check: null, unsent: [], problems: [],
    frames: frameCounts(), people: { title: 'A call', delegations, seats }, code: 'c0de', ...more,
  };
}

export function seatedMessage(statuses: SeatStatus[] = [status(1), status(2), status(3)], doors: Doors = 'open'): ServerMessage {
  return {
    type: 'seated', seats: [...shapes], plan: 'PLAN', logs: [{ group: { circle: 0, number: 1 }, epoch: 3, seq: 3 }], statuses, doors, floor: null,
    opened_at_ms: 1,
  };
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
  readonly seals: FakeSeal[] = [];
  readonly mirrors: FakeMirror[] = [];
  /** Code of the page the server gives out now. */
  served: string | null = 'c0de';
  /** What the grant opens to; of whom the server speaks if `null`. */
  grant: Grant | SealProblem | null = null;
  readonly visible = new Cell(true);
  readonly lock = { free: true, stolen: 0, onlost: (): void => {}, take: async () => this.lock.free, steal: async () => { this.lock.stolen += 1; } };
  kept = { microphone: true, camera: true };
  arrivedAtMs: number | null = null;
  awake = false;
  /** Where tones were played. */
  readonly tones: string[] = [];
  /** What the next devices answer. */
  trouble: FakeCapture['trouble'] = {};
  readonly client = new CallClient({
    clock: this.clock, browser: 'firefox', lock: this.lock,
    preferences: { load: () => this.kept, save: (wishes) => { this.kept = wishes; } },
    arrival: { load: () => this.arrivedAtMs, save: (ms) => { this.arrivedAtMs = ms; } },
    connect: () => last(this.signals, new FakeSignal()),
    capture: () => Object.assign(last(this.captures, new FakeCapture()), { trouble: this.trouble }),
    seal: () => last(this.seals, new FakeSeal(() => this.grant ?? grantOf(this.#me))),
    media: () => last(this.medias, new FakeMedia()),
    mirror: (_gate, _pictures, failures) => last(this.mirrors, new FakeMirror(failures)),
    tone: async (speaker) => void this.tones.push(speaker),
    code: async () => 'c0de',
    servedCode: async () => this.served,
    roundTrip: async () => 20,
    keepAwake: (on) => { this.awake = on; },
    visible: this.visible,
    formatTime: () => '21:04',
    language: () => 'de',
  });
  #me = ME;

  get signal(): FakeSignal {
    return this.signals.at(-1)!;
  }
  get capture(): FakeCapture {
    return this.captures.at(-1)!;
  }
  get seal(): FakeSeal {
    return this.seals.at(-1)!;
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

  /** The link is opened and the server answers; the invitation is read. */
  async arrive(more: Parameters<typeof welcome>[0] = {}): Promise<this> {
    await this.client.start();
    await this.welcomed(more);
    return this;
  }

  /** The server's answer to a new visit. */
  async welcomed(more: Parameters<typeof welcome>[0] = {}): Promise<void> {
    this.#me = more.me ?? ME;
    this.signal.hear(welcome(more));
    await settle();
  }

  /** To the table, as a seat that a host admits. */
  async sit(more: Parameters<typeof welcome>[0] = {}, statuses?: SeatStatus[]): Promise<this> {
    await this.arrive(more);
    this.greenRoom.enter();
    this.signal.hear({ type: 'waiting', doors: 'open', occupied: false, host: true });
    this.signal.hear(seatedMessage(statuses));
    this.seal.view.set(groupView({ me: { seat: this.#me, leaf: this.#me - 1 } }));
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

/** Lets every promise that is settled be heard of. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

function last<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}
