/** A short tone on a loudspeaker, to hear whether it works. */

const HERTZ = 660;
const SECONDS = 1.2;
/** Soft at both ends: a click is startling in headphones. */
const EDGE_SECONDS = 0.1;
const LOUDNESS = 0.2;

/** `speaker`: its id; empty: the system's own. Rejects if nothing can be played there. */
export async function playTone(speaker: string): Promise<void> {
  const context = new AudioContext();
  const element = document.createElement('audio');
  try {
    if (speaker !== '' && 'setSinkId' in element) await element.setSinkId(speaker);
    const stream = context.createMediaStreamDestination();
    const loudness = new GainNode(context, { gain: 0 });
    const tone = new OscillatorNode(context, { frequency: HERTZ });
    tone.connect(loudness).connect(stream);
    element.srcObject = stream.stream;
    await Promise.all([element.play(), running(context)]);
    const [start, end] = [context.currentTime, context.currentTime + SECONDS];
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(LOUDNESS, start + EDGE_SECONDS);
    loudness.gain.setValueAtTime(LOUDNESS, end - EDGE_SECONDS);
    loudness.gain.linearRampToValueAtTime(0, end);
    const ended = new Promise((done) => tone.addEventListener('ended', done));
    tone.start(start);
    tone.stop(end);
    await ended;
  } finally {
    element.srcObject = null;
    await context.close().catch(() => {});
  }
}

/** A machine without any output never starts its context. */
async function running(context: AudioContext): Promise<void> {
  const late = new Promise<never>((_, failed) => setTimeout(() => failed(new Error('no output')), 3_000));
  await Promise.race([context.resume(), late]);
}
