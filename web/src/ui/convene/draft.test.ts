import { expect, test } from 'vitest';

import { emptyDraft } from '../../convene/draft';
import { fieldAt, move, ownerOf, partsOf } from './draft';

test('moving keeps everything and stops at both ends', () => {
  const list = ['a', 'b', 'c'];
  expect(move(list, 0, 1)).toBe(1);
  expect(list).toEqual(['b', 'a', 'c']);
  expect(move(list, 2, 1)).toBe(2);
  expect(move(list, 0, -1)).toBe(0);
  expect(list).toEqual(['b', 'a', 'c']);
});

test('a mistake is about one part of the draft, which stays the same when it moves', () => {
  const draft = emptyDraft();
  const [first, second] = draft.delegations;
  expect(ownerOf(draft, 'title')).toBe(draft);
  expect(ownerOf(draft, 'delegations')).toBe(draft);
  expect(ownerOf(draft, 'delegations.1.zone')).toBe(second);
  expect(ownerOf(draft, 'delegations.1.seats.0.title')).toBe(second!.seats[0]);
  move(draft.delegations, 1, -1);
  expect(ownerOf(draft, 'delegations.0.zone')).toBe(second);
  expect(partsOf(draft)).toEqual([draft, second, first, second!.seats[0], first!.seats[0]]);
});

test('every place of a mistake is a field that can be named, but for what concerns the whole', () => {
  expect(fieldAt('starts')).toEqual({ label: 'form-start' });
  expect(fieldAt('delegations.1.shortName')).toEqual({ label: 'delegation-short', delegation: 2 });
  expect(fieldAt('delegations.1.seats.2.title')).toEqual({ label: 'seat-title', delegation: 2, seat: 3 });
  expect(fieldAt('delegations')).toBe(null);
});
