/**
 * Languages and their catalogues: which there are, which one fits this reader, and loading one.
 *
 * Owns Fluent; `language.svelte.ts` makes the loaded catalogue watchable for screens. Catalogues
 * hold the same keys and arguments in every language (`i18n.test.ts`), so one is loaded at a time.
 */

import { FluentBundle, FluentResource } from '@fluent/bundle';

/** Each in its own name, as the menu shows them. */
export const LANGUAGES = {
  en: 'English',
  fr: 'Français',
  de: 'Deutsch',
  pl: 'Polski',
  uk: 'Українська',
} as const;

export type LanguageCode = keyof typeof LANGUAGES;

export type Args = Readonly<Record<string, string | number>>;

const catalogues = import.meta.glob<string>('../locales/*.ftl', { query: '?raw', import: 'default' });

/** The first language of `wanted` (BCP 47, best first) that has a catalogue; else English. */
export function bestLanguage(wanted: readonly string[]): LanguageCode {
  for (const tag of wanted) {
    const code = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(code)) return code;
  }
  return 'en';
}

export function isLanguage(code: string): code is LanguageCode {
  return Object.hasOwn(LANGUAGES, code);
}

/** Parses a catalogue. Names are set in `<bdi>` where they stand alone, so no isolation marks. */
export function parseCatalogue(code: LanguageCode, text: string): FluentBundle {
  const bundle = new FluentBundle(code, { useIsolating: false });
  const mistakes = bundle.addResource(new FluentResource(text));
  if (mistakes[0]) throw new Error(`${code}.ftl: ${mistakes[0].message}`);
  return bundle;
}

export async function loadCatalogue(code: LanguageCode): Promise<FluentBundle> {
  const load = catalogues[`../locales/${code}.ftl`];
  if (!load) throw new Error(`no catalogue for ${code}`);
  return parseCatalogue(code, await load());
}

/** The sentence for `key`; the key itself if the catalogue lacks it, so that nothing vanishes. */
export function format(bundle: FluentBundle, key: string, args?: Args): string {
  const pattern = bundle.getMessage(key)?.value;
  if (!pattern) return key;
  // With a list to collect into, Fluent reports missing arguments instead of throwing.
  return bundle.formatPattern(pattern, args ?? null, []);
}
