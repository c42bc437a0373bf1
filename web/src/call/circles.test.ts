/** The own delegation's circle: joined once, its texts apart from the table's, closed until somebody reads them. */

import { describe, expect, test } from 'vitest';

import type { Presence } from '../protocol/generated';
import type { Claim, CircleView, View } from '../sealed/view';
import { circleState, ownCircle } from './circle';
import { aide, circle, identity, ours, OWN, seatedTogether, shapes, show, together } from './circles.testing';
import { seated } from './facts';
import { personOf, planOf } from './people';
import { delegations, groupView, ME, seatedMessage, settle, Stage, status } from './testing';

const state = (s: Stage) => s.table.state.value.circle;
const log = (s: Stage, of: number) => s.table.state.value.texts.find((one) => one.circle === of);
const words = (s: Stage, of: number) => log(s, of)?.log.map((text) => text.text);
const claim = (seat: number, more: Partial<Claim> = {}): Claim =>
  ({ seat, name: '', title: '', delegation: 'Germany', verified: true, problem: null, asks_at_table: true, ...more });

describe('the circle', () => {
  test('is joined once, whatever comes after, and again after a new load', async () => {
    const s = await together();
    expect(s.seal.joined).toEqual([OWN]);
    s.signal.hear(seatedTogether());
    show(s, {});
    expect(s.seal.joined).toEqual([OWN]);
    expect((await together()).seal.joined).toEqual([OWN]);
  });

  test('is not joined, and not shown, where the delegation has one seat or nobody to be its head', async () => {
    const alone = await new Stage().sit();
    expect([alone.seal.joined, state(alone), alone.table.state.value.texts.length]).toEqual([[], null, 1]);
    const led = planOf(shapes, null, identity('principal'));
    const headless = planOf(shapes.filter((shape) => shape.id !== ME), null, identity('staff'));
    expect([ownCircle(led, identity('principal')), ownCircle(headless, identity('staff'))]).toEqual([OWN, null]);
  });

  test('waits for its head: one who is no principal is told whether it is there', () => {
    const closed = (presence: Presence) => {
      const message = seatedTogether([status(ME, presence), status(4)]);
      const facts = seated(message);
      const context = { facts, view: groupView(), me: 4, answered: true, host: false, offsetMs: 0, person: (seat: number) => personOf({ ...aide, id: seat }, delegations[1]) };
      return circleState(context, identity('staff'), OWN).closed?.key;
    };
    expect([closed('seated'), closed('absent')]).toEqual(['circle-waits', 'circle-headless']);
  });

  test('stays on the screen when the server says that its seats are gone', async () => {
    const s = await together();
    s.signal.hear(seatedMessage());
    s.seal.view.set(groupView({ circles: [circle()] }));
    expect(state(s)).toMatchObject({ circle: OWN, closed: null });
  });

  test('names who is verified in it, and apart who is in it and is not', async () => {
    const s = await together({ members: [ours(ME), ours(4), { ...ours(5), state: 'silent' }] });
    expect(state(s)?.people.map((p) => p.name)).toEqual(['Person of Germany', 'Aide of Germany']);
    expect(state(s)?.unsure.map((p) => p.name)).toEqual(['Expert of Germany']);
  });

  test('has words of its own, which its head asks for', async () => {
    const s = await together();
    s.table.checkWords(OWN);
    s.table.answerCheck(true, OWN);
    expect(s.seal.circleActs).toEqual([
      { circle: OWN, act: { type: 'check_words', language: 'de' } }, { circle: OWN, act: { type: 'verdict', same: true } },
    ]);
    expect(s.seal.acts).toEqual([]);
    const check: View['check'] = { words: ['a'], digits: '1', language: 'en', chair: ME, until_ms: 9, own: null, verdicts: [] };
    show(s, { check });
    expect(state(s)?.check).toMatchObject({ iAmChair: true, missing: [{ name: 'Aide of Germany' }] });
    expect(s.table.state.value.seal.check).toBe(null);
    show(s, { leads: false });
    expect(state(s)?.canCheck).toBe(false);
  });

  test('a person on another machine is accepted in both at once', async () => {
    const s = await together({ members: [ours(ME), { ...ours(4), state: 'changed' }] });
    s.table.acceptDevice(4);
    expect([s.seal.takeActs(), s.seal.circleActs]).toEqual([[{ type: 'accept_device', seat: 4 }], [{ circle: OWN, act: { type: 'accept_device', seat: 4 } }]]);
  });
});

