import { describe, expect, test } from 'vitest';
import { AnswerRefused } from '../media/answer';
import type { MirrorResult } from '../media/mirror';
import type { Checks, ServerMessage } from '../protocol/generated';
import type { CheckView } from './model';
import { FakeMirror, seatedMessage, settle, Stage, welcome } from './testing';

const measured: MirrorResult = { way: 'udp', upKbps: 2000, downKbps: 1900, lossPermille: 0, delayMs: 20, sealing: true };

function light(s: Stage, name: CheckView['name']): CheckView['light'] | undefined {
  return s.greenRoom.state.value.readiness.checks.find((check) => check.name === name)?.light;
}

/** The last report the server was sent. */
function reported(s: Stage): Checks | undefined {
  s.clock.pass(1_500);
  return s.signal.take('checks').at(-1)?.checks;
}

/** Until the mirror stands. */
async function mirrored(s: Stage): Promise<FakeMirror> {
  s.clock.pass(0);
  await settle();
  s.signal.hear({ type: 'mirrored', up: 'A', down: 'B' });
  await settle();
  return s.mirrors.at(-1)!;
}

async function finish(mirror: FakeMirror, result: MirrorResult): Promise<void> {
  mirror.done(result);
  await settle();
}

describe('in the green room', () => {
  test('what needs no network is known at once, and the server is told', async () => {
    const s = await new Stage().arrive();
    await settle();
    expect(['microphone', 'camera', 'clock', 'sealing', 'page'].map((name) => light(s, name as CheckView['name']))).toEqual(
      ['go', 'go', 'caution', 'go', 'go']); // the server's clock is five seconds ahead here
    expect(light(s, 'way')).toBe('unchecked');
    expect(reported(s)).toEqual({ camera: 'on', microphone: 'on', clock_ms: -5000, sealing: true, current: true, code: 'c0de' });
  });

  test('the network is measured by a mirror', async () => {
    const s = await new Stage().arrive();
    const mirror = await mirrored(s);
    expect(s.signal.take('mirror')).toEqual([{ type: 'mirror', up: 'UP', down: 'DOWN' }]);
    expect(s.greenRoom.state.value.readiness.measuring).toBe(true);
    await finish(mirror, measured);
    expect(s.greenRoom.state.value.readiness.measuring).toBe(false);
    expect(mirror.ended).toBe(true);
    expect(['way', 'up', 'down', 'loss', 'delay'].map((name) => light(s, name as CheckView['name']))).toEqual(Array(5).fill('go'));
    expect(reported(s)).toMatchObject({ way: 'udp', up_kbps: 2000, down_kbps: 1900, loss_permille: 0, delay_ms: 20 });
  });

  test('nothing is measured while the page is hidden, and what was begun then is begun anew', async () => {
    const s = await new Stage().arrive();
    const hidden = await mirrored(s);
    s.visible.set(false);
    expect(hidden.ended).toBe(true);
    await finish(hidden, { ...measured, upKbps: 30 });
    s.clock.pass(60_000);
    expect([s.mirrors.length, light(s, 'up')]).toEqual([1, 'unchecked']);
    expect(reported(s)).not.toHaveProperty('up_kbps');
    s.visible.set(true);
    await finish(await mirrored(s), measured);
    expect([s.mirrors.length, light(s, 'up')]).toEqual([2, 'go']);
  });

  test('a page that is opened hidden is measured once it is seen', async () => {
    const s = new Stage();
    s.visible.set(false);
    await s.arrive();
    s.clock.pass(30_000);
    expect(s.mirrors.length).toBe(0);
    s.visible.set(true);
    await finish(await mirrored(s), measured);
    expect(light(s, 'way')).toBe('go');
  });

  test('a mirror whose answer would show what is sent ends all, and is named', async () => {
    const s = await new Stage().arrive();
    const mirror = await mirrored(s);
    mirror.refuse(new AnswerRefused('extension', 'extmap'));
    await settle();
    expect(s.client.screen.value).toMatchObject({ kind: 'error', code: 'answer_extension' });
    expect(mirror.ended).toBe(true);
    expect(s.capture.ended).toBe(true);
  });

  test('a way that is not found is looked for again before it is given up', async () => {
    const s = await new Stage().arrive();
    for (const failures of [0, 1, 2]) {
      const mirror = await mirrored(s);
      expect(mirror.failures).toBe(failures);
      await finish(mirror, { ...measured, way: 'nothing' });
      s.clock.pass(12_000);
      await settle();
    }
    expect(s.mirrors.length).toBe(3);
    expect(light(s, 'way')).toBe('nogo');
    expect(light(s, 'up')).toBe('unchecked');
  });

  test('a server that has no time is asked again later', async () => {
    const s = await new Stage().arrive();
    s.clock.pass(0);
    await settle();
    s.signal.hear({ type: 'error', code: 'server_full', blame: 'server', text: '', fatal: false, in_reply_to: 'mirror' });
    s.clock.pass(12_000);
    await settle();
    expect(s.signal.take('mirror').length).toBe(2);
    await finish(await mirrored(s), measured);
    expect(light(s, 'way')).toBe('go');
  });

  test('checking again measures again', async () => {
    const s = await new Stage().arrive();
    await finish(await mirrored(s), measured);
    s.greenRoom.checkAgain();
    s.clock.pass(12_000);
    await finish(await mirrored(s), { ...measured, way: 'tcp' });
    expect(light(s, 'way')).toBe('caution');
  });

  test('when no way is found any more, the figures of the one before are gone', async () => {
    const s = await new Stage().arrive();
    await finish(await mirrored(s), measured);
    s.greenRoom.checkAgain();
    for (let attempt = 0; attempt < 3; attempt++) {
      s.clock.pass(12_000);
      await finish(await mirrored(s), { ...measured, way: 'nothing' });
    }
    expect(['way', 'up', 'down', 'loss', 'delay'].map((name) => light(s, name as CheckView['name']))).toEqual(
      ['nogo', ...Array<string>(4).fill('unchecked')]);
    expect(reported(s)).not.toHaveProperty('up_kbps');
  });

  test('an old page is found out', async () => {
    const s = new Stage();
    s.served = 'another';
    await s.arrive();
    await settle();
    expect(light(s, 'page')).toBe('caution');
  });

  test('a microphone that gave no sound yet is no go, until it is heard', async () => {
    const s = await new Stage().arrive();
    s.capture.heard.set(false);
    expect(light(s, 'microphone')).toBe('unchecked');
    expect(reported(s)).toMatchObject({ microphone: 'silent' });
    const check = s.greenRoom.state.value.readiness.checks.find(({ name }) => name === 'microphone');
    expect(check).toMatchObject({ figure: { key: 'ready-figure-no-sound' }, advice: { key: 'ready-advice-microphone-no-sound' } });
    s.capture.heard.set(null);
    expect(light(s, 'microphone')).toBe('unchecked');
    s.capture.heard.set(true);
    expect(light(s, 'microphone')).toBe('go');
  });

  test('a loudspeaker is what its person heard of it', async () => {
    const s = await new Stage().arrive();
    expect(light(s, 'speaker')).toBe('unchecked');
    s.greenRoom.playTone();
    s.greenRoom.answerTone(true);
    expect(s.greenRoom.state.value.speaker).toBe('playing');
    await settle();
    expect([s.tones, s.greenRoom.state.value.speaker]).toEqual([[''], 'asking']);
    s.greenRoom.answerTone(false);
    expect([s.greenRoom.state.value.speaker, light(s, 'speaker')]).toEqual(['unheard', 'nogo']);
    s.greenRoom.playTone();
    await settle();
    s.greenRoom.answerTone(true);
    expect([s.greenRoom.state.value.speaker, light(s, 'speaker')]).toEqual(['heard', 'go']);
    expect(reported(s)).toMatchObject({ speaker: 'on' });
    // Another one was heard by nobody.
    s.capture.devices.patch({ speaker: { options: [], chosen: 'ears', state: 'off' } });
    expect([s.greenRoom.state.value.speaker, light(s, 'speaker')]).toEqual(['untested', 'unchecked']);
    s.greenRoom.playTone();
    await settle();
    expect(s.tones.at(-1)).toBe('ears');
  });

  test('what is denied is said with advice', async () => {
    const s = new Stage();
    s.trouble = { microphone: 'denied' };
    await s.arrive();
    const check = s.greenRoom.state.value.readiness.checks.find(({ name }) => name === 'microphone');
    expect(check).toMatchObject({ light: 'nogo', advice: { key: 'ready-advice-microphone-denied' } });
  });
});

