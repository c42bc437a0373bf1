/**
 * The reader's language, watched by every screen: sentences, times and durations in it.
 *
 * Owns the choice (kept in this browser) and `<html lang>`.
 */

import type { FluentBundle } from '@fluent/bundle';

import type { Person, Words } from '../call/model';
import { bestLanguage, format, isLanguage, loadCatalogue, type Args, type LanguageCode } from './i18n';
import { recall, remember } from './remembered';

const KEPT_AS = 'incamera.language';

let loaded = $state.raw<{ code: LanguageCode; bundle: FluentBundle } | null>(null);

/** The language on screen. */
export function language(): LanguageCode {
  return loaded?.code ?? 'en';
}

/** Call once before the first screen: loads what the reader chose, else what the browser asks for. */
export async function startLanguage(): Promise<void> {
  const kept = recall(KEPT_AS);
  const code = kept !== null && isLanguage(kept) ? kept : bestLanguage(navigator.languages);
  try {
    await show(code);
  } catch {
    // A catalogue that cannot be fetched: English is better than keys.
    if (code !== 'en') await show('en');
  }
}

/** The reader chose. The old language stays if the new one cannot be fetched. */
export async function chooseLanguage(code: LanguageCode): Promise<void> {
  await show(code);
  remember(KEPT_AS, code);
}

async function show(code: LanguageCode): Promise<void> {
  const bundle = await loadCatalogue(code);
  loaded = { code, bundle };
  document.documentElement.lang = code;
}

/** The sentence for a key of the catalogues. */
export function t(key: string, args?: Args): string {
  return loaded ? format(loaded.bundle, key, args) : '';
}

/**
 * A sentence the logic asks for. Moments come as numbers named `since` and are shown as times; `who`
 * names some of the `count` people it is about, and a seat without a name by its number.
 */
export function say(words: Words): string {
  const args: Record<string, string | number> = { ...words.args };
  if (typeof args['since'] === 'number') args['since'] = time(args['since']);
  if (typeof args['who'] === 'string') args['who'] = spoken(args['who'], args['count']);
  return t(words.key, args);
}

function spoken(who: string, count: string | number | undefined): string {
  const names = who.split(', ').map((name) => (/^\d+$/.test(name) ? t('seat-numbered', { number: name }) : name));
  const more = typeof count === 'number' ? count - names.length : 0;
  return more > 0 ? t('who-more', { who: names.join(', '), more }) : names.join(', ');
}

/** Somebody, as a label names them; a seat of which nothing is known by its number. */
export function named({ seat, shortName, name }: Pick<Person, 'seat' | 'shortName' | 'name'>): string {
  if (shortName !== '') return t('who', { short: shortName, name });
  return name === '' || name === String(seat) ? t('seat-numbered', { number: seat }) : name;
}

/** The same in a word. */
export const shortOf = (person: Pick<Person, 'seat' | 'shortName' | 'name'>): string => person.shortName || named(person);

/** `15:04` in the reader's zone. */
export function time(ms: number): string {
  return formatter({ hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** `15:04 CET`: for times of a meeting between zones. */
export function timeWithZone(ms: number): string {
  return formatter({ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }).format(ms);
}

/** `Monday, 24 January 2022`. */
export function day(ms: number): string {
  return formatter({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(ms);
}

/** `24 Jan 2022, 15:04 CET`. */
export function moment(ms: number): string {
  const shape = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  return formatter({ ...shape, timeZoneName: 'short' }).format(ms);
}

/** The same by the clocks of `zone`, or the reader's if there is no such zone here. */
export function momentIn(ms: number, zone: string): string {
  const shape = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  try {
    return formatter({ ...shape, timeZoneName: 'short', timeZone: zone }).format(ms);
  } catch {
    return moment(ms);
  }
}

/** `1:20:03`; never negative. */
export function elapsed(fromMs: number, toMs: number): string {
  const seconds = Math.max(0, Math.floor((toMs - fromMs) / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `1:05` until then; `0:00` afterwards. */
export function countdown(untilMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `Germany, France and Italy`. */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(language(), { type: 'conjunction' }).format(names);
}

/** The name of a language in the reader's own; its code, which another machine sent, if it has none. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(language(), { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(shape: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // British order and 24 hours for English: the reader may sit in any capital.
  const locale = language() === 'en' ? 'en-GB' : language();
  const key = `${locale} ${JSON.stringify(shape)}`;
  let found = formatters.get(key);
  if (!found) formatters.set(key, (found = new Intl.DateTimeFormat(locale, shape)));
  return found;
}
