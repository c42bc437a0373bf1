import { expect, test } from 'vitest';
import { arrivedBytes, judge, sumsOf, type Sums } from './quality';

const sums = (fields: Partial<Sums>): Sums => ({ received: 0, lost: 0, sentLost: null, roundTripMs: null, ...fields });

test('sums come from the report of the browser', () => {
  const report = new Map<string, unknown>([
    ['a', { type: 'inbound-rtp', packetsReceived: 10, packetsLost: 2 }],
    ['b', { type: 'inbound-rtp', packetsReceived: 5, packetsLost: -1 }],
    ['c', { type: 'remote-inbound-rtp', fractionLost: 0.1 }],
    ['d', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 }],
    ['e', { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 }],
  ]);
  expect(sumsOf(report)).toEqual({ received: 15, lost: 2, sentLost: 0.1, roundTripMs: 50 });
});

test('only what happened since the last measurement counts', () => {
  expect(judge(null, sums({ lost: 100 }))).toBe('unknown');
  expect(judge(sums({ received: 100, lost: 100 }), sums({ received: 200, lost: 100 }))).toBe('good');
  expect(judge(sums({ received: 100 }), sums({ received: 180, lost: 20 }))).toBe('weak');
});

test('loss of what is sent, and a slow way, are told', () => {
  expect(judge(sums({}), sums({ sentLost: 0.5 }))).toBe('unheard');
  expect(judge(sums({}), sums({ roundTripMs: 900 }))).toBe('weak');
  expect(judge(sums({}), sums({}))).toBe('good');
});

test('what arrived is counted over all paths, answers to their checks too', () => {
  expect(arrivedBytes([
    ['a', { type: 'candidate-pair', bytesReceived: 100, responsesReceived: 2 }],
    ['b', { type: 'candidate-pair', responsesReceived: 1 }],
    ['c', { type: 'inbound-rtp', bytesReceived: 999 }],
  ])).toBe(103);
});
