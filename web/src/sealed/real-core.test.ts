/**
 * The worker's engine with the real core (`web-core`, made by `cargo xtask wasm`): a host and a
 * delegate, and between them as much of a server as carries a call and cannot open it.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { settle } from '../call/testing';
import type { ClientMessage, Entry, GroupRef, NewCall, SeatStatus, ServerMessage, UnverifiedPlan } from '../protocol/generated';
import { deviceFor } from './device';
import { Engine } from './engine';
import { host_fragment, initSync, new_call, new_call_id, new_call_secret, open_plan, seat_links, WebCandidate } from './generated/web_core';
import type { FromWorker } from './worker-messages';

const PLAN: UnverifiedPlan = {
  title: 'Behind closed doors', format: 'video', rehearsal: false,
  delegations: ['Alphaland', 'Betaland'].map((name, i) => ({
    name, seats: [{ name: `Person of ${name}`, title: '', kind: 'principal', host: i === 0 }],
  })),
};

let call: NewCall;
let fragments: string[];
let callId: string;

beforeAll(() => {
  initSync({ module: readFileSync(join(import.meta.dirname, 'generated/web_core_bg.wasm')) });
  callId = new_call_id();
  const callSecret = new_call_secret();
  call = JSON.parse(new_call(callSecret, callId, JSON.stringify(PLAN), new FakeClock().now())) as NewCall;
  const [, ben] = seat_links(callSecret, callId, new Uint16Array([1, 2]), new Uint32Array([1, 1]));
  fragments = [host_fragment(callSecret, callId, 1), ben!.fragment];
  expect(JSON.parse(open_plan(callSecret, callId, call.plan))).toMatchObject({ title: PLAN.title });
});

/** Relays, orders, admits whom a host admits; knows nothing. */
class Relay {
  readonly seats = new Map<number, Seat>();
  readonly log: Entry[] = [];
  group: GroupRef = { circle: 0, number: 0 };
  readonly seated = new Set<number>();
  readonly knocks = new Map<number, string>();

  take(from: number, message: ClientMessage): void {
    switch (message.type) {
      case 'enter': case 'knock':
        if (message.knock !== undefined) this.knocks.set(from, message.knock);
        if (from === 1) return this.#seat(from);
        this.#say(from, { type: 'waiting', doors: 'open', occupied: false, host: true });
        return this.#all({ type: 'knocked', circle: 0, seat: from, waiting: true, knock: this.knocks.get(from) ?? '' }, from);
      case 'found':
        this.group = message.group;
        this.log.length = 0;
        return this.#all({ type: 'founded', group: message.group, by: from });
      case 'commit': {
        this.#order({ group: message.group, epoch: message.epoch, class: 'commit', sealed: message.commit }, from);
        const seq = this.log.length;
        this.#say(from, { type: 'taken', seq, group: message.group, epoch: message.epoch });
        return;
      }
      case 'group_welcome': {
        const seq = this.log.findLastIndex((e) => e.class === 'commit') + 1;
        for (const seat of message.adds) this.#say(seat, { type: 'group_welcome', group: message.group, seq, welcome: message.welcome });
        return;
      }
      case 'kept':
        return this.#order({ group: message.group, epoch: message.epoch, class: 'kept', sealed: message.sealed });
      case 'passing':
        return this.#all({ type: 'passing', group: message.group, sealed: message.sealed }, from);
      case 'catch_up':
        for (const entry of this.log.slice(message.after)) this.#say(from, { type: 'ordered', ...entry });
        return this.#say(from, { type: 'caught_up', log: this.#state() });
      case 'admit':
        return this.#seat(message.seat);
    }
  }

  #seat(seat: number): void {
    this.seated.add(seat);
    const statuses: SeatStatus[] = [1, 2].map((id) => ({
      seat: id, presence: this.seated.has(id) ? 'seated' : 'absent', since_ms: 1, microphone: false, camera: true, screen: false,
    }));
    const { seats } = call.shape;
    this.#say(seat, { type: 'seated', seats, plan: call.plan, logs: [this.#state()], statuses, doors: 'open', floor: null, opened_at_ms: 1 });
    this.#all({ type: 'changed', statuses }, seat);
  }

  #order(entry: Omit<Entry, 'seq'>, but = 0): void {
    const whole = { ...entry, seq: this.log.length + 1 };
    this.log.push(whole);
    this.#all({ type: 'ordered', ...whole }, but);
  }

  #state() {
    return { group: this.group, epoch: this.log.filter((e) => e.class === 'commit').length, seq: this.log.length };
  }

  #all(message: ServerMessage, but = 0): void {
    for (const seat of this.seated) if (seat !== but) this.#say(seat, message);
  }

  #say(seat: number, message: ServerMessage): void {
    this.seats.get(seat)?.inbox.push(message);
  }
}

