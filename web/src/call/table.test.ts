import { describe, expect, test } from 'vitest';
import type { SeatStatus, ServerMessage } from '../protocol/generated';
import type { Claim } from '../sealed/view';
import { chooseLarge } from './table-view';
import { tile, people } from './fixtures';
import { delegations, groupView, ME, member, seats, settle, Stage, status } from './testing';

const changed = (...statuses: SeatStatus[]): ServerMessage => ({ type: 'changed', statuses });
const ids = (s: Stage): string[] => s.table.state.value.tiles.map((t) => t.id);
const tileOf = (s: Stage, seat: number) => s.table.state.value.tiles.find((t) => t.person.seat === seat)!;
const stream = (): MediaStream => ({}) as MediaStream;

describe('the large tile', () => {
  const [a, b, c] = people(3).map((p) => tile(p));
  const screen = tile(b!.person, { id: 'screen:2', source: 'screen' });
  const withFloor = { ...c!, floor: true };

  test('is what I pinned, before a screen, before the floor, before an even grid', () => {
    const tiles = [a!, b!, withFloor];
    expect(chooseLarge(tiles, [screen], 'camera:1')).toEqual({ tile: a, why: 'pinned' });
    expect(chooseLarge(tiles, [screen], null)).toEqual({ tile: screen, why: 'screen' });
    expect(chooseLarge(tiles, [], null)).toEqual({ tile: withFloor, why: 'floor' });
    expect(chooseLarge([a!, b!], [], null)).toBe(null);
  });

  test('is never my own screen or my own picture unless I pin it', () => {
    const mine = { ...withFloor, own: true };
    expect(chooseLarge([a!, mine], [{ ...screen, own: true }], null)).toBe(null);
    expect(chooseLarge([a!, mine], [], mine.id)?.why).toBe('pinned');
  });

  test('falls back when what I pinned is gone', () => {
    expect(chooseLarge([a!, withFloor], [], 'screen:2')?.why).toBe('floor');
  });

  test('nobody becomes large by speaking', async () => {
    const s = await new Stage().sit();
    s.media.speaking.set(new Set([3]));
    expect(tileOf(s, 3).speaking).toBe(true);
    expect(s.table.state.value.large).toBe(null);
  });

  test('follows the floor and a shared screen as the server tells them', async () => {
    const s = await new Stage().sit();
    s.signal.hear({ type: 'floor_changed', floor: 3 });
    expect(s.table.state.value.large).toMatchObject({ why: 'floor', tile: { id: 'camera:3' } });
    s.signal.hear(changed(status(1, 'seated', { screen: true })));
    expect(s.table.state.value.large).toMatchObject({ why: 'screen', tile: { id: 'screen:1' } });
    s.table.pin('camera:3');
    expect(s.table.state.value.large?.why).toBe('pinned');
    s.table.pin(null);
    s.signal.hear(changed(status(1)));
    expect(s.table.state.value.large?.why).toBe('floor');
  });
});

