// Two Chromium and one Firefox at one table: everybody sees and hears everybody, and what leaves and
// arrives is what was meant to.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Chromium, type ChromiumTab } from './harness/chromium.ts';
import { FRAMES_PER_SECOND, LOOP_FRAMES } from './harness/fake-media.ts';
import { Firefox } from './harness/firefox.ts';
import { Server } from './harness/server.ts';
import { admit, arrive, knock, leave, moves, sees, seesItself, takeSeat, sits, tileOf } from './harness/steps.ts';
import type { Tab } from './harness/tab.ts';
import { tamper, tamperings } from './harness/tampering.ts';
import { sleep, until } from './harness/wait.ts';
import { about, exactly, words } from './harness/words.ts';

/** What a manifest adds to a voice packet: 75 digests, 13 bytes, a signature (`docs/sealed.md`). */
const MANIFEST_BYTES = 75 * 8 + 13 + 64;
const ADA = 'Ada Host';
const BEN = 'Ben Principal';
const CAM = 'Cam Principal';

let server: Server;
let chromium: Chromium;
let browsers: { close(): Promise<void> }[];
let ada: ChromiumTab;
let ben: ChromiumTab;
let cam: Tab;

beforeAll(async () => {
  server = await Server.start();
  const call = await server.newCall('Three browsers', [
    { name: ADA, delegation: 'Alphaland', host: true },
    { name: BEN, delegation: 'Betaland' },
    { name: CAM, delegation: 'Gammaland' },
  ]);
  chromium = await Chromium.start({ seat: 1 });
  const second = await Chromium.start({ seat: 2 });
  const third = await Firefox.start({ seat: 3 });
  browsers = [chromium, second, third];
  ada = await (await chromium.machine()).tab('Ada in Chromium');
  ben = await (await second.machine()).tab('Ben in Chromium');
  cam = await third.tab('Cam in Firefox');
  for (const [at, tab] of [ada, ben, cam].entries()) await arrive(tab, call.links[at]!.url);
}, 90_000);

afterAll(async () => {
  await Promise.all((browsers ?? []).map((browser) => browser.close()));
  await server?.remove();
});

