/**
 * What the table shows: a pure function of the call's facts and of what happens on this machine.
 */

import type { Devices } from '../media/types';
import type { Seat, SeatStatus, Tile } from '../protocol/generated';
import { TILES_MAX } from '../protocol/generated';
import { callView, personOf, spokenName, type Facts, type Identity } from './facts';
import type {
  DelegationView, LargeWhy, Message, OwnMedia, Person, Presence, SeatView, TableState, TileId, TileView, Words,
} from './model';

/** Up to this many seats only those present get a tile; above, everybody keeps a fixed place. */
const SMALL_CALL_SEATS = 12;

/** What this machine adds to the facts. */
export interface Local {
  readonly identity: Identity;
  readonly pictures: ReadonlyMap<string, MediaStream>;
  readonly preview: MediaStream | null;
  readonly screenPreview: MediaStream | null;
  readonly speaking: ReadonlySet<number>;
  readonly pinned: TileId | null;
  readonly own: OwnMedia;
  readonly devices: Devices;
  readonly connection: TableState['connection'];
  readonly soundBlocked: boolean;
  readonly messages: readonly Message[];
  /** A time of day in words, e.g. `21:04`. */
  formatTime(ms: number): string;
}

export function viewTable(facts: Facts, local: Local): TableState {
  const people = new Map(facts.seats.map((s) => [s.id, personOf(s, facts.delegations.find((d) => d.id === s.delegation))]));
  const context = { facts, local, people, me: local.identity.seat.id };
  const tiles = facts.seats.filter((s) => hasTile(context, s)).map((s) => cameraTile(context, s));
  const screens = facts.seats.filter((s) => isSharing(context, s.id)).map((s) => screenTile(context, s));
  return {
    call: callView(local.identity.call),
    me: personOf(local.identity.seat, local.identity.delegation),
    openedAtMs: facts.openedAtMs,
    doors: facts.doors,
    seats: facts.seats.length,
    seated: [...facts.statuses.values()].filter((s) => s.presence === 'seated').length,
    tiles, screens,
    large: chooseLarge(tiles, screens, local.pinned),
    delegations: delegationViews(context),
    own: local.own,
    devices: local.devices,
    connection: local.connection,
    soundBlocked: local.soundBlocked,
    messages: local.messages,
    queue: facts.waiting.flatMap((w) => {
      const person = people.get(w.seat);
      return person ? [{ person, sinceMs: w.since_ms, occupied: w.occupied }] : [];
    }),
  };
}

/** What I pinned, else a screen somebody else shares, else who has the floor, else an even grid. */
export function chooseLarge(
  tiles: readonly TileView[], screens: readonly TileView[], pinned: TileId | null,
): { tile: TileView; why: LargeWhy } | null {
  const mine = [...tiles, ...screens].find((t) => t.id === pinned);
  if (mine) return { tile: mine, why: 'pinned' };
  const screen = screens.find((t) => !t.own);
  if (screen) return { tile: screen, why: 'screen' };
  const floor = tiles.find((t) => t.floor && !t.own && t.presence !== 'absent');
  return floor ? { tile: floor, why: 'floor' } : null;
}

/** What the server is asked for: shown pictures that exist, the large one first. */
export function viewTiles(state: TableState, heights: ReadonlyMap<TileId, number>): Tile[] {
  const candidates = [...(state.large ? [state.large.tile] : []), ...state.screens, ...state.tiles];
  const tiles: Tile[] = [];
  const seen = new Set<TileId>();
  for (const tile of candidates) {
    const height = Math.min(4320, Math.round(heights.get(tile.id) ?? 0));
    if (tile.own || tile.picture === 'off' || height <= 0 || seen.has(tile.id)) continue;
    seen.add(tile.id);
    tiles.push({ seat: tile.person.seat, source: tile.source, height });
  }
  return tiles.slice(0, TILES_MAX);
}

interface Context {
  readonly facts: Facts;
  readonly local: Local;
  readonly people: ReadonlyMap<number, Person>;
  readonly me: number;
}