describe('tiles', () => {
  test('keep the order of precedence whoever comes, speaks or changes', async () => {
    const s = await new Stage().sit({}, [status(1, 'absent'), status(2), status(3)]);
    s.seal.view.set(groupView({ members: [member(2), member(3)] }));
    expect(ids(s)).toEqual(['camera:2', 'camera:3']);
    s.media.speaking.set(new Set([3]));
    s.signal.hear(changed(status(3, 'seated', { microphone: false })));
    s.signal.hear(changed(status(1)));
    expect(ids(s)).toEqual(['camera:1', 'camera:2', 'camera:3']);
  });

  test('a lost seat keeps its place and says so', async () => {
    const s = await new Stage().sit();
    s.signal.hear(changed(status(3, 'lost', { since_ms: 7, camera: false, microphone: false })));
    expect(ids(s)).toEqual(['camera:1', 'camera:2', 'camera:3']);
    expect(tileOf(s, 3)).toMatchObject({
      presence: 'lost', sinceMs: 7, picture: 'off', connection: { key: 'connection-lost-returning', args: { who: 'Poland', since: '21:04' } },
    });
    s.signal.hear(changed(status(3, 'absent')));
    // Still in the group, so still able to hear.
    expect(ids(s)).toEqual(['camera:1', 'camera:2', 'camera:3']);
    s.seal.view.set(groupView({ members: [member(1), member(2)] }));
    expect(ids(s)).toEqual(['camera:1', 'camera:2']);
  });

  test('a picture is loading until it comes, and says when it is paused', async () => {
    const s = await new Stage().sit();
    expect(tileOf(s, 3)).toMatchObject({ picture: 'loading', stream: null });
    const picture = stream();
    s.media.pictures.set(new Map([['camera:3', picture]]));
    expect(tileOf(s, 3)).toMatchObject({ picture: 'live', connection: null });
    expect(tileOf(s, 3).stream).toBe(picture);
    s.signal.hear({ type: 'slots', audio: [], video: [{ mid: '4', seat: 3, source: 'camera', paused: true }] });
    expect(tileOf(s, 3)).toMatchObject({ picture: 'paused', still: true, connection: { key: 'connection-weak-picture-paused' } });
    expect(tileOf(s, 3).stream, 'a still of it').toBe(picture);
    s.media.pictures.set(new Map());
    expect(tileOf(s, 3)).toMatchObject({ picture: 'paused', still: false, stream: null });
    s.signal.hear(changed(status(3, 'seated', { camera: false })));
    expect(tileOf(s, 3)).toMatchObject({ picture: 'off', connection: null });
  });

  test('the microphone sends the voice the server asks for', async () => {
    const s = await new Stage().sit();
    s.signal.hear({ type: 'voice', narrow: false });
    s.signal.hear({ type: 'voice', narrow: true });
    expect(s.media.did.filter((what) => what.startsWith('voice'))).toEqual(['voice full', 'voice narrow']);
  });

  test('a picture that stands still is marked; one that is off, and the own, are not', async () => {
    const s = await new Stage().sit();
    s.media.pictures.set(new Map([['camera:2', stream()], ['camera:3', stream()]]));
    s.media.still.set(new Set(['camera:1', 'camera:3']));
    expect([1, 2, 3].map((seat) => tileOf(s, seat).still)).toEqual([false, false, true]);
    s.signal.hear(changed(status(3, 'seated', { camera: false })));
    expect(tileOf(s, 3)).toMatchObject({ picture: 'off', still: false });
    s.signal.hear(changed(status(3, 'seated', { camera: true })));
    expect(tileOf(s, 3).still).toBe(true);
    s.media.still.set(new Set());
    expect(tileOf(s, 3).still).toBe(false);
  });

  test('someone with a closed microphone is not shown speaking', async () => {
    const s = await new Stage().sit();
    s.media.speaking.set(new Set([3]));
    s.signal.hear(changed(status(3, 'seated', { microphone: false })));
    expect(tileOf(s, 3).speaking).toBe(false);
  });

  test('the server is asked for what is shown, the large one first, once for many changes', async () => {
    const s = await new Stage().sit();
    s.clock.pass(1000);
    s.signal.take('view');
    s.table.setTileHeight('camera:1', 360);
    s.table.setTileHeight('camera:2', 180);
    s.table.setTileHeight('camera:3', 361.4);
    s.table.pin('camera:3');
    s.clock.pass(100);
    expect(s.signal.take('view')).toEqual([
      { type: 'view', tiles: [{ seat: 3, source: 'camera', height: 361 }, { seat: 1, source: 'camera', height: 360 }] },
    ]);
    s.table.setTileHeight('camera:2', 200);
    s.clock.pass(1000);
    expect(s.signal.take('view')).toEqual([]);
    s.table.setTileHeight('camera:1', 0);
    s.clock.pass(1000);
    expect(s.signal.take('view')[0]?.tiles.map((t) => t.seat)).toEqual([3]);
  });
});

describe('observers', () => {
  const watch = (seat: number) => ({ ...seats[seat - 1]!, kind: 'observer' as const });
  const people = { title: 'A call', delegations, seats: [seats[0]!, seats[1]!, watch(3)] };
  const observers = (s: Stage) => s.table.state.value.observers.map((seat) => [seat.person.seat, seat.sealing, seat.presence]);

  test('have no tile and are always named: in the group, seated, lost, or known to neither', async () => {
    const s = await new Stage().sit({ me: 1 });
    const alone = [member(1), member(3, { kind: 'observer' })];
    s.seal.view.set(groupView({ me: { seat: 1, leaf: 0 }, people, members: alone }));
    expect(ids(s)).not.toContain('camera:3');
    expect(observers(s)).toEqual([[3, 'verified', 'seated']]);
    // The server denies it, the group has it: it can hear.
    s.signal.hear(changed(status(3, 'absent')));
    expect(observers(s)).toEqual([[3, 'verified', 'absent']]);
    // The server seats it, the group does not know it.
    s.signal.hear(changed(status(3)));
    s.seal.view.set(groupView({ me: { seat: 1, leaf: 0 }, people, members: [member(1)] }));
    expect(observers(s)).toEqual([[3, 'unverified', 'seated']]);
    s.signal.hear(changed(status(3, 'lost')));
    expect(observers(s).map(([seat]) => seat)).toEqual([3]);
    s.signal.hear(changed(status(3, 'absent')));
    expect(observers(s)).toEqual([]);
  });

  test('who only waits is not among them', async () => {
    const s = await new Stage().sit({ me: 1 }, [status(1), status(2), status(3, 'waiting')]);
    s.seal.view.set(groupView({ me: { seat: 1, leaf: 0 }, people, members: [member(1), member(2)] }));
    expect(observers(s)).toEqual([]);
  });
});

