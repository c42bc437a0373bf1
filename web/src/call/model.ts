/**
 * What a screen shows and what can be done on it: the seam between `call/` and `ui/`.
 *
 * Types only. Every model has one `state` that is replaced as a whole when anything in it changes,
 * and a method for each thing a person can do. Screens keep no state of the call of their own.
 * All times are milliseconds since 1970 UTC by the server's clock; `now` ticks once a second.
 */

import type { DeviceKind, Devices } from '../media/types';
import type { Doors, Format, Presence, SeatKind, Source } from '../protocol/generated';
import type { MessageArgs, MessageKey } from './messages';
import type { SpeakerState } from './speaker-test';
import type { Readable } from '../base/observable';

export type { DeviceChoice, DeviceKind, Devices } from '../media/types';
export type { MessageKey } from './messages';
export type { SpeakerState } from './speaker-test';
export type { Readable } from '../base/observable';

export type { Presence, SeatKind };

/** A sentence to show: a key of the catalogues and what goes into it. */
export interface Words {
  readonly key: MessageKey;
  readonly args?: MessageArgs;
}

/**
 * Something to tell. A `problem` stays until it is solved; a `notice` can be dismissed and goes by
 * itself after a while.
 */
export interface Message extends Words {
  readonly id: string;
  readonly kind: 'problem' | 'notice';
  /** The one thing to do about it. */
  readonly action?: { readonly key: MessageKey; run(): void };
}

export interface CallView {
  readonly id: string;
  /** From the own grant or the signed plan; empty where this browser holds neither. */
  readonly title: string;
  readonly format: Format;
  /** Played by synthetic participants: every screen says so. */
  readonly rehearsal: boolean;
  readonly startsAtMs?: number;
  readonly minutes?: number;
}

export interface Person {
  readonly seat: number;
  readonly name: string;
  /** May be empty. */
  readonly title: string;
  readonly kind: SeatKind;
  readonly host: boolean;
  readonly delegation: string;
  readonly shortName: string;
}

/**
 * What the group knows of a seat. `silent`: no sign of life for a second; `absent`: for five, or not
 * there at all; `unproven`: its media is held back until it is proven, which the network delays; `forged`: some in its name
 * was another's, and is dropped; `different`: it said that it
 * sees other words; `changed`: the same person on another machine, whose media waits for `acceptDevice`;
 * `unverified`: the server seats it and the group does not know it.
 */
export type Sealing = 'verified' | 'joining' | 'silent' | 'absent' | 'unproven' | 'forged' | 'different' | 'changed' | 'unverified';

/** How the call is sealed: a function of verified state and of whether the server answers. */
export interface SealState {
  /** The one line, always on screen: sentences in order. */
  readonly line: { readonly tone: 'good' | 'waiting' | 'alarm'; readonly words: readonly Words[] };
  /** As a host's signed sign of life said; `null` before the first. */
  readonly doors: Doors | null;
  readonly verified: number;
  readonly members: number;
  readonly group: number;
  readonly epoch: number;
  /** Hash of the code this client runs. */
  readonly code: string;
  /** `unconfirmed`: no host has answered yet; `stopped`: nothing is sent, `line` says why. */
  readonly sending: 'allowed' | 'unconfirmed' | 'stopped';
  readonly check: CheckState | null;
  /** A host at the table may ask for the words. */
  readonly canCheck: boolean;
  readonly frames: { readonly sealed: number; readonly opened: number; readonly refused: number };
}

/** The words of the call, on every screen for two minutes. */
export interface CheckState {
  /** Six, in the language of the chair. */
  readonly words: readonly string[];
  /** The same as 20 digits. */
  readonly digits: string;
  readonly language: string;
  /** Reads them out. */
  readonly chair: Person;
  readonly untilMs: number;
  /** The own answer; `null` before it. */
  readonly own: boolean | null;
  readonly verdicts: readonly { readonly person: Person; readonly same: boolean }[];
  /** Members who have not answered. */
  readonly missing: readonly Person[];
  readonly iAmChair: boolean;
}

