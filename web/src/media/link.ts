/**
 * The media of a seat at the table: makes PeerConnections, replaces broken ones, and draws each
 * picture and voice as that of whom its frames are proven to be from.
 */

import { Cell, Scope } from '../base/observable';
import { every, Timer, type Clock } from '../base/time';
import type { AudioSlot, VideoSlot } from '../protocol/generated';
import type { Former, FrameGate, Verified } from '../sealed/gate';
import type { AnswerFault } from './answer';
import { OwnFrames } from './own-frames';
import { Peer } from './peer';
import { PictureSlots } from './picture-slots';
import { arrivedBytes, judge, sumsOf, type Sums } from './quality';
import { Speakers, type Heard } from './speakers';
import { decodedOf, StillPictures } from './still';
import type { LinkState, MediaLink, OwnSource, Publishes, Quality } from './types';
import { VoiceSwitch } from './voice';

/** How often the browser's counts are looked at. */
const LOOK_INTERVAL_MS = 400;
/** Between two judgements of the own connection. */
const QUALITY_INTERVAL_MS = 2_000;
/** Waits before the second, third ... new connection after one that worked. Longer ones are missed when the line comes back. */
const RESTART_MS = [0, 500, 1_000];
/** After a hint that the network is another one, a connection that is alive has brought something by then. */
const PROOF_MS = 700;

export class RtcLink implements MediaLink {
  readonly state = new Cell<LinkState>('idle');
  readonly quality = new Cell<Quality>('unknown');
  readonly pictures = new Cell<ReadonlyMap<string, MediaStream>>(new Map());
  readonly still = new Cell<ReadonlySet<string>>(new Set());
  onoffer: (generation: number, sdp: string) => void = () => {};
  onrefused: (fault: AnswerFault) => void = () => {};
  onspeakerfailed: (id: string) => void = () => {};

