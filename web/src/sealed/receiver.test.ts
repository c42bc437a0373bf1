import { describe, expect, test } from 'vitest';
import { FakeClock } from '../base/fake-clock';
import { Receiver, type EncodedFrame, type Opening } from './receiver';
import type { Former, Verified } from './worker-messages';

/** A sealed frame in these tests says in clear what is in it: epoch, seat, `key` or not, number. */
function frame(epoch: number, seat: number, key: boolean, number: number): EncodedFrame {
  const { buffer } = Uint8Array.of(epoch, seat, key ? 1 : 0, number);
  return { data: buffer, timestamp: 3000 * number, getMetadata: () => ({}) };
}

function setup(kind: 'audio' | 'video' = 'video') {
  const clock = new FakeClock();
  const passed: string[] = [];
  const told: Verified[] = [];
  const former: Former[] = [];
  const state = { epoch: 1, asked: 0, opens: 0, proven: 256, proves: Number.NaN };
  const source = kind === 'audio' ? 'microphone' : 'camera';
  const receiver: Receiver<EncodedFrame> = new Receiver<EncodedFrame>({
    kind, clock,
    open: ([epoch = 0, seat = 0, key, number = 0]): Opening => {
      state.opens += 1;
      if (epoch > state.epoch) return 'later';
      if (epoch < state.epoch) return null;
      if (number === state.proves) {
        state.proves = Number.NaN;
        state.proven = number + 1;
        // As the engine does, before it returns.
        receiver.retry();
      }
      if (number >= state.proven) return 'unproven';
      return { source: { seat, source }, key: key === 1, data: Uint8Array.of(seat, number).buffer };
    },
    enqueue: ({ data }) => passed.push(new Uint8Array(data).join(':')),
    tell: (verified, others) => { told.push(verified); former.push(others); },
    askForKey: () => { state.asked += 1; },
  });
  /** The page answers. */
  const bind = (seat: number): void => receiver.bind({ seat, source });
  return { clock, passed, told, former, state, receiver, bind };
}

