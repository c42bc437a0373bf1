// What people at the table must not miss or do by mistake: texts, observers, who waits.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab, type Machine } from './harness/chromium.ts';
import { cached } from './harness/paths.ts';
import { Server, type Planned, type StagedCall } from './harness/server.ts';
import { admit, arrive, knock, refuse, sits, takeSeat, writes } from './harness/steps.ts';
import { until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

const ADA = 'Ada Host';
const BEN = 'Ben Principal';
const CAM = 'Cam Delegate';
const OBI = 'Obi Observer';
const plan: Planned[] = [
  { name: ADA, delegation: 'Alphaland', host: true },
  { name: BEN, delegation: 'Betaland' },
  { name: CAM, delegation: 'Gammaland' },
  { name: OBI, delegation: 'Deltaland', kind: 'observer' },
];

let server: Server;
let chromium: Chromium;
let machines: Machine[] = [];

beforeAll(async () => {
  server = await Server.start();
  chromium = await Chromium.start({ seat: 1 });
});

afterEach(async () => {
  await Promise.all(machines.map((machine) => machine.close()));
  machines = [];
});

afterAll(async () => {
  await chromium?.close();
  await server?.remove();
});

async function open(name: string): Promise<ChromiumTab> {
  const machine = await chromium.machine();
  machines.push(machine);
  return machine.tab(name);
}

/** Ada at the table of a new call. */
async function host(): Promise<{ call: StagedCall; ada: ChromiumTab }> {
  const call = await server.newCall('Watching', plan);
  const ada = await open('Ada');
  await arrive(ada, call.links[0]!.url);
  await takeSeat(ada);
  return { call, ada };
}

/** Another seat asks in. */
async function asks(call: StagedCall, seat: number): Promise<ChromiumTab> {
  const tab = await open(plan[seat - 1]!.name);
  await arrive(tab, call.links[seat - 1]!.url);
  await knock(tab);
  return tab;
}

async function joins(call: StagedCall, ada: ChromiumTab, seat: number): Promise<ChromiumTab> {
  const tab = await asks(call, seat);
  await admit(ada, plan[seat - 1]!.name);
  await sits(tab);
  await until(`all verified in ${tab.name}`, async () => {
    const { verified, members, sending } = await tab.seal();
    return sending === 'allowed' && verified === members.length;
  });
  return tab;
}

async function picture(tab: ChromiumTab, name: string): Promise<void> {
  const folder = cached('shots', 'e2e');
  mkdirSync(folder, { recursive: true });
  await tab.page.screenshot({ path: join(folder, `${name}.png`) });
  await tab.page.setViewportSize({ width: 390, height: 844 });
  await tab.page.waitForTimeout(250);
  await tab.page.screenshot({ path: join(folder, `${name}-phone.png`) });
  const overflow = await tab.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(overflow, `${name} is wider than a phone`).toBeLessThanOrEqual(0);
  await tab.page.setViewportSize({ width: 1280, height: 800 });
}

describe('texts', () => {
  test('the panel opens in its field, and no letter mutes, shares or closes the doors while it is open', async () => {
    const { ada } = await host();
    const field = () => ada.evaluate(() => document.activeElement?.tagName === 'TEXTAREA');
    for (const opens of [() => ada.press('t'), () => ada.click('button', new RegExp(words('text').source, 'i'))]) {
      await opens();
      await until('the focus in the field', field);
      const before = (await ada.evaluate(() => window.watched.sent)).length;
      await ada.page.keyboard.type('mvsdlpat');
      expect(await ada.evaluate(() => document.querySelector('textarea')?.value)).toBe('mvsdlpat');
      // And with the focus elsewhere in the panel, or nowhere.
      for (const away of ['.log', 'header button', 'body']) {
        await ada.evaluate((away) => {
          (document.activeElement as HTMLElement).blur();
          document.querySelector<HTMLElement>(away === 'body' ? away : `.texts ${away}`)?.focus();
        }, away);
        await ada.page.keyboard.type('mvsdlpat');
      }
      const sent = (await ada.evaluate(() => window.watched.sent)).slice(before);
      expect(sent.filter((type) => /microphone|camera|screen|set_doors/.test(type))).toEqual([]);
      expect(await ada.evaluate(() => document.querySelector('dialog') === null && document.querySelector('textarea') !== null)).toBe(true);
      await ada.evaluate(() => { document.querySelector('textarea')!.value = ''; document.querySelector('textarea')!.dispatchEvent(new Event('input', { bubbles: true })); });
      await ada.press('Escape');
      await until('the panel shut', () => ada.evaluate(() => document.querySelector('textarea') === null));
    }
    // Shut, they act again: but not with a modifier, held down, or as part of a sign.
    const told = async () => (await ada.evaluate(() => window.watched.sent)).filter((type) => type === 'microphone').length;
    const before = await told();
    const press = (init: KeyboardEventInit) => ada.evaluate((init) => void document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'm', code: 'KeyM', bubbles: true, cancelable: true, ...init })), init);
    for (const init of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { shiftKey: true }, { repeat: true }, { isComposing: true }, { keyCode: 229 }]) {
      await press(init);
      expect(await told(), JSON.stringify(init)).toBe(before);
    }
    await press({});
    await until('it is muted', async () => (await told()) === before + 1);
  });

  test('one written while the server is away waits in sight, and arrives once at everybody', async () => {
    const { call, ada } = await host();
    const ben = await joins(call, ada, 2);
    const cam = await joins(call, ada, 3);
    const shown = (tab: ChromiumTab) => tab.evaluate(() => [...document.querySelectorAll('.texts article .text')].map((text) => text.textContent));
    for (const tab of [ada, cam]) await tab.press('t');
    await writes(ben, 'before');
    await until('the first text', async () => (await shown(ada)).length === 1);
    await server.kill();
    await ben.shows(words('signal-reconnecting'));
    await writes(ben, 'during the outage');
    await ben.shows(words('text-waiting'));
    expect(await shown(ben)).toEqual(['before', 'during the outage']);
    await picture(ben, 'text-waiting');
    await server.begin();
    for (const tab of [ada, ben, cam]) {
      await until(`both texts in ${tab.name}`, async () => (await shown(tab)).length === 2, 40_000);
    }
    await until('nothing waits', async () => !words('text-waiting').test(await ben.text()));
    await ben.page.waitForTimeout(7_000); // longer than it takes to say a text again
    for (const tab of [ada, ben, cam]) expect(await shown(tab), tab.name).toEqual(['before', 'during the outage']);
    // Loaded again, it says that texts of before are kept nowhere.
    await ada.reload();
    await sits(ada);
    await ada.press('t');
    await ada.shows(words('text-since'));
    expect(await shown(ada)).toEqual([]);
  }, 150_000);
});