describe('three browsers in one call', () => {
  test('the host sits down at once and lets the others in', async () => {
    for (const tab of [ada, ben, cam]) await seesItself(tab);
    await takeSeat(ada);
    for (const [tab, name] of [[ben, BEN], [cam, CAM]] as const) {
      await knock(tab);
      await admit(ada, name);
      await sits(tab);
    }
  });

  test('everybody sees everybody under the right name', async () => {
    await sees(ada, BEN, 2);
    await sees(ben, ADA, 1);
    await sees(cam, ADA, 1);
    await sees(cam, BEN, 2);
    await moves(ada, CAM);
    await moves(ben, CAM);
  });

  test('pictures go forward at the speed of the cameras', async () => {
    for (const [tab, name] of [[ada, BEN], [ben, ADA], [cam, ADA], [cam, BEN]] as const) {
      const frames = await film(tab, name, 3000);
      const steps = frames.slice(1).map((frame, at) => (frame - frames[at]! + LOOP_FRAMES) % LOOP_FRAMES);
      expect(Math.max(...steps), `${tab.name} goes back or stands still`).toBeLessThan(LOOP_FRAMES / 2);
      const forward = steps.reduce((sum, step) => sum + step, 0);
      expect(forward, `${tab.name} sees ${name}: ${frames}`).toBeGreaterThan(3 * FRAMES_PER_SECOND * 0.5);
    }
  });

  test('a picture that is there never starts anew when somebody mutes or speaks', async () => {
    await ada.evaluate(() => {
      const emptied: string[] = [];
      for (const video of document.querySelectorAll('video')) {
        video.addEventListener('emptied', () => emptied.push(video.closest('article')?.ariaLabel ?? ''));
      }
      Object.assign(window, { emptied });
    });
    for (const muted of [true, false]) {
      await ben.click('button', exactly(muted ? 'mute' : 'unmute'));
      await until('Ada is told', async () => /muted/.test((await articleOf(ada, BEN)) ?? '') === muted);
    }
    await until('Ben speaks', async () => /speaking/.test((await articleOf(ada, BEN)) ?? ''));
    expect(await ada.evaluate(() => (window as unknown as { emptied: string[] }).emptied)).toEqual([]);
  });

  test('everybody hears everybody', async () => {
    await until('the voices of 2 and 3', async () => same(await ada.voices(), [2, 3]));
    await until('the voices of 1 and 3', async () => same(await ben.voices(), [1, 3]));
    const loud = await until('two voices in Firefox', async () => {
      const voices = (await cam.figures()).inbound.filter((row) => row.kind === 'audio' && row.energy > 0.0001);
      return voices.length === 2 && voices;
    });
    for (const voice of loud) expect(voice.packets).toBeGreaterThan(50);
  });

  test('Firefox decodes what it receives, by number', async () => {
    const before = await cam.figures();
    await sleep(3000);
    const after = await cam.figures();
    const pictures = after.inbound.filter((row) => row.kind === 'video' && row.frames > 0);
    expect(pictures).toHaveLength(2);
    for (const row of pictures) {
      const earlier = before.inbound.find((other) => other.mid === row.mid)?.frames ?? 0;
      expect(row.frames - earlier).toBeGreaterThan(3 * FRAMES_PER_SECOND * 0.5);
    }
  });

  test('three layers leave Chromium', async () => {
    const layers = await until('three layers that send', async () => {
      const rows = (await ada.figures()).outbound.filter((row) => row.kind === 'video' && row.frames > 0);
      return rows.length === 3 && rows;
    });
    expect(layers.map((row) => row.rid).sort()).toEqual(['f', 'h', 'q']);
    expect(new Set(layers.map((row) => row.lines)).size).toBe(3);
    for (const row of layers) expect(row.codec).toBe('video/VP8');
  });

  test('media is protected with AES-GCM in both browsers', async () => {
    for (const tab of [ada, ben, cam]) expect((await tab.figures()).srtpCipher).toMatch(/AEAD_AES_(128|256)_GCM/);
  });

  test('how loud a voice is never travels beside it', async () => {
    for (const tab of [ada, ben, cam]) {
      const { sdp } = await tab.figures();
      const extensions = new Set([...sdp.remote.matchAll(/^a=extmap:\d+ (\S+)/gm)].map(([, uri]) => uri));
      expect([...extensions].map((uri) => uri?.replace(/^.*[:/]/, '')).sort(), tab.name).toEqual(
        ['draft-holmer-rmcat-transport-wide-cc-extensions-01', 'mid', 'repaired-rtp-stream-id', 'rtp-stream-id']);
      expect(sdp.remote).not.toMatch(/a=rtpmap:\d+ (red|CN)\//i);
    }
  });

  // Which of them a browser would follow is its own affair: none is given to it.
  test.for(tamperings.filter(({ fault, mirror }) => fault === 'extension' && !mirror))(
    'nor if the server says $says', async (tampering) => {
      const machine = await chromium.machine();
      try {
        await tamper(machine, tampering);
        const other = await server.newCall('Another call', [
          { name: ADA, delegation: 'Alphaland', host: true }, { name: BEN, delegation: 'Betaland' },
        ]);
        const tab = await machine.tab(tampering.name);
        await arrive(tab, other.links[0]!.url);
        await tab.click('button', exactly('take-your-seat'));
        await tab.shows(words('error-answer-extension'));
        const [state, applied] = await tab.evaluate(() => {
          const last = window.watched.connections.at(-1);
          return [last?.signalingState, last?.remoteDescription?.sdp];
        });
        expect([state, applied]).toEqual(['closed', undefined]);
      } finally {
        await machine.close();
      }
    });

  test('packets of a voice are of one size, but for one in 25 that carries a manifest', async () => {
    for (const tab of [ada, ben, cam]) {
      const fits: Set<number>[] = [];
      const first = await voice(tab);
      let before = first;
      for (let turn = 0; turn < 6; turn++) {
        await sleep(500);
        const after = await voice(tab);
        const [bytes, packets] = [after.bytes - before.bytes, after.packets - before.packets];
        const sizes = [0, 1, 2, 3].map((manifests) => (bytes - manifests * MANIFEST_BYTES) / packets);
        fits.push(new Set(sizes.filter((size) => Number.isInteger(size) && size > 40)));
        before = after;
      }
      const one = [...fits[0]!].filter((size) => fits.every((fit) => fit.has(size)));
      expect(one, `bytes per packet in ${tab.name}`).toHaveLength(1);
      const packets = before.packets - first.packets;
      const manifests = (before.bytes - first.bytes - one[0]! * packets) / MANIFEST_BYTES;
      expect(Math.abs(manifests - packets / 25), `manifests of ${tab.name}`).toBeLessThanOrEqual(1);
    }
  });

  test('a muted microphone sends nothing and everybody is told', async () => {
    await ben.click('button', exactly('mute'));
    await until('Ben muted in the list of tiles', async () => /muted/i.test((await articleOf(cam, BEN)) ?? ''));
    await until('no more packets', async () => {
      const before = await voice(ben);
      await sleep(1000);
      return (await voice(ben)).packets === before.packets;
    });
    await until('only Cam is heard', async () => same(await ada.voices(), [3]));
    await ben.click('button', exactly('unmute'));
    await until('Ben is heard again', async () => same(await ada.voices(), [2, 3]));
  });

  test('a camera that is off sends nothing and its tile says who sits there', async () => {
    await ada.click('button', exactly('camera-stop'));
    await until("no picture on Ada's tile", async () => (await tileOf(cam, ADA)) === undefined);
    const sent = () => ada.figures().then(({ outbound }) => sum(outbound.filter((row) => row.kind === 'video')));
    await until('no more frames', async () => {
      const before = await sent();
      await sleep(1000);
      return (await sent()) === before;
    });
    await ada.click('button', exactly('camera-start'));
    await sees(cam, ADA, 1);
    await sees(ben, ADA, 1);
  });

  test('a camera of Firefox that is off and on again shows its picture again', async () => {
    await cam.click('button', exactly('camera-stop'));
    await until("no picture on Cam's tile", async () => (await tileOf(ada, CAM)) === undefined);
    await cam.click('button', exactly('camera-start'));
    await moves(ada, CAM);
  });

  test('a host mutes a noisy seat, which is told by whom and unmutes itself', async () => {
    await ada.click('button', exactly('people'));
    await ada.click('button', words('mute-who', { who: about(BEN) }));
    await ben.shows(words('microphone-muted-by', { who: 'Alphaland' }));
    await until('Ben can unmute', () => ben.has('button', exactly('unmute')));
    await until('only Cam is heard', async () => same(await ada.voices(), [3]));
    await until('nothing left to mute', async () => !(await ada.has('button', words('mute-who', { who: about(BEN) }))));
    await ben.click('button', exactly('unmute'));
    await until('Ben is heard again', async () => same(await ada.voices(), [2, 3]));
    await ada.click('button', exactly('people-close'));
  });

  test('a shared screen becomes large for the others', async () => {
    await ben.click('button', exactly('share'));
    for (const tab of [ada, cam]) {
      await until(`the screen large in ${tab.name}`, async () => {
        const sights = (await tab.sights()).filter((sight) => sight.label.includes(BEN));
        const tallest = Math.max(...(await tab.sights()).map((sight) => sight.shown));
        return sights.some((sight) => sight.shown === tallest && sight.shown > 300);
      });
    }
    await ben.shows(words('sharing-now'));
    await ben.click('button', exactly('share-stop'));
    await until('the even grid again', () => even(ada));
  });

  test('who has the floor is large for everybody, with a larger layer', async () => {
    await ada.click('button', words('floor-give', { who: about(BEN) }));
    for (const tab of [ada, cam]) {
      await until(`Ben large in ${tab.name}`, async () => {
        const sights = await tab.sights();
        const tallest = sights.reduce((best, sight) => (sight.shown > best.shown ? sight : best));
        return tallest.label.includes(BEN) && tallest.shown > 300 && tallest.height >= 360;
      });
    }
    await ada.click('button', words('floor-take', { who: about(BEN) }));
    await until('the even grid again', () => even(ada));
  });

  test('nothing was asked of another origin and the content policy was never broken', async () => {
    for (const tab of [ada, ben, cam]) {
      const foreign = tab.requests.filter((url) => !/^(https?|wss?):\/\/localhost:8080\/|^(data|blob|about):/.test(url));
      expect(foreign, tab.name).toEqual([]);
      expect(await tab.violations(), tab.name).toEqual([]);
      expect(tab.errors, tab.name).toEqual([]);
    }
  });

  test('who leaves is gone from the table', async () => {
    await leave(ben);
    await until("no picture on Ben's tile", async () => (await tileOf(ada, BEN)) === undefined);
    await until('one voice', async () => same(await ada.voices(), [3]));
  });
});

/** Frame numbers of the film on the tile of `name`, read for so long. */
async function film(tab: Tab, name: string, ms: number): Promise<number[]> {
  const frames: number[] = [];
  for (const end = Date.now() + ms; Date.now() < end; await sleep(150)) {
    const mark = (await tileOf(tab, name))?.mark;
    if (mark) frames.push(mark.frame);
  }
  return frames;
}

/** What the own voice has sent. */
async function voice(tab: Tab): Promise<{ packets: number; bytes: number }> {
  const { outbound } = await tab.figures();
  return outbound.find((row) => row.kind === 'audio') ?? { packets: 0, bytes: 0 };
}

/** All text on the tile of `name`, also that for screen readers. */
function articleOf(tab: Tab, name: string): Promise<string | null> {
  return tab.evaluate(
    (name) => document.querySelector(`article[aria-label*="${name}"]`)?.textContent ?? null,
    name,
  );
}

/** Three tiles of one size. */
async function even(tab: Tab): Promise<boolean> {
  const heights = (await tab.sights()).map((sight) => Math.round(sight.shown));
  return new Set(heights).size === 1 && heights.length === 3;
}

const sum = (rows: readonly { frames: number }[]) => rows.reduce((all, row) => all + row.frames, 0);
const same = (a: readonly number[], b: readonly number[]) => String(a) === String(b);
