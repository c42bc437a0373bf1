import { expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import type { EncodedFrame } from './receiver';
import { Streams, type Transformer } from './streams';
import type { FromWorker } from './worker-messages';

const frame = (type: string, ssrc: number): EncodedFrame =>
  ({ data: Uint8Array.of(1).buffer, type, getMetadata: () => ({ synchronizationSource: ssrc }) });

test('a camera that may send again asks for a key frame of all layers at once, so that none replaces the others', async () => {
  const [asked, out]: [unknown[][], EncodedFrame[]] = [[], []];
  const frames = new TransformStream<EncodedFrame>();
  const transformer: Transformer = {
    readable: frames.readable, writable: new WritableStream({ write: (f) => void out.push(f) }),
    options: { stream: 1, direction: 'send', source: 'camera' },
    generateKeyFrame: (...layers) => { asked.push(layers); return Promise.resolve(); },
  };
  const engine = { allowed: false, open: () => null, seal: () => (engine.allowed ? new ArrayBuffer(1) : null) };
  new Streams(new FakeClock(), () => {}).attach(transformer, engine);
  const writer = frames.writable.getWriter();
  // Stopped: the key frames of the encoder are not sent, and it makes no others by itself.
  for (const type of ['key', 'delta']) for (const ssrc of [1, 2, 3]) await writer.write(frame(type, ssrc));
  expect([asked, out]).toEqual([[], []]);
  engine.allowed = true;
  await writer.write(frame('delta', 1));
  await writer.write(frame('delta', 2));
  expect([asked, out]).toEqual([[[]], []]);
  await writer.write(frame('key', 1));
  await writer.write(frame('delta', 1));
  await writer.close();
  expect(out.length).toBe(2);
});

test('where the worker cannot have a key frame made, the page is asked', async () => {
  const posted: FromWorker[] = [];
  const frames = new TransformStream<EncodedFrame>();
  const transformer: Transformer = {
    readable: frames.readable, writable: new WritableStream(), options: { stream: 7, direction: 'send', source: 'camera' },
  };
  new Streams(new FakeClock(), (message) => posted.push(message)).attach(transformer, { allowed: true, open: () => null, seal: () => new ArrayBuffer(1) });
  const writer = frames.writable.getWriter();
  for (const ssrc of [1, 2, 3]) await writer.write(frame('delta', ssrc));
  await writer.close();
  expect(posted).toEqual([{ type: 'key', stream: 7 }]);
});
