import { expect, test } from 'vitest';

import { people } from '../../call/fixtures';
import { readinessOf } from '../../call/readiness-fixtures';
import { answerTo, verified, type Waiting } from './claims';

const waiting = (claim: Waiting['claim'], occupied = false): Waiting => ({ person: people(2)[1]!, sinceMs: 0, occupied, claim, readiness: readinessOf(1) });

test('only who came with the invitation is let in with one click', () => {
  const good = waiting({ verified: true, problem: null });
  const unknown = waiting({ verified: false, problem: null });
  const bad = waiting({ verified: false, problem: { key: 'claim-not-a-grant' } });
  expect([good, unknown, bad].map(answerTo)).toEqual(['admit', 'no', 'no']);
  expect(verified([good, unknown, bad])).toEqual([good]);
});

test('another machine is a decision of its own, and only with the invitation', () => {
  const other = waiting({ verified: false, problem: { key: 'claim-other-device' } });
  const occupied = waiting({ verified: true, problem: null }, true);
  const thief = waiting({ verified: false, problem: { key: 'claim-closed' } }, true);
  expect([other, occupied, thief].map(answerTo)).toEqual(['move', 'move', 'no']);
  expect(verified([other, occupied, thief])).toEqual([]);
});