describe('the own microphone and camera', () => {
  test('what goes out is what is announced', async () => {
    const s = await new Stage().sit();
    expect(s.signal.take('microphone')).toEqual([{ type: 'microphone', open: true }]);
    expect(s.media.tracks.get('microphone')).not.toBe(null);
    s.table.setMicrophone(false);
    expect(s.media.tracks.get('microphone')).toBe(null);
    expect(s.signal.take('microphone')).toEqual([{ type: 'microphone', open: false }]);
    // Still captured, for the hint, and sent nowhere.
    expect(s.capture.microphone.value).not.toBe(null);
    s.table.setCamera(false);
    expect([s.media.tracks.get('camera'), s.capture.camera.value]).toEqual([null, null]);
    expect(s.signal.take('camera').at(-1)).toEqual({ type: 'camera', on: false });
  });

  test('speaking while muted is said, and goes when one is silent or opens the microphone', async () => {
    const s = await new Stage().sit();
    const muted = (): boolean => s.table.state.value.own.mutedButSpeaking;
    s.capture.level.set(0.6);
    s.clock.pass(500);
    expect([muted(), tileOf(s, ME).speaking]).toEqual([false, true]);
    s.table.setMicrophone(false);
    s.clock.pass(200);
    expect([muted(), tileOf(s, ME).speaking]).toEqual([true, false]);
    s.capture.level.set(0);
    s.clock.pass(2000);
    expect(muted()).toBe(true);
    s.clock.pass(3000);
    expect(muted()).toBe(false);
    s.capture.level.set(0.6);
    s.clock.pass(500);
    expect(muted()).toBe(true);
    s.table.setMicrophone(true);
    expect(muted()).toBe(false);
  });

  test('a full hall closes the microphone again and says who must mute', async () => {
    const s = await new Stage().sit();
    s.signal.hear({
      type: 'error', code: 'microphones_full', blame: 'state', text: '', fatal: false, seats: [3, 1], in_reply_to: 'microphone',
    });
    expect(s.table.state.value.own.microphone).toBe(false);
    expect(s.table.state.value.messages).toMatchObject([{ key: 'microphones-full', args: { who: 'Poland, United States' } }]);
  });

  test('a microphone closed for a host stays closed after a break', async () => {
    const s = await new Stage().sit();
    s.signal.hear({ type: 'microphone_closed', by: 1 });
    expect(s.table.state.value.own.microphone).toBe(false);
    expect(s.kept.microphone).toBe(false);
    expect(s.table.state.value.messages).toMatchObject([{ key: 'microphone-closed-for', args: { who: 'United States' } }]);
  });

  test('a seat that a host muted is told by whom, stays silent after a break, and can unmute', async () => {
    const s = await new Stage().sit();
    s.signal.hear({ type: 'muted', by: 1 });
    expect(s.table.state.value.own.microphone).toBe(false);
    expect(s.kept.microphone).toBe(false);
    expect(s.table.state.value.messages).toMatchObject([{ key: 'microphone-muted-by', args: { who: 'United States' } }]);
    s.table.setMicrophone(true);
    expect(s.table.state.value.own.microphone).toBe(true);
    expect(s.signal.sent.findLast((m) => m.type === 'microphone')).toEqual({ type: 'microphone', open: true });
  });

  test('a voice call has no camera and no screen', async () => {
    const s = await new Stage().sit({ format: 'voice' });
    expect(s.capture.wanted).toEqual({ microphone: true, camera: false });
    expect(s.table.state.value.own).toMatchObject({ canSpeak: true, canShow: false, canShare: false });
    s.table.setCamera(true);
    expect(s.signal.take('camera')).toEqual([]);
  });

  test('a screen is announced, and stops when a host shares instead', async () => {
    const s = await new Stage().sit();
    s.table.setScreen(true);
    await Promise.resolve();
    expect(s.signal.take('screen')).toEqual([{ type: 'screen', on: true }]);
    s.signal.hear(changed(status(ME, 'seated', { screen: true })));
    s.signal.hear(changed(status(ME), status(1, 'seated', { screen: true })));
    expect(s.capture.screen.value).toBe(null);
    expect(s.told).toEqual(['screen-share-taken-over']);
  });
});

