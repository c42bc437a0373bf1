/** What to say about who came and went, for people who do not see the tiles. */

import type { DelegationView, Presence, SeatView } from '../../call/model';

export interface Movement {
  readonly seat: SeatView;
  readonly key: 'arrived' | 'returned' | 'lost' | 'departed';
}

/** Presences by seat. */
export type Presences = ReadonlyMap<number, Presence>;

export function presences(delegations: readonly DelegationView[]): Presences {
  return new Map(delegations.flatMap((d) => d.seats).map((seat) => [seat.person.seat, seat.presence]));
}

/** Movements of other seats since `before`. */
export function movements(before: Presences, delegations: readonly DelegationView[]): Movement[] {
  return delegations.flatMap((d) => d.seats).flatMap((seat) => {
    const was = before.get(seat.person.seat);
    if (seat.own || was === undefined || was === seat.presence) return [];
    const key = movement(was, seat.presence);
    return key ? [{ seat, key }] : [];
  });
}

function movement(was: Presence, is: Presence): Movement['key'] | null {
  if (is === 'seated') return was === 'lost' ? 'returned' : 'arrived';
  if (is === 'lost') return 'lost';
  return was === 'seated' || was === 'lost' ? 'departed' : null;
}
