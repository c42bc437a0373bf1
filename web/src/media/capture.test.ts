import { beforeAll, describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { DeviceCapture, type MediaDevicesLike } from './capture';
import type { DeviceKind } from './types';

beforeAll(() => {
  (globalThis as { MediaStream?: unknown }).MediaStream = class {};
});

class FakeTrack extends EventTarget {
  stopped = false;
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
  /** The device goes away. */
  unplug(): void {
    this.dispatchEvent(new Event('ended'));
  }
}

type Plugged = { kind: 'audioinput' | 'videoinput' | 'audiooutput'; deviceId: string; label: string };
const MIC: Plugged = { kind: 'audioinput', deviceId: 'mic', label: 'Built-in' };
const HEADSET: Plugged = { kind: 'audioinput', deviceId: 'headset', label: 'Bluetooth' };
const CAMERA: Plugged = { kind: 'videoinput', deviceId: 'camera', label: 'Camera' };
const SPEAKER: Plugged = { kind: 'audiooutput', deviceId: 'speaker', label: 'Loud' };

/** `navigator.mediaDevices` with devices that can be plugged in, refused or busy. */
class FakeDevices extends EventTarget {
  plugged: Plugged[] = [MIC, CAMERA, SPEAKER];
  refuse: Partial<Record<'audio' | 'video', string>> = {};
  asked: string[] = [];
  tracks: FakeTrack[] = [];
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
    if (!found) throw Object.assign(new Error(), { name: 'NotFoundError' });
    return new FakeTrack(kind, found.deviceId, found.label);
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function setup() {
  const devices = new FakeDevices();
  const clock = new FakeClock();
  const kept = new Map<string, string>();
  const lost: [DeviceKind, string | null][] = [];
  const capture = new DeviceCapture({
    devices: devices as unknown as MediaDevicesLike, clock, canChooseSpeaker: true, meter: () => ({ level: () => 0.5, end: () => {} }),
    memory: { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v) },
  });
  capture.onlost = (kind, replacement) => lost.push([kind, replacement]);
  const state = (kind: 'microphone' | 'camera') => capture.devices.value[kind].state;
  const start = async (): Promise<void> => {
    capture.want('microphone', true);
    capture.want('camera', true);
    await settle();
  };
  return { devices, clock, kept, lost, capture, state, start };
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
    const capture = new DeviceCapture({ devices: undefined, clock: new FakeClock(), canChooseSpeaker: false, memory: null, meter: () => ({ level: () => 0, end: () => {} }) });
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
    expect(c.lost).toEqual([]);
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
    expect(c.lost).toEqual([['microphone', 'Built-in']]);
  });

  test('the only camera gone is said, and it is used again when plugged in again', async () => {
    const c = setup();
    await c.start();
    c.devices.plugged = [MIC, SPEAKER];
    c.devices.tracks.find((t) => t.kind === 'video')!.unplug();
    await settle();
    expect([c.state('camera'), c.lost]).toEqual(['not_found', [['camera', null]]]);
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
    expect([c.capture.devices.value.speaker.chosen, c.lost]).toEqual([null, [['speaker', null]]]);
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
