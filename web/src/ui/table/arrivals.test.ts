import { expect, test } from 'vitest';

import { people } from '../../call/fixtures';
import type { DelegationView, Presence } from '../../call/model';
import { movements, presences } from './arrivals';

const table = (...present: Presence[]): DelegationView[] =>
  people(present.length).map((person, i) => ({
    id: i + 1,
    name: person.delegation,
    shortName: person.shortName,
    seats: [{ person, presence: present[i]!, sinceMs: 0, own: i === 0, microphone: false, camera: false, sharing: false, floor: false, sealing: 'verified', vouchedBy: null, code: null, readiness: null }],
  }));

test('arriving, losing, returning and departing are told apart, and oneself is not announced', () => {
  const steps: [Presence, Presence, string[]][] = [
    ['waiting', 'seated', ['arrived']],
    ['seated', 'lost', ['lost']],
    ['lost', 'seated', ['returned']],
    ['lost', 'absent', ['departed']],
    ['seated', 'removed', ['departed']],
    ['absent', 'waiting', []],
  ];
  for (const [was, is, expected] of steps) {
    const found = movements(presences(table('lost', was)), table('seated', is));
    expect(found.map((m) => m.key), `${was} to ${is}`).toEqual(expected);
  }
});