  readonly #speakers: Speakers;
  readonly #slots: PictureSlots;
  readonly #voice: VoiceSwitch;
  readonly #restart: Timer;
  readonly #proof: Timer;
  readonly #scope = new Scope();
  readonly #tracks = new Map<OwnSource, MediaStreamTrack | null>();
  #peer: Peer | null = null;
  #unwatch: () => void = () => {};
  #generation = 0;
  #failures = 0;
  #counts = { audio: 0, video: 0 };
  #audio: readonly AudioSlot[] = [];
  /** By transceiver: whose voice comes there, as its frames prove. */
  readonly #voices = new Map<string, { readonly seat: number; readonly frames: OwnFrames }>();
  readonly #stillness = new StillPictures();
  #sums: Sums | null = null;
  #judgedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly publishes: Publishes, private readonly gate: FrameGate, private readonly clock: Clock) {
    this.#speakers = new Speakers(clock, (id) => this.onspeakerfailed(id));
    this.#slots = new PictureSlots({
      changed: () => this.#showPictures(),
      bound: (mid, source) => this.#peer?.bound(mid, source),
      forget: (mid) => this.#peer?.forget(mid),
    });
    this.#voice = new VoiceSwitch(clock, (voice) => this.#peer?.setVoice(voice));
    this.#restart = new Timer(clock);
    this.#proof = new Timer(clock);
    this.#scope.bind(every(clock, LOOK_INTERVAL_MS, () => void this.#look()));
  }

  get speaking(): Speakers['speaking'] {
    return this.#speakers.speaking;
  }

  get soundBlocked(): Speakers['blocked'] {
    return this.#speakers.blocked;
  }

  setTrack(source: OwnSource, track: MediaStreamTrack | null): void {
    if (this.#tracks.get(source) === track) return;
    this.#tracks.set(source, track);
    this.#peer?.setTrack(source, track);
  }

  negotiate(audio: number, video: number): void {
    this.#counts = { audio, video };
    if (!this.#peer) this.#connect();
    else this.#peer.negotiate(audio, video);
  }

  answer(generation: number, sdp: string): void {
    if (this.#peer?.generation === generation) this.#peer.answer(sdp);
  }

  slots(audio: readonly AudioSlot[], video: readonly VideoSlot[]): void {
    this.#audio = audio;
    this.#playVoices();
    this.#slots.set(video);
  }

  setNarrowVoice(narrow: boolean): void {
    this.#voice.want(narrow ? 'narrow' : 'full');
  }

  setSpeaker(deviceId: string): void {
    this.#speakers.setSpeaker(deviceId);
  }

  hear(): void {
    this.#speakers.hear();
  }

  hurry(): void {
    if (this.#restart.running) this.#connect();
    else if (this.#peer && !this.#proof.running) void this.#prove(this.#peer);
  }

  reset(): void {
    this.#disconnect();
    this.#generation = 0;
    this.#failures = 0;
    this.slots([], []);
    this.state.set('idle');
  }

  end(): void {
    this.#disconnect();
    this.#scope.end();
    this.#voice.end();
    this.#speakers.end();
    this.pictures.set(new Map());
    this.state.set('idle');
  }

  #connect(): void {
    this.#disconnect();
    const generation = ++this.#generation;
    const peer = new Peer({
      generation, failures: this.#failures, publishes: this.publishes, gate: this.gate, clock: this.clock,
      onoffer: (sdp) => this.onoffer(generation, sdp),
      onrefused: (fault) => this.onrefused(fault),
      onsource: (mid, source, former) => this.#arrived(mid, source, former),
    });
    this.#peer = peer;
    this.#voice.begin();
    for (const [source, track] of this.#tracks) peer.setTrack(source, track);
    this.#unwatch = peer.state.subscribe((state) => this.#peerChanged(state));
    peer.negotiate(this.#counts.audio, this.#counts.video);
  }

  #disconnect(): void {
    this.#restart.stop();
    this.#proof.stop();
    this.#unwatch();
    this.#peer?.close();
    this.#peer = null;
    this.#sums = null;
    this.#voices.clear();
    this.#slots.forget();
    this.#stillness.forget();
    this.#setStill(new Set());
    this.quality.set('unknown');
  }

  #peerChanged(state: LinkState): void {
    this.state.set(state);
    if (state === 'connected') {
      this.#failures = 0;
      this.#playVoices();
      this.#showPictures();
    }
    if (state !== 'broken') return;
    const wait = RESTART_MS[Math.min(this.#failures, RESTART_MS.length - 1)] ?? 0;
    this.#failures += 1;
    this.#restart.start(wait, () => this.#connect());
  }

  #arrived(mid: string, source: Verified, former: Former): void {
    const frames = new OwnFrames(former, this.clock, () => this.#peer?.latest(mid));
    if (source.source !== 'microphone') return this.#slots.arrived(mid, { seat: source.seat, source: source.source }, frames);
    this.#voices.set(mid, { seat: source.seat, frames });
    this.#playVoices();
    this.#peer?.bound(mid, source);
  }

  #playVoices(): void {
    const voices = new Map<string, Heard>();
    for (const { mid } of this.#audio) {
      const track = this.#peer?.track(mid);
      const { seat = null, frames = null } = this.#voices.get(mid) ?? {};
      if (track) voices.set(mid, { seat, frames, track });
    }
    this.#speakers.set(voices);
  }

  #showPictures(): void {
    this.pictures.set(this.#slots.pictures((mid) => this.#peer?.track(mid) ?? null));
  }

  /** Makes a new connection, with the addresses of now, unless something still comes on this one. */
  async #prove(peer: Peer): Promise<void> {
    const before = await this.#arrivedOn(peer);
    if (peer !== this.#peer || this.#proof.running) return;
    this.#proof.start(PROOF_MS, () => void this.#arrivedOn(peer).then((now) => {
      if (peer === this.#peer && now <= before && !this.#restart.running) this.#connect();
    }));
  }

  async #arrivedOn(peer: Peer): Promise<number> {
    return arrivedBytes(Array.from(await peer.stats() as unknown as Iterable<[string, unknown]>));
  }

  async #look(): Promise<void> {
    const peer = this.#peer;
    if (peer?.state.value !== 'connected') return;
    const report = Array.from(await peer.stats() as unknown as Iterable<[string, unknown]>);
    if (peer !== this.#peer) return;
    const now = this.clock.now();
    const shown = [...this.pictures.value].map(([id, stream]) => ({ id, stream }));
    this.#setStill(this.#stillness.look(now, shown, decodedOf(report)));
    if (now - this.#judgedMs >= QUALITY_INTERVAL_MS) this.#judge(now, sumsOf(report));
  }

  #judge(now: number, sums: Sums): void {
    this.quality.set(judge(this.#sums, sums));
    this.#sums = sums;
    this.#judgedMs = now;
  }

  #setStill(still: ReadonlySet<string>): void {
    const before = this.still.value;
    if (before.size !== still.size || [...still].some((id) => !before.has(id))) this.still.set(still);
  }
}
