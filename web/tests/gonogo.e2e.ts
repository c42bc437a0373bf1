// Go / no-go: what a seat finds out about its machine and network before the call, and that a host sees it.

import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { Firefox } from './harness/firefox.ts';
import { cached } from './harness/paths.ts';
import { Server, type Way } from './harness/server.ts';
import { arrive, knock, takeSeat } from './harness/steps.ts';
import type { Tab } from './harness/tab.ts';
import { until } from './harness/wait.ts';
import { exactly, words } from './harness/words.ts';

const ADA = 'Ada Host';
const BEN = 'Ben Principal';

let chromium: Chromium;
let open: { close(): Promise<void> }[] = [];
let server: Server | undefined;

beforeAll(async () => {
  chromium = await Chromium.start({ seat: 2 });
});

afterEach(async () => {
  for (const one of open) await one.close(); // pages before their browsers
  open = [];
  await server?.remove();
  server = undefined;
});

afterAll(async () => {
  await chromium?.close();
});

test('a seat sees its lights in the green room, and the host sees them there and in the antechamber', async () => {
  const { ada, links } = await call('udp');
  const ben = await guest(chromium, links[1]!.url);
  expect(await measured(ben, 'ready-way')).toMatch(words('ready-figure-udp'));
  for (const rate of ['ready-up', 'ready-down']) expect(await measured(ben, rate)).toMatch(/[1-9] Mbit|[0-9]\.[1-9] Mbit/);
  expect(await measured(ben, 'ready-loss')).toMatch(/%/);
  expect(await measured(ben, 'ready-delay')).toMatch(/\d ms/);
  for (const works of ['ready-camera', 'ready-microphone', 'ready-sealing']) expect(await found(ben, works)).toMatch(words('ready-figure-works'));
  expect(await found(ben, 'ready-clock')).toMatch(words('ready-figure-clock'));
  expect(await found(ben, 'ready-page')).toMatch(words('ready-figure-page-current'));
  await shown(ben, 'gonogo-seat');

  await ada.click('button', exactly('people'));
  await ada.click('button', exactly('ready-open'));
  await until('lights of Ben', async () => !words('ready-nothing-said').test(await seatOf(ada, BEN)));
  expect(await seatOf(ada, BEN)).not.toMatch(words('ready-way'));
  expect(await seatOf(ada, BEN)).toMatch(words('ready-in-green-room'));
  await shown(ada, 'gonogo-host');
  await ada.click('button', exactly('close'));
  await knock(ben);
  await until('a light in the queue', () => ada.evaluate((name) =>
    [...document.querySelectorAll('li')].some((row) => row.textContent?.includes(name) && row.querySelector('.light') !== null), BEN));
  expect(await ben.violations()).toEqual([]);
  expect(ben.errors).toEqual([]);
}, 60_000);

test('where UDP is blocked both say that there is only TCP, in Firefox too', async () => {
  const { ada, links } = await call('tcp');
  const firefox = await Firefox.start({ seat: 2 });
  open.push(firefox);
  const ben = await firefox.tab('Ben in Firefox');
  await arrive(ben, links[1]!.url);
  expect(await measured(ben, 'ready-way')).toMatch(words('ready-figure-tcp'));
  await ben.shows(words('ready-advice-tcp'));
  await ada.click('button', exactly('people'));
  await ada.click('button', exactly('ready-open'));
  await until('caution at the host', async () => words('ready-figure-tcp').test(await seatOf(ada, BEN)));
}, 60_000);

test('a seat without a camera is told what to do', async () => {
  const without = await Chromium.start({ seat: 2, camera: false });
  open.push(without);
  const { links } = await call('udp');
  const ben = await guest(without, links[1]!.url);
  await ben.shows(words('ready-advice-camera-not-found'));
}, 60_000);

/** Ada at the table. */
async function call(way: Way) {
  server = await Server.start(way);
  const { links } = await server.newCall('Go / no-go', [
    { name: ADA, delegation: 'Alphaland', host: true },
    { name: BEN, delegation: 'Betaland' },
  ]);
  const ada = await guest(chromium, links[0]!.url);
  await takeSeat(ada);
  return { ada, links };
}

/** Somebody in the green room. */
async function guest(browser: Chromium, link: string): Promise<ChromiumTab> {
  const machine = await browser.machine();
  open.unshift(machine);
  const tab = await machine.tab(link.includes('#host') ? 'Ada' : 'Ben');
  await arrive(tab, link);
  return tab;
}

/** What the row of this check says, name and all. */
function found(tab: Tab, key: string): Promise<string> {
  return tab.evaluate(([source, flags]) => {
    const names = [...document.querySelectorAll('section li .name')];
    const name = names.find((one) => new RegExp(source, flags).test(one.textContent ?? ''));
    return (name?.closest('li')?.innerText ?? '').replace(/\s+/g, ' ');
  }, [exactly(key).source, exactly(key).flags] as const);
}

/** The same, once it was checked. */
function measured(tab: Tab, key: string): Promise<string> {
  return until(`${key} in ${tab.name}`, async () => {
    const row = await found(tab, key);
    return row !== '' && !words('ready-light-unchecked').test(row) && row;
  }, 30_000);
}

/** What the host's page says of a seat. */
function seatOf(tab: ChromiumTab, name: string): Promise<string> {
  return tab.evaluate((name) => {
    const rows = [...document.querySelectorAll<HTMLElement>('dialog .seats > li')];
    return (rows.find((row) => row.innerText.includes(name))?.innerText ?? '').replace(/\s+/g, ' ');
  }, name);
}

/** Keeps the screen in every look: no serious barrier, nothing wider than the screen. */
async function shown(tab: ChromiumTab, name: string): Promise<void> {
  const { page } = tab;
  for (const phone of [false, true]) {
    for (const dark of [false, true]) {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.setViewportSize(phone ? { width: 390, height: 844 } : { width: 1280, height: 800 });
      await page.waitForTimeout(150); // the layout follows the size on the next frames
      const look = `${phone ? 'phone' : 'desktop'}-${dark ? 'dark' : 'light'}`;
      await page.screenshot({ path: join(cached('shots', 'e2e'), `${name}-${look}.png`), fullPage: true });
      if (phone === dark) expect.soft(await tab.barriers(), `${name} ${look}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `${name} ${look} is wider than the screen`).toBeLessThanOrEqual(0);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
