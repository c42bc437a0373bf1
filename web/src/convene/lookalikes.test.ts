import { expect, test } from 'vitest';

import type { CallDraft } from '../call/model';
import { LOOKS } from '../protocol/generated/looks';
import { alike, lookOf, readLooks } from './lookalikes';

const looks = readLooks(LOOKS);

/** The pairs of `protocol::lookalike`. */
test('letters of other scripts, spaces and joiners are seen through', () => {
  for (const [one, other] of [
    ['Paul', '\u{420}\u{430}ul'], ['Anna Berg', 'Anna\u{2003}Berg'], ['Anna Berg', 'Anna  Berg'],
    ['Rene\u{301}', 'Ren\u{e9}'], ['Ilse', 'llse'], ['\u{845b}', '\u{845b}\u{E0100}'],
  ] as const) expect(lookOf(one, looks), other).toBe(lookOf(other, looks));
  expect(lookOf('Anna', looks)).not.toBe(lookOf('Anne', looks));
  expect(lookOf('Müller', looks)).not.toBe(lookOf('Muller', looks));
});

const seat = (name: string) => ({ name, title: '', kind: 'principal', host: false }) as const;
const draft = (...delegations: readonly [name: string, shortName: string, ...seats: string[]][]): CallDraft => ({
  title: '', format: 'video', starts: '', zone: '', minutes: '',
  delegations: delegations.map(([name, shortName, ...seats]) => ({ name, shortName, zone: '', seats: seats.map(seat) })),
});

test('the later of two is told of the first, people apart from delegations', () => {
  const found = alike(draft(['France', 'FR', 'Paul', 'Anna'], ['Frаnce', 'FR', 'Рaul', '', '']), looks);
  expect([...found]).toEqual([
    ['delegations.1.name', 'delegations.0.name'],
    ['delegations.1.shortName', 'delegations.0.shortName'],
    ['delegations.1.seats.0.name', 'delegations.0.seats.0.name'],
  ]);
});

test('a delegation whose short name is its name, and fields that are empty, are no two', () => {
  expect([...alike(draft(['Kenya', 'Kenya', ''], ['', '', '', 'Kenya']), looks)]).toEqual([]);
});
