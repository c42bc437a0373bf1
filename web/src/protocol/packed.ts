/**
 * Long messages travel packed (docs/protocol.md): a byte 2, then the JSON text, deflated (RFC 1951).
 */

import { deflateSync, inflateSync, strToU8 } from 'fflate';
import { MalformedMessage } from './decode';
import { SERVER_MESSAGE_BYTES_MAX } from './generated';

const KIND = 2;
/** What is packed is at most so many times as long as packed, and a little more. */
const [TIMES, MORE] = [64, 16 * 1024];
/** Shorter texts fit into a packet as they are. */
const TEXT_MIN = 1024;

export function isPacked(bytes: ArrayBuffer): boolean {
  return bytes.byteLength > 0 && new Uint8Array(bytes)[0] === KIND;
}

/** The text in a packed message. Throws if it is broken, or longer than any message. */
export function unpack(bytes: ArrayBuffer): string {
  const most = Math.min(SERVER_MESSAGE_BYTES_MAX, longest(bytes.byteLength));
  try {
    // What there is no room for is dropped.
    const text = inflateSync(new Uint8Array(bytes, 1), { out: new Uint8Array(most + 1) });
    if (text.length > most) throw new MalformedMessage('packed');
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    throw new MalformedMessage('packed');
  }
}

/** A message as it is sent: packed if it is long. */
export function pack(text: string): string | ArrayBuffer {
  if (text.length < TEXT_MIN) return text;
  const deflated = deflateSync(strToU8(text));
  const bytes = new Uint8Array(1 + deflated.length);
  bytes[0] = KIND;
  bytes.set(deflated, 1);
  return text.length <= longest(bytes.length) ? bytes.buffer : text;
}

function longest(packed: number): number {
  return TIMES * packed + MORE;
}
