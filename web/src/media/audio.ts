/**
 * Measures how loud a track is. One AudioContext for the whole client; nothing is played here.
 *
 * Browsers may keep a context suspended until the person touches the page or gives the microphone;
 * it is resumed at every chance.
 */

import { levelOf } from './level';

let context: AudioContext | null = null;

function audioContext(): AudioContext {
  if (!context) {
    const made = (context = new AudioContext({ latencyHint: 'playback' }));
    for (const event of ['pointerdown', 'keydown']) {
      globalThis.addEventListener(event, () => void made.resume().catch(() => {}), { capture: true, passive: true });
    }
  }
  if (context.state === 'suspended') void context.resume().catch(() => {});
  return context;
}

export class Meter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    const context = audioContext();
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    // 2048 samples at 48 kHz are 43 ms: enough to judge loudness ten times a second.
    this.#analyser = new AnalyserNode(context, { fftSize: 2048 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(this.#samples);
  }

  end(): void {
    this.#source.disconnect();
  }
}
