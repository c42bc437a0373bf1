/**
 * Every encoded frame this client sends or receives passes through here, in one worker.
 *
 * Not sealed yet: frames are counted and passed on unchanged. This is the place where they will be
 * sealed and opened (RFC 9605), so there must be no other way for a frame in or out.
 */

import type { FrameNote, StreamOptions } from './frames';

interface Transformer {
  readonly readable: ReadableStream<RTCEncodedVideoFrame | RTCEncodedAudioFrame>;
  readonly writable: WritableStream<RTCEncodedVideoFrame | RTCEncodedAudioFrame>;
  readonly options: StreamOptions;
}

interface WorkerScope {
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
  postMessage(note: FrameNote): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onrtctransform = ({ transformer: { readable, writable, options } }) => {
  const pass = new TransformStream<RTCEncodedVideoFrame | RTCEncodedAudioFrame>({
    transform(frame, controller) {
      if (options.report && 'type' in frame && frame.type === 'key') scope.postMessage({ stream: options.stream });
      controller.enqueue(frame);
    },
  });
  // The pipe ends when the PeerConnection does; there is nobody left to tell then.
  readable.pipeThrough(pass).pipeTo(writable).catch(() => {});
};
