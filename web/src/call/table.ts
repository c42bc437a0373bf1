/**
 * The table: joins what the server says, what the sealed session verifies, what the media path brings
 * and what the person does.
 *
 * It lives from the first `seated` to the end of the sitting; breaks of the connection pass
 * through it, so the screen stays as it is while they are mended.
 */

import { Cell, Scope, type Readable } from '../base/observable';
import { Timer, type Clock } from '../base/time';
import type { MediaLink, OwnSource } from '../media/types';
import type { ConnectionState } from '../protocol/connection';
import type { ClientMessage, Doors, ServerMessage, Tile } from '../protocol/generated';
import type { ReceivedText, Seal } from '../sealed/sealed-call';
import { TABLE } from '../sealed/address';
import type { Act } from '../sealed/view';
import type { Bulletin } from './bulletin';
import { Circles } from './circles';
import { combine } from './combine';
import { refusalWords } from './errors';
import { learn, type Facts, type Identity } from './facts';
import type { DeviceKind, SpeaksTo, TableModel, TableState, TileId, Words } from './model';
import type { Own, OwnState } from './own';
import { planOf, spokenName, type Plan } from './people';
import { viewTable, viewTiles } from './table-view';
import { watchTrouble } from './trouble';
import { Whisper } from './whisper';

/** Pages turn and windows are dragged: one `view` for all of it. */
const VIEW_DELAY_MS = 100;
/** The session tells the group that this seat leaves; that must not keep anybody from leaving. */
const LEAVE_MS = 500;

export interface TableOptions {
  readonly identity: Identity;
  readonly own: Own;
  readonly media: MediaLink;
  readonly seal: Pick<Seal, 'view' | 'whispered' | 'act' | 'join' | 'speak'>;
  readonly bulletin: Bulletin;
  readonly clock: Clock;
  /** The server's clock. */
  readonly now: Readable<number>;
  readonly connection: Readable<ConnectionState>;
  /** From this machine's clock to the server's. */
  offsetMs(): number;
  /** In which the screen is, e.g. `de`. */
  language(): string;
  send(message: ClientMessage): boolean;
  formatTime(ms: number): string;
  left(): void;
  /** The media cannot go on: a code of `errorScreen`. */
  failed(code: string): void;
}

export class Table implements TableModel {
  readonly state: Readable<TableState>;
  readonly now: Readable<number>;
  readonly level: Readable<number>;
  readonly #facts: Cell<Facts>;
  readonly #pinned = new Cell<TileId | null>(null);
  readonly #trouble: Readable<TableState['connection']>;
  readonly #circles: Circles;
  readonly #whisper: Whisper;
  readonly #heights = new Map<TileId, number>();
  readonly #viewDelay: Timer;
  readonly #scope = new Scope();
  #lastView: string | null = null;

