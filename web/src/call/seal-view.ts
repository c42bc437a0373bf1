/** How the call is sealed, for the screen: from the session's view, with people's names. */

import type { CircleView, ClaimProblem, Member, View } from '../sealed/view';
import type { Facts } from './facts';
import type { MessageKey } from './messages';
import type { CheckState, Person, Sealing, SealState, Words } from './model';
import { spokenName } from './people';
import { sealLine } from './seal-line';

export interface SealContext {
  readonly facts: Facts;
  readonly view: View | null;
  readonly me: number;
  /** The server answers. */
  readonly answered: boolean;
  /** The own seat is a host's. */
  readonly host: boolean;
  /** From this machine's clock to the server's. */
  readonly offsetMs: number;
  person(seat: number): Person;
}

/** By seat; the newest leaf where somebody is just replaced in place. */
export function membersOf(view: CircleView | null): ReadonlyMap<number, Member> {
  return new Map((view?.members ?? []).map((member) => [member.seat, member]));
}

/** Of every seat the server seats or the group has. */
export function sealings({ facts, view, me }: SealContext): ReadonlyMap<number, Sealing> {
  const sealings = new Map<number, Sealing>();
  // Before this client is in, it can verify nobody, and nobody is suspect for that.
  const unknown: Sealing = view?.stage === 'member' ? 'unverified' : 'joining';
  for (const { seat, presence } of facts.statuses.values()) {
    if (presence === 'seated' || seat === me) sealings.set(seat, unknown);
  }
  for (const [seat, { state }] of membersOf(view)) sealings.set(seat, state);
  return sealings;
}

export function sealState(context: SealContext): SealState {
  const { view, me, host, answered, person } = context;
  const seats = [...sealings(context)].map(([seat, sealing]) => ({ seat, sealing }));
  const stage = view?.stage ?? 'outside';
  const sending = view?.sending ?? 'unconfirmed';
  const doors = view?.doors ?? null;
  return {
    line: sealLine({
      stage, sending, doors, seats, me, answered, problems: view?.problems ?? [], name: (seat) => spokenName(person(seat)),
    }),
    doors, sending,
    verified: seats.filter((s) => s.sealing === 'verified').length, members: seats.length,
    group: view?.group ?? 0, epoch: view?.epoch ?? 0, code: view?.code ?? '',
    check: checkState(context, view),
    canCheck: host && answered && stage === 'member',
    frames: view?.frames ?? { sealed: 0, opened: 0, refused: 0 },
  };
}

/** The words that are compared in a circle. */
export function checkState({ me, person, offsetMs }: SealContext, circle: CircleView | null): CheckState | null {
  const check = circle?.check;
  if (!check) return null;
  const answered = new Set(check.verdicts.map((v) => v.seat));
  if (check.own !== null) answered.add(me);
  // The chair reads them out and has nothing to compare.
  answered.add(check.chair);
  const missing = [...membersOf(circle).keys()].filter((seat) => !answered.has(seat));
  return {
    words: check.words, digits: check.digits, language: check.language, chair: person(check.chair), untilMs: check.until_ms + offsetMs,
    own: check.own, verdicts: check.verdicts.map(({ seat, same }) => ({ person: person(seat), same })),
    missing: missing.map(person), iAmChair: check.chair === me,
  };
}

/** What is wrong with somebody's claim to a seat. */
export function claimWords(problem: ClaimProblem): Words {
  const keys: Record<ClaimProblem, MessageKey> = {
    not_a_grant: 'claim-not-a-grant', wrong_seat: 'claim-wrong-seat', expired: 'claim-expired', closed: 'claim-closed',
    bad_package: 'claim-bad-package', wrong_clock: 'claim-wrong-clock', other_device: 'claim-other-device',
  };
  return { key: keys[problem] };
}
