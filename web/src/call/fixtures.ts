/**
 * Made-up screens for the gallery and for tests: every state a screen can be in, without a server.
 *
 * The methods of these models only note that they were called (`calls`), except the few that make
 * a gallery worth clicking: pin, mute, camera, dismiss.
 */

import type {
  AntechamberModel, AntechamberState, CallDraft, CallView, ConveneModel, ConveneScreen, DelegationView, DeviceChoice,
  Devices, GreenRoomModel, GreenRoomState, LeaveModel, LeaveState, Person, SeatView, TableModel, TableState, TileId, TileView,
} from './model';
import { Cell } from '../base/observable';

const START_MS = Date.UTC(2022, 0, 24, 20, 0);

const NINE: readonly [shortName: string, delegation: string, name: string, title: string][] = [
  ['US', 'United States', 'Joseph R. Biden', 'President'],
  ['EU Commission', 'European Commission', 'Ursula von der Leyen', 'President of the Commission'],
  ['EU Council', 'European Council', 'Charles Michel', 'President of the Council'],
  ['France', 'French Republic', 'Emmanuel Macron', 'President'],
  ['Germany', 'Federal Republic of Germany', 'Olaf Scholz', 'Chancellor'],
  ['Italy', 'Italian Republic', 'Mario Draghi', 'Prime Minister'],
  ['NATO', 'North Atlantic Treaty Organization', 'Jens Stoltenberg', 'Secretary General'],
  ['Poland', 'Republic of Poland', 'Andrzej Duda', 'President'],
  ['UK', 'United Kingdom', 'Boris Johnson', 'Prime Minister'],
];

const nineCall: CallView = {
  id: 'abcdefghijklmnopqrstuvwxyz', title: 'Transatlantic consultation', format: 'video', rehearsal: true,
  startsAtMs: START_MS, minutes: 80,
};

/** People of a call of nine, or of a council of any size with made-up delegations. */
export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, i) => {
    const real = count <= NINE.length ? NINE[i] : undefined;
    return {
      seat: i + 1, kind: 'principal', host: i === 0,
      shortName: real?.[0] ?? `State ${i + 1}`, delegation: real?.[1] ?? `Republic of the ${i + 1}. Example`,
      name: real?.[2] ?? `Representative ${i + 1}`, title: real?.[3] ?? 'Permanent Representative',
    };
  });
}

export function tile(person: Person, more: Partial<TileView> = {}): TileView {
  return {
    id: `camera:${person.seat}`, source: 'camera', person, own: false, presence: 'seated', sinceMs: START_MS,
    stream: null, picture: 'loading', microphone: true, speaking: false, floor: false, pinned: false, sharing: false,
    connection: null, ...more,
  };
}

const choice = (kind: string, state: DeviceChoice['state'] = 'on'): DeviceChoice => ({
  options: [{ id: 'a', label: `Built-in ${kind}` }, { id: 'b', label: `Conference ${kind}` }], chosen: 'a', state,
});

function devices(more: Partial<Devices> = {}): Devices {
  return { microphone: choice('microphone'), camera: choice('camera'), speaker: choice('speaker'), ...more };
}

/** `calls` lists the methods that were called, with their arguments as text. */
export type Noted<M> = M & { readonly calls: string[] };

function noted<M extends object>(known: Partial<M>): Noted<M> {
  const calls: string[] = [];
  return new Proxy({ ...known, calls } as unknown as Noted<M>, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name);
      if (own !== undefined && typeof own !== 'function') return own;
      return (...args: unknown[]): unknown => {
        calls.push(`${String(name)}(${args.map(String).join(', ')})`);
        return typeof own === 'function' ? (own as (...a: unknown[]) => unknown)(...args) : undefined;
      };
    },
  });
}

const now = new Cell(START_MS + 754_000);

