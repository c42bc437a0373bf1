import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { frameCounts, groupView, settle } from '../call/testing';
import { Engine, type WasmCandidate, type WasmSession } from './engine';
import type { FromWorker, ToWorker } from './worker-messages';

/** A session that does what the test says. */
class FakeSession implements WasmSession {
  outputs: object[] = [];
  timeoutMs = Number.POSITIVE_INFINITY;
  readonly heard: string[] = [];
  shown = groupView();
  fails: Error | null = null;
  freed = 0;
  set_code(code: Uint8Array): void {
    this.heard.push(`(code ${code.length})`);
  }
  handle_message(_now: number, message: string): void {
    if (this.fails) throw this.fails;
    this.heard.push((JSON.parse(message) as { type: string }).type);
  }
  handle_disconnected(): void {
    this.heard.push('(disconnected)');
  }
  enter(): string {
    return JSON.stringify({ type: 'enter', knock: 'K' });
  }
  handle_timeout(now: number): void {
    this.heard.push('(timeout)');
    this.timeoutMs = now + 1000;
  }
  poll_timeout(): number {
    return this.timeoutMs;
  }
  poll_output(): string | undefined {
    const output = this.outputs.shift();
    return output && JSON.stringify(output);
  }
  join_circle(_now: number, circle: number): void {
    if (this.fails) throw this.fails;
    this.heard.push(`(join ${circle})`);
  }
  act(_now: number, circle: number, act: string): void {
    if (this.fails) throw this.fails;
    this.outputs.push({ type: 'send', message: { type: 'kept', group: { circle, number: 1 }, epoch: 1, sealed: act.length.toString() } });
  }
  view(): string {
    return JSON.stringify(this.shown);
  }
  /** For which circles was sealed. */
  readonly sealedFor: number[] = [];
  /** Of what is opened. */
  from = 0;
  seal(_now: number, circle: number, stream: number, layer: number, key: boolean, frame: Uint8Array): Uint8Array {
    if (this.fails) throw this.fails;
    this.sealedFor.push(circle);
    // In a larger buffer, as WebAssembly's memory is one.
    return new Uint8Array([9, stream, layer, key ? 1 : 0, ...frame, 9]).subarray(1, -1);
  }
  open(_now: number, kind: number, bytes: Uint8Array) {
    if (this.fails) throw this.fails;
    return { seat: 4, stream: kind, circle: this.from, key: true, take: () => bytes.slice(1), free: () => { this.freed += 1; } };
  }
}

let clock: FakeClock;
let session: FakeSession;
let posted: FromWorker[];
let engine: Engine;
let retries: number;
let candidate: () => WasmCandidate;

beforeEach(() => {
  clock = new FakeClock();
  session = new FakeSession();
  posted = [];
  retries = 0;
  candidate = () => ({
    to_sign: () => Uint8Array.of(1, 2), grant: () => '{"title":"T"}',
    into_session: (_now, signature, memory) => {
      session.heard.push(`(start ${signature.join()} ${memory})`);
      return session;
    },
  });
  engine = new Engine({
    clock, post: (message) => posted.push(message), candidate: async () => candidate(),
    streams: { retry: () => { retries += 1; }, bind: () => {}, forget: () => {}, stop: () => {} },
  });
});

const OPEN = { type: 'open', callId: 'c', fragment: 'f', grant: 'g', devicePublic: new Uint8Array(32) } as unknown as ToWorker;

async function started(): Promise<void> {
  engine.handle(OPEN);
  await settle();
  engine.handle({ type: 'start', signature: Uint8Array.of(3), memory: null, code: new Uint8Array(16) });
}

/** What was posted of one type. */
function take<T extends FromWorker['type']>(type: T): Extract<FromWorker, { type: T }>[] {
  return posted.filter((m): m is Extract<FromWorker, { type: T }> => m.type === type);
}

