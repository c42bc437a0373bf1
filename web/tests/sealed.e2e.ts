// What is sealed, in two browsers at one table: everybody is verified, every frame opens, texts and words
// are the same at both ends, reloads come back by themselves, and who is removed is cut off at once.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab, type Machine } from './harness/chromium.ts';
import { Demo } from './harness/demo.ts';
import { Firefox } from './harness/firefox.ts';
import { Server, type StagedCall } from './harness/server.ts';
import { admit, arrive, comparesWords, knock, moves, sees, seesItself, sits, takeSeat, tileOf, writes } from './harness/steps.ts';
import type { Tab } from './harness/tab.ts';
import { sleep, until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

const ADA = 'Ada Host';
const BEN = 'Ben Principal';

let chromium: Chromium;
let firefox: Firefox;

beforeAll(async () => {
  [chromium, firefox] = await Promise.all([Chromium.start({ seat: 1 }), Firefox.start({ seat: 2 })]);
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
});

describe('a host in Chromium and a delegate in Firefox', () => {
  let server: Server;
  let call: StagedCall;
  let machine: Machine;
  let ada: ChromiumTab;
  let ben: Tab;

  beforeAll(async () => {
    server = await Server.start();
    call = await server.newCall('Behind closed doors', [
      { name: ADA, delegation: 'Alphaland', host: true },
      { name: BEN, delegation: 'Betaland' },
    ]);
    machine = await chromium.machine();
    ada = await machine.tab('Ada in Chromium');
    ben = await firefox.tab('Ben in Firefox');
    await arrive(ada, call.links[0]!.url);
    await takeSeat(ada);
    await arrive(ben, call.links[1]!.url);
    await seesItself(ben);
    await knock(ben);
    await admit(ada, BEN);
    await sits(ben);
  }, 90_000);

  afterAll(async () => {
    await Promise.all([machine?.close(), ben?.close()]);
    await server?.remove();
  });

  test('are both verified, and both screens say so', async () => {
    for (const tab of [ada, ben]) await verified(tab, 2);
    await ada.click('button', exactly('doors-close'));
    for (const tab of [ada, ben]) {
      await tab.shows(words('seal-doors-closed'));
      await tab.shows(words('seal-verified', { verified: 2, members: 2 }));
    }
    await ada.click('button', exactly('doors-open'));
  });

  test('open every frame that arrives, and lose none to a mistake', async () => {
    await sees(ben, ADA, 1);
    await moves(ada, BEN);
    await sleep(2000);
    const before = [await ada.seal(), await ben.seal()];
    await sleep(3000);
    for (const [at, tab] of [ada, ben].entries()) {
      const { frames } = await tab.seal();
      expect(frames.opened - before[at]!.frames.opened, tab.name).toBeGreaterThan(100);
      expect(frames.sealed - before[at]!.frames.sealed, tab.name).toBeGreaterThan(100);
      // What was sealed before somebody came is refused to them; that is over by now.
      expect(frames.refused - before[at]!.frames.refused, tab.name).toBe(0);
    }
  });

  test('write to each other, and both read the same in the same order', async () => {
    await writes(ada, 'Good evening, Ben.');
    await ben.shows(words('text-unread', { count: 1 }));
    await writes(ben, 'Добрий вечір, Адо. <b>Łódź</b>');
    for (const tab of [ada, ben]) {
      const read = await until(`two texts in ${tab.name}`, async () => {
        const texts = await tab.evaluate(() => [...document.querySelectorAll('[role=log] article .text')].map((p) => p.textContent));
        return texts.length === 2 && texts;
      });
      expect(read).toEqual(['Good evening, Ben.', 'Добрий вечір, Адо. <b>Łódź</b>']);
    }
    for (const tab of [ada, ben]) await tab.click('button', exactly('text-close'));
  });

  test('see the same words, and the answer is seen by the chair', async () => {
    await ada.click('button', exactly('people'));
    await ada.click('button', exactly('check-go'));
    const [here, there] = [await comparesWords(ada), await comparesWords(ben)];
    expect(here.words).toHaveLength(6);
    expect(here.digits).toMatch(/^\d{20}$/);
    expect(there).toEqual(here);
    await ben.click('button', exactly('check-same'));
    await until("Ben's answer", async () => (await ada.seal()).check?.verdicts.some((v) => v.seat === 2 && v.same));
    for (const tab of [ada, ben]) await tab.press('Escape');
    await ada.click('button', exactly('people-close'));
  });

  test('come back after a reload without bothering anybody, the host too', async () => {
    for (const tab of [ben, ada]) {
      await tab.reload();
      await sits(tab);
      expect(await tab.received()).not.toContain('waiting');
      await verified(ada, 2);
      await verified(ben, 2);
      await sees(ben, ADA, 1);
      await moves(ada, BEN);
      expect((await tab.seal()).group).toBe(1);
    }
  }, 120_000);

  test('a second machine with the same link gets nothing before the host says so', async () => {
    const other = await (await chromium.machine()).tab('Ben, other machine');
    await arrive(other, call.links[1]!.url);
    await other.click('button', exactly('enter-antechamber'));
    await other.shows(words('antechamber-occupied'));
    await ben.shows(words('seat-claimed'));
    await ada.shows(words('claim-other-device'));
    await sleep(3000);
    expect(await other.received()).not.toContain('seated');
    expect(await other.received()).not.toContain('group_welcome');
    expect((await other.seal()).stage).toBe('joining');
    await verified(ben, 2);
    await other.close();
  });

  test('who is removed is cut off at once', async () => {
    await ada.click('button', exactly('people'));
    await ada.click('button', words('remove-who', { who: about(BEN) }));
    const { epoch } = await ada.seal();
    await ada.click('button', exactly('remove-action'));
    await until("no picture on Ben's tile", async () => (await tileOf(ada, BEN)) === undefined, 2_000);
    await until('a new epoch without Ben', async () => {
      const seal = await ada.seal();
      return seal.epoch > epoch && seal.members.length === 1;
    }, 5_000);
    const { opened } = (await ada.seal()).frames;
    await sleep(2000);
    expect((await ada.seal()).frames.opened).toBe(opened);
    await ben.shows(words('leaving-removed'));
    expect(await ada.violations()).toEqual([]);
  });
});

test('who comes back on another machine is seen by the others only once they accept it', async () => {
  const server = await Server.start();
  const machines: Machine[] = [];
  const open = async (name: string, link: string): Promise<ChromiumTab> => {
    const machine = await chromium.machine();
    machines.push(machine);
    const tab = await machine.tab(name);
    await arrive(tab, link);
    return tab;
  };
  try {
    const { links } = await server.newCall('Machines', [
      { name: ADA, delegation: 'Alphaland', host: true },
      { name: BEN, delegation: 'Betaland' },
      { name: 'Cam Principal', delegation: 'Gammaland' },
    ]);
    const ada = await open('Ada', links[0]!.url);
    await takeSeat(ada);
    const [ben, cam] = [await open('Ben', links[1]!.url), await open('Cam', links[2]!.url)];
    for (const [tab, name] of [[ben, BEN], [cam, 'Cam Principal']] as const) {
      await knock(tab);
      await admit(ada, name);
      await sits(tab);
    }
    await sees(cam, BEN, 1);
    const other = await open('Ben, other machine', links[1]!.url);
    await other.click('button', exactly('enter-antechamber'));
    await ada.click('button', words('admit-move-who', { who: about(BEN) }));
    await sits(other);
    await ben.shows(words('error-seat-moved'));
    // The host has decided; the others are asked.
    await sees(ada, BEN, 1);
    await cam.shows(words('device-changed-ask', { who: about(BEN) }));
    expect(await tileOf(cam, BEN)).toBe(undefined);
    await cam.click('button', words('device-accept-who', { who: about(BEN) }));
    await sees(cam, BEN, 1);
    await verified(cam, 3);
  } finally {
    await Promise.all(machines.map((machine) => machine.close()));
    await server.remove();
  }
}, 120_000);

describe('browsers among native participants', () => {
  let demo: Demo;

  beforeAll(async () => {
    demo = await Demo.start();
  }, 60_000);

  afterAll(async () => {
    await demo?.stop();
  });

  test('are verified by all, and open what all of them send', async () => {
    const host = await (await chromium.machine()).tab('Host in Chromium');
    const guest = await firefox.tab('Guest in Firefox');
    await arrive(host, demo.hostLink);
    await takeSeat(host);
    await arrive(guest, demo.seatLink);
    await seesItself(guest);
    await knock(guest);
    await host.click('button', exactly('people'));
    await host.click('button', exactly('admit-all'));
    await host.click('button', exactly('people-close'));
    await sits(guest);
    const all = (await host.seal()).members.length;
    expect(all).toBeGreaterThanOrEqual(9);
    for (const tab of [host, guest]) {
      await verifiedInTurn(tab, all);
      await until(`the films of the others in ${tab.name}`, async () => {
        const seats = (await tab.sights()).flatMap(({ mark }) => mark?.seat ?? []);
        return new Set(seats).size >= all - 2;
      }, 40_000);
    }
    // Frames on their way while people sit down may come too late to open: once all have settled, none does.
    for (const tab of [host, guest]) {
      await until(`five seconds in which ${tab.name} opens every frame`, async () => {
        const before = (await tab.seal()).frames;
        await sleep(5000);
        const after = (await tab.seal()).frames;
        return after.opened - before.opened > 500 && after.refused === before.refused;
      }, 40_000);
    }
  }, 180_000);
});

/** Waits until so many are members, and all of them verified. */
async function verified(tab: Tab, count: number): Promise<void> {
  let last = '';
  try {
    await until(`${count} verified in ${tab.name}`, async () => {
      const { members, verified, sending, problems } = await tab.seal();
      last = JSON.stringify({ sending, problems, members: members.map(({ seat, state }) => `${seat} ${state}`) });
      return members.length === count && verified === count && sending === 'allowed';
    }, 30_000);
  } catch (error) {
    throw new Error(last, { cause: error });
  }
}

/**
 * Waits until each of so many members was verified. Eight native participants and two browsers are more
 * than a small machine can carry without anybody being late by a second: somebody may be silent for a
 * moment, and nobody may be anything worse.
 */
async function verifiedInTurn(tab: Tab, count: number): Promise<void> {
  const seen = new Set<number>();
  const wrong = new Set<string>();
  await until(`each of ${count} verified in ${tab.name}`, async () => {
    const { members, problems } = await tab.seal();
    for (const { kind } of problems) if (kind !== 'silent') wrong.add(kind);
    for (const { seat, state } of members) if (state === 'verified') seen.add(seat);
    return seen.size === count;
  }, 60_000);
  expect([...wrong], tab.name).toEqual([]);
}
