import { describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import type { EncodedFrame } from './receiver';
import { Sender } from './sender';

const PLAIN = 7;

function frame(type: 'key' | 'delta' | undefined, ssrc = 1): EncodedFrame {
  return { data: Uint8Array.of(PLAIN).buffer, ...(type ? { type } : {}), getMetadata: () => ({ synchronizationSource: ssrc }) };
}

function setup(kind: 'audio' | 'video' = 'video') {
  const clock = new FakeClock();
  const state = { allowed: true, asked: 0 };
  const sent: string[] = [];
  const sender = new Sender<EncodedFrame>({
    kind, clock, allowed: () => state.allowed,
    seal: (layer, key) => (state.allowed ? Uint8Array.of(100, layer, key ? 1 : 0).buffer : null),
    enqueue: ({ data }) => sent.push([...new Uint8Array(data)].join(' ')),
    askForKey: () => { state.asked += 1; },
  });
  return { clock, state, sent, sender };
}

describe('a sender', () => {
  test('sends what was sealed, each layer under its own number', () => {
    const { sender, sent } = setup();
    for (const ssrc of [40, 30, 20]) sender.take(frame('key', ssrc));
    sender.take(frame('delta', 30));
    expect(sent).toEqual(['100 0 1', '100 1 1', '100 2 1', '100 1 0']);
  });

  test('sends nothing that was not sealed', () => {
    for (const kind of ['audio', 'video'] as const) {
      const { sender, sent, state } = setup(kind);
      state.allowed = false;
      for (const type of ['key', 'delta', undefined] as const) sender.take(frame(type));
      expect(sent).toEqual([]);
    }
  });

  test('begins with a key frame once it may send, and asks for one, not too often', () => {
    const { sender, sent, state, clock } = setup();
    state.allowed = false;
    sender.take(frame('key'));
    sender.take(frame('delta'));
    expect(state.asked).toBe(0);
    state.allowed = true;
    sender.take(frame('delta'));
    sender.take(frame('delta'));
    expect([sent, state.asked]).toEqual([[], 1]);
    clock.pass(400);
    sender.take(frame('delta'));
    expect(state.asked).toBe(2);
    sender.take(frame('key'));
    sender.take(frame('delta'));
    expect(sent).toEqual(['100 0 1', '100 0 0']);
  });

  test('sends voices of one size', () => {
    const sizes: number[] = [];
    const sender = new Sender<EncodedFrame>({
      kind: 'audio', clock: new FakeClock(), allowed: () => true, enqueue: () => {}, askForKey: () => {},
      seal: (_, __, bytes) => {
        sizes.push(bytes.length);
        return null;
      },
    });
    for (const length of [3, 81, 109, 3]) sender.take({ data: new Uint8Array(length).fill(0x78).buffer, getMetadata: () => ({}) });
    expect(new Set(sizes).size).toBe(1);
  });

  test('has no more layers than fit into a key id', () => {
    const { sender, sent } = setup('audio');
    for (let ssrc = 1; ssrc <= 9; ssrc++) sender.take(frame(undefined, ssrc));
    expect(sent.map((s) => s.split(' ')[1])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '0']);
  });
});
