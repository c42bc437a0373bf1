/**
 * The call as the server tells it, and nothing about this screen. Messages in, facts out. Who sits on
 * a seat the server does not know: see `people.ts`.
 */

import type {
  AudioSlot, CallShape, Checks, Delegation, Doors, Seat, SeatShape, SeatStatus, ServerMessage, VideoSlot, Waiting,
} from '../protocol/generated';
import type { Grant } from '../sealed/sealed-call';
import type { Duties } from './checks';
import type { CallView } from './model';

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** Which call, and who this is: from the own grant, but for the call's format and times. */
export interface Identity {
  readonly call: CallShape;
  readonly title: string;
  readonly seat: Seat;
  readonly delegation: Delegation;
}

/** `null` if the server speaks of another seat than the invitation. */
export function identityOf({ call, seat: shape }: Message<'welcome'>, { title, seat, delegation }: Grant): Identity | null {
  const agreed = shape.id === seat.id && shape.delegation === seat.delegation && shape.kind === seat.kind && shape.host === seat.host;
  return agreed ? { call, title, seat, delegation } : null;
}

/** From `seated` on. */
export interface Facts {
  /** In order of precedence. */
  readonly seats: readonly SeatShape[];
  readonly statuses: ReadonlyMap<number, SeatStatus>;
  readonly doors: Doors;
  readonly floor: number | null;
  readonly openedAtMs: number;
  readonly waiting: readonly Waiting[];
  /** For hosts: what the clients of these seats checked of themselves. */
  readonly checks: ReadonlyMap<number, Checks>;
  readonly audio: readonly AudioSlot[];
  readonly video: readonly VideoSlot[];
}

export function seated(message: Message<'seated'>): Facts {
  return {
    seats: message.seats, doors: message.doors, floor: message.floor,
    statuses: new Map(message.statuses.map((s) => [s.seat, s])), openedAtMs: message.opened_at_ms,
    waiting: [], checks: new Map(), audio: [], video: [],
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
    case 'checked': {
      const checks = new Map(facts.checks);
      for (const { seat, checks: of } of message.seats) {
        if (of) checks.set(seat, of);
        else checks.delete(seat);
      }
      return { ...facts, checks };
    }
    case 'slots':
      return { ...facts, audio: message.audio, video: message.video };
    default:
      return facts;
  }
}

export function callView(call: CallShape, title: string): CallView {
  const { id, format, rehearsal } = call;
  return {
    id, title, format, rehearsal,
    ...(call.starts_at_ms === undefined ? {} : { startsAtMs: call.starts_at_ms }),
    ...(call.minutes === undefined ? {} : { minutes: call.minutes }),
  };
}

/** What a seat is to do in a call of this format. */
export function dutiesOf({ kind }: Pick<Seat, 'kind'>, { format }: Pick<CallShape, 'format'>): Duties {
  const speaks = kind !== 'observer';
  const pictures = format === 'video';
  return { speaks, shows: speaks && pictures, pictures };
}

export function publishes(identity: Identity): { microphone: boolean; camera: boolean; screen: boolean } {
  const { speaks, shows } = dutiesOf(identity.seat, identity.call);
  return { microphone: speaks, camera: shows, screen: shows };
}
