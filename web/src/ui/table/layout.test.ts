import { expect, test } from 'vitest';

import { fit, PAGE_MAX, tileWidth } from './layout';

const desk = { width: 1264, height: 620 };
const phone = { width: 374, height: 560 };

test('two sit side by side on a desk, one above the other on a phone', () => {
  expect(fit(2, desk, 150)).toEqual({ columns: 2, rows: 1, page: 2 });
  expect(fit(2, phone, 150)).toEqual({ columns: 1, rows: 2, page: 2 });
});

test('nine are three by three', () => {
  expect(fit(9, desk, 150)).toEqual({ columns: 3, rows: 3, page: 9 });
});

test('a council fills pages of at most what the server can fill', () => {
  for (const count of [26, 31, 57, 300]) {
    const found = fit(count, desk, 180);
    expect(found.page).toBeLessThanOrEqual(PAGE_MAX);
    expect(found.page).toBeGreaterThan(15);
    expect(tileWidth(desk, found.columns, found.rows)).toBeGreaterThanOrEqual(180);
  }
});

test('no space at all still shows one tile', () => {
  expect(fit(9, { width: 0, height: 0 }, 150)).toEqual({ columns: 1, rows: 1, page: 1 });
});
