import { expect, test } from 'vitest';

import { Heights } from './heights';

test('the tallest place counts, and a tile shown nowhere is zero', () => {
  const told: string[] = [];
  const heights = new Heights((tile, height) => told.push(`${tile}=${height}`));
  const grid = {};
  const large = {};
  heights.set('camera:1', grid, 180);
  heights.set('camera:1', large, 720);
  heights.set('camera:1', grid, 0);
  heights.set('camera:1', large, 0);
  expect(told).toEqual(['camera:1=180', 'camera:1=720', 'camera:1=0']);
});
