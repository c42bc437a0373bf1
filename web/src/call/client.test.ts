import { describe, expect, test } from 'vitest';
import type { CallScreen } from './model';
import { fatal, seatedMessage, settle, Stage, status, welcome } from './testing';

describe('from the link to the table', () => {
  test('a new seat goes through the green room and the antechamber', async () => {
    const s = new Stage();
    expect(s.kind).toBe('opening');
    await s.arrive();
    expect(s.kind).toBe('green_room');
    expect(s.greenRoom.state.value).toMatchObject({ call: { title: 'A call' }, me: { name: 'Person of Germany', delegation: 'Germany' } });
    expect(s.capture.wanted).toEqual({ microphone: true, camera: true });
    expect(s.signal.take('enter')).toEqual([]);
    s.greenRoom.enter();
    expect(s.greenRoom.state.value.entering).toBe(true);
    expect(s.signal.take('enter')).toEqual([{ type: 'enter', knock: 'KNOCK' }]);
    s.signal.hear({ type: 'waiting', doors: 'closed', occupied: true, host: true });
    expect(s.antechamber.state.value).toMatchObject({ doors: 'closed', occupied: true, waiting: 'waiting' });
    s.signal.hear(seatedMessage());
    expect(s.kind).toBe('table');
    expect(s.awake).toBe(true);
  });

  test('a reload at the table goes back to it without a question', async () => {
    const s = new Stage();
    await s.arrive({ returning: true });
    expect(s.kind).toBe('opening');
    expect(s.signal.take('enter').length).toBe(1);
    s.signal.hear(seatedMessage());
    expect(s.kind).toBe('table');
  });

  test('a reload at the table does not change when one arrived', async () => {
    const before = await new Stage().sit();
    const after = new Stage();
    after.arrivedAtMs = before.arrivedAtMs;
    after.clock.pass(60_000);
    await after.arrive({ returning: true });
    after.signal.hear(seatedMessage());
    after.table.leave();
    await settle();
    expect(after.leaving.state.value.arrivedAtMs).toBe(before.arrivedAtMs);
    expect(after.arrivedAtMs).toBe(null);
  });

  test('a device that cannot be had shows as off, and is tried again when turned on', async () => {
    const s = new Stage();
    s.trouble = { camera: 'denied' };
    await s.arrive();
    expect([s.greenRoom.state.value.microphone, s.greenRoom.state.value.camera]).toEqual([true, false]);
    s.greenRoom.setCamera(true);
    expect(s.capture.tries).toBe(1);
    s.greenRoom.enter();
    s.signal.hear({ type: 'waiting', doors: 'open', occupied: false, host: true });
    expect(s.antechamber.state.value.camera).toBe(false);
  });

  test('entering while the connection is broken happens when it is back', async () => {
    const s = new Stage();
    await s.arrive();
    s.signal.breaks();
    expect(s.greenRoom.state.value.network.light).toBe('offline');
    s.greenRoom.enter();
    expect(s.signal.take('enter')).toEqual([]);
    s.signal.hear(welcome());
    expect(s.signal.take('enter').length).toBe(1);
  });

  test('waiting survives a break and asks again', async () => {
    const s = new Stage();
    await s.arrive();
    s.greenRoom.enter();
    s.signal.hear({ type: 'waiting', doors: 'open', occupied: false, host: true });
    s.signal.take('enter');
    s.signal.breaks();
    expect(s.antechamber.state.value.waiting).toBe('asking');
    s.signal.hear(welcome());
    expect(s.kind).toBe('antechamber');
    expect(s.signal.take('enter').length).toBe(1);
  });

  test('going back from the antechamber stops asking', async () => {
    const s = new Stage();
    await s.arrive();
    s.greenRoom.enter();
    s.signal.hear({ type: 'waiting', doors: 'open', occupied: false, host: true });
    s.antechamber.back();
    expect(s.signals[0]!.state.value.state).toBe('closed');
    expect(s.seals[0]!.ended).toBe(true);
    await s.welcomed();
    expect(s.kind).toBe('green_room');
  });

  test('a server that cannot be reached is said after a few attempts, and tried on', async () => {
    const s = new Stage();
    await s.client.start();
    s.signal.state.set({ state: 'waiting', attempt: 2, untilMs: 0, restarting: false });
    expect(s.kind).toBe('opening');
    s.signal.state.set({ state: 'waiting', attempt: 3, untilMs: 0, restarting: false });
    expect(s.client.screen.value).toMatchObject({ kind: 'error', code: 'unreachable' });
    await s.welcomed();
    expect(s.kind).toBe('green_room');
  });

  test('the time shown is the server\'s', async () => {
    const s = await new Stage().sit();
    expect(s.table.now.value - s.clock.now()).toBe(5000);
    s.signal.hear({ type: 'clock', now_ms: s.clock.now() + 9000 });
    expect(s.table.now.value - s.clock.now()).toBe(9000);
  });

  test('a time of day that is set, here or on the server, makes no visit longer or shorter', async () => {
    for (const by of [60_000, 11 * 60_000, -11 * 60_000]) {
      const s = await new Stage().sit();
      s.clock.pass(90_000);
      const shown = s.table.now.value;
      s.clock.setWall(by);
      s.clock.pass(1_000);
      expect(s.table.now.value).toBe(shown + 1_000);
      s.signal.hear({ type: 'clock', now_ms: s.clock.now() + 5000 + by });
      s.table.leave();
      await settle();
      const { arrivedAtMs, departedAtMs } = s.leaving.state.value;
      expect(departedAtMs! - arrivedAtMs!).toBe(91_000);
    }
  });
});

