/**
 * The call as the server tells it, and nothing about this screen. Messages in, facts out.
 */

import type {
  AudioSlot, CallInfo, Delegation, Doors, Seat, SeatStatus, ServerMessage, VideoSlot, Waiting,
} from '../protocol/generated';
import type { CallView, Person } from './model';

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** From `welcome`: which call, and who this is. */
export interface Identity {
  readonly call: CallInfo;
  readonly seat: Seat;
  readonly delegation: Delegation;
}

/** From `seated` on. */
export interface Facts {
  readonly delegations: readonly Delegation[];
  /** In order of precedence. */
  readonly seats: readonly Seat[];
  readonly statuses: ReadonlyMap<number, SeatStatus>;
  readonly doors: Doors;
  readonly floor: number | null;
  readonly openedAtMs: number;
  readonly waiting: readonly Waiting[];
  readonly audio: readonly AudioSlot[];
  readonly video: readonly VideoSlot[];
}

export function seated(message: Message<'seated'>): Facts {
  return {
    delegations: message.delegations, seats: message.seats, doors: message.doors, floor: message.floor,
    statuses: new Map(message.statuses.map((s) => [s.seat, s])), openedAtMs: message.opened_at_ms,
    waiting: [], audio: [], video: [],
  };
}

/** The facts after a message; the same object if it changes none. */
export function learn(facts: Facts, message: ServerMessage): Facts {
  switch (message.type) {
    case 'seated':
      return seated(message);
    case 'changed': {
      const statuses = new Map(facts.statuses);
      for (const status of message.statuses) statuses.set(status.seat, status);
      return { ...facts, statuses };
    }
    case 'doors_changed':
      return { ...facts, doors: message.doors };
    case 'floor_changed':
      return { ...facts, floor: message.floor };
    case 'antechamber':
      return { ...facts, waiting: message.waiting };
    case 'slots':
      return { ...facts, audio: message.audio, video: message.video };
    default:
      return facts;
  }
}

export function personOf(seat: Seat, delegation: Delegation | undefined): Person {
  const { id, name, title, kind, host } = seat;
  return {
    seat: id, name, title, kind, host, delegation: delegation?.name ?? '', shortName: delegation?.short_name ?? '',
  };
}

/** How a sentence names somebody: a principal speaks for the delegation. */
export function spokenName(person: Person): string {
  return person.kind === 'principal' && person.shortName ? person.shortName : person.name;
}

export function callView(call: CallInfo): CallView {
  const { id, title, format, rehearsal } = call;
  return {
    id, title, format, rehearsal,
    ...(call.starts_at_ms === undefined ? {} : { startsAtMs: call.starts_at_ms }),
    ...(call.minutes === undefined ? {} : { minutes: call.minutes }),
  };
}

export function publishes(identity: Identity): { microphone: boolean; camera: boolean; screen: boolean } {
  const speaks = identity.seat.kind !== 'observer';
  const pictures = speaks && identity.call.format === 'video';
  return { microphone: speaks, camera: pictures, screen: pictures };
}
