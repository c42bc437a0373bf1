/** What the table makes of the sealed session. */

import { describe, expect, test } from 'vitest';
import { SealProblem } from '../sealed/sealed-call';
import type { View } from '../sealed/view';
import { grantOf, groupView, ME, member, seatedMessage, settle, Stage, status } from './testing';

const tileOf = (s: Stage, seat: number) => s.table.state.value.tiles.find((t) => t.person.seat === seat);
const seatOf = (s: Stage, seat: number) => s.table.state.value.delegations.flatMap((d) => d.seats).find((v) => v.person.seat === seat)!;
const seal = (s: Stage) => s.table.state.value.seal;
/** To all at the table. */
const written = (s: Stage) => s.table.state.value.texts[0]!;

describe('the invitation', () => {
  test('that does not open, or opens to another seat, ends the visit', async () => {
    for (const grant of [new SealProblem('bad_grant'), grantOf(3)]) {
      const s = new Stage();
      s.grant = grant;
      await s.arrive();
      expect(s.client.screen.value).toMatchObject({ kind: 'error', code: 'bad_grant', words: { key: 'error-bad-grant' } });
      expect([s.seals[0]!.ended, s.signals[0]!.state.value.state]).toEqual([true, 'closed']);
    }
  });

  test('a browser without the signature that is needed is told so', async () => {
    const s = new Stage();
    s.grant = new SealProblem('browser_too_old', 'Ed25519');
    await s.arrive();
    expect(s.client.screen.value).toMatchObject({ kind: 'error', words: { key: 'error-browser-too-old', args: { missing: 'Ed25519' } } });
  });

  test('whose connection breaks while it is read goes on with the next welcome', async () => {
    const s = new Stage();
    await s.client.start();
    const welcomed = s.welcomed();
    s.signal.breaks();
    await welcomed;
    expect(s.kind).toBe('opening');
    await s.welcomed();
    expect(s.kind).toBe('green_room');
  });
});

describe('the session', () => {
  test('hears everything from the welcome on, and what it says is sent', async () => {
    const s = await new Stage().sit();
    expect(s.seal.heard).toEqual(['welcome', 'waiting', 'seated', 'negotiate']);
    s.seal.onsend({ type: 'catch_up', group: { circle: 0, number: 1 }, after: 0 });
    expect(s.signal.take('catch_up').length).toBe(1);
  });

  test('is told of a break, and enters again as the member it is', async () => {
    const s = await new Stage().sit();
    s.signal.take('enter');
    s.signal.breaks();
    expect(s.seal.breaks).toBe(1);
    await s.welcomed({ returning: true });
    expect(s.signal.take('enter')).toEqual([{ type: 'enter' }]);
  });

  test('that stops working ends everything, and can be begun anew', async () => {
    const s = await new Stage().sit();
    s.seal.onfailed('seal_failed');
    expect(s.client.screen.value).toMatchObject({ kind: 'error', code: 'seal_failed' });
    expect(s.capture.ended).toBe(true);
    const screen = s.client.screen.value;
    if (screen.kind === 'error') screen.retry?.();
    await s.welcomed({ returning: true });
    expect([s.seals.length, s.signal.take('enter').length]).toEqual([2, 1]);
  });

  test('that does not answer keeps nobody from leaving', async () => {
    const s = await new Stage().sit();
    s.seal.act = () => new Promise(() => {});
    s.table.leave();
    await settle();
    expect(s.kind).toBe('table');
    s.clock.pass(600);
    expect(s.kind).toBe('left');
  });

  test('answers to what it sent are its own business', async () => {
    const s = await new Stage().sit();
    for (const in_reply_to of ['commit', 'kept', 'knock', 'catch_up']) {
      s.signal.hear({ type: 'error', code: 'wrong_epoch', blame: 'state', text: '', fatal: false, in_reply_to });
    }
    expect(s.told).toEqual([]);
  });
});

