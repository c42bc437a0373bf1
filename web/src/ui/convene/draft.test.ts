import { expect, test } from 'vitest';

import { fromLocalInput, move, toLocalInput } from './draft';

test('moving keeps everything and stops at both ends', () => {
  const list = ['a', 'b', 'c'];
  expect(move(list, 0, 1)).toBe(1);
  expect(list).toEqual(['b', 'a', 'c']);
  expect(move(list, 2, 1)).toBe(2);
  expect(move(list, 0, -1)).toBe(0);
  expect(list).toEqual(['b', 'a', 'c']);
});

test('a start time survives the form', () => {
  const start = new Date(2022, 0, 24, 15, 4).getTime();
  expect(toLocalInput(start)).toBe('2022-01-24T15:04');
  expect(fromLocalInput(toLocalInput(start))).toBe(start);
  expect(fromLocalInput('')).toBeNull();
});
