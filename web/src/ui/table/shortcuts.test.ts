import { expect, test } from 'vitest';
import { letter } from './shortcuts.svelte';

test('a shortcut is the letter on the key, wherever a Latin keyboard has it', () => {
  expect(letter({ key: 'm', code: 'Semicolon' })).toBe('M');
  expect(letter({ key: ',', code: 'KeyM' })).toBe(null);
  expect(letter({ key: 'ł', code: 'KeyL' })).toBe(null);
});

test('on a keyboard of another script it is the key at that place', () => {
  expect(letter({ key: 'ь', code: 'KeyM' })).toBe('M');
  expect(letter({ key: 'Enter', code: 'Enter' })).toBe(null);
});
