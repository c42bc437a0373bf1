/**
 * The reader's language, watched by every screen: sentences, times and durations in it.
 *
 * Owns the choice (kept in this browser) and `<html lang>`.
 */

import type { FluentBundle } from '@fluent/bundle';

import type { Words } from '../call/model';
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

/** A sentence the logic asks for. Moments come as numbers named `since` and are shown as times. */
export function say(words: Words): string {
  const args: Record<string, string | number> = { ...words.args };
  if (typeof args['since'] === 'number') args['since'] = time(args['since']);
  return t(words.key, args);
}

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

/** `1:20:03`; never negative. */
export function elapsed(fromMs: number, toMs: number): string {
  const seconds = Math.max(0, Math.floor((toMs - fromMs) / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
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