describe('a session begins', () => {
  test('with a leaf that the device key signed', async () => {
    await started();
    expect(take('prepared')).toEqual([{ type: 'prepared', toSign: Uint8Array.of(1, 2), grant: { title: 'T' } }]);
    expect(session.heard).toEqual(['(start 3 {"group":0,"epoch":0,"closed":[]})', '(code 16)']);
    expect(take('started').length).toBe(1);
    expect(take('view')).toMatchObject([{ view: { stage: 'member' } }]);
  });

  test('not with a grant that does not open', async () => {
    candidate = () => { throw new Error('not_ours'); };
    engine.handle(OPEN);
    await settle();
    expect(posted).toEqual([{ type: 'failed', code: 'bad_grant' }]);
  });

  test('and before it nothing is sealed, opened or sent', async () => {
    engine.handle({ type: 'enter' });
    engine.handle({ type: 'act', id: 1, circle: 0, act: { type: 'leave' } });
    expect(engine.seal('camera', 0, true, Uint8Array.of(1))).toBe(null);
    expect(engine.open('video', Uint8Array.of(1))).toBe(null);
    expect(engine.allowed).toBe(false);
    expect(posted).toEqual([{ type: 'acted', id: 1, error: 'no_session' }]);
  });
});

describe('what the session says', () => {
  beforeEach(started);

  test('is passed on after every call, in order', () => {
    session.outputs = [
      { type: 'send', message: { type: 'catch_up', group: { circle: 0, number: 1 }, after: 0 } }, { type: 'text', circle: 0, id: '00ff', from: 3, at_ms: 7, text: 'x' },
      { type: 'memory_changed', memory: { group: 1, epoch: 2, closed: [] } }, { type: 'epoch_changed' },
    ];
    posted.length = 0;
    engine.handle({ type: 'hear', message: { type: 'clock', now_ms: 1 } });
    expect(posted).toEqual([
      { type: 'send', connection: 0, message: { type: 'catch_up', group: { circle: 0, number: 1 }, after: 0 } },
      { type: 'text', circle: 0, id: '00ff', from: 3, atMs: 7, text: 'x', nowMs: clock.now() },
      { type: 'memory', memory: { group: 1, epoch: 2, closed: [] } },
    ]);
    expect(retries).toBe(1);
  });

  test('of a circle goes there, and one that may not be joined is no failure', () => {
    engine.handle({ type: 'join', circle: 3 });
    engine.handle({ type: 'act', id: 1, circle: 3, act: { type: 'leave' } });
    expect(session.heard).toContain('(join 3)');
    expect(take('send').at(-1)?.message).toMatchObject({ group: { circle: 3, number: 1 } });
    session.fails = new Error('no_circle');
    engine.handle({ type: 'join', circle: 4 });
    expect(take('failed')).toEqual([]);
  });

  test('names the connection it is for', () => {
    engine.handle({ type: 'enter' });
    engine.handle({ type: 'disconnected', connection: 1 });
    engine.handle({ type: 'enter' });
    expect(take('send').map((m) => m.connection)).toEqual([0, 1]);
    expect(session.heard).toContain('(disconnected)');
  });

  test('it is woken when it wants to be', () => {
    session.timeoutMs = clock.now() + 300;
    engine.handle({ type: 'hear', message: { type: 'clock', now_ms: 1 } });
    clock.pass(299);
    expect(session.heard).not.toContain('(timeout)');
    clock.pass(1);
    expect(session.heard.filter((h) => h === '(timeout)').length).toBe(1);
    clock.pass(1000);
    expect(session.heard.filter((h) => h === '(timeout)').length).toBe(2);
  });

  test('it is woken also if it is called all the time', () => {
    for (let i = 0; i < 50; i++) {
      session.timeoutMs = clock.now() + 100;
      engine.seal('camera', 0, true, Uint8Array.of(1));
      clock.pass(10);
    }
    expect(session.heard.filter((h) => h === '(timeout)').length).toBeGreaterThanOrEqual(4);
  });

  test('its view is shown at once, and then not too often', () => {
    clock.pass(10_000);
    posted.length = 0;
    for (let epoch = 1; epoch <= 5; epoch++) {
      session.shown = groupView({ epoch });
      session.outputs = [{ type: 'view_changed' }];
      engine.handle({ type: 'hear', message: { type: 'clock', now_ms: 1 } });
    }
    expect(take('view').map((m) => m.view.epoch)).toEqual([1]);
    clock.pass(60);
    expect(take('view').map((m) => m.view.epoch)).toEqual([1, 5]);
    session.shown = groupView({ epoch: 5, frames: frameCounts({ sealed: 9, opened: 9 }) });
    clock.pass(1000);
    expect(take('view').at(-1)?.view.frames.sealed).toBe(9);
  });

  test('an act that is refused says why, one that is done was sent by then', () => {
    posted.length = 0;
    engine.handle({ type: 'act', id: 1, circle: 0, act: { type: 'leave' } });
    expect(posted.map((m) => m.type)).toEqual(['send', 'acted']);
    session.fails = new Error('not_a_host');
    engine.handle({ type: 'act', id: 2, circle: 0, act: { type: 'leave' } });
    expect(posted.at(-1)).toEqual({ type: 'acted', id: 2, error: 'not_a_host' });
  });
});

