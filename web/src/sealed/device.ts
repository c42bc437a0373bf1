/**
 * This browser's device key for one seat: an Ed25519 key (RFC 8032) that WebCrypto keeps and does not
 * give out. It signs once per load, for the fresh leaf; that is how a reload is told from another
 * machine with the same link.
 *
 * Never deleted, like the memory of the group beside it: a server that says the call has ended could
 * otherwise make this browser forget what it must not be told twice.
 */

import type { Store } from './entry';
import { quietly } from './entry';
import { SealProblem } from './sealed-call';
import type { Memory } from './view';

export interface Device {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Where key pairs are kept; WebCrypto's own, without their bytes. */
export interface KeyStore {
  load(name: string): Promise<CryptoKeyPair | null>;
  /** The pair that is kept from now on: another one if there is one already. */
  keep(name: string, pair: CryptoKeyPair): Promise<CryptoKeyPair>;
}

/** Throws `SealProblem` where the browser has no Ed25519. */
export async function deviceFor(name: string, keys: KeyStore, subtle: SubtleCrypto = crypto.subtle): Promise<Device> {
  const pair = await loadOrMake(name, keys, subtle);
  const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  return {
    publicKey,
    sign: async (bytes) => new Uint8Array(await subtle.sign('Ed25519', pair.privateKey, bytes.slice())),
  };
}

async function loadOrMake(name: string, keys: KeyStore, subtle: SubtleCrypto): Promise<CryptoKeyPair> {
  // Where nothing can be kept (private windows) every load is a new device: the host is asked then.
  const known = await keys.load(name).catch(() => null);
  if (known) return known;
  const made = await make(subtle);
  return keys.keep(name, made).catch(() => made);
}

async function make(subtle: SubtleCrypto): Promise<CryptoKeyPair> {
  try {
    return await subtle.generateKey('Ed25519', false, ['sign', 'verify']) as CryptoKeyPair;
  } catch {
    throw new SealProblem('browser_too_old', 'Ed25519');
  }
}

const STORE = 'devices';

/** Key pairs in IndexedDB. */
export function indexedKeys(factory: IDBFactory): KeyStore {
  const open = (): Promise<IDBDatabase> => {
    const request = factory.open('incamera', 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    return answer(request);
  };
  const load = async (name: string): Promise<CryptoKeyPair | null> => {
    const database = await open();
    const request = database.transaction(STORE).objectStore(STORE).get(name) as IDBRequest<CryptoKeyPair | undefined>;
    return answer(request).then((pair) => pair ?? null).finally(() => database.close());
  };
  return {
    load,
    async keep(name, pair) {
      const database = await open();
      try {
        // `add` refuses if another tab was faster; its key is the device's then.
        await answer(database.transaction(STORE, 'readwrite').objectStore(STORE).add(pair, name));
        return pair;
      } catch (error) {
        const known = await load(name);
        if (!known) throw error;
        return known;
      } finally {
        database.close();
      }
    },
  };
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

/** What this browser remembers of the group of one seat. */
export function memoryFor(name: string, machine: Store | null): { load(): Memory | null; save(memory: Memory): void } {
  return {
    load: () => {
      const text = machine?.getItem(name) ?? null;
      if (text === null) return null;
      try {
        return JSON.parse(text) as Memory;
      } catch {
        return null;
      }
    },
    save: (memory) => quietly(() => machine?.setItem(name, JSON.stringify(memory))),
  };
}
