/** Made-up checks for the gallery and for tests: all well, only TCP, no microphone, nothing said. */

import type { Checks } from '../protocol/generated';
import { judge } from './checks';
import type { OwnReadiness, ReadinessView } from './model';

const duties = { speaks: true, shows: true, pictures: true };

export const GOOD: Checks = {
  way: 'udp', up_kbps: 2_300, down_kbps: 2_100, loss_permille: 2, delay_ms: 38, camera: 'on', microphone: 'on', speaker: 'on', clock_ms: 140,
  sealing: true, current: true, code: 'c0de',
};

const SEATS: readonly (Checks | null)[] = [
  GOOD, { ...GOOD, way: 'tcp', delay_ms: 612 }, { ...GOOD, microphone: 'denied', clock_ms: -190_000 }, null, { ...GOOD, camera: 'not_found' },
];

/** Of the seat with this number, one after the other. */
export function readinessOf(seat: number): ReadinessView {
  return judge(SEATS[(seat - 1) % SEATS.length] ?? null, duties);
}

export function ownReadiness(more: Partial<Checks> = {}, measuring = false): OwnReadiness {
  return { ...judge({ ...GOOD, ...more }, duties), measuring };
}
