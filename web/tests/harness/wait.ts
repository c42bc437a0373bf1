// Waiting for what a browser shows or counts. No test sleeps for a fixed time and then hopes.

import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again every `everyMs` until `ask` gives something other than `undefined` or `false`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 20_000,
  everyMs = 200,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const found = await ask();
      if (found !== undefined && found !== false) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    await sleep(everyMs);
  } while (Date.now() < end);
  const why = last instanceof Error ? `: ${last.message}` : '';
  throw new Error(`waited ${timeoutMs} ms for ${what}${why}`);
}

export { sleep };