/** A sealed text. */
export interface TextView {
  readonly id: string;
  readonly person: Person;
  readonly atMs: number;
  readonly text: string;
  readonly own: boolean;
  /** Not sent yet, or not known to have arrived: it goes by itself. */
  readonly waiting: boolean;
}

/** What was written to one circle of the call. */
export interface TextsView {
  /** 0: to all at the table; else to the own delegation. */
  readonly circle: number;
  /** Oldest first; those that wait come last. */
  readonly log: readonly TextView[];
  /** Since when texts are shown: those of before are kept nowhere. `null`: not yet. */
  readonly sinceMs: number | null;
  /** Times of which nothing that was written came here. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Texts of others since `readTexts` was called last. */
  readonly unread: number;
}

/** The own delegation's circle: what is written to it only its seats read. */
export interface CircleState {
  readonly circle: number;
  /** The delegation, in short. */
  readonly name: string;
  /** Why nothing can be written to it now; `null`: it can. */
  readonly closed: Words | null;
  /** Who is in it and verified, this seat included. */
  readonly people: readonly Person[];
  /** Who is in it too, and cannot be vouched for now. */
  readonly unsure: readonly Person[];
  /** Of these, who is on another machine, until `acceptDevice`. */
  readonly changed: readonly Person[];
  /** Only for its head: who asks to be admitted to it. */
  readonly queue: readonly CircleClaim[];
  /** The words of the circle, which are not the table's. */
  readonly check: CheckState | null;
  /** This seat is the head's, and others are there to compare words with. */
  readonly canCheck: boolean;
}

/** Never by colour alone: each has a shape and a word. */
export type Light = 'go' | 'caution' | 'nogo' | 'unchecked';

export interface CheckView {
  readonly name: 'way' | 'up' | 'down' | 'loss' | 'delay' | 'microphone' | 'speaker' | 'camera' | 'clock' | 'sealing' | 'page';
  readonly light: Light;
  /** What was found, if anything was. */
  readonly figure: Words | null;
  /** What to do about it. */
  readonly advice: Words | null;
}

/** Whether a seat is ready for the call. */
export interface ReadinessView {
  /** The worst of all. */
  readonly light: Light;
  readonly checks: readonly CheckView[];
}

export interface OwnReadiness extends ReadinessView {
  /** The network is being measured. */
  readonly measuring: boolean;
}

/** For "where to click" help. */
export type Browser = 'chromium' | 'firefox' | 'safari' | 'other';

// --- the screens -------------------------------------------------------------------------------

export type CallScreen =
  | { readonly kind: 'opening' }
  | { readonly kind: 'green_room'; readonly model: GreenRoomModel }
  | { readonly kind: 'antechamber'; readonly model: AntechamberModel }
  | { readonly kind: 'table'; readonly model: TableModel }
  /** Left by choice; `ended` by a host or the convener; `removed` and `refused` by a host. */
  | { readonly kind: 'left' | 'ended' | 'removed' | 'refused'; readonly model: LeaveModel }
  /** This browser has the call open in another tab; or another tab took it over. */
  | { readonly kind: 'other_tab'; useHere(): void }
  /** The call cannot be shown. `code` is a protocol error code or one of the client's own. */
  | { readonly kind: 'error'; readonly code: string; readonly words: Words; retry?: () => void };

/** One opened link. */
export interface CallModel {
  readonly screen: Readable<CallScreen>;
}

export interface GreenRoomState {
  readonly call: CallView;
  readonly me: Person;
  readonly browser: Browser;
  readonly devices: Devices;
  /** Whether to enter with the microphone and camera on; off where the device cannot be had. Observers have neither. */
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly canSpeak: boolean;
  readonly canShow: boolean;
  readonly preview: MediaStream | null;
  /** Way to the server, measured: words say the same. */
  readonly network: { readonly light: 'checking' | 'good' | 'slow' | 'offline'; readonly words: Words };
  readonly readiness: OwnReadiness;
  readonly speaker: SpeakerState;
  readonly messages: readonly Message[];
  readonly entering: boolean;
}