interface Seat {
  readonly engine: Engine;
  readonly inbox: ServerMessage[];
  readonly posted: FromWorker[];
  readonly view: () => Extract<FromWorker, { type: 'view' }>['view'];
}

async function seat(relay: Relay, clock: FakeClock, number: number): Promise<Seat> {
  const posted: FromWorker[] = [];
  const engine = new Engine({
    clock, streams: { retry: () => {}, bind: () => {}, forget: () => {}, stop: () => {} },
    post: (message) => {
      posted.push(message);
      if (message.type === 'send') relay.take(number, message.message);
    },
    candidate: async ({ callId, fragment, grant, devicePublic }) => new WebCandidate(callId, fragment, grant, devicePublic),
  });
  const device = await deviceFor('x', { load: async () => null, keep: async (_, pair) => pair });
  const { grant } = call.tokens[number - 1]!;
  engine.handle({ type: 'open', module: {} as WebAssembly.Module, callId, fragment: fragments[number - 1]!, grant, devicePublic: device.publicKey });
  await settle();
  const prepared = posted.find((m) => m.type === 'prepared');
  if (!prepared) throw new Error(JSON.stringify(posted));
  expect(prepared.grant).toMatchObject({ title: PLAN.title, seat: { id: number, host: number === 1 }, delegation: { id: number } });
  engine.handle({ type: 'start', signature: await device.sign(prepared.toSign), memory: null, code: new Uint8Array(16) });
  const view = () => posted.filter((m) => m.type === 'view').at(-1)!.view;
  const made = { engine, inbox: [], posted, view };
  relay.seats.set(number, made);
  return made;
}

/** Time passes, and everything that is said arrives. */
function pass(relay: Relay, clock: FakeClock, ms: number): void {
  for (let passed = 0; passed < ms; passed += 20) {
    for (const { engine, inbox } of relay.seats.values()) {
      for (const message of inbox.splice(0)) engine.handle({ type: 'hear', message });
    }
    clock.pass(20);
  }
}

async function table(): Promise<{ relay: Relay; clock: FakeClock; ada: Seat; ben: Seat }> {
  const clock = new FakeClock();
  const relay = new Relay();
  const ada = await seat(relay, clock, 1);
  const ben = await seat(relay, clock, 2);
  ada.engine.handle({ type: 'enter' });
  pass(relay, clock, 500);
  ben.engine.handle({ type: 'enter' });
  pass(relay, clock, 500);
  return { relay, clock, ada, ben };
}