export function greenRoom(more: Partial<GreenRoomState> = {}): Noted<GreenRoomModel> {
  const state = new Cell<GreenRoomState>({
    call: nineCall, me: people(9)[0]!, browser: 'chromium', devices: devices(), microphone: true, camera: true,
    canSpeak: true, canShow: true, preview: null, network: { light: 'good', words: { key: 'network-good' } },
    messages: [], entering: false, ...more,
  });
  return noted<GreenRoomModel>({
    state, now, level: new Cell(0.4),
    setMicrophone: (microphone) => state.patch({ microphone }),
    setCamera: (camera) => state.patch({ camera }),
    enter: () => state.patch({ entering: true }),
    dismiss: (id) => state.patch({ messages: state.value.messages.filter((m) => m.id !== id) }),
  });
}

/** A green room where the browser was told never to give the camera. */
export const greenRoomDenied = (): Noted<GreenRoomModel> => greenRoom({
  camera: false,
  devices: devices({ camera: { options: [], chosen: null, state: 'denied' } }),
  messages: [{ id: 'camera', kind: 'problem', key: 'device-camera-denied', action: { key: 'action-try-again', run: () => {} } }],
});

export function antechamber(more: Partial<AntechamberState> = {}): Noted<AntechamberModel> {
  const state = new Cell<AntechamberState>({
    call: nineCall, me: people(9)[4]!, waiting: 'waiting', sinceMs: START_MS, doors: 'open', occupied: false,
    microphone: true, camera: true, canSpeak: true, canShow: true, preview: null, messages: [], ...more,
  });
  return noted<AntechamberModel>({
    state, now,
    setMicrophone: (microphone) => state.patch({ microphone }),
    setCamera: (camera) => state.patch({ camera }),
  });
}

function tableState(tiles: TileView[], call: CallView): TableState {
  const delegations = tiles.map((t): DelegationView => {
    const seat: SeatView = {
      person: t.person, presence: t.presence, sinceMs: t.sinceMs, own: t.own, microphone: t.microphone,
      camera: t.picture !== 'off', sharing: t.sharing, floor: t.floor,
    };
    return { id: t.person.seat, name: t.person.delegation, shortName: t.person.shortName, seats: [seat] };
  });
  return {
    call, me: tiles[0]!.person, openedAtMs: START_MS, doors: 'open', seats: tiles.length,
    seated: tiles.filter((t) => t.presence === 'seated').length, tiles, screens: [], large: null, delegations,
    own: { canSpeak: true, canShow: call.format === 'video', canShare: call.format === 'video', microphone: true,
      camera: true, screen: false, mutedButSpeaking: false },
    devices: devices(), connection: { state: 'connected' }, soundBlocked: false, messages: [], queue: [],
  };
}

/** A table that can be pinned, muted and dismissed. */
export function table(start: TableState): Noted<TableModel> {
  const state = new Cell<TableState>(start);
  const own = (fields: Partial<TableState['own']>): void => state.patch({ own: { ...state.value.own, ...fields } });
  const pin = (id: TileId | null): void => {
    const tiles = state.value.tiles.map((t) => ({ ...t, pinned: t.id === id }));
    const pinned = [...tiles, ...state.value.screens].find((t) => t.id === id);
    state.patch({ tiles, large: pinned ? { tile: pinned, why: 'pinned' } : null });
  };
  return noted<TableModel>({
    state, now, level: new Cell(0.3), pin,
    setMicrophone: (microphone) => own({ microphone }),
    setCamera: (camera) => own({ camera }),
    setScreen: (screen) => own({ screen }),
    setDoors: (doors) => state.patch({ doors }),
    dismiss: (id) => state.patch({ messages: state.value.messages.filter((m) => m.id !== id) }),
  });
}

/** Nine seats: one speaks, one is muted, one weak, one lost, one without a picture. */
export function nine(more: Partial<TableState> = {}): Noted<TableModel> {
  const odd: Partial<TileView>[] = [
    { own: true }, { speaking: true }, { microphone: false }, { picture: 'off' },
    { picture: 'paused', connection: { key: 'connection-weak-picture-paused', args: { who: 'Germany' } } },
    {}, { floor: true }, { presence: 'lost', sinceMs: START_MS + 240_000, picture: 'off', microphone: false,
      connection: { key: 'connection-lost-returning', args: { who: 'Poland', since: '21:04' } } }, {},
  ];
  return table({ ...tableState(people(9).map((p, i) => tile(p, odd[i])), nineCall), ...more });
}

