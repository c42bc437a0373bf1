// What happens to devices during a call, as far as a real browser can be made to do it: the system mutes a
// microphone, a track ends, sound cannot be measured, a loudspeaker is tested by ear.

import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { Chromium, type ChromiumTab, type Machine } from './harness/chromium.ts';
import { cached } from './harness/paths.ts';
import { Server } from './harness/server.ts';
import { admit, arrive, knock, sits, takeSeat } from './harness/steps.ts';
import { until } from './harness/wait.ts';
import { exactly, words } from './harness/words.ts';

const ADA = 'Ada Host';
const BEN = 'Ben Principal';

let chromium: Chromium;
let server: Server;
let machines: Machine[] = [];

declare global {
  interface Window {
    captured: MediaStreamTrack[];
  }
}

beforeAll(async () => {
  chromium = await Chromium.start({ seat: 2 });
});

beforeEach(async () => {
  server = await Server.start();
});

afterEach(async () => {
  await Promise.all(machines.map((machine) => machine.close()));
  machines = [];
  await server.remove();
});

afterAll(async () => {
  await chromium?.close();
});

test('a microphone that the system mutes is shown and told as closed, and comes back by itself', async () => {
  const { ada, ben } = await table();
  const heard = (tab: ChromiumTab): Promise<number> => tab.figures().then(({ inbound }) => Math.max(0, ...inbound.filter(({ kind }) => kind === 'audio').map(({ packets }) => packets)));
  await until('Ben hears Ada', async () => (await heard(ben)) > 50);
  await ada.evaluate(system, true);
  await ada.shows(words('device-microphone-muted'));
  await until('nothing of Ada any more', async () => {
    const before = await heard(ben);
    await new Promise((done) => setTimeout(done, 500));
    return (await heard(ben)) === before;
  });
  await ada.evaluate(system, false);
  await until('the sentence gone', async () => !words('device-microphone-muted').test(await ada.text()));
  const before = await heard(ben);
  await until('Ben hears Ada again', async () => (await heard(ben)) > before + 50);
  expect(await ada.received()).not.toContain('error');
}, 90_000);

test('a track that ends is replaced or said, and a try again brings it back', async () => {
  const { ada } = await table();
  await ada.evaluate(() => {
    for (const track of window.captured.filter(({ kind }) => kind === 'video')) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
  // The only camera is there, and is opened again or named.
  await until('a camera again, or a word', async () => {
    const live = await ada.evaluate(() => window.captured.some(({ kind, readyState }) => kind === 'video' && readyState === 'live'));
    return live || words('device-camera-lost').test(await ada.text());
  });
}, 60_000);

test('a voice that cannot be measured is heard all the same', async () => {
  const { ada, ben } = await table(() => {
    AudioContext.prototype.createMediaStreamSource = () => {
      throw new DOMException('Connecting AudioNodes from AudioContexts with different sample-rate is currently not supported.', 'NotSupportedError');
    };
  });
  for (const tab of [ada, ben]) {
    await until(`a voice played in ${tab.name}`, async () => {
      const { inbound } = await tab.figures();
      const playing = await tab.evaluate(() => [...document.querySelectorAll('audio')].some((audio) => !audio.paused && audio.srcObject !== null));
      return playing && inbound.some(({ kind, energy }) => kind === 'audio' && energy > 0);
    });
    expect(tab.errors).toEqual([]);
  }
}, 90_000);

test('a loudspeaker is tested by a tone and its person’s word, by keyboard', async () => {
  const call = await server.newCall('Loudspeaker', [{ name: ADA, delegation: 'Alphaland', host: true }, { name: 'Ben Principal', delegation: 'Betaland' }]);
  const tab = await come('Ada', call.links[0]!.url);
  await tab.shows(words('ready-advice-speaker-untested'));
  await tab.reach(exactly('speaker-play'));
  await tab.shows(words('speaker-asking'));
  await shots(tab, 'speaker-asked');
  await tab.reach(exactly('speaker-no'));
  await tab.shows(words('speaker-unheard'));
  await tab.shows(words('ready-figure-unheard'));
  await tab.reach(exactly('speaker-play'));
  await tab.shows(words('speaker-asking'));
  await tab.reach(exactly('speaker-yes'));
  await tab.shows(words('speaker-heard'));
  expect(await tab.barriers()).toEqual([]);
}, 60_000);

/** Runs in the page: as when a switch on the keyboard is pressed. */
function system(muted: boolean): void {
  for (const track of window.captured.filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live')) {
    Object.defineProperty(track, 'muted', { configurable: true, get: () => muted });
    track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

/** Ada and Ben at the table. `before` runs in their pages first. */
async function table(before?: () => void): Promise<{ ada: ChromiumTab; ben: ChromiumTab }> {
  const call = await server.newCall('Devices', [
    { name: ADA, delegation: 'Alphaland', host: true },
    { name: BEN, delegation: 'Betaland' },
  ]);
  const ada = await come('Ada', call.links[0]!.url, before);
  await takeSeat(ada);
  const ben = await come('Ben', call.links[1]!.url, before);
  await knock(ben);
  await admit(ada, BEN);
  await sits(ben);
  return { ada, ben };
}

async function come(name: string, link: string, before?: () => void): Promise<ChromiumTab> {
  const machine = await chromium.machine();
  machines.push(machine);
  await machine.context.addInitScript(() => {
    window.captured = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      window.captured.push(...stream.getTracks());
      return stream;
    };
  });
  if (before) await machine.context.addInitScript(before);
  const tab = await machine.tab(name);
  await arrive(tab, link);
  return tab;
}

async function shots(tab: ChromiumTab, name: string): Promise<void> {
  for (const [width, height] of [[1280, 800], [390, 844]] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.page.emulateMedia({ colorScheme });
      await tab.page.setViewportSize({ width, height });
      await tab.page.screenshot({ path: join(cached('shots', 'e2e'), `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await tab.page.setViewportSize({ width: 1280, height: 800 });
}
