import { beforeAll, describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
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
const track = (mid: string): MediaStreamTrack => mid as unknown as MediaStreamTrack;

function setup() {
  const clock = new FakeClock();
  const slots = new PictureSlots(clock, () => {});
  const shown = (): string[] => [...slots.pictures(track).keys()];
  return { clock, slots, shown };
}

describe('pictures and names', () => {
  test('nothing is shown before a key frame came', () => {
    const { slots, shown, clock } = setup();
    slots.set([camera('3', 5)]);
    clock.pass(10_000);
    expect(shown()).toEqual([]);
    slots.key('3');
    expect(shown()).toEqual(['camera:5']);
  });

  test('nobody is shown under another name when a transceiver changes hands', () => {
    const { slots, shown, clock } = setup();
    slots.set([camera('3', 5)]);
    slots.key('3');
    clock.pass(5000);
    slots.set([camera('3', 6)]);
    expect(shown()).toEqual([]);
    slots.key('3');
    expect(shown()).toEqual(['camera:6']);
  });

  test('a key frame that overtook the message counts', () => {
    const { slots, shown, clock } = setup();
    slots.key('3');
    clock.pass(300);
    slots.set([camera('3', 6)]);
    expect(shown()).toEqual(['camera:6']);
  });

  test('a key frame that came much earlier counts in the end', () => {
    const { slots, shown, clock } = setup();
    slots.key('3');
    clock.pass(1000);
    slots.set([camera('3', 6)]);
    expect(shown()).toEqual([]);
    clock.pass(2500);
    expect(shown()).toEqual(['camera:6']);
  });

  test('a picture that stays keeps its stream, a paused one too', () => {
    const { slots } = setup();
    slots.set([camera('3', 5)]);
    slots.key('3');
    const before = slots.pictures(track).get('camera:5');
    slots.set([{ ...camera('3', 5), paused: true }, camera('4', 6)]);
    expect(slots.pictures(track).get('camera:5')).toBe(before);
  });

  test('on a new connection the pictures come back with their key frames, without being told again', () => {
    const { slots, shown } = setup();
    slots.set([camera('3', 5), camera('4', 6)]);
    slots.key('3');
    slots.key('4');
    slots.forget();
    expect(shown()).toEqual([]);
    slots.key('4');
    expect(shown()).toEqual(['camera:6']);
  });
});
