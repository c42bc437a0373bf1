/**
 * Names in a draft that look the same as another's (Unicode Technical Standard 39, section 4), as
 * `protocol::lookalike` finds them in a plan. People of one name are no mistake: whoever convenes is told, and may go on.
 */

import type { CallDraft } from '../call/model';

/** Letters as they are seen. */
export type Looks = ReadonlyMap<string, string>;

/** Loaded by whoever convenes; nobody else needs it. */
export async function loadLooks(): Promise<Looks> {
  const { LOOKS } = await import('../protocol/generated/looks');
  return readLooks(LOOKS);
}

/** `letter=what it looks like`, in code points (hexadecimal, joined by `+`). */
export function readLooks(table: string): Looks {
  const letter = (code: string): string => (code === '' ? '' : String.fromCodePoint(Number.parseInt(code, 16)));
  const entry = (each: string): [string, string] => {
    const [from = '', to = ''] = each.split('=');
    return [letter(from), to.split('+').map(letter).join('')];
  };
  return new Map(table.trim().split(/\s+/).map(entry));
}

/** Equal for names that look the same. */
export function lookOf(name: string, looks: Looks): string {
  const seen = [...name.normalize('NFD')].map((c) => looks.get(c) ?? c).join('');
  return seen.normalize('NFD').split(' ').filter((word) => word !== '').join(' ');
}

/** By place of a name: the place of the first that looks the same. */
export function alike({ delegations }: CallDraft, looks: Looks): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const seats = new Map<string, string>();
  const names = new Map<string, string>();
  const note = (seen: Map<string, string>, place: string, name: string, own?: string): void => {
    const look = lookOf(name, looks);
    const first = seen.get(look);
    if (first === undefined) seen.set(look, place);
    else if (look !== '' && first !== own) found.set(place, first);
  };
  for (const [at, { name, shortName, seats: people }] of delegations.entries()) {
    note(names, `delegations.${at}.name`, name);
    // A delegation's own two names may look alike.
    note(names, `delegations.${at}.shortName`, shortName, `delegations.${at}.name`);
    for (const [seat, person] of people.entries()) note(seats, `delegations.${at}.seats.${seat}.name`, person.name);
  }
  return found;
}
