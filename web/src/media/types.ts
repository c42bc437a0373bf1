/** What the rest of the client needs to know about devices and tracks. Types only. */

import type { Readable } from '../base/observable';
import type { AudioSlot, Source, VideoSlot } from '../protocol/generated';

export type DeviceKind = 'microphone' | 'camera' | 'speaker';

interface DeviceOption {
  readonly id: string;
  /** As the browser names it; empty before permission was given. */
  readonly label: string;
}

/** `in_use`: another program holds it. `failed`: the browser gave no better reason. */
export type DeviceTrouble = 'denied' | 'not_found' | 'in_use' | 'failed';

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
  readonly canShare: boolean;
  /** A device went away in use; `replacement` is the name of the one used instead. */
  onlost: (kind: DeviceKind, replacement: string | null) => void;
  want(kind: 'microphone' | 'camera', on: boolean): void;
  choose(kind: DeviceKind, id: string): void;
  /** Asks again for whatever is wanted and could not be had. */
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
  setTrack(source: OwnSource, track: MediaStreamTrack | null): void;
  negotiate(audio: number, video: number): void;
  answer(generation: number, sdp: string): void;
  slots(audio: readonly AudioSlot[], video: readonly VideoSlot[]): void;
  setSpeaker(deviceId: string): void;
  hear(): void;
  /** The network may be another one: makes sure that something still comes, or begins anew at once. */
  hurry(): void;
  /** The signalling connection is new: PeerConnections count from 1 again. */
  reset(): void;
  end(): void;
}
