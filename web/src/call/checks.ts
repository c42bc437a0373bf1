/**
 * Go / no-go: which light the figures of a seat deserve, and what to do about those that fall short.
 * The seat itself and the hosts judge by the same table, so they see the same lights.
 */

import type { Checks, Device } from '../protocol/generated';
import type { CheckView, Light, ReadinessView, Words } from './model';

/** What a seat is to do in this call. */
export interface Duties {
  readonly speaks: boolean;
  readonly shows: boolean;
  /** The call has pictures, so it sees some. */
  readonly pictures: boolean;
}

/** From the better bound on: go, caution, below it no-go. */
interface Bounds {
  readonly go: number;
  readonly caution: number;
}

/** Kilobits per second. What the camera's middle layer and the pictures of a small table take; below the second, no voice gets through either. */
const UP: Bounds = { go: 600, caution: 80 };
const DOWN: Bounds = { go: 900, caution: 80 };
/** Of a call without pictures: one voice up, a few down. */
const VOICE: Bounds = { go: 100, caution: 50 };
/** Of a thousand packets. Up to the first, lost packets are sent again in time; beyond the second, words are lost. */
const LOSS: Bounds = { go: 30, caution: 150 };
/** Milliseconds there and back. Above the first people talk over each other. */
const DELAY: Bounds = { go: 400, caution: 1_000 };
/** Milliseconds. Beyond the second, others may refuse this machine's dated keys. */
const CLOCK: Bounds = { go: 2_000, caution: 120_000 };

const WORST_FIRST: readonly Light[] = ['nogo', 'caution', 'unchecked', 'go'];

/** `code`: what a host's own page runs, to compare; `null` if there is nothing to compare with. */
export function judge(checks: Checks | null, duties: Duties, code: string | null = null): ReadinessView {
  const all = [
    wayOf(checks ?? {}), rateOf('up', checks?.up_kbps, duties.pictures ? UP : VOICE),
    rateOf('down', checks?.down_kbps, duties.pictures ? DOWN : VOICE), lossOf(checks ?? {}), delayOf(checks ?? {}),
    ...(duties.speaks ? [deviceOf('microphone', checks?.microphone)] : []), speakerOf(checks ?? {}),
    ...(duties.shows ? [deviceOf('camera', checks?.camera)] : []),
    clockOf(checks ?? {}), sealingOf(checks ?? {}), pageOf(checks ?? {}, code),
  ];
  return { light: worst(all.map(({ light }) => light)), checks: all };
}

/** Of several lights, the one to show for all. */
export function worst(lights: readonly Light[]): Light {
  return WORST_FIRST.find((light) => lights.includes(light)) ?? 'unchecked';
}

/** What can be put right, the worst first. */
export function failures({ checks }: ReadinessView): CheckView[] {
  return (['nogo', 'caution'] as const).flatMap((light) => checks.filter((check) => check.light === light));
}

function wayOf({ way }: Checks): CheckView {
  switch (way) {
    case 'udp':
      return view('way', 'go', { key: 'ready-figure-udp' });
    case 'tcp':
      return view('way', 'caution', { key: 'ready-figure-tcp' }, { key: 'ready-advice-tcp' });
    case 'nothing':
      return view('way', 'nogo', { key: 'ready-figure-nothing' }, { key: 'ready-advice-nothing' });
    default:
      return view('way');
  }
}

function rateOf(name: 'up' | 'down', kbps: number | undefined, { go, caution }: Bounds): CheckView {
  if (kbps === undefined) return view(name);
  const figure: Words = { key: 'ready-figure-rate', args: { mbits: Math.round(kbps / 100) / 10 } };
  if (kbps >= go) return view(name, 'go', figure);
  if (kbps >= caution) return view(name, 'caution', figure, { key: `ready-advice-${name}` });
  return view(name, 'nogo', figure, { key: `ready-advice-${name}-none` });
}

function lossOf({ loss_permille: loss }: Checks): CheckView {
  if (loss === undefined) return view('loss');
  return upTo('loss', loss, LOSS, { key: 'ready-figure-loss', args: { percent: Math.round(loss) / 10 } }, { key: 'ready-advice-loss' });
}

function delayOf({ delay_ms: ms }: Checks): CheckView {
  if (ms === undefined) return view('delay');
  return upTo('delay', ms, DELAY, { key: 'ready-figure-delay', args: { ms } }, { key: 'ready-advice-delay' });
}

function clockOf({ clock_ms: ms }: Checks): CheckView {
  if (ms === undefined) return view('clock');
  const off = Math.abs(ms);
  const figure: Words = off <= CLOCK.go
    ? { key: 'ready-figure-clock' }
    : { key: ms > 0 ? 'ready-figure-clock-ahead' : 'ready-figure-clock-behind', args: { seconds: Math.round(off / 1000) } };
  return upTo('clock', off, CLOCK, figure, { key: 'ready-advice-clock' });
}

function deviceOf(name: 'camera' | 'microphone', device: Device | undefined): CheckView {
  if (device === undefined) return view(name);
  if (device === 'on') return view(name, 'go', { key: 'ready-figure-works' });
  // Open, and nobody has heard it yet: that is not known to work.
  if (device === 'silent') return view(name, 'unchecked', { key: 'ready-figure-no-sound' }, { key: 'ready-advice-microphone-no-sound' });
  if (device === 'off') return view(name, 'unchecked', { key: 'ready-figure-off' }, { key: `ready-advice-${name}-off` });
  // One can be seen as a nameplate; unheard one is not in the call.
  const light = name === 'camera' ? 'caution' : 'nogo';
  const trouble = device.replace('_', '-') as 'denied' | 'not-found' | 'in-use' | 'failed' | 'muted';
  return view(name, light, { key: `ready-figure-${trouble}` }, { key: `ready-advice-${name}-${trouble}` });
}

/** Only its person can say whether it is heard. */
function speakerOf({ speaker }: Checks): CheckView {
  if (speaker === undefined) return view('speaker', 'unchecked', null, { key: 'ready-advice-speaker-untested' });
  return speaker === 'on'
    ? view('speaker', 'go', { key: 'ready-figure-heard' })
    : view('speaker', 'nogo', { key: 'ready-figure-unheard' }, { key: 'ready-advice-speaker-unheard' });
}

function sealingOf({ sealing }: Checks): CheckView {
  if (sealing === undefined) return view('sealing');
  return sealing
    ? view('sealing', 'go', { key: 'ready-figure-works' })
    : view('sealing', 'nogo', { key: 'ready-figure-failed' }, { key: 'ready-advice-sealing' });
}

function pageOf({ current, code: runs }: Checks, code: string | null): CheckView {
  if (current === false) return view('page', 'caution', { key: 'ready-figure-page-old' }, { key: 'ready-advice-page' });
  if (runs !== undefined && code !== null && runs !== code) {
    return view('page', 'caution', { key: 'ready-figure-page-other' }, { key: 'ready-advice-code' });
  }
  return current === undefined ? view('page') : view('page', 'go', { key: 'ready-figure-page-current' });
}

function upTo(name: CheckView['name'], value: number, { go, caution }: Bounds, figure: Words, advice: Words): CheckView {
  if (value <= go) return view(name, 'go', figure);
  return view(name, value <= caution ? 'caution' : 'nogo', figure, advice);
}

function view(name: CheckView['name'], light: Light = 'unchecked', figure: Words | null = null, advice: Words | null = null): CheckView {
  return { name, light, figure, advice };
}
