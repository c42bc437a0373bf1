/**
 * Made-up screens for the gallery and for tests: every state a screen can be in, without a server.
 *
 * The methods of these models only note that they were called (`calls`), except the few that make
 * a gallery worth clicking: pin, mute, camera, dismiss.
 */

import type {
  AntechamberModel, AntechamberState, CheckState, CallView, CircleState, ConveneModel, ConveneScreen, DelegationView, DeviceChoice,
  Devices, GreenRoomModel, GreenRoomState, LeaveModel, LeaveState, OwnMedia, Person, SealState, SeatView, Sealing,
  TableModel, TableState, TextsView, TextView, TileId, TileView,
} from './model';
import { Cell } from '../base/observable';
import { emptyDraft, mistakesIn, startOf } from '../convene/draft';
import { ownReadiness, readinessOf } from './readiness-fixtures';

const CODE = '5f1d0c2a9b7e46313a80c9d2e4f5b6071829304a5b6c7d8e9fa0b1c2d3e4f506';
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
    stream: null, picture: 'loading', still: false, microphone: true, speaking: false, whispers: false, floor: false, pinned: false, sharing: false,
    sealing: 'verified', connection: null, ...more,
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
    canSpeak: true, canShow: true, preview: null, network: { light: 'good', words: { key: 'network-good' } }, readiness: ownReadiness(),
    speaker: 'untested', messages: [], entering: false, ...more,
  });
  return noted<GreenRoomModel>({
    state, now, level: new Cell(0.4),
    setMicrophone: (microphone) => state.patch({ microphone }),
    setCamera: (camera) => state.patch({ camera }),
    playTone: () => state.patch({ speaker: 'asking' }), answerTone: (heard) => state.patch({ speaker: heard ? 'heard' : 'unheard' }),
    enter: () => state.patch({ entering: true }),
    dismiss: (id) => state.patch({ messages: state.value.messages.filter((m) => m.id !== id) }),
  });
}

/** A green room where the browser was told never to give the camera. */
export const greenRoomDenied = (): Noted<GreenRoomModel> => greenRoom({
  camera: false,
  devices: devices({ camera: { options: [], chosen: null, state: 'denied' } }), readiness: ownReadiness({ camera: 'denied' }),
  messages: [{ id: 'camera', kind: 'problem', key: 'device-camera-denied', action: { key: 'action-try-again', run: () => {} } }],
});

export function antechamber(more: Partial<AntechamberState> = {}): Noted<AntechamberModel> {
  const state = new Cell<AntechamberState>({
    call: nineCall, me: people(9)[4]!, waiting: 'waiting', sinceMs: START_MS, doors: 'open', occupied: false, host: true, free: false,
    microphone: true, camera: true, canSpeak: true, canShow: true, preview: null, readiness: ownReadiness({ way: 'tcp' }), messages: [], ...more,
  });
  return noted<AntechamberModel>({
    state, now,
    setMicrophone: (microphone) => state.patch({ microphone }),
    setCamera: (camera) => state.patch({ camera }),
  });
}

/** All is well, the doors are closed. */
export function seal(members: number, more: Partial<SealState> = {}): SealState {
  return {
    line: { tone: 'good', words: [{ key: 'seal-doors-closed' }, { key: 'seal-verified', args: { verified: members, members } }] },
    doors: 'closed', verified: members, members, group: 1, epoch: 14, code: CODE, sending: 'allowed',
    check: null, canCheck: true, frames: { sealed: 1200, opened: 9600, refused: 0 }, ...more,
  };
}

/** The host has not closed the doors yet. */
export const doorsOpen = (members: number): Pick<TableState, 'doors' | 'seal'> => ({
  doors: 'open',
  seal: seal(members, {
    doors: 'open', line: { tone: 'good', words: [{ key: 'seal-doors-open' }, { key: 'seal-verified', args: { verified: members, members } }] },
  }),
});

