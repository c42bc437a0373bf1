/** Catalogues are complete, agree with each other and with the code, and no screen has text of its own. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FluentResource } from '@fluent/bundle';
import { parse } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';

import { MESSAGES } from '../call/messages';
import { bestLanguage, format, LANGUAGES, parseCatalogue, type LanguageCode } from './i18n';

const src = join(import.meta.dirname, '..');
const codes = Object.keys(LANGUAGES) as LanguageCode[];
const source = (code: LanguageCode): string => readFileSync(join(src, 'locales', `${code}.ftl`), 'utf8');

/** Keys of a catalogue with the arguments each takes, sorted. */
function shape(code: LanguageCode): Map<string, string[]> {
  return new Map(new FluentResource(source(code)).body.map((entry) => [entry.id, [...new Set(argumentsIn(entry.value))].sort()]));
}

function argumentsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const found = Object.values(node).flatMap(argumentsIn);
  const { type, name } = node as { type?: unknown; name?: unknown };
  return type === 'var' && typeof name === 'string' ? [name, ...found] : found;
}

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('generated'));
}

const english = shape('en');
const bundles = Object.fromEntries(codes.map((code) => [code, parseCatalogue(code, source(code))])) as Record<LanguageCode, ReturnType<typeof parseCatalogue>>;

describe.each(codes.filter((code) => code !== 'en'))('%s', (code) => {
  test('has the keys of English, and each takes the same arguments', () => {
    const other = shape(code);
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, names] of english) expect(other.get(key), key).toEqual(names);
  });

  test('is a translation, not a copy', () => {
    const copied = [...english.keys()].filter((key) => said(code, key) === said('en', key) && /\p{L}{4}/u.test(said('en', key)));
    // Words that are the same in both languages, and proper names.
    expect(copied.length, copied.join(' ')).toBeLessThan(12);
  });
});

function said(code: LanguageCode, key: string): string {
  const args = Object.fromEntries((english.get(key) ?? []).map((name) => [name, 3]));
  return format(bundles[code], key, args);
}

test('no key stands twice in a catalogue', () => {
  for (const code of codes) {
    const keys = [...source(code).matchAll(/^([a-z0-9-]+) =/gm)].map((m) => m[1]);
    expect(keys.length, code).toBe(new Set(keys).size);
  }
});

test('every sentence the logic can ask for exists and takes the arguments it gives', () => {
  for (const [key, names] of Object.entries(MESSAGES)) {
    expect(english.get(key), key).toEqual([...names].sort());
  }
});

test('every key that screens use exists, and every key is used', () => {
  const code = files(src, /\.(svelte|ts)$/).filter((path) => !path.endsWith('.test.ts')).map((path) => readFileSync(path, 'utf8')).join('\n');
  const literal = [...code.matchAll(/\b(?:t|say)\('([a-z0-9-]+)'/g)].map((m) => m[1] ?? '');
  for (const key of literal) expect(english.has(key), `t('${key}')`).toBe(true);

  const patterns = [...code.matchAll(/\bt\(`([^`]+)`/g)].map((m) => new RegExp(`^${(m[1] ?? '').replace(/\$\{[^}]+\}/g, '[a-z0-9_]+')}$`));
  for (const pattern of patterns) expect([...english.keys()].some((key) => pattern.test(key)), String(pattern)).toBe(true);
  const quoted = new Set([...code.matchAll(/'([a-z][a-z0-9-]*)'|"([a-z][a-z0-9-]*)"/g)].map((m) => m[1] ?? m[2]));
  const unused = [...english.keys()].filter((key) => !quoted.has(key) && !patterns.some((pattern) => pattern.test(key)));
  expect(unused).toEqual([]);
});

test('sealing is said in sentences, not in the words of engineers', () => {
  // The small print (`print-`) may: it is for who compares two machines.
  const read = (code: LanguageCode): string => [...shape(code).keys()].filter((key) => !key.startsWith('print-')).map((key) => said(code, key)).join('\n');
  for (const code of codes) {
    expect(read(code)).not.toMatch(/\b(MLS|SFrame|E2EE|ICE|epoch|encrypt|secure|Epoche|verschlüsselt|époque|chiffré|epoka|szyfrowan)/i);
    expect(read(code)).not.toMatch(/(епох|зашифрован)/i);
  }
});

test('no screen says any more that a call is not sealed', () => {
  for (const code of codes) expect(shape(code).has('not-sealed')).toBe(false);
});

test('the best language is the first that has a catalogue', () => {
  expect(bestLanguage(['ar', 'uk-UA', 'fr'])).toBe('uk');
  expect(bestLanguage(['pl'])).toBe('pl');
  expect(bestLanguage(['zh-CN'])).toBe('en');
});

const SPOKEN = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint', 'text', 'action', 'tab']);

interface Node {
  readonly type?: string;
  readonly name?: string;
  readonly data?: string;
  readonly value?: unknown;
  readonly expression?: { readonly type?: string; readonly value?: unknown };
}

/** Letters a person would read, styles the content policy forbids, and raw markup. */
function faults(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(faults);
  if (typeof node !== 'object' || node === null) return [];
  const { type, name, data, value, expression } = node as Node;
  if (type === 'HtmlTag') return ['{@html}'];
  if (type === 'Text' && /\p{L}/u.test(data ?? '')) return [`text "${data?.trim()}"`];
  if (type === 'ExpressionTag' && expression?.type === 'Literal' && /\p{L}/u.test(String(expression.value))) return [`text "${String(expression.value)}"`];
  if (type === 'Attribute') {
    if (name === 'style') return ['style attribute'];
    return SPOKEN.has(name ?? '') ? faults(value) : faults(Array.isArray(value) ? value.filter((v: Node) => v.type !== 'Text') : undefined);
  }
  return Object.entries(node).flatMap(([key, child]) => (key === 'parent' ? [] : faults(child)));
}

test('no screen has text, inline styles or raw markup of its own', () => {
  for (const path of files(join(src, 'ui'), /\.svelte$/).filter((p) => !p.includes('gallery'))) {
    const { fragment } = parse(readFileSync(path, 'utf8'), { modern: true });
    expect(faults(fragment), path).toEqual([]);
  }
});