describe('the end', () => {
  test('leaving says when, stops everything, and one can come back', async () => {
    const s = await new Stage().sit();
    s.clock.pass(60_000);
    s.table.leave();
    await settle();
    expect(s.kind).toBe('left');
    expect(s.seals[0]!.takeActs()).toEqual([{ type: 'leave' }]);
    expect(s.signals[0]!.take('leave').length).toBe(1);
    expect([s.capture.ended, s.awake, s.medias[0]!.did.at(-1)]).toEqual([true, false, 'end']);
    const { arrivedAtMs, departedAtMs, canReturn } = s.leaving.state.value;
    expect([departedAtMs! - arrivedAtMs!, canReturn]).toEqual([60_000, true]);
    s.leaving.comeBack();
    await s.welcomed();
    expect(s.kind).toBe('green_room');
  });

  test('each other end has its screen', async () => {
    for (const [message, kind, canReturn] of [
      [{ type: 'adjourned' }, 'ended', false],
      [{ type: 'removed' }, 'removed', false],
      [fatal('call_ended'), 'ended', false],
      [fatal('link_closed'), 'removed', false],
    ] as const) {
      const s = await new Stage().sit();
      s.signal.hear(message);
      expect(s.kind).toBe(kind);
      expect(s.leaving.state.value.canReturn).toBe(canReturn);
    }
  });

  test('a refused seat may ask again', async () => {
    const s = new Stage();
    await s.arrive();
    s.greenRoom.enter();
    s.signal.hear({ type: 'waiting', doors: 'open', occupied: false, host: true });
    s.signal.hear(fatal('refused'));
    expect(s.kind).toBe('refused');
    expect(s.leaving.state.value.arrivedAtMs).toBe(undefined);
    s.leaving.comeBack();
    expect(s.kind).toBe('opening');
  });

  test('a bad link is an error that names it', async () => {
    for (const code of ['unknown_link', 'unknown_call', 'link_closed', 'unsupported_version', 'seat_occupied'] as const) {
      const s = new Stage();
      await s.client.start();
      s.signal.hear(fatal(code));
      expect(s.client.screen.value).toMatchObject({ kind: 'error', code, words: { key: `error-${code.replaceAll('_', '-')}` } });
    }
  });

  test('a seat moved to another machine stops this one', async () => {
    const s = await new Stage().sit();
    s.signal.hear(fatal('seat_moved'));
    expect(s.client.screen.value).toMatchObject({ kind: 'error', code: 'seat_moved' });
    expect(s.capture.ended).toBe(true);
  });
});

