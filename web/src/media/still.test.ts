import { describe, expect, test } from 'vitest';
import { decodedOf, StillPictures } from './still';

const stream = (id: string): MediaStream => ({ getVideoTracks: () => [{ id }] }) as unknown as MediaStream;

describe('a picture that stands still', () => {
  test('is known by its decoder within two seconds, and moves again with its next frame', () => {
    const still = new StillPictures();
    const ada = { id: 'camera:1', stream: stream('a') };
    const ben = { id: 'camera:2', stream: stream('b') };
    const look = (ms: number, a: number, b: number) => [...still.look(ms, [ada, ben], new Map([['a', a], ['b', b]]))];
    expect(look(0, 10, 10)).toEqual([]);
    expect(look(400, 14, 14)).toEqual([]);
    expect(look(800, 14, 18)).toEqual([]);
    expect(look(1_200, 14, 22)).toEqual([]);
    expect(look(1_600, 14, 26)).toEqual(['camera:1']);
    expect(look(60_000, 14, 600)).toEqual(['camera:1']);
    expect(look(60_400, 15, 604)).toEqual([]);
  });

  test('is not one that has only just come, begins anew, or is shown no more', () => {
    const still = new StillPictures();
    const [first, second] = [{ id: 'camera:1', stream: stream('a') }, { id: 'camera:1', stream: stream('a') }];
    const decoded = new Map([['a', 3]]);
    still.look(0, [first], decoded);
    expect([...still.look(5_000, [second], decoded)]).toEqual([]);
    expect([...still.look(5_400, [], decoded)]).toEqual([]);
    expect([...still.look(9_000, [second], decoded)]).toEqual([]);
    still.forget();
    expect([...still.look(19_000, [second], decoded)]).toEqual([]);
    expect([...still.look(21_000, [second], decoded)]).toEqual(['camera:1']);
  });

  test('of which nothing was ever decoded is one too', () => {
    const still = new StillPictures();
    const ada = { id: 'camera:1', stream: stream('a') };
    still.look(0, [ada], new Map());
    expect([...still.look(2_000, [ada], new Map())]).toEqual(['camera:1']);
  });

  test('an unmoving screen is repeated once a second and does not count', () => {
    const still = new StillPictures();
    const screen = { id: 'screen:1', stream: stream('s') };
    for (let ms = 0; ms <= 10_000; ms += 400) {
      expect([...still.look(ms, [screen], new Map([['s', 1 + Math.floor(ms / 1_000)]]))]).toEqual([]);
    }
    expect([...still.look(12_000, [screen], new Map([['s', 11]]))]).toEqual(['screen:1']);
  });

  test('voices are no pictures', () => {
    const rows = [
      ['1', { type: 'inbound-rtp', kind: 'video', trackIdentifier: 'a', framesDecoded: 7 }],
      ['2', { type: 'inbound-rtp', kind: 'audio', trackIdentifier: 'v' }],
      ['3', { type: 'outbound-rtp', kind: 'video', trackIdentifier: 'o', framesDecoded: 9 }],
    ] as const;
    expect([...decodedOf(rows)]).toEqual([['a', 7]]);
  });
});
