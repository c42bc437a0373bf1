import { expect, test } from 'vitest';

import { fit, fitInPages, PAGE_MAX, tileWidth } from './layout';

const desk = { width: 1264, height: 640 };
const phone = { width: 374, height: 560 };

test('two sit side by side on a desk, one above the other on a phone', () => {
  expect(fit(2, desk, 140)).toMatchObject({ columns: 2, rows: 1, page: 2 });
  expect(fit(2, phone, 140)).toMatchObject({ columns: 1, rows: 2, page: 2 });
});

test('nine are three by three, on one page even on a phone', () => {
  expect(fit(9, desk, 140)).toEqual({ columns: 3, rows: 3, shape: 'wide', page: 9 });
  expect(fit(9, phone, 140)).toMatchObject({ columns: 2, rows: 5, page: 9 });
});

test('a council fills even pages of at most what the server can fill', () => {
  for (const count of [26, 31, 57, 300]) {
    const found = fit(count, desk, 140);
    expect(found.page, String(count)).toBeLessThanOrEqual(PAGE_MAX);
    expect(found.page, String(count)).toBeGreaterThanOrEqual(13);
    expect(tileWidth(desk, found), String(count)).toBeGreaterThanOrEqual(140);
  }
});

test('small tiles are tall, so that a face remains above the plate', () => {
  expect(fit(25, desk, 140).shape).toBe('tall');
});

test('no space at all still shows one tile', () => {
  expect(fit(9, { width: 0, height: 0 }, 140)).toMatchObject({ columns: 1, rows: 1, page: 1 });
});

test('for a moment with less height tiles keep their places, as long as they can be read', () => {
  const usual = fit(9, phone, 140);
  const less = (spare: number) => fitInPages(9, { ...phone, height: phone.height - spare }, { spare, least: 140, pager: 44 });
  expect(less(0)).toEqual(usual);
  expect(less(40)).toEqual(usual);
  const few = less(300);
  expect(few.page).toBeLessThan(9);
  expect(tileWidth({ ...phone, height: phone.height - 300 - 52 }, few)).toBeGreaterThanOrEqual(140);
});

test('whether there are pages depends on the space, not on a pager that is there', () => {
  // The least height that holds all, and the pager would not fit below them.
  const tight = { width: 374, height: 560 };
  const options = { spare: 0, least: 140, pager: 44 };
  expect(fitInPages(9, tight, options).page).toBe(9);
  expect(fit(9, { ...tight, height: tight.height - 52 }, 140).page).toBeLessThan(9);
  // Where it is needed, the tiles leave it its room.
  const low = { width: 374, height: 400 };
  expect(fitInPages(9, low, options)).toEqual(fit(9, { ...low, height: low.height - 52 }, 140));
});
