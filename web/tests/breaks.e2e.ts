// What breaks: the server, the signalling connection, the way of the media. Every seat comes back.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { Firefox } from './harness/firefox.ts';
import { network } from './harness/network.ts';
import { Server, type Way } from './harness/server.ts';
import { admit, arrive, knock, moves, sees, seesItself, sits, takeSeat } from './harness/steps.ts';
import type { Tab } from './harness/tab.ts';
import { until } from './harness/wait.ts';
import { words } from './harness/words.ts';

const ADA = 'Ada Host';
const BEN = 'Ben Principal';

let server: Server | undefined;
let chromium: Chromium;
let firefox: Firefox;
let open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  [chromium, firefox] = await Promise.all([Chromium.start({ seat: 1 }), Firefox.start({ seat: 2 })]);
});

afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
  await server?.remove();
  server = undefined;
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
});

describe('a seat returns by itself', () => {
  test('after the server was killed and started again in mid-call', async () => {
    const { ada, ben } = await table('udp');
    const before = (await ada.received()).length;
    await server!.kill();
    for (const tab of [ada, ben]) await tab.shows(words('signal-reconnecting'));
    await server!.begin();
    for (const tab of [ada, ben]) {
      await until(`${tab.name} seated again`, async () => (await tab.received()).slice(tab === ada ? before : 0).includes('seated'), 30_000);
    }
    await sees(ben, ADA, 1, 40_000);
    await moves(ada, BEN);
    expect(await ben.received()).toContain('waiting'); // of the first admission
    expect((await ben.received()).filter((type) => type === 'waiting')).toHaveLength(1);
  }, 120_000);

  test('after the operator restarted the server, and was told so', async () => {
    const { ada, ben } = await table('udp');
    await server!.stop();
    for (const tab of [ada, ben]) await tab.shows(words('server-restarting'));
    await server!.begin();
    await until('Ada seated again', async () => count(await ada.received(), 'seated') === 2, 30_000);
    await sees(ben, ADA, 1, 40_000);
  }, 120_000);

  test('after its signalling connection broke, while pictures go on', async () => {
    const { ada, ben } = await table('udp');
    await ben.evaluate(() => window.watched.sockets.at(-1)!.close());
    await until('Ben seated again', async () => count(await ben.received(), 'seated') === 2, 30_000);
    expect(count(await ben.received(), 'waiting')).toBe(1);
    await sees(ben, ADA, 1);
    await moves(ada, BEN);
  }, 90_000);

  test('after nothing passed on the way of its media for a while', async () => {
    const { ada, ben } = await table('udp');
    await network('down');
    try {
      for (const tab of [ada, ben]) await tab.shows(words('media-reconnecting'), 30_000);
    } finally {
      await network('up');
    }
    await sees(ben, ADA, 1, 40_000);
    await moves(ada, BEN);
    expect(count(await ben.received(), 'seated')).toBe(1);
  }, 120_000);
});

describe('media finds its way', () => {
  test('over TCP where UDP is not offered, in both browsers', async () => {
    const { ada, ben } = await table('tcp');
    await sees(ben, ADA, 1);
    await moves(ada, BEN);
    for (const tab of [ada, ben]) expect((await tab.figures()).path).toBe('tcp');
  }, 90_000);

  test('over the port of the web page where no other answers, in both browsers', async () => {
    const { ada, ben } = await table('https');
    await sees(ben, ADA, 1, 45_000);
    await moves(ada, BEN);
    for (const tab of [ada, ben]) {
      const { path, far } = await tab.figures();
      expect([path, far]).toEqual(['tcp', 8443]);
    }
  }, 120_000);
});

/** Ada in Chromium and Ben in Firefox at one table. */
async function table(way: Way): Promise<{ ada: ChromiumTab; ben: Tab }> {
  server = await Server.start(way);
  const call = await server.newCall('Breaks', [
    { name: ADA, delegation: 'Alphaland', host: true },
    { name: BEN, delegation: 'Betaland' },
  ]);
  const machine = await chromium.machine();
  const ada = await machine.tab('Ada in Chromium');
  const ben = await firefox.tab('Ben in Firefox');
  open = [machine, ben];
  await arrive(ada, call.links[0]!.url);
  await takeSeat(ada);
  await arrive(ben, call.links[1]!.url);
  await seesItself(ben);
  await knock(ben);
  await admit(ada, BEN);
  await sits(ben);
  await sees(ben, ADA, 1, 40_000);
  await moves(ada, BEN);
  return { ada, ben };
}

const count = (types: readonly string[], type: string) => types.filter((other) => other === type).length;