export interface GreenRoomModel {
  readonly state: Readable<GreenRoomState>;
  /** 0 to 1, ten times a second; 0 while the microphone is off. */
  readonly level: Readable<number>;
  readonly now: Readable<number>;
  setMicrophone(on: boolean): void;
  setCamera(on: boolean): void;
  choose(kind: DeviceKind, id: string): void;
  /** Asks the browser for the devices again. */
  tryDevicesAgain(): void;
  /** Measures the network again. */
  checkAgain(): void;
  /** A tone on the loudspeaker; then its person says whether it was heard. */
  playTone(): void;
  answerTone(heard: boolean): void;
  enter(): void;
  dismiss(messageId: string): void;
}

export interface AntechamberState {
  readonly call: CallView;
  readonly me: Person;
  /** `asking`: the host has not been told yet (connecting). */
  readonly waiting: 'asking' | 'waiting';
  readonly sinceMs: number;
  readonly doors: Doors;
  /** Another machine has this seat; the host decides. */
  readonly occupied: boolean;
  /** A host is at the table. */
  readonly host: boolean;
  /** That machine is gone and no other host is there: the seat is this one's in a moment. */
  readonly free: boolean;
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly canSpeak: boolean;
  readonly canShow: boolean;
  readonly preview: MediaStream | null;
  readonly readiness: OwnReadiness;
  readonly messages: readonly Message[];
}

export interface AntechamberModel {
  readonly state: Readable<AntechamberState>;
  readonly now: Readable<number>;
  setMicrophone(on: boolean): void;
  setCamera(on: boolean): void;
  /** Measures the network again. */
  checkAgain(): void;
  /** Stops asking and goes back to the green room. */
  back(): void;
  dismiss(messageId: string): void;
}

/** `camera:5`, `screen:5`. */
export type TileId = `${Source}:${number}`;

export interface TileView {
  readonly id: TileId;
  readonly source: Source;
  readonly person: Person;
  readonly own: boolean;
  /** `lost`: the place is kept; say since when. `absent` only in large calls: draw it dimmed. */
  readonly presence: Presence;
  readonly sinceMs: number;
  /** What to put into a `<video>`: set when `picture` is `live`, and when a still came of a `paused` one. */
  readonly stream: MediaStream | null;
  /** `paused`: the network cannot carry it now, the voice is kept; `stream` has a still of it, if one came. `loading`: on, not here yet. */
  readonly picture: 'live' | 'loading' | 'paused' | 'off';
  /** What it shows may be over: a `live` picture that no longer moves, or the still of a `paused` one. */
  readonly still: boolean;
  readonly microphone: boolean;
  readonly speaking: boolean;
  /** The microphone is open to the own delegation only. */
  readonly whispers: boolean;
  readonly floor: boolean;
  readonly pinned: boolean;
  /** This person shares a screen. */
  readonly sharing: boolean;
  readonly sealing: Sealing;
  /** Only when there is something wrong. */
  readonly connection: Words | null;
}

export type LargeWhy = 'pinned' | 'screen' | 'floor';

export interface SeatView {
  readonly person: Person;
  readonly presence: Presence;
  readonly sinceMs: number;
  readonly own: boolean;
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly sharing: boolean;
  readonly floor: boolean;
  readonly sealing: Sealing;
  /** Who let it into the group. */
  readonly vouchedBy: Person | null;
  /** Hash of the code it says it runs. */
  readonly code: string | null;
  /** Only for hosts. */
  readonly readiness: ReadinessView | null;
}

export interface DelegationView {
  readonly id: number;
  readonly name: string;
  readonly shortName: string;
  readonly timeZone?: string;
  readonly seats: readonly SeatView[];
}

export interface WaitingView {
  readonly person: Person;
  readonly sinceMs: number;
  /** Another machine sits on this seat: admitting moves the seat to the newcomer. */
  readonly occupied: boolean;
  /** Came with the invitation of this seat, or what is wrong; neither until that is known. */
  readonly claim: { readonly verified: boolean; readonly problem: Words | null };
  readonly readiness: ReadinessView;
}

/** Who asks to be admitted to a circle sits at the table already. */
export type CircleClaim = Pick<WaitingView, 'person' | 'occupied' | 'claim'>;

/** Who hears the own microphone while it is open. */
export type SpeaksTo = 'table' | 'delegation';

