/** Loudness, and who counts as speaking. Numbers only. */

/** Quietest sound a meter shows, in dBFS. */
const FLOOR_DB = -60;
/** On this level (about -42 dBFS) somebody speaks; lower picks up breathing and fans. */
const SPEAKING_LEVEL = 0.3;
/** Pauses between words shorter than this do not end speaking. */
const HOLD_MS = 700;

/** 0 to 1, even steps in loudness, of samples between -1 and 1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  if (rms === 0) return 0;
  const level = 1 - (20 * Math.log10(rms)) / FLOOR_DB;
  return Math.min(1, Math.max(0, level));
}

/** Turns levels into "speaks" and "does not", without flicker. */
export class SpeakingDetector {
  #loud = 0;
  #lastLoudMs = Number.NEGATIVE_INFINITY;
  #speaking = false;

  /** Takes a level about ten times a second. */
  hear(level: number, nowMs: number): boolean {
    if (level >= SPEAKING_LEVEL) {
      this.#loud += 1;
      this.#lastLoudMs = nowMs;
      // Two in a row: a click or a dropped pen is not speech.
      if (this.#loud >= 2) this.#speaking = true;
    } else {
      this.#loud = 0;
      if (nowMs - this.#lastLoudMs > HOLD_MS) this.#speaking = false;
    }
    return this.#speaking;
  }
}