describe('texts', () => {
  test('to one circle are never in the log of another, and each counts its own', async () => {
    const s = await together();
    s.seal.ontext({ circle: OWN, id: 'a', from: 4, atMs: 1, text: 'for us' });
    s.seal.ontext({ circle: 0, id: 'a', from: 3, atMs: 2, text: 'for all' });
    s.seal.ontext({ circle: OWN, id: 'b', from: 4, atMs: 3, text: 'for us too' });
    s.seal.ontext({ circle: 3, id: 'c', from: 3, atMs: 4, text: 'for others' });
    expect([words(s, 0), words(s, OWN), words(s, 3)]).toEqual([['for all'], ['for us', 'for us too'], undefined]);
    expect([log(s, 0)?.unread, log(s, OWN)?.unread]).toEqual([1, 2]);
    s.table.readTexts(OWN);
    expect([log(s, 0)?.unread, log(s, OWN)?.unread]).toEqual([1, 0]);
  });

  test('go where the screen says, and wait in that log', async () => {
    const s = await together();
    expect(s.table.sendText(' for us ', OWN)).toBe(true);
    expect(s.table.sendText('for all', 0)).toBe(true);
    expect(s.seal.circleActs).toEqual([{ circle: OWN, act: { type: 'text', text: 'for us' } }]);
    expect(s.seal.acts).toEqual([{ type: 'text', text: 'for all' }]);
    show(s, { unsent: [{ id: '1', since_ms: 1, text: 'for us' }] });
    expect([words(s, 0), words(s, OWN)]).toEqual([[], ['for us']]);
  });

  test('of a circle are shown from when this client came into it', async () => {
    const s = await together(null);
    expect(log(s, OWN)?.sinceMs).toBe(null);
    s.clock.pass(60_000);
    show(s, {});
    expect(log(s, OWN)?.sinceMs).toBe(s.clock.now() + 5000);
  });

  test('are not sent while nobody would read them or the head does not stand by, and the reason is said', async () => {
    const s = await together(null);
    const cases: [Partial<CircleView> | null, string][] = [
      [null, 'circle-opening'],
      [{ stage: 'joining', members: [] }, 'circle-opening'],
      [{ stage: 'recovering' }, 'circle-recovering'],
      [{ members: [ours(ME)] }, 'circle-alone'],
      [{ sending: 'unconfirmed' }, 'circle-unconfirmed'],
      [{ sending: 'stopped', leads: false }, 'circle-no-head'],
      [{ sending: 'stopped' }, 'circle-unanswered'],
      [{ sending: 'stopped', problems: [{ kind: 'words_different', seat: ME, since_ms: 1 }] }, 'circle-different'],
    ];
    for (const [own, key] of cases) {
      show(s, own);
      expect(state(s)?.closed, key).toEqual({ key, args: { to: 'Germany' } });
      expect(s.table.sendText('for us', OWN), key).toBe(false);
    }
    expect([s.seal.acts, s.seal.circleActs]).toEqual([[], []]);
    show(s, {});
    expect(s.table.sendText('x', 3)).toBe(false);
  });

  test('one the session refuses is told, and never goes to all instead', async () => {
    const s = await together();
    s.seal.error = 'not_a_member';
    s.table.sendText('for us', OWN);
    await settle();
    expect(s.told).toEqual(['text-not-sent']);
    expect(s.seal.acts).toEqual([]);
  });
});

describe('who asks to be in it', () => {
  test('is told to the head alone, and admitted by it', async () => {
    const s = await together({ waiting: [claim(4), claim(5)] });
    expect(state(s)?.queue.map((one) => [one.person.name, one.person.title, one.claim])).toEqual([
      ['Aide of Germany', 'Adviser', { verified: true, problem: null }], ['Expert of Germany', 'Adviser', { verified: true, problem: null }],
    ]);
    s.table.admitToCircle(5);
    expect(s.seal.circleActs).toEqual([{ circle: OWN, act: { type: 'admit', seat: 5 } }]);
    expect([s.seal.acts, s.signal.take('refuse')]).toEqual([[], []]);
    show(s, { leads: false, waiting: [claim(4)] });
    expect(state(s)?.queue).toEqual([]);
    // At the table nobody is asked about it.
    expect(s.table.state.value.queue).toEqual([]);
  });

  test('on another machine, or without the invitation, is said to be', async () => {
    const s = await together({ waiting: [claim(4, { problem: 'other_device' }), claim(5, { verified: false, problem: 'not_a_grant', asks_at_table: false })] });
    expect(state(s)?.queue.map((one) => [one.claim.verified, one.claim.problem?.key])).toEqual([[true, 'claim-other-device'], [false, 'claim-not-a-grant']]);
  });

  test('by itself comes back without a question', async () => {
    const s = await together({ waiting: [claim(4, { asks_at_table: false }), claim(5, { asks_at_table: false, problem: 'other_device' })] });
    expect(state(s)?.queue).toEqual([]);
  });
});
