/** Edits of the form's lists. Precedence is the order, so moving is as usual as adding. */

import type { DelegationDraft, DraftMistake, SeatDraft } from '../../call/model';

export const emptySeat = (): SeatDraft => ({ name: '', title: '', kind: 'principal', host: false });

export const emptyDelegation = (): DelegationDraft => ({ name: '', shortName: '', seats: [emptySeat()] });

/** Moves the item at `from` one place; stays if there is none. Returns where it is now. */
export function move<T>(list: T[], from: number, by: -1 | 1): number {
  const to = from + by;
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return from;
  list.splice(from, 1);
  list.splice(to, 0, item);
  return to;
}

/** `<input type="datetime-local">` speaks the reader's own clock without naming its zone. */
export function toLocalInput(ms: number | null): string {
  if (ms === null) return '';
  const at = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function fromLocalInput(text: string): number | null {
  const ms = new Date(text).getTime();
  return Number.isNaN(ms) ? null : ms;
}

/** The mistake at a path of the draft, e.g. `delegations.0.name`. */
export function mistakeAt(mistakes: readonly DraftMistake[], place: string): DraftMistake | undefined {
  return mistakes.find((mistake) => mistake.place === place);
}
