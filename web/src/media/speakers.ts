/**
 * Plays the others' voices, one hidden `<audio>` element per receiving transceiver, and hears who
 * speaks from the decoded sound (levels never travel with the packets: they leak what is said).
 */

import { Cell, Scope } from '../base/observable';
import { every, type Clock } from '../base/time';
import { meterOf, type Levels } from './audio';
import { SpeakingDetector } from './level';
import type { OwnFrames } from './own-frames';

const INTERVAL_MS = 100;

/** What comes on one transceiver. */
export interface Heard {
  /** `null` until a frame has proven whose it is. */
  readonly seat: number | null;
  /** Which sounds are still of a seat before. */
  readonly frames: OwnFrames | null;
  readonly track: MediaStreamTrack;
}

interface Voice {
  readonly element: HTMLAudioElement;
  readonly meter: Levels;
  readonly track: MediaStreamTrack;
  /** `null` until a frame has proven whose it is; nothing is heard before. */
  seat: number | null;
  frames: OwnFrames | null;
  ear: SpeakingDetector;
}

export class Speakers {
  readonly speaking = new Cell<ReadonlySet<number>>(new Set());
  readonly blocked = new Cell(false);
  readonly #voices = new Map<string, Voice>();
  readonly #scope = new Scope();
  #speaker = '';

  /** `failed`: no sound can be sent to the loudspeaker with this id. */
  constructor(private readonly clock: Clock, private readonly failed: (id: string) => void) {
    this.#scope.bind(every(clock, INTERVAL_MS, () => this.#listen()));
  }

  /** What comes on which transceiver now. */
  set(voices: ReadonlyMap<string, Heard>): void {
    for (const [mid, voice] of this.#voices) {
      if (voices.get(mid)?.track !== voice.track) this.#remove(mid, voice);
    }
    for (const [mid, heard] of voices) {
      const voice = this.#voices.get(mid) ?? this.#add(mid, heard);
      voice.frames = heard.frames;
      if (voice.seat !== heard.seat) {
        voice.seat = heard.seat;
        voice.ear = new SpeakingDetector();
      }
    }
  }

  /** Needs to be called from a click when the browser blocked sound. */
  hear(): void {
    this.blocked.set(false);
    for (const { element } of this.#voices.values()) this.#play(element);
  }

  /** Empty: the system's own. */
  setSpeaker(deviceId: string): void {
    if (deviceId === this.#speaker) return;
    this.#speaker = deviceId;
    for (const { element } of this.#voices.values()) this.#route(element);
  }

  end(): void {
    this.#scope.end();
    this.set(new Map());
  }

  #add(mid: string, { seat, frames, track }: Heard): Voice {
    const element = document.createElement('audio');
    element.autoplay = true;
    element.hidden = true;
    element.srcObject = new MediaStream([track]);
    // Headsets that come and go, and telephone calls, stop what plays.
    element.addEventListener('pause', () => {
      if (element.srcObject) this.#play(element);
    });
    // In the page, not only in memory: some browsers stop elements nobody holds.
    document.body.append(element);
    this.#route(element);
    this.#play(element);
    const voice: Voice = { element, track, seat, frames, meter: meterOf(track), ear: new SpeakingDetector() };
    this.#voices.set(mid, voice);
    return voice;
  }

  #remove(mid: string, voice: Voice): void {
    voice.meter.end();
    voice.element.srcObject = null;
    voice.element.remove();
    this.#voices.delete(mid);
  }

  #play(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.blocked.set(true);
    });
  }

  #route(element: HTMLAudioElement): void {
    if (!('setSinkId' in element) || element.sinkId === this.#speaker) return;
    const id = this.#speaker;
    element.setSinkId(id).catch((error: unknown) => {
      // An element that was removed meanwhile says nothing of the loudspeaker.
      if (id === '' || id !== this.#speaker || !element.srcObject) return;
      void element.setSinkId('').catch(() => {});
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.failed(id);
    });
  }

  #listen(): void {
    const now = this.clock.now();
    const speaking = new Set<number>();
    for (const { meter, ear, seat, frames } of this.#voices.values()) {
      // What is still heard of the seat before lights nobody's ring.
      const level = frames?.isOwn() === false ? 0 : (meter.level() ?? 0);
      if (ear.hear(level, now) && seat !== null) speaking.add(seat);
    }
    const before = this.speaking.value;
    const same = before.size === speaking.size && [...speaking].every((seat) => before.has(seat));
    if (!same) this.speaking.set(speaking);
  }
}
