import { expect, test } from 'vitest';

import { callPath } from './link';

const path = `/c/${'a'.repeat(26)}#seat.${'B'.repeat(43)}`;

test('a link to a call on this host opens, whatever surrounds it', () => {
  expect(callPath(`  https://calls.example${path}\n`, 'calls.example')).toBe(path);
  expect(callPath(path, 'calls.example')).toBe(path);
});

test('other hosts, other pages, cut links and scripts do not open', () => {
  const refused = [
    `https://elsewhere.example${path}`,
    'https://calls.example/convene',
    `/c/${'a'.repeat(26)}`,
    `/c/abc#seat.x`,
    'javascript:alert(1)',
    '',
  ];
  for (const text of refused) expect(callPath(text, 'calls.example'), text).toBeNull();
});
