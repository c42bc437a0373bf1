/** What came of comparing the words, as sentences' keys and the people they are about. */

import type { CheckState, Person } from '../../call/model';

export interface Result {
  readonly key: 'check-result-different' | 'circle-check-result-different' | 'check-result-missing' | 'check-result-all-same' | 'check-result-so-far';
  readonly people: readonly Person[];
  readonly bad: boolean;
}

/** Who has yet to answer: the chair reads the words out and has nothing to compare them with. */
export function waitedFor(check: CheckState): readonly Person[] {
  return check.missing.filter((person) => person.seat !== check.chair.seat);
}

/** `circle`: of a delegation's circle, where only texts are stopped. */
export function results(check: CheckState, over: boolean, circle = false): readonly Result[] {
  const different = check.verdicts.filter((v) => !v.same).map((v) => v.person);
  const same = check.verdicts.filter((v) => v.same).map((v) => v.person);
  const missing = waitedFor(check);
  const found: Result[] = [];
  if (different.length > 0) found.push({ key: circle ? 'circle-check-result-different' : 'check-result-different', people: different, bad: true });
  if (missing.length > 0 && over) found.push({ key: 'check-result-missing', people: missing, bad: true });
  if (found.length > 0) return found;
  if (missing.length > 0) return [{ key: 'check-result-so-far', people: missing, bad: false }];
  // A chair alone has nobody to compare with.
  if (same.length === 0) return [];
  return [{ key: 'check-result-all-same', people: same, bad: false }];
}

/** 20 digits in groups of four, as they are read out. */
export function grouped(digits: string): string {
  return digits.replace(/(.{4})(?=.)/g, '$1 ');
}
