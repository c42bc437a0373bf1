// Every screen of the gallery fits its window, in every language: the one button is in sight, nothing is
// wider than the window, and nothing lies on a person's plate.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { Gallery, misfits } from './harness/gallery.ts';
import { until } from './harness/wait.ts';

const LANGUAGES = ['en', 'fr', 'de', 'pl', 'uk'];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
  { width: 320, height: 568 },
];

let gallery: Gallery;
let chromium: Chromium;
let tab: ChromiumTab;

beforeAll(async () => {
  gallery = await Gallery.start();
  chromium = await Chromium.start({ seat: 1 });
  tab = await (await chromium.machine()).tab('Gallery');
});

afterAll(async () => {
  await chromium?.close();
  await gallery?.stop();
});

test('every screen fits every window in every language', async () => {
  await tab.goto(gallery.url);
  const screens = await until('the gallery', () => tab.evaluate(() => window.gallery?.screens));
  expect(screens.length).toBeGreaterThan(50);
  const wrong: string[] = [];
  for (const screen of screens) {
    await tab.goto(`${gallery.url}?screen=${screen}`);
    await until(`the screen ${screen}`, () => tab.evaluate(() => (document.querySelector('main, dialog')?.textContent ?? '').length > 0));
    for (const language of LANGUAGES) {
      await tab.evaluate((code) => window.gallery.chooseLanguage(code), language);
      for (const size of SIZES) {
        await tab.page.setViewportSize(size);
        await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        for (const what of await tab.evaluate(misfits)) wrong.push(`${screen} ${language} ${size.width}x${size.height}: ${what}`);
      }
    }
  }
  expect(wrong).toEqual([]);
}, 900_000);
