/** From the browser's statistics to a word about the own connection. Numbers in, word out. */

import type { Quality } from './types';

/** The sums the browser keeps, taken at one moment. */
export interface Sums {
  readonly received: number;
  readonly lost: number;
  /** Share of own packets the server misses, 0 to 1, as it last reported; `null` before that. */
  readonly sentLost: number | null;
  readonly roundTripMs: number | null;
}

/** Losing more than this share makes pictures stutter and words drop. */
const WEAK_LOSS = 0.08;
/** Longer than this and people talk over each other. */
const WEAK_ROUND_TRIP_MS = 700;
/** Above this the others hardly understand anything. */
const UNHEARD_LOSS = 0.3;

interface Entry {
  readonly type: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly fractionLost?: number;
  readonly currentRoundTripTime?: number;
  readonly nominated?: boolean;
  readonly bytesReceived?: number;
  readonly responsesReceived?: number;
}

export function sumsOf(report: Iterable<readonly [string, unknown]>): Sums {
  let received = 0;
  let lost = 0;
  let sentLost: number | null = null;
  let roundTripMs: number | null = null;
  for (const [, value] of report) {
    const entry = value as Entry;
    if (entry.type === 'inbound-rtp') {
      received += entry.packetsReceived ?? 0;
      lost += Math.max(0, entry.packetsLost ?? 0);
    } else if (entry.type === 'remote-inbound-rtp' && entry.fractionLost !== undefined) {
      sentLost = Math.max(sentLost ?? 0, entry.fractionLost);
    } else if (entry.type === 'candidate-pair' && entry.nominated && entry.currentRoundTripTime !== undefined) {
      roundTripMs = entry.currentRoundTripTime * 1000;
    }
  }
  return { received, lost, sentLost, roundTripMs };
}

/** Bytes that came on all paths, checks of the path itself included. */
export function arrivedBytes(report: Iterable<readonly [string, unknown]>): number {
  let bytes = 0;
  for (const [, value] of report) {
    const { type, bytesReceived = 0, responsesReceived = 0 } = value as Entry;
    if (type === 'candidate-pair') bytes += bytesReceived + responsesReceived;
  }
  return bytes;
}

/** Judges the time between two measurements. */
export function judge(before: Sums | null, now: Sums): Quality {
  if (!before) return 'unknown';
  const lost = Math.max(0, now.lost - before.lost);
  const all = lost + Math.max(0, now.received - before.received);
  const share = all === 0 ? 0 : lost / all;
  if ((now.sentLost ?? 0) > UNHEARD_LOSS) return 'unheard';
  if (share > WEAK_LOSS || (now.sentLost ?? 0) > WEAK_LOSS) return 'weak';
  return (now.roundTripMs ?? 0) > WEAK_ROUND_TRIP_MS ? 'weak' : 'good';
}