describe('people', () => {
  test('are numbers until the signed plan is open', async () => {
    const s = await new Stage().sit();
    s.seal.view.set(groupView({ stage: 'joining', members: [], people: null }));
    expect(seatOf(s, 3).person).toMatchObject({ name: '3', title: '', delegation: '' });
    expect(seatOf(s, ME).person.name).toBe('Person of Germany');
    s.seal.view.set(groupView());
    expect(seatOf(s, 3).person).toMatchObject({ name: 'Person of Poland', delegation: 'Poland' });
  });

  test('a seat the server made up has a number and is not verified', async () => {
    const s = await new Stage().sit();
    const message = seatedMessage([status(1), status(2), status(3), status(4)]);
    if (message.type === 'seated') message.seats.push({ id: 4, delegation: 4, kind: 'principal', host: false });
    s.signal.hear(message);
    expect(tileOf(s, 4)).toMatchObject({ person: { name: '4' }, sealing: 'unverified', picture: 'off' });
    expect(seal(s)).toMatchObject({ verified: 3, members: 4, line: { tone: 'waiting' } });
  });

  test('the session says who is verified, and who vouched for them', async () => {
    const s = await new Stage().sit();
    s.seal.view.set(groupView({ members: [member(1), member(2), member(3, { state: 'silent' })] }));
    expect([tileOf(s, 1)?.sealing, tileOf(s, 3)?.sealing]).toEqual(['verified', 'silent']);
    expect(seatOf(s, 3)).toMatchObject({ sealing: 'silent', vouchedBy: { name: 'Person of United States' }, code: 'c0de' });
    expect(seatOf(s, 1).vouchedBy).toBe(null);
  });

  test('who is not in yet suspects nobody', async () => {
    const s = await new Stage().sit();
    s.seal.view.set(groupView({ stage: 'joining', members: [] }));
    expect(tileOf(s, 1)?.sealing).toBe('joining');
    expect(seal(s).line).toEqual({ tone: 'waiting', words: [{ key: 'seal-entering' }] });
  });

  test('nothing old is shown of those whose media is stopped', async () => {
    const s = await new Stage().sit();
    s.media.pictures.set(new Map([['camera:3', {} as MediaStream]]));
    expect(tileOf(s, 3)?.picture).toBe('live');
    s.seal.view.set(groupView({ members: [member(1), member(2), member(3, { state: 'unproven' })] }));
    expect(tileOf(s, 3)).toMatchObject({ picture: 'off', stream: null, sealing: 'unproven' });
  });
});

