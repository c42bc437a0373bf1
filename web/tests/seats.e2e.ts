// One seat, one person: reloading, a second tab, a second machine, and what the host may do.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab, type Machine } from './harness/chromium.ts';
import { Server, type StagedCall } from './harness/server.ts';
import { admit, arrive, knock, leave, refuse, sees, sits, takeSeat, tileOf } from './harness/steps.ts';
import { until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

const ADA = 'Ada Host';
const BEN = 'Ben Principal';

let server: Server;
let chromium: Chromium;
let machines: Machine[] = [];

beforeAll(async () => {
  server = await Server.start();
  chromium = await Chromium.start({ seat: 1 });
});

beforeEach(async () => {
  await Promise.all(machines.map((machine) => machine.close()));
  machines = [];
});

afterAll(async () => {
  await chromium?.close();
  await server?.remove();
});

describe('a seat', () => {
  test('is kept when its page is loaded again, without a new admission', async () => {
    const { ada, ben } = await table();
    await ben.reload();
    await returns(ben);
    await sees(ada, BEN, 1);
    await sees(ben, ADA, 1);
  });

  test('is not taken by a second tab unless the person says so', async () => {
    const { ada, ben, call } = await table();
    const second = await machines[1]!.tab('Ben, second tab');
    await second.goto(call.links[1]!.url);
    await second.shows(words('other-tab-title'));
    await sits(ben);
    await second.click('button', words('other-tab-use-here'));
    await returns(second);
    await ben.shows(words('other-tab-title'));
    await sees(ada, BEN, 1);
  });

  test('moves to another machine only if the host says so', async () => {
    const { ada, ben, call } = await table();
    const other = await (await machine()).tab('Ben, other machine');
    await arrive(other, call.links[1]!.url);
    await other.click('button', exactly('enter-antechamber'));
    await other.shows(words('antechamber-occupied'));
    await ben.shows(words('seat-claimed'));
    await sits(ben);
    await ada.shows(words('claim-other-device'));
    await ada.click('button', words('admit-move-who', { who: about(BEN) }));
    await sits(other);
    await ben.shows(words('error-seat-moved'));
    await sees(ada, BEN, 1);
  });

  test('is not given to whom the host refuses', async () => {
    const { ada, call } = await table({ others: 0 });
    const ben = await (await machine()).tab('Ben');
    await arrive(ben, call.links[1]!.url);
    await knock(ben);
    await refuse(ada, BEN);
    await ben.shows(words('leaving-refused'));
    await ben.click('button', words('return-go'));
    await knock(ben);
    await admit(ada, BEN);
    await sits(ben);
  });

  test('is closed for good when the host removes it', async () => {
    const { ada, ben, call } = await table();
    await ada.click('button', exactly('people'));
    await ada.click('button', words('remove-who', { who: about(BEN) }));
    await ada.click('button', exactly('remove-action'));
    await ben.shows(words('leaving-removed'));
    await until("no picture on Ben's tile", async () => (await tileOf(ada, BEN)) === undefined);
    await ben.goto('about:blank');
    await ben.goto(call.links[1]!.url);
    await ben.shows(words('error-link-closed'));
  });

  test('can be left and taken again with a new admission', async () => {
    const { ada, ben } = await table();
    await leave(ben);
    await ben.shows(words('recorded-nothing-else'));
    await ben.click('button', words('return-go'));
    await knock(ben);
    await admit(ada, BEN);
    await sits(ben);
  });
});

describe('closed doors', () => {
  test('keep newcomers in the antechamber and let the admitted return', async () => {
    const { ada, ben, call } = await table();
    await ada.click('button', exactly('doors-close'));
    await ada.shows(words('seal-doors-closed'));
    await ben.shows(words('seal-doors-closed'));
    const cam = await (await machine()).tab('Cam');
    await arrive(cam, call.links[2]!.url);
    await cam.click('button', exactly('enter-antechamber'));
    await cam.shows(words('antechamber-doors-closed'));
    await ben.reload();
    await returns(ben);
    expect(await ada.has('button', words('admit-who'))).toBe(false);
    await ada.click('button', exactly('doors-open'));
    await admit(ada, 'Cam Staff');
    await sits(cam);
  });
});

describe('a call', () => {
  test('ends for everybody when the host adjourns it', async () => {
    const { ada, ben, call } = await table();
    await ada.click('button', exactly('leave'));
    await ada.click('button', exactly('end-for-all'));
    await ada.click('button', exactly('end-action'));
    for (const tab of [ada, ben]) await tab.shows(words('leaving-ended'));
    await ben.goto('about:blank');
    await ben.goto(call.links[1]!.url);
    await ben.shows(words('error-call-ended'));
  });

  test('is not opened by a cut, a foreign or a guessed link', async () => {
    const { call } = await table({ others: 0 });
    const link = call.links[1]!.url;
    const tab = await (await machine()).tab('Somebody');
    const foreign = await server.newCall('Another call', plan);
    const cases = [
      [link.slice(0, -5), 'error-link-cut'],
      [link.replace(/#.*/, ''), 'error-link-no-secret'],
      [link.slice(0, -8) + 'AAAAAAAA', 'error-unknown-link'],
      [`${foreign.links[1]!.url.split('#')[0]}#${link.split('#')[1]}`, 'error-unknown-link'],
      [link.replace(/\/c\/[a-z2-7]{25}/, `/c/${'a'.repeat(25)}`), 'error-unknown-call'],
    ] as const;
    for (const [url, sentence] of cases) {
      await tab.goto('about:blank');
      await tab.goto(url);
      await tab.shows(words(sentence));
    }
  });
});

const plan = [
  { name: ADA, delegation: 'Alphaland', host: true },
  { name: BEN, delegation: 'Betaland' },
  { name: 'Cam Staff', delegation: 'Betaland', kind: 'staff' as const },
];

async function machine(): Promise<Machine> {
  const made = await chromium.machine();
  machines.push(made);
  return made;
}

/** A new call with the host at the table, and Ben unless `others` is 0. */
async function table(options = { others: 1 }): Promise<{ call: StagedCall; ada: ChromiumTab; ben: ChromiumTab }> {
  const call = await server.newCall('Seats', plan);
  const ada = await (await machine()).tab('Ada');
  await arrive(ada, call.links[0]!.url);
  await takeSeat(ada);
  if (options.others === 0) return { call, ada, ben: ada };
  const ben = await (await machine()).tab('Ben');
  await arrive(ben, call.links[1]!.url);
  await knock(ben);
  await admit(ada, BEN);
  await sits(ben);
  return { call, ada, ben };
}

/** Back at the table without having waited. */
async function returns(tab: ChromiumTab): Promise<void> {
  await sits(tab);
  expect(await tab.received()).not.toContain('waiting');
}
