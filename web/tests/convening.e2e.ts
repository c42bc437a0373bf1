// The convening page: from the key to a call whose links work, to its end.

import { afterAll, beforeAll, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { Server } from './harness/server.ts';
import { admit, arrive, knock, sits, takeSeat } from './harness/steps.ts';
import { until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

let server: Server;
let chromium: Chromium;
let page: ChromiumTab;

beforeAll(async () => {
  server = await Server.start();
  chromium = await Chromium.start({ seat: 1 });
  page = await (await chromium.machine()).tab('Convener');
});

afterAll(async () => {
  await chromium?.close();
  await server?.remove();
});

test('the way to convene begins on the first page', async () => {
  await page.goto(server.url);
  await page.shows(words('home-title'));
  await page.click('link', words('home-convene-go'));
  await page.shows(words('convene-key-title'));
});

test('a wrong key is refused in words', async () => {
  const field = page.page.getByLabel(words('convene-key-label'));
  await field.fill('too short');
  await page.click('button', exactly('convene-key-enter'));
  await page.shows(words('convene-key-malformed'));
  await field.fill('A'.repeat(43));
  await page.click('button', exactly('convene-key-enter'));
  await page.shows(words('convene-key-unknown'));
});

test('the right key shows the calls', async () => {
  await page.page.getByLabel(words('convene-key-label')).fill(server.convenerKey);
  await page.click('button', exactly('convene-key-enter'));
  await page.shows(words('calls-title'));
});

test('a plan with a mistake is not sent, and the mistake is named', async () => {
  await page.click('button', exactly('call-new'));
  await page.shows(words('form-delegations'));
  await page.click('button', exactly('form-create'));
  await page.shows(words('convene-text-empty'));
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
});

test('a call is made, and its links open its seats', async () => {
  const fields = (key: string) => page.page.getByLabel(exactly(key));
  await fields('form-title').fill('Budget committee');
  for (const [at, delegation, person] of [
    [0, 'Board', 'Ada <b>Host</b>'],
    [1, 'Works council', 'Бен Łukasz'],
  ] as const) {
    if ((await fields('delegation-name').count()) <= at) await page.click('button', exactly('delegation-add'));
    await fields('delegation-name').nth(at).fill(delegation);
    await fields('seat-name').nth(at).fill(person);
  }
  const host = page.page.getByRole('checkbox', { name: exactly('seat-host') }).first();
  if (!(await host.isChecked())) await host.check();
  await page.click('button', exactly('form-create'));
  await page.shows(words('links-title'));
  await page.shows(/Ada <b>Host<\/b>/);

  const hostLink = await page.page.getByRole('link', { name: words('host-link-open') }).getAttribute('href');
  const seatLink = await seatField().inputValue();
  expect(seatLink).toMatch(/\/c\/[a-z2-7]{26}#seat\.[\w-]{43}$/);
  const ada = await (await chromium.machine()).tab('Ada');
  await arrive(ada, new URL(hostLink!, server.url).href);
  await takeSeat(ada);
  const ben = await (await chromium.machine()).tab('Ben');
  await arrive(ben, seatLink);
  await knock(ben);
  await admit(ada, 'Бен');
  await sits(ben);

  // A new link closes the old one.
  await ben.close();
  await page.click('button', words('link-new-for', { who: about('Бен') }));
  await page.click('button', exactly('link-new-do'));
  const renewed = await until('another link', async () => {
    const link = await seatField().inputValue();
    return link !== seatLink && link;
  });
  const late = await (await chromium.machine()).tab('Ben with the old link');
  await late.goto(seatLink);
  await late.shows(words('error-link-closed'));
  await late.goto('about:blank');
  await arrive(late, renewed);

  await page.click('button', exactly('call-end'));
  await page.click('button', exactly('call-end-do'));
  await ada.shows(words('leaving-ended'));
  await page.shows(words('phase-adjourned'));
  await page.click('button', exactly('call-delete'));
  await page.click('button', exactly('call-delete-do'));
  await page.shows(words('calls-empty'));
}, 90_000);

const seatField = () => page.page.getByRole('textbox', { name: words('link-of', { who: about('Бен') }) });

test('nothing broke the content policy and nobody else was asked', async () => {
  expect(await page.violations()).toEqual([]);
  expect(page.requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
});
