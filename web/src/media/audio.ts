/**
 * Measures how loud a track is. One AudioContext for the whole client; nothing is played here.
 *
 * Browsers may keep a context suspended until the person touches the page or gives the microphone, and
 * the system may interrupt it (a telephone call); it is resumed at every chance. A track that
 * cannot be measured is not a silent one: `level` is `null` then, and whoever plays it goes on.
 */

import { levelOf } from './level';

let context: AudioContext | null = null;

function audioContext(): AudioContext {
  if (!context) {
    const made = (context = new AudioContext({ latencyHint: 'playback' }));
    const resume = (): void => {
      if (made.state !== 'running' && made.state !== 'closed') void made.resume().catch(() => {});
    };
    for (const event of ['pointerdown', 'keydown']) {
      globalThis.addEventListener(event, resume, { capture: true, passive: true });
    }
    document.addEventListener('visibilitychange', resume);
    made.addEventListener('statechange', resume);
  }
  if (context.state === 'suspended') void context.resume().catch(() => {});
  return context;
}

/** As much of a `Meter` as its users need. */
export interface Levels {
  /** 0 to 1; `null` if it cannot be told now. */
  level(): number | null;
  end(): void;
}

const UNMEASURED: Levels = { level: () => null, end: () => {} };

/**
 * A meter for this track. Never throws: some browsers refuse a track whose rate is another than the
 * context's (Firefox), or have no more contexts to give.
 */
export function meterOf(track: MediaStreamTrack): Levels {
  const rate = track.getSettings().sampleRate;
  const contexts = [audioContext, ...(rate === undefined ? [] : [(): AudioContext => new AudioContext({ sampleRate: rate })])];
  for (const [at, open] of contexts.entries()) {
    try {
      const own = open();
      return new Meter(own, track, at > 0);
    } catch {
      // The next one, or none.
    }
  }
  return UNMEASURED;
}

class Meter implements Levels {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  /** `alone`: the context is for this meter only. */
  constructor(private readonly context: AudioContext, track: MediaStreamTrack, private readonly alone: boolean) {
    try {
      this.#source = context.createMediaStreamSource(new MediaStream([track]));
      // 2048 samples at 48 kHz are 43 ms: enough to judge loudness ten times a second.
      this.#analyser = new AnalyserNode(context, { fftSize: 2048 });
      this.#samples = new Float32Array(this.#analyser.fftSize);
      this.#source.connect(this.#analyser);
    } catch (error) {
      if (alone) void context.close();
      throw error;
    }
  }

  level(): number | null {
    if (this.context.state !== 'running') return null;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(this.#samples);
  }

  end(): void {
    this.#source.disconnect();
    if (this.alone) void this.context.close();
  }
}
