/** Edits of the form's lists. Precedence is the order, so moving is as usual as adding. */

import type { CallDraft, DelegationDraft, SeatDraft } from '../../call/model';

export const emptySeat = (): SeatDraft => ({ name: '', title: '', kind: 'principal', host: false });

export const emptyDelegation = (): DelegationDraft => ({ name: '', shortName: '', zone: '', seats: [emptySeat()] });

/** Moves the item at `from` one place; stays if there is none. Returns where it is now. */
export function move<T>(list: T[], from: number, by: -1 | 1): number {
  const to = from + by;
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return from;
  list.splice(from, 1);
  list.splice(to, 0, item);
  return to;
}

/** What of the draft a mistake is about: `delegations.1.seats.0.name` is about that seat. */
export function ownerOf(draft: CallDraft, place: string): object {
  const [, delegation, , seat] = place.split('.');
  if (delegation === undefined) return draft;
  const found = draft.delegations[Number(delegation)];
  return (seat === undefined ? found : found?.seats[Number(seat)]) ?? draft;
}

/** Every part of it that can have a mistake of its own. */
export function partsOf(draft: CallDraft): object[] {
  return [draft, ...draft.delegations, ...draft.delegations.flatMap((d) => d.seats)];
}

/** A field of the form, to name it: its label's key, and whose it is. */
export interface Field {
  readonly label: string;
  readonly delegation?: number;
  readonly seat?: number;
}

/** `null` for what has no field of its own, e.g. that nobody is a host. */
export function fieldAt(place: string): Field | null {
  const [first = '', delegation, second = '', seat, third = ''] = place.split('.');
  if (delegation === undefined) return first in CALL_LABELS ? { label: CALL_LABELS[first] ?? '' } : null;
  const number = { delegation: Number(delegation) + 1 };
  if (seat !== undefined) return { label: SEAT_LABELS[third] ?? 'seat-name', ...number, seat: Number(seat) + 1 };
  return { label: DELEGATION_LABELS[second] ?? 'delegation-name', ...number };
}

const CALL_LABELS: Readonly<Record<string, string>> = { title: 'form-title', starts: 'form-start', zone: 'form-zone', minutes: 'form-minutes' };
const DELEGATION_LABELS: Readonly<Record<string, string>> = { shortName: 'delegation-short', zone: 'delegation-zone', seats: 'seat-add' };
const SEAT_LABELS: Readonly<Record<string, string>> = { title: 'seat-title', host: 'seat-host' };
