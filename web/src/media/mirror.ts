/**
 * Measures the way to the server's media address before the call, by two connections like those of a
 * call: noise goes out on the first, and the server sends it back on the second. Nothing of this
 * machine is in it, and nothing of what comes back is decoded.
 */

import { every, Timer, type Clock } from '../base/time';
import { MIRROR_MS } from '../protocol/generated';
import type { FrameGate } from '../sealed/gate';
import { builtAnswer, tcpOfOnePort } from './answer';
import { told, wantedCodecs } from './sdp';
import { sampleOf, summarize, type WayFigures, type WaySample } from './way';

/** A little before the server ends it. Without a connection by then there is no way through. */
const RUN_MS = MIRROR_MS - 600;
const SAMPLE_MS = 500;
const FRAMES_PER_SECOND = 15;
const [WIDTH, HEIGHT] = [640, 360];
/** Pixels of one grain: single ones cost more than an encoder is allowed, whatever it leaves out. */
const GRAIN = 20;

/** The lower two layers of a camera, and a screen: enough to see whether pictures go. Bits per second. */
const CAMERA: readonly RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 2, maxBitrate: 200_000 }, { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 700_000 },
];
const SCREEN: readonly RTCRtpEncodingParameters[] = [{ maxBitrate: 1_600_000 }];
/** Voices are little. */
const VOICES: readonly RTCRtpEncodingParameters[] = [{ maxBitrate: 250_000 }];

export interface MirrorResult extends WayFigures {
  /** Frames pass the part of the browser that seals; `null` if nothing was to pass. */
  readonly sealing: boolean | null;
}

/** One measurement. */
export interface MirrorLink {
  /** Two offers for the server. */
  offer(): Promise<{ up: string; down: string }>;
  /** Its answers; measures from then on. Rejects with `AnswerRefused` if they are not an honest server's. */
  answer(up: string, down: string): Promise<MirrorResult>;
  end(): void;
}

export interface MirrorOptions {
  readonly gate: Pick<FrameGate, 'noise' | 'nowhere'>;
  readonly clock: Clock;
  /** The call has pictures. */
  readonly pictures: boolean;
  /** Measurements that found no way before this one. */
  readonly failures: number;
}

export class Mirror implements MirrorLink {
  readonly #up = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [] });
  readonly #down = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [] });
  readonly #noise: Noise;
  readonly #timer: Timer;
  readonly #samples: WaySample[] = [];
  #stopSampling: () => void = () => {};
  #startedAtMs = 0;

  constructor(private readonly options: MirrorOptions) {
    this.#timer = new Timer(options.clock);
    this.#noise = new Noise(options.clock);
    for (const encodings of options.pictures ? [CAMERA, SCREEN] : [VOICES]) {
      const sending = this.#up.addTransceiver(this.#noise.track(), { direction: 'sendonly', sendEncodings: [...encodings] });
      const receiving = this.#down.addTransceiver('video', { direction: 'recvonly' });
      for (const transceiver of [sending, receiving]) preferVp8(transceiver);
      options.gate.noise(sending.sender);
      options.gate.nowhere(receiving.receiver);
    }
  }

  async offer(): Promise<{ up: string; down: string }> {
    this.#startedAtMs = this.options.clock.now();
    const [up = '', down = ''] = await Promise.all([this.#up, this.#down].map(async (pc) => {
      await pc.setLocalDescription();
      return told(pc.localDescription?.sdp ?? '');
    }));
    return { up, down };
  }

  async answer(up: string, down: string): Promise<MirrorResult> {
    // Both are judged before either is applied.
    const built = ([[this.#up, up], [this.#down, down]] as const).map(([pc, sdp]) =>
      [pc, builtAnswer(pc.localDescription?.sdp ?? '', sdp)] as const);
    await Promise.all(built.map(([pc, sdp]) =>
      pc.setRemoteDescription({ type: 'answer', sdp: tcpOfOnePort(sdp, this.options.failures) })));
    const { clock } = this.options;
    this.#stopSampling = every(clock, SAMPLE_MS, () => void this.#sample());
    await new Promise<void>((done) => {
      this.#timer.start(Math.max(0, this.#startedAtMs + RUN_MS - clock.now()), done);
    });
    const sealing = await this.#sealing();
    this.end();
    return { ...summarize(this.#samples), sealing };
  }

  end(): void {
    this.#timer.stop();
    this.#stopSampling();
    this.#noise.end();
    this.#up.close();
    this.#down.close();
  }

  async #sample(): Promise<void> {
    if (this.#up.connectionState !== 'connected' || this.#down.connectionState !== 'connected') return;
    const [up, down] = await Promise.all([this.#up, this.#down].map(async (pc) => entries(await pc.getStats())));
    if (up && down) this.#samples.push(sampleOf(this.options.clock.now(), up, down));
  }

  /** Encoded frames that never became packets stayed in the transform. */
  async #sealing(): Promise<boolean | null> {
    if (this.#up.connectionState !== 'connected') return null;
    let [frames, packets] = [0, 0];
    for (const [, value] of entries(await this.#up.getStats())) {
      const { type, framesEncoded = 0, packetsSent = 0 } = value as { type: string; framesEncoded?: number; packetsSent?: number };
      if (type === 'outbound-rtp') [frames, packets] = [frames + framesEncoded, packets + packetsSent];
    }
    return frames === 0 ? null : packets > 0;
  }
}

/** A moving picture no encoder can make small, and any can make as small as it is told. */
class Noise {
  readonly #canvas = document.createElement('canvas');
  readonly #stop: () => void;
  readonly #tracks: MediaStreamTrack[] = [];

  constructor(clock: Clock) {
    const sheet = document.createElement('canvas');
    [this.#canvas.width, this.#canvas.height] = [WIDTH, HEIGHT];
    const [wide, high] = [WIDTH / GRAIN, HEIGHT / GRAIN];
    [sheet.width, sheet.height] = [4 * wide, 4 * high];
    scatter(sheet);
    const brush = this.#canvas.getContext('2d');
    // Another part of the sheet each time is as good as new, and costs next to nothing.
    const draw = (): void =>
      brush?.drawImage(sheet, Math.random() * 3 * wide, Math.random() * 3 * high, wide, high, 0, 0, WIDTH, HEIGHT);
    draw();
    this.#stop = every(clock, 1000 / FRAMES_PER_SECOND, draw);
  }

  track(): MediaStreamTrack {
    const [track] = this.#canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
    if (!track) throw new Error('a canvas gives one track');
    this.#tracks.push(track);
    return track;
  }

  end(): void {
    this.#stop();
    for (const track of this.#tracks) track.stop();
  }
}

function scatter(sheet: HTMLCanvasElement): void {
  const brush = sheet.getContext('2d');
  const image = brush?.createImageData(sheet.width, sheet.height);
  if (!brush || !image) return;
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at++) pixels[at] = Math.random() * 2 ** 32 | 0xff000000;
  brush.putImageData(image, 0, 0);
}

function preferVp8(transceiver: RTCRtpTransceiver): void {
  const codecs = wantedCodecs('video', RTCRtpReceiver.getCapabilities('video')?.codecs ?? []);
  if (codecs.length > 0 && 'setCodecPreferences' in transceiver) transceiver.setCodecPreferences(codecs);
}

const entries = (report: RTCStatsReport): [string, unknown][] => Array.from(report as unknown as Iterable<[string, unknown]>);