  constructor(private readonly options: TableOptions, facts: Facts) {
    const { own, media, bulletin, now } = options;
    this.now = now;
    this.level = own.capture.level;
    this.#facts = new Cell(facts);
    this.#viewDelay = new Timer(options.clock);
    this.#circles = new Circles(options);
    this.#whisper = new Whisper(own, options.seal);
    this.#scope.bind(options.seal.view.subscribe((view) => this.#circles.follow(view, this.#plan())));
    this.#trouble = watchTrouble(this.#scope, options);
    const { devices, preview, screenPreview } = own.capture;
    const sources = [
      this.#facts, this.#pinned, this.#trouble, own.state, devices, preview, screenPreview, bulletin.messages,
      media.pictures, media.still, media.speaking, media.soundBlocked, options.seal.view, options.seal.whispered, ...this.#circles.sources,
    ];
    this.state = combine(this.#scope, sources, () => this.#view());
    this.#scope.bind(this.state.subscribe(() => this.#viewSoon()));
    this.#sendOwn();
    media.onoffer = (generation, sdp) => options.send({ type: 'offer', generation, sdp });
    media.onspeakerfailed = (id) => own.capture.speakerFailed(id);
    media.onrefused = (fault) => options.failed(`answer_${fault}`);
    this.#scope.bind(() => media.end());
    this.#scope.bind(() => this.#viewDelay.stop());
  }

  /** Everything the server says to a seated seat. */
  handle(message: ServerMessage): void {
    const { media } = this.options;
    const before = this.#facts.value;
    if (message.type === 'seated') this.#seatedAgain();
    this.#facts.set(learn(before, message));
    if (message.type === 'seated') this.#circles.follow(this.options.seal.view.value, this.#plan());
    switch (message.type) {
      case 'negotiate':
        return media.negotiate(message.audio, message.video);
      case 'answer':
        return media.answer(message.generation, message.sdp);
      case 'slots':
        return media.slots(message.audio, message.video);
      case 'voice':
        return media.setNarrowVoice(message.narrow);
      case 'changed':
        return this.#screenTaken(before);
      case 'doors_changed':
        return this.#notice({ key: message.doors === 'closed' ? 'doors-closed-now' : 'doors-open-now' }, 'doors');
      case 'floor_changed':
        return this.#floorChanged(message.floor);
      case 'seat_claimed':
        return this.#notice({ key: 'seat-claimed' });
      case 'microphone_closed':
        this.setMicrophone(false);
        return this.#notice({ key: 'microphone-closed-for', args: { who: this.#name(message.by) } });
      case 'muted':
        this.setMicrophone(false);
        return this.#notice({ key: 'microphone-muted-by', args: { who: this.#name(message.by) } }, 'muted');
      case 'error':
        return this.#refused(message);
    }
  }

  /** A sealed text arrived. */
  hearText(text: ReceivedText): void {
    this.#circles.hear(text);
  }

  /** Closing it closes it to everybody: what it was at the table before does not come back. */
  setMicrophone(on: boolean): void {
    this.options.own.setMicrophone(on);
    if (!on) this.#whisper.end();
  }

  speakTo(whom: SpeaksTo): void {
    if (whom === 'table') return this.#whisper.end();
    const { own, circle } = this.state.value;
    if (own.canWhisper && circle) void this.#whisper.begin(circle.circle);
  }

  setCamera(on: boolean): void {
    this.options.own.setCamera(on);
  }

  setScreen(on: boolean): void {
    void this.options.own.setScreen(on);
  }

  choose(kind: DeviceKind, id: string): void {
    this.options.own.capture.choose(kind, id);
  }

  hear(): void {
    this.options.media.hear();
  }

  pin(tile: TileId | null): void {
    this.#pinned.set(tile);
  }

  setTileHeight(tile: TileId, height: number): void {
    if (height > 0) this.#heights.set(tile, height);
    else this.#heights.delete(tile);
    this.#viewSoon();
  }

  sendText(text: string, circle: number): boolean {
    const own = this.state.value.circle;
    if (!this.#circles.takes(text, circle, own?.circle === circle && own.closed === null)) return false;
    this.#act({ type: 'text', text: text.trim() }, { key: 'text-not-sent' }, circle);
    return true;
  }

  readTexts(circle: number): void {
    this.#circles.read(circle);
  }

  checkWords(circle: number): void {
    this.#act({ type: 'check_words', language: this.options.language() }, { key: 'check-not-now' }, circle);
  }

  answerCheck(same: boolean, circle: number): void {
    this.#act({ type: 'verdict', same }, { key: 'check-not-now' }, circle);
  }

  /** It is the same person in every circle. */
  acceptDevice(seat: number): void {
    const { circle } = this.state.value;
    this.#act({ type: 'accept_device', seat }, { key: 'wrong-state' });
    if (circle?.changed.some((person) => person.seat === seat)) this.#act({ type: 'accept_device', seat }, { key: 'wrong-state' }, circle.circle);
  }

  /** The group is told first, so that nobody thinks this seat was cut off. */
  leave(): void {
    const { seal, clock, send, left } = this.options;
    let gone = false;
    const go = (): void => {
      if (gone || this.#scope.ended) return;
      gone = true;
      send({ type: 'leave' });
      left();
    };
    this.#scope.bind(clock.after(LEAVE_MS, go));
    void seal.act({ type: 'leave' }).then(go);
  }

  dismiss(messageId: string): void {
    this.options.bulletin.dismiss(messageId);
  }

  admit(seat: number): void {
    this.#act({ type: 'admit', seat }, { key: 'admit-not-verified', args: { who: this.#name(seat) } });
  }

  admitToCircle(seat: number): void {
    const circle = this.#circles.own.value;
    if (circle !== null) this.#act({ type: 'admit', seat }, { key: 'admit-not-verified', args: { who: this.#name(seat) } }, circle);
  }

  /**
   * All who came with their invitation, but for those who would take a seat from somebody: that is
   * decided one by one.
   */
  admitAll(): void {
    const { queue } = this.state.value;
    const verified = queue.filter((w) => w.claim.verified);
    const free = verified.filter((w) => !w.occupied);
    // At once if it can be: every admission changes everybody's keys.
    if (free.length === verified.length && free.length > 1) this.#act({ type: 'admit_all_verified' }, { key: 'wrong-state' });
    else for (const { person } of free) this.admit(person.seat);
  }

  refuse(seat: number): void {
    this.options.send({ type: 'refuse', seat });
  }

  remove(seat: number): void {
    this.#act({ type: 'remove', seat }, { key: 'wrong-state' });
  }

  setDoors(doors: Doors): void {
    this.#act({ type: 'set_doors', doors }, { key: 'wrong-state' });
  }

  mute(seat: number): void {
    this.options.send({ type: 'mute', seat });
  }

  giveFloor(seat: number | null): void {
    this.options.send({ type: 'give_floor', seat });
  }

  adjourn(): void {
    this.options.send({ type: 'adjourn' });
  }

  end(): void {
    this.#scope.end();
    // The devices outlive the table. Nobody is told: the server has closed this seat's microphone.
    this.#whisper.end();
  }

  #view(): TableState {
    const { identity, own, media, bulletin, formatTime } = this.options;
    const { microphone, circle, camera, screen, mutedButSpeaking, speaking } = own.state.value;
    const { capture, can } = own;
    return viewTable(this.#facts.value, {
      identity, formatTime, offsetMs: this.options.offsetMs(), view: this.options.seal.view.value,
      texts: this.#circles.written(), circle: this.#circles.own.value,
      pinned: this.#pinned.value, devices: capture.devices.value, messages: bulletin.messages.value,
      own: { canSpeak: can.microphone, canShow: can.camera, canShare: can.screen && capture.canShare,
        microphone, camera, screen, mutedButSpeaking, speaksTo: circle === null ? 'table' : 'delegation' },
      pictures: media.pictures.value, still: media.still.value, preview: capture.preview.value, screenPreview: capture.screenPreview.value,
      whispered: this.options.seal.whispered.value,
      speaking: speaking ? new Set([...media.speaking.value, identity.seat.id]) : media.speaking.value,
      soundBlocked: media.soundBlocked.value, connection: this.#trouble.value,
    });
  }

  /** Tracks go to the media path, and what is on goes to the server, whenever either changes. */
  #sendOwn(): void {
    const { own, media } = this.options;
    const { capture } = own;
    const devices = { microphone: capture.microphone, camera: capture.camera, screen: capture.screen } as const;
    let before: Pick<OwnState, 'microphone' | 'circle' | 'camera' | 'screen'> = { microphone: false, circle: null, camera: false, screen: false };
    const update = (): void => {
      for (const source of Object.keys(devices) as OwnSource[]) {
        media.setTrack(source, own.state.value[source] ? devices[source].value : null);
      }
      const { microphone, circle, camera, screen } = own.state.value;
      if (microphone !== before.microphone || (microphone && circle !== before.circle)) this.#announce('microphone', microphone);
      if (camera !== before.camera) this.#announce('camera', camera);
      if (screen !== before.screen) this.#announce('screen', screen);
      before = { microphone, circle, camera, screen };
    };
    // The own state follows the devices, so by then the tracks are the new ones.
    for (const source of [own.state, ...Object.values(devices)] as Readable<unknown>[]) {
      this.#scope.bind(source.subscribe(update));
    }
    this.#scope.bind(capture.devices.subscribe(({ speaker }) => {
      // None chosen, or the chosen one went away: the system's own.
      media.setSpeaker(speaker.chosen ?? '');
    }));
  }

  #announce(source: OwnSource, on: boolean): void {
    if (!this.options.own.can[source]) return;
    const { circle } = this.options.own.state.value;
    if (source === 'microphone') this.options.send({ type: 'microphone', open: on, ...(on && circle !== null ? { circle } : {}) });
    else this.options.send({ type: source, on });
  }

  /** After a break the server knows nothing of what this seat sends and shows. */
  #seatedAgain(): void {
    this.#lastView = null;
    const { microphone, camera, screen } = this.options.own.state.value;
    for (const [source, on] of Object.entries({ microphone, camera, screen })) {
      if (on) this.#announce(source as OwnSource, true);
    }
  }

  /** A host shares instead: the server has stopped taking this one. */
  #screenTaken(before: Facts): void {
    const me = this.options.identity.seat.id;
    const { statuses } = this.#facts.value;
    if (statuses.get(me)?.screen !== false || !before.statuses.get(me)?.screen || !this.options.own.state.value.screen) return;
    void this.options.own.setScreen(false);
    const other = [...statuses.values()].find((s) => s.seat !== me && s.screen);
    if (other) this.#notice({ key: 'screen-share-taken-over', args: { who: this.#name(other.seat) } });
  }

  #floorChanged(floor: number | null): void {
    if (floor === null) return;
    if (floor === this.options.identity.seat.id) this.#notice({ key: 'floor-given-to-you' }, 'floor');
    else this.#notice({ key: 'floor-given-to', args: { who: this.#name(floor) } }, 'floor');
  }

  #refused(error: Extract<ServerMessage, { type: 'error' }>): void {
    const { own } = this.options;
    if (error.in_reply_to === 'microphone') this.setMicrophone(false);
    if (error.in_reply_to === 'camera') own.setCamera(false);
    if (error.in_reply_to === 'screen') void own.setScreen(false);
    const who = (error.seats ?? []).slice(0, 3).map((seat) => this.#name(seat)).join(', ');
    const words = refusalWords(error, who);
    if (words) this.#notice(words);
  }

  #viewSoon(): void {
    if (!this.#viewDelay.running) this.#viewDelay.start(VIEW_DELAY_MS, () => this.#sendView());
  }

  #sendView(): void {
    const tiles: Tile[] = viewTiles(this.state.value, this.#heights);
    const text = JSON.stringify(tiles);
    if (text === this.#lastView) return;
    if (this.options.send({ type: 'view', tiles })) this.#lastView = text;
  }

  /** Asks the session; if it does not, says so. */
  #act(act: Act, otherwise: Words, circle = TABLE): void {
    void this.options.seal.act(act, circle).then((error) => {
      if (error !== null && !this.#scope.ended) this.#notice(otherwise);
    });
  }

  #plan(): Plan {
    return planOf(this.#facts.value.seats, this.options.seal.view.value, this.options.identity);
  }

  #name(seat: number): string {
    const person = this.#plan().people.get(seat);
    return person ? spokenName(person) : '';
  }

  #notice(words: Words, subject?: string): void {
    this.options.bulletin.notice(words, subject);
  }
}