describe('devices', () => {
  test('a denied camera is told with something to do, and the call goes on', async () => {
    const s = new Stage();
    s.trouble = { camera: 'denied' };
    await s.sit();
    const [message] = s.table.state.value.messages;
    expect(message).toMatchObject({ key: 'device-camera-denied', kind: 'problem' });
    message!.action!.run();
    expect(s.capture.tries).toBe(1);
    expect(s.table.state.value.own).toMatchObject({ microphone: true, camera: false });
    s.table.dismiss('camera');
    expect(s.told).toEqual(['device-camera-denied']);
  });

  test('a lost microphone is told, with the one used instead, and goes by itself', async () => {
    const s = await new Stage().sit();
    s.capture.onevent({ what: 'lost', kind: 'microphone', replacement: 'Built-in' });
    expect(s.table.state.value.messages).toMatchObject([{ key: 'device-microphone-lost-replaced', args: { device: 'Built-in' } }]);
    s.clock.pass(8000);
    expect(s.told).toEqual([]);
  });

  test('a lost camera without another is announced as off', async () => {
    const s = await new Stage().sit();
    s.signal.take('camera');
    s.capture.camera.set(null);
    s.capture.onevent({ what: 'lost', kind: 'camera', replacement: null });
    expect(s.signal.take('camera')).toEqual([{ type: 'camera', on: false }]);
    expect(s.told).toEqual(['device-camera-lost']);
  });

  test('what the system has muted is not shown as open, not sent, and comes back by itself', async () => {
    for (const [kind, deed] of [['microphone', (open: boolean) => ({ type: 'microphone', open })], ['camera', (on: boolean) => ({ type: 'camera', on })]] as const) {
      const s = await new Stage().sit();
      s.signal.take(kind);
      s.capture.devices.patch({ [kind]: { ...s.capture.devices.value[kind], state: 'muted' } });
      expect(s.table.state.value.own[kind]).toBe(false);
      expect(s.media.tracks.get(kind)).toBe(null);
      expect([s.signal.take(kind), s.told]).toEqual([[deed(false)], [`device-${kind}-muted`]]);
      s.capture.devices.patch({ [kind]: { ...s.capture.devices.value[kind], state: 'on' } });
      expect(s.table.state.value.own[kind]).toBe(true);
      expect([s.signal.take(kind), s.told]).toEqual([[deed(true)], []]);
    }
  });

  test('every other thing that happens to a device is told in a sentence', async () => {
    const s = await new Stage().sit();
    for (const [event, words] of [
      [{ what: 'returned', kind: 'microphone', device: 'Bluetooth' }, { key: 'device-microphone-returned', args: { device: 'Bluetooth' } }],
      [{ what: 'returned', kind: 'speaker', device: 'Loud' }, { key: 'device-speaker-returned', args: { device: 'Loud' } }],
      [{ what: 'kept', kind: 'camera', wanted: 'Second', device: 'First' }, { key: 'device-kept', args: { wanted: 'Second', device: 'First' } }],
      [{ what: 'kept', kind: 'speaker', wanted: 'Loud', device: null }, { key: 'device-speaker-kept', args: { wanted: 'Loud' } }],
      [{ what: 'lost', kind: 'speaker', replacement: null }, { key: 'device-speaker-lost' }],
    ] as const) {
      s.capture.onevent(event);
      expect(s.table.state.value.messages.at(-1)).toMatchObject(words);
    }
    s.media.onspeakerfailed('loud');
    expect(s.capture.failedSpeakers).toEqual(['loud']);
  });
});