describe('an observer', () => {
  test('alone with the host is on the host’s screen, counted and named, beside every panel', async () => {
    const { call, ada } = await host();
    await ada.shows(words('alone'));
    const obi = await joins(call, ada, 4);
    for (const tab of [ada, obi]) await tab.shows(words('observers', { count: 1 }));
    for (const tab of [ada, obi]) expect(await tab.has('button', words('observers', { count: 1 })), tab.name).toBe(true);
    expect(await ada.text()).not.toMatch(words('alone'));
    for (const key of ['p', 'Escape', 't', 'Escape']) {
      await ada.press(key);
      await ada.shows(words('observers', { count: 1, who: about(OBI) }));
    }
    await picture(ada, 'observer-alone');
    expect(await ada.barriers()).toEqual([]);
    // The same for whoever comes.
    const ben = await joins(call, ada, 2);
    await ben.shows(words('observers', { count: 1, who: about(OBI) }));
    await picture(ben, 'observer-with-others');
    await obi.click('button', exactly('leave'));
    await obi.click('button', exactly('leave-go'));
    // What was announced stays in the log for readers, with the name: the line itself is gone.
    for (const tab of [ada, ben]) await until(`nobody observes in ${tab.name}`, async () => !(await tab.has('button', words('observers', { count: 1 }))));
    expect(await ada.text()).toMatch(words('announce-departed', { who: about(OBI) }));
  }, 120_000);
});

