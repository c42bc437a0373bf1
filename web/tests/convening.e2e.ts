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

test('what is filled is right at once, what is wrong says so by its own name, and nothing else is blamed', async () => {
  const empty = () => page.page.getByText(words('convene-text-empty'));
  const before = await empty().count();
  const title = field('form-title');
  expect(await title.getAttribute('aria-invalid')).toBe('true');
  await title.fill('Budget committee');
  await until('the title to be right', async () => (await title.getAttribute('aria-invalid')) === null);
  // Once beside the field, once in the list of what is to be mended.
  expect(await empty().count()).toBe(before - 2);
  await title.fill('ї'.repeat(203));
  await page.shows(words('convene-text-too-long', { max: 200, over: 3 }));
  const described = await title.evaluate((input) => (input.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent).join(' '));
  expect(described).toMatch(words('convene-text-too-long', { max: 200, over: 3 }));
  await title.fill('ї'.repeat(200));
  await until('200 Ukrainian letters to be right', async () => (await title.getAttribute('aria-invalid')) === null);
  // A delegation added after the refusal is left in peace until the next try.
  await page.click('button', exactly('delegation-add'));
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe(null);
  await page.page.getByRole('button', { name: words('remove-from-form', { what: 'Delegation 3' }) }).click();
});

test('a list says what is to be mended, and leads there by keyboard', async () => {
  await field('form-zone').fill('Europe/Nowhere');
  await page.shows(words('convene-zone-unknown'));
  await page.reach(exactly('form-zone'));
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('Europe/Nowhere');
  await field('form-zone').fill('new york');
  await until('the zone to be right', async () => (await field('form-zone').getAttribute('aria-invalid')) === null);
});

test('half a date is a mistake, not a call without a time', async () => {
  await field('form-start').focus();
  await page.page.keyboard.type('0112');
  await page.click('button', exactly('form-create'));
  await page.shows(words('convene-start-wrong'));
  await field('form-start').fill('2031-07-01T15:00');
  await page.shows(words('form-start-own'));
  expect(await page.text()).toContain('21:00');
});

test('a name that looks the same as another is told beside it, and is no mistake', async () => {
  const names = page.page.getByLabel(exactly('seat-name'));
  await names.nth(0).fill('Paul');
  await names.nth(1).fill('\u{420}aul');
  await page.shows(words('form-alike', { field: 'Delegation 1, Seat 1, Name of the person' }));
  await until('it to be no mistake', async () => (await names.nth(1).getAttribute('aria-invalid')) === null);
});

test('a reload loses nothing of the form, and it says where it is kept', async () => {
  await field('delegation-name').first().fill('Board of directors');
  await page.shows(words('form-draft-kept'));
  await page.reload();
  await page.shows(words('calls-title'));
  await page.click('button', exactly('call-new'));
  await page.shows(words('form-draft-continued'));
  expect(await field('delegation-name').first().inputValue()).toBe('Board of directors');
  expect(await field('form-start').inputValue()).toBe('2031-07-01T15:00');
  await page.click('button', exactly('form-draft-discard'));
  await page.click('button', exactly('form-draft-discard'));
  await until('an empty form', async () => (await field('form-title').inputValue()) === '');
  expect(await page.evaluate(() => localStorage.getItem('incamera.draft'))).toBe(null);
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
  await fields('form-start').fill('2031-07-01T15:00');
  await fields('form-zone').fill('Europe/Brussels');
  await fields('delegation-zone').nth(1).fill('Asia/Tokyo');
  const host = page.page.getByRole('checkbox', { name: exactly('seat-host') }).first();
  if (!(await host.isChecked())) await host.check();
  await page.click('button', exactly('form-create'));
  await page.shows(words('links-title'));
  await page.shows(/Ada <b>Host<\/b>/);
  expect(await page.evaluate(() => localStorage.getItem('incamera.draft'))).toBe(null);

  // The page's policy lets nobody read the clipboard, this test neither: it looks at what is written there.
  await page.evaluate(() => {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = (text) => write(((window as { copied?: string }).copied = text));
  });
  await page.click('button', exactly('links-copy-all'));
  await page.shows(words('copied'));
  const letter = await page.evaluate(() => (window as { copied?: string }).copied ?? '');
  for (const said of [/^Budget committee\n/, /15:00/, /22:00/, /Host: .*Ada/]) expect(letter).toMatch(said);
  expect(letter).not.toContain('#host.');

  const hostLink = await page.page.getByRole('link', { name: words('host-link-open') }).getAttribute('href');
  const seatLink = await seatField().inputValue();
  expect(seatLink).toMatch(/\/c\/[a-z2-7]{26}#seat\.[\w-]{43}$/);

  // Another browser has the key and neither names nor links, until the host's link is pasted there.
  const elsewhere = await (await chromium.machine()).tab('Elsewhere');
  await elsewhere.goto(`${server.url}/convene`);
  await elsewhere.page.getByLabel(words('convene-key-label')).fill(server.convenerKey);
  await elsewhere.click('button', exactly('convene-key-enter'));
  await elsewhere.click('button', words('call-title-sealed'));
  await elsewhere.shows(words('links-not-held'));
  await elsewhere.page.getByLabel(exactly('unlock-label')).fill(seatLink);
  await elsewhere.click('button', exactly('unlock-do'));
  await elsewhere.shows(words('convene-host-link-seat'));
  await elsewhere.page.getByLabel(exactly('unlock-label')).fill(new URL(hostLink!, server.url).href);
  await elsewhere.click('button', exactly('unlock-do'));
  await elsewhere.shows(/Budget committee.*Бен Łukasz/);
  await elsewhere.close();

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

const field = (key: string) => page.page.getByLabel(exactly(key));
const seatField = () => page.page.getByRole('textbox', { name: words('link-of', { who: about('Бен') }) });

test('nothing broke the content policy and nobody else was asked', async () => {
  expect(await page.violations()).toEqual([]);
  expect(page.requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
});