/** Six words on every screen, a minute before the end. */
export function wordsCheck(more: Partial<CheckState> = {}): CheckState {
  const all = people(9);
  return {
    words: ['harvest', 'lantern', 'quartz', 'meadow', 'velvet', 'compass'], digits: '48210739556120874433', language: 'en',
    chair: all[0]!, untilMs: START_MS + 754_000 + 83_000, own: null, iAmChair: false,
    verdicts: all.slice(1, 4).map((person) => ({ person, same: true })), missing: all.slice(4), ...more,
  };
}

/** What was written so far: short, long, and a page that wraps. */
export function texts(): TextView[] {
  const [us, , , france, germany] = people(9);
  const text = (person: Person, minutes: number, words: string, own = false): TextView => (
    { id: `${person.seat}.${minutes}`, person, atMs: START_MS + minutes * 60_000, text: words, own, waiting: false }
  );
  return [
    text(us!, 1, 'The draft of the joint statement is on page 3 of your folders.'),
    text(germany!, 4, 'Thank you. One remark on the second paragraph:\n“in close coordination” rather than “in coordination”.', true),
    text(france!, 5, 'D’accord.'),
    text(us!, 9, 'https://example.org/a-very-long-address/that-does-not-break/anywhere/unless-it-is-made-to/0123456789abcdef0123456789abcdef'),
  ];
}

/** The same as of one circle: the table's, if not told otherwise. */
export function written(log: readonly TextView[], more: Partial<TextsView> = {}): TextsView {
  return { circle: 0, log, sinceMs: START_MS, gaps: [], unread: 0, ...more };
}

/** The own delegation of three has a circle: two are in it and one asks. */
export function withCircle(more: Partial<CircleState> = {}, ours: Partial<TextsView> = {}): Pick<TableState, 'texts' | 'circle'> {
  const [, , , , germany] = people(9);
  const [wolf, meyer]: Person[] = [
    { ...germany!, seat: 12, kind: 'staff', name: 'Christine Wolf', title: 'Adviser' },
    { ...germany!, seat: 13, kind: 'interpreter', name: 'Jakob Meyer', title: 'Interpreter' },
  ];
  const text = (person: Person, minutes: number, words: string): TextView => (
    { id: `${person.seat}.${minutes}`, person, atMs: START_MS + minutes * 60_000, text: words, own: person === germany, waiting: false }
  );
  const log = [
    text(wolf!, 3, 'Second paragraph: we agreed on “close coordination” yesterday.'),
    text(germany!, 4, 'Thank you. I will say so.'),
  ];
  return {
    texts: [written(texts(), { unread: 1 }), written(log, { circle: 5, unread: 2, ...ours })],
    circle: {
      circle: 5, name: germany!.shortName, closed: null, people: [germany!, wolf!], unsure: [], changed: [], check: null, canCheck: true,
      queue: [{ person: meyer!, occupied: false, claim: { verified: true, problem: null } }], ...more,
    },
  };
}

/** Microphone and camera on, heard by the table. */
const OWN_MEDIA: OwnMedia = {
  canSpeak: true, canWhisper: false, canShow: true, canShare: true, microphone: true, speaksTo: 'table', unheard: false, camera: true,
  screen: false, mutedButSpeaking: false,
};

function tableState(tiles: TileView[], call: CallView): TableState {
  const delegations = tiles.map((t): DelegationView => {
    const seat: SeatView = {
      person: t.person, presence: t.presence, sinceMs: t.sinceMs, own: t.own, microphone: t.microphone,
      camera: t.picture !== 'off', sharing: t.sharing, floor: t.floor,
      sealing: t.sealing, vouchedBy: t === tiles[0] ? null : tiles[0]!.person, code: CODE, readiness: readinessOf(t.person.seat),
    };
    return { id: t.person.seat, name: t.person.delegation, shortName: t.person.shortName, seats: [seat] };
  });
  return {
    call, me: tiles[0]!.person, openedAtMs: START_MS, doors: 'closed', seats: tiles.length,
    seated: tiles.filter((t) => t.presence === 'seated').length, tiles, screens: [], large: null, delegations,
    own: { ...OWN_MEDIA, canShow: call.format === 'video', canShare: call.format === 'video' },
    devices: devices(), connection: { state: 'connected' }, soundBlocked: false, messages: [], queue: [],
    seal: seal(tiles.length), texts: [written([])], circle: null, observers: [],
  };
}

