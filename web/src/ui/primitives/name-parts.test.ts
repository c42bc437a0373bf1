import { expect, test } from 'vitest';

import { nameParts } from './name-parts';

test('the last word of a name stays whole, the others may be shortened', () => {
  expect(nameParts('Ursula von der Leyen')).toEqual(['Ursula von der', 'Leyen']);
  expect(nameParts(' Annegret  Kramp-Karrenbauer ')).toEqual(['Annegret', 'Kramp-Karrenbauer']);
  expect(nameParts('Володимир')).toEqual(['', 'Володимир']);
  expect(nameParts('')).toEqual(['', '']);
});