describe('the host', () => {
  const host = { me: 1 };

  const waiting: ServerMessage = { type: 'antechamber', waiting: [
    { seat: 3, since_ms: 1, occupied: false }, { seat: 2, since_ms: 2, occupied: true },
  ] };
  const claim = (seat: number, more: Partial<Claim> = {}): Claim => {
    const { name, title } = seats[seat - 1]!;
    return { seat, name, title, delegation: '', verified: true, problem: null, ...more };
  };

  test('sees who waits, and whether they came with the invitation', async () => {
    const s = await new Stage().sit(host);
    s.signal.hear(waiting);
    const queue = () => s.table.state.value.queue.map((w) => [w.person.name, w.occupied, w.claim.verified, w.claim.problem?.key ?? null]);
    expect(queue()).toEqual([[seats[2]!.name, false, false, null], [seats[1]!.name, true, false, null]]);
    s.seal.view.set(groupView({ waiting: [claim(3), claim(2, { verified: false, problem: 'other_device' })] }));
    expect(queue()).toEqual([[seats[2]!.name, false, true, null], [seats[1]!.name, true, false, 'claim-other-device']]);
  });

  test('is asked about who sits already when its client remembers nobody', async () => {
    const s = await new Stage().sit(host);
    const queue = (): string[] => s.table.state.value.queue.map((w) => w.person.name);
    s.seal.view.set(groupView({ waiting: [claim(2), claim(3, { asks_at_table: true })] }));
    expect(queue()).toEqual([seats[2]!.name]);
    // The server says the same of it: once.
    s.signal.hear({ type: 'antechamber', waiting: [{ seat: 3, since_ms: 1, occupied: false }] });
    expect(queue()).toEqual([seats[2]!.name]);
  });

  test('admits all who came with their invitation, but nobody who would take a seat', async () => {
    const s = await new Stage().sit(host);
    s.signal.hear(waiting);
    s.table.admitAll();
    expect(s.seal.takeActs()).toEqual([]);
    s.seal.view.set(groupView({ waiting: [claim(3), claim(2)] }));
    s.table.admitAll();
    expect(s.seal.takeActs()).toEqual([{ type: 'admit', seat: 3 }]);
    s.signal.hear({ type: 'antechamber', waiting: [2, 3].map((seat) => ({ seat, since_ms: 1, occupied: false })) });
    s.table.admitAll();
    expect(s.seal.takeActs()).toEqual([{ type: 'admit_all_verified' }]);
  });

  test('what changes the group goes to the session, the rest to the server', async () => {
    const s = await new Stage().sit(host);
    s.table.admit(2);
    s.table.remove(3);
    s.table.setDoors('closed');
    s.table.refuse(3);
    s.table.giveFloor(3);
    expect(s.seal.takeActs()).toEqual([
      { type: 'admit', seat: 2 }, { type: 'remove', seat: 3 }, { type: 'set_doors', doors: 'closed' },
    ]);
    const acts = s.signal.sent.filter((m) => ['admit', 'refuse', 'remove', 'give_floor', 'set_doors'].includes(m.type));
    expect(acts).toEqual([{ type: 'refuse', seat: 3 }, { type: 'give_floor', seat: 3 }]);
  });

  test('an admission the session refuses is told', async () => {
    const s = await new Stage().sit(host);
    s.seal.error = 'not_verified';
    s.table.admit(3);
    await settle();
    expect(s.table.state.value.messages).toMatchObject([{ key: 'admit-not-verified', args: { who: 'Poland' } }]);
  });

  test('the doors are as the server says, and a change is told', async () => {
    const s = await new Stage().sit(host);
    s.signal.hear({ type: 'doors_changed', doors: 'closed' });
    expect(s.table.state.value.doors).toBe('closed');
    expect(s.told).toEqual(['doors-closed-now']);
    s.signal.breaks();
    await s.welcomed({ ...host, returning: true });
    expect(s.table.state.value.doors).toBe('closed');
  });
});

test('a notice replaces an earlier one about the same: only the last is true', async () => {
  const s = await new Stage().sit();
  for (const doors of ['closed', 'closed', 'open'] as const) s.signal.hear({ type: 'doors_changed', doors });
  for (const floor of [1, 3]) s.signal.hear({ type: 'floor_changed', floor });
  s.signal.hear({ type: 'seat_claimed' });
  s.signal.hear({ type: 'seat_claimed' });
  expect(s.told).toEqual(['doors-open-now', 'floor-given-to', 'seat-claimed']);
});

test('at most four notices at a time', async () => {
  const s = await new Stage().sit();
  for (const by of [1, 3]) s.signal.hear({ type: 'microphone_closed', by });
  s.signal.hear({ type: 'seat_claimed' });
  s.signal.hear({ type: 'doors_changed', doors: 'closed' });
  s.signal.hear({ type: 'floor_changed', floor: 3 });
  expect(s.told).toEqual(['microphone-closed-for', 'seat-claimed', 'doors-closed-now', 'floor-given-to']);
});
