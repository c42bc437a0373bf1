/**
 * From the form to a plan: the server's rules (`protocol::plan`), checked while there is still
 * somebody to ask. The server checks again and has the last word.
 */

import type { CallDraft, DelegationDraft, DraftMistake, Words } from '../call/model';
import type { PlannedDelegation, UnverifiedPlan } from '../protocol/generated';
import { DELEGATIONS_MAX, NAME_BYTES_MAX, SEATS_MAX, SHORT_NAME_BYTES_MAX, TITLE_BYTES_MAX } from '../protocol/generated';

const DAY_MINUTES = 24 * 60;
/** Control, direction-changing and invisible characters, as `protocol::text` refuses them. */
const UNSAFE =
  /[\p{Cc}\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;

/** Two delegations, one seat each, the first the host's. */
export function emptyDraft(): CallDraft {
  const delegation = (host: boolean): DelegationDraft => ({
    name: '', shortName: '', seats: [{ name: '', title: '', kind: 'principal', host }],
  });
  return { title: '', format: 'video', startsAtMs: null, minutes: null, delegations: [delegation(true), delegation(false)] };
}

/** In the order of the form. */
export function mistakesIn(draft: CallDraft): DraftMistake[] {
  const mistakes: DraftMistake[] = [];
  const add = (place: string, words: Words | null): void => {
    if (words) mistakes.push({ place, words });
  };
  add('title', text(draft.title, TITLE_BYTES_MAX));
  const { minutes } = draft;
  if (minutes !== null && !(Number.isInteger(minutes) && minutes >= 1 && minutes <= DAY_MINUTES)) {
    add('minutes', { key: 'convene-minutes-wrong' });
  }
  const shortNames = new Set<string>();
  draft.delegations.forEach((delegation, i) => {
    const place = `delegations.${i}`;
    add(`${place}.name`, text(delegation.name, NAME_BYTES_MAX));
    add(`${place}.shortName`, shortName(delegation, shortNames));
    if (delegation.seats.length === 0) add(`${place}.seats`, { key: 'convene-no-seat' });
    delegation.seats.forEach((seat, j) => {
      add(`${place}.seats.${j}.name`, text(seat.name, NAME_BYTES_MAX));
      if (seat.title.trim() !== '') add(`${place}.seats.${j}.title`, text(seat.title, NAME_BYTES_MAX));
      if (seat.host && seat.kind === 'observer') add(`${place}.seats.${j}.host`, { key: 'convene-observer-host' });
    });
  });
  add('delegations', counts(draft));
  return mistakes;
}

export function planOf(draft: CallDraft): UnverifiedPlan {
  return {
    title: draft.title.trim(), format: draft.format, rehearsal: false,
    ...(draft.startsAtMs === null ? {} : { starts_at_ms: draft.startsAtMs }),
    ...(draft.minutes === null ? {} : { minutes: draft.minutes }),
    delegations: draft.delegations.map(
      (d): PlannedDelegation => ({
        name: d.name.trim(),
        ...(d.shortName.trim() === '' ? {} : { short_name: d.shortName.trim() }),
        seats: d.seats.map(({ name, title, kind, host }) => ({ name: name.trim(), title: title.trim(), kind, host })),
      }),
    ),
  };
}

function text(value: string, max: number): Words | null {
  const trimmed = value.trim();
  if (trimmed === '') return { key: 'convene-text-empty' };
  if (new TextEncoder().encode(trimmed).length > max) return { key: 'convene-text-too-long', args: { max } };
  return UNSAFE.test(trimmed) ? { key: 'convene-text-unsafe' } : null;
}

function shortName(delegation: DelegationDraft, seen: Set<string>): Words | null {
  const value = delegation.shortName.trim() || delegation.name.trim();
  if (value === '') return null;
  const wrong = text(value, SHORT_NAME_BYTES_MAX);
  if (wrong) return wrong;
  const folded = value.toLowerCase();
  if (seen.has(folded)) return { key: 'convene-same-name' };
  seen.add(folded);
  return null;
}

function counts(draft: CallDraft): Words | null {
  const seats = draft.delegations.flatMap((d) => d.seats);
  if (draft.delegations.length > DELEGATIONS_MAX) {
    return { key: 'convene-too-many-delegations', args: { max: DELEGATIONS_MAX } };
  }
  if (seats.length > SEATS_MAX) return { key: 'convene-too-many-seats', args: { max: SEATS_MAX } };
  if (seats.length < 2) return { key: 'convene-too-few-seats' };
  return seats.some((s) => s.host) ? null : { key: 'convene-no-host' };
}
