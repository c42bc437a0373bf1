/**
 * Messages that pass travel as binary (docs/protocol.md): kind (1), circle (1), number of the group
 * (4), length (2), sealed bytes; several in one WebSocket message from the server. Here they become what all other messages are.
 */

import { MalformedMessage } from './decode';
import type { ClientMessage, ServerMessage } from './generated';
import { pack } from './packed';

type Passing = Extract<ServerMessage, { type: 'passing' }>;

const KIND = 1;
const HEAD_BYTES = 8;

/** All messages in one of the server. Throws if it is not whole. */
export function readPassing(bytes: ArrayBuffer): Passing[] {
  const view = new DataView(bytes);
  const messages: Passing[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    if (at + HEAD_BYTES > bytes.byteLength || view.getUint8(at) !== KIND) throw new MalformedMessage('binary');
    const group = { circle: view.getUint8(at + 1), number: view.getUint32(at + 2) };
    const length = view.getUint16(at + 6);
    at += HEAD_BYTES;
    if (length === 0 || at + length > bytes.byteLength) throw new MalformedMessage('binary');
    messages.push({ type: 'passing', group, sealed: toText(new Uint8Array(bytes, at, length)) });
    at += length;
  }
  return messages;
}

/** What is sent for a message: binary for one that passes, else JSON, packed if it is long. */
export function toWire(message: ClientMessage): string | ArrayBuffer {
  if (message.type !== 'passing') return pack(JSON.stringify(message));
  const sealed = toBytes(message.sealed);
  const bytes = new Uint8Array(HEAD_BYTES + sealed.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KIND);
  view.setUint8(1, message.group.circle);
  view.setUint32(2, message.group.number);
  view.setUint16(6, sealed.length);
  bytes.set(sealed, HEAD_BYTES);
  return bytes.buffer;
}

function toText(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function toBytes(text: string): Uint8Array {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}
