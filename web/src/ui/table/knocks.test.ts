import { expect, test } from 'vitest';

import { nineHostWithQueue } from '../../call/fixtures';
import type { WaitingView } from '../../call/model';
import { Knocks, NAMELESS_MS, TOGETHER_MS } from './knocks';

const one = nineHostWithQueue().state.value.queue[0]!;
const waiting = (seat: number, name = `Person ${seat}`): WaitingView => ({ ...one, person: { ...one.person, seat, name } });
const seats = (said: readonly WaitingView[]): number[] => said.map((w) => w.person.seat);

test('a knock is said when its name is known, and once', () => {
  const knocks = new Knocks();
  expect(knocks.see([waiting(5, '5')], 0)).toEqual([]);
  expect(knocks.see([waiting(5, '5')], TOGETHER_MS)).toEqual([]);
  expect(seats(knocks.see([waiting(5)], TOGETHER_MS + 100))).toEqual([5]);
  expect(knocks.see([waiting(5)], 60_000)).toEqual([]);
  expect(knocks.next(60_000)).toBe(null);
});

test('those who come together are said together', () => {
  const knocks = new Knocks();
  expect(knocks.see([waiting(5)], 0)).toEqual([]);
  expect(knocks.see([waiting(5), waiting(6), waiting(7)], 400)).toEqual([]);
  expect(knocks.next(400)).toBe(TOGETHER_MS - 400);
  expect(seats(knocks.see([waiting(5), waiting(6), waiting(7)], TOGETHER_MS))).toEqual([5, 6, 7]);
});

test('a name that does not come holds nobody up', () => {
  const knocks = new Knocks();
  knocks.see([waiting(5, '5')], 0);
  expect(knocks.next(TOGETHER_MS)).toBe(NAMELESS_MS - TOGETHER_MS);
  expect(seats(knocks.see([waiting(5, '5')], NAMELESS_MS))).toEqual([5]);
});

test('who went before being said is not said, and who knocks again is', () => {
  const knocks = new Knocks();
  knocks.see([waiting(5)], 0);
  expect(knocks.see([], TOGETHER_MS)).toEqual([]);
  knocks.see([waiting(5)], 1_000);
  expect(seats(knocks.see([waiting(5)], 1_000 + TOGETHER_MS))).toEqual([5]);
  knocks.see([], 5_000);
  knocks.see([waiting(5)], 6_000);
  expect(seats(knocks.see([waiting(5)], 6_000 + TOGETHER_MS))).toEqual([5]);
});
