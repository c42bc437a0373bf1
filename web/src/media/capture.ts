/**
 * The own microphone, camera and screen: asking for them, choosing, losing, replacing and getting them
 * back.
 *
 * A muted microphone stays captured, so that "you are muted but speaking" can be said; its sound
 * then goes nowhere but into the meter. A camera turned off is stopped, so that its light goes out.
 * Whatever fails, a device that works is left as it was.
 */

import { Cell, Scope } from '../base/observable';
import { every, type Clock } from '../base/time';
import type { Levels } from './audio';
import { DeviceList, type ListedDevices } from './device-list';
import { SpeakingDetector } from './level';
import { troubleOf } from './trouble';
import type { Capture, DeviceChoice, DeviceEvent, DeviceKind, DeviceTrouble, InputKind } from './types';

const INPUTS: readonly InputKind[] = ['microphone', 'camera'];
const LEVEL_INTERVAL_MS = 100;

/** As much of `navigator.mediaDevices` as is used; absent on pages that are not secure. */
export type MediaDevicesLike = ListedDevices & Pick<MediaDevices, 'getUserMedia' | 'getDisplayMedia'>;

/** What the browser was told about a device, and when that changes. */
export type Permission = Pick<PermissionStatus, 'state' | 'addEventListener' | 'removeEventListener'>;

export interface CaptureOptions {
  readonly devices: MediaDevicesLike | undefined;
  readonly clock: Clock;
  /** Remembers chosen devices; `localStorage` or nothing. */
  readonly memory: Pick<Storage, 'getItem' | 'setItem'> | null;
  /** Whether `<audio>` can be sent to a chosen speaker. */
  readonly canChooseSpeaker: boolean;
  meter(track: MediaStreamTrack): Levels;
  /** `null` where the browser does not say. */
  permission(kind: InputKind): Promise<Permission | null>;
}

export class DeviceCapture implements Capture {
  readonly microphone = new Cell<MediaStreamTrack | null>(null);
  readonly camera = new Cell<MediaStreamTrack | null>(null);
  readonly screen = new Cell<MediaStreamTrack | null>(null);
  readonly preview = new Cell<MediaStream | null>(null);
  readonly screenPreview = new Cell<MediaStream | null>(null);
  readonly level = new Cell(0);
  readonly heard = new Cell<boolean | null>(false);
  onevent: (event: DeviceEvent) => void = () => {};

  readonly #list: DeviceList;
  readonly #wanted: Record<InputKind, boolean> = { microphone: false, camera: false };
  /** Counts requests, so that an answer to an old one is thrown away. */
  readonly #request: Record<InputKind, number> = { microphone: 0, camera: 0 };
  /** What a change is being made from. */
  readonly #scope = new Scope();

