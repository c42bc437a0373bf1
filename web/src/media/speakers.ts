/**
 * Plays the others' voices, one hidden `<audio>` element per receiving transceiver, and hears who
 * speaks from the decoded sound (levels never travel with the packets: they leak what is said).
 */

import { Cell, Scope } from '../base/observable';
import { every, type Clock } from '../base/time';
import { Meter } from './audio';
import { SpeakingDetector } from './level';

const INTERVAL_MS = 100;

interface Voice {
  readonly element: HTMLAudioElement;
  readonly meter: Meter;
  readonly track: MediaStreamTrack;
  /** `null` until a frame has proven whose it is; nothing is heard before. */
  seat: number | null;
  ear: SpeakingDetector;
}

export class Speakers {
  readonly speaking = new Cell<ReadonlySet<number>>(new Set());
  readonly blocked = new Cell(false);
  readonly #voices = new Map<string, Voice>();
  readonly #scope = new Scope();
  #speaker = '';

  constructor(private readonly clock: Clock) {
    this.#scope.bind(every(clock, INTERVAL_MS, () => this.#listen()));
  }

  /** What comes on which transceiver now. */
  set(voices: ReadonlyMap<string, { readonly seat: number | null; readonly track: MediaStreamTrack }>): void {
    for (const [mid, voice] of this.#voices) {
      if (voices.get(mid)?.track !== voice.track) this.#remove(mid, voice);
    }
    for (const [mid, { seat, track }] of voices) {
      const voice = this.#voices.get(mid) ?? this.#add(mid, seat, track);
      if (voice.seat !== seat) {
        voice.seat = seat;
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

  #add(mid: string, seat: number | null, track: MediaStreamTrack): Voice {
    const element = document.createElement('audio');
    element.autoplay = true;
    element.hidden = true;
    element.srcObject = new MediaStream([track]);
    // In the page, not only in memory: some browsers stop elements nobody holds.
    document.body.append(element);
    this.#route(element);
    this.#play(element);
    const voice: Voice = { element, track, seat, meter: new Meter(track), ear: new SpeakingDetector() };
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
    // A speaker that went away: the system's own is used, and `Capture` tells about it.
    element.setSinkId(this.#speaker).catch(() => element.setSinkId('').catch(() => {}));
  }

  #listen(): void {
    const now = this.clock.now();
    const speaking = new Set<number>();
    for (const { meter, ear, seat } of this.#voices.values()) {
      if (ear.hear(meter.level(), now) && seat !== null) speaking.add(seat);
    }
    const before = this.speaking.value;
    const same = before.size === speaking.size && [...speaking].every((seat) => before.has(seat));
    if (!same) this.speaking.set(speaking);
  }
}
