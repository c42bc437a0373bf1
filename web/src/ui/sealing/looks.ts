/** Shape and weight of each state of the sealing: never colour alone. */

import type { Sealing, SealState } from '../../call/model';
import type { IconName } from '../primitives/icons';

export type Tone = SealState['line']['tone'];

const TONES: Readonly<Record<Sealing, Tone>> = {
  verified: 'good',
  joining: 'waiting',
  silent: 'waiting',
  absent: 'alarm',
  unproven: 'waiting',
  forged: 'alarm',
  different: 'alarm',
  changed: 'alarm',
  unverified: 'alarm',
};

const ICONS: Readonly<Record<Tone, IconName>> = { good: 'sealed', waiting: 'waiting', alarm: 'attention' };

export const toneOf = (sealing: Sealing): Tone => TONES[sealing];
export const iconOf = (tone: Tone): IconName => ICONS[tone];

/** Whether a tile says it in place of the person's title; a seat that is only slow to answer gets a sign, no words. */
export function noted(sealing: Sealing): sealing is Exclude<Sealing, 'verified' | 'silent'> {
  return sealing !== 'verified' && sealing !== 'silent';
}

/** Whether a picture may stand on screen: what was seen last of a stopped seat is not left standing as if it lived. */
export function shows(sealing: Sealing): boolean {
  return sealing === 'verified' || sealing === 'silent' || sealing === 'joining' || sealing === 'forged';
}
