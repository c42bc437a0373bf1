/**
 * The own microphone, camera and screen: asking for them, choosing, losing and replacing them.
 *
 * A muted microphone stays captured, so that "you are muted but speaking" can be said; its sound
 * then goes nowhere but into the meter. A camera turned off is stopped, so that its light goes out.
 */

import { Cell, Scope } from '../base/observable';
import { every, type Clock } from '../base/time';
import { Meter } from './audio';
import type { Capture, DeviceChoice, DeviceKind, Devices, DeviceTrouble } from './types';

type InputKind = 'microphone' | 'camera';

const LEVEL_INTERVAL_MS = 100;
const NO_DEVICE: DeviceChoice = { options: [], chosen: null, state: 'off' };
const BROWSER_KIND = { microphone: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' } as const;

/** As much of `navigator.mediaDevices` as is used; absent on pages that are not secure. */
export type MediaDevicesLike = Pick<
  MediaDevices,
  'enumerateDevices' | 'getUserMedia' | 'getDisplayMedia' | 'addEventListener' | 'removeEventListener'
>;

export interface CaptureOptions {
  readonly devices: MediaDevicesLike | undefined;
  readonly clock: Clock;
  /** Remembers chosen devices; `localStorage` or nothing. */
  readonly memory: Pick<Storage, 'getItem' | 'setItem'> | null;
  /** Whether `<audio>` can be sent to a chosen speaker. */
  readonly canChooseSpeaker: boolean;
  meter(track: MediaStreamTrack): Pick<Meter, 'level' | 'end'>;
}

export class DeviceCapture implements Capture {
  readonly devices = new Cell<Devices>({ microphone: NO_DEVICE, camera: NO_DEVICE, speaker: NO_DEVICE });
  readonly microphone = new Cell<MediaStreamTrack | null>(null);
  readonly camera = new Cell<MediaStreamTrack | null>(null);
  readonly screen = new Cell<MediaStreamTrack | null>(null);
  readonly preview = new Cell<MediaStream | null>(null);
  readonly screenPreview = new Cell<MediaStream | null>(null);
  readonly level = new Cell(0);
  onlost: (kind: DeviceKind, replacement: string | null) => void = () => {};

  readonly #wanted: Record<InputKind, boolean> = { microphone: false, camera: false };
  /** Counts requests, so that an answer to an old one is thrown away. */
  readonly #request: Record<InputKind, number> = { microphone: 0, camera: 0 };
  readonly #scope = new Scope();

  constructor(private readonly options: CaptureOptions) {
    const changed = (): void => void this.#devicesChanged();
    options.devices?.addEventListener('devicechange', changed);
    this.#scope.bind(() => options.devices?.removeEventListener('devicechange', changed));
    this.camera.subscribe((track) => this.preview.set(track && new MediaStream([track])));
    this.screen.subscribe((track) => this.screenPreview.set(track && new MediaStream([track])));
    this.#measure();
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
    this.options.memory?.setItem(`incamera.device.${kind}`, id);
    this.#patch(kind, { chosen: id });
    if (kind !== 'speaker' && this.#wanted[kind]) void this.#ask([kind], id);
  }

  tryAgain(): void {
    const missing = (['microphone', 'camera'] as const).filter(
      (kind) => this.#wanted[kind] && !this[kind].value && this.devices.value[kind].state !== 'asking',
    );
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
    for (const kind of ['microphone', 'camera'] as const) {
      this.#wanted[kind] = false;
      this.#release(kind, 'off');
    }
  }

  /** Both wanted in one turn are asked for in one question. */
  async #askSoon(): Promise<void> {
    await Promise.resolve();
    const kinds = (['microphone', 'camera'] as const).filter(
      (kind) => this.#wanted[kind] && !this[kind].value && this.devices.value[kind].state !== 'asking',
    );
    if (kinds.length > 0) await this.#ask(kinds);
  }

  async #ask(kinds: readonly InputKind[], id?: string): Promise<void> {
    const requests = new Map(kinds.map((kind) => [kind, ++this.#request[kind]]));
    for (const kind of kinds) this.#patch(kind, { state: 'asking' });
    try {
      await this.#open(kinds, requests, id);
    } catch (error) {
      // One of two failed, and the error does not say which: ask one by one.
      // Whoever changed their mind meanwhile is not asked again.
      if (kinds.length > 1) {
        for (const kind of kinds) if (requests.get(kind) === this.#request[kind]) await this.#ask([kind]);
      } else for (const kind of kinds) if (requests.get(kind) === this.#request[kind]) this.#release(kind, trouble(error));
    }
    await this.#list();
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
    this.#patch(kind, { state: 'on', chosen: track.getSettings().deviceId ?? this.devices.value[kind].chosen });
    this[kind].set(track);
  }

  /** Unplugged, out of battery, or taken away by the system: fall back to another one. */
  async #lost(kind: InputKind, track: MediaStreamTrack): Promise<void> {
    if (this[kind].value !== track || !this.#wanted[kind]) return;
    this[kind].set(null);
    const gone = this.devices.value[kind].chosen;
    await this.#list();
    const other = this.devices.value[kind].options.find((o) => o.id !== gone);
    if (other) await this.#ask([kind], other.id);
    else this.#release(kind, 'not_found');
    const now: MediaStreamTrack | null = this[kind].value;
    this.onlost(kind, now ? now.label : null);
  }

  #release(kind: InputKind, state: DeviceChoice['state']): void {
    this.#request[kind] += 1;
    this[kind].value?.stop();
    this[kind].set(null);
    this.#patch(kind, { state });
  }

  async #devicesChanged(): Promise<void> {
    const speaker = this.devices.value.speaker;
    await this.#list();
    const gone = speaker.chosen !== null && speaker.options.some((o) => o.id === speaker.chosen) &&
      !this.devices.value.speaker.options.some((o) => o.id === speaker.chosen);
    if (gone) {
      this.#patch('speaker', { chosen: null });
      this.onlost('speaker', null);
    }
    // Something was plugged in while nothing was there.
    for (const kind of ['microphone', 'camera'] as const) {
      const { state, options } = this.devices.value[kind];
      if (this.#wanted[kind] && state === 'not_found' && options.length > 0) void this.#ask([kind]);
    }
  }

  async #list(): Promise<void> {
    const all = (await this.options.devices?.enumerateDevices().catch(() => [])) ?? [];
    for (const kind of ['microphone', 'camera', 'speaker'] as const) {
      if (kind === 'speaker' && !this.options.canChooseSpeaker) continue;
      const options = all
        .filter((d) => d.kind === BROWSER_KIND[kind] && d.deviceId !== '')
        .map((d) => ({ id: d.deviceId, label: d.label }));
      this.#patch(kind, { options });
    }
    const remembered = this.#remembered('speaker');
    const { chosen, options } = this.devices.value.speaker;
    if (chosen === null && options.some((o) => o.id === remembered)) this.#patch('speaker', { chosen: remembered });
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
    const remembered = this.#remembered(kind);
    return remembered === null ? {} : { deviceId: { ideal: remembered } };
  }

  #remembered(kind: DeviceKind): string | null {
    return this.options.memory?.getItem(`incamera.device.${kind}`) ?? null;
  }

  #patch(kind: DeviceKind, fields: Partial<DeviceChoice>): void {
    this.devices.patch({ [kind]: { ...this.devices.value[kind], ...fields } });
  }

  #measure(): void {
    let meter: Pick<Meter, 'level' | 'end'> | null = null;
    this.microphone.subscribe((track) => {
      meter?.end();
      meter = track ? this.options.meter(track) : null;
      this.level.set(0);
    });
    this.#scope.bind(every(this.options.clock, LEVEL_INTERVAL_MS, () => this.level.set(meter?.level() ?? 0)));
  }
}

/** The browser's error names, Media Capture and Streams 10.2. */
function trouble(error: unknown): DeviceTrouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'not_found';
  if (name === 'NotReadableError' || name === 'AbortError') return 'in_use';
  return 'failed';
}
