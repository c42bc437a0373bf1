/** What the rest of the client needs to know about devices and tracks. Types only. */

import type { Readable } from '../base/observable';
import type { AudioSlot, Source, VideoSlot } from '../protocol/generated';
import type { AnswerFault } from './answer';

export type InputKind = 'microphone' | 'camera';
export type DeviceKind = InputKind | 'speaker';

interface DeviceOption {
  readonly id: string;
  /** As the browser names it; empty before permission was given. */
  readonly label: string;
}

/**
 * `in_use`: another program holds it. `muted`: it is open, and the system or a switch on it gives nothing
 * of it. `failed`: the browser gave no better reason.
 */
export type DeviceTrouble = 'denied' | 'not_found' | 'in_use' | 'failed' | 'muted';

export interface DeviceChoice {
  readonly options: readonly DeviceOption[];
  readonly chosen: string | null;
  /** `off`: not asked for. `asking`: the browser's permission question is open. */
  readonly state: 'off' | 'asking' | 'on' | DeviceTrouble;
}

export interface Devices {
  readonly microphone: DeviceChoice;
  readonly camera: DeviceChoice;
  /** No options where the browser cannot choose one (then show no menu). */
  readonly speaker: DeviceChoice;
}

/** What happened to a device that was in use or was to be. Labels are the browser's, or empty. */
export type DeviceEvent =
  /** It went away; `replacement` is the one used instead. */
  | { readonly what: 'lost'; readonly kind: DeviceKind; readonly replacement: string | null }
  /** It had been chosen, went away, and is there and in use again. */
  | { readonly what: 'returned'; readonly kind: DeviceKind; readonly device: string }
  /** `wanted` could not be used; `device` stays as it was, if there is one. */
  | { readonly what: 'kept'; readonly kind: DeviceKind; readonly wanted: string; readonly device: string | null };

/** The own microphone, camera and screen, before anything is sent. */
export interface Capture {
  readonly devices: Readable<Devices>;
  readonly microphone: Readable<MediaStreamTrack | null>;
  readonly camera: Readable<MediaStreamTrack | null>;
  readonly screen: Readable<MediaStreamTrack | null>;
  /** The camera's picture, for the own tile. */
  readonly preview: Readable<MediaStream | null>;
  readonly screenPreview: Readable<MediaStream | null>;
  /** 0 to 1, of the microphone, whether or not it is sent. */
  readonly level: Readable<number>;
  /** Whether this microphone ever gave a sound; `null`: this browser cannot measure it now. */
  readonly heard: Readable<boolean | null>;
  readonly canShare: boolean;
  onevent: (event: DeviceEvent) => void;
  want(kind: InputKind, on: boolean): void;
  choose(kind: DeviceKind, id: string): void;
  /** No sound can be sent to the loudspeaker with this id. */
  speakerFailed(id: string): void;
  /** Asks again for whatever is wanted and could not be had, or gives nothing. */
  tryAgain(): void;
  /** Opens the browser's chooser. Rejects with the browser's error. */
  startScreen(): Promise<void>;
  stopScreen(): void;
  end(): void;
}

/** Which tracks a seat may send, decided by its kind and the call's format. */
export interface Publishes {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
}

export type OwnSource = 'microphone' | Source;

/** `broken`: will not come back by itself; a new one is being made. */
export type LinkState = 'idle' | 'connecting' | 'connected' | 'broken';

/** How the own connection does, from what the browser measures. */
export type Quality = 'unknown' | 'good' | 'weak' | 'unheard';

/** Sends the own tracks, receives the others', through however many PeerConnections it takes. */
export interface MediaLink {
  readonly state: Readable<LinkState>;
  readonly quality: Readable<Quality>;
  /** Seats heard speaking now. */
  readonly speaking: Readable<ReadonlySet<number>>;
  readonly soundBlocked: Readable<boolean>;
  /** Pictures that have arrived, by `camera:5` or `screen:5`: of whom their frames are proven to be. */
  readonly pictures: Readable<ReadonlyMap<string, MediaStream>>;
  /** Of these, which stand still: nothing was decoded of them for more than a second. */
  readonly still: Readable<ReadonlySet<string>>;
  onoffer: (generation: number, sdp: string) => void;
  /** The server's answer was not one of an honest server; nothing of it was applied. */
  onrefused: (fault: AnswerFault) => void;
  /** No sound can be sent to the loudspeaker with this id. */
  onspeakerfailed: (id: string) => void;
  setTrack(source: OwnSource, track: MediaStreamTrack | null): void;
  negotiate(audio: number, video: number): void;
  answer(generation: number, sdp: string): void;
  slots(audio: readonly AudioSlot[], video: readonly VideoSlot[]): void;
  /** Somebody who hears this seat has a bad line; nobody has. */
  setNarrowVoice(narrow: boolean): void;
  setSpeaker(deviceId: string): void;
  hear(): void;
  /** The network may be another one: makes sure that something still comes, or begins anew at once. */
  hurry(): void;
  /** The signalling connection is new: PeerConnections count from 1 again. */
  reset(): void;
  end(): void;
}
