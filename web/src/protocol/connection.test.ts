import { describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { Connection, type ConnectionState, type Socket } from './connection';
import type { ServerMessage } from './generated';

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

function setup() {
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const heard: ServerMessage[] = [];
  const connection = new Connection({
    url: 'ws://x/api/calls/a/signal', token: 'T', holder: 'H', clock, random: () => 1,
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
  return { clock, sockets, heard, connection, last, state, open };
}

describe('the signalling connection', () => {
  test('says hello first and is open once welcomed', () => {
    const c = setup();
    expect(c.connection.send({ type: 'enter' })).toBe(false);
    c.last().onopen?.();
    expect(JSON.parse(String(c.last().sent[0]))).toEqual({ type: 'hello', protocol: 2, token: 'T', holder: 'H' });
    expect(c.state()).toBe('connecting');
    c.last().hear(welcome);
    expect(c.state()).toBe('open');
    expect(c.connection.send({ type: 'enter' })).toBe(true);
  });

  test('connects again after a break, later each time', () => {
    const c = setup();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      c.last().onclose?.();
      const state = c.connection.state.value;
      if (state.state !== 'waiting') throw new Error(state.state);
      waits.push(state.untilMs - c.clock.now());
      c.clock.pass(state.untilMs - c.clock.now());
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000]);
    expect(c.sockets.length).toBe(9);
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

  test('twelve seconds of silence are a break, a clock message is not silence', () => {
    const c = setup();
    c.open();
    for (let i = 0; i < 10; i++) {
      c.clock.pass(4000);
      c.last().hear({ type: 'clock', now_ms: 5 });
    }
    expect(c.state()).toBe('open');
    c.clock.pass(11_999);
    expect(c.state()).toBe('open');
    c.clock.pass(1);
    expect(c.state()).toBe('waiting');
    expect(c.last().closed).toBe(true);
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

  test('when the network comes back it does not wait', () => {
    const c = setup();
    c.last().onclose?.();
    c.connection.hurry();
    expect(c.state()).toBe('connecting');
    expect(c.sockets.length).toBe(2);
    c.clock.pass(5000);
    expect(c.sockets.length).toBe(2);
  });
});
