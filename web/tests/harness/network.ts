// Breaks the way of the media and mends it. Pages and signalling go over the loopback device and stay.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { mediaAddress } from './paths.ts';

const run = promisify(execFile);

export async function network(state: 'up' | 'down'): Promise<void> {
  await run('ip', ['link', 'set', 'seats', state]);
  if (state === 'up') await run('ip', ['route', 'replace', 'default', 'via', mediaAddress]);
}
