/**
 * One RTCPeerConnection: the client offers, the server (ICE-lite, passive) answers.
 *
 * The first m-lines are always the own microphone, camera and screen, in that order, as far as
 * this seat publishes; after them come the transceivers others are received on. They are made
 * once and reused, so a speaker or a layer changes without a new offer.
 */

import { Cell } from '../base/observable';
import { Timer, type Clock } from '../base/time';
import type { Former, FrameGate, OnSource, Receiving, Verified } from '../sealed/gate';
import { AnswerRefused, builtAnswer, tcpOfOnePort, type AnswerFault } from './answer';
import { told, wantedCodecs } from './sdp';
import type { LinkState, OwnSource, Publishes } from './types';
import { FIRST_VOICE, type Voice } from './voice';

/** A gap this long does not heal by itself in practice. */
const DISCONNECTED_MS = 5_000;
/** A connection that is not there by now is tried anew. */
const CONNECT_MS = 15_000;

const MICROPHONE: RTCRtpTransceiverInit = { direction: 'sendonly' };
/** Quarter, half and full size; the server picks one for each receiver. Bits per second. */
const CAMERA: RTCRtpTransceiverInit = {
  direction: 'sendonly',
  sendEncodings: [
    { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 120_000, maxFramerate: 15 },
    { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 400_000, maxFramerate: 30 },
    { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_200_000, maxFramerate: 30 },
  ],
};
const SCREEN: RTCRtpTransceiverInit = { direction: 'sendonly', sendEncodings: [{ maxBitrate: 1_500_000, maxFramerate: 15 }] };

export interface PeerOptions {
  readonly generation: number;
  /** Connections tried in vain before this one. */
  readonly failures: number;
  readonly publishes: Publishes;
  readonly gate: FrameGate;
  readonly clock: Clock;
  onoffer(sdp: string): void;
  /** The server's answer was not an honest one. Nothing was applied, and this connection is over. */
  onrefused(fault: AnswerFault): void;
  /** What comes on a receiving transceiver is proven to be of that; it waits until `bound`. */
  onsource(mid: string, source: Verified, former: Former): void;
}

export class Peer {
  readonly generation: number;
  readonly #pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [] });
  readonly #state = new Cell<LinkState>('connecting');
  readonly #own = new Map<OwnSource, RTCRtpTransceiver>();
  readonly #watch: Timer;
  readonly #receiving = new Map<RTCRtpTransceiver, Receiving>();
  /** Negotiations one after the other. */
  #queue: Promise<void> = Promise.resolve();
  /** What the server answered last. */
  #answer: string | null = null;
  #voice = FIRST_VOICE;
  /** The voice of the answer that was applied last. */
  #sent = FIRST_VOICE;

  constructor(private readonly options: PeerOptions) {
    this.generation = options.generation;
    this.#watch = new Timer(options.clock);
    this.#watch.start(CONNECT_MS, () => this.#broke());
    this.#pc.addEventListener('connectionstatechange', () => this.#changed());
    const { microphone, camera, screen } = options.publishes;
    if (microphone) this.#publish('microphone', 'audio', MICROPHONE);
    if (camera) this.#publish('camera', 'video', CAMERA);
    if (screen) this.#publish('screen', 'video', SCREEN);
  }

  get state(): Cell<LinkState> {
    return this.#state;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  setTrack(source: OwnSource, track: MediaStreamTrack | null): void {
    // Rejects only when the connection was closed meanwhile.
    this.#own.get(source)?.sender.replaceTrack(track).catch(() => {});
  }

  /** Makes sure there are this many receiving transceivers, and offers. */
  negotiate(audio: number, video: number): void {
    this.#then(async () => {
      this.#receive('audio', audio);
      this.#receive('video', video);
      await this.#pc.setLocalDescription();
      this.options.onoffer(told(this.#pc.localDescription?.sdp ?? ''));
    });
  }

