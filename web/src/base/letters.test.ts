import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { bytes, letters } from './letters';

interface Case {
  readonly what: string;
  readonly text: string;
  readonly letters: number;
}

const cases = JSON.parse(readFileSync(new URL('../../../crates/protocol/tests/letters.json', import.meta.url), 'utf8')) as Case[];

test('letters are counted as the Rust side counts them', () => {
  expect(cases.length).toBeGreaterThan(15);
  expect(cases.map(({ what, text }) => [what, letters(text)])).toEqual(cases.map(({ what, letters }) => [what, letters]));
});

test('bytes are those of UTF-8', () => {
  expect(['x', 'ї', '蔡', '🕊'].map(bytes)).toEqual([1, 2, 3, 4]);
});