describe('who waits', () => {
  test('is told by the title, a quiet sound and a notification without names, also with the page hidden', async () => {
    const { call, ada } = await host();
    await ada.page.context().grantPermissions(['notifications']);
    await ada.evaluate(() => {
      const heard = { tones: 0, notices: [] as string[] };
      Object.assign(window, { heard });
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (when) {
        heard.tones++;
        start.call(this, when);
      };
      const asked = Notification.requestPermission.bind(Notification);
      class Told extends EventTarget {
        static permission = Notification.permission;
        static requestPermission = asked;
        onclick = null;
        constructor(title: string, options: NotificationOptions) {
          super();
          heard.notices.push(`${title}: ${options.body}`);
        }
        close(): void {}
      }
      Object.assign(window, { Notification: Told });
    });
    await ada.press('p');
    await ada.page.getByLabel(words('knock-notice')).check();
    await picture(ada, 'knock-choice');
    await ada.press('Escape');
    await ada.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
    const ben = await asks(call, 2);
    const heard = () => ada.evaluate(() => (window as unknown as { heard: { tones: number; notices: string[] } }).heard);
    await until('a sound and a notification', async () => (await heard()).tones > 0 && (await heard()).notices.length === 1);
    expect((await heard()).notices.join()).not.toMatch(/Ben|Betaland|Watching/);
    expect(await ada.page.title()).toMatch(/^\(1\)/);
    await refuse(ada, BEN);
    await ben.shows(words('leaving-refused'));
    await until('the title is as before', async () => !/^\(/.test(await ada.page.title()));
  }, 90_000);

  test('is announced again when the same person knocks again', async () => {
    const { call, ada } = await host();
    await ada.evaluate(() => {
      const spoken: string[] = [];
      Object.assign(window, { spoken });
      const log = document.querySelector('[role=log].sr-only')!;
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) spoken.push(...[...addedNodes].map((node) => node.textContent ?? '').filter(Boolean));
      }).observe(log, { childList: true, subtree: true, characterData: true });
    });
    const said = async () => (await ada.evaluate(() => (window as unknown as { spoken: string[] }).spoken)).filter((text) => words('announce-waiting', { who: about(BEN) }).test(text));
    const ben = await asks(call, 2);
    await until('it is said', async () => (await said()).length === 1);
    await refuse(ada, BEN);
    await ben.click('button', words('return-go'));
    await knock(ben);
    await until('it is said again', async () => (await said()).length === 2);
  }, 90_000);

  test('is never mixed up: not by a translator of pages, not by a click that was meant for another', async () => {
    const { call, ada } = await host();
    const ben = await asks(call, 2);
    await ada.shows(new RegExp(BEN));
    await asks(call, 3);
    await until('two wait', async () => /^\(2\)/.test(await ada.page.title()));
    // As translators do it: each text in elements of their own, what the page had is out of the document.
    await ada.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts.filter((text) => text.data.trim() !== '')) {
        const font = document.createElement('font');
        font.append(Object.assign(document.createElement('font'), { textContent: text.data }));
        text.replaceWith(font);
      }
    });
    const told = await ada.evaluate(() => document.querySelector('main section')?.closest('[translate]')?.getAttribute('translate'));
    expect(told).toBe('no');
    // Ben goes away by himself while the host's hand is on its way to his button.
    const button = ada.page.getByRole('button', { name: words('admit-who', { who: about(BEN) }) });
    await until('Ben can be admitted', () => button.isEnabled());
    const place = (await button.boundingBox())!;
    await ben.click('button', exactly('antechamber-back'));
    await ada.page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
    const bar = () => ada.evaluate(() => [...document.querySelectorAll('.told section')].map((section) => (section as HTMLElement).innerText).join());
    await until('Cam is the first', async () => (await bar()).includes(CAM), 20_000, 20);
    await ada.page.mouse.click(place.x + place.width / 2, place.y + place.height / 2);
    expect(await bar()).not.toContain(BEN);
    await ada.page.waitForTimeout(1_500);
    expect(await bar(), 'a click meant for Ben let Cam in').toContain(CAM);
    await admit(ada, CAM);
    await until('Cam is in', async () => !(await bar()).includes(CAM));
  }, 90_000);
});
