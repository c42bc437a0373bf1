// Links as mail programs leave them: in the address bar and in the field of the home page.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab, type Machine } from './harness/chromium.ts';
import { Server, type StagedCall } from './harness/server.ts';
import { until } from './harness/wait.ts';
import { exactly, words } from './harness/words.ts';

let server: Server;
let chromium: Chromium;
let machine: Machine;
let call: StagedCall;
let tab: ChromiumTab;

beforeAll(async () => {
  server = await Server.start();
  chromium = await Chromium.start({ seat: 1 });
  call = await server.newCall('Links', [
    { name: 'Ada Host', delegation: 'Alphaland', host: true },
    { name: 'Ben Principal', delegation: 'Betaland' },
  ]);
});

beforeEach(async () => {
  await machine?.close();
  machine = await chromium.machine();
  tab = await machine.tab('Somebody');
});

afterAll(async () => {
  await chromium?.close();
  await server?.remove();
});

const seat = () => call.links[1]!.url;
const host = () => call.links[0]!.url;
const secretOf = (url: string) => url.slice(-43);
const addressBar = () => tab.evaluate(() => location.href);

describe('in the address bar', () => {
  test('a whole secret opens, whatever stands around it', async () => {
    const url = seat();
    for (const changed of [
      url,
      url.replace('#', '/#'),
      url.replace('#', '?utm_source=mail#'),
      url.replace(call.id, call.id.toUpperCase()),
      `${url}.`,
      `${url})`,
      `${url}%20`,
      `${url}%C2%AD`,
      `${url}&amp;x=1`,
      url.replace('seat.', 'seat%2E'),
      `${url.slice(0, -20)}%0D%0A${url.slice(-20)}`,
      `${url.slice(0, -20)}%E2%80%8B${url.slice(-20)}`,
    ]) {
      await tab.goto('about:blank');
      await tab.goto(changed);
      await tab.shows(words('they-see-you-as'));
      expect(await addressBar(), changed).toBe(`${server.url}/c/${call.id}`);
    }
    await tab.reload();
    await tab.shows(words('they-see-you-as'));
  });

  test('a secret that reached the server never opens: it is said, for a host link with the only remedy', async () => {
    const cases = [
      [seat().replace('#', '%23'), 'error-link-exposed', 'remedy-renew-link'],
      [seat().replace('#', '%2523'), 'error-link-exposed', 'remedy-renew-link'],
      [seat().replace('#', '/%23'), 'error-link-exposed', 'remedy-renew-link'],
      [seat().replace('#', '?'), 'error-link-exposed', 'remedy-renew-link'],
      [host().replace('#', '%23'), 'error-host-link-exposed', 'remedy-new-call'],
    ] as const;
    for (const [url, sentence, remedy] of cases) {
      await tab.goto('about:blank');
      const before = tab.requests.length;
      await tab.goto(url);
      await tab.shows(words(sentence));
      await tab.shows(words(remedy));
      expect(await addressBar(), url).toBe(`${server.url}/c/${call.id}`);
      // The first request had it; no other, and no connection for the seat.
      const sent = tab.requests.slice(before);
      expect(sent.filter((one) => one.includes(secretOf(url))), url).toHaveLength(1);
      expect(sent.filter((one) => one.startsWith('ws'))).toEqual([]);
      await tab.reload();
      await tab.shows(words(sentence));
      expect(tab.requests.slice(before).filter((one) => one.includes(secretOf(url))), url).toHaveLength(1);
    }
    const kept = await tab.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    for (const url of [seat(), host()]) expect(kept).not.toContain(secretOf(url));
    // The good link still opens in this tab.
    await tab.goto(seat());
    await tab.shows(words('they-see-you-as'));
  });

  test('a cut link is told from a damaged one, with a way to paste it', async () => {
    for (const [url, sentence] of [
      [seat().slice(0, -7), 'error-link-cut'],
      [seat().split('#')[0]!, 'error-link-no-secret'],
      [`${seat().slice(0, -9)}%FF${seat().slice(-8)}`, 'error-link-changed'],
      [seat().toLowerCase(), 'error-link-changed'],
      [seat().replace(call.id, call.id.slice(0, -3)), 'error-link-changed'],
      // Nothing but the beginning is there, so the end is missing; after a whole id and more it is no link of ours.
      [`${server.url}/c/`, 'error-link-cut'],
      [`${server.url}/c/${call.id}abc`, 'error-bad-link'],
    ] as const) {
      await tab.goto('about:blank');
      await tab.goto(url);
      await tab.shows(words(sentence));
      expect(await tab.has('link', words('error-paste')), url).toBe(true);
    }
    await tab.click('link', words('error-paste'));
    await tab.shows(words('home-link-title'));
    expect(await tab.barriers()).toEqual([]);
  });
});

describe('in the field of the home page', () => {
  const paste = async (text: string): Promise<void> => {
    await tab.goto(server.url);
    await tab.shows(words('home-link-title'));
    await tab.page.getByLabel(words('home-link-label')).focus();
    await tab.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      const field = document.activeElement as HTMLInputElement;
      // What the browser does with a paste that nobody took.
      if (field.dispatchEvent(event)) {
        field.value = text.replace(/[\r\n]/g, '');
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
    }, text);
    await tab.click('button', exactly('home-link-open'));
  };

  test('a mail pasted whole, a wrapped line, a broken one and one in brackets open', async () => {
    const url = seat();
    for (const text of [
      `Excellency,\r\n\r\nyour link:\r\n${url}\r\n\r\nWith kind regards\r\nthe office`,
      `<${url}>`,
      `${url.slice(0, -25)}\r\n${url.slice(-25)}`,
      `> ${url.slice(0, -25)}\n> ${url.slice(-25)}\n> regards`,
      `${url.slice(0, -25)}=\r\n${url.slice(-25)}`,
      url.replace('#', '&#35;'),
      `${url}, as agreed.`,
      `\u00ad${url.slice(0, -8)}\u200b${url.slice(-8)}`,
    ]) {
      await paste(text);
      await tab.shows(words('they-see-you-as'));
      expect(await addressBar(), text).toBe(`${server.url}/c/${call.id}`);
    }
  });

  test('what does not open is told, in the field, with what to do', async () => {
    const url = seat();
    for (const [text, sentence] of [
      ['see you at three', 'error-bad-link'],
      [url.slice(0, -7), 'error-link-cut'],
      [url.replace('#', '%23'), 'error-link-exposed'],
      [host().replace('#', '%23'), 'error-host-link-exposed'],
      [`https://safelinks.example/?url=${encodeURIComponent(url)}&data=1`, 'error-link-wrapped'],
      [`https://safelinks.example/?url=${encodeURIComponent(host())}`, 'error-host-link-wrapped'],
      [`${url}\n${host()}`, 'error-link-several'],
      [url.replace('localhost:8080', 'calls.example'), 'error-link-elsewhere'],
    ] as const) {
      await paste(text);
      await tab.shows(words(sentence));
      const described = await until('the field with its mistake', () => tab.evaluate(() => {
        const field = document.activeElement;
        const about = field?.getAttribute('aria-describedby')?.split(' ') ?? [];
        return field?.tagName === 'INPUT' && about.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
      }));
      expect(described).toMatch(words(sentence));
      expect(await addressBar()).toBe(`${server.url}/`);
    }
    expect(await tab.barriers()).toEqual([]);
  });
});
