import { expect, test } from 'vitest';

import { left, sendable, TEXT_CHARACTERS_MAX } from './length';

test('what is left is counted near the end, by characters and not by bytes', () => {
  expect(left('')).toBe(null);
  expect(left('ї'.repeat(1800))).toBe(null);
  expect(left('ї'.repeat(1801))).toBe(199);
  expect(left('🕊'.repeat(TEXT_CHARACTERS_MAX))).toBe(0);
  expect(left('a'.repeat(TEXT_CHARACTERS_MAX + 3))).toBe(-3);
});

test('a letter of several signs is one, and what the session would refuse as too heavy is said before', () => {
  expect(left('e\u0301'.repeat(1900))).toBe(100);
  expect(left('👨\u200d👩\u200d👧'.repeat(410))).toBe(155);
  expect(left('👨\u200d👩\u200d👧'.repeat(445))).toBeLessThan(0);
});

test('nothing, blanks alone, and too much are not sent', () => {
  expect([' \n ', 'a', 'a'.repeat(TEXT_CHARACTERS_MAX), 'a'.repeat(TEXT_CHARACTERS_MAX + 1)].map(sendable)).toEqual([false, true, true, false]);
});
