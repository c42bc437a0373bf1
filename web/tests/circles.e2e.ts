// The delegations' own circles: two delegations of two seats at one table, each circle across Chromium and Firefox. Who writes or
// speaks to the own people is read and heard by them and by nobody else, and nothing of a circle reaches a page of the other delegation.

import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { Firefox } from './harness/firefox.ts';
import { cached } from './harness/paths.ts';
import { Server } from './harness/server.ts';
import { admit, arrive, comparesWords, knock, reads, sits, takeSeat, textsOn, writes } from './harness/steps.ts';
import type { Tab } from './harness/tab.ts';
import { sleep, until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

const [ADA, ANN, BEN, BOB] = ['Ada Head', 'Ann Aide', 'Ben Head', 'Bob Aide'];
const [ALPHA, BETA] = ['Alphaland', 'Betaland'];

let server: Server;
let chromium: Chromium;
let firefox: Firefox;
let ada: ChromiumTab;
let ann: Tab;
let ben: Tab;
let bob: ChromiumTab;
let all: readonly (readonly [tab: Tab, circle: number, to: string])[];

beforeAll(async () => {
  server = await Server.start();
  const { links } = await server.newCall('Circles', [
    { name: ADA!, delegation: ALPHA!, host: true }, { name: ANN!, delegation: ALPHA!, kind: 'staff', title: 'Adviser' },
    { name: BEN!, delegation: BETA! }, { name: BOB!, delegation: BETA!, kind: 'staff', title: 'Adviser' },
  ], 'voice');
  [chromium, firefox] = [await Chromium.start({ seat: 1 }), await Firefox.start({ seat: 2 })];
  ada = await (await chromium.machine()).tab('Ada in Chromium');
  ann = await firefox.tab('Ann in Firefox', true);
  ben = await firefox.tab('Ben in Firefox', true);
  bob = await (await chromium.machine()).tab('Bob in Chromium');
  all = [[ada, 1, ALPHA!], [ann, 1, ALPHA!], [ben, 2, BETA!], [bob, 2, BETA!]];
  for (const [at, [tab]] of all.entries()) await arrive(tab, links[at]!.url);
  await takeSeat(ada);
  for (const [tab, name] of [[ann, ANN], [ben, BEN], [bob, BOB]] as const) {
    await knock(tab);
    await admit(ada, name!);
    await sits(tab);
  }
}, 120_000);

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await server?.remove();
});

