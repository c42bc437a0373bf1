// The English catalogue, so that tests name what a person reads by its key and survive a better wording.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { FluentBundle, FluentResource } from '@fluent/bundle';

import { root } from './paths.ts';

const bundle = new FluentBundle('en');
const folder = join(root, 'web/src/locales');
for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (/(^|\/)en(\/.*)?\.ftl$/.test(file)) bundle.addResource(new FluentResource(readFileSync(join(folder, file), 'utf8')));
}

const ANYTHING = '\u0001';

/** Whether there is such a sentence. */
export const isSaid = (key: string): boolean => bundle.hasMessage(key);

/** The sentence `key`; what is not given in `args` may be anything. */
export function words(key: string, args: Record<string, string | number> = {}): RegExp {
  const message = bundle.getMessage(key);
  if (message?.value == null) throw new Error(`the English catalogue has no ${key}`);
  const given = new Proxy(args, {
    get: (known, name: string) => known[name] ?? ANYTHING,
    getOwnPropertyDescriptor: (known, name: string) => ({
      value: known[name] ?? ANYTHING,
      configurable: true,
      enumerable: true,
    }),
  });
  const text = bundle
    .formatPattern(message.value, given)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/[\u2068\u2069]/g, '[\u2068\u2069]?')
    .replaceAll(ANYTHING, '.*')
    .replace(/\s+/g, '\\s+');
  return new RegExp(text, 'i');
}

/** An argument that has `name` in it, e.g. together with the delegation's short name. */
export const about = (name: string): string => ANYTHING + name + ANYTHING;

/** The whole of a label is the sentence `key`. */
export function exactly(key: string, args?: Record<string, string | number>): RegExp {
  const pattern = words(key, args);
  return new RegExp(`^\\s*${pattern.source}\\s*$`, pattern.flags);
}