test('the server is told again after a break, and not more than every second and a half', async () => {
  const s = await new Stage().arrive();
  await settle();
  expect(reported(s)).toBeDefined();
  s.capture.want('camera', false);
  s.capture.want('camera', true);
  s.capture.want('camera', false);
  s.clock.pass(1_400);
  expect(s.signal.take('checks')).toEqual([]);
  expect(reported(s)).toMatchObject({ camera: 'off' });
  s.signal.breaks();
  s.signal.hear(welcome());
  expect(reported(s)).toMatchObject({ camera: 'off' });
});

test('whoever sits down is not measured any more, and a camera that is off is off by choice', async () => {
  const s = await new Stage().arrive();
  const mirror = await mirrored(s);
  s.greenRoom.enter();
  s.signal.hear({ type: 'waiting', doors: 'open', occupied: false, host: true });
  expect(s.antechamber.state.value.readiness.measuring).toBe(true);
  s.signal.hear(seatedMessage());
  expect(mirror.ended).toBe(true);
  s.signal.take('checks');
  s.table.setCamera(false);
  expect(reported(s) ?? {}).not.toMatchObject({ camera: 'off' });
});

describe('at the table', () => {
  const told: ServerMessage = { type: 'checked', seats: [{ seat: 3, checks: { way: 'tcp', microphone: 'on' } }] };
  const lights = (s: Stage): (string | null)[] =>
    s.table.state.value.delegations.flatMap(({ seats }) => seats.map(({ readiness }) => readiness?.light ?? null));

  test('a host sees the lights of all seats', async () => {
    const s = await new Stage().sit({ me: 1 });
    expect(lights(s)).toEqual(['unchecked', 'unchecked', 'unchecked']);
    s.signal.hear(told);
    expect(lights(s)).toEqual(['unchecked', 'unchecked', 'caution']);
    s.signal.hear({ type: 'antechamber', waiting: [{ seat: 3, since_ms: 1, occupied: true }] });
    expect(s.table.state.value.queue[0]?.readiness.light).toBe('caution');
    s.signal.hear({ type: 'checked', seats: [{ seat: 3 }] });
    expect(lights(s)).toEqual(['unchecked', 'unchecked', 'unchecked']);
  });

  test('nobody else does', async () => {
    const s = await new Stage().sit();
    expect(lights(s)).toEqual([null, null, null]);
  });
});
