// The voice for bad lines: where a line loses packets, those who are heard over it send fewer and longer ones, all of one size,
// and are heard nevertheless.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Tab } from './harness/tab.ts';
import { Trial, type Table } from './harness/trial.ts';
import { sleep, until } from './harness/wait.ts';
import { exactly } from './harness/words.ts';

/** Packets a second of the two voices: of 20 and of 120 ms. */
const FULL = 50;
const NARROW = 1000 / 120;
/** A digest of a manifest, and what is around them (`docs/sealed.md`). */
const DIGEST_BYTES = 8;
const MANIFEST_BYTES = 13 + 64;

let trial: Trial;
let table: Table;

beforeAll(async () => {
  trial = await Trial.start();
  table = await trial.table();
}, 180_000);

afterAll(async () => {
  await trial?.clear();
  await trial?.end();
}, 60_000);

describe('the voice for bad lines', () => {
  // Every connection begins with it. Once a line was bad it is taken for good after a minute and more: too long for a test.
  test('is not sent where all lines are good', async () => {
    await sends(table.ada, FULL);
  }, 60_000);

  test('is sent when somebody who hears it loses packets, and is heard', async () => {
    await trial.hosts[1].lose(20);
    await sends(table.ada, NARROW);
    const { voice, others } = sizesOf(await packets(table.ada, 8_000));
    expect(others.filter((size) => (size - voice - MANIFEST_BYTES) % DIGEST_BYTES !== 0), `beside ${voice} bytes`).toEqual([]);
    expect(await hears(table.ben)).toBe(true);
  }, 90_000);

  test('is remembered while the microphone is closed', async () => {
    await table.ada.click('button', exactly('mute'));
    await sleep(2_000);
    await table.ada.click('button', exactly('unmute'));
    const { voice } = sizesOf(await packets(table.ada, 3_000));
    expect(voice).toBeGreaterThan(120);
    expect(await pace(table.ada)).toBeLessThan(NARROW * 1.3);
  }, 60_000);
});

/** Waits until a page sends so many packets of its voice a second. */
function sends(tab: Tab, wanted: number): Promise<boolean> {
  return until(`${wanted.toFixed(0)} packets a second of ${tab.name}`, async () => Math.abs((await pace(tab)) / wanted - 1) < 0.25, 40_000);
}

async function pace(tab: Tab): Promise<number> {
  const [before, since] = [await sent(tab), Date.now()];
  await sleep(2_000);
  return ((await sent(tab)).packets - before.packets) / ((Date.now() - since) / 1000);
}

/** Bytes of single packets of a voice: looked at so often that they come one at a time. */
async function packets(tab: Tab, ms: number): Promise<number[]> {
  const sizes: number[] = [];
  let before = await sent(tab);
  for (const end = Date.now() + ms; Date.now() < end; await sleep(30)) {
    const now = await sent(tab);
    if (now.packets === before.packets + 1) sizes.push(now.bytes - before.bytes);
    before = now;
  }
  return sizes;
}

/** The size that most have, and all others. */
function sizesOf(sizes: readonly number[]): { voice: number; others: number[] } {
  const voice = [...sizes].sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
  expect(sizes.length).toBeGreaterThan(15);
  return { voice, others: sizes.filter((size) => size !== voice) };
}

/** Whether sound comes, for two seconds. */
async function hears(tab: Tab): Promise<boolean> {
  const energy = async () => (await tab.figures()).inbound.reduce((sum, row) => sum + row.energy, 0);
  const before = await energy();
  await sleep(2_000);
  return (await energy()) - before > 0.0001;
}

async function sent(tab: Tab): Promise<{ packets: number; bytes: number }> {
  const { outbound } = await tab.figures();
  return outbound.find((row) => row.kind === 'audio') ?? { packets: 0, bytes: 0 };
}
