// Breaks the way of the media and mends it. Pages and signalling go over the loopback device and stay.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { mediaAddress } from './paths.ts';

const run = promisify(execFile);

/** `down`: the address of the media is gone, as when a cable is pulled. */
export async function network(state: 'up' | 'down'): Promise<void> {
  const act = state === 'up' ? 'add' : 'del';
  await run('ip', ['addr', act, `${mediaAddress}/24`, 'dev', 'seats']);
  if (state === 'up') await run('ip', ['route', 'replace', 'default', 'via', mediaAddress]);
}