describe('texts', () => {
  test('are sent through the session and come back in the order of everybody', async () => {
    const s = await new Stage().sit();
    expect(s.table.sendText('  Good evening. ', 0)).toBe(true);
    expect(s.seal.takeActs()).toEqual([{ type: 'text', text: 'Good evening.' }]);
    s.seal.ontext({ circle: 0, id: 'aa', from: ME, atMs: 5, text: 'Good evening.' });
    s.seal.ontext({ circle: 0, id: 'aa', from: 3, atMs: 4, text: 'Dobry wiecz\u00f3r.' });
    const { log: texts, unread } = written(s);
    expect(texts.map((t) => [t.person.name, t.own, t.text])).toEqual([
      ['Person of Germany', true, 'Good evening.'], ['Person of Poland', false, 'Dobry wiecz\u00f3r.'],
    ]);
    expect(new Set(texts.map((t) => t.id)).size).toBe(2);
    expect(unread).toBe(1);
    s.table.readTexts(0);
    expect(written(s).unread).toBe(0);
  });

  test('are not taken when empty, too long, too many, or outside the group', async () => {
    const s = await new Stage().sit();
    expect([s.table.sendText('  ', 0), s.table.sendText('\u00e4'.repeat(5000), 0)]).toEqual([false, false]);
    s.seal.view.set(groupView({ stage: 'joining' }));
    expect(s.table.sendText('x', 0)).toBe(false);
    const unsent = Array.from({ length: 20 }, (_, n) => ({ id: `${n}`, since_ms: 1, text: 'x' }));
    s.seal.view.set(groupView({ unsent }));
    expect(s.table.sendText('x', 0)).toBe(false);
    expect(s.seal.acts).toEqual([]);
  });

  test('are taken during an outage and on the way back, wait in sight, and are never shown twice', async () => {
    const s = await new Stage().sit();
    const shown = () => written(s).log.map((t) => [t.text, t.waiting]);
    s.signal.breaks();
    expect(s.table.sendText('wait', 0)).toBe(true);
    s.seal.view.set(groupView({ stage: 'recovering', unsent: [{ id: '01', since_ms: 7, text: 'wait' }] }));
    expect(s.table.sendText('more', 0)).toBe(true);
    expect(s.seal.takeActs().map((act) => act.type)).toEqual(['text', 'text']);
    expect(shown()).toEqual([['wait', true]]);
    const [before] = written(s).log;
    // It arrives; the view that no longer has it comes a moment later.
    s.seal.ontext({ circle: 0, id: '01', from: ME, atMs: 9, text: 'wait' });
    expect(shown()).toEqual([['wait', false]]);
    expect(written(s).log[0]!.id).toBe(before!.id);
    s.seal.view.set(groupView());
    expect(shown()).toEqual([['wait', false]]);
  });

  test('of before are kept nowhere, and those missed outside the group are said to be missing', async () => {
    const s = await new Stage().sit();
    expect(written(s).sinceMs).toBe(s.clock.now() + 5000);
    expect(written(s).gaps).toEqual([]);
    s.seal.view.set(groupView({ stage: 'recovering' }));
    const fromMs = s.clock.now() + 5000;
    s.clock.pass(60_000);
    s.seal.view.set(groupView({ stage: 'recovering', epoch: 9 }));
    s.seal.view.set(groupView({ epoch: 9 }));
    expect(written(s).gaps).toEqual([{ fromMs, toMs: fromMs + 60_000 }]);
  });

  test('one the session refuses is told', async () => {
    const s = await new Stage().sit();
    s.seal.error = 'stopped';
    s.table.sendText('x', 0);
    await settle();
    expect(s.told).toEqual(['text-not-sent']);
  });
});

describe('the words of the call', () => {
  const check: View['check'] = {
    words: ['a', 'b', 'c', 'd', 'e', 'f'], digits: '0'.repeat(20), language: 'en', chair: 1, until_ms: 9, own: null,
    verdicts: [{ seat: 3, same: false }],
  };

  test('are shown with who has answered and who has not', async () => {
    const s = await new Stage().sit();
    expect(seal(s).check).toBe(null);
    s.seal.view.set(groupView({ check }));
    // By the server's clock, which is five seconds ahead.
    expect(seal(s).check?.untilMs).toBe(5009);
    expect(seal(s).check).toMatchObject({
      chair: { name: 'Person of United States' }, own: null, iAmChair: false,
      verdicts: [{ person: { name: 'Person of Poland' }, same: false }], missing: [{ name: 'Person of Germany' }],
    });
    s.table.answerCheck(true, 0);
    expect(s.seal.takeActs()).toEqual([{ type: 'verdict', same: true }]);
    s.seal.view.set(groupView({ check: { ...check, own: true } }));
    expect(seal(s).check?.missing).toEqual([]);
  });

  test('are asked for by hosts, in the language of the screen', async () => {
    const s = await new Stage().sit();
    expect(seal(s).canCheck).toBe(false);
    const host = await new Stage().sit({ me: 1 });
    expect(seal(host).canCheck).toBe(true);
    host.table.checkWords(0);
    expect(host.seal.takeActs()).toEqual([{ type: 'check_words', language: 'de' }]);
  });
});
