/**
 * From the form to a plan: the rules of `protocol::plan`, checked while there is still somebody to
 * ask, each said at its field. The Rust core checks again before it seals, and has the last word.
 */

import { bytes, letters } from '../base/letters';
import type { CallDraft, DelegationDraft, DraftMistake, Words } from '../call/model';
import type { PlannedDelegation, UnverifiedPlan } from '../protocol/generated';
import {
  DELEGATIONS_MAX, NAME_BYTES_MAX, NAME_LETTERS_MAX, SEATS_MAX, SEAT_TEXTS_BYTES_MAX, SHORT_NAME_BYTES_MAX,
  SHORT_NAME_LETTERS_MAX, TITLE_BYTES_MAX, TITLE_LETTERS_MAX,
} from '../protocol/generated';
import { momentOf, ownZone, zoneCalled } from './zones';

/** Letters are said to people; bytes, far above, stop piles of marks. */
interface Limit {
  readonly letters: number;
  readonly bytes: number;
}

const TITLE: Limit = { letters: TITLE_LETTERS_MAX, bytes: TITLE_BYTES_MAX };
const NAME: Limit = { letters: NAME_LETTERS_MAX, bytes: NAME_BYTES_MAX };
const SHORT_NAME: Limit = { letters: SHORT_NAME_LETTERS_MAX, bytes: SHORT_NAME_BYTES_MAX };
const DAY_MINUTES = 24 * 60;
/** Control, direction-changing and invisible characters, as `protocol::text` refuses them. */
const UNSAFE =
  /[\p{Cc}\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D159}\u{1D173}-\u{1D17A}\u{E0000}-\u{E00FF}\u{E01F0}-\u{E0FFF}]/u;

/** Stands in `starts` while something is typed there that is no date and time yet. */
export const UNFINISHED = '?';

/** Two delegations, one seat each, the first the host's. */
export function emptyDraft(): CallDraft {
  const delegation = (host: boolean): DelegationDraft => ({
    name: '', shortName: '', zone: '', seats: [{ name: '', title: '', kind: 'principal', host }],
  });
  const delegations = [delegation(true), delegation(false)];
  return { title: '', format: 'video', starts: '', zone: ownZone(), minutes: '', delegations };
}

/** In the order of the form. */
export function mistakesIn(draft: CallDraft): DraftMistake[] {
  const mistakes: DraftMistake[] = [];
  const add = (place: string, words: Words | null): void => {
    if (words) mistakes.push({ place, words });
  };
  add('title', text(draft.title, TITLE));
  add('starts', starts(draft));
  add('zone', draft.starts !== '' && draft.zone.trim() === '' ? { key: 'convene-zone-missing' } : zone(draft.zone));
  add('minutes', minutes(draft.minutes));
  const shortNames = new Map<string, number>();
  draft.delegations.forEach((delegation, i) => {
    const place = `delegations.${i}`;
    add(`${place}.name`, text(delegation.name, NAME));
    add(`${place}.shortName`, shortName(delegation, i + 1, shortNames));
    add(`${place}.zone`, zone(delegation.zone));
    if (delegation.seats.length === 0) add(`${place}.seats`, { key: 'convene-no-seat' });
    delegation.seats.forEach((seat, j) => {
      add(`${place}.seats.${j}.name`, text(seat.name, NAME));
      if (seat.title.trim() !== '') add(`${place}.seats.${j}.title`, text(seat.title, NAME));
      if (seat.host && seat.kind === 'observer') add(`${place}.seats.${j}.host`, { key: 'convene-observer-host' });
    });
  });
  add('delegations', counts(draft));
  return mistakes;
}

