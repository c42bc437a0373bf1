// @vitest-environment node

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from './time';

const SRC = join(import.meta.dirname, '..');

/** Asks for the time of day: `Date.now`, `new Date()` or `Date()` without a time, `timeOrigin`. */
const ASKS = /\bDate\s*\.\s*now\b|\bDate\s*\(\s*\)|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|\btimeOrigin\b/;

test('only one file asks for the time of day', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|svelte|js)$/.test(path) && !/\.test\.ts$|generated/.test(path));
  expect(files.length).toBeGreaterThan(100);
  const asking = files.filter((path) => ASKS.test(readFileSync(join(SRC, path), 'utf8')));
  expect(asking).toEqual([join('base', 'time.ts')]);
});

test('what asks for the time of day is known', () => {
  for (const asks of ['Date.now()', 'Date . now', 'new Date()', 'new Date', 'Date()', 'performance.timeOrigin']) {
    expect(asks).toMatch(ASKS);
  }
  for (const converts of ['new Date(ms)', 'Date.UTC(2022, 0)', 'clock.now()', 'toDate()']) expect(converts).not.toMatch(ASKS);
});

test('the clock begins with the time of day', () => {
  expect(Math.abs(systemClock.now() - systemClock.wall())).toBeLessThan(60_000);
});
