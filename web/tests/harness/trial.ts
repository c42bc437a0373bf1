// What every trial of an outage stands on: two machines with a browser each, a table that is whole, and what must hold
// of the diaries of its pages afterwards.

import { expect } from 'vitest';

import { Chromium, type ChromiumTab } from './chromium.ts';
import { accusations, begin, heard, heldFor, moved, read, unmarked, type Note } from './diary.ts';
import { Firefox } from './firefox.ts';
import { Host } from './hosts.ts';
import { Server, type StagedCall } from './server.ts';
import { admit, arrive, knock, moves, sees, seesItself, sits, takeSeat } from './steps.ts';
import type { Tab } from './tab.ts';
import { sleep, until } from './wait.ts';

export const ADA = 'Ada Host';
export const BEN = 'Ben Principal';
/** Sits in Ada's browser, as on a machine of her own, but on Ada's line. */
export const CLEO = 'Cleo Second';

/** From the line to the voice, and from *verified* to the picture. */
const BACK_MS = 3_000;
/** A picture that stands still is marked by then. Two steps of a diary more, as it does not see at once. */
const MARKED_MS = 2_000 + 500;

export interface Table {
  call: StagedCall;
  ada: ChromiumTab;
  ben: Tab;
  cleo: ChromiumTab | null;
}

export class Trial {
  server: Server | undefined;
  #open: { close(): Promise<void> }[] = [];

  private constructor(
    /** Ada's and Ben's machine. */
    readonly hosts: [Host, Host],
    readonly chromium: Chromium,
    readonly firefox: Firefox,
  ) {}

  static async start(): Promise<Trial> {
    const hosts: [Host, Host] = [await Host.start(1), await Host.start(2)];
    const [chromium, firefox] = await Promise.all([
      Chromium.start({ seat: 1, host: hosts[0], small: true }), Firefox.start({ seat: 2, host: hosts[1] }),
    ]);
    return new Trial(hosts, chromium, firefox);
  }

  /** Ada in Chromium, Ben in Firefox, Cleo if wanted: verified by each other, heard and seen. */
  async table(withCleo = false): Promise<Table> {
    this.server = await Server.start('hosts');
    const call = await this.server.newCall('Outages', [
      { name: ADA, delegation: 'Alphaland', host: true },
      { name: BEN, delegation: 'Betaland' },
      ...(withCleo ? [{ name: CLEO, delegation: 'Gammaland' }] : []),
    ]);
    const ada = await this.machine('Ada in Chromium');
    const ben = await this.firefox.tab('Ben in Firefox');
    this.#open.push(ben);
    await arrive(ada, call.links[0]!.url);
    await takeSeat(ada);
    await arrive(ben, call.links[1]!.url);
    await seesItself(ben);
    await knock(ben);
    await admit(ada, BEN);
    await sits(ben);
    const cleo = withCleo ? await this.machine('Cleo in Chromium') : null;
    if (cleo) {
      await arrive(cleo, call.links[2]!.url);
      await knock(cleo);
      await admit(ada, CLEO);
      await sits(cleo);
    }
    await sees(ben, ADA, 1, 40_000);
    await moves(ada, BEN);
    const tabs = [ada, ben, ...(cleo ? [cleo] : [])];
    await Promise.all(tabs.map(begin));
    for (const tab of tabs) await whole(tab, tabs.length);
    return { call, ada, ben, cleo };
  }

  /** A tab on a machine of its own for the server, in Ada's browser. */
  async machine(name: string): Promise<ChromiumTab> {
    const machine = await this.chromium.machine();
    this.#open.push(machine);
    return machine.tab(name);
  }

  /** After each test. */
  async clear(): Promise<void> {
    for (const host of this.hosts) {
      await host.mend();
      await host.plug();
    }
    await Promise.all(this.#open.map((one) => one.close().catch(() => {})));
    this.#open = [];
    await this.server?.remove();
    this.server = undefined;
  }

  async end(): Promise<void> {
    await Promise.all([this.chromium.close(), this.firefox.close()]);
    await Promise.all(this.hosts.map((host) => host.close()));
  }
}

/** Waits until a page has verified all of the table, itself included, and hears somebody. */
export async function whole(tab: Tab, seats: number, timeoutMs = 60_000): Promise<void> {
  try {
    await until(`${tab.name} verifies all ${seats} and hears somebody`, async () => {
      const notes = await read(tab);
      const last = notes.at(-1);
      return last !== undefined && isWhole(last, seats) && heldFor(notes, last.at - 2_000, 600, heard) !== null;
    }, timeoutMs);
  } catch (error) {
    for (const note of (await read(tab)).slice(-100).filter((_, at) => at % 20 === 0)) console.log(tab.name, note);
    throw error;
  }
}

/** What a page has to see again: whose picture. */
export type Seen = readonly [tab: Tab, names: readonly string[]];

/** Everything is as it was before, soon after `since`, and nobody was accused meanwhile. */
export async function back(seen: readonly Seen[], since: number): Promise<void> {
  const seats = seen.length;
  await Promise.all(seen.map(([tab]) => whole(tab, seats)));
  for (const [tab, names] of seen) {
    for (const name of names) {
      try {
        await until(`${tab.name} sees ${name}`, async () => isMoving(await read(tab), name), 60_000);
      } catch (error) {
        for (const [each] of seen) console.log(each.name, JSON.stringify(await each.figures().catch(String)), (await read(each)).at(-1));
        throw error;
      }
    }
  }
  // Long enough for a voice that was late to be told from one that was there.
  await sleep(1_500);
  const found: string[] = [];
  for (const [tab, names] of seen) found.push(...faults(tab.name, await read(tab), names, seats, since));
  expect(found).toEqual([]);
}

/** Nobody on any of these pages was accused of anything. */
export async function nobodyAccused(tabs: readonly Tab[]): Promise<void> {
  for (const tab of tabs) expect(accusations(await read(tab)), tab.name).toEqual([]);
}

export const isWhole = ({ members, sending }: Note, seats: number): boolean => {
  const states = Object.values(members);
  return sending === 'allowed' && states.length === seats && states.every((state) => state === 'verified');
};

const isMoving = (notes: Note[], name: string): boolean => moved(notes, name)(notes.at(-1)!);

function faults(who: string, notes: Note[], names: readonly string[], seats: number, since: number): string[] {
  const found = accusations(notes).map((said) => `${who} reads: ${said}`);
  const voice = heldFor(notes, since, 600, heard);
  if (voice === null || voice > BACK_MS) found.push(`${who} hears the others ${voice} ms after the line`);
  const verified = heldFor(notes, since, 0, (note) => isWhole(note, seats));
  const pictures = names.map((name) => heldFor(notes, since, 0, moved(notes, name)));
  for (const [at, name] of names.entries()) {
    const picture = pictures[at] ?? null;
    if (verified === null || picture === null || picture - verified > BACK_MS) {
      found.push(`${who} sees ${name} ${picture} ms after the line, and has verified all after ${verified} ms`);
    }
    const still = unmarked(notes, name, MARKED_MS);
    if (still.length > 0) found.push(`${who} is not told that ${name} stands still: ${still[0]} and ${still.length - 1} more`);
  }
  console.log(`${who}: voice after ${voice} ms, verified after ${verified} ms, pictures after ${pictures.join(', ')} ms`);
  return found;
}
