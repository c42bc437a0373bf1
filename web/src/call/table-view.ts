/**
 * What the table shows: a pure function of the call's facts, of the verified group, and of what
 * happens on this machine.
 */

import type { Devices } from '../media/types';
import type { SeatStatus, Tile } from '../protocol/generated';
import { TILES_MAX } from '../protocol/generated';
import type { View } from '../sealed/view';
import { judge } from './checks';
import { circleState } from './circle';
import { callView, dutiesOf, type Facts, type Identity } from './facts';
import type {
  CircleState, DelegationView, LargeWhy, Message, OwnMedia, Person, Presence, ReadinessView, Sealing, SeatView, TableState, TextsView, TileId, TileView, Words,
} from './model';
import { nobody, planOf, spokenName, type Plan } from './people';
import { claimWords, membersOf, sealings, sealState, type SealContext } from './seal-view';
import type { TextsOf } from './texts';

/** Up to this many seats only those present get a tile; above, everybody keeps a fixed place. */
const SMALL_CALL_SEATS = 12;

/** Nothing that comes from such a seat is played. */
const STOPPED: ReadonlySet<Sealing> = new Set(['unproven', 'different', 'changed', 'unverified'] as const);

/** What this machine adds to the facts. */
export interface Local {
  readonly identity: Identity;
  readonly view: View | null;
  /** From this machine's clock to the server's. */
  readonly offsetMs: number;
  /** The table's, then the own circle's. Times are of this machine's clock. */
  readonly texts: readonly TextsOf[];
  /** The number of the own circle; `null`: there is none. */
  readonly circle: number | null;
  readonly pictures: ReadonlyMap<string, MediaStream>;
  /** Of these, which stand still. */
  readonly still: ReadonlySet<string>;
  readonly preview: MediaStream | null;
  readonly screenPreview: MediaStream | null;
  readonly speaking: ReadonlySet<number>;
  /** Whose voice was last for the own delegation only. */
  readonly whispered: ReadonlySet<number>;
  readonly pinned: TileId | null;
  readonly own: Omit<OwnMedia, 'canWhisper' | 'unheard'>;
  readonly devices: Devices;
  readonly connection: TableState['connection'];
  readonly soundBlocked: boolean;
  readonly messages: readonly Message[];
  /** A time of day in words, e.g. `21:04`. */
  formatTime(ms: number): string;
}

export function viewTable(facts: Facts, local: Local): TableState {
  const { view, identity } = local;
  const plan = planOf(facts.seats, view, identity);
  const me = identity.seat.id;
  const person = (seat: number): Person => plan.people.get(seat) ?? nobody({ id: seat, kind: 'observer', host: false });
  const seal: SealContext = {
    facts, view, me, person, offsetMs: local.offsetMs, host: identity.seat.host, answered: local.connection.state !== 'signal',
  };
  const context: Context = { facts, local, plan, me, person, sealings: sealings(seal), members: membersOf(view) };
  const seats = [...plan.people.values()];
  const tiles = seats.filter((p) => hasTile(context, p)).map((p) => cameraTile(context, p));
  const delegations = delegationViews(context);
  const circle = local.circle === null ? null : circleState(seal, identity, local.circle);
  const screens = seats.filter((p) => isSharing(context, p.seat)).map((p) => screenTile(context, p));
  return {
    call: callView(identity.call, identity.title),
    me: person(me),
    openedAtMs: facts.openedAtMs,
    doors: facts.doors,
    seats: seats.length,
    seated: [...facts.statuses.values()].filter((s) => s.presence === 'seated').length,
    tiles, screens,
    large: chooseLarge(tiles, screens, local.pinned),
    delegations,
    observers: delegations.flatMap((d) => d.seats).filter((seat) => seat.person.kind === 'observer' && isHere(context, seat.person.seat)),
    own: ownMedia(local, circle),
    devices: local.devices,
    connection: local.connection,
    soundBlocked: local.soundBlocked,
    messages: local.messages,
    queue: [...facts.waiting, ...askingAtTheTable(facts, view)].map((w) => ({
      person: person(w.seat), sinceMs: w.since_ms, occupied: w.occupied, claim: claimOf(view, w.seat),
      readiness: readinessOf(context, w.seat),
    })),
    seal: sealState(seal),
    texts: local.texts.map((texts) => textsView(context, texts)),
    circle,
  };
}

function ownMedia({ own }: Local, circle: CircleState | null): OwnMedia {
  const whispers = own.speaksTo === 'delegation';
  const takes = circle !== null && circle.closed === null;
  return { ...own, canWhisper: own.canSpeak && (takes || whispers), unheard: whispers && !(takes && own.microphone) };
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
  readonly plan: Plan;
  readonly me: number;
  readonly sealings: ReadonlyMap<number, Sealing>;
  readonly members: ReturnType<typeof membersOf>;
  person(seat: number): Person;
}

function textsView({ local, person }: Context, { log, sinceMs, gaps, ...texts }: TextsOf): TextsView {
  const there = (ms: number): number => ms + local.offsetMs;
  return {
    ...texts, sinceMs: sinceMs && there(sinceMs),
    log: log.map(({ seat, atMs, ...text }) => ({ ...text, atMs: there(atMs), person: person(seat) })),
    gaps: gaps.map(({ fromMs, toMs }) => ({ fromMs: there(fromMs), toMs: there(toMs) })),
  };
}

/** Who sits, is not in the group, and is let in by nobody unasked: this host's client remembers nobody. */
function askingAtTheTable({ waiting, statuses }: Facts, view: View | null): Facts['waiting'] {
  const known = new Set(waiting.map((w) => w.seat));
  const asking = (view?.waiting ?? []).filter((claim) => claim.asks_at_table && !known.has(claim.seat));
  return asking.map(({ seat }) => ({ seat, since_ms: statuses.get(seat)?.since_ms ?? 0, occupied: false }));
}

