import { expect, test } from 'vitest';
import { noiseFor } from './noise';

const picture = (type: 'key' | 'delta', length: number): { type: 'key' | 'delta'; data: ArrayBuffer } => ({
  type, data: new Uint8Array(length).fill(0xab).buffer,
});

test('nothing of a frame is left but its length and whether it is a key frame', () => {
  const key = new Uint8Array(noiseFor(picture('key', 200_000)));
  const other = new Uint8Array(noiseFor(picture('delta', 3_000)));
  expect([...key.subarray(0, 10)]).toEqual([0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
  expect([...other.subarray(0, 3)]).toEqual([0x11, 0, 0]);
  expect([key.length, other.length]).toEqual([200_010, 3_003]);
  for (const noise of [key, other]) {
    const same = noise.filter((byte) => byte === 0xab).length;
    expect(same / noise.length).toBeLessThan(0.05);
  }
});

test('no two are alike', () => {
  const [one, two] = [1, 2].map(() => Buffer.from(noiseFor(picture('delta', 100))).toString('hex'));
  expect(one).not.toBe(two);
});
