// Every screen as it is: judged by axe, and kept as pictures in `.cache/shots/e2e/` (desktop and
// phone, light and dark) for a person to look at.

import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { Demo } from './harness/demo.ts';
import { cached } from './harness/paths.ts';
import { arrive, knock, seesItself, sits, takeSeat } from './harness/steps.ts';
import { until } from './harness/wait.ts';
import { exactly, words } from './harness/words.ts';

const looks = [
  { phone: false, dark: false },
  { phone: false, dark: true },
  { phone: true, dark: false },
  { phone: true, dark: true },
];

let demo: Demo;
let chromium: Chromium;
let host: ChromiumTab;
let guest: ChromiumTab;

beforeAll(async () => {
  demo = await Demo.start();
  chromium = await Chromium.start({ seat: 1 });
  host = await (await chromium.machine()).tab('Host');
  guest = await (await chromium.machine()).tab('Guest');
}, 90_000);

afterAll(async () => {
  await chromium?.close();
  await demo?.stop();
});

describe('every screen is without serious barriers and fits', () => {
  test('home and convening', async () => {
    await guest.goto(demo.url);
    await guest.shows(words('home-title'));
    await shown(guest, 'home');
    await guest.goto(`${demo.url}/convene`);
    await guest.shows(words('convene-key-title'));
    await shown(guest, 'convene-key');
  });

  test('green room', async () => {
    await arrive(guest, demo.seatLink);
    await seesItself(guest);
    await shown(guest, 'green-room');
  });

  test('antechamber', async () => {
    await arrive(host, demo.hostLink);
    await takeSeat(host);
    await knock(guest);
    await shown(guest, 'antechamber');
    await shown(host, 'knock');
  });

  test('table of nine', async () => {
    await host.click('button', exactly('people'));
    await host.click('button', exactly('admit-all'));
    await host.click('button', exactly('people-close'));
    await sits(guest);
    // Who asks to be in the delegation's circle is told above the pictures until somebody answers.
    await host.click('button', / to the circle of /);
    await shown(host, 'table', 10);
    await shown(guest, 'table-guest', 10);
  }, 120_000);

  test('people, settings, leaving', async () => {
    await host.click('button', exactly('people'));
    await shown(host, 'people');
    await host.click('button', exactly('people-close'));
    await host.click('button', exactly('settings'));
    await shown(host, 'settings');
    await host.click('button', exactly('close'));
    await guest.click('button', exactly('leave'));
    await shown(guest, 'leave-dialog');
    await guest.click('button', exactly('leave-go'));
    await guest.shows(words('leaving-left'));
    await shown(guest, 'left');
  });
});

/**
 * Keeps the screen in every look: nothing wider than the screen, no serious barrier (light and dark,
 * desktop and phone are each judged once). Waits until so many pictures can be read.
 */
async function shown(tab: ChromiumTab, name: string, pictures = 0): Promise<void> {
  for (const { phone, dark } of looks) {
    const { page } = tab;
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize(phone ? { width: 390, height: 844 } : { width: 1280, height: 800 });
    await page.waitForTimeout(250); // the layout follows the size on the next frames
    if (pictures > 0) await until(`${pictures} pictures in ${tab.name}`, () => everybody(tab, pictures), 40_000);
    const look = `${phone ? 'phone' : 'desktop'}-${dark ? 'dark' : 'light'}`;
    await page.screenshot({ path: join(cached('shots', 'e2e'), `${name}-${look}.png`) });
    if (phone === dark) expect.soft(await tab.barriers(), `${name} ${look}`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${name} ${look} is wider than the screen`).toBeLessThanOrEqual(0);
  }
  await tab.page.setViewportSize({ width: 1280, height: 800 });
}

/** Whether every seat's own picture is on the page: barcodes of so many tiles, each with another name. */
async function everybody(tab: ChromiumTab, pictures: number): Promise<boolean> {
  const read = (await tab.sights()).filter((sight) => sight.mark !== null);
  return new Set(read.map((sight) => sight.label)).size === pictures;
}
