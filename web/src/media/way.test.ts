import { describe, expect, test } from 'vitest';
import { sampleOf, summarize, type WaySample } from './way';

const none: WaySample = {
  atMs: 0, way: 'udp', sentBytes: 0, receivedBytes: 0, sentPackets: 0, sentLost: 0, receivedPackets: 0, receivedLost: 0, roundTripMs: null,
};

/** Twice a second; the rates of each half second in kilobits. */
function run(kbps: readonly number[], more: Partial<WaySample> = {}): WaySample[] {
  let bytes = 0;
  return [none, ...kbps.map((rate, i) => {
    bytes += (rate * 500) / 8;
    return { ...none, atMs: (i + 1) * 500, sentBytes: bytes, receivedBytes: bytes / 2, sentPackets: bytes / 1000, receivedPackets: bytes / 1000, ...more };
  })];
}

describe('what a network carries', () => {
  test('is what went through in the best two seconds', () => {
    const figures = summarize(run([100, 500, 1000, 2000, 2000, 2000, 2000, 1500, 0]));
    expect([figures.upKbps, figures.downKbps]).toEqual([2000, 1000]);
  });

  test('is not known before there were two seconds', () => {
    expect(summarize(run([900, 900])).upKbps).toBe(null);
    expect(summarize([])).toEqual({ way: 'nothing', upKbps: null, downKbps: null, lossPermille: null, delayMs: null });
  });

  test('does not count what the server missed', () => {
    const samples = run([1000, 1000, 1000, 1000, 1000]);
    const last = samples.at(-1)!;
    const figures = summarize([...samples.slice(0, -1), { ...last, sentLost: last.sentPackets / 10 }]);
    expect(figures.upKbps).toBe(900);
    expect(figures.lossPermille).toBe(100);
  });
});

test('the worse of the two ways counts, and a few packets say nothing', () => {
  const end = { sentPackets: 1000, sentLost: 10, receivedPackets: 950, receivedLost: 50 };
  expect(summarize(run([10], end)).lossPermille).toBe(50);
  expect(summarize(run([10], { sentPackets: 5, sentLost: 5, receivedPackets: 0 })).lossPermille).toBe(null);
});

test('the delay is the one in the middle', () => {
  const samples = [30, 900, 40, 35, 45].map((roundTripMs) => ({ ...none, roundTripMs }));
  expect(summarize([...samples, none]).delayMs).toBe(40);
});

describe('the statistics of a browser', () => {
  const pair = (protocol: string): [string, unknown][] => [
    ['T', { type: 'transport', selectedCandidatePairId: 'P' }],
    ['P', { type: 'candidate-pair', localCandidateId: 'L', bytesSent: 7, bytesReceived: 9, currentRoundTripTime: 0.05 }],
    ['Q', { type: 'candidate-pair', nominated: true, state: 'succeeded', localCandidateId: 'M', bytesSent: 1 }],
    ['L', { type: 'local-candidate', protocol }],
    ['M', { type: 'local-candidate', protocol: 'udp' }],
  ];

  test('are those of the pair in use', () => {
    const sample = sampleOf(5, pair('tcp'), pair('tcp'));
    expect(sample).toMatchObject({ atMs: 5, way: 'tcp', sentBytes: 7, receivedBytes: 9, roundTripMs: 50 });
    // Firefox knows no selected pair of a transport.
    expect(sampleOf(5, pair('tcp').slice(2), []).way).toBe('udp');
    expect(sampleOf(5, [], []).way).toBe('nothing');
  });

  test('are summed over all streams', () => {
    const up: [string, unknown][] = [1, 2].flatMap((n) => [
      [`o${n}`, { type: 'outbound-rtp', packetsSent: 100 }], [`r${n}`, { type: 'remote-inbound-rtp', packetsLost: n, roundTripTime: 0.2 }],
    ]);
    const down: [string, unknown][] = [['i', { type: 'inbound-rtp', packetsReceived: 90, packetsLost: -1 }]];
    expect(sampleOf(0, up, down)).toMatchObject({
      sentPackets: 200, sentLost: 3, receivedPackets: 90, receivedLost: 0, roundTripMs: 200,
    });
  });
});
