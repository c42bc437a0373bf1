import { describe, expect, test } from 'vitest';
import { EvenVoice } from './even';

/** First bytes: 20 ms for both, 60 ms of speech, 20 ms of music; and how many frames. */
const BOTH_20 = 15 << 3;
const SPEECH_60 = 3 << 3;
const MUSIC_20 = 31 << 3;

/** A packet with this header and so many bytes of frames. */
function packet(header: readonly number[], bytes: number): Uint8Array {
  return Uint8Array.of(...header, ...Array.from({ length: bytes }, (_, at) => (at * 7) % 250));
}

/** The header and the frames of a packet as RFC 6716, 3.2.5 has them read. */
function read([toc = 0, flags = 0, ...rest]: Uint8Array): { header: number[]; frames: number[] } {
  expect(toc & 3).toBe(3);
  const padding = flags & 0x40 ? rest.shift() ?? 0 : 0;
  expect(rest.slice(rest.length - padding).every((byte) => byte === 0)).toBe(true);
  return { header: [toc & ~3, flags & ~0x40], frames: rest.slice(0, rest.length - padding) };
}

describe('the packets of a voice', () => {
  test('of an encoder that keeps to the size it was asked for are as they were', () => {
    const voice = new EvenVoice();
    for (const [header, size] of [[[MUSIC_20], 80], [[SPEECH_60 | 1], 120], [[BOTH_20], 80], [[SPEECH_60], 60]] as const) {
      const one = packet(header, size - header.length);
      expect(voice.take(one)).toBe(one);
    }
  });

  test('of any other are of one size for each of the two voices, with the same frames', () => {
    const voice = new EvenVoice();
    for (const bytes of [2, 80, 109, 124, 125, 126]) {
      const even = voice.take(packet([BOTH_20], bytes));
      expect(even.length).toBe(128);
      expect(read(even)).toEqual({ header: [BOTH_20, 1], frames: [...packet([], bytes)] });
    }
    // Two of one size; two with the first one's size before them; six of music; six with their sizes.
    for (const [header, flags] of [[[SPEECH_60 | 1], 2], [[SPEECH_60 | 2], 0x82], [[MUSIC_20 | 3, 6], 6], [[MUSIC_20 | 3, 0x86], 0x86]] as const) {
      for (const bytes of [24, 60, 118]) {
        const even = voice.take(packet(header, bytes));
        expect(even.length).toBe(120);
        if (even.length !== header.length + bytes) expect(read(even)).toEqual({ header: [header[0] & ~3, flags], frames: [...packet([], bytes)] });
      }
    }
  });

  test('are never of the smaller size again, once one was not', () => {
    const voice = new EvenVoice();
    const sizes = [80, 3, 80, 80].map((size) => voice.take(packet([MUSIC_20], size - 1)).length);
    expect(sizes).toEqual([80, 128, 128, 128]);
  });

  test('that are too long are of that size too, and as long, but empty', () => {
    const voice = new EvenVoice();
    expect(read(voice.take(packet([BOTH_20], 127 + 1)))).toEqual({ header: [BOTH_20, 1], frames: [] });
    const [two, sized, six] = [[SPEECH_60 | 1], [SPEECH_60 | 2], [MUSIC_20 | 3, 0x86]].map((header) => voice.take(packet(header, 300)));
    expect([two, sized, six].map((even) => even?.length)).toEqual([120, 120, 120]);
    expect([two, sized, six].map((even) => read(even!))).toEqual([
      { header: [SPEECH_60, 2], frames: [] }, { header: [SPEECH_60, 2], frames: [] }, { header: [MUSIC_20, 6], frames: [] }]);
  });

  test('that are padded already are padded anew', () => {
    const [voice, frames] = [new EvenVoice(), packet([], 30)];
    expect(read(voice.take(Uint8Array.of(BOTH_20 | 3, 0x41, 9, ...frames, ...Array(9).fill(0))))).toEqual({ header: [BOTH_20, 1], frames: [...frames] });
    const long = Uint8Array.of(BOTH_20 | 3, 0x41, 255, 10, ...frames, ...Array(264).fill(0));
    expect(read(voice.take(long))).toEqual({ header: [BOTH_20, 1], frames: [...frames] });
  });

  test('that are none do not stop a call', () => {
    const voice = new EvenVoice();
    for (const bytes of [[], [255], [3], [0xff, 0xff], [0xff, 0x41, 200], [0xff, 0x41, 255, 255]]) {
      expect(() => voice.take(Uint8Array.from(bytes))).not.toThrow();
    }
  });
});
