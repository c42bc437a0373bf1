import { expect, test } from 'vitest';

import { allZones, momentOf, readingOf, zoneCalled } from './zones';

test('a reading in a zone is the moment it means there, summer or winter', () => {
  expect(momentOf('2022-01-24T15:00', 'America/New_York')).toBe(Date.UTC(2022, 0, 24, 20));
  expect(momentOf('2022-07-24T15:00', 'America/New_York')).toBe(Date.UTC(2022, 6, 24, 19));
  expect(momentOf('2026-12-01T00:30', 'Pacific/Kiritimati')).toBe(Date.UTC(2026, 10, 30, 10, 30));
  expect(momentOf('2026-12-01T15:00', 'Asia/Kathmandu')).toBe(Date.UTC(2026, 11, 1, 9, 15));
  for (const zone of ['Europe/Warsaw', 'Asia/Kathmandu', 'UTC']) {
    expect(readingOf(momentOf('2026-03-01T09:05', zone)!, zone)).toBe('2026-03-01T09:05');
  }
});

test('a time that clocks skip is none, and of two the first is meant', () => {
  expect(momentOf('2026-03-29T02:30', 'Europe/Brussels')).toBe(null);
  expect(momentOf('2026-03-29T03:30', 'Europe/Brussels')).toBe(Date.UTC(2026, 2, 29, 1, 30));
  expect(momentOf('2026-10-25T02:30', 'Europe/Brussels')).toBe(Date.UTC(2026, 9, 25, 0, 30));
});

test('what is no reading is none', () => {
  for (const text of ['', '2026-12-01', '2026-13-01T10:00', '10000-01-01T10:00', 'tomorrow']) expect(momentOf(text, 'UTC'), text).toBe(null);
});

test('a zone is known by its name however it is typed, and nothing else is', () => {
  expect(['europe/warsaw', ' America/New York ', 'UTC', 'utc', 'warsaw'].map(zoneCalled)).toEqual(['Europe/Warsaw', 'America/New_York', 'UTC', 'UTC', 'Europe/Warsaw']);
  expect(zoneCalled('Europe/Kyiv')).toMatch(/^Europe\/K/);
  for (const text of ['', 'Europe/Nowhere', '+02:00', 'Atlantis', '15:00']) expect(zoneCalled(text), text).toBe(null);
  expect(new Set(allZones()).size).toBe(allZones().length);
});
