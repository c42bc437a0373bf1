/** Joins the parts for this page: real sockets, devices, storage and clock. The only place that does. */

import { Cell } from './base/observable';
import { systemClock } from './base/time';
import { trustedScriptUrl } from './base/trusted';
import { CallClient, type CallOptions } from './call/client';
import { errorScreen } from './call/errors';
import type { Browser, CallModel, CallScreen, Client } from './call/model';
import type { Preferences } from './call/own';
import { Convene } from './convene/convene';
import { Drafts } from './convene/drafts';
import { CallSecrets } from './convene/secrets';
import { Meter } from './media/audio';
import { DeviceCapture } from './media/capture';
import { RtcLink } from './media/link';
import { Mirror } from './media/mirror';
import { WakeLock } from './media/wake-lock';
import { Connection, type Socket } from './protocol/connection';
import { codeOf, codeText, entryOf } from './sealed/code';
import { coreModule, LinkProblem, loadCore } from './sealed/core';
import { deviceFor, indexedKeys, memoryFor } from './sealed/device';
import { callIdOf, enter, quietly, takeFragment, type Entry } from './sealed/entry';
import { missingForFrames } from './sealed/gate';
import { SeatLock } from './sealed/one-tab';
import { SealedCall } from './sealed/sealed-call';
import workerUrl from './sealed/sealed.worker.ts?worker&url';

export function startClient(): Client {
  const callId = callIdOf(location.pathname);
  if (callId !== null) return { kind: 'call', call: openCall(callId) };
  // A link that was cut or changed before its secret: to be told, not led elsewhere.
  if (location.pathname.startsWith('/c/')) return { kind: 'call', call: { screen: new Cell(errorScreen('bad_link')) } };
  if (location.pathname === '/convene') return { kind: 'convene', convene: startConvene() };
  return { kind: 'home' };
}

function startConvene(): Convene {
  return new Convene({
    clock: systemClock, fetch: (path, init) => fetch(path, init), tab: storage('sessionStorage'),
    secrets: new CallSecrets(browserStorage('localStorage')), drafts: new Drafts(browserStorage('localStorage')), origin: location.origin, core: loadCore,
  });
}

/** The screen shows `opening` until the core is there. */
function openCall(callId: string): CallModel {
  const screen = new Cell<CallScreen>({ kind: 'opening' });
  const open = async (): Promise<void> => {
    const fragment = takeFragment(callId, { ...addressBar(), replace: (path) => history.replaceState(null, '', path) },
      storage('sessionStorage'));
    const missing = missingHere();
    if (missing) return screen.set(missing);
    if (fragment === null) return screen.set(errorScreen('bad_link'));
    try {
      const entry = await enter(await loadCore(), callId, fragment, storage('localStorage'));
      const client = new CallClient(callOptions(entry, fragment));
      client.screen.subscribe((next) => screen.set(next));
      for (const event of ['online', 'pageshow']) addEventListener(event, () => client.hurry());
      await client.start();
    } catch (error) {
      if (error instanceof LinkProblem) screen.set(errorScreen('bad_link'));
      // The core did not load: the network, most likely.
      else screen.set(errorScreen('unreachable', () => location.reload()));
    }
  };
  // A second link opened in this tab changes the fragment only.
  addEventListener('hashchange', () => location.reload());
  void open();
  return { screen };
}

function callOptions(entry: Entry, fragment: string): CallOptions {
  const awake = new WakeLock();
  const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return {
    clock: systemClock, browser: browserHere(), preferences: preferences(entry), arrival: arrival(entry), roundTrip,
    lock: new SeatLock(navigator.locks as typeof navigator.locks | undefined, `incamera:${entry.callId}:${entry.seatKey}`),
    connect: () => new Connection({
      url: `${scheme}://${location.host}/api/calls/${entry.callId}/signal`, token: entry.token, holder: entry.holder,
      clock: systemClock, random: Math.random, open: (url) => new WebSocket(url) as Socket,
    }),
    capture: () => new DeviceCapture({
      devices: navigator.mediaDevices as MediaDevices | undefined, clock: systemClock, memory: storage('localStorage'),
      canChooseSpeaker: 'setSinkId' in HTMLMediaElement.prototype, meter: (track) => new Meter(track),
    }),
    seal: () => sealedCall(entry, fragment),
    mirror: (gate, pictures, failures) => new Mirror({ gate, pictures, failures, clock: systemClock }),
    code: async () => codeText(await codeOf(import.meta.url)), servedCode,
    media: (publishes, gate) => new RtcLink(publishes, gate, systemClock),
    keepAwake: (on) => (on ? awake.hold() : awake.release()),
    formatTime: (ms) => time.format(ms),
    language: () => (document.documentElement.lang || navigator.language).slice(0, 2),
  };
}

