/**
 * From text to a server message whose shape has been looked at.
 *
 * The type checker believes the generated types; this makes them true for what arrives. Unknown
 * types give `null` (a newer server may send more), a known type with a wrong shape throws.
 */

import { OPEN_MICROPHONES_MAX, TILES_MAX, type ServerMessage } from './generated';

export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** One byte where messages pass as binary. */
const CIRCLE_MAX = 255;

type Check = (value: unknown) => boolean;

const isNumber: Check = (v) => typeof v === 'number' && Number.isFinite(v);
const isString: Check = (v) => typeof v === 'string';
const isBoolean: Check = (v) => typeof v === 'boolean';
const isSeat: Check = (v) => Number.isInteger(v) && (v as number) > 0;
const oneOf = (...values: string[]): Check => (v) => typeof v === 'string' && values.includes(v);
const orNull = (check: Check): Check => (v) => v === null || check(v);
const optional = (check: Check): Check => (v) => v === undefined || check(v);
const listOf = (check: Check): Check => (v) => Array.isArray(v) && v.every(check);
const fields = (checks: Record<string, Check>): Check => (v) =>
  typeof v === 'object' && v !== null &&
  Object.entries(checks).every(([name, check]) => check((v as Record<string, unknown>)[name]));

const doors = oneOf('open', 'closed');
const source = oneOf('camera', 'screen');
const call = fields({
  id: isString, format: oneOf('video', 'voice'), rehearsal: isBoolean,
  starts_at_ms: optional(isNumber), minutes: optional(isNumber),
});
const seat = fields({
  id: isSeat, delegation: isSeat, kind: oneOf('principal', 'staff', 'interpreter', 'observer'), host: isBoolean,
});
/** base64url; whether it opens, the session finds out. */
const sealed: Check = (v) => typeof v === 'string' && /^[\w-]+$/.test(v);
const isCount: Check = (v) => Number.isInteger(v) && (v as number) >= 0;
const upTo = (max: number): Check => (v) => isCount(v) && (v as number) <= max;
const group = fields({ circle: upTo(CIRCLE_MAX), number: isCount });
const log = fields({ group, epoch: isCount, seq: isCount });
const status = fields({
  seat: isSeat, presence: oneOf('absent', 'waiting', 'seated', 'lost', 'removed'), since_ms: isNumber,
  microphone: isBoolean, camera: isBoolean, screen: isBoolean,
});

const optionalCount = optional(isCount);
const device = oneOf('on', 'off', 'denied', 'not_found', 'in_use', 'failed', 'muted', 'silent');
const checks = fields({
  way: optional(oneOf('udp', 'tcp', 'nothing')), up_kbps: optionalCount, down_kbps: optionalCount, loss_permille: optionalCount,
  delay_ms: optionalCount, camera: optional(device), microphone: optional(device), speaker: optional(device), clock_ms: optional(isNumber),
  sealing: optional(isBoolean), current: optional(isBoolean), code: optional(isString),
});

const SHAPES: Record<ServerMessage['type'], Check> = {
  welcome: fields({ protocol: isNumber, call, seat, grant: sealed, returning: isBoolean, now_ms: isNumber }),
  waiting: fields({ doors, occupied: isBoolean, host: isBoolean, free_in_ms: optional(isNumber) }),
  seated: fields({
    seats: listOf(seat), plan: sealed, logs: listOf(log), statuses: listOf(status), doors, floor: orNull(isSeat),
    opened_at_ms: isNumber,
  }),
  // Each is a transceiver: no server asks for more than it can fill.
  negotiate: fields({ audio: upTo(OPEN_MICROPHONES_MAX), video: upTo(TILES_MAX) }),
  answer: fields({ generation: isNumber, sdp: isString }),
  slots: fields({
    audio: listOf(fields({ mid: isString, seat: isSeat })),
    video: listOf(fields({ mid: isString, seat: isSeat, source, paused: isBoolean })),
  }),
  voice: fields({ narrow: isBoolean }),
  changed: fields({ statuses: listOf(status) }),
  doors_changed: fields({ doors }),
  floor_changed: fields({ floor: orNull(isSeat) }),
  antechamber: fields({ waiting: listOf(fields({ seat: isSeat, since_ms: isNumber, occupied: isBoolean })) }),
  checked: fields({ seats: listOf(fields({ seat: isSeat, checks: optional(checks) })) }),
  mirrored: fields({ up: isString, down: isString }),
  knocked: fields({ circle: upTo(CIRCLE_MAX), seat: isSeat, waiting: isBoolean, knock: sealed }),
  founded: fields({ group, by: isSeat }),
  ordered: fields({ seq: isCount, group, epoch: isCount, class: oneOf('commit', 'kept'), sealed }),
  taken: fields({ seq: isCount, group, epoch: isCount }),
  caught_up: fields({ log }),
  passing: fields({ group, sealed }),
  group_welcome: fields({ group, seq: isCount, welcome: sealed }),
  seat_claimed: fields({}),
  microphone_closed: fields({ by: isSeat }),
  muted: fields({ by: isSeat }),
  clock: fields({ now_ms: isNumber }),
  going_away: fields({ retry_after_ms: isNumber }),
  removed: fields({}),
  adjourned: fields({}),
  error: fields({ code: isString, text: isString, fatal: isBoolean, seats: optional(listOf(isSeat)), in_reply_to: optional(isString), circle: optional(upTo(CIRCLE_MAX)) }),
};

export function decode(text: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedMessage('The server sent something that is not JSON.');
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string') throw new MalformedMessage('The server sent a message without a type.');
  if (!Object.hasOwn(SHAPES, type)) return null;
  if (!SHAPES[type as ServerMessage['type']](value)) {
    throw new MalformedMessage(`The server sent a malformed ${type} message.`);
  }
  return value as ServerMessage;
}