  answer(sdp: string): void {
    this.#then(async () => {
      if (this.#pc.signalingState !== 'have-local-offer') return;
      this.#answer = sdp;
      await this.#apply(sdp);
    });
  }

  /**
   * The microphone sends this voice from now on. Only the answer has words for that, so the last one is
   * written anew: a negotiation that the server hears nothing of. While a real one is under way its
   * answer says it.
   */
  setVoice(voice: Voice): void {
    this.#voice = voice;
    this.#then(async () => {
      if (this.#answer === null || this.#pc.signalingState !== 'stable' || this.#sent === this.#voice) return;
      await this.#pc.setLocalDescription();
      await this.#apply(this.#answer);
    });
  }

  /** The receiving track of a transceiver. */
  track(mid: string): MediaStreamTrack | null {
    return this.#pc.getTransceivers().find((t) => t.mid === mid)?.receiver.track ?? null;
  }

  /** The RTP timestamp of what that track gave last, if the browser says. */
  latest(mid: string): number | undefined {
    const receiver = this.#pc.getTransceivers().find((t) => t.mid === mid)?.receiver;
    return receiver?.getSynchronizationSources?.()[0]?.rtpTimestamp;
  }

  /** What comes on this transceiver is drawn as that from now on. */
  bound(mid: string, source: Verified): void {
    this.#on(mid)?.bound(source);
  }

  /** What comes on this transceiver is drawn as nobody's. */
  forget(mid: string): void {
    this.#on(mid)?.forget();
  }

  close(): void {
    this.#watch.stop();
    // What is still on its way from the worker is not of the next connection.
    for (const receiving of this.#receiving.values()) receiving.stop();
    this.#receiving.clear();
    this.#pc.close();
    this.#state.set('idle');
  }

  #publish(source: OwnSource, kind: 'audio' | 'video', init: RTCRtpTransceiverInit): void {
    const transceiver = this.#pc.addTransceiver(kind, init);
    preferCodecs(transceiver, kind);
    this.options.gate.send(transceiver.sender, source);
    this.#own.set(source, transceiver);
  }

  #receive(kind: 'audio' | 'video', count: number): void {
    const own = new Set(this.#own.values());
    const have = this.#pc.getTransceivers().filter((t) => t.receiver.track.kind === kind && !own.has(t)).length;
    for (let i = have; i < count; i++) {
      const transceiver = this.#pc.addTransceiver(kind, { direction: 'recvonly' });
      preferCodecs(transceiver, kind);
      const onsource: OnSource = (source, former) => {
        if (transceiver.mid !== null) this.options.onsource(transceiver.mid, source, former);
      };
      this.#receiving.set(transceiver, this.options.gate.receive(transceiver.receiver, kind, onsource));
    }
  }

  async #apply(answer: string): Promise<void> {
    const voice = this.#voice;
    const built = this.#build(this.#pc.localDescription?.sdp ?? '', answer, voice);
    if (built === null) return;
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: tcpOfOnePort(built, this.options.failures) });
    this.#sent = voice;
  }

  #build(offer: string, answer: string, voice: Voice): string | null {
    try {
      return builtAnswer(offer, answer, voice);
    } catch (error) {
      if (!(error instanceof AnswerRefused)) throw error;
      this.close();
      this.options.onrefused(error.fault);
      return null;
    }
  }

  #on(mid: string): Receiving | undefined {
    return [...this.#receiving].find(([transceiver]) => transceiver.mid === mid)?.[1];
  }

  #then(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(step).catch(() => this.#broke());
  }

  #changed(): void {
    const state = this.#pc.connectionState;
    if (state === 'connected') {
      this.#watch.stop();
      this.#state.set('connected');
    } else if (state === 'failed') this.#broke();
    else if (state === 'disconnected') this.#watch.start(DISCONNECTED_MS, () => this.#broke());
  }

  #broke(): void {
    if (this.#state.value === 'idle') return;
    this.#watch.stop();
    this.#state.set('broken');
  }
}

function preferCodecs(transceiver: RTCRtpTransceiver, kind: 'audio' | 'video'): void {
  const codecs = wantedCodecs(kind, RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []);
  // Firefox before 128 has no such call; the server takes its choice from all that is offered.
  if (codecs.length > 0 && 'setCodecPreferences' in transceiver) transceiver.setCodecPreferences(codecs);
}