describe('frames', () => {
  beforeEach(started);

  test('are sealed under the number of their stream, and fill their buffer', () => {
    const sealed = engine.seal('screen', 1, true, Uint8Array.of(5));
    expect([...new Uint8Array(sealed!)]).toEqual([2, 1, 1, 5]);
  });

  test('are opened with whom they are from, and nothing leaks', () => {
    expect(engine.open('video', Uint8Array.of(0, 8))).toMatchObject({ source: { seat: 4, source: 'camera' }, key: true });
    expect(engine.open('audio', Uint8Array.of(0, 8))).toMatchObject({ source: { seat: 4, source: 'microphone' } });
    expect(session.freed).toBe(2);
  });

  test('that are refused are dropped, and the session goes on', () => {
    session.fails = new Error('replayed');
    expect([engine.open('video', Uint8Array.of(1)), engine.seal('camera', 0, true, Uint8Array.of(1))]).toEqual([null, null]);
    session.fails = new Error('later');
    expect([engine.open('video', Uint8Array.of(1)), engine.seal('camera', 0, true, Uint8Array.of(1))]).toEqual(['later', null]);
    expect(take('failed')).toEqual([]);
  });
});

describe('a voice for the own delegation only', () => {
  beforeEach(started);
  const frame = Uint8Array.of(1);
  const speak = (circle: number): void => engine.handle({ type: 'speak', id: 7, circle });

  test('is sealed for it from the moment that is said, and pictures are not', () => {
    engine.seal('microphone', 0, false, frame);
    speak(3);
    expect(posted.at(-1)).toEqual({ type: 'acted', id: 7, error: null });
    for (const source of ['microphone', 'camera', 'screen'] as const) engine.seal(source, 0, true, frame);
    expect(session.sealedFor).toEqual([0, 3, 0, 0]);
  });

  test('is not sealed for the table after all, if it cannot be sealed for the circle', () => {
    speak(3);
    session.fails = new Error('no_circle');
    expect(engine.seal('microphone', 0, false, frame)).toBe(null);
    session.fails = null;
    engine.seal('microphone', 0, false, frame);
    expect(session.sealedFor).toEqual([3]);
    expect(take('failed')).toEqual([]);
  });

  test('of which the end is still on its way is for nobody, once the table hears again', () => {
    speak(3);
    speak(0);
    expect(engine.seal('microphone', 0, false, frame)).toBe(null);
    expect(engine.seal('camera', 0, true, frame)).not.toBe(null);
    clock.pass(399);
    expect(engine.seal('microphone', 0, false, frame)).toBe(null);
    clock.pass(1);
    expect(engine.seal('microphone', 0, false, frame)).not.toBe(null);
    expect(session.sealedFor).toEqual([0, 0]);
  });

  test('that is heard is told once, and once more when it is the table’s again', () => {
    const hear = (from: number, kind: 'audio' | 'video' = 'audio'): void => {
      session.from = from;
      engine.open(kind, frame);
    };
    hear(0);
    hear(3);
    hear(3);
    hear(0, 'video');
    hear(0);
    expect(take('spoken')).toEqual([{ type: 'spoken', seat: 4, circle: 3 }, { type: 'spoken', seat: 4, circle: 0 }]);
  });
});

test('after a trap in the core nothing is sealed or opened ever again', async () => {
  await started();
  session.fails = new WebAssembly.RuntimeError('unreachable');
  engine.handle({ type: 'hear', message: { type: 'clock', now_ms: 1 } });
  expect(take('failed')).toEqual([{ type: 'failed', code: 'seal_failed' }]);
  session.fails = null;
  expect(engine.seal('camera', 0, true, Uint8Array.of(1))).toBe(null);
  expect(engine.open('video', Uint8Array.of(1))).toBe(null);
  await started();
  expect(engine.allowed).toBe(false);
});
