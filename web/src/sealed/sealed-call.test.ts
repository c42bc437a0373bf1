import { describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { SealedCall } from './sealed-call';
import type { FromWorker, Grant, ToWorker } from './worker-messages';
import type { Memory, View } from './view';

/** A worker whose side the test plays. */
class FakeWorker {
  readonly got: ToWorker[] = [];
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: (() => void) | null = null;
  terminated = false;
  postMessage(message: ToWorker): void {
    this.got.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  says(message: FromWorker): void {
    this.onmessage?.({ data: message });
  }
}

const GRANT = { title: 'A call' } as Grant;

function setup(sign = async (bytes: Uint8Array) => Uint8Array.of(...bytes, 64)) {
  const worker = new FakeWorker();
  const kept: Memory[] = [];
  const clock = new FakeClock();
  const call = new SealedCall({
    clock, callId: 'c', fragment: 'f', worker: () => worker as unknown as Worker, module: async () => ({}) as WebAssembly.Module,
    device: async () => ({ publicKey: Uint8Array.of(32), sign }),
    code: async () => new Uint8Array(16),
    memory: { load: () => ({ group: 1, epoch: 2, closed: [] }), save: (memory) => kept.push(memory) },
  });
  return { worker, call, kept, clock };
}

async function opened(): Promise<ReturnType<typeof setup>> {
  const s = setup();
  const opening = s.call.open('G');
  await vi.waitFor(() => expect(s.worker.got.length).toBe(1));
  s.worker.says({ type: 'prepared', toSign: Uint8Array.of(1), grant: GRANT });
  await vi.waitFor(() => expect(s.worker.got.length).toBe(2));
  s.worker.says({ type: 'started' });
  expect(await opening).toBe(GRANT);
  return s;
}

describe('a sealed call on the page', () => {
  test('opens with the grant, the device key\'s signature and what this browser remembers', async () => {
    const { worker } = await opened();
    expect(worker.got).toMatchObject([
      { type: 'open', callId: 'c', fragment: 'f', grant: 'G', devicePublic: Uint8Array.of(32) },
      { type: 'start', signature: Uint8Array.of(1, 64), memory: { group: 1, epoch: 2, closed: [] } },
    ]);
  });

  test('says why it does not open', async () => {
    for (const fail of [
      (s: ReturnType<typeof setup>) => s.worker.says({ type: 'failed', code: 'bad_grant' }),
      (s: ReturnType<typeof setup>) => s.worker.onerror?.(),
    ]) {
      const s = setup();
      const opening = s.call.open('G');
      await vi.waitFor(() => expect(s.worker.got.length).toBe(1));
      fail(s);
      await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/bad_grant|seal_failed/) as string });
    }
    const unsigned = setup(() => Promise.reject(new Error('no')));
    const opening = unsigned.call.open('G');
    await vi.waitFor(() => expect(unsigned.worker.got.length).toBe(1));
    unsigned.worker.says({ type: 'prepared', toSign: Uint8Array.of(1), grant: GRANT });
    await expect(opening).rejects.toMatchObject({ code: 'seal_failed' });
  });

  test('sends what was made for this connection, and nothing made for the one before', async () => {
    const { worker, call } = await opened();
    const sent: string[] = [];
    call.onsend = ({ type }) => sent.push(type);
    worker.says({ type: 'send', connection: 0, message: { type: 'catch_up', group: { circle: 0, number: 1 }, after: 0 } });
    call.disconnected();
    worker.says({ type: 'send', connection: 0, message: { type: 'leave' } });
    worker.says({ type: 'send', connection: 1, message: { type: 'enter' } });
    expect(sent).toEqual(['catch_up', 'enter']);
    expect(worker.got.at(-1)).toEqual({ type: 'disconnected', connection: 1 });
  });

  test('answers acts, and all of them when it ends', async () => {
    const { worker, call } = await opened();
    const [first, second, third] = [call.act({ type: 'leave' }), call.act({ type: 'leave' }), call.act({ type: 'leave' })];
    worker.says({ type: 'acted', id: 2, error: 'no' });
    worker.says({ type: 'acted', id: 1, error: null });
    call.end();
    expect(await Promise.all([first, second, third])).toEqual([null, 'no', 'ended']);
    expect(worker.terminated).toBe(true);
  });

  test('asks for whom the voice is to be sealed, and tells whose is not for the table', async () => {
    const { worker, call } = await opened();
    const speaking = call.speak(3);
    expect(worker.got.at(-1)).toEqual({ type: 'speak', id: 1, circle: 3 });
    worker.says({ type: 'acted', id: 1, error: null });
    expect(await speaking).toBe(null);
    for (const seat of [2, 4]) worker.says({ type: 'spoken', seat, circle: 3 });
    expect([...call.whispered.value]).toEqual([2, 4]);
    worker.says({ type: 'spoken', seat: 2, circle: 0 });
    expect([...call.whispered.value]).toEqual([4]);
  });

  test('tells times by the clock of the page, which may not have counted the sleep of the machine', async () => {
    const { worker, call, clock } = await opened();
    const asleep = 3_600_000;
    const times: number[] = [];
    call.ontext = ({ atMs }) => times.push(atMs);
    worker.says({ type: 'text', circle: 0, id: '00ff', from: 2, atMs: clock.now() + asleep - 40, text: 'x', nowMs: clock.now() + asleep });
    const check = { until_ms: clock.now() + asleep + 90_000 };
    worker.says({ type: 'view', view: { check, circles: [{ check }] } as unknown as View, nowMs: clock.now() + asleep });
    expect(times).toEqual([clock.now() - 40]);
    expect(call.view.value?.check?.until_ms).toBe(clock.now() + 90_000);
    expect(call.view.value?.circles[0]?.check?.until_ms).toBe(clock.now() + 90_000);
  });

  test('keeps what is to be remembered, and tells when it stops', async () => {
    const { worker, call, kept } = await opened();
    worker.says({ type: 'memory', memory: { group: 3, epoch: 1, closed: [] } });
    expect(kept).toEqual([{ group: 3, epoch: 1, closed: [] }]);
    const codes: string[] = [];
    call.onfailed = (code) => codes.push(code);
    worker.says({ type: 'failed', code: 'seal_failed' });
    expect(codes).toEqual(['seal_failed']);
  });
});