describe('two delegations of two', () => {
  test('cannot write to their own before the head admits them, and are told why', async () => {
    for (const [head, of, to, name] of [[ada, ann, ALPHA, ANN], [ben, bob, BETA, BOB]] as const) {
      await head.shows(words('circle-queue', { to: to!, count: 1 }));
      await reads(of, to);
      await of.shows(words('circle-waits', { to: to! }));
      await reads(head, to);
      await head.shows(words('circle-alone', { to: to! }));
      for (const tab of [head, of]) {
        expect(await tab.evaluate(() => document.querySelector<HTMLTextAreaElement>('.texts textarea')?.readOnly), tab.name).toBe(true);
      }
      if (head === ada) await judged(ada, 'circle-asks');
      await head.click('button', words('circle-admit-who', { who: about(name!), to: to! }));
    }
    for (const [tab] of all) await inCircle(tab);
    await ada.shows(words('circle-in', { who: `${ADA} and ${ANN}` }));
    await bob.shows(words('circle-in', { who: `${BEN} and ${BOB}` }));
  }, 90_000);

  test('each reads what is written to the own delegation and to all, and nothing else', async () => {
    for (const [at, [tab, , to]] of all.entries()) await writes(tab, `only ${at}`, to);
    for (const [at, [tab, , to]] of all.entries()) {
      await shows(tab, to === ALPHA ? ['only 0', 'only 1'] : ['only 2', 'only 3']);
      await writes(tab, `all ${at}`);
    }
    for (const [tab, , to] of all) {
      await reads(tab);
      await shows(tab, ['all 0', 'all 1', 'all 2', 'all 3']);
      await reads(tab, to);
      await shows(tab, to === ALPHA ? ['only 0', 'only 1'] : ['only 2', 'only 3']);
    }
    await judged(ada, 'circle');
  }, 90_000);

  test('a text to the own is counted where the panel is on the others, and where it is shut', async () => {
    await reads(ann);
    await bob.click('button', exactly('text-close'));
    await writes(ada, 'aside', ALPHA);
    await writes(ben, 'aside', BETA);
    await until('one new text on the tab', () => ann.has('tab', words('text-unread', { count: 1 })));
    await until('one new text below', () => bob.has('button', words('text-unread', { count: 1 })));
    await until('it is read out to whom', async () => words('announce-text-own', { who: about(BEN!), to: BETA! }).test(await said(bob)));
    expect(await textsOn(ann)).toEqual(['all 0', 'all 1', 'all 2', 'all 3']);
  });

  test('what was begun to one is never in the place to write to the other', async () => {
    const typed = () => ada.evaluate(() => document.querySelector<HTMLTextAreaElement>('.texts textarea')?.value);
    await reads(ada, ALPHA);
    await ada.page.locator('.texts textarea').fill('for my people');
    // The arrows go from one to the other, and nothing is sent by it.
    await ada.page.locator('[role=tab][aria-selected=true]').focus();
    await ada.press('ArrowLeft');
    await until('the place to write to all', () => ada.has('button', exactly('text-send')));
    expect(await typed()).toBe('');
    await ada.press('ArrowRight');
    expect(await typed()).toBe('for my people');
    await ada.page.locator('.texts textarea').fill('');
  });

  test('compare the words of their circle, which the others never see', async () => {
    await reads(ann, ALPHA);
    await ada.click('button', exactly('circle-check-go'));
    const [here, there] = [await comparesWords(ada), await comparesWords(ann)];
    expect(there).toEqual(here);
    await ann.shows(words('circle-check-listen', { chair: about(ADA!) }));
    await judged(ada, 'circle-words');
    expect(await ben.evaluate(() => document.querySelector('dialog:modal'))).toBe(null);
    expect((await ben.seal()).check ?? (await ben.seal()).circles[0]?.check).toBe(null);
    await ann.click('button', exactly('check-same'));
    await until("Ann's answer", async () => (await ada.seal()).circles[0]?.check?.verdicts.some((v) => v.seat === 2 && v.same));
    for (const tab of [ada, ann]) await tab.press('Escape');
  });

  test('who loads the page again is back in its circle without a question', async () => {
    for (const [of, head, to] of [[ann, ada, ALPHA], [bob, ben, BETA]] as const) {
      const questions: string[] = [];
      await of.reload();
      await sits(of);
      await until(`${of.name} in its circle again`, async () => {
        const { circles } = await head.seal();
        questions.push(...(circles[0]?.waiting ?? []).filter((claim) => claim.asks_at_table).map((claim) => claim.name));
        return circles[0]?.verified === 2 && (await of.seal()).circles[0]?.verified === 2;
      }, 40_000);
      expect(questions).toEqual([]);
      await writes(of, `back, ${to}`, to);
      await reads(head, to);
      await until('it is read', async () => (await textsOn(head)).at(-1) === `back, ${to}`);
    }
  }, 120_000);

  test('who speaks to the own people from a closed microphone is heard by them alone, and closed again afterwards', async () => {
    for (const [tab] of all) await tab.click('button', exactly('mute'));
    await until('silence', async () => (await heardBy([ada, ann, ben, bob])).length === 0);
    for (const [who, tone, own, others] of [[ann, 2, ada, [ben, bob]], [ada, 1, ann, [ben, bob]], [bob, 1, ben, [ada, ann]]] as const) {
      const before = await packets(others);
      await who.click('button', exactly('whisper'));
      await who.shows(words('whispering'));
      await until(`${own.name} hears ${who.name}`, async () => (await heardBy([own])).length === 1);
      if (own === ada) await until('whose tone it is', async () => (await ada.voices()).join() === `${tone}`);
      if (who === ada) await judged(ada, 'whispering');
      // Not a packet of it, from the beginning to the end.
      expect(await packets(others), `packets of ${who.name}`).toEqual(before);
      await who.click('button', exactly('whisper'));
      await until(`${who.name} is closed again`, () => who.has('button', exactly('unmute')));
      await until('silence again', async () => (await heardBy([ada, ann, ben, bob])).length === 0);
      expect(await packets(others), `packets of ${who.name}`).toEqual(before);
    }
  }, 120_000);

  test('who speaks to the own people from an open microphone is not heard by the others meanwhile, and by all afterwards', async () => {
    for (const [who, own, others] of [[ada, ann, [ben, bob]], [ben, bob, [ada, ann]]] as const) {
      await who.click('button', exactly('unmute'));
      await until(`all hear ${who.name}`, async () => (await heardBy([own, ...others])).length === 3);
      // By its key, which is a letter like any other while there is something to write in.
      await who.press('w');
      expect(await who.evaluate(() => document.querySelector('button[aria-pressed=true]')), who.name).toBe(null);
      await who.click('button', exactly('text-close'));
      await who.press('w');
      await who.shows(words('whispering'));
      await own.shows(words('whispers'));
      await until('the others hear nothing', async () => (await heardBy(others)).length === 0);
      expect(await heardBy([own, ...others])).toEqual([own.name]);
      await who.click('button', exactly('whisper'));
      await until(`all hear ${who.name} again`, async () => (await heardBy([own, ...others])).length === 3);
      await who.click('button', exactly('mute'));
    }
    // What came while the server did not know yet was refused, and nobody is accused of it.
    for (const [tab] of all) expect((await tab.seal()).problems, tab.name).toEqual([]);
  }, 120_000);

  test('nothing of a circle reaches a page of the other delegation', async () => {
    for (const [tab, circle] of all) {
      const heard = await tab.evaluate(() => window.watched.circles);
      expect(heard.toSorted((a, b) => a - b), tab.name).toEqual([0, circle]);
      expect(await tab.violations(), tab.name).toEqual([]);
      expect(tab.errors, tab.name).toEqual([]);
    }
  });
});

