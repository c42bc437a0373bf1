// The harness reads what the native participants draw: the same numbers are in their own tests.

import { expect, test } from 'vitest';

import { blocks, crc8, draw, read } from './harness/barcode.ts';
import { pair } from './harness/tones.ts';

test('the barcode agrees with that of the native participants', () => {
  expect([0, 37_748_741, 2 ** 32 - 1].map(crc8)).toEqual([0xd1, 0x60, 0x0f]);
  for (const mark of [{ seat: 9, frame: 5 }, { seat: 1023, frame: 2 ** 22 - 1 }]) {
    const levels: number[] = draw(mark).map((white) => (white ? 235 : 16));
    expect(read(levels)).toEqual(mark);
    expect(read(levels.with(7, 251 - levels[7]!))).toBeNull();
  }
  expect(read(blocks.map(() => 128))).toBeNull();
});

test('the first eighteen seats have the tones of the native participants', () => {
  expect(pair(1)).toEqual([300, 1100]);
  expect(pair(18)).toEqual([980, 2120]);
  expect(pair(19)).toEqual([300, 1160]);
});