function hasTile({ facts, me }: Context, seat: Seat): boolean {
  if (seat.kind === 'observer') return false;
  if (seat.id === me) return true;
  const presence = facts.statuses.get(seat.id)?.presence ?? 'absent';
  if (presence === 'seated' || presence === 'lost') return true;
  const seats = facts.seats.filter((s) => s.kind !== 'observer').length;
  return seats > SMALL_CALL_SEATS && presence !== 'removed';
}

function isSharing({ facts, local, me }: Context, seat: number): boolean {
  if (seat === me) return local.own.screen;
  const status = facts.statuses.get(seat);
  return status?.presence === 'seated' && status.screen;
}

function cameraTile(context: Context, seat: Seat): TileView {
  const { facts, local, me } = context;
  const status = facts.statuses.get(seat.id);
  const own = seat.id === me;
  const id: TileId = `camera:${seat.id}`;
  const on = own ? local.own.camera : status?.presence === 'seated' && status.camera;
  const picture = pictureOf(context, id, on, own ? local.preview : (local.pictures.get(id) ?? null));
  const microphone = own ? local.own.microphone : (status?.microphone ?? false);
  return {
    id, source: 'camera', person: personIn(context, seat.id), own, ...presenceOf(context, status), ...picture, microphone,
    speaking: microphone && local.speaking.has(seat.id), floor: facts.floor === seat.id, pinned: local.pinned === id,
    sharing: isSharing(context, seat.id), connection: connectionOf(context, seat.id, status, picture.picture),
  };
}

function screenTile(context: Context, seat: Seat): TileView {
  const { facts, local, me } = context;
  const status = facts.statuses.get(seat.id);
  const own = seat.id === me;
  const id: TileId = `screen:${seat.id}`;
  const picture = pictureOf(context, id, true, own ? local.screenPreview : (local.pictures.get(id) ?? null));
  return {
    id, source: 'screen', person: personIn(context, seat.id), own, ...presenceOf(context, status), ...picture,
    microphone: status?.microphone ?? false, speaking: false, floor: false, pinned: local.pinned === id, sharing: true,
    connection: connectionOf(context, seat.id, status, picture.picture),
  };
}

function pictureOf(
  { facts }: Context, id: TileId, on: boolean | undefined, stream: MediaStream | null,
): Pick<TileView, 'picture' | 'stream'> {
  if (!on) return { picture: 'off', stream: null };
  if (facts.video.some((v) => v.paused && `${v.source}:${v.seat}` === id)) return { picture: 'paused', stream: null };
  return stream ? { picture: 'live', stream } : { picture: 'loading', stream: null };
}

function connectionOf(context: Context, seat: number, status: SeatStatus | undefined, picture: TileView['picture']): Words | null {
  const who = spokenName(personIn(context, seat));
  if (status?.presence === 'lost' && seat !== context.me) {
    return { key: 'connection-lost-returning', args: { who, since: context.local.formatTime(status.since_ms) } };
  }
  return picture === 'paused' ? { key: 'connection-weak-picture-paused', args: { who } } : null;
}

function presenceOf({ me }: Context, status: SeatStatus | undefined): { presence: Presence; sinceMs: number } {
  // Being here is what showing this means, whatever the server knew when the connection broke.
  const presence = status?.seat === me ? 'seated' : (status?.presence ?? 'absent');
  return { presence, sinceMs: status?.since_ms ?? 0 };
}

function personIn({ people, local }: Context, seat: number): Person {
  return people.get(seat) ?? personOf({ ...local.identity.seat, id: seat, name: '', title: '' }, undefined);
}

function delegationViews(context: Context): DelegationView[] {
  const { facts, me } = context;
  const seatView = (seat: Seat): SeatView => {
    const status = facts.statuses.get(seat.id);
    return {
      person: personIn(context, seat.id), own: seat.id === me, ...presenceOf(context, status),
      microphone: status?.microphone ?? false, camera: status?.camera ?? false, sharing: isSharing(context, seat.id),
      floor: facts.floor === seat.id,
    };
  };
  return facts.delegations.map((d) => ({
    id: d.id, name: d.name, shortName: d.short_name, ...(d.time_zone === undefined ? {} : { timeZone: d.time_zone }),
    seats: facts.seats.filter((s) => s.delegation === d.id).map(seatView),
  }));
}