export interface OwnMedia {
  /** Observers neither speak nor show. */
  readonly canSpeak: boolean;
  /** To the own delegation only: it has a circle that takes what is sent, or this person speaks to it now. */
  readonly canWhisper: boolean;
  readonly canShow: boolean;
  readonly canShare: boolean;
  /** Open, whoever hears it. */
  readonly microphone: boolean;
  readonly speaksTo: SpeaksTo;
  /** Speaks to the own delegation, and nobody there hears it now: it is never the table instead. */
  readonly unheard: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly mutedButSpeaking: boolean;
}

export interface TableState {
  readonly call: CallView;
  readonly me: Person;
  readonly openedAtMs: number;
  readonly doors: Doors;
  /** Seats in the plan, and at the table now. */
  readonly seats: number;
  readonly seated: number;
  /** One camera tile a seat, in order of precedence. Nobody moves because somebody spoke. */
  readonly tiles: readonly TileView[];
  /** Shared screens, the newest first. */
  readonly screens: readonly TileView[];
  /** The large tile, one of `tiles` or `screens`; `null` means an even grid. */
  readonly large: { readonly tile: TileView; readonly why: LargeWhy } | null;
  readonly delegations: readonly DelegationView[];
  /** Who sees and hears without being seen or heard: always on screen. */
  readonly observers: readonly SeatView[];
  readonly own: OwnMedia;
  readonly devices: Devices;
  /** `signal`: the server is not answering. `media`: sound and pictures are being set up again. */
  readonly connection:
    | { readonly state: 'connected' }
    | { readonly state: 'signal' | 'media'; readonly sinceMs: number };
  /** The browser plays no sound before a click: show "tap to hear" and call `hear()`. */
  readonly soundBlocked: boolean;
  readonly messages: readonly Message[];
  /** Only for hosts: who waits, longest first. */
  readonly queue: readonly WaitingView[];
  readonly seal: SealState;
  /** The table's; then the own circle's, where there is one. */
  readonly texts: readonly TextsView[];
  /** Where the own delegation has several seats. */
  readonly circle: CircleState | null;
}

export interface TableModel {
  readonly state: Readable<TableState>;
  readonly now: Readable<number>;
  readonly level: Readable<number>;
  /** Off: to everybody, the own delegation too. */
  setMicrophone(on: boolean): void;
  /** To the own delegation only: opens the microphone to it. To the table again: as it was there before. */
  speakTo(whom: SpeaksTo): void;
  setCamera(on: boolean): void;
  /** Turning it on opens the browser's chooser, so call it straight from a click. */
  setScreen(on: boolean): void;
  choose(kind: DeviceKind, id: string): void;
  hear(): void;
  pin(tile: TileId | null): void;
  /** Height of a tile in device pixels as shown; 0 when it is not shown. */
  setTileHeight(tile: TileId, height: number): void;
  /** To one circle. `false`: it was not taken (too long, too many wait, or this seat is not in the group). */
  sendText(text: string, circle: number): boolean;
  /** All texts of this circle are on screen. */
  readTexts(circle: number): void;
  /** Who leads the circle: shows six words to everybody in it, to be read out. */
  checkWords(circle: number): void;
  /** Whether the words read out are the ones on this screen. */
  answerCheck(same: boolean, circle: number): void;
  /** The head: to the own circle, as `circle.queue` asks. */
  admitToCircle(seat: number): void;
  /** Takes who came back on another machine for the same person. */
  acceptDevice(seat: number): void;
  leave(): void;
  dismiss(messageId: string): void;
  // Hosts only; the server refuses them to others.
  admit(seat: number): void;
  admitAll(): void;
  refuse(seat: number): void;
  remove(seat: number): void;
  setDoors(doors: Doors): void;
  giveFloor(seat: number | null): void;
  /** Closes a seat's microphone; only whoever sits there opens it again. */
  mute(seat: number): void;
  /** Ends the call for everybody. */
  adjourn(): void;
}

export interface LeaveState {
  readonly call: CallView;
  readonly me: Person;
  /** Absent if this seat never sat at the table. */
  readonly arrivedAtMs?: number;
  readonly departedAtMs?: number;
  readonly canReturn: boolean;
}