describe('a host and a delegate', () => {
  test('the host is alone at first, and sees who knocks with the invitation', async () => {
    const { ada, ben } = await table();
    expect(ada.view()).toMatchObject({ stage: 'member', group: 1, verified: 1, people: { title: PLAN.title } });
    expect(ada.view().waiting).toMatchObject([{ seat: 2, name: 'Person of Betaland', verified: true, problem: null }]);
    expect(ben.view()).toMatchObject({ stage: 'joining', sending: 'unconfirmed', people: null });
    expect(ben.engine.seal('camera', 0, true, new Uint8Array(100))).toBe(null);
  });

  test('once admitted, each opens what the other seals, once, and nothing is sent in clear', async () => {
    const { relay, clock, ada, ben } = await table();
    ada.engine.handle({ type: 'act', id: 1, circle: 0, act: { type: 'admit', seat: 2 } });
    pass(relay, clock, 4000);
    for (const { view } of [ada, ben]) expect(view()).toMatchObject({ stage: 'member', sending: 'allowed', verified: 2 });
    const frame = new TextEncoder().encode('a picture of a minister, and not of anything else');
    for (const [from, to, seat] of [[ada, ben, 1], [ben, ada, 2]] as const) {
      const sealed = from.engine.seal('camera', 1, true, frame);
      if (!sealed) throw new Error('not sealed');
      expect(Buffer.from(sealed).includes(Buffer.from(frame.subarray(0, 8)))).toBe(false);
      const opened = to.engine.open('video', new Uint8Array(sealed.slice(0)));
      expect(opened).toMatchObject({ source: { seat, source: 'camera' }, key: true });
      expect(opened && typeof opened !== 'string' && new Uint8Array(opened.data)).toEqual(frame);
      expect(to.engine.open('video', new Uint8Array(sealed))).toBe(null);
      const voice = from.engine.seal('microphone', 0, false, frame);
      expect(to.engine.open('video', new Uint8Array(voice!))).toBe(null);
      expect(to.engine.open('audio', new Uint8Array(voice!))).toMatchObject({ source: { seat, source: 'microphone' } });
    }
    expect(carried(relay)).not.toContain('Person of');
  });

  test('a voice for a circle that cannot be sealed for goes to nobody, and the table has it when it is told', async () => {
    const { relay, clock, ada, ben } = await table();
    ada.engine.handle({ type: 'act', id: 1, circle: 0, act: { type: 'admit', seat: 2 } });
    pass(relay, clock, 4000);
    const frame = new Uint8Array(80);
    ada.engine.handle({ type: 'speak', id: 2, circle: 1 });
    expect(ada.engine.seal('microphone', 0, false, frame)).toBe(null);
    expect(ada.engine.seal('camera', 0, true, frame)).not.toBe(null);
    ada.engine.handle({ type: 'speak', id: 3, circle: 0 });
    pass(relay, clock, 1000);
    const voice = ada.engine.seal('microphone', 0, false, frame);
    expect(ben.engine.open('audio', new Uint8Array(voice!))).toMatchObject({ source: { seat: 1, source: 'microphone' } });
    expect(ben.posted.filter((m) => m.type === 'spoken')).toEqual([]);
  });

  test('texts reach both, in one order', async () => {
    const { relay, clock, ada, ben } = await table();
    ada.engine.handle({ type: 'act', id: 1, circle: 0, act: { type: 'admit', seat: 2 } });
    pass(relay, clock, 3000);
    ada.engine.handle({ type: 'act', id: 2, circle: 0, act: { type: 'text', text: 'Guten Abend' } });
    ben.engine.handle({ type: 'act', id: 3, circle: 0, act: { type: 'text', text: 'Dobry wieczór' } });
    pass(relay, clock, 1000);
    const texts = (s: Seat) => s.posted.flatMap((m) => (m.type === 'text' ? [`${m.from} ${m.text}`] : []));
    expect(texts(ada).sort()).toEqual(['1 Guten Abend', '2 Dobry wieczór']);
    expect(texts(ben)).toEqual(texts(ada));
    expect(carried(relay)).not.toContain('Guten');
  });

  test('the words are the same on both screens, in the language of the chair', async () => {
    const { relay, clock, ada, ben } = await table();
    ada.engine.handle({ type: 'act', id: 1, circle: 0, act: { type: 'admit', seat: 2 } });
    pass(relay, clock, 3000);
    ada.engine.handle({ type: 'act', id: 2, circle: 0, act: { type: 'check_words', language: 'de' } });
    pass(relay, clock, 1500);
    const [here, there] = [ada.view().check!, ben.view().check!];
    expect(here).toMatchObject({ language: 'de', chair: 1 });
    expect([here.words.length, here.digits.length]).toEqual([6, 20]);
    expect([there.words, there.digits]).toEqual([here.words, here.digits]);
  });

  test('who is removed opens nothing that is sealed afterwards', async () => {
    const { relay, clock, ada, ben } = await table();
    ada.engine.handle({ type: 'act', id: 1, circle: 0, act: { type: 'admit', seat: 2 } });
    pass(relay, clock, 4000);
    ada.engine.handle({ type: 'act', id: 2, circle: 0, act: { type: 'remove', seat: 2 } });
    pass(relay, clock, 2000);
    expect(ada.view()).toMatchObject({ verified: 1, members: [{ seat: 1 }] });
    const sealed = ada.engine.seal('camera', 0, true, new Uint8Array(100));
    expect(ben.engine.open('video', new Uint8Array(sealed!))).toBe(null);
    expect(ben.engine.seal('camera', 0, true, new Uint8Array(100))).toBe(null);
  });
});

test('a grant of another seat does not open', async () => {
  const relay = new Relay();
  const { grant } = call.tokens[0]!;
  expect(() => new WebCandidate(callId, fragments[1]!, grant, new Uint8Array(32))).toThrow(/^(not_ours|not_signed|malformed)$/);
  expect(relay.log).toEqual([]);
});

/** Everything the relay was given, as text. */
function carried(relay: Relay): string {
  const texts = [...relay.log.map((e) => e.sealed), ...relay.knocks.values(), call.plan, ...call.tokens.map((t) => t.grant)];
  return texts.map((text) => Buffer.from(text, 'base64url').toString('latin1')).join('\n');
}