/** A worker and a session for one visit. */
function sealedCall({ callId, seatKey }: Entry, fragment: string): SealedCall {
  const name = `${callId}.${seatKey}`;
  return new SealedCall({
    callId, fragment, memory: memoryFor(`incamera.group.${name}`, storage('localStorage')),
    worker: () => new Worker(trustedScriptUrl(workerUrl), { type: 'module', name: 'sealed' }),
    module: coreModule, device: () => deviceFor(name, indexedKeys(indexedDB)), code: () => codeOf(import.meta.url),
  });
}

function addressBar(): { pathname: string; hash: string } {
  const { pathname, hash } = location;
  return { pathname, hash };
}

/** What keeps a call from working in this browser on this page, as a screen. */
function missingHere(): CallScreen | null {
  if (!globalThis.isSecureContext) return errorScreen('insecure_page');
  const missing = 'RTCPeerConnection' in globalThis ? missingForFrames() : 'RTCPeerConnection';
  return missing === null ? null : errorScreen('browser_too_old', undefined, missing);
}

/** Which code the page runs that the server gives out now. */
async function servedCode(): Promise<string | null> {
  try {
    const page = await fetch('/', { cache: 'no-store', credentials: 'omit' });
    const entry = entryOf(await page.text(), location.origin);
    return entry === null ? null : codeText(await codeOf(entry));
  } catch {
    return null;
  }
}

/** Best of three, so that one slow answer does not count. */
async function roundTrip(): Promise<number | null> {
  let best: number | null = null;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    try {
      const { ok } = await fetch('/healthz', { cache: 'no-store', credentials: 'omit' });
      if (ok) best = Math.min(best ?? Number.POSITIVE_INFINITY, performance.now() - start);
    } catch {
      return null;
    }
  }
  return best;
}

function preferences({ callId }: Entry): Preferences {
  const tab = storage('sessionStorage');
  const name = `incamera.own.${callId}`;
  return {
    load: () => {
      const kept = tab?.getItem(name) ?? 'mc';
      return { microphone: kept.includes('m'), camera: kept.includes('c') };
    },
    save: ({ microphone, camera }) => tab?.setItem(name, `${microphone ? 'm' : ''}${camera ? 'c' : ''}`),
  };
}

function arrival({ callId, seatKey }: Entry): CallOptions['arrival'] {
  const tab = storage('sessionStorage');
  const name = `incamera.arrival.${callId}.${seatKey}`;
  return {
    load: () => Number(tab?.getItem(name)) || null,
    save: (ms) => (ms === null ? tab?.removeItem(name) : tab?.setItem(name, String(ms))),
  };
}

/** `null` where the browser forbids it; what does not fit is not kept, and the call goes on. */
function storage(kind: 'localStorage' | 'sessionStorage'): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null {
  const kept = browserStorage(kind);
  return kept && {
    getItem: (name) => kept.getItem(name),
    setItem: (name, value) => quietly(() => kept.setItem(name, value)),
    removeItem: (name) => kept.removeItem(name),
  };
}

function browserStorage(kind: 'localStorage' | 'sessionStorage'): Storage | null {
  try {
    return globalThis[kind];
  } catch {
    return null;
  }
}

function browserHere(): Browser {
  const agent = navigator.userAgent;
  if (agent.includes('Firefox/')) return 'firefox';
  if (agent.includes('Chrome/')) return 'chromium';
  return agent.includes('Safari/') ? 'safari' : 'other';
}
