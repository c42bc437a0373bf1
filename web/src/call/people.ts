/**
 * Who sits where: from what the call's root key signed, and from nothing else.
 *
 * The verified group comes first (each member's grant), then the signed plan. Of a seat that is in
 * neither, the number is all there is to show.
 */

import type { Delegation, Seat, SeatShape } from '../protocol/generated';
import type { Member, View } from '../sealed/view';
import type { Identity } from './facts';
import type { Person } from './model';

/** Seats and delegations in order of precedence. */
export interface Plan {
  readonly people: ReadonlyMap<number, Person>;
  readonly delegations: readonly { readonly delegation: Delegation; readonly seats: readonly number[] }[];
}

/** `shapes`: what the server has seats for. */
export function planOf(shapes: readonly SeatShape[], view: View | null, identity: Identity): Plan {
  const signed = view?.people ?? null;
  const known = new Map((signed?.seats ?? []).map((seat) => [seat.id, seat]));
  const extra = shapes.filter((shape) => !known.has(shape.id));
  const all: readonly (Seat | SeatShape)[] = [...known.values(), ...extra];
  const delegations = new Map((signed?.delegations ?? []).map((d) => [d.id, d]));
  const members = new Map((view?.members ?? []).map((m) => [m.seat, m]));
  const people = all.map((seat): readonly [number, Person] => {
    if (seat.id === identity.seat.id) return [seat.id, personOf(identity.seat, identity.delegation)];
    const member = members.get(seat.id);
    if (member) return [seat.id, personOfMember(member)];
    return [seat.id, 'name' in seat ? personOf(seat, delegations.get(seat.delegation)) : nobody(seat)];
  });
  const ids = [...new Set([...delegations.keys(), ...all.map((seat) => seat.delegation)])];
  return {
    people: new Map(people),
    delegations: ids.map((id) => ({
      delegation: delegations.get(id) ?? { id, name: String(id), short_name: String(id) },
      seats: all.filter((seat) => seat.delegation === id).map((seat) => seat.id),
    })),
  };
}

export function personOf(seat: Seat, delegation: Delegation | undefined): Person {
  const { id, name, title, kind, host } = seat;
  return {
    seat: id, name, title, kind, host, delegation: delegation?.name ?? '', shortName: delegation?.short_name ?? '',
  };
}

/** A seat of which nothing is known but its number. */
export function nobody({ id, kind, host }: Pick<SeatShape, 'id' | 'kind' | 'host'>): Person {
  return { seat: id, name: String(id), title: '', kind, host, delegation: '', shortName: '' };
}

/** How a sentence names somebody: a principal speaks for the delegation. */
export function spokenName(person: Person): string {
  return person.kind === 'principal' && person.shortName ? person.shortName : person.name;
}

function personOfMember({ seat, name, title, kind, host, delegation, short_name: shortName }: Member): Person {
  return { seat, name, title, kind, host, delegation, shortName };
}
