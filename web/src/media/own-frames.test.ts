import { describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { framesOf, own, OwnFrames } from './own-frames';

describe('what a track gives', () => {
  test('is its seat\'s from the first frame on where nobody was before', () => {
    const frames = new OwnFrames([], new FakeClock(), () => undefined);
    expect([frames.isOwn(), frames.isOwn(1)]).toEqual([true, true]);
    expect(framesOf(own({} as MediaStream, frames))).toBe(null);
    expect(framesOf({} as MediaStream)).toBe(null);
  });

  test('is the former seat\'s for as long as it has a time of theirs, and its own from then on', () => {
    const clock = new FakeClock();
    let latest: number | undefined = 100;
    const frames = new OwnFrames([100, 200], clock, () => latest);
    expect(framesOf(own({} as MediaStream, frames))).toBe(frames);
    clock.pass(3_600_000);
    expect(frames.isOwn()).toBe(false);
    latest = 300;
    expect(frames.isOwn()).toBe(true);
    // Out of order: a former frame that was held back longer than the first of the new.
    expect([frames.isOwn(200), frames.isOwn(400)]).toEqual([false, true]);
  });

  test('is taken for the former\'s for ten seconds where the browser tells no times', () => {
    for (const former of [null, [100]]) {
      const clock = new FakeClock();
      const frames = new OwnFrames(former, clock, () => undefined);
      expect(frames.isOwn()).toBe(false);
      clock.pass(9_999);
      expect(frames.isOwn()).toBe(false);
      clock.pass(1);
      expect(frames.isOwn()).toBe(true);
    }
  });
});