/** Speaks to the own delegation only, so the table hears nothing of the own microphone. */
export function whispering(at: TableModel, more: Partial<OwnMedia> = {}, circle: Partial<CircleState> = {}): Partial<TableState> {
  const tiles = at.state.value.tiles.map((t) => (t.own ? { ...t, microphone: false } : t));
  return { ...withCircle({ queue: [], ...circle }), tiles, own: { ...OWN_MEDIA, canWhisper: true, speaksTo: 'delegation', ...more } };
}

/** A table that can be pinned, muted and dismissed. */
export function table(start: TableState): Noted<TableModel> {
  const state = new Cell<TableState>(start);
  const patchSeal = (fields: Partial<SealState>): void => state.patch({ seal: { ...state.value.seal, ...fields } });
  const own = (fields: Partial<TableState['own']>): void => state.patch({ own: { ...state.value.own, ...fields } });
  const texts = (circle: number, change: (of: TextsView) => Partial<TextsView>): void => {
    state.patch({ texts: state.value.texts.map((of) => (of.circle === circle ? { ...of, ...change(of) } : of)) });
  };
  const pin = (id: TileId | null): void => {
    const tiles = state.value.tiles.map((t) => ({ ...t, pinned: t.id === id }));
    const pinned = [...tiles, ...state.value.screens].find((t) => t.id === id);
    state.patch({ tiles, large: pinned ? { tile: pinned, why: 'pinned' } : null });
  };
  return noted<TableModel>({
    state, now, level: new Cell(0.3), pin,
    setMicrophone: (microphone) => own({ microphone }),
    speakTo: (speaksTo) => own({ speaksTo, microphone: true }),
    setCamera: (camera) => own({ camera }),
    setScreen: (screen) => own({ screen }),
    setDoors: (doors) => state.patch({ doors }),
    sendText: (text, circle) => {
      const { me } = state.value;
      texts(circle, ({ log }) => ({ log: [...log, { id: `${log.length}`, person: me, atMs: now.value, text, own: true, waiting: false }] }));
      return true;
    },
    readTexts: (circle) => texts(circle, () => ({ unread: 0 })),
    checkWords: () => patchSeal({ check: wordsCheck({ chair: state.value.me, iAmChair: true }) }),
    answerCheck: (same) => {
      const { check } = state.value.seal;
      if (!check) return;
      const { me } = state.value;
      const missing = check.missing.filter((person) => person.seat !== me.seat);
      patchSeal({ check: { ...check, own: same, missing, verdicts: [...check.verdicts, { person: me, same }] } });
    },
    dismiss: (id) => state.patch({ messages: state.value.messages.filter((m) => m.id !== id) }),
  });
}

/** Nine seats: one speaks, one is muted, one weak, one stands still, one lost, one without a picture. */
export function nine(more: Partial<TableState> = {}): Noted<TableModel> {
  const odd: Partial<TileView>[] = [
    { own: true }, { speaking: true }, { microphone: false }, { picture: 'off' },
    { picture: 'paused', still: true, connection: { key: 'connection-weak-picture-paused', args: { who: 'Germany' } } },
    { still: true }, { floor: true }, { presence: 'lost', sinceMs: START_MS + 240_000, picture: 'off', microphone: false,
      connection: { key: 'connection-lost-returning', args: { who: 'Poland', since: '21:04' } } }, {},
  ];
  return table({ ...tableState(people(9).map((p, i) => tile(p, odd[i])), nineCall), ...more });
}

