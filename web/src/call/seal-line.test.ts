import { describe, expect, test } from 'vitest';
import type { ProblemKind } from '../sealed/view';
import type { Sealing } from './model';
import { sealLine, type LineInput } from './seal-line';

const NAMES = ['', 'US', 'Germany', 'Poland', 'France', 'Italy'];
const seats = (...states: Sealing[]): LineInput['seats'] => states.map((sealing, i) => ({ seat: i + 1, sealing }));
const problem = (kind: ProblemKind, seat: number | null = null) => ({ kind, seat });

function line(more: Partial<LineInput> = {}): string[] {
  const { tone, words } = sealLine({
    stage: 'member', sending: 'allowed', doors: 'closed', problems: [], seats: seats('verified', 'verified', 'verified'),
    answered: true, me: 1, name: (seat) => NAMES[seat] ?? String(seat), ...more,
  });
  return [tone, ...words.map(({ key, args }) => [key.replace('seal-', ''), ...Object.values(args ?? {})].join(' '))];
}

describe('all is well', () => {
  test('the doors, and how many are verified', () => {
    expect(line()).toEqual(['good', 'doors-closed', 'verified 3 3']);
    expect(line({ doors: 'open' })).toEqual(['good', 'doors-open', 'verified 3 3']);
  });

  test('of the doors only what a host has signed', () => {
    expect(line({ doors: null })).toEqual(['good', 'verified 3 3']);
  });
});

describe('not all is there', () => {
  test('who is silent, gone, joining or unknown to the group is named', () => {
    expect(line({ seats: seats('verified', 'silent') })).toEqual(['waiting', 'verified 1 2', 'silent Germany 1']);
    expect(line({ seats: seats('verified', 'absent') })).toEqual(['waiting', 'verified 1 2', 'absent Germany 1']);
    expect(line({ seats: seats('verified', 'joining') })).toEqual(['waiting', 'verified 1 2', 'joining Germany 1']);
    expect(line({ seats: seats('verified', 'unverified', 'silent') })).toEqual([
      'waiting', 'verified 1 3', 'unverified Germany 1', 'silent Poland 1',
    ]);
  });

  test('three are named, all are counted, none twice', () => {
    expect(line({ seats: seats('verified', 'silent', 'silent', 'silent', 'silent'), problems: [problem('silent', 2)] })).toEqual([
      'waiting', 'verified 1 5', 'silent Germany, Poland, France 4',
    ]);
    expect(line({ seats: seats('verified', 'absent'), problems: [problem('silent', 2)] })).toEqual([
      'waiting', 'verified 1 2', 'absent Germany 1',
    ]);
  });

  test('who sends and does not arrive is named', () => {
    expect(line({ problems: [problem('frozen', 3)] })).toEqual(['waiting', 'verified 3 3', 'starved Poland 1']);
  });

  test('why nothing is sent is said as it is', () => {
    const stopped = (kind: ProblemKind, seat: number | null = null): string[] =>
      line({ sending: 'stopped', problems: [problem(kind, seat)] });
    expect(stopped('no_host')).toEqual(['alarm', 'stopped-no-host']);
    expect(stopped('unanswered')).toEqual(['alarm', 'stopped-unanswered']);
    expect(stopped('removal_withheld', 3)).toEqual(['alarm', 'removal-withheld Poland 1']);
  });

  test('another code is named', () => {
    expect(line({ problems: [problem('code_differs', 3)] })).toEqual(['waiting', 'verified 3 3', 'code-differs Poland 1']);
  });

  test('this client is not in yet, not confirmed, or comes back', () => {
    expect(line({ stage: 'outside' })).toEqual(['waiting', 'entering']);
    expect(line({ stage: 'joining' })).toEqual(['waiting', 'entering']);
    expect(line({ stage: 'recovering' })).toEqual(['waiting', 'recovering']);
    expect(line({ problems: [problem('wedged')] })).toEqual(['waiting', 'recovering']);
    expect(line({ sending: 'unconfirmed' })).toEqual(['waiting', 'unconfirmed']);
  });

  test('a server that does not answer is never good', () => {
    expect(line({ answered: false })).toEqual(['waiting', 'no-answer']);
    expect(line({ answered: false, sending: 'stopped' })).toEqual(['alarm', 'stopped']);
  });
});

describe('something is wrong', () => {
  test('nothing is sent any more, and why', () => {
    expect(line({ sending: 'stopped' })).toEqual(['alarm', 'stopped']);
    expect(line({ sending: 'stopped', problems: [problem('no_host')] })).toEqual(['alarm', 'stopped-no-host']);
    expect(line({ problems: [problem('removed')] })).toEqual(['alarm', 'removed']);
    expect(line({ sending: 'stopped', problems: [problem('no_host'), problem('words_different', 1)] })).toEqual([
      'alarm', 'stopped', 'different US 1',
    ]);
  });

  test('forged media, other words, other devices and strangers are named, before all else', () => {
    expect(line({ problems: [problem('forged_media', 2)], seats: seats('verified', 'forged', 'silent') })).toEqual(['alarm', 'forged Germany 1']);
    expect(line({ seats: seats('verified', 'forged') })).toEqual(['alarm', 'forged Germany 1']);
    expect(line({ seats: seats('verified', 'different') })).toEqual(['alarm', 'different Germany 1']);
    expect(line({ problems: [problem('words_different', 3)] })).toEqual(['alarm', 'different Poland 1']);
    expect(line({ problems: [problem('device_changed', 2)], seats: seats('verified', 'changed') })).toEqual(['alarm', 'device-changed Germany 1']);
    expect(line({ problems: [problem('bad_plan')] })).toEqual(['alarm', 'bad-plan']);
  });

  test('a call sealed anew says by whom', () => {
    expect(line({ problems: [problem('recovered', 1)] })).toEqual(['alarm', 'recovered US 1']);
    expect(line({ problems: [problem('recovered')] })).toEqual(['alarm', 'recovered-anyone']);
  });

  test('no problem is shown as good', () => {
    const kinds: ProblemKind[] = [
      'no_host', 'silent', 'unproven', 'forged_media', 'device_changed', 'recovered', 'wedged', 'words_different', 'frozen', 'code_differs',
      'removed', 'bad_plan',
    ];
    for (const kind of kinds) for (const seat of [null, 2]) expect(line({ problems: [problem(kind, seat)] })[0], `${kind} ${seat}`).not.toBe('good');
  });
});
