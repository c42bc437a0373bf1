import { describe, expect, test } from 'vitest';
import { deviceFor, memoryFor, type KeyStore } from './device';
import type { Memory } from './view';

function keyStore(): KeyStore & { readonly kept: Map<string, CryptoKeyPair> } {
  const kept = new Map<string, CryptoKeyPair>();
  return {
    kept,
    load: async (name) => kept.get(name) ?? null,
    keep: async (name, pair) => {
      const known = kept.get(name) ?? pair;
      kept.set(name, known);
      return known;
    },
  };
}

describe('the device key', () => {
  test('is made once for a seat, and signs', async () => {
    const keys = keyStore();
    const first = await deviceFor('call.seat', keys);
    const again = await deviceFor('call.seat', keys);
    const other = await deviceFor('call.other', keys);
    expect(first.publicKey.length).toBe(32);
    expect(again.publicKey).toEqual(first.publicKey);
    expect(other.publicKey).not.toEqual(first.publicKey);
    const bytes = new TextEncoder().encode('a fresh leaf');
    const signature = await again.sign(bytes);
    const verifier = await crypto.subtle.importKey('raw', first.publicKey.slice(), 'Ed25519', false, ['verify']);
    expect(signature.length).toBe(64);
    expect(await crypto.subtle.verify('Ed25519', verifier, signature.slice(), bytes)).toBe(true);
  });

  test('cannot be taken out of the browser', async () => {
    const keys = keyStore();
    await deviceFor('call.seat', keys);
    const { privateKey } = keys.kept.get('call.seat')!;
    expect(privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow();
  });

  test('of the faster of two tabs is the device\'s', async () => {
    const keys = keyStore();
    const [one, two] = await Promise.all([deviceFor('call.seat', keys), deviceFor('call.seat', keys)]);
    expect(one.publicKey).toEqual(two.publicKey);
  });

  test('lasts for this load where nothing can be kept', async () => {
    const none: KeyStore = { load: () => Promise.reject(new Error('private')), keep: () => Promise.reject(new Error('private')) };
    expect((await deviceFor('call.seat', none)).publicKey.length).toBe(32);
  });

  test('needs a browser that has the signature', async () => {
    const subtle = { generateKey: () => Promise.reject(new DOMException('', 'NotSupportedError')) } as unknown as SubtleCrypto;
    await expect(deviceFor('call.seat', keyStore(), subtle)).rejects.toMatchObject({ code: 'browser_too_old', missing: 'Ed25519' });
  });
});

test('the memory of the group survives a reload, and a broken one is none', () => {
  const kept = new Map<string, string>();
  const store = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) };
  const memory: Memory = { group: 2, epoch: 40, closed: [[3, 1]] };
  expect(memoryFor('m', store).load()).toBe(null);
  memoryFor('m', store).save(memory);
  expect(memoryFor('m', store).load()).toEqual(memory);
  kept.set('m', '{');
  expect(memoryFor('m', store).load()).toBe(null);
  expect(memoryFor('m', null).load()).toBe(null);
});
