import { afterEach, expect, test, vi } from 'vitest';

import { WorkerGate } from './gate';

afterEach(() => vi.unstubAllGlobals());

test('a key frame is asked of all layers of the sender that is in use, and of no former one', () => {
  vi.stubGlobal('RTCRtpScriptTransform', class {});
  const asked: [string, unknown][] = [];
  const sender = (name: string): RTCRtpSender => ({
    getParameters: () => ({ encodings: [{ rid: 'q' }, { rid: 'f' }] }),
    setParameters: (_: unknown, options: unknown) => {
      asked.push([name, options]);
      return Promise.resolve();
    },
  }) as unknown as RTCRtpSender;
  const gate = new WorkerGate({} as Worker, () => {});
  gate.send(sender('microphone'), 'microphone');
  gate.send(sender('former camera'), 'camera');
  gate.send(sender('camera'), 'camera');
  for (const stream of [2, 3]) gate.key(stream);
  expect(asked).toEqual([['camera', { encodingOptions: [{ keyFrame: true }, { keyFrame: true }] }]]);
});
