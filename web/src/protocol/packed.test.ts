import { deflateSync, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isPacked, pack, unpack } from './packed';

function packed(text: string): ArrayBuffer {
  const bytes = pack(text);
  if (typeof bytes === 'string') throw new Error('it is short');
  return bytes;
}

describe('long messages', () => {
  it('are read as they were packed', () => {
    const text = JSON.stringify({ type: 'answer', sdp: Array.from({ length: 1_000 }, (_, i) => `a=rtcp-fb:${i} nack\r\n`).join(''), who: 'Łódź 🎙' });
    const bytes = packed(text);
    expect(isPacked(bytes)).toBe(true);
    expect(bytes.byteLength).toBeLessThan(text.length / 5);
    expect(unpack(bytes)).toBe(text);
  });

  it('are refused when they are cut, or are no text', () => {
    const bytes = packed('x'.repeat(500) + Math.random().toString(36).repeat(100));
    expect(() => unpack(bytes.slice(0, -3))).toThrow();
    const noText = Uint8Array.from([2, ...deflateSync(Uint8Array.from([0xff, 0xfe, 0xff]))]);
    expect(() => unpack(noText.buffer)).toThrow();
    expect(() => unpack(Uint8Array.from([2, 0xff, 0xff]).buffer)).toThrow();
  });

  it('are refused when they are much longer than packed', () => {
    const bomb = deflateSync(strToU8(' '.repeat(4 * 1024 * 1024)), { level: 9 });
    expect(() => unpack(Uint8Array.from([2, ...bomb]).buffer)).toThrow();
    expect(typeof pack(' '.repeat(4 * 1024 * 1024))).toBe('string');
  });

  it('leave short ones as they are', () => {
    expect(pack('{"type":"leave"}')).toBe('{"type":"leave"}');
    expect(isPacked(new ArrayBuffer(0))).toBe(false);
  });
});