/** The host's table with four in the antechamber: two as they should, one on a second machine, one without an invitation. */
export function nineHostWithQueue(): Noted<TableModel> {
  const [, commission, , france, germany, italy] = people(9);
  const good = { verified: true, problem: null };
  return nine({
    ...doorsOpen(9),
    queue: [
      { person: france!, sinceMs: START_MS, occupied: false, claim: good, readiness: readinessOf(1) },
      { person: commission!, sinceMs: START_MS + 30_000, occupied: false, claim: good, readiness: readinessOf(1) },
      { person: germany!, sinceMs: START_MS + 60_000, occupied: true, claim: { verified: false, problem: { key: 'claim-other-device' } }, readiness: readinessOf(2) },
      { person: italy!, sinceMs: START_MS + 90_000, occupied: false, claim: { verified: false, problem: { key: 'claim-not-a-grant' } }, readiness: readinessOf(3) },
    ],
  });
}

/** How single seats stand in the sealed call, by the number of the seat. */
function sealed(states: Readonly<Record<number, Sealing>>, more: Partial<SealState> = {}): Noted<TableModel> {
  const { value } = nine().state;
  const of = (person: Person): Sealing => states[person.seat] ?? 'verified';
  return table({
    ...value,
    tiles: value.tiles.map((t) => ({ ...t, sealing: of(t.person) })),
    delegations: value.delegations.map((d) => ({ ...d, seats: d.seats.map((s) => ({ ...s, sealing: of(s.person) })) })),
    seal: seal(9, more),
  });
}

/** One says nothing, one sees other words, one was forged, one nobody knows. */
export const nineAlarmed = (): Noted<TableModel> => sealed({ 2: 'different', 3: 'joining', 6: 'forged', 8: 'unproven', 7: 'silent', 9: 'unverified' }, {
  line: { tone: 'alarm', words: [{ key: 'seal-different', args: { who: 'EU Commission', count: 1 } }, { key: 'seal-forged', args: { who: 'Italy', count: 1 } }] },
  verified: 5, frames: { sealed: 1200, opened: 9600, refused: 14 },
});

export const nineSilent = (): Noted<TableModel> => sealed({ 5: 'silent' }, {
  line: { tone: 'waiting', words: [{ key: 'seal-verified', args: { verified: 8, members: 9 } }, { key: 'seal-silent', args: { who: 'Germany', count: 1 } }] },
  verified: 8,
});

/** One came back on another machine. */
export const nineOtherMachine = (): Noted<TableModel> => sealed({ 6: 'changed' }, {
  line: { tone: 'alarm', words: [{ key: 'seal-device-changed', args: { who: 'Italy', count: 1 } }] }, verified: 8,
});

/** Two come in while one looks on. */
export function nineArriving(): Noted<TableModel> {
  const { value } = nine().state;
  const away = (seats: readonly number[]): TableState => ({
    ...value,
    tiles: value.tiles.filter((t) => !seats.includes(t.person.seat)),
    delegations: value.delegations.map((d) => ({ ...d, seats: d.seats.map((s) => (seats.includes(s.person.seat) ? { ...s, presence: 'absent' } : s)) })),
  });
  const model = table(away([6, 9]));
  setTimeout(() => (model.state as Cell<TableState>).patch(value), 500);
  return model;
}

/** Nothing is sent: no host has been heard. */
export const nineStopped = (): Noted<TableModel> => sealed({ 1: 'absent' }, {
  line: { tone: 'alarm', words: [{ key: 'seal-stopped-no-host' }] }, sending: 'stopped', canCheck: false,
});

/** Just let in. */
export const nineUnconfirmed = (): Noted<TableModel> => sealed({}, {
  line: { tone: 'waiting', words: [{ key: 'seal-unconfirmed' }] }, sending: 'unconfirmed', doors: null,
});

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
    own: { ...OWN_MEDIA, microphone: false, camera: false, mutedButSpeaking: true },
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
    draft: () => ({ draft: emptyDraft(), kept: false }),
    keepDraft: () => true,
    check: (draft) => mistakesIn(draft),
    startOf: (draft) => startOf(draft),
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
  kind: 'call', summary, doors: 'open', confirm: null, busy: false, problem: null, linkProblem: null,
  hostLink: `http://localhost/c/${nineCall.id}#host.1.${'A'.repeat(43)}`,
  links: people(9).map((person) => ({ person, presence: 'absent', zone: null, url: `http://localhost/c/${nineCall.id}#seat.${'B'.repeat(43)}` })),
});
