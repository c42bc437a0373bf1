import { beforeAll, describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { framesOf, OwnFrames } from './own-frames';
import { PictureSlots } from './picture-slots';

// Node has no MediaStream; here one only has to be told from another.
beforeAll(() => {
  (globalThis as { MediaStream?: unknown }).MediaStream = class {
    readonly tracks: unknown[];
    constructor(tracks: unknown[]) {
      this.tracks = tracks;
    }
  };
});

const camera = (mid: string, seat: number) => ({ mid, seat, source: 'camera', paused: false }) as const;
const of = (seat: number, source: 'camera' | 'screen' = 'camera') => ({ seat, source });
const track = (mid: string): MediaStreamTrack => mid as unknown as MediaStreamTrack;

function setup() {
  const clock = new FakeClock();
  /** What the worker was told. */
  const told: string[] = [];
  const made = new PictureSlots({
    changed: () => {},
    bound: (mid, { source, seat }) => told.push(`bound ${mid} ${source}:${seat}`),
    forget: (mid) => told.push(`forget ${mid}`),
  });
  const slots = {
    set: made.set.bind(made), forget: made.forget.bind(made), pictures: made.pictures.bind(made),
    /** `former`: timestamps of frames of others that came on it before. */
    arrived: (mid: string, source: ReturnType<typeof of>, ...former: number[]): void =>
      made.arrived(mid, source, new OwnFrames(former, clock, () => undefined)),
  };
  const shown = (): string[] => [...made.pictures(track).keys()];
  return { clock, slots, shown, told };
}

describe('pictures and names', () => {
  test('nothing is shown before a frame has proven whose it is', () => {
    const { slots, shown, clock } = setup();
    slots.set([camera('3', 5)]);
    clock.pass(10_000);
    expect(shown()).toEqual([]);
    slots.arrived('3', of(5));
    expect(shown()).toEqual(['camera:5']);
  });

  test('nobody is shown under another name when a transceiver changes hands', () => {
    const { slots, shown, told, clock } = setup();
    slots.set([camera('3', 5)]);
    slots.arrived('3', of(5));
    told.length = 0;
    slots.set([camera('3', 6)]);
    expect([shown(), told]).toEqual([[], ['forget 3']]);
    slots.arrived('3', of(6), 900, 990);
    expect([shown(), told]).toEqual([['camera:6'], ['forget 3', 'bound 3 camera:6']]);
    // A frame of the former seat is covered under the new name, however late the browser draws it.
    const frames = framesOf(slots.pictures(track).get('camera:6')!);
    clock.pass(60_000);
    expect([990, 1080, 900].map((timestamp) => frames?.isOwn(timestamp))).toEqual([false, true, false]);
  });

  test('frames that overtake what the server says are shown as whose they are', () => {
    const { slots, shown } = setup();
    slots.set([camera('3', 5)]);
    slots.arrived('3', of(5));
    const before = slots.pictures(track).get('camera:5');
    slots.arrived('3', of(6), 900);
    expect(shown()).toEqual(['camera:6']);
    expect(slots.pictures(track).get('camera:6')).not.toBe(before);
    slots.set([camera('3', 6)]);
    expect(shown()).toEqual(['camera:6']);
  });

  test('a server that lies about a seat changes nothing', () => {
    const { slots, shown, clock } = setup();
    slots.set([camera('3', 7)]);
    slots.arrived('3', of(5));
    clock.pass(10_000);
    slots.set([camera('3', 7)]);
    expect(shown()).toEqual(['camera:5']);
  });

  test('a screen announced as a camera is shown as a screen', () => {
    const { slots, shown } = setup();
    slots.set([camera('3', 5)]);
    slots.arrived('3', of(5, 'screen'));
    expect(shown()).toEqual(['screen:5']);
  });

  test('what comes before the server has announced anything is shown once it has', () => {
    const { slots, shown, told } = setup();
    slots.arrived('3', of(6));
    expect(shown()).toEqual([]);
    slots.set([camera('3', 6)]);
    expect([shown(), told]).toEqual([['camera:6'], ['bound 3 camera:6']]);
  });

  test('what the server stops sending does not stand still on screen', () => {
    const { slots, shown, told } = setup();
    slots.set([camera('3', 5)]);
    slots.arrived('3', of(5));
    slots.set([]);
    expect([shown(), told.at(-1)]).toEqual([[], 'forget 3']);
  });

  test('of two that are the same the announced one is shown', () => {
    const { slots } = setup();
    slots.set([camera('3', 7), camera('4', 5)]);
    slots.arrived('3', of(5));
    slots.arrived('4', of(5));
    expect(slots.pictures(track).get('camera:5')).toMatchObject({ tracks: ['4'] });
  });

  test('a picture that stays keeps its stream, a paused one too', () => {
    const { slots } = setup();
    slots.set([camera('3', 5)]);
    slots.arrived('3', of(5));
    const before = slots.pictures(track).get('camera:5');
    slots.set([{ ...camera('3', 5), paused: true }, camera('4', 6)]);
    expect(slots.pictures(track).get('camera:5')).toBe(before);
  });

  test('on a new connection the pictures come back as they are proven, without being told again', () => {
    const { slots, shown } = setup();
    slots.set([camera('3', 5), camera('4', 6)]);
    slots.arrived('3', of(5));
    slots.arrived('4', of(6));
    slots.forget();
    expect(shown()).toEqual([]);
    slots.arrived('4', of(6));
    expect(shown()).toEqual(['camera:6']);
  });
});
