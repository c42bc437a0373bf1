// What a page shows and plays, measured inside it. The functions here run in the page: they must not
// refer to anything outside themselves, so what they need is handed to them.

/** One visible `<video>`. */
export interface Seen {
  /** Text of the tile it is in: who the client says it is. */
  label: string;
  /** Size of the picture that arrives. */
  width: number;
  height: number;
  /** Height it is shown at, in CSS pixels. */
  shown: number;
  /** Mean brightness of each block. */
  levels: number[];
  /** Digest of the picture, to tell a moving one from a still one. */
  digest: number;
}

/** Measures `blocks` in every visible `<video>`. */
export function look(blocks: readonly { x: number; y: number; width: number; height: number }[]): Seen[] {
  const seen: Seen[] = [];
  for (const video of document.querySelectorAll('video')) {
    const box = video.getBoundingClientRect();
    if (video.videoWidth === 0 || box.width === 0 || box.height === 0) continue;
    // A person sees the cover, and not what is drawn under it.
    if (video.nextElementSibling?.matches('[data-cover]')) continue;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 360];
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(video, 0, 0, 640, 360);
    const pixels = context.getImageData(0, 0, 640, 360).data;
    const green = (x: number, y: number) => pixels[(y * 640 + x) * 4 + 1]!;
    const levels = blocks.map((block) => {
      let sum = 0;
      // The middle half of the block, at two pixels to the unit.
      for (let y = 0; y < block.height; y++) {
        for (let x = 0; x < block.width; x++) {
          sum += green(Math.round(block.x * 2 + block.width / 2) + x, Math.round(block.y * 2 + block.height / 2) + y);
        }
      }
      return sum / (block.width * block.height);
    });
    let digest = 0;
    for (let at = 1; at < pixels.length; at += 404) digest = (digest * 31 + pixels[at]!) | 0;
    const tile = video.closest('article, figure');
    seen.push({
      label: (tile?.getAttribute('aria-label') ?? tile?.textContent ?? '').replace(/\s+/g, ' ').trim(),
      width: video.videoWidth,
      height: video.videoHeight,
      shown: box.height,
      levels,
      digest,
    });
  }
  return seen;
}

/** Listens to every live voice that arrives and gives its loudest strength in dB at each frequency. */
export async function listen(what: { frequencies: readonly number[]; ms: number }): Promise<number[][]> {
  const connection = window.watched.connections.at(-1);
  if (connection === undefined) return [];
  const context = new AudioContext();
  await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 1000))]);
  if (context.state !== 'running') throw new Error('the page may not play sound yet: nobody clicked');
  const ears = connection
    .getReceivers()
    .filter(({ track }) => track.kind === 'audio' && track.readyState === 'live')
    .map(({ track }) => {
      const ear = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
      context.createMediaStreamSource(new MediaStream([track])).connect(ear);
      return { ear, loudest: what.frequencies.map(() => -200) };
    });
  for (let waited = 0; waited < what.ms; waited += 100) {
    await new Promise((done) => setTimeout(done, 100));
    for (const { ear, loudest } of ears) {
      const bins = new Float32Array(ear.frequencyBinCount);
      ear.getFloatFrequencyData(bins);
      what.frequencies.forEach((hz, at) => {
        const strength = bins[Math.round((hz * ear.fftSize) / context.sampleRate)]!;
        loudest[at] = Math.max(loudest[at]!, strength);
      });
    }
  }
  await context.close();
  return ears.map(({ loudest }) => loudest);
}
