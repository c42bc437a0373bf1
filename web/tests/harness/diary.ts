// What a page showed and played, written down in the page itself several times a second, so that "within three
// seconds" is read from one clock and not from when a busy test came to ask.

import type { View } from '../../src/sealed/view.ts';
import type { Tab } from './tab.ts';
import { isSaid, words } from './words.ts';

/** One moment of a page. */
export interface Note {
  /** Milliseconds since 1970, by the clock that the test has too. */
  at: number;
  /** All that can be read, on one line. */
  text: string;
  /** Energy of all voices so far, as decoded; begins anew with a connection. */
  energy: number;
  /** By label of the tile: digest of the picture in it, if there is one. */
  pictures: Record<string, number>;
  /** Labels of the tiles that are marked as standing still. */
  still: string[];
  sending: View['sending'] | null;
  /** By seat, of all members. */
  members: Record<number, string>;
  problems: string[];
  /** Of the newest connection. */
  media: string;
  /** State of the newest socket: 1 is open. */
  socket: number;
}

declare global {
  interface Window {
    diary: Note[];
  }
}

const EVERY_MS = 200;

/** Begins to write; a page that was loaded anew has to begin anew. */
export function begin(tab: Tab): Promise<void> {
  return tab.evaluate((everyMs) => {
    window.diary = [];
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 36];
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    let [energy, before, connection]: [number, number, RTCPeerConnection | undefined] = [0, 0, undefined];
    const digest = (video: HTMLVideoElement): number => {
      context.drawImage(video, 0, 0, 64, 36);
      const pixels = context.getImageData(0, 0, 64, 36).data;
      let sum = 0;
      for (let at = 1; at < pixels.length; at += 4) sum = (sum * 31 + pixels[at]!) | 0;
      return sum;
    };
    const write = async (): Promise<void> => {
      const newest = window.watched.connections.at(-1);
      // Of a connection that is closed meanwhile Firefox may never answer, and the diary would end there.
      const stats = await Promise.race([newest?.getStats(), new Promise<undefined>((give) => setTimeout(give, 1_000))]);
      // Without an answer nothing is known: counted as none heard, all of it would be heard with the next.
      if (stats || !newest) {
        let now = 0;
        // eslint-disable-next-line @typescript-eslint/no-explicit-any
        stats?.forEach((row: any) => {
          if (row.type === 'inbound-rtp' && row.kind === 'audio') now += row.totalAudioEnergy ?? 0;
        });
        if (newest !== connection) before = 0;
        energy += Math.max(0, now - before);
        [before, connection] = [now, newest];
      }
      const pictures: Record<string, number> = {};
      const still: string[] = [];
      for (const tile of document.querySelectorAll('article.tile')) {
        const label = tile.getAttribute('aria-label') ?? '';
        const video = tile.querySelector('video');
        if (video && video.videoWidth > 0) pictures[label] = digest(video);
        if (tile.classList.contains('still')) still.push(label);
      }
      const seal = window.watched.seal;
      window.diary.push({
        at: Date.now(), text: document.body.innerText.replace(/\s+/g, ' '), energy, pictures, still, sending: seal?.sending ?? null,
        members: Object.fromEntries((seal?.members ?? []).map(({ seat, state }) => [seat, state])),
        problems: (seal?.problems ?? []).map(({ kind }) => kind), media: newest?.connectionState ?? 'none',
        socket: window.watched.sockets.at(-1)?.readyState ?? 3,
      });
    };
    const again = (): void => void write().finally(() => setTimeout(again, everyMs));
    again();
  }, EVERY_MS);
}

/** All that was written so far. */
export function read(tab: Tab): Promise<Note[]> {
  return tab.evaluate(() => window.diary);
}

/** Sentences that accuse somebody or something; none may be shown without an attack. */
const ACCUSATIONS = [
  'seal-forged', 'seal-different', 'seal-device-changed', 'seal-wrong', 'seal-bad-plan', 'seal-recovered',
  'tile-sealing-forged', 'tile-sealing-muted', 'tile-sealing-different', 'tile-sealing-changed',
].filter(isSaid).map((key) => words(key, { count: 1 }));
const ACCUSED = ['muted', 'forged', 'different', 'changed'];
const ACCUSING = ['forged_media', 'words_different', 'device_changed', 'recovered', 'removed', 'bad_plan'];

/** Every accusation that was shown or that the session knew. */
export function accusations(notes: readonly Note[]): string[] {
  const found = new Set<string>();
  for (const { text, members, problems } of notes) {
    for (const words of ACCUSATIONS) {
      const said = words.exec(text)?.[0];
      if (said !== undefined) found.add(said.slice(0, 120));
    }
    for (const state of Object.values(members)) if (ACCUSED.includes(state)) found.add(`a member is ${state}`);
    for (const kind of problems) if (ACCUSING.includes(kind)) found.add(`problem ${kind}`);
  }
  return [...found];
}

/** When something first held for `ms` on end, from `since` on, counted from there; `null`: never. */
export function heldFor(notes: readonly Note[], since: number, ms: number, holds: (note: Note, before: Note) => boolean): number | null {
  let from: number | null = null;
  for (const [index, note] of notes.entries()) {
    const before = notes[index - 1];
    if (note.at < since || before === undefined) continue;
    if (!holds(note, before)) from = null;
    else if (note.at - (from ??= before.at) >= ms) return Math.max(0, from - since);
  }
  return null;
}

/** Voices came in between. A tone swells three times a second, so a step of a diary always has some of it. */
export const heard = (note: Note, before: Note): boolean => note.energy > before.energy + 1e-7;

/** The picture on a tile moved within the last second and a half. */
export function moved(notes: readonly Note[], name: string): (note: Note) => boolean {
  const last = lastMoves(notes, name);
  return (note) => note.at - (last.get(note) ?? Number.NEGATIVE_INFINITY) < 1_500;
}

/** Stretches for which a picture stood still on screen for longer than `ms` and was not marked, as sentences. */
export function unmarked(notes: readonly Note[], name: string, ms: number): string[] {
  const last = lastMoves(notes, name);
  const found: string[] = [];
  for (const note of notes) {
    const label = Object.keys(note.pictures).find((label) => label.includes(name));
    const stood = note.at - (last.get(note) ?? note.at);
    if (label !== undefined && stood > ms && !note.still.includes(label)) found.push(`${stood} ms at ${note.at}`);
  }
  return found;
}

/** By note: when the picture on the tile of `name` last changed, came or went. */
function lastMoves(notes: readonly Note[], name: string): Map<Note, number> {
  const moves = new Map<Note, number>();
  let [digest, at]: [number | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  for (const note of notes) {
    const now = Object.entries(note.pictures).find(([label]) => label.includes(name))?.[1];
    if (now !== digest) [digest, at] = [now, note.at];
    moves.set(note, now === undefined ? Number.NEGATIVE_INFINITY : at);
  }
  return moves;
}
