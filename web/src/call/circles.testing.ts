/** A call in which the own delegation has three seats and a circle, for tests. */

import type { SeatShape, ServerMessage } from '../protocol/generated';
import type { CircleView, Member, View } from '../sealed/view';
import type { Identity } from './facts';
import { delegations, grantOf, groupView, ME, member, seatedMessage, seats, Stage, status } from './testing';

/** Seats 2 (me, its head), 4 and 5 are the second delegation's; its circle has its number. */
export const OWN = 2;
export const aide = { id: 4, delegation: OWN, kind: 'staff', host: false, name: 'Aide of Germany', title: 'Adviser' } as const;
const expert = { ...aide, id: 5, name: 'Expert of Germany' } as const;
const people: View['people'] = { title: 'A call', delegations, seats: [...seats, aide, expert] };

export const shapes = [...seats, aide, expert].map(({ id, delegation, kind, host }): SeatShape => ({ id, delegation, kind, host }));

export function seatedTogether(statuses = [1, 2, 3, 4, 5].map((seat) => status(seat))): Extract<ServerMessage, { type: 'seated' }> {
  const message = seatedMessage(statuses);
  if (message.type !== 'seated') throw new Error('not seated');
  return { ...message, seats: shapes };
}

/** Mine, or an aide's. */
export function identity(kind: 'principal' | 'staff'): Identity {
  const { title, seat, delegation } = grantOf(ME);
  return { call: { id: 'a'.repeat(26), format: 'video', rehearsal: false }, title, delegation, seat: kind === 'staff' ? aide : seat };
}

export const ours = (seat: number): Member => ({ ...member(ME), ...(seat === ME ? {} : { seat, leaf: seat, name: seat === 4 ? aide.name : expert.name, leads: false }) });

export function circle(more: Partial<CircleView> = {}): CircleView {
  const { members = [ours(ME), ours(4)] } = more;
  return {
    circle: OWN, stage: 'member', group: 1, epoch: 1, leads: true, me: { seat: ME, leaf: 0 }, sending: 'allowed', verified: members.length,
    members, waiting: [], check: null, unsent: [], problems: [], ...more,
  };
}

/** At a table where the own delegation has three seats. */
export async function together(own: Partial<CircleView> | null = {}): Promise<Stage> {
  const s = new Stage();
  await s.arrive();
  s.greenRoom.enter();
  s.signal.hear(seatedTogether());
  show(s, own);
  return s;
}

export const show = (s: Stage, own: Partial<CircleView> | null, more: Partial<View> = {}): void =>
  s.seal.view.set(groupView({ people, circles: own === null ? [] : [circle(own)], ...more }));
