// Before the call: no camera, no permission, and everything by keyboard alone.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumOptions, type ChromiumTab } from './harness/chromium.ts';
import { Server } from './harness/server.ts';
import { admit, arrive, knock, sees, sits } from './harness/steps.ts';
import { until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

const ADA = 'Ada Host';
const BEN = 'Ben Principal';

let server: Server;
let browsers: Chromium[] = [];

beforeAll(async () => {
  server = await Server.start();
});

afterEach(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  browsers = [];
});

afterAll(async () => {
  await server?.remove();
});

describe('the green room', () => {
  test('shows the own picture, a meter that moves and a measured network', async () => {
    const { tab } = await open({ seat: 1 });
    await sees(tab, ADA, 1);
    await tab.shows(words('network-good'));
    await tab.shows(words('sealed-short'));
    const levels = new Set<string>();
    await until('a meter that moves', async () => {
      levels.add(await tab.evaluate(() => document.querySelector('[role=meter]')?.getAttribute('aria-valuenow') ?? ''));
      return levels.size > 3;
    });
  });

  test('says where to click when camera and microphone are denied, and lets one enter all the same', async () => {
    const { tab } = await open({ seat: 1, allow: false });
    await tab.shows(words('device-camera-denied'));
    await tab.shows(words('device-microphone-denied'));
    await tab.shows(words('permission-chromium-1'));
    await tab.click('button', exactly('take-your-seat'));
    await sits(tab);
  });

  test('says that there is no camera, and lets one enter all the same', async () => {
    const { tab } = await open({ seat: 1, camera: false });
    await tab.shows(words('device-camera-not-found'));
    await tab.shows(words('picture-off-own'));
    await tab.click('button', exactly('take-your-seat'));
    await sits(tab);
  });
});

describe('the keyboard alone', () => {
  test('is enough to enter, admit, mute, see who is there, close the doors and leave', async () => {
    const { tab: ada, links, chromium } = await open({ seat: 1 });
    await ada.reach(exactly('take-your-seat'));
    await sits(ada);
    const ben = await (await chromium.machine()).tab('Ben');
    await arrive(ben, links[1]!.url);
    await ben.reach(exactly('enter-antechamber'));
    await ben.shows(words('antechamber-waiting'));
    await ada.shows(words('claim-verified'));
    await ada.reach(words('admit-who', { who: about(BEN) }));
    await sits(ben);
    await ada.reach(exactly('mute'));
    await offers(ada, 'unmute');
    await ada.press('m');
    await offers(ada, 'mute');
    await ada.press('v');
    await offers(ada, 'camera-start');
    await ada.press('d');
    await ben.shows(words('seal-doors-closed'));
    await ada.press('p');
    await ada.shows(words('presence-absent'));
    await ada.press('p');
    await ada.press('l');
    await ada.shows(words('leave-title'));
    await ada.press('Escape');
    await ada.press('l');
    await ada.reach(exactly('leave-go'));
    await ada.shows(words('leaving-left'));
  });
});

test('who waits is told that no host is here yet, and when one comes', async () => {
  const { tab: ada, links, chromium } = await open({ seat: 1 });
  const ben = await (await chromium.machine()).tab('Ben');
  await arrive(ben, links[1]!.url);
  await knock(ben);
  await ben.shows(words('antechamber-no-host'));
  await ada.click('button', exactly('take-your-seat'));
  await sits(ada);
  await ben.shows(words('antechamber-waiting-more'));
});

test('one voice is enough: a call without pictures', async () => {
  const call = await server.newCall('Voices', plan, 'voice');
  const chromium = await Chromium.start({ seat: 1 });
  browsers.push(chromium);
  const [ada, ben] = [await (await chromium.machine()).tab('Ada'), await (await chromium.machine()).tab('Ben')];
  await arrive(ada, call.links[0]!.url);
  await ada.click('button', exactly('take-your-seat'));
  await sits(ada);
  await arrive(ben, call.links[1]!.url);
  await knock(ben);
  await admit(ada, BEN);
  await sits(ben);
  await until('the voice of Ada', async () => String(await ben.voices()) === '1');
  expect((await ben.figures()).inbound.filter((row) => row.kind === 'video')).toEqual([]);
});

const plan = [
  { name: ADA, delegation: 'Alphaland', host: true },
  { name: BEN, delegation: 'Betaland' },
  { name: 'Cam Principal', delegation: 'Gammaland' },
];

async function open(options: ChromiumOptions) {
  const { links } = await server.newCall('Green room', plan);
  const chromium = await Chromium.start(options);
  browsers.push(chromium);
  const tab: ChromiumTab = await (await chromium.machine()).tab('Ada');
  await arrive(tab, links[0]!.url);
  return { tab, links, chromium };
}

/** Waits until a switch of the bottom line says that it will do this. */
function offers(tab: ChromiumTab, key: string): Promise<boolean> {
  return until(`${key} on offer`, () => tab.has('button', exactly(key)));
}
