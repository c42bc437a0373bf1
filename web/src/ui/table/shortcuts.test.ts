import { expect, test } from 'vitest';
import { isComposing, letter } from './shortcuts.svelte';

test('a shortcut is the letter on the key, wherever a Latin keyboard has it', () => {
  expect(letter({ key: 'm', code: 'Semicolon' })).toBe('M');
  expect(letter({ key: ',', code: 'KeyM' })).toBe(null);
  expect(letter({ key: 'ł', code: 'KeyL' })).toBe(null);
});

test('what an input method puts together is no shortcut', () => {
  const key = { key: 'm', keyCode: 77, isComposing: false };
  expect(isComposing(key)).toBe(false);
  expect([{ ...key, isComposing: true }, { ...key, keyCode: 229 }, { ...key, key: 'Process' }, { ...key, key: 'Dead' }].map(isComposing)).toEqual([true, true, true, true]);
});

test('on a keyboard of another script it is the key at that place', () => {
  expect(letter({ key: 'ь', code: 'KeyM' })).toBe('M');
  expect(letter({ key: 'Enter', code: 'Enter' })).toBe(null);
});
