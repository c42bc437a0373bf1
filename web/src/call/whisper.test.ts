/** Speaking to the own delegation only: never to the table by mistake, and back to what was there before. */

import { describe, expect, test } from 'vitest';

import type { ServerMessage } from '../protocol/generated';
import { OWN, seatedTogether, show, together } from './circles.testing';
import { ME, settle, Stage, status, welcome } from './testing';

const own = (s: Stage) => s.table.state.value.own;
const tileOf = (s: Stage, seat: number) => s.table.state.value.tiles.find((tile) => tile.person.seat === seat);
/** What the server was told of the microphone since the last time. */
const told = (s: Stage) => s.signal.take('microphone').map(({ open, circle }) => (circle === undefined ? open : circle));

/** At the table with the circle open; what the server was told so far is taken. */
async function ready(microphone = true): Promise<Stage> {
  const s = await together();
  s.table.setMicrophone(microphone);
  told(s);
  return s;
}

async function whispering(microphone = true): Promise<Stage> {
  const s = await ready(microphone);
  s.table.speakTo('delegation');
  await settle();
  expect(told(s)).toEqual([OWN]);
  return s;
}

describe('speaking to the own delegation', () => {
  test('begins once the voice is sealed for it: nothing is said, opened or shown before', async () => {
    const s = await ready(false);
    s.table.speakTo('delegation');
    expect([s.seal.spoken, told(s), own(s).speaksTo, s.media.tracks.get('microphone')]).toEqual([[OWN], [], 'table', null]);
    await settle();
    expect([told(s), own(s).speaksTo, own(s).microphone]).toEqual([[OWN], 'delegation', true]);
    expect(s.media.tracks.get('microphone')).not.toBe(null);
  });

  test('puts the microphone back to what it was at the table: open or closed', async () => {
    for (const microphone of [true, false]) {
      const s = await whispering(microphone);
      s.table.speakTo('table');
      expect(s.seal.spoken).toEqual([OWN, 0]);
      expect([told(s), own(s).speaksTo, own(s).microphone]).toEqual([[microphone], 'table', microphone]);
    }
  });

  test('shows the own microphone as not open to the table', async () => {
    const s = await whispering();
    s.capture.level.set(0.9);
    s.clock.pass(1000);
    expect(tileOf(s, ME)).toMatchObject({ microphone: false, speaking: false });
    s.table.speakTo('table');
    expect(tileOf(s, ME)?.microphone).toBe(true);
  });

  test('is ended by the own mute button, and the microphone is closed at the table too', async () => {
    const s = await whispering();
    s.table.setMicrophone(false);
    expect([told(s), own(s).speaksTo, own(s).microphone, s.media.tracks.get('microphone')]).toEqual([[false], 'table', false, null]);
  });

  test('that has not begun yet does not begin after the microphone was closed', async () => {
    const s = await ready();
    s.table.speakTo('delegation');
    s.table.setMicrophone(false);
    await settle();
    expect([told(s), own(s).speaksTo, s.seal.spoken]).toEqual([[false], 'table', [OWN, 0]]);
  });

  const closing: readonly ServerMessage[] = [
    { type: 'muted', by: 1 }, { type: 'microphone_closed', by: 1 },
    { type: 'error', code: 'microphones_full', blame: 'state', text: '', fatal: false, seats: [1], in_reply_to: 'microphone' },
    { type: 'error', code: 'not_permitted', blame: 'state', text: '', fatal: false, in_reply_to: 'microphone' },
  ];

  test.each(closing.map((message) => [message.type === 'error' ? message.code : message.type, message] as const))('is ended by %s, with a closed microphone', async (_, message) => {
    const s = await whispering();
    s.signal.hear(message);
    expect([own(s).speaksTo, own(s).microphone, s.seal.spoken.at(-1)]).toEqual(['table', false, 0]);
    expect(told(s)).toEqual([false]);
  });

  test('is ended when the seat is given to another machine, and nothing is said by it', async () => {
    const s = await whispering();
    s.signal.hear({ type: 'waiting', doors: 'open', occupied: true, host: true });
    expect([told(s), s.seal.spoken.at(-1), s.kind]).toEqual([[], 0, 'antechamber']);
  });

  test('is said again after a break', async () => {
    const s = await whispering();
    s.signal.breaks();
    s.signal.hear(welcome({ returning: true }));
    s.signal.hear(seatedTogether());
    expect(told(s)).toEqual([OWN]);
    expect(s.seal.spoken).toEqual([OWN]);
  });

  test('never becomes speaking to the table by itself: it says that nobody hears', async () => {
    const s = await whispering();
    expect(own(s).unheard).toBe(false);
    for (const view of [null, { sending: 'stopped' }, { stage: 'recovering' }] as const) {
      show(s, view);
      expect(own(s)).toMatchObject({ speaksTo: 'delegation', unheard: true, canWhisper: true });
    }
    show(s, {});
    s.capture.microphone.set(null);
    expect(own(s)).toMatchObject({ speaksTo: 'delegation', unheard: true, microphone: false });
    expect([told(s), s.seal.spoken]).toEqual([[false], [OWN]]);
    s.capture.microphone.set({} as MediaStreamTrack);
    expect([told(s), own(s).unheard]).toEqual([[OWN], false]);
  });

  test('is not kept for a reload: a microphone that was closed stays closed', async () => {
    const s = await whispering(false);
    expect(s.kept.microphone).toBe(false);
  });

  test('cannot begin where there is no circle that takes it', async () => {
    const alone = await new Stage().sit();
    expect(own(alone).canWhisper).toBe(false);
    const s = await together({ sending: 'stopped' });
    for (const stage of [alone, s]) {
      stage.table.speakTo('delegation');
      await settle();
      expect([own(stage).speaksTo, stage.seal.spoken]).toEqual(['table', []]);
    }
  });
});

test('who speaks to the own delegation only is shown as speaking to it, while the voice comes', async () => {
  const s = await together();
  s.signal.hear({ type: 'changed', statuses: [status(4, 'seated', { microphone: false })] });
  s.seal.whispered.set(new Set([4]));
  s.media.speaking.set(new Set([4]));
  expect(tileOf(s, 4)).toMatchObject({ speaking: false, whispers: false });
  s.signal.hear({ type: 'slots', audio: [{ mid: '3', seat: 4 }], video: [] });
  expect(tileOf(s, 4)).toMatchObject({ microphone: false, speaking: true, whispers: true });
  s.media.speaking.set(new Set());
  expect(tileOf(s, 4)).toMatchObject({ microphone: false, speaking: false, whispers: true });
  s.signal.hear({ type: 'slots', audio: [], video: [] });
  expect(tileOf(s, 4)).toMatchObject({ speaking: false, whispers: false });
});
