// Where things are: the checkout, the cache that git ignores, and the address media uses.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Address of the namespace's veth device; `run.mjs` sets it. */
export const mediaAddress =
  process.env['INCAMERA_E2E_ADDRESS'] ??
  (() => {
    throw new Error('run the end-to-end tests with `npm run e2e`: they need a network namespace');
  })();

/** A folder under `.cache/`, made if absent. */
export function cached(...parts: string[]): string {
  const path = join(root, '.cache', ...parts);
  mkdirSync(path, { recursive: true });
  return path;
}
