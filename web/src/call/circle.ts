/**
 * The own delegation's circle: a group beside the table in which only its seats read. Which one it is,
 * who is in it, who asks to be, and why nothing can be written to it yet: pure functions of the signed
 * plan and of the verified groups.
 */

import { DELEGATIONS_MAX } from '../protocol/generated';
import { TABLE } from '../sealed/address';
import type { CircleView, ProblemKind, View } from '../sealed/view';
import type { Facts, Identity } from './facts';
import type { CircleClaim, CircleState, Words } from './model';
import type { Plan } from './people';
import { checkState, claimWords, type SealContext } from './seal-view';

/**
 * The number of the own circle; `null` where there is none: the delegation has one seat, or nobody who
 * could be its head.
 */
export function ownCircle({ people, delegations }: Plan, { delegation: { id } }: Identity): number | null {
  const seats = delegations.find((d) => d.delegation.id === id)?.seats ?? [];
  const led = seats.some((seat) => people.get(seat)?.kind === 'principal');
  return id <= DELEGATIONS_MAX && seats.length > 1 && led ? id : null;
}

/** As the session tells of it; `null` before it has joined. */
export function circleOf(view: View | null, circle: number): CircleView | null {
  return circle === TABLE ? view : (view?.circles.find((c) => c.circle === circle) ?? null);
}

export function circleState(context: SealContext, identity: Identity, circle: number): CircleState {
  const view = circleOf(context.view, circle);
  const members = view?.members ?? [];
  const people = (of: typeof members): CircleState['people'] => of.map((member) => context.person(member.seat));
  return {
    circle, name: identity.delegation.short_name,
    closed: closedWords(context.facts, identity, view),
    people: people(members.filter((m) => m.state === 'verified')),
    unsure: people(members.filter((m) => m.state !== 'verified')),
    changed: people(members.filter((m) => m.state === 'changed')),
    queue: claims(context, view),
    check: checkState(context, view),
    canCheck: view?.leads === true && view.stage === 'member' && members.length > 1 && context.answered,
  };
}

/** Whom the head has to be asked about, and whom nobody can admit. Who comes back by itself is not to be asked. */
function claims({ person }: SealContext, view: CircleView | null): CircleClaim[] {
  if (!view?.leads) return [];
  const told = view.waiting.filter((c) => c.asks_at_table || (c.problem !== null && c.problem !== 'other_device'));
  return told.map(({ seat, verified, problem }) => ({
    person: person(seat), occupied: false, claim: { verified, problem: problem && claimWords(problem) },
  }));
}

/** Why nothing can be written to it. */
function closedWords(facts: Facts, identity: Identity, view: CircleView | null): Words | null {
  const to = identity.delegation.short_name;
  if (view?.stage === 'recovering') return { key: 'circle-recovering', args: { to } };
  if (view?.stage !== 'member') return { key: beginning(facts, identity), args: { to } };
  if (view.members.length < 2) return { key: 'circle-alone', args: { to } };
  if (view.sending === 'allowed') return null;
  if (view.sending === 'unconfirmed') return { key: 'circle-unconfirmed', args: { to } };
  const is = (kind: ProblemKind, seat: number | null): boolean => view.problems.some((p) => p.kind === kind && p.seat === seat);
  if (is('words_different', view.me.seat)) return { key: 'circle-different', args: { to } };
  return { key: view.leads ? 'circle-unanswered' : 'circle-no-head', args: { to } };
}

/** A principal begins the circle, or asks the one who did; the others can only ask. */
function beginning({ seats, statuses }: Facts, { seat: me }: Identity): 'circle-opening' | 'circle-waits' | 'circle-headless' {
  if (me.kind === 'principal') return 'circle-opening';
  const heads = seats.filter((s) => s.delegation === me.delegation && s.kind === 'principal');
  return heads.some((s) => statuses.get(s.id)?.presence === 'seated') ? 'circle-waits' : 'circle-headless';
}
