// A dishonest server against the shipped page in Chromium: what `crates/evil` does to native clients, done
// to a page that sits with them. Each case is played twice, without its attack, when nothing may be wrong,
// and with it, when the page has to refuse it or say so within its bound.

import { appendFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { Evil, type Scene } from './harness/evil.ts';
import { arrive, knock, sits, takeSeat, tileOf } from './harness/steps.ts';
import { tamperings } from './harness/tampering.ts';
import { sleep, until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

/** What the page has to come to, from the strike on; it throws if it does not. */
interface Play {
  /** The page is the host's. */
  host?: true;
  /** The attack begins before the page comes, and it never gets to the table. */
  outside?: true;
  /** It takes its seat all the same, and is never there for long. */
  sits?: true;
  shows(at: At): Promise<unknown>;
}

interface At {
  tab: ChromiumTab;
  scene: Scene;
  /** Milliseconds left until the bound. */
  left(): number;
  /** Until so many milliseconds after the strike. */
  by(ms: number): number;
}

/** Whatever happens, a page may never show these; seat 4 is nobody's in any case. */
const GHOST = 4;

const starved: Play = {
  shows: async ({ tab, scene, left }) => {
    const { refused } = (await tab.seal()).frames;
    await tab.shows(words('seal-starved', { who: about(scene.shortName(2)), count: 1 }), left());
    await until('frames refused', async () => (await tab.seal()).frames.refused > refused + 100, 5000);
    await until('the host to be heard and the other not', async () => {
      const heard = await tab.voices();
      return heard.includes(1) && !heard.includes(2);
    });
    // Its person is there all the same, and so is every other voice.
    expect((await tab.seal()).members).toHaveLength(3);
  },
};

const plays: Record<string, Play> = {
  'garbled-media': starved,
  'plaintext-media': starved,
  'silence-injected': starved,
  'frames-replayed': starved,

  'forged-by-a-member': {
    shows: async ({ tab, scene, left }) => {
      await tab.shows(words('seal-forged', { who: about(scene.shortName(1)), count: 1 }), left());
      await until('the seat marked', async () => state(tab, 1).then((now) => now === 'forged'), left());
      await until('silence in its place', async () => !(await tab.voices()).includes(1));
    },
  },

  'seats-relabelled': {
    shows: async ({ tab, scene, left }) => {
      const wrong: string[] = [];
      for (const seat of [1, 2]) {
        await until(`seat ${seat} under its name`, async () => {
          const sights = await Promise.all([1, 2].map((other) => tileOf(tab, scene.name(other))));
          sights.forEach((sight, at) => {
            const mark = sight?.mark?.seat ?? at + 1;
            if (mark !== at + 1) wrong.push(`the film of seat ${mark} is on the tile of seat ${at + 1}`);
          });
          return sights[seat - 1]?.mark?.seat === seat;
        }, left());
      }
      expect(wrong).toEqual([]);
    },
  },

  'former-frames-held': {
    shows: async ({ tab, scene, left }) => {
      // Its film may not have come for a while; nobody else's may be there before.
      const wrong: number[] = [];
      await until('the film of seat 2 under its name', async () => {
        const mark = (await tileOf(tab, scene.name(2)))?.mark;
        if (mark && mark.seat !== 2) wrong.push(mark.seat);
        return mark?.seat === 2;
      }, left(), 50);
      expect(wrong, 'films of others on the tile of seat 2').toEqual([]);
    },
  },

  'commit-withheld': {
    shows: async ({ tab, by, left }) => {
      await until('nobody verified', async () => {
        const { members } = await tab.seal();
        return members.every(({ seat, state }) => seat === 3 || state !== 'verified');
      }, by(8500));
      // It either has no host any more or knows that it missed a commit, and asks to be let back.
      await until('nothing sent', async () => {
        const { sending, stage } = await tab.seal();
        return sending !== 'allowed' || stage !== 'member';
      }, left());
      const { sealed } = (await tab.seal()).frames;
      await tab.shows(new RegExp(`${words('seal-stopped-no-host').source}|${words('seal-recovering').source}`, 'i'), left());
      await sleep(1500);
      expect((await tab.seal()).frames.sealed, 'frames sealed').toBe(sealed);
    },
  },

  'minted-credential': {
    shows: async ({ tab, left }) => {
      await tab.shows(/sealed the call anew|was sealed anew/i, left());
      await allVerified(tab, left());
      expect((await tab.seal()).group).toBe(2);
    },
  },

  'welcome-into-forged-group': {
    shows: async ({ tab, left }) => {
      await allVerified(tab, left());
      expect((await tab.seal()).group).toBe(1);
    },
  },

  'plan-lied': {
    shows: async ({ tab, scene, left }) => {
      await tab.shows(words('seal-bad-plan'), left());
      const { members, people } = await tab.seal();
      expect(people).toBe(null);
      expect(members.map(({ seat, name }) => [seat, name]).sort()).toEqual([1, 2, 3].map((seat) => [seat, scene.name(seat)]));
    },
  },

  'foreign-grant': { outside: true, shows: ({ tab, left }) => ended(tab, 'error-bad-grant', left()) },
  'version-downgrade': { outside: true, shows: ({ tab, left }) => ended(tab, 'error-unsupported-version', left()) },

  'added-ghost': { host: true, shows: (at) => claims(at, 'not_a_grant', 'claim-not-a-grant') },
  'suite-downgrade': { host: true, shows: (at) => claims(at, 'bad_package', 'claim-bad-package') },
};

// The server's answers say what no honest one does.
for (const { name, fault, played, mirror } of tamperings) {
  if (played !== 'browser' && played !== 'both') continue;
  plays[name] = { host: true, outside: true, ...(mirror ? {} : { sits: true }), shows: (at) => refuses(at, `error-answer-${fault}`) };
}

let evil: Evil;
let chromium: Chromium;

beforeAll(async () => {
  evil = Evil.start();
  chromium = await Chromium.start({ seat: 3 });
});

afterAll(async () => {
  await chromium?.close();
  evil?.close();
});

test('every attack there is is played', async () => {
  expect((await evil.list()).sort()).toEqual(Object.keys(plays).sort());
});

// How many at once: `maxConcurrency` in vitest.e2e.config.ts.
describe('the page holds against', { concurrent: true, timeout: 120_000 }, () => {
  test.for(Object.keys(plays))('%s', holds);
});

/** Plays it both ways, and tells `cargo xtask evil`, if that asked, how it came out. */
async function holds(name: string): Promise<void> {
  const told: Partial<Scene['laid']> = {};
  const control = await outcome(() => once(name, false, told));
  const attacked = await outcome(() => once(name, true, told));
  const { attack, expected, within_s } = told;
  const line = {
    type: 'case', case: `chromium-${name}`, attack, expected, within_s,
    holds: typeof control !== 'string' && typeof attacked !== 'string',
    control: typeof control === 'string' ? control : null,
    attacked: typeof attacked === 'string' ? attacked : null,
    known: null, took_ms: typeof attacked === 'string' ? null : attacked,
  };
  const file = process.env['INCAMERA_EVIL_OUTCOMES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
  expect(line, name).toMatchObject({ control: null, attacked: null });
}

async function outcome(run: () => Promise<number>): Promise<number | string> {
  try {
    return await run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One call. How long it took, in milliseconds, until all was shown. */
async function once(name: string, attack: boolean, told: Partial<Scene['laid']>): Promise<number> {
  const play = plays[name]!;
  const scene = await evil.lay(name, attack);
  Object.assign(told, scene.laid);
  const machine = await chromium.machine();
  try {
    const tab = await machine.tab(`the page in ${name}`);
    let start = Date.now();
    if (play.outside && attack) {
      await (play.sits ? arrive(tab, scene.laid.link) : tab.goto(scene.laid.link));
      if (play.sits) await tab.click('button', exactly('take-your-seat'));
    } else await comes(tab, scene, play, attack);
    if (!isBefore(name)) start = Date.now();
    await scene.strike();
    if (attack) {
      const by = (ms: number): number => Math.max(500, start + ms - Date.now());
      await play.shows({ tab, scene, by, left: () => by(scene.laid.within_s * 1000) });
    } else await calm(tab, scene);
    const took = Date.now() - start;
    await scene.judge();
    if (!(play.outside && attack)) {
      const ghost = (await tab.seal()).members.filter(({ seat }) => seat === GHOST);
      expect(ghost, 'ghosts in the group').toEqual([]);
    }
    return took;
  } finally {
    await machine.close();
    await scene.clear();
  }
}

/** These attacks begin while the page comes, so that is when their bound begins. */
function isBefore(name: string): boolean {
  return ['foreign-grant', 'version-downgrade', 'welcome-into-forged-group', 'seats-relabelled'].includes(name) || tamperings.some((t) => t.name === name);
}

/** The page takes its seat, and all are together. */
async function comes(tab: ChromiumTab, scene: Scene, play: Play, attack: boolean): Promise<void> {
  await arrive(tab, scene.laid.link);
  if (play.host) {
    await takeSeat(tab);
    let came = false;
    const company = scene.company().finally(() => (came = true));
    // Awaited below; until then a failure of it is no unhandled one.
    company.catch(() => {});
    while (!came) {
      for (const seat of [2, 3]) {
        const button = words('admit-who', { who: about(scene.name(seat)) });
        // On a busy machine the one pressed before is still seen, and gone when it is to be pressed again.
        if (await tab.has('button', button)) await tab.click('button', button, 1_000).catch(() => {});
      }
      await sleep(200);
    }
    await company;
  } else {
    await knock(tab);
    const admitted = scene.admit();
    admitted.catch(() => {});
    await sits(tab);
    await admitted;
  }
  // A lie about the plan is told at the table, and is shown for as long as one sits there.
  if (!attack) await allVerified(tab, 30_000);
}

/** All is well with three seats, and nothing is wrong: what a run without its attack comes to. */
async function calm(tab: ChromiumTab, scene: Scene): Promise<void> {
  await tab.shows(words('seal-verified', { verified: 3, members: 3 }));
  // On a busy machine somebody may be silent for a moment. Nobody may be anything worse.
  await until('three seconds in which every frame opens', async () => {
    const before = (await tab.seal()).frames;
    await sleep(3000);
    const { frames, problems, verified } = await tab.seal();
    const wrong = problems.filter(({ kind }) => kind !== 'silent');
    if (wrong.length > 0) throw new Error(`shown as wrong: ${JSON.stringify(wrong)}`);
    return frames.opened > before.opened + 100 && frames.refused === before.refused && verified === 3;
  }, 30_000);
  await until(`seats ${scene.laid.voices} heard`, async () => {
    const heard = new Set(await tab.voices());
    return scene.laid.voices.every((seat) => heard.has(seat));
  });
  expect(await tab.violations()).toEqual([]);
}

async function allVerified(tab: ChromiumTab, timeoutMs: number): Promise<void> {
  await until('all three verified', async () => {
    const { members, verified } = await tab.seal();
    return verified === 3 && members.length === 3;
  }, timeoutMs);
}

async function state(tab: ChromiumTab, seat: number): Promise<string | undefined> {
  return (await tab.seal()).members.find((member) => member.seat === seat)?.state;
}

/** It went no further, and says why. */
async function ended(tab: ChromiumTab, why: string, timeoutMs: number): Promise<void> {
  await tab.shows(words(why), timeoutMs);
  expect(await tab.received()).not.toContain('seated');
  expect(await tab.evaluate(() => window.watched.connections.length)).toBe(0);
}

/** It has ended, says what the server wanted, and applied nothing of it. */
async function refuses({ tab, left }: At, why: string): Promise<void> {
  await tab.shows(words(why), left());
  const connections = await tab.evaluate(() => window.watched.connections.map(({ signalingState, remoteDescription }) => [signalingState, remoteDescription]));
  expect(connections.length).toBeGreaterThan(0);
  expect(connections.at(-1)).toEqual(['closed', null]);
  expect(connections.every(([state]) => state === 'closed')).toBe(true);
  expect(await tab.has('button', words('action-try-again'))).toBe(true);
}

/** Somebody asks in, and the host's page says what is wrong with that and admits nobody. */
async function claims({ tab, scene, left }: At, problem: string, says: string): Promise<void> {
  await until('the claim', async () => (await tab.seal()).waiting.some((w) => w.seat === GHOST && w.problem === problem), left());
  await tab.click('button', exactly('people'));
  await tab.shows(words(says), left());
  expect(await tab.has('button', words('admit-who', { who: about(scene.name(GHOST)) }))).toBe(false);
  await sleep(2000);
  expect((await tab.seal()).members.map(({ seat }) => seat).sort()).toEqual([1, 2, 3]);
}