/** The plan of a draft without mistakes. */
export function planOf(draft: CallDraft): UnverifiedPlan {
  const startsAtMs = startOf(draft);
  const length = draft.minutes.trim();
  return {
    title: draft.title.trim(), format: draft.format, rehearsal: false,
    ...(startsAtMs === null ? {} : { starts_at_ms: startsAtMs }),
    ...(length === '' ? {} : { minutes: Number(length) }),
    delegations: draft.delegations.map(
      (d): PlannedDelegation => ({
        name: d.name.trim(),
        ...(d.shortName.trim() === '' ? {} : { short_name: d.shortName.trim() }),
        ...(d.zone.trim() === '' ? {} : { time_zone: zoneCalled(d.zone) ?? d.zone.trim() }),
        seats: d.seats.map(({ name, title, kind, host }) => ({ name: name.trim(), title: title.trim(), kind, host })),
      }),
    ),
  };
}

/** The scheduled start; `null` if there is none, or none that can be. */
export function startOf({ starts, zone }: CallDraft): number | null {
  const there = zoneCalled(zone);
  return starts === '' || there === null ? null : momentOf(starts, there);
}

function starts(draft: CallDraft): Words | null {
  if (draft.starts === '' || zoneCalled(draft.zone) === null || startOf(draft) !== null) return null;
  // A day and a time that there are elsewhere: then it is the zone's clocks that skip them.
  return { key: momentOf(draft.starts, 'UTC') === null ? 'convene-start-wrong' : 'convene-start-skipped' };
}

function zone(value: string): Words | null {
  return value.trim() === '' || zoneCalled(value) !== null ? null : { key: 'convene-zone-unknown' };
}

function minutes(value: string): Words | null {
  const digits = value.trim();
  if (digits === '') return null;
  const whole = /^\d{1,4}$/.test(digits) && Number(digits) >= 1 && Number(digits) <= DAY_MINUTES;
  return whole ? null : { key: 'convene-minutes-wrong' };
}

function text(value: string, max: Limit): Words | null {
  const trimmed = value.trim();
  if (trimmed === '') return { key: 'convene-text-empty' };
  const over = letters(trimmed) - max.letters;
  if (over > 0) return { key: 'convene-text-too-long', args: { max: max.letters, over } };
  if (bytes(trimmed) > max.bytes) return { key: 'convene-text-heavy' };
  return UNSAFE.test(trimmed) ? { key: 'convene-text-unsafe' } : null;
}

/** Left empty, the full name is used, however long: what is wrong with that is said at its own field. */
function shortName(delegation: DelegationDraft, number: number, seen: Map<string, number>): Words | null {
  const own = delegation.shortName.trim();
  const wrong = own === '' ? null : text(own, SHORT_NAME);
  const folded = (own || delegation.name.trim()).toLowerCase();
  if (wrong || folded === '') return wrong;
  const other = seen.get(folded);
  if (other !== undefined) return { key: 'convene-same-name', args: { other } };
  seen.set(folded, number);
  return null;
}

/** Of all seats' grants together, as the group's tree holds them. */
function textsBytes(delegations: readonly DelegationDraft[]): number {
  const length = (text: string): number => bytes(text.trim());
  return delegations.reduce((sum, d) => {
    const own = length(d.name) + length(d.shortName.trim() || d.name);
    return sum + d.seats.reduce((of, seat) => of + own + length(seat.name) + length(seat.title), 0);
  }, 0);
}

function counts(draft: CallDraft): Words | null {
  const seats = draft.delegations.flatMap((d) => d.seats);
  if (draft.delegations.length > DELEGATIONS_MAX) {
    return { key: 'convene-too-many-delegations', args: { max: DELEGATIONS_MAX } };
  }
  if (seats.length > SEATS_MAX) return { key: 'convene-too-many-seats', args: { max: SEATS_MAX } };
  if (seats.length < 2) return { key: 'convene-too-few-seats' };
  if (textsBytes(draft.delegations) > SEAT_TEXTS_BYTES_MAX) return { key: 'convene-texts-together' };
  return seats.some((s) => s.host) ? null : { key: 'convene-no-host' };
}