describe('from whom', () => {
  test('nothing passes before the page has drawn it as that', () => {
    const { receiver, passed, told, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    receiver.take(frame(1, 5, false, 1));
    expect([passed, told]).toEqual([[], [{ seat: 5, source: 'camera' }]]);
    bind(5);
    receiver.take(frame(1, 5, false, 2));
    expect(passed).toEqual(['5:0', '5:1', '5:2']);
  });

  test('a picture of somebody else waits until the page took the former name away', () => {
    const { receiver, passed, told, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    bind(5);
    receiver.take(frame(1, 6, true, 1));
    expect([passed, told.at(-1)]).toEqual([['5:0'], { seat: 6, source: 'camera' }]);
    bind(5);
    expect(passed).toEqual(['5:0']);
    bind(6);
    expect(passed).toEqual(['5:0', '6:1']);
  });

  test('a picture is never drawn over what somebody else\'s left behind', () => {
    const { receiver, passed, told, state, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    bind(5);
    receiver.take(frame(1, 6, false, 1));
    expect([passed, told.length, state.asked]).toEqual([['5:0'], 1, 1]);
  });

  test('once the page was told of another, the former does not pass either', () => {
    const { receiver, passed, told, clock, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    bind(5);
    receiver.take(frame(1, 6, true, 1));
    clock.pass(600);
    // The page may draw this stream as 6 by now.
    receiver.take(frame(1, 5, true, 2));
    expect([passed, told.at(-1)]).toEqual([['5:0'], { seat: 5, source: 'camera' }]);
    bind(6);
    expect(passed).toEqual(['5:0']);
    bind(5);
    expect(passed).toEqual(['5:0', '5:2']);
  });

  test('what the page forgot is proven anew, from a key frame on', () => {
    const { receiver, passed, told, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    bind(5);
    receiver.forget();
    receiver.take(frame(1, 5, false, 1));
    expect([passed.length, told.length]).toEqual([1, 1]);
    receiver.take(frame(1, 5, true, 2));
    bind(5);
    expect([passed, told.length]).toEqual([['5:0', '5:2'], 2]);
  });

  test('the page is told which frames that are still to be drawn are of others', () => {
    const { receiver, passed, former, bind } = setup();
    receiver.take(frame(1, 5, true, 10));
    bind(5);
    receiver.take(frame(1, 5, false, 11));
    receiver.take(frame(1, 6, true, 20));
    bind(6);
    receiver.take(frame(1, 7, true, 30));
    bind(7);
    expect(former).toEqual([[], [30_000, 33_000], [30_000, 33_000, 60_000]]);
    // One that claims the moment of a frame of a former seat could not be told from it.
    receiver.take(frame(1, 7, true, 11));
    expect(passed).toEqual(['5:10', '5:11', '6:20', '7:30']);
  });

  test('and in a browser that gives no times, that there may be some', () => {
    const { receiver, former, bind } = setup();
    const timeless = (seat: number): EncodedFrame => ({ data: frame(1, seat, true, 0).data, getMetadata: () => ({}) });
    receiver.take(timeless(5));
    bind(5);
    receiver.take(timeless(6));
    expect(former).toEqual([[], null]);
  });

  test('a voice has no key frames, and waits only for the page', () => {
    const { receiver, passed, told, state, bind } = setup('audio');
    receiver.take(frame(1, 5, false, 0));
    receiver.take(frame(1, 6, false, 1));
    bind(5);
    bind(6);
    expect([passed, told.map((t) => t.seat), state.asked]).toEqual([['5:0', '6:1'], [5, 6], 0]);
  });
});

describe('an epoch that is not there yet', () => {
  test('frames wait for it, in order, and each is opened once', () => {
    const { receiver, passed, state, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    bind(5);
    receiver.take(frame(2, 5, false, 1));
    receiver.take(frame(2, 5, false, 2));
    expect(passed).toEqual(['5:0']);
    state.epoch = 2;
    state.opens = 0;
    receiver.retry();
    expect([passed, state.opens]).toEqual([['5:0', '5:1', '5:2'], 2]);
  });

  test('but not for longer than half a second', () => {
    const { receiver, passed, state, clock, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    bind(5);
    receiver.take(frame(2, 5, false, 1));
    clock.pass(400);
    receiver.take(frame(2, 5, false, 2));
    clock.pass(200);
    state.epoch = 2;
    receiver.retry();
    // The first was dropped. The decoder misses it, so a key frame is asked for.
    expect([passed, state.asked]).toEqual([['5:0', '5:2'], 1]);
  });

  test('no more than 128 wait', () => {
    const voice = setup('audio');
    voice.receiver.take(frame(1, 5, false, 0));
    voice.bind(5);
    for (let i = 1; i <= 138; i++) voice.receiver.take(frame(2, 5, false, i));
    voice.state.epoch = 2;
    voice.receiver.retry();
    expect([voice.passed.length, voice.passed[1]]).toEqual([129, '5:11']);

    const picture = setup();
    picture.receiver.take(frame(1, 5, true, 0));
    picture.bind(5);
    for (let i = 1; i <= 138; i++) picture.receiver.take(frame(2, 5, false, i));
    picture.state.epoch = 2;
    picture.receiver.retry();
    expect(picture.passed.length).toBeLessThan(130);
  });
});

describe('what is not proven yet', () => {
  /** Frames below this number are proven. */
  function unproven(kind: 'audio' | 'video' = 'audio') {
    const scene = setup(kind);
    scene.receiver.take(frame(1, 5, true, 0));
    scene.bind(5);
    scene.state.proven = 1;
    return scene;
  }

  test('waits, and passes in order before the frame that proves it', () => {
    const { receiver, passed, state } = unproven();
    receiver.take(frame(1, 5, false, 1));
    receiver.take(frame(1, 5, false, 2));
    expect(passed).toEqual(['5:0']);
    state.proves = 3;
    receiver.take(frame(1, 5, false, 3));
    expect(passed).toEqual(['5:0', '5:1', '5:2', '5:3']);
  });

  test('is opened again only when proofs came', () => {
    const { receiver, state } = unproven();
    state.opens = 0;
    for (let number = 1; number <= 50; number++) receiver.take(frame(1, 5, false, number));
    expect(state.opens).toBe(50);
    state.proven = 51;
    receiver.retry();
    expect(state.opens).toBe(100);
  });

  test('what nothing ever proves holds nobody up, and is dropped after two seconds', () => {
    const { receiver, passed, state, clock } = unproven();
    receiver.take(frame(1, 5, false, 200));
    receiver.take(frame(1, 5, false, 1));
    state.proven = 2;
    receiver.retry();
    expect(passed).toEqual(['5:0', '5:1']);
    clock.pass(2_000);
    state.proven = 255;
    receiver.retry();
    expect(passed).toEqual(['5:0', '5:1']);
  });

  test('is drawn as nobody\'s', () => {
    const { receiver, told, state } = setup('audio');
    state.proven = 0;
    receiver.take(frame(1, 6, false, 1));
    expect(told).toEqual([]);
  });

  test('a proof that comes late leaves the page its time', () => {
    const { receiver, passed, told, state, clock, bind } = setup('audio');
    state.proven = 0;
    receiver.take(frame(1, 6, false, 1));
    clock.pass(1_500);
    state.proven = 2;
    receiver.retry();
    expect(told).toEqual([{ seat: 6, source: 'microphone' }]);
    clock.pass(100);
    bind(6);
    expect(passed).toEqual(['6:1']);
  });
});

describe('what does not open', () => {
  test('is dropped, whatever it is', () => {
    const { receiver, passed, state, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    bind(5);
    state.epoch = 2;
    receiver.take(frame(1, 5, false, 1));
    receiver.take(frame(1, 5, true, 2));
    expect([passed, state.asked]).toEqual([['5:0'], 0]);
  });

  test('after the end nothing passes', () => {
    const { receiver, passed, bind } = setup();
    receiver.take(frame(1, 5, true, 0));
    receiver.end();
    bind(5);
    expect(passed).toEqual([]);
  });
});
