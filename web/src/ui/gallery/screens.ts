/** Every screen in every state worth looking at, by name. The names are the files of the pictures. */

import * as fixtures from '../../call/fixtures';
import { Cell } from '../../base/observable';
import type { CallScreen, CheckState, Client, ConveneModel, LeaveModel, Person, SummaryView, TableModel, TableState, Words } from '../../call/model';
import { judge } from '../../call/checks';
import { ownReadiness } from '../../call/readiness-fixtures';
import { bust, withPictures } from './pictures';

const call = (screen: CallScreen): Client => ({ kind: 'call', call: { screen: new Cell(screen) } });
const convene = (model: ConveneModel): Client => ({ kind: 'convene', convene: model });
const table = (model: TableModel, more: Partial<TableState> = {}): Client =>
  call({ kind: 'table', model: fixtures.table(withPictures({ ...model.state.value, ...more })) });
const error = (code: string, words: Words): Client => call({ kind: 'error', code, words, retry: () => undefined });
const gone = (kind: 'left' | 'ended' | 'removed' | 'refused', model: LeaveModel): Client => call({ kind, model });

const longPerson: Person = {
  seat: 2, kind: 'principal', host: false, shortName: 'Верховна Рада України',
  delegation: 'Bundesministerium für wirtschaftliche Zusammenarbeit und Entwicklung der Bundesrepublik',
  name: 'Annegret Kramp-Karrenbauer-Leutheusser-Schnarrenberger',
  title: 'Parlamentarische Staatssekretärin bei der Bundesministerin für wirtschaftliche Zusammenarbeit',
};

function longNames(): TableModel {
  const { value } = fixtures.nine().state;
  const tiles = value.tiles.map((tile, i) => (i % 2 === 1 ? { ...tile, person: { ...longPerson, seat: tile.person.seat } } : tile));
  const delegations = value.delegations.map((d, i) =>
    i % 2 === 1 ? { ...d, name: longPerson.delegation, shortName: longPerson.shortName, seats: d.seats.map((s) => ({ ...s, person: { ...longPerson, seat: s.person.seat } })) } : d,
  );
  return fixtures.table({ ...value, call: { ...value.call, title: 'Konsultationen der Staats- und Regierungschefs zur Sicherheitslage in Europa' }, tiles, delegations });
}

const guest = (): Partial<TableState> => ({ me: { ...fixtures.people(9)[4]!, host: false } });

const confirmed = (confirm: 'end' | 'delete'): ConveneModel => {
  const { value } = fixtures.conveneCall().screen;
  if (value.kind !== 'call') throw new Error('conveneCall shows a call');
  return fixtures.convene({ ...value, confirm });
};

/** As a browser sees it that does not hold the call's secret. */
function unknown(kind: 'list' | 'call'): ConveneModel {
  const { value } = (kind === 'list' ? fixtures.conveneList() : fixtures.conveneCall()).screen;
  const hide = (summary: SummaryView): SummaryView => ({ ...summary, call: { ...summary.call, title: '' } });
  if (value.kind === 'list') return fixtures.convene({ ...value, calls: value.calls?.flatMap((call) => [call, hide(call)]).map((s, i) => ({ ...s, call: { ...s.call, id: `${i}` } })) ?? null });
  if (value.kind !== 'call') throw new Error('conveneCall shows a call');
  const links = value.links.map((link) => ({ ...link, url: null, person: { ...link.person, name: '', title: '', shortName: '', delegation: '' } }));
  return fixtures.convene({ ...value, summary: hide(value.summary), links, hostLink: null });
}