/** The host's table with two in the antechamber, one of them on a second machine. */
export function nineHostWithQueue(): Noted<TableModel> {
  const [, , , france, germany] = people(9);
  return nine({
    queue: [
      { person: france!, sinceMs: START_MS, occupied: false },
      { person: germany!, sinceMs: START_MS + 60_000, occupied: true },
    ],
  });
}

/** One shares a screen, so it is large. */
export function nineWithScreen(): Noted<TableModel> {
  const person = people(9)[1]!;
  const screen = tile(person, { id: `screen:${person.seat}`, source: 'screen', picture: 'loading' });
  return nine({ screens: [screen], large: { tile: screen, why: 'screen' } });
}

/** Everything goes wrong at once. */
export function nineInTrouble(): Noted<TableModel> {
  return nine({
    connection: { state: 'signal', sinceMs: START_MS + 700_000 }, soundBlocked: true,
    own: { canSpeak: true, canShow: true, canShare: true, microphone: false, camera: false, screen: false, mutedButSpeaking: true },
    messages: [
      { id: 'signal', kind: 'problem', key: 'signal-reconnecting' },
      { id: 'claimed', kind: 'notice', key: 'seat-claimed' },
      { id: 'device', kind: 'notice', key: 'device-microphone-lost-replaced', args: { device: 'Built-in microphone' } },
    ],
  });
}

/** Two parties. */
export function two(): Noted<TableModel> {
  return table(tableState(people(2).map((p, i) => tile(p, { own: i === 0 })), { ...nineCall, title: 'Bilateral' }));
}

/** A council of `count`, floor with the third, every fourth seat absent. */
export function council(count = 31): Noted<TableModel> {
  const tiles = people(count).map((p, i) => tile(p, {
    own: i === 0, floor: i === 2, microphone: i === 2, speaking: i === 2,
    ...(i % 4 === 3 ? { presence: 'absent', picture: 'off' } as const : {}),
  }));
  const state = tableState(tiles, { ...nineCall, title: 'Council', rehearsal: false });
  return table({ ...state, large: { tile: tiles[2]!, why: 'floor' } });
}

/** Voices only. */
export function voice(): Noted<TableModel> {
  const call: CallView = { ...nineCall, format: 'voice', title: 'Call by voice' };
  return table(tableState(people(5).map((p, i) => tile(p, { own: i === 0, picture: 'off', speaking: i === 3 })), call));
}

export function left(more: Partial<LeaveState> = {}): Noted<LeaveModel> {
  return noted<LeaveModel>({
    state: new Cell<LeaveState>({
      call: nineCall, me: people(9)[4]!, arrivedAtMs: START_MS, departedAtMs: START_MS + 4_800_000, canReturn: true, ...more,
    }),
  });
}

export function convene(screen: ConveneScreen): Noted<ConveneModel> {
  return noted<ConveneModel>({
    screen: new Cell<ConveneScreen>(screen),
    emptyDraft: (): CallDraft => ({
      title: '', format: 'video', startsAtMs: null, minutes: null,
      delegations: [{ name: '', shortName: '', seats: [{ name: '', title: '', kind: 'principal', host: true }] }],
    }),
  });
}

const summary = { call: nineCall, phase: 'convened', delegations: 9, seats: 9, seated: 0, convenedAtMs: START_MS } as const;

export const conveneKey = (): Noted<ConveneModel> => convene({ kind: 'key', checking: false, problem: null });
export const conveneList = (): Noted<ConveneModel> => convene({ kind: 'list', calls: [summary], problem: null });
export const conveneForm = (): Noted<ConveneModel> => convene({
  kind: 'form', sending: false, problem: null,
  mistakes: [{ place: 'title', words: { key: 'convene-text-empty' } }],
});
export const conveneCall = (): Noted<ConveneModel> => convene({
  kind: 'call', summary, doors: 'open', confirm: null, busy: false, problem: null,
  hostLink: `http://localhost/c/${nineCall.id}#host.1.${'A'.repeat(43)}`,
  links: people(9).map((person) => ({ person, presence: 'absent', url: `http://localhost/c/${nineCall.id}#seat.${'B'.repeat(43)}` })),
});
