import { describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { Connection, type ConnectionState, type Socket } from './connection';
import { VERSION, type ServerMessage } from './generated';

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  binaryType = 'blob';
  sent: (string | ArrayBuffer)[] = [];
  closed = false;
  send(data: string | ArrayBuffer): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
  }
  hear(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const welcome = {
  type: 'welcome', protocol: 2, grant: 'AAAA', returning: false, now_ms: 1,
  call: { id: 'a', format: 'video', rehearsal: false },
  seat: { id: 1, delegation: 1, kind: 'principal', host: true },
};

function setup(reachable = () => true, keepsUnanswered = false) {
  let asked = 0;
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const heard: ServerMessage[] = [];
  const connection = new Connection({
    url: 'ws://x/api/calls/a/signal', token: 'T', holder: 'H', clock, random: () => 1,
    keepsUnanswered, reachable: () => { asked += 1; return Promise.resolve(reachable()); },
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
  });
  connection.onmessage = (m) => heard.push(m);
  const last = (): FakeSocket => sockets[sockets.length - 1]!;
  const state = (): ConnectionState['state'] => connection.state.value.state;
  const open = (): void => {
    last().onopen?.();
    last().hear(welcome);
  };
  connection.start();
  const asks = (): number => asked;
  return { clock, sockets, heard, connection, last, state, open, asks };
}

describe('the signalling connection', () => {
  test('says hello first and is open once welcomed', () => {
    const c = setup();
    expect(c.connection.send({ type: 'enter' })).toBe(false);
    c.last().onopen?.();
    expect(JSON.parse(String(c.last().sent[0]))).toEqual({ type: 'hello', protocol: VERSION, token: 'T', holder: 'H', packed: true });
    expect(c.state()).toBe('connecting');
    c.last().hear(welcome);
    expect(c.state()).toBe('open');
    expect(c.connection.send({ type: 'enter' })).toBe(true);
  });

  test('connects again after a break, at most a second and a half later, and after a minute or two more rarely', async () => {
    const c = setup();
    const waits: number[] = [];
    for (let i = 0; i < 64; i++) {
      c.last().onclose?.();
      const state = c.connection.state.value;
      if (state.state !== 'waiting') throw new Error(state.state);
      waits.push(state.untilMs - c.clock.now());
      c.clock.pass(state.untilMs - c.clock.now());
      await Promise.resolve();
    }
    expect(waits.slice(0, 5)).toEqual([1000, 1500, 1500, 1500, 1500]);
    expect(waits.slice(58)).toEqual([1500, 1500, 10_000, 10_000, 10_000, 10_000]);
    expect(c.sockets.length).toBe(65);
  });

  test('refused a few times, it finds out whether there is a server before it opens another socket', async () => {
    let there = false;
    const c = setup(() => there);
    for (let i = 0; i < 5; i++) {
      c.last().onclose?.();
      c.clock.pass(1_500);
    }
    expect([c.sockets.length, c.asks()]).toEqual([5, 1]);
    for (let i = 0; i < 10; i++) {
      await Promise.resolve();
      c.clock.pass(1_500);
    }
    expect(c.sockets.length).toBe(5);
    expect(c.asks()).toBeGreaterThan(8);
    there = true;
    for (let i = 0; i < 2; i++) {
      await Promise.resolve();
      c.clock.pass(1_500);
      await Promise.resolve();
    }
    expect(c.sockets.length).toBe(6);
    c.open();
    expect(c.state()).toBe('open');
  });

  test('a welcome makes the next wait short again', () => {
    const c = setup();
    for (let i = 0; i < 4; i++) {
      c.last().onclose?.();
      c.clock.pass(10_000);
    }
    c.open();
    c.last().onclose?.();
    c.clock.pass(500);
    expect(c.state()).toBe('connecting');
  });

  test('six seconds of silence are a break, a clock message is not silence', () => {
    const c = setup();
    c.open();
    for (let i = 0; i < 10; i++) {
      c.clock.pass(3_900);
      c.last().hear({ type: 'clock', now_ms: 5 });
    }
    expect([c.state(), c.sockets.length]).toEqual(['open', 1]);
    c.clock.pass(5_999);
    expect([c.state(), c.sockets[0]!.closed]).toEqual(['open', false]);
    c.clock.pass(1);
    expect([c.state(), c.sockets[0]!.closed]).toEqual(['connecting', true]);
  });

  test('four seconds of silence, and a second connection is tried: it takes over once it opens', () => {
    const c = setup();
    c.open();
    c.clock.pass(3_999);
    expect(c.sockets.length).toBe(1);
    c.clock.pass(1);
    expect([c.sockets.length, c.state(), c.sockets[0]!.closed]).toEqual([2, 'open', false]);
    const states: string[] = [];
    c.connection.state.subscribe(({ state }) => states.push(state));
    c.open();
    expect(states).toEqual(['open', 'connecting', 'open']);
    expect(c.sockets[0]!.closed).toBe(true);
    expect(JSON.parse(String(c.last().sent[0]))).toMatchObject({ type: 'hello', holder: 'H' });
  });

  test('a connection that was only slow is kept, and the second one given up unused', () => {
    const c = setup();
    c.open();
    c.clock.pass(4_500);
    c.sockets[0]!.hear({ type: 'clock', now_ms: 5 });
    expect([c.sockets.map((s) => s.closed), c.state()]).toEqual([[false, true], 'open']);
    expect(c.sockets[1]!.sent).toEqual([]);
    c.clock.pass(3_999);
    expect(c.sockets.length).toBe(2);
  });

  test('a satellite line with answers after seconds is not broken', () => {
    const c = setup();
    c.open();
    for (let i = 0; i < 100; i++) {
      c.clock.pass(i % 7 === 0 ? 3_500 : 1_100);
      c.last().hear({ type: 'clock', now_ms: 5 });
    }
    expect([c.sockets.length, c.state()]).toEqual([1, 'open']);
  });

  test('through an outage it tries again every few seconds, however long one attempt would take', () => {
    const c = setup();
    c.clock.pass(40);
    c.open();
    c.clock.pass(4_000);
    const at: number[] = [];
    const start = c.clock.now();
    for (let known = c.sockets.length; c.clock.now() - start < 20_000; c.clock.pass(100)) {
      if (c.sockets.length > known) at.push(c.clock.now() - start);
      known = c.sockets.length;
    }
    expect(at).toEqual([2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 18_000]);
    c.open();
    expect(c.state()).toBe('open');
  });

  test('on a line that has become slow an attempt that is late opens all the same', () => {
    const c = setup();
    c.clock.pass(40);
    c.open();
    c.last().onclose?.();
    c.clock.pass(1_000);
    const late = c.last();
    c.clock.pass(5_000);
    expect([c.sockets.length > 2, late.closed]).toEqual([true, false]);
    late.onopen?.();
    late.hear(welcome);
    expect([c.state(), c.last().closed]).toEqual(['open', true]);
    c.clock.pass(3_000);
    expect(late.closed).toBe(false);
  });

  test('a late attempt is given up after some times as long, and another may be late then', () => {
    const c = setup();
    c.clock.pass(40);
    c.open();
    c.last().onclose?.();
    c.clock.pass(1_000);
    const first = c.last();
    c.clock.pass(10_000);
    expect(first.closed).toBe(true);
    expect(c.sockets.filter((s) => !s.closed).length).toBeLessThanOrEqual(2);
  });

  test('where attempts given up go on, there is one at a time: six in the first minute, then six in a minute and a half', () => {
    const c = setup(() => true, true);
    c.clock.pass(40);
    c.open();
    c.clock.pass(4_000);
    const at: number[] = [];
    const start = c.clock.now();
    for (let known = c.sockets.length; c.clock.now() - start < 200_000; c.clock.pass(100)) {
      if (c.sockets.length > known) at.push(c.clock.now() - start);
      known = c.sockets.length;
      expect(c.sockets.slice(1).filter((s) => !s.closed).length).toBe(1);
    }
    expect(at).toEqual([10, 20, 30, 40, 50, 65, 80, 95, 110, 125, 140, 155, 170, 185].map((s) => s * 1_000));
    c.open();
    expect(c.state()).toBe('open');
  });

  test('where nobody answers a plain request goes first, but not where attempts given up go on', () => {
    for (const keeps of [true, false]) {
      const c = setup(() => false, keeps);
      c.clock.pass(40);
      c.open();
      c.last().onclose?.();
      c.clock.pass(60_000);
      expect(c.asks() > 0).toBe(!keeps);
    }
  });

  test('a server that takes the connection and says nothing is given up', () => {
    const c = setup();
    c.last().onopen?.();
    c.clock.pass(10_000);
    expect(c.state()).toBe('waiting');
  });

  test('going away: waits as long as the server asks', () => {
    const c = setup();
    c.open();
    c.last().hear({ type: 'going_away', retry_after_ms: 3000 });
    c.last().onclose?.();
    expect(c.connection.state.value).toMatchObject({ state: 'waiting', restarting: true });
    c.clock.pass(2999);
    expect(c.sockets.length).toBe(1);
    c.clock.pass(501);
    expect(c.sockets.length).toBe(2);
    c.last().onclose?.();
    expect(c.connection.state.value).toMatchObject({ state: 'waiting', restarting: true });
  });

  test('a fatal error about the link ends it for good', () => {
    const c = setup();
    c.last().onopen?.();
    c.last().hear({ type: 'error', code: 'unknown_link', blame: 'sender', text: 'x', fatal: true });
    expect(c.heard.map((m) => m.type)).toEqual(['error']);
    expect(c.state()).toBe('closed');
    c.clock.pass(60_000);
    expect(c.sockets.length).toBe(1);
  });

  test('a fatal error about the server is tried again', () => {
    const c = setup();
    c.last().onopen?.();
    c.last().hear({ type: 'error', code: 'server_full', blame: 'server', text: 'x', fatal: true });
    c.last().onclose?.();
    expect(c.state()).toBe('waiting');
  });

  test('removed and adjourned end it for good', () => {
    for (const type of ['removed', 'adjourned']) {
      const c = setup();
      c.open();
      c.last().hear({ type });
      expect(c.state()).toBe('closed');
    }
  });

  test('unknown messages are passed over, malformed ones are a break', () => {
    const c = setup();
    c.open();
    c.last().hear({ type: 'from_the_future', x: 1 });
    expect(c.state()).toBe('open');
    c.last().hear({ type: 'changed', statuses: [{ seat: 'one' }] });
    expect(c.state()).toBe('waiting');
    expect(c.heard.map((m) => m.type)).toEqual(['welcome']);
  });

  test('told that the network is another one, it asks, and does not wait long for the answer', () => {
    const c = setup();
    c.open();
    c.connection.hurry();
    expect(JSON.parse(String(c.last().sent.at(-1)))).toEqual({ type: 'ping' });
    c.last().hear({ type: 'clock', now_ms: 5 });
    c.clock.pass(1_500);
    expect(c.sockets.length).toBe(1);
    c.connection.hurry();
    c.clock.pass(1_000);
    expect([c.sockets.length, c.state()]).toEqual([2, 'open']);
    c.open();
    expect([c.state(), c.sockets[0]!.closed]).toEqual(['open', true]);
  });

  test('when the network comes back it does not wait', () => {
    const c = setup();
    c.last().onclose?.();
    c.connection.hurry();
    expect(c.state()).toBe('connecting');
    expect(c.sockets.length).toBe(2);
    c.connection.hurry();
    expect(c.sockets.length).toBe(2);
    c.clock.pass(5000);
    expect(c.sockets.length).toBe(2);
    c.connection.hurry();
    expect(c.sockets.length).toBe(3);
  });
});