function claimOf(view: View | null, seat: number): TableState['queue'][number]['claim'] {
  const claim = view?.waiting.find((c) => c.seat === seat);
  return { verified: claim?.verified ?? false, problem: claim?.problem ? claimWords(claim.problem) : null };
}

/** As its client says; whether it runs the code of this page is seen here. */
function readinessOf({ facts, local, person }: Context, seat: number): ReadinessView {
  return judge(facts.checks.get(seat) ?? null, dutiesOf(person(seat), local.identity.call), local.view?.code ?? null);
}

/** Who is in the group can see and hear, whatever the server says of the seat; whom the server seats may. */
function isHere({ facts, me, members }: Context, seat: number): boolean {
  const presence = facts.statuses.get(seat)?.presence ?? 'absent';
  return seat === me || members.has(seat) || presence === 'seated' || presence === 'lost';
}

function hasTile(context: Context, { seat, kind }: Person): boolean {
  const { facts, plan } = context;
  // Observers have no picture and no voice: they are named in a line of their own.
  if (kind === 'observer') return false;
  if (isHere(context, seat)) return true;
  const presence = facts.statuses.get(seat)?.presence ?? 'absent';
  const seats = [...plan.people.values()].filter((p) => p.kind !== 'observer').length;
  return seats > SMALL_CALL_SEATS && presence !== 'removed';
}

function isSharing({ facts, local, me }: Context, seat: number): boolean {
  if (seat === me) return local.own.screen;
  const status = facts.statuses.get(seat);
  return status?.presence === 'seated' && status.screen;
}

function cameraTile(context: Context, person: Person): TileView {
  const { facts, local, me } = context;
  const { seat } = person;
  const status = facts.statuses.get(seat);
  const own = seat === me;
  const id: TileId = `camera:${seat}`;
  const on = own ? local.own.camera : status?.presence === 'seated' && status.camera;
  const picture = pictureOf(context, seat, id, on, own ? local.preview : (local.pictures.get(id) ?? null));
  // What the table hears.
  const microphone = own ? local.own.microphone && local.own.speaksTo === 'table' : (status?.microphone ?? false);
  // That it comes is the server's word, to whom it is spoken the frames': they say so, and none is opened that does not.
  const whispers = !own && !microphone && local.whispered.has(seat) && facts.audio.some((slot) => slot.seat === seat);
  return {
    id, source: 'camera', person, own, ...presenceOf(context, status), ...picture, microphone,
    speaking: (whispers || microphone) && local.speaking.has(seat), whispers, floor: facts.floor === seat, pinned: local.pinned === id,
    sharing: isSharing(context, seat), sealing: sealingOf(context, seat),
    connection: connectionOf(context, seat, status, picture.picture),
  };
}

function screenTile(context: Context, person: Person): TileView {
  const { facts, local, me } = context;
  const { seat } = person;
  const status = facts.statuses.get(seat);
  const own = seat === me;
  const id: TileId = `screen:${seat}`;
  const picture = pictureOf(context, seat, id, true, own ? local.screenPreview : (local.pictures.get(id) ?? null));
  return {
    id, source: 'screen', person, own, ...presenceOf(context, status), ...picture,
    microphone: status?.microphone ?? false, speaking: false, whispers: false, floor: false, pinned: local.pinned === id, sharing: true,
    sealing: sealingOf(context, seat), connection: connectionOf(context, seat, status, picture.picture),
  };
}

function sealingOf({ sealings }: Context, seat: number): Sealing {
  return sealings.get(seat) ?? 'absent';
}

function pictureOf(
  { facts, local, sealings, me }: Context, seat: number, id: TileId, on: boolean | undefined, stream: MediaStream | null,
): Pick<TileView, 'picture' | 'stream' | 'still'> {
  // Nothing of them is opened any more: what stood there last would look as if it were now.
  const stopped = seat !== me && STOPPED.has(sealings.get(seat) ?? 'absent');
  if (!on || stopped) return { picture: 'off', stream: null, still: false };
  // Of a paused picture a still comes now and then.
  if (facts.video.some((v) => v.paused && `${v.source}:${v.seat}` === id)) return { picture: 'paused', stream, still: stream !== null };
  if (!stream) return { picture: 'loading', stream: null, still: false };
  return { picture: 'live', stream, still: seat !== me && local.still.has(id) };
}

function connectionOf(context: Context, seat: number, status: SeatStatus | undefined, picture: TileView['picture']): Words | null {
  const who = spokenName(context.person(seat));
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

function delegationViews(context: Context): DelegationView[] {
  const { facts, local, plan, me, members } = context;
  const seatView = (seat: number): SeatView => {
    const status = facts.statuses.get(seat);
    const member = members.get(seat);
    return {
      person: context.person(seat), own: seat === me, ...presenceOf(context, status),
      microphone: status?.microphone ?? false, camera: status?.camera ?? false, sharing: isSharing(context, seat),
      floor: facts.floor === seat, sealing: sealingOf(context, seat),
      vouchedBy: member?.vouched_by == null ? null : context.person(member.vouched_by), code: member?.code ?? null,
      readiness: local.identity.seat.host ? readinessOf(context, seat) : null,
    };
  };
  return plan.delegations.map(({ delegation: d, seats }) => ({
    id: d.id, name: d.name, shortName: d.short_name, ...(d.time_zone === undefined ? {} : { timeZone: d.time_zone }),
    seats: seats.map(seatView),
  }));
}
