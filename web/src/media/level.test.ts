import { describe, expect, test } from 'vitest';
import { levelOf, SpeakingDetector } from './level';

const tone = (amplitude: number): Float32Array => Float32Array.from({ length: 480 }, (_, i) => amplitude * Math.sin(i / 3));

describe('loudness', () => {
  test('silence is 0, full scale is nearly 1, and louder is more', () => {
    expect(levelOf(new Float32Array(480))).toBe(0);
    expect(levelOf(tone(1))).toBeGreaterThan(0.9);
    expect(levelOf(tone(0.1))).toBeGreaterThan(levelOf(tone(0.01)));
    expect(levelOf(new Float32Array(0))).toBe(0);
  });
});

describe('speaking', () => {
  test('a click is not speech', () => {
    const ear = new SpeakingDetector();
    expect(ear.hear(0.9, 0)).toBe(false);
    expect(ear.hear(0, 100)).toBe(false);
    expect(ear.hear(0.9, 200)).toBe(false);
  });

  test('a pause between words does not end it, a longer one does', () => {
    const ear = new SpeakingDetector();
    ear.hear(0.6, 0);
    expect(ear.hear(0.6, 100)).toBe(true);
    expect(ear.hear(0, 700)).toBe(true);
    expect(ear.hear(0, 900)).toBe(false);
  });
});
