/**
 * The worker that seals: owns the session (`web-core`) and stands between the codecs and the network
 * on every sender and receiver. There is no other way for a frame in or out.
 *
 * Only wiring here; see `engine.ts` and `streams.ts`.
 */

import { steadyClock } from '../base/steady-clock';
import { Engine } from './engine';
import init, { WebCandidate } from './generated/web_core';
import { Streams, type Transformer } from './streams';
import type { FromWorker, ToWorker } from './worker-messages';

interface WorkerScope {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
  postMessage(message: FromWorker): void;
}

const scope = globalThis as unknown as WorkerScope;
const clock = steadyClock();
const post = (message: FromWorker): void => scope.postMessage(message);
const streams = new Streams(clock, post);
const engine = new Engine({
  clock, streams, post,
  candidate: async ({ module, callId, fragment, grant, devicePublic }) => {
    await init({ module_or_path: module });
    return new WebCandidate(callId, fragment, grant, devicePublic);
  },
});

scope.onmessage = ({ data }) => engine.handle(data);
scope.onrtctransform = ({ transformer }) => streams.attach(transformer, engine);
