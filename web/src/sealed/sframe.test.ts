/**
 * Another SFrame: written after RFC 9605 and `docs/sealed.md` with WebCrypto alone, sharing no line
 * with the Rust that seals. It must make and open the very bytes of `crates/sealed/vectors/media.json`.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Vector {
  readonly call: string;
  readonly base_key: string;
  readonly epoch: string;
  readonly leaf: number;
  readonly stream: number;
  readonly layer: number;
  readonly key: boolean;
  readonly ctr: string;
  readonly kid: string;
  readonly plaintext: string;
  readonly sealed: string;
  readonly digest: string;
}

const file = join(import.meta.dirname, '../../../crates/sealed/vectors/media.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

/** RFC 9605, 4.5: AES_128_GCM_SHA256_128. */
const SUITE = 4;
const KEY_FRAME = bytes('1000009d012a80026801');
const OTHER_FRAME = bytes('110000');

type Bytes = Uint8Array<ArrayBuffer>;

/** RFC 9605, 4.3: a byte of configuration, then key id and counter, each as short as it can be. */
function header(kid: bigint, ctr: bigint): Bytes {
  const [k, kidBytes] = field(kid);
  const [c, ctrBytes] = field(ctr);
  return concat(Uint8Array.of((k << 4) | c), kidBytes, ctrBytes);
}

function field(value: bigint): [bits: number, tail: Bytes] {
  if (value < 8n) return [Number(value), new Uint8Array()];
  const length = Math.ceil(value.toString(16).length / 2);
  return [8 | (length - 1), bytes(value.toString(16).padStart(length * 2, '0'))];
}

/** RFC 9605, 4.4.2. */
async function derive(base: Bytes, label: string, kid: bigint, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', base, 'HKDF', false, ['deriveBits']);
  const info = concat(text(label), bigEndian(kid, 8), bigEndian(BigInt(SUITE), 2));
  const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, key, length * 8);
  return new Uint8Array(bits);
}

/** Key, nonce and associated data of one frame (RFC 9605, 4.4.3). */
async function parts(vector: Vector): Promise<{ clear: Bytes; head: Bytes; key: CryptoKey; gcm: AesGcmParams }> {
  const base = bytes(vector.base_key);
  const [kid, ctr] = [BigInt(vector.kid), BigInt(vector.ctr)];
  const clear = vector.stream === 0 ? new Uint8Array() : vector.key ? KEY_FRAME : OTHER_FRAME;
  const head = header(kid, ctr);
  const secret = await derive(base, 'SFrame 1.0 Secret key ', kid, 16);
  const salt = await derive(base, 'SFrame 1.0 Secret salt ', kid, 12);
  const iv = bigEndian(ctr, 12).map((byte, i) => byte ^ (salt[i] ?? 0));
  const additionalData = concat(head, text('incamera media v2'), base32(vector.call), clear);
  const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { clear, head, key, gcm: { name: 'AES-GCM', iv, additionalData, tagLength: 128 } };
}

async function seal(vector: Vector): Promise<Bytes> {
  const { clear, head, key, gcm } = await parts(vector);
  const body = await crypto.subtle.encrypt(gcm, key, bytes(vector.plaintext));
  return concat(clear, head, new Uint8Array(body));
}

/** From the sealed bytes alone, but for the base key. */
async function open(vector: Vector, sealed: Bytes): Promise<Bytes> {
  const { clear, head, key, gcm } = await parts(vector);
  const rest = sealed.subarray(clear.length);
  expect(hex(rest.subarray(0, head.length))).toBe(hex(head));
  return new Uint8Array(await crypto.subtle.decrypt(gcm, key, rest.slice(head.length)));
}

describe.each(vectors.map((vector, i) => [i, vector] as const))('sealed frame %i', (_, vector) => {
  test('has the key id of its layer, stream, leaf and epoch', () => {
    const { layer, stream, leaf, epoch } = vector;
    const kid = (BigInt(layer) << 31n) | (BigInt(stream) << 26n) | (BigInt(leaf) << 16n) | (BigInt(epoch) & 0xffffn);
    expect(kid).toBe(BigInt(vector.kid));
  });

  test('is sealed to the same bytes', async () => {
    const sealed = await seal(vector);
    expect(hex(sealed)).toBe(vector.sealed);
    const digest = await crypto.subtle.digest('SHA-256', sealed);
    expect(hex(new Uint8Array(digest, 0, 8))).toBe(vector.digest);
  });

  test('opens, and does not if a bit of it differs', async () => {
    const sealed = bytes(vector.sealed);
    expect(hex(await open(vector, sealed))).toBe(vector.plaintext);
    const last = sealed.length - 1;
    sealed[last] = (sealed[last] ?? 0) ^ 1;
    await expect(open(vector, sealed)).rejects.toThrow();
  });

  test('does not open as another call\'s, another key id\'s or another kind\'s', async () => {
    const others: Partial<Vector>[] = [{ call: 'a'.repeat(26) }, { base_key: `00${vector.base_key.slice(2)}` }];
    for (const other of others) await expect(open({ ...vector, ...other }, bytes(vector.sealed))).rejects.toThrow();
  });
});

test('there are vectors, of voices and pictures, with long and short counters', () => {
  expect(vectors.length).toBeGreaterThanOrEqual(10);
  expect(new Set(vectors.map((v) => v.stream))).toEqual(new Set([0, 1, 2]));
});

function bytes(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hex(value: Uint8Array): string {
  return [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function text(value: string): Bytes {
  return new TextEncoder().encode(value);
}

function bigEndian(value: bigint, length: number): Bytes {
  return bytes(value.toString(16).padStart(length * 2, '0'));
}

/** RFC 4648, 6, in small letters and without padding: 16 bytes. */
function base32(value: string): Bytes {
  const bits = [...value].map((c) => 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from(bits.slice(0, 128).match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

function concat(...pieces: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}
