// How long a newcomer waits for the first picture, and on what: written into .cache, and judged only by
// what is counted, not by the time on a busy machine.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { Chromium, type ChromiumTab, type Machine } from './harness/chromium.ts';
import { cached } from './harness/paths.ts';
import { Server } from './harness/server.ts';
import { admit, arrive, knock, sees, seesItself, sits, takeSeat } from './harness/steps.ts';
import { until } from './harness/wait.ts';

const ADA = 'Ada Host';

let server: Server;
let chromium: Chromium;
let machines: Machine[] = [];

beforeAll(async () => {
  server = await Server.start();
  chromium = await Chromium.start({ seat: 1 });
});

afterAll(async () => {
  await Promise.all(machines.map((machine) => machine.close()));
  await chromium?.close();
  await server?.remove();
});

/** Milliseconds after sitting down at which each of these was first so. */
interface Way {
  seated: number;
  [step: string]: number;
}

test('a newcomer sees the first picture, and it is known what that took', async () => {
  const call = await server.newCall('A latecomer', [
    { name: ADA, delegation: 'Alphaland', host: true },
    ...['Ben', 'Cam', 'Dan'].map((name) => ({ name: `${name} Principal`, delegation: `${name}land` })),
  ]);
  const ada = await come('Ada', call.links[0]!.url);
  await takeSeat(ada);
  const ways: Way[] = [];
  for (const [at, name] of ['Ben', 'Cam', 'Dan'].entries()) {
    const tab = await come(name, call.links[at + 1]!.url);
    await knock(tab);
    await tab.evaluate(follow);
    await admit(ada, `${name} Principal`);
    await sits(tab);
    await sees(tab, ADA, 1);
    const way = await until(`what ${name} waited for`, () => tab.evaluate(() => {
      const { way } = window as unknown as { way: Way };
      return way['decoded'] !== undefined && way;
    }));
    ways.push(way);
    const line = Object.entries(way).sort(([, a], [, b]) => a - b).map(([step, ms]) => `${step} ${Math.round(ms)}`).join(', ');
    console.log(`first picture of ${name}: ${line}`);
    appendFileSync(join(cached('e2e'), 'first-picture.txt'), `${new Date().toISOString()} ${name}: ${line}\n`);
  }
  expect(ways).toHaveLength(3);
}, 120_000);

async function come(name: string, link: string): Promise<ChromiumTab> {
  const machine = await chromium.machine();
  machines.push(machine);
  const tab = await machine.tab(name);
  await arrive(tab, link);
  await seesItself(tab);
  return tab;
}

/** Runs in the page: notes when each step on the way to a picture was first seen, on a timer of 10 ms. */
function follow(): void {
  const way: Record<string, number> = {};
  Object.assign(window, { way });
  let seatedAt = 0;
  const note = (step: string): void => {
    way[step] ??= performance.now() - seatedAt;
  };
  const look = async (): Promise<void> => {
    const { received, connections, seal } = window.watched;
    const types = received.map(({ type }) => type);
    if (seatedAt === 0) {
      if (!types.includes('seated')) return;
      seatedAt = performance.now();
      note('seated');
    }
    for (const type of ['negotiate', 'answer', 'slots', 'group_welcome']) if (types.includes(type)) note(type);
    if (seal?.stage === 'member') note('member');
    if (seal?.sending === 'allowed') note('allowed');
    if ((seal?.frames.opened ?? 0) > 0) note('opened');
    if ((seal?.frames.early ?? 0) > 0) note('early');
    if ((seal?.frames.refused ?? 0) > 0) note('refused');
    const connection = connections.at(-1);
    if (connection?.connectionState === 'connected' && types.includes('answer')) note('connected');
    if (!connection || connection.connectionState === 'closed') return;
    (await connection.getStats()).forEach((row) => {
      if (row.type !== 'inbound-rtp') return;
      const kind = row.kind as string;
      if (row.packetsReceived > 0) note(`${kind} packet`);
      if (kind === 'audio') return;
      if (row.framesReceived > 0) note('received');
      if (row.framesDecoded > 0) note('decoded');
    });
  };
  const timer = setInterval(() => {
    void look();
    if (way['decoded'] !== undefined) clearInterval(timer);
  }, 10);
}
