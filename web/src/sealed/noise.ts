/**
 * Frames that mean nothing, to measure a network with: each byte an encoder made is replaced before it
 * goes out, so that nothing of this machine does. In front stands what stands in front of every sealed
 * picture (`sealed::media::envelope`): the server tells key frames by it.
 */

import type { EncodedFrame } from './receiver';

const KEY = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];
const OTHER = [0x11, 0, 0];
/** Most that WebCrypto gives at a time. */
const RANDOM_BYTES_MAX = 65_536;

/** As long as the frame was, but for the clear bytes. */
export function noiseFor(frame: Pick<EncodedFrame, 'type' | 'data'>): ArrayBuffer {
  const clear = frame.type === 'key' ? KEY : OTHER;
  const noise = new Uint8Array(clear.length + frame.data.byteLength);
  for (let at = 0; at < noise.length; at += RANDOM_BYTES_MAX) {
    crypto.getRandomValues(noise.subarray(at, at + RANDOM_BYTES_MAX));
  }
  noise.set(clear);
  return noise.buffer;
}
