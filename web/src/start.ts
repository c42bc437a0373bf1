/** Joins the parts for this page: real sockets, devices, storage and clock. The only place that does. */

import { Cell, type Readable } from './base/observable';
import { systemClock } from './base/time';
import { trustedScriptUrl } from './base/trusted';
import { CallClient, type CallOptions } from './call/client';
import { codeOfLink, errorScreen, linkScreen } from './call/errors';
import type { Browser, CallModel, CallScreen, Client } from './call/model';
import type { Preferences } from './call/own';
import { Convene } from './convene/convene';
import { Drafts } from './convene/drafts';
import { CallSecrets } from './convene/secrets';
import { meterOf } from './media/audio';
import { DeviceCapture } from './media/capture';
import { RtcLink } from './media/link';
import { Mirror } from './media/mirror';
import { playTone } from './media/tone';
import { WakeLock } from './media/wake-lock';
import { Connection, type Socket } from './protocol/connection';
import { codeOf, codeText, entryOf } from './sealed/code';
import { coreModule, LinkProblem, loadCore } from './sealed/core';
import { deviceFor, indexedKeys, memoryFor } from './sealed/device';
import { enter, isCallPath, openLink, quietly, type Address, type Entry } from './sealed/entry';
import { missingForFrames } from './sealed/gate';
import { SeatLock } from './sealed/one-tab';
import { SealedCall } from './sealed/sealed-call';
import workerUrl from './sealed/sealed.worker.ts?worker&url';

export function startClient(): Client {
  // One that was cut or changed before its secret too: to be told, not led elsewhere.
  if (isCallPath(location.pathname)) return { kind: 'call', call: openCall() };
  if (location.pathname === '/convene') return { kind: 'convene', convene: startConvene() };
  return { kind: 'home', open: openPasted };
}

function startConvene(): Convene {
  return new Convene({
    clock: systemClock, fetch: (path, init) => fetch(path, init), tab: storage('sessionStorage'),
    secrets: new CallSecrets(browserStorage('localStorage')), drafts: new Drafts(browserStorage('localStorage')), origin: location.origin, core: loadCore,
  });
}

/** The screen shows `opening` until the core is there. */
function openCall(): CallModel {
  const screen = new Cell<CallScreen>({ kind: 'opening' });
  const open = async (): Promise<void> => {
    try {
      const opened = openLink(loadCore, addressBar(), storage('sessionStorage'));
      const missing = missingHere();
      if (missing) {
        opened.catch(() => {});
        return screen.set(missing);
      }
      const { callId, fragment } = await opened;
      const entry = await enter(await loadCore(), callId, fragment, storage('localStorage'));
      const client = new CallClient(callOptions(entry, fragment));
      client.screen.subscribe((next) => screen.set(next));
      watchNetwork(() => client.hurry());
      await client.start();
    } catch (error) {
      if (error instanceof LinkProblem) screen.set(linkScreen(error.code));
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
      clock: systemClock, random: Math.random, reachable, keepsUnanswered: 'mozInnerScreenX' in window, open: (url) => new WebSocket(url) as Socket,
    }),
    capture: () => new DeviceCapture({
      devices: navigator.mediaDevices as MediaDevices | undefined, clock: systemClock, memory: storage('localStorage'),
      canChooseSpeaker: 'setSinkId' in HTMLMediaElement.prototype, meter: meterOf, permission,
    }),
    seal: () => sealedCall(entry, fragment),
    mirror: (gate, pictures, failures) => new Mirror({ gate, pictures, failures, clock: systemClock }),
    tone: playTone,
    code: async () => codeText(await codeOf(import.meta.url)), servedCode,
    media: (publishes, gate) => new RtcLink(publishes, gate, systemClock),
    keepAwake: (on) => (on ? awake.hold() : awake.release()), visible: visibility(),
    formatTime: (ms) => time.format(ms),
    language: () => (document.documentElement.lang || navigator.language).slice(0, 2),
  };
}

/** A worker and a session for one visit. */
function sealedCall({ callId, seatKey }: Entry, fragment: string): SealedCall {
  const name = `${callId}.${seatKey}`;
  return new SealedCall({
    clock: systemClock, callId, fragment, memory: memoryFor(`incamera.group.${name}`, storage('localStorage')),
    worker: () => new Worker(trustedScriptUrl(workerUrl), { type: 'module', name: 'sealed' }),
    module: coreModule, device: () => deviceFor(name, indexedKeys(indexedDB)), code: () => codeOf(import.meta.url),
  });
}

/** Goes to the call whose link this text has in it; or says why it does not. */
async function openPasted(text: string): Promise<string | null> {
  try {
    const { origin, callId, fragment } = (await loadCore()).findLink(text);
    if (origin !== null && new URL(origin).host !== location.host) return 'link_elsewhere';
    location.assign(`/c/${callId}#${fragment}`);
    return null;
  } catch (error) {
    return error instanceof LinkProblem ? codeOfLink(error.code) : 'unreachable';
  }
}

function addressBar(): Address {
  const { origin, pathname, search, hash } = location;
  return { origin, pathname, search, hash, replace: (path) => history.replaceState(null, '', path) };
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

function visibility(): Readable<boolean> {
  const visible = new Cell(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', () => visible.set(document.visibilityState === 'visible'));
  return visible;
}

/** Calls `changed` whenever the network may be another one than a moment ago. */
function watchNetwork(changed: () => void): void {
  for (const event of ['online', 'pageshow']) addEventListener(event, changed);
  document.addEventListener('resume', changed);
  // A machine that slept tells no more than this.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') changed();
  });
  // Chromium: from Wi-Fi to mobile without ever being offline.
  (navigator as { connection?: EventTarget }).connection?.addEventListener('change', changed);
}

/** Whether the server answers within `ms`. */
async function reachable(ms: number): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(ms) })).ok;
  } catch {
    return false;
  }
}

/** What the browser was told about a device; some do not say. */
async function permission(kind: 'microphone' | 'camera'): Promise<PermissionStatus | null> {
  return (await navigator.permissions?.query({ name: kind })) ?? null;
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