/** Made when asked for, so that only one screen's pictures move. */
export const SCREENS: Readonly<Record<string, () => Client>> = {
  'home': () => ({ kind: 'home', open: () => Promise.resolve('link_exposed') }),
  'home-sealed': () => ({ kind: 'home', open: () => Promise.resolve(null) }),
  'opening': () => call({ kind: 'opening' }),
  'green-room': () => call({ kind: 'green_room', model: fixtures.greenRoom({ preview: bust(1) }) }),
  'green-room-denied': () => call({ kind: 'green_room', model: fixtures.greenRoomDenied() }),
  'green-room-guest-slow': () =>
    call({
      kind: 'green_room',
      model: fixtures.greenRoom({ me: longPerson, preview: null, camera: false, microphone: false, network: { light: 'slow', words: { key: 'network-slow' } } }),
    }),
  'green-room-observer': () =>
    call({ kind: 'green_room', model: fixtures.greenRoom({ me: { ...longPerson, kind: 'observer' }, canSpeak: false, canShow: false, microphone: false, camera: false }) }),
  'green-room-nogo': () =>
    call({ kind: 'green_room', model: fixtures.greenRoom({ preview: bust(1), readiness: ownReadiness({ way: 'tcp', delay_ms: 512, microphone: 'in_use', clock_ms: 190_000, up_kbps: 320 }) }) }),
  'green-room-speaker': () =>
    call({ kind: 'green_room', model: fixtures.greenRoom({ preview: bust(1), speaker: 'asking', readiness: ownReadiness({ microphone: 'silent' }) }) }),
  'green-room-measuring': () => {
    const { light, checks } = judge({ microphone: 'on', camera: 'on', clock_ms: 40, sealing: true, current: true }, { speaks: true, shows: true, pictures: true });
    return call({ kind: 'green_room', model: fixtures.greenRoom({ preview: bust(1), readiness: { light, checks, measuring: true } }) });
  },
  'antechamber': () => call({ kind: 'antechamber', model: fixtures.antechamber({ preview: bust(5) }) }),
  'antechamber-doors-closed': () => call({ kind: 'antechamber', model: fixtures.antechamber({ doors: 'closed', preview: bust(5) }) }),
  'antechamber-free': () => call({ kind: 'antechamber', model: fixtures.antechamber({ occupied: true, free: true }) }),
  'antechamber-no-host': () => call({ kind: 'antechamber', model: fixtures.antechamber({ host: false, preview: bust(5) }) }),
  'antechamber-occupied': () => call({ kind: 'antechamber', model: fixtures.antechamber({ occupied: true, camera: false }) }),
  'table-two': () => table(fixtures.two()),
  'table-nine': () => table(fixtures.nine(), guest()),
  'table-nine-host-queue': () => table(fixtures.nineHostWithQueue()),
  'table-nine-people': () => table(fixtures.nineHostWithQueue()),
  'table-nine-ready': () => table(fixtures.nineHostWithQueue()),
  'table-nine-doors-open': () => table(fixtures.nine(), fixtures.doorsOpen(9)),
  'table-nine-silent': () => table(fixtures.nineSilent(), guest()),
  'table-nine-alarmed': () => table(fixtures.nineAlarmed(), guest()),
  'table-nine-alarmed-people': () => table(fixtures.nineAlarmed()),
  'table-nine-stopped': () => table(fixtures.nineStopped(), guest()),
  'table-nine-arrival': () => call({ kind: 'table', model: fixtures.nineArriving() }),
  'table-nine-other-machine': () => table(fixtures.nineOtherMachine(), guest()),
  'table-nine-unconfirmed': () => table(fixtures.nineUnconfirmed(), guest()),
  'table-nine-sealing': () => table(fixtures.nineAlarmed()),
  'table-nine-unread': () => table(fixtures.nine(), { texts: [fixtures.written(fixtures.texts(), { unread: 2 })] }),
  'table-nine-text': () => table(fixtures.nine(), { ...guest(), texts: [fixtures.written(fixtures.texts(), { unread: 2 })] }),
  'table-nine-circle': () => table(fixtures.nine(), { ...guest(), ...fixtures.withCircle() }),
  'table-nine-text-circle': () => table(fixtures.nine(), { ...guest(), ...fixtures.withCircle() }),
  'table-nine-whispering': () => table(fixtures.nine(), { ...guest(), ...fixtures.whispering(fixtures.nine()) }),
  'table-nine-whispering-unheard': () => table(fixtures.nine(), { ...guest(), ...fixtures.whispering(fixtures.nine(), { unheard: true }, { closed: { key: 'circle-no-head', args: { to: 'Germany' } } }) }),
  'table-nine-whispered': () => table(whispered(fixtures.nine()), guest()),
  'table-voice-whispered': () => table(whispered(fixtures.voice()), guest()),
  'table-voice-whispering': () => table(fixtures.voice(), { ...guest(), ...fixtures.whispering(fixtures.voice(), { canShow: false, canShare: false }) }),
  'table-nine-text-circle-closed': () => table(fixtures.nine(), { ...guest(), ...fixtures.withCircle({ closed: { key: 'circle-waits', args: { to: 'Germany' } }, people: [], queue: [], canCheck: false }, { log: [], sinceMs: null }) }),
  'table-nine-text-circle-long': () => table(fixtures.nine(), { ...guest(), ...fixtures.withCircle({ name: longPerson.delegation }) }),
  'table-nine-text-empty': () => table(fixtures.nine(), guest()),
  'table-check': () => table(fixtures.nine(), { ...guest(), ...checked() }),
  'table-check-uk': () => table(fixtures.nine(), { ...guest(), ...checked({ words: ['перехрестя', 'блискавка', 'виноград', 'подорожник', 'соняшник', 'джерельце'], language: 'uk' }) }),
  'table-check-chair': () => table(fixtures.nine(), checked({ iAmChair: true })),
  'table-check-different': () => table(fixtures.nine(), { ...guest(), ...checked(different()) }),
  'table-check-circle': () => table(fixtures.nine(), { ...guest(), ...fixtures.withCircle({ queue: [], check: circleWords() }) }),
  'table-nine-screen': () => table(fixtures.nineWithScreen()),
  'table-nine-pinned': () => table(pinned()),
  'table-nine-trouble': () => table(fixtures.nineInTrouble(), guest()),
  'table-long-names': () => table(longNames()),
  'table-two-observed': () => table(fixtures.two(), observed(1)),
  'table-nine-observed': () => table(fixtures.nine(), { ...guest(), ...observed(5) }),
  'table-nine-text-waiting': () => table(fixtures.nine(), { ...guest(), texts: [fixtures.written(fixtures.texts().map((text) => ({ ...text, waiting: text.own })), { gaps: [{ fromMs: fixtures.texts()[2]!.atMs, toMs: fixtures.texts()[2]!.atMs + 60_000 }] })] }),
  'table-alone': () => table(fixtures.two(), { tiles: fixtures.two().state.value.tiles.slice(0, 1), seated: 1 }),
  'table-thirty-one': () => table(fixtures.council(31), { large: null }),
  'table-thirty-one-floor': () => table(fixtures.council(31)),
  'table-fifty-seven': () => table(fixtures.council(57), { large: null }),
  'table-fifty-seven-floor': () => table(fixtures.council(57)),
  'table-voice': () => table(fixtures.voice()),
  'table-sharing': () => table(fixtures.nine(), { ...guest(), own: { ...fixtures.nine().state.value.own, screen: true, microphone: false } }),
  'table-leave': () => table(fixtures.nine()),
  'table-settings': () => table(fixtures.nine()),
  'left': () => gone('left', fixtures.left()),
  'ended': () => gone('ended', fixtures.left({ canReturn: false })),
  'removed': () => gone('removed', fixtures.left({ canReturn: false })),
  'refused': () => gone('refused', withoutArrival()),
  'other-tab': () => call({ kind: 'other_tab', useHere: () => undefined }),
  'error-link-exposed': () => call({ kind: 'error', code: 'host_link_exposed', words: { key: 'error-host-link-exposed' } }),
  'error-link-cut': () => call({ kind: 'error', code: 'link_cut', words: { key: 'error-link-cut' } }),
  'error-link': () => error('unknown_link', { key: 'error-unknown-link' }),
  'error-grant': () => call({ kind: 'error', code: 'bad_grant', words: { key: 'error-bad-grant' } }),
  'error-answer': () => error('answer_extension', { key: 'error-answer-extension' }),
  'error-occupied': () => error('seat_occupied', { key: 'error-seat-occupied' }),
  'error-browser': () => error('browser_too_old', { key: 'error-browser-too-old', args: { missing: 'RTCPeerConnection' } }),
  'convene-key': () => convene(fixtures.convene({ kind: 'key', checking: false, problem: { key: 'convene-key-unknown' } })),
  'convene-key-first': () => convene(fixtures.conveneKey()),
  'convene-list': () => convene(fixtures.conveneList()),
  'convene-list-empty': () => convene(fixtures.convene({ kind: 'list', calls: [], problem: null })),
  'convene-list-sealed': () => convene(unknown('list')),
  'convene-call-sealed': () => convene(unknown('call')),
  'convene-form': () => convene(fixtures.conveneForm()),
  'convene-call': () => convene(fixtures.conveneCall()),
  'convene-end': () => convene(confirmed('end')),
  'convene-delete': () => convene(confirmed('delete')),
};