export interface LeaveModel {
  readonly state: Readable<LeaveState>;
  /** Back to the green room, where `canReturn`. */
  comeBack(): void;
}

// --- convening ---------------------------------------------------------------------------------

export interface SeatDraft {
  name: string;
  title: string;
  kind: SeatKind;
  host: boolean;
}

export interface DelegationDraft {
  name: string;
  /** Empty: the full name. */
  shortName: string;
  /** IANA name; empty: not said. */
  zone: string;
  seats: SeatDraft[];
}

/** The form as typed. Screens own and edit a copy; `check` and `create` take it. */
export interface CallDraft {
  title: string;
  format: Format;
  /** `2026-12-01T15:00` by the clocks of `zone`; empty: not scheduled; anything else is a mistake. */
  starts: string;
  /** IANA name. */
  zone: string;
  /** Digits; empty: not said. */
  minutes: string;
  delegations: DelegationDraft[];
}

/** `place` is a path into the draft, e.g. `delegations.0.seats.1.name`. */
export interface DraftMistake {
  readonly place: string;
  readonly words: Words;
}

export interface SummaryView {
  readonly call: CallView;
  readonly phase: 'convened' | 'open' | 'adjourned';
  readonly delegations: number;
  readonly seats: number;
  readonly seated: number;
  readonly convenedAtMs: number;
}

export interface LinkView {
  readonly person: Person;
  readonly presence: Presence;
  /** `null`: this browser does not hold the secrets of this call. */
  readonly url: string | null;
  /** IANA name of the delegation's time zone, if it was given. */
  readonly zone: string | null;
}

export type ConveneScreen =
  | { readonly kind: 'key'; readonly checking: boolean; readonly problem: Words | null }
  | { readonly kind: 'list'; readonly calls: readonly SummaryView[] | null; readonly problem: Words | null }
  | {
      readonly kind: 'form';
      readonly sending: boolean;
      readonly mistakes: readonly DraftMistake[];
      readonly problem: Words | null;
    }
  | {
      readonly kind: 'call';
      readonly summary: SummaryView;
      readonly doors: Doors;
      readonly links: readonly LinkView[];
      /** Carries the call secret: it is the convener's alone, one per host seat. */
      readonly hostLink: string | null;
      /** What was wrong with the link given to `unlock`. */
      readonly linkProblem: Words | null;
      /** Asked for and not yet confirmed. */
      readonly confirm: 'end' | 'delete' | null;
      readonly busy: boolean;
      readonly problem: Words | null;
    };

export interface ConveneModel {
  readonly screen: Readable<ConveneScreen>;
  /** The convener key, 43 characters; kept for this tab only. */
  enterKey(key: string): void;
  forgetKey(): void;
  showList(): void;
  showForm(): void;
  showCall(id: string): void;
  /** What to fill the form with: the draft kept in this browser, or an empty one. */
  draft(): { readonly draft: CallDraft; readonly kept: boolean };
  /**
   * Keeps it in this browser until the call is convened or the draft discarded; an empty one is
   * forgotten. Whether it is safe from a reload.
   */
  keepDraft(draft: CallDraft): boolean;
  discardDraft(): void;
  /** What is wrong with it, in the order of the form. */
  check(draft: CallDraft): readonly DraftMistake[];
  /** When it begins, if it says so. */
  startOf(draft: CallDraft): number | null;
  /** Convenes the call, or says in the screen's `mistakes` why not. */
  create(draft: CallDraft): void;
  /** A host's link of the call that is shown: with the secret in it this browser can show its names and links. */
  unlock(link: string): void;
  /** Makes a new link for one seat; the old one stops working and a removed seat can return. */
  newLink(seat: number): void;
  askEnd(): void;
  askDelete(): void;
  confirm(): void;
  cancel(): void;
}

// --- the whole client --------------------------------------------------------------------------

/** `ui/App.svelte` gets this as its `client` property. */
export type Client =
  | {
      readonly kind: 'home';
      /** Goes to the call whose link is in this text. A code, as error screens have, if it does not. */
      open(text: string): Promise<string | null>;
    }
  | { readonly kind: 'convene'; readonly convene: ConveneModel }
  | { readonly kind: 'call'; readonly call: CallModel };