/** A member of its circle, in which everybody is verified and texts are sent. */
function inCircle(tab: Tab): Promise<unknown> {
  return until(`${tab.name} in its circle`, async () => {
    const circle = (await tab.seal()).circles[0];
    return circle?.stage === 'member' && circle.verified === 2 && circle.sending === 'allowed';
  }, 30_000);
}

async function shows(tab: Tab, texts: readonly string[]): Promise<void> {
  let last: (string | null)[] = [];
  await until(`${texts.length} texts in ${tab.name}`, async () => (last = await textsOn(tab)).length >= texts.length);
  expect(last.toSorted(), tab.name).toEqual([...texts].sort());
}

/** Names of the tabs in which a voice comes, within a second and a half. */
async function heardBy(tabs: readonly Tab[]): Promise<string[]> {
  const energy = (): Promise<number[]> => Promise.all(tabs.map(async (tab) => (await tab.figures()).inbound.reduce((sum, row) => sum + row.energy, 0)));
  const before = await energy();
  await sleep(1_500);
  const after = await energy();
  return tabs.filter((_, at) => after[at]! - before[at]! > 0.0001).map((tab) => tab.name);
}

/** How many packets of voices came to each. */
function packets(tabs: readonly Tab[]): Promise<number[]> {
  return Promise.all(tabs.map(async (tab) => (await tab.figures()).inbound.reduce((sum, row) => sum + (row.kind === 'audio' ? row.packets : 0), 0)));
}

/** All that screen readers were told of by itself. */
const said = (tab: Tab): Promise<string> =>
  tab.evaluate(() => [...document.querySelectorAll('.sr-only[role=log] p')].map((line) => line.textContent).join(' '));

/** Keeps the screen in every look; no serious barrier, nothing wider than the window. */
async function judged(tab: ChromiumTab, name: string): Promise<void> {
  const { page } = tab;
  for (const [width, height] of [[1280, 800], [390, 844]] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(250); // the layout follows the size on the next frames
      await page.screenshot({ path: join(cached('shots', 'e2e'), `${name}-${width === 390 ? 'phone' : 'desktop'}-${colorScheme}.png`) });
      expect.soft(await tab.barriers(), `${name} ${width} ${colorScheme}`).toEqual([]);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} ${width}`).toBeLessThanOrEqual(0);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
}
