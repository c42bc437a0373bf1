/**
 * Tells a host who looks elsewhere that somebody waits: a quiet sound, and a notification of the system
 * where the host asked for one. Neither says who: the system keeps what it shows.
 */

import { recall, remember } from '../remembered';

const SOUND_KEPT_AS = 'incamera.knock-sound';
const NOTICE_KEPT_AS = 'incamera.knock-notice';
/** Several who come together are one sound. */
const QUIET_MS = 4_000;
/** Two soft tones, a fifth apart, as of a bell in another room. */
const TONES = [{ hertz: 587, atS: 0 }, { hertz: 880, atS: 0.16 }];
const LOUDNESS = 0.06;
const TONE_S = 0.5;
/** A sound this late is about something else by then. */
const LATE_MS = 2_000;

let sound = $state(recall(SOUND_KEPT_AS) !== 'off');
let permission = $state<NotificationPermission>('denied');
let notice = $state(recall(NOTICE_KEPT_AS) === 'on');

export function knockSoundOn(): boolean {
  return sound;
}

export function setKnockSound(wanted: boolean): void {
  sound = wanted;
  remember(SOUND_KEPT_AS, wanted ? 'on' : 'off');
}

/** `impossible`: this browser has none, or was told not to. */
export function knockNotices(): 'on' | 'off' | 'impossible' {
  if (permission === 'denied') return 'impossible';
  return notice && permission === 'granted' ? 'on' : 'off';
}

/** Straight from a click: the browser may ask the person. */
export async function setKnockNotices(wanted: boolean): Promise<void> {
  if (wanted && permission !== 'granted') permission = await Notification.requestPermission();
  notice = wanted && permission === 'granted';
  remember(NOTICE_KEPT_AS, notice ? 'on' : 'off');
}

/** What the browser allows may have been changed in its settings. */
export function readPermission(): void {
  permission = 'Notification' in globalThis ? Notification.permission : 'denied';
}

export class KnockAlert {
  #known: ReadonlySet<number> = new Set();
  #lastMs = Number.NEGATIVE_INFINITY;
  #context: AudioContext | null = null;
  #shown: Notification | null = null;

  /** Who waits now; `words` is what a notification says, and names nobody. */
  see(waiting: readonly number[], words: string): void {
    const isNew = waiting.some((seat) => !this.#known.has(seat));
    this.#known = new Set(waiting);
    if (waiting.length === 0) this.#close();
    readPermission();
    const now = performance.now();
    if (!isNew || now < this.#lastMs + QUIET_MS) return;
    this.#lastMs = now;
    if (sound) this.#ring();
    if (knockNotices() === 'on' && (document.hidden || !document.hasFocus())) this.#notify(words);
  }

  end(): void {
    this.#close();
    void this.#context?.close().catch(() => {});
  }

  #ring(): void {
    try {
      const context = (this.#context ??= new AudioContext());
      const asked = performance.now();
      // After a reload no click has allowed sound yet: then the title has to do, and no late sound.
      void context.resume().then(() => performance.now() < asked + LATE_MS && this.#play(context), () => {});
    } catch {
      // No loudspeaker: the title and the screen say it.
    }
  }

  #play(context: AudioContext): void {
    try {
      for (const { hertz, atS } of TONES) {
        const start = context.currentTime + atS;
        const loudness = new GainNode(context, { gain: 0 });
        loudness.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
        loudness.gain.exponentialRampToValueAtTime(0.0001, start + TONE_S);
        const tone = new OscillatorNode(context, { frequency: hertz });
        tone.connect(loudness).connect(context.destination);
        tone.start(start);
        tone.stop(start + TONE_S);
      }
    } catch {
      // The loudspeaker went away.
    }
  }

  #notify(words: string): void {
    try {
      this.#close();
      const shown = (this.#shown = new Notification('Incamera', { body: words, tag: 'incamera-knock', silent: true }));
      shown.onclick = () => {
        window.focus();
        shown.close();
      };
    } catch {
      // Browsers of phones have them for service workers alone.
      permission = 'denied';
    }
  }

  #close(): void {
    this.#shown?.close();
    this.#shown = null;
  }
}