  constructor(private readonly options: CaptureOptions) {
    this.#list = new DeviceList(options, this.#scope, {
      told: (event) => this.onevent(event),
      changed: (back) => this.#devicesChanged(back),
    });
    this.camera.subscribe((track) => this.preview.set(track && new MediaStream([track])));
    this.screen.subscribe((track) => this.screenPreview.set(track && new MediaStream([track])));
    this.#measure();
    for (const kind of INPUTS) void this.#watchPermission(kind);
  }

  get devices(): DeviceList['devices'] {
    return this.#list.devices;
  }

  get canShare(): boolean {
    // Phones have no such call.
    return typeof this.options.devices?.getDisplayMedia === 'function';
  }

  want(kind: InputKind, on: boolean): void {
    if (this.#wanted[kind] === on) return;
    this.#wanted[kind] = on;
    if (on) void this.#askSoon();
    else this.#release(kind, 'off');
  }

  choose(kind: DeviceKind, id: string): void {
    if (kind === 'speaker') return this.#list.chooseSpeaker(id);
    if (this.#wanted[kind]) return void this.#change(kind, id);
    this.#list.remember(kind, id);
    this.#list.patch(kind, { chosen: id });
  }

  speakerFailed(id: string): void {
    this.#list.speakerFailed(id);
  }

  tryAgain(): void {
    for (const kind of INPUTS) {
      const { state, chosen } = this.devices.value[kind];
      if (this.#wanted[kind] && state === 'muted' && chosen !== null) void this.#change(kind, chosen);
    }
    const missing = this.#missing();
    if (missing.length > 0) void this.#ask(missing);
  }

  async startScreen(): Promise<void> {
    const media = this.options.devices;
    if (!media) throw new DOMException('no media devices', 'NotSupportedError');
    const stream = await media.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    const [track] = stream.getVideoTracks();
    if (!track) return;
    if (this.#scope.ended) return track.stop();
    this.stopScreen();
    // Text must stay sharp; pictures per second may drop.
    track.contentHint = 'detail';
    track.addEventListener('ended', () => {
      if (this.screen.value === track) this.screen.set(null);
    });
    this.screen.set(track);
  }

  stopScreen(): void {
    this.screen.value?.stop();
    this.screen.set(null);
  }

  end(): void {
    this.#scope.end();
    this.stopScreen();
    for (const kind of INPUTS) {
      this.#wanted[kind] = false;
      this.#release(kind, 'off');
    }
  }

  #missing(): InputKind[] {
    return INPUTS.filter((kind) => this.#wanted[kind] && !this[kind].value && this.devices.value[kind].state !== 'asking');
  }

  /** Both wanted in one turn are asked for in one question. */
  async #askSoon(): Promise<void> {
    await Promise.resolve();
    const kinds = this.#missing();
    if (kinds.length > 0) await this.#ask(kinds);
  }

  async #ask(kinds: readonly InputKind[], id?: string): Promise<void> {
    const requests = this.#begin(kinds);
    try {
      await this.#open(kinds, requests, id);
    } catch (error) {
      // One of two failed, and the error does not say which: ask one by one.
      // Whoever changed their mind meanwhile is not asked again.
      if (kinds.length > 1) {
        for (const kind of kinds) if (requests.get(kind) === this.#request[kind]) await this.#ask([kind]);
      } else for (const kind of kinds) if (requests.get(kind) === this.#request[kind]) this.#release(kind, troubleOf(error));
    }
    await this.#list.read();
  }

  /** To another device. Until that gives something, and if it never does, the one before stays. */
  async #change(kind: InputKind, id: string): Promise<boolean> {
    const [before, was] = [this[kind].value, this.devices.value[kind].chosen];
    const requests = this.#begin([kind]);
    const current = (): boolean => requests.get(kind) === this.#request[kind];
    this.#list.patch(kind, { chosen: id });
    let why: DeviceTrouble | null = await this.#tryToOpen(kind, requests, id);
    if (why === 'in_use' && before && was !== null && current()) {
      // Some machines give one at a time: let go of the one that works, and take it again if need be.
      before.stop();
      why = await this.#tryToOpen(kind, requests, id);
      if (why !== null && current() && (await this.#tryToOpen(kind, requests, was)) !== null) this[kind].set(null);
    }
    if (current() && why === null) this.#list.remember(kind, id);
    if (current() && why !== null) {
      const stays = this[kind].value;
      this.#list.patch(kind, { chosen: was, state: stays ? stateOf(stays) : why });
      this.onevent({ what: 'kept', kind, wanted: this.#list.label(kind, id), device: stays && this.#list.label(kind, was) });
    }
    await this.#list.read();
    return why === null;
  }

  #begin(kinds: readonly InputKind[]): Map<InputKind, number> {
    for (const kind of kinds) this.#list.patch(kind, { state: 'asking' });
    return new Map(kinds.map((kind) => [kind, ++this.#request[kind]]));
  }

  async #tryToOpen(kind: InputKind, requests: ReadonlyMap<InputKind, number>, id: string): Promise<DeviceTrouble | null> {
    try {
      await this.#open([kind], requests, id);
      return null;
    } catch (error) {
      return troubleOf(error);
    }
  }

  async #open(kinds: readonly InputKind[], requests: ReadonlyMap<InputKind, number>, id?: string): Promise<void> {
    const media = this.options.devices;
    if (!media) throw new DOMException('not a secure page', 'NotSupportedError');
    const stream = await media.getUserMedia({
      ...(kinds.includes('microphone') ? { audio: this.#microphoneConstraints(id) } : {}),
      ...(kinds.includes('camera') ? { video: this.#cameraConstraints(id) } : {}),
    });
    for (const track of stream.getTracks()) {
      const kind = track.kind === 'audio' ? 'microphone' : 'camera';
      const current = requests.get(kind) === this.#request[kind] && this.#wanted[kind] && !this.#scope.ended;
      if (current) this.#use(kind, track);
      else track.stop();
    }
  }

  #use(kind: InputKind, track: MediaStreamTrack): void {
    this[kind].value?.stop();
    track.contentHint = kind === 'microphone' ? 'speech' : 'motion';
    track.addEventListener('ended', () => void this.#lost(kind, track));
    // The system, or a switch on the device, takes its sound or picture away, and gives it back.
    for (const event of ['mute', 'unmute']) {
      track.addEventListener(event, () => {
        if (this[kind].value === track) this.#list.patch(kind, { state: stateOf(track) });
      });
    }
    this.#list.patch(kind, { state: stateOf(track), chosen: track.getSettings().deviceId ?? this.devices.value[kind].chosen });
    this[kind].set(track);
  }

  /** Unplugged, out of battery, or taken away by the system: fall back to another one. */
  async #lost(kind: InputKind, track: MediaStreamTrack): Promise<void> {
    if (this[kind].value !== track || !this.#wanted[kind]) return;
    this[kind].set(null);
    const gone = this.devices.value[kind].chosen;
    const request = this.#request[kind];
    await this.#list.read();
    const permission = await this.options.permission(kind).catch(() => null);
    if (request !== this.#request[kind]) return;
    // Taken back by the person: it says so itself, and nobody asks again.
    if (permission && permission.state !== 'granted') return this.#release(kind, 'denied');
    if (gone !== null) this.#list.missing(kind, gone);
    const other = this.devices.value[kind].options.find((o) => o.id !== gone);
    if (other) await this.#ask([kind], other.id);
    else this.#release(kind, 'not_found');
    const now: MediaStreamTrack | null = this[kind].value;
    this.onevent({ what: 'lost', kind, replacement: now ? now.label : null });
  }

  #release(kind: InputKind, state: DeviceChoice['state']): void {
    this.#request[kind] += 1;
    this[kind].value?.stop();
    this[kind].set(null);
    this.#list.patch(kind, { state });
  }

  /** Something was plugged in or pulled. `back`: what was chosen, was lost, and is there again. */
  #devicesChanged(back: readonly InputKind[]): void {
    for (const kind of INPUTS) {
      const { state, options } = this.devices.value[kind];
      if (!this.#wanted[kind]) continue;
      if (back.includes(kind)) void this.#takeBack(kind);
      else if (state === 'not_found' && options.length > 0) void this.#ask([kind]);
    }
  }

  async #takeBack(kind: InputKind): Promise<void> {
    const id = this.#list.remembered(kind);
    if (id === null || !(await this.#change(kind, id))) return;
    this.onevent({ what: 'returned', kind, device: this.#list.label(kind, id) });
  }

  /** Allowed after all: what was denied is asked for again. */
  async #watchPermission(kind: InputKind): Promise<void> {
    const permission = await this.options.permission(kind).catch(() => null);
    if (!permission || this.#scope.ended) return;
    const changed = (): void => {
      const denied = this.devices.value[kind].state === 'denied';
      if (permission.state === 'granted' && denied && this.#wanted[kind]) void this.#ask([kind]);
    };
    permission.addEventListener('change', changed);
    this.#scope.bind(() => permission.removeEventListener('change', changed));
  }

  #microphoneConstraints(id?: string): MediaTrackConstraints {
    return {
      ...this.#deviceConstraint('microphone', id),
      channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true,
    };
  }

  #cameraConstraints(id?: string): MediaTrackConstraints {
    return {
      ...this.#deviceConstraint('camera', id),
      width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 },
    };
  }

  #deviceConstraint(kind: InputKind, id?: string): MediaTrackConstraints {
    if (id !== undefined) return { deviceId: { exact: id } };
    const remembered = this.#list.remembered(kind);
    return remembered === null ? {} : { deviceId: { ideal: remembered } };
  }

  #measure(): void {
    let meter: Levels | null = null;
    let ear = new SpeakingDetector();
    this.microphone.subscribe((track) => {
      meter?.end();
      meter = track ? this.options.meter(track) : null;
      ear = new SpeakingDetector();
      this.level.set(0);
      this.heard.set(false);
    });
    const look = (): void => {
      const level = meter?.level() ?? null;
      this.level.set(level ?? 0);
      if (!meter || this.heard.value === true) return;
      this.heard.set(level === null ? null : ear.hear(level, this.options.clock.now()));
    };
    this.#scope.bind(every(this.options.clock, LEVEL_INTERVAL_MS, look));
  }
}

const stateOf = ({ muted }: MediaStreamTrack): DeviceChoice['state'] => (muted ? 'muted' : 'on');