function checked(more: Partial<CheckState> = {}): Partial<TableState> {
  return { seal: fixtures.seal(9, { check: fixtures.wordsCheck(more) }) };
}

/** The head has the words of its circle compared; one has answered. */
function circleWords(): CheckState {
  const [head, aide] = fixtures.withCircle().circle?.people ?? [];
  return fixtures.wordsCheck({ chair: head!, verdicts: [{ person: aide!, same: true }], missing: [] });
}

function different(): Partial<CheckState> {
  const [, commission, council, france, germany] = fixtures.people(9);
  const said = [commission!, council!, france!].map((person) => ({ person, same: person !== council }));
  return { own: true, verdicts: [...said, { person: germany!, same: true }], missing: fixtures.people(9).slice(5) };
}

/** As those hear it to whom somebody speaks. */
function whispered(model: TableModel): TableModel {
  const { value } = model.state;
  const tiles = value.tiles.map((tile) => (tile.person.seat === 4 ? { ...tile, microphone: false, speaking: true, whispers: true } : tile));
  return fixtures.table({ ...value, tiles });
}

/** The last seats observe. */
function observed(count: number): Partial<TableState> {
  const { delegations } = fixtures.nine().state.value;
  const seats = delegations.flatMap((d) => d.seats).slice(-count);
  return { observers: seats.map((seat, i) => ({ ...seat, own: false, sealing: i === 1 ? 'unverified' : 'verified', person: { ...seat.person, kind: 'observer' } })) };
}

function pinned(): TableModel {
  const { value } = fixtures.nine().state;
  const tiles = value.tiles.map((tile) => (tile.person.seat === 2 ? { ...tile, pinned: true } : tile));
  return fixtures.table({ ...value, tiles, large: { tile: tiles[1]!, why: 'pinned' } });
}

function withoutArrival(): LeaveModel {
  const { value } = fixtures.left().state;
  const { arrivedAtMs: _arrived, departedAtMs: _departed, ...rest } = value;
  return { state: new Cell(rest), comeBack: () => undefined };
}
