/**
 * The one line about the sealing that is always on screen: a pure function of verified state, and of
 * whether the server answers.
 *
 * The first that holds of these says it: something is wrong, and with whom; this client is not in
 * yet; somebody is not verified; all is well.
 */

import type { Doors } from '../protocol/generated';
import type { ProblemKind, Sending } from '../sealed/view';
import type { SealState, Sealing, Words } from './model';

export interface LineInput {
  readonly stage: 'outside' | 'joining' | 'member' | 'recovering';
  readonly sending: Sending;
  readonly doors: Doors | null;
  readonly problems: readonly { readonly kind: ProblemKind; readonly seat: number | null }[];
  /** Members, and seats the server seats that are none. */
  readonly seats: readonly { readonly seat: number; readonly sealing: Sealing }[];
  readonly me: number;
  /** The server answers. */
  readonly answered: boolean;
  name(seat: number): string;
}

type Line = SealState['line'];

/** More than this nobody reads in one line. */
const NAMES_MAX = 3;
/** Not to be waited out. */
const ALARMS: ReadonlySet<ProblemKind> = new Set(['forged_media', 'words_different', 'device_changed']);

export function sealLine(input: LineInput): Line {
  const wrong = alarms(input);
  if (wrong.length > 0) return { tone: 'alarm', words: wrong };
  const missing = waits(input);
  if (missing.length > 0) return { tone: 'waiting', words: missing };
  return { tone: 'good', words: [...doorsOf(input), count(input)] };
}

function alarms(input: LineInput): Words[] {
  const { sending, problems } = input;
  const is = (kind: ProblemKind): boolean => problems.some((p) => p.kind === kind);
  if (is('removed')) return [{ key: 'seal-removed' }];
  const words: Words[] = [];
  if (sending === 'stopped') words.push(...stopped(input));
  const of = (key: NamedKey, kind: ProblemKind, sealing?: Sealing): void => {
    const seats = [...seatsOf(input, kind), ...input.seats.filter((s) => s.sealing === sealing).map((s) => s.seat)];
    words.push(...named(input, key, seats));
  };
  of('seal-forged', 'forged_media', 'forged');
  of('seal-different', 'words_different', 'different');
  of('seal-device-changed', 'device_changed', 'changed');
  if (is('bad_plan')) words.push({ key: 'seal-bad-plan' });
  if (is('recovered')) {
    const by = named(input, 'seal-recovered', seatsOf(input, 'recovered'));
    words.push(...(by.length > 0 ? by : [{ key: 'seal-recovered-anyone' } as const]));
  }
  // Wrong with nobody in particular is wrong all the same.
  if (words.length === 0 && problems.some((p) => ALARMS.has(p.kind))) words.push({ key: 'seal-wrong' });
  return words;
}

/** Why nothing is sent. Whoever sees other words stops by that, with or without a host. */
function stopped(input: LineInput): Words[] {
  const is = (kind: ProblemKind): boolean => input.problems.some((p) => p.kind === kind);
  if (input.problems.some((p) => p.kind === 'words_different' && p.seat === input.me)) return [{ key: 'seal-stopped' }];
  if (is('removal_withheld')) return named(input, 'seal-removal-withheld', seatsOf(input, 'removal_withheld'));
  if (is('unanswered')) return [{ key: 'seal-stopped-unanswered' }];
  return [{ key: is('no_host') ? 'seal-stopped-no-host' : 'seal-stopped' }];
}

function waits(input: LineInput): Words[] {
  const { stage, sending, problems, answered, seats } = input;
  const is = (kind: ProblemKind): boolean => problems.some((p) => p.kind === kind);
  if (!answered) return [{ key: 'seal-no-answer' }];
  if (stage === 'recovering' || is('wedged')) return [{ key: 'seal-recovering' }];
  if (stage !== 'member') return [{ key: 'seal-entering' }];
  if (sending === 'unconfirmed') return [{ key: 'seal-unconfirmed' }];
  const of = (key: NamedKey, sealing: Sealing): Words[] =>
    named(input, key, seats.filter((s) => s.sealing === sealing).map((s) => s.seat));
  const who = [
    ...of('seal-unverified', 'unverified'), ...of('seal-joining', 'joining'), ...of('seal-absent', 'absent'),
    ...of('seal-unproven', 'unproven'), ...silent(input),
    ...named(input, 'seal-starved', seatsOf(input, 'frozen')), ...named(input, 'seal-code-differs', seatsOf(input, 'code_differs')),
  ];
  if (who.length > 0) return [count(input), ...who];
  if (is('no_host')) return [count(input), { key: 'seal-no-host' }];
  return problems.length > 0 ? [count(input), { key: 'seal-unsure' }] : [];
}

/** Of those who are silent for longer it was said that they are gone. */
function silent(input: LineInput): Words[] {
  const gone = new Set(input.seats.filter((s) => s.sealing === 'absent').map((s) => s.seat));
  const seats = [...input.seats.filter((s) => s.sealing === 'silent').map((s) => s.seat), ...seatsOf(input, 'silent')];
  return named(input, 'seal-silent', seats.filter((seat) => !gone.has(seat)));
}

type NamedKey =
  | 'seal-starved' | 'seal-forged' | 'seal-different' | 'seal-device-changed' | 'seal-recovered' | 'seal-unverified'
  | 'seal-joining' | 'seal-absent' | 'seal-unproven' | 'seal-silent' | 'seal-code-differs' | 'seal-removal-withheld';

function named({ name }: LineInput, key: NamedKey, seats: readonly number[]): Words[] {
  const all = [...new Set(seats)];
  if (all.length === 0) return [];
  return [{ key, args: { who: all.slice(0, NAMES_MAX).map(name).join(', '), count: all.length } }];
}

function seatsOf({ problems }: LineInput, kind: ProblemKind): number[] {
  return problems.flatMap((p) => (p.kind === kind && p.seat !== null ? [p.seat] : []));
}

/** What no host has signed is not said. */
function doorsOf({ doors }: LineInput): Words[] {
  return doors === null ? [] : [{ key: doors === 'closed' ? 'seal-doors-closed' : 'seal-doors-open' }];
}

function count({ seats }: LineInput): Words {
  return { key: 'seal-verified', args: { verified: seats.filter((s) => s.sealing === 'verified').length, members: seats.length } };
}
