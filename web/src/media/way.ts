/** From what two connections of a mirror counted to what a network carries. Numbers in, numbers out. */

import type { Way } from '../protocol/generated';

/** Sums of both connections at one moment. */
export interface WaySample {
  readonly atMs: number;
  readonly way: Way;
  /** All that left and came, headers and resends too. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly sentPackets: number;
  /** Of those, missed by the server. */
  readonly sentLost: number;
  readonly receivedPackets: number;
  readonly receivedLost: number;
  readonly roundTripMs: number | null;
}

export interface WayFigures {
  readonly way: Way;
  readonly upKbps: number | null;
  readonly downKbps: number | null;
  readonly lossPermille: number | null;
  readonly delayMs: number | null;
}

/** The best stretch of this length is what the network carries: it takes seconds to find out what that is. */
const STRETCH_MS = 2_000;
/** Fewer packets say nothing of a share of them. */
const PACKETS_MIN = 50;

interface Entry {
  readonly id?: string;
  readonly type: string;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly packetsSent?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly currentRoundTripTime?: number;
  readonly roundTripTime?: number;
  readonly nominated?: boolean;
  readonly selected?: boolean;
  readonly state?: string;
  readonly localCandidateId?: string;
  readonly selectedCandidatePairId?: string;
  readonly protocol?: string;
}

type Report = Iterable<readonly [string, unknown]>;

/** What the browser counted on the connection that sends and on the one that receives. */
export function sampleOf(atMs: number, up: Report, down: Report): WaySample {
  const [sent, received] = [read(up), read(down)];
  return {
    atMs, way: sent.way, sentBytes: sent.pair?.bytesSent ?? 0, receivedBytes: received.pair?.bytesReceived ?? 0,
    sentPackets: sent.sum('outbound-rtp', 'packetsSent'), sentLost: sent.sum('remote-inbound-rtp', 'packetsLost'),
    receivedPackets: received.sum('inbound-rtp', 'packetsReceived'), receivedLost: received.sum('inbound-rtp', 'packetsLost'),
    roundTripMs: sent.roundTripMs,
  };
}

function read(report: Report) {
  const entries = new Map([...report].map(([id, value]) => [id, value as Entry]));
  const all = [...entries.values()];
  const transport = all.find(({ type }) => type === 'transport');
  const pairs = all.filter(({ type }) => type === 'candidate-pair');
  const pair = entries.get(transport?.selectedCandidatePairId ?? '') ?? pairs.find((p) => p.selected) ??
    pairs.find((p) => p.nominated && p.state === 'succeeded');
  const local = entries.get(pair?.localCandidateId ?? '');
  const reported = all.find((e) => e.type === 'remote-inbound-rtp' && e.roundTripTime !== undefined);
  const seconds = pair?.currentRoundTripTime ?? reported?.roundTripTime;
  const way: Way = pair === undefined ? 'nothing' : local?.protocol === 'tcp' ? 'tcp' : 'udp';
  const sum = (type: string, what: 'packetsSent' | 'packetsReceived' | 'packetsLost'): number =>
    all.filter((e) => e.type === type).reduce((total, e) => total + Math.max(0, e[what] ?? 0), 0);
  return { pair, way, sum, roundTripMs: seconds === undefined ? null : seconds * 1000 };
}

/** `samples`: oldest first. */
export function summarize(samples: readonly WaySample[]): WayFigures {
  const last = samples.at(-1);
  if (!last) return { way: 'nothing', upKbps: null, downKbps: null, lossPermille: null, delayMs: null };
  const lostUp = share(last.sentLost, last.sentPackets);
  const lostDown = share(last.receivedLost, last.receivedPackets + last.receivedLost);
  const up = bestKbps(samples, (s) => s.sentBytes);
  const known = [lostUp, lostDown].filter((loss) => loss !== null);
  const times = samples.map((s) => s.roundTripMs).filter((ms) => ms !== null).sort((a, b) => a - b);
  return {
    way: last.way,
    // What the server missed did not get through.
    upKbps: up === null ? null : Math.round(up * (1 - (lostUp ?? 0))),
    downKbps: rounded(bestKbps(samples, (s) => s.receivedBytes)),
    lossPermille: known.length === 0 ? null : Math.round(Math.max(...known) * 1000),
    delayMs: rounded(times[Math.floor(times.length / 2)] ?? null),
  };
}

function bestKbps(samples: readonly WaySample[], bytes: (sample: WaySample) => number): number | null {
  let best: number | null = null;
  for (const [at, from] of samples.entries()) {
    const to = samples.slice(at).find((s) => s.atMs - from.atMs >= STRETCH_MS);
    // Bits in a millisecond are kilobits in a second.
    if (to) best = Math.max(best ?? 0, ((bytes(to) - bytes(from)) * 8) / (to.atMs - from.atMs));
  }
  return best;
}

function share(lost: number, all: number): number | null {
  return all < PACKETS_MIN ? null : Math.min(1, lost / all);
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));