describe('two tabs', () => {
  test('the second is told and can take over', async () => {
    const s = new Stage();
    s.lock.free = false;
    await s.client.start();
    expect(s.kind).toBe('other_tab');
    expect(s.signals.length).toBe(0);
    const screen = s.client.screen.value;
    if (screen.kind === 'other_tab') screen.useHere();
    await Promise.resolve();
    await Promise.resolve();
    expect([s.lock.stolen, s.kind]).toEqual([1, 'opening']);
  });

  test('the first stops when it loses the seat', async () => {
    const s = await new Stage().sit();
    s.lock.onlost();
    expect(s.kind).toBe('other_tab');
    expect(s.capture.ended).toBe(true);
    expect(s.signals[0]!.state.value.state).toBe('closed');
  });
});

describe('a break at the table', () => {
  test('leaves the table on screen and comes back without a new admission', async () => {
    const s = await new Stage().sit();
    const { table } = s;
    s.signal.breaks();
    expect(s.kind).toBe('table');
    expect(table.state.value.connection.state).toBe('signal');
    expect(s.told).toEqual(['signal-reconnecting']);
    s.signal.hear(welcome({ returning: true }));
    expect(s.signal.take('enter').length).toBe(2);
    s.signal.take('microphone');
    s.signal.take('camera');
    s.signal.hear(seatedMessage([status(1), status(2), status(3, 'lost')]));
    s.signal.hear({ type: 'negotiate', audio: 2, video: 3 });
    expect(s.table).toBe(table);
    expect(s.media.did).toEqual(['negotiate 2 3', 'reset', 'negotiate 2 3']);
    // The server knows again what this seat sends.
    expect(s.signal.take('microphone')).toEqual([{ type: 'microphone', open: true }]);
    expect(s.signal.take('camera')).toEqual([{ type: 'camera', on: true }]);
    expect(table.state.value.connection.state).toBe('media');
    s.media.state.set('connected');
    expect(table.state.value.connection.state).toBe('connected');
    expect(s.told).toEqual([]);
  });

  test('a restart of the server is said as such', async () => {
    const s = await new Stage().sit();
    s.signal.breaks(true);
    expect(s.told).toEqual(['server-restarting']);
  });

  test('a seat given to another machine meanwhile waits like anybody', async () => {
    const s = await new Stage().sit();
    s.signal.breaks();
    s.signal.hear(welcome({ returning: false }));
    s.signal.hear({ type: 'waiting', doors: 'open', occupied: true, host: true });
    expect(s.antechamber.state.value.occupied).toBe(true);
    expect(s.antechamber.state.value.messages).toEqual([]);
    expect(s.awake).toBe(false);
    s.signal.hear(seatedMessage());
    expect(s.kind).toBe('table');
  });

  test('another network is told to the signalling and to the media at once', async () => {
    const s = await new Stage().sit();
    s.client.hurry();
    expect([s.signal.hurried, s.media.did.at(-1)]).toEqual([1, 'hurry']);
  });

  test('a server whose answer would show what is said is left, its deed is named, and there is a way back', async () => {
    for (const fault of ['extension', 'codec', 'lines', 'transport', 'unknown'] as const) {
      const s = await new Stage().sit();
      s.media.onrefused(fault);
      expect(s.client.screen.value).toMatchObject({ kind: 'error', code: `answer_${fault}`, words: { key: `error-answer-${fault}` } });
      expect(s.media.did.at(-1)).toBe('end');
      expect(s.capture.ended).toBe(true);
      (s.client.screen.value as Extract<CallScreen, { kind: 'error' }>).retry?.();
      expect(s.kind).toBe('opening');
    }
  });

  test('media that breaks alone is mended without the server being told anything but an offer', async () => {
    const s = await new Stage().sit();
    s.media.state.set('broken');
    expect(s.told).toEqual(['media-reconnecting']);
    s.media.onoffer(2, 'sdp');
    expect(s.signal.take('offer')).toEqual([{ type: 'offer', generation: 2, sdp: 'sdp' }]);
    s.signal.hear({ type: 'answer', generation: 2, sdp: 'x' });
    expect(s.media.did.at(-1)).toBe('answer 2');
    s.media.state.set('connected');
    expect(s.told).toEqual([]);
  });
});
