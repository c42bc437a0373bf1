import { beforeAll, describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { DeviceCapture, type MediaDevicesLike, type Permission } from './capture';
import type { DeviceEvent } from './types';

beforeAll(() => {
  (globalThis as { MediaStream?: unknown }).MediaStream = class {};
});

class FakeTrack extends EventTarget {
  stopped = false;
  muted = false;
  contentHint = '';
  constructor(readonly kind: 'audio' | 'video', readonly deviceId: string, readonly label: string) {
    super();
  }
  getSettings(): { deviceId: string } {
    return { deviceId: this.deviceId };
  }
  stop(): void {
    this.stopped = true;
  }
  /** The system takes its sound away, or gives it back. */
  mute(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
  /** The device goes away. */
  unplug(): void {
    this.dispatchEvent(new Event('ended'));
  }
}

class FakePermission extends EventTarget {
  state: PermissionState = 'granted';
  become(state: PermissionState): void {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

type Plugged = { kind: 'audioinput' | 'videoinput' | 'audiooutput'; deviceId: string; label: string };
const MIC: Plugged = { kind: 'audioinput', deviceId: 'mic', label: 'Built-in' };
const HEADSET: Plugged = { kind: 'audioinput', deviceId: 'headset', label: 'Bluetooth' };
const CAMERA: Plugged = { kind: 'videoinput', deviceId: 'camera', label: 'Camera' };
const SPEAKER: Plugged = { kind: 'audiooutput', deviceId: 'speaker', label: 'Loud' };
const EARS: Plugged = { kind: 'audiooutput', deviceId: 'ears', label: 'Bluetooth' };

/** `navigator.mediaDevices` with devices that can be plugged in, refused or busy. */
class FakeDevices extends EventTarget {
  plugged: Plugged[] = [MIC, CAMERA, SPEAKER];
  refuse: Partial<Record<'audio' | 'video', string>> = {};
  asked: string[] = [];
  tracks: FakeTrack[] = [];
  /** Of microphones: no second one while one is open. */
  oneAtATime = false;
  /** Devices that another program holds. */
  busy = new Set<string>();
  /** Set to hold back the answer to the next question. */
  gate: Promise<void> | null = null;

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return this.plugged as unknown as MediaDeviceInfo[];
  }

  async getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    this.asked.push(Object.keys(constraints).sort().join('+'));
    await this.gate;
    const kinds = (['audio', 'video'] as const).filter((kind) => constraints[kind]);
    for (const kind of kinds) if (this.refuse[kind]) throw Object.assign(new Error(), { name: this.refuse[kind] });
    const tracks = kinds.map((kind) => this.#open(kind, constraints[kind] as MediaTrackConstraints));
    this.tracks.push(...tracks);
    return { getTracks: () => tracks } as unknown as MediaStream;
  }

  async getDisplayMedia(): Promise<MediaStream> {
    const track = new FakeTrack('video', 'screen', 'Screen');
    this.tracks.push(track);
    return { getVideoTracks: () => [track] } as unknown as MediaStream;
  }

  plug(...devices: Plugged[]): void {
    this.plugged = devices;
    this.dispatchEvent(new Event('devicechange'));
  }

  #open(kind: 'audio' | 'video', { deviceId }: MediaTrackConstraints): FakeTrack {
    const all = this.plugged.filter((d) => d.kind === `${kind}input`);
    const exact = typeof deviceId === 'object' && 'exact' in deviceId ? deviceId.exact : undefined;
    const found = exact === undefined ? all[0] : all.find((d) => d.deviceId === exact);
    if (!found) throw Object.assign(new Error(), { name: exact === undefined ? 'NotFoundError' : 'OverconstrainedError' });
    const held = this.oneAtATime && this.tracks.some((t) => t.kind === kind && !t.stopped && t.deviceId !== found.deviceId);
    if (held || this.busy.has(found.deviceId)) throw Object.assign(new Error(), { name: 'NotReadableError' });
    return new FakeTrack(kind, found.deviceId, found.label);
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function setup() {
  const devices = new FakeDevices();
  const clock = new FakeClock();
  const kept = new Map<string, string>();
  const events: DeviceEvent[] = [];
  const permissions = { microphone: new FakePermission(), camera: new FakePermission() };
  const sound: { level: number | null } = { level: 0.5 };
  const capture = new DeviceCapture({
    devices: devices as unknown as MediaDevicesLike, clock, canChooseSpeaker: true, meter: () => ({ level: () => sound.level, end: () => {} }),
    permission: async (kind) => permissions[kind] as unknown as Permission,
    memory: { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v) },
  });
  capture.onevent = (event) => events.push(event);
  const state = (kind: 'microphone' | 'camera') => capture.devices.value[kind].state;
  const start = async (): Promise<void> => {
    capture.want('microphone', true);
    capture.want('camera', true);
    await settle();
  };
  return { devices, clock, kept, events, permissions, sound, capture, state, start };
}

describe('asking for devices', () => {
  test('microphone and camera are one question', async () => {
    const c = setup();
    await c.start();
    expect(c.devices.asked).toEqual(['audio+video']);
    expect([c.state('microphone'), c.state('camera')]).toEqual(['on', 'on']);
    expect(c.capture.devices.value.microphone).toMatchObject({ chosen: 'mic', options: [{ id: 'mic', label: 'Built-in' }] });
  });

  test('when one is refused the other is still used, and each reason is known', async () => {
    for (const [name, reason] of [
      ['NotAllowedError', 'denied'], ['NotFoundError', 'not_found'], ['NotReadableError', 'in_use'], ['TypeError', 'failed'],
    ] as const) {
      const c = setup();
      c.devices.refuse = { video: name };
      await c.start();
      expect([c.state('microphone'), c.state('camera')]).toEqual(['on', reason]);
    }
  });

  test('what is no longer wanted when one of both is refused is not asked for', async () => {
    const c = setup();
    let answer = (): void => {};
    c.devices.gate = new Promise((resolve) => { answer = resolve; });
    c.devices.refuse = { audio: 'NotAllowedError' };
    await c.start();
    c.capture.want('camera', false);
    answer();
    await settle();
    expect([c.state('microphone'), c.state('camera')]).toEqual(['denied', 'off']);
    expect(c.devices.asked).toEqual(['audio+video', 'audio']);
  });

  test('can be tried again once allowed', async () => {
    const c = setup();
    c.devices.refuse = { audio: 'NotAllowedError', video: 'NotAllowedError' };
    await c.start();
    expect(c.capture.microphone.value).toBe(null);
    c.devices.refuse = {};
    c.capture.tryAgain();
    await settle();
    expect([c.state('microphone'), c.state('camera')]).toEqual(['on', 'on']);
  });

  test('a camera that comes after it was turned off again goes dark at once', async () => {
    const c = setup();
    let open = (): void => {};
    c.devices.gate = new Promise((resolve) => { open = resolve; });
    c.capture.want('camera', true);
    await settle();
    expect(c.state('camera')).toBe('asking');
    c.capture.want('camera', false);
    open();
    await settle();
    expect([c.devices.tracks[0]?.stopped, c.capture.camera.value, c.state('camera')]).toEqual([true, null, 'off']);
  });

  test('a page that is not secure has none, and says so', async () => {
    const capture = new DeviceCapture({ devices: undefined, clock: new FakeClock(), canChooseSpeaker: false, memory: null, meter: () => ({ level: () => 0, end: () => {} }), permission: async () => null });
    capture.want('microphone', true);
    await settle();
    expect(capture.devices.value.microphone.state).toBe('failed');
    expect(capture.canShare).toBe(false);
  });
});

describe('using devices', () => {
  test('turning the camera off stops it, so that its light goes out', async () => {
    const c = setup();
    await c.start();
    c.capture.want('camera', false);
    expect(c.devices.tracks.find((t) => t.kind === 'video')?.stopped).toBe(true);
    expect(c.state('camera')).toBe('off');
  });

  test('a chosen microphone replaces the other and is remembered', async () => {
    const c = setup();
    c.devices.plugged = [MIC, HEADSET, CAMERA];
    await c.start();
    const first = c.devices.tracks.find((t) => t.kind === 'audio')!;
    c.capture.choose('microphone', 'headset');
    await settle();
    expect([first.stopped, c.capture.microphone.value?.label]).toEqual([true, 'Bluetooth']);
    expect(c.kept.get('incamera.device.microphone')).toBe('headset');
    expect(c.events).toEqual([]);
  });

  test('the level is measured ten times a second', async () => {
    const c = setup();
    await c.start();
    c.clock.pass(100);
    expect(c.capture.level.value).toBe(0.5);
    c.capture.want('microphone', false);
    expect(c.capture.level.value).toBe(0);
  });
});

describe('losing devices', () => {
  test('a headset out of battery is replaced by another microphone', async () => {
    const c = setup();
    c.devices.plugged = [HEADSET, MIC, CAMERA];
    await c.start();
    c.devices.plugged = [MIC, CAMERA];
    c.devices.tracks.find((t) => t.kind === 'audio')!.unplug();
    await settle();
    expect(c.capture.microphone.value?.label).toBe('Built-in');
    expect(c.events).toEqual([{ what: 'lost', kind: 'microphone', replacement: 'Built-in' }]);
  });

  test('the only camera gone is said, and it is used again when plugged in again', async () => {
    const c = setup();
    await c.start();
    c.devices.plugged = [MIC, SPEAKER];
    c.devices.tracks.find((t) => t.kind === 'video')!.unplug();
    await settle();
    expect([c.state('camera'), c.events]).toEqual(['not_found', [{ what: 'lost', kind: 'camera', replacement: null }]]);
    c.devices.plug(MIC, CAMERA, SPEAKER);
    await settle();
    expect(c.state('camera')).toBe('on');
  });

  test('a chosen loudspeaker gone falls back to the system\'s', async () => {
    const c = setup();
    await c.start();
    c.capture.choose('speaker', 'speaker');
    c.devices.plug(MIC, CAMERA);
    await settle();
    expect([c.capture.devices.value.speaker.chosen, c.events]).toEqual([null, [{ what: 'lost', kind: 'speaker', replacement: null }]]);
  });

  test('a screen that stops being shared from outside is known', async () => {
    const c = setup();
    await c.capture.startScreen();
    expect(c.capture.screen.value).not.toBe(null);
    c.devices.tracks.at(-1)!.unplug();
    expect(c.capture.screen.value).toBe(null);
  });

  test('after the end nothing is captured any more', async () => {
    const c = setup();
    await c.start();
    c.capture.end();
    expect(c.devices.tracks.every((t) => t.stopped)).toBe(true);
    c.devices.plug(MIC, CAMERA);
    await settle();
    expect(c.devices.asked.length).toBe(1);
  });
});

type Setup = ReturnType<typeof setup>;
const microphone = (c: Setup): FakeTrack => c.devices.tracks.filter((t) => t.kind === 'audio').at(-1)!;
const camera = (c: Setup): FakeTrack => c.devices.tracks.filter((t) => t.kind === 'video').at(-1)!;
const SECOND: Plugged = { kind: 'videoinput', deviceId: 'second', label: 'Second' };

/** Everything that can happen to a device in use, what state it has then, what is told, and the way back. */
describe('whatever happens to a device has a state, is told, and can be undone', () => {
  interface Case {
    readonly name: string;
    readonly plugged?: Plugged[];
    readonly prepare?: (c: Setup) => void;
    readonly happens: (c: Setup) => void;
    readonly state: Partial<Record<'microphone' | 'camera', string>>;
    readonly uses?: Partial<Record<'microphone' | 'camera' | 'speaker', string | null>>;
    readonly told?: DeviceEvent[];
    readonly back: (c: Setup) => void;
    readonly then?: { state?: Case['state']; uses?: Case['uses']; told?: DeviceEvent[] };
  }
  const lost = (kind: DeviceEvent['kind'], replacement: string | null): DeviceEvent => ({ what: 'lost', kind, replacement });
  const kept = (kind: DeviceEvent['kind'], wanted: string, device: string | null): DeviceEvent => ({ what: 'kept', kind, wanted, device });
  const returned = (kind: DeviceEvent['kind'], device: string): DeviceEvent => ({ what: 'returned', kind, device });
  const cases: Case[] = [
    {
      name: 'a headset that is microphone and loudspeaker is pulled, and its track ends first',
      plugged: [HEADSET, MIC, CAMERA, EARS, SPEAKER],
      prepare: (c) => { c.capture.choose('microphone', 'headset'); c.capture.choose('speaker', 'ears'); },
      happens: (c) => { c.devices.plugged = [MIC, CAMERA, SPEAKER]; microphone(c).unplug(); c.devices.plug(MIC, CAMERA, SPEAKER); },
      state: { microphone: 'on' }, uses: { microphone: 'mic', speaker: null }, told: [lost('speaker', null), lost('microphone', 'Built-in')],
      back: (c) => c.devices.plug(HEADSET, MIC, CAMERA, EARS, SPEAKER),
      then: { uses: { microphone: 'headset', speaker: 'ears' }, told: [returned('speaker', 'Bluetooth'), returned('microphone', 'Bluetooth')] },
    },
    {
      name: 'a headset is pulled, and the list changes first',
      plugged: [HEADSET, MIC, CAMERA, EARS, SPEAKER],
      prepare: (c) => { c.capture.choose('microphone', 'headset'); c.capture.choose('speaker', 'ears'); },
      happens: (c) => { c.devices.plug(MIC, CAMERA, SPEAKER); microphone(c).unplug(); },
      state: { microphone: 'on' }, uses: { microphone: 'mic', speaker: null }, told: [lost('speaker', null), lost('microphone', 'Built-in')],
      back: (c) => c.devices.plug(HEADSET, MIC, CAMERA, EARS, SPEAKER),
      then: { uses: { microphone: 'headset', speaker: 'ears' } },
    },
    {
      name: 'the system mutes the microphone', happens: (c) => microphone(c).mute(true),
      state: { microphone: 'muted', camera: 'on' }, told: [], back: (c) => microphone(c).mute(false),
    },
    {
      name: 'the system mutes the microphone, and the person asks for it again', happens: (c) => microphone(c).mute(true),
      state: { microphone: 'muted' }, told: [], back: (c) => c.capture.tryAgain(),
    },
    {
      name: 'the shutter of the camera is closed', happens: (c) => camera(c).mute(true),
      state: { microphone: 'on', camera: 'muted' }, told: [], back: (c) => camera(c).mute(false),
    },
    {
      name: 'the microphone is taken back in the browser',
      happens: (c) => { c.permissions.microphone.state = 'denied'; c.devices.refuse = { audio: 'NotAllowedError' }; microphone(c).unplug(); },
      state: { microphone: 'denied', camera: 'on' }, told: [],
      back: (c) => { c.devices.refuse = {}; c.permissions.microphone.become('granted'); },
    },
    {
      name: 'the camera is taken back in the browser', happens: (c) => { c.permissions.camera.state = 'prompt'; camera(c).unplug(); },
      state: { microphone: 'on', camera: 'denied' }, told: [], back: (c) => c.capture.tryAgain(),
    },
    {
      name: 'the only microphone is pulled', plugged: [MIC, CAMERA], happens: (c) => { c.devices.plugged = [CAMERA]; microphone(c).unplug(); },
      state: { microphone: 'not_found' }, told: [lost('microphone', null)], back: (c) => c.devices.plug(MIC, CAMERA),
    },
    {
      name: 'the camera is pulled while another program holds the only other one', plugged: [MIC, CAMERA, SECOND],
      happens: (c) => { c.devices.busy.add('second'); c.devices.plugged = [MIC, SECOND]; camera(c).unplug(); },
      state: { camera: 'in_use' }, told: [lost('camera', null)], back: (c) => { c.devices.busy.clear(); c.capture.tryAgain(); },
      then: { uses: { camera: 'second' } },
    },
    {
      name: 'another camera is chosen that another program holds', plugged: [MIC, CAMERA, SECOND],
      happens: (c) => { c.devices.busy.add('second'); c.capture.choose('camera', 'second'); },
      state: { camera: 'on' }, uses: { camera: 'camera' }, told: [kept('camera', 'Second', 'Camera')],
      back: (c) => { c.devices.busy.clear(); c.capture.choose('camera', 'second'); }, then: { uses: { camera: 'second' }, told: [] },
    },
    {
      name: 'another microphone is chosen that is gone already', plugged: [MIC, HEADSET, CAMERA],
      happens: (c) => { c.devices.plugged = [MIC, CAMERA]; c.capture.choose('microphone', 'headset'); },
      state: { microphone: 'on' }, uses: { microphone: 'mic' }, told: [kept('microphone', 'Bluetooth', 'Built-in')],
      back: (c) => { c.devices.plugged = [MIC, HEADSET, CAMERA]; c.capture.choose('microphone', 'headset'); }, then: { uses: { microphone: 'headset' }, told: [] },
    },
    {
      name: 'another microphone is chosen where only one can be open', plugged: [MIC, HEADSET, CAMERA],
      prepare: (c) => { c.devices.oneAtATime = true; }, happens: (c) => c.capture.choose('microphone', 'headset'),
      state: { microphone: 'on' }, uses: { microphone: 'headset' }, told: [],
      back: (c) => c.capture.choose('microphone', 'mic'), then: { uses: { microphone: 'mic' }, told: [] },
    },
    {
      name: 'another microphone is chosen where only one can be open, and it is held elsewhere', plugged: [MIC, HEADSET, CAMERA],
      prepare: (c) => { c.devices.oneAtATime = true; },
      happens: (c) => { c.devices.busy.add('headset'); c.capture.choose('microphone', 'headset'); },
      state: { microphone: 'on' }, uses: { microphone: 'mic' }, told: [kept('microphone', 'Bluetooth', 'Built-in')],
      back: (c) => c.devices.busy.clear(),
    },
    {
      name: 'no sound can be sent to the chosen loudspeaker', plugged: [MIC, CAMERA, SPEAKER, EARS],
      prepare: (c) => c.capture.choose('speaker', 'speaker'),
      happens: (c) => { c.capture.choose('speaker', 'ears'); c.capture.speakerFailed('ears'); },
      state: {}, uses: { speaker: 'speaker' }, told: [kept('speaker', 'Bluetooth', 'Loud')],
      back: (c) => c.capture.choose('speaker', 'ears'), then: { uses: { speaker: 'ears' }, told: [] },
    },
    {
      name: 'the chosen loudspeaker is pulled', prepare: (c) => c.capture.choose('speaker', 'speaker'), happens: (c) => c.devices.plug(MIC, CAMERA),
      state: {}, uses: { speaker: null }, told: [lost('speaker', null)], back: (c) => c.devices.plug(MIC, CAMERA, SPEAKER),
      then: { uses: { speaker: 'speaker' }, told: [returned('speaker', 'Loud')] },
    },
    {
      name: 'the browser does not give the list of devices', prepare: (c) => c.capture.choose('speaker', 'speaker'),
      happens: (c) => { c.devices.enumerateDevices = () => Promise.reject(new Error()); c.devices.dispatchEvent(new Event('devicechange')); },
      state: { microphone: 'on', camera: 'on' }, uses: { speaker: 'speaker' }, told: [], back: () => {},
    },
  ];

  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { plugged, prepare, happens, state, uses = {}, told = [], back, then = {} }) => {
    const c = setup();
    if (plugged) c.devices.plugged = plugged;
    await c.start();
    prepare?.(c);
    await settle();
    c.events.length = 0;
    const now = (wanted: Case['state'], used: NonNullable<Case['uses']>): void => {
      for (const [kind, value] of Object.entries(wanted)) expect(c.state(kind as 'microphone'), kind).toBe(value);
      for (const [kind, id] of Object.entries(used)) expect(c.capture.devices.value[kind as 'speaker'].chosen, kind).toBe(id);
      for (const kind of ['microphone', 'camera'] as const) {
        // What is in use is open and is the chosen one; whatever is not in use is closed.
        const track = c.capture[kind].value as unknown as FakeTrack | null;
        const open = c.devices.tracks.filter((t) => t.kind === (kind === 'microphone' ? 'audio' : 'video') && !t.stopped && t === track);
        expect(open.length, kind).toBe(track ? 1 : 0);
        if (track) expect(track.deviceId, kind).toBe(c.capture.devices.value[kind].chosen);
        expect(track !== null, kind).toBe(['on', 'muted'].includes(c.state(kind)));
      }
    };
    happens(c);
    await settle();
    now(state, uses);
    expect(c.events).toEqual(told);
    c.events.length = 0;
    back(c);
    await settle();
    now({ ...state, microphone: 'on', camera: 'on', ...then.state }, then.uses ?? {});
    if (then.told) expect(c.events).toEqual(then.told);
  });

  test('a choice that failed is not remembered', async () => {
    const c = setup();
    c.devices.plugged = [MIC, CAMERA, SECOND];
    await c.start();
    c.devices.busy.add('second');
    c.capture.choose('camera', 'second');
    await settle();
    expect(c.kept.get('incamera.device.camera')).toBe(undefined);
  });
});

describe('whether a microphone was ever heard', () => {
  test('is unknown until it gave a sound, and again for another microphone', async () => {
    const c = setup();
    c.devices.plugged = [MIC, HEADSET, CAMERA];
    c.sound.level = 0.02;
    await c.start();
    c.clock.pass(10_000);
    expect(c.capture.heard.value).toBe(false);
    c.sound.level = 0.5;
    c.clock.pass(300);
    c.sound.level = 0;
    c.clock.pass(10_000);
    expect(c.capture.heard.value).toBe(true);
    c.capture.choose('microphone', 'headset');
    await settle();
    expect(c.capture.heard.value).toBe(false);
  });

  test('is not held against one that cannot be measured', async () => {
    const c = setup();
    c.sound.level = null;
    await c.start();
    c.clock.pass(1_000);
    expect([c.capture.heard.value, c.capture.level.value]).toEqual([null, 0]);
    c.sound.level = 0.5;
    c.clock.pass(300);
    expect(c.capture.heard.value).toBe(true);
  });
});
