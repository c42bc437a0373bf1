import { describe, expect, it } from 'vitest';
import { readPassing, toWire } from './passing';

function binary(number: number, sealed: string): Uint8Array {
  const wire = toWire({ type: 'passing', group: { circle: number % 7, number }, sealed });
  if (typeof wire === 'string') throw new Error('it passes as binary');
  return new Uint8Array(wire);
}

describe('messages that pass', () => {
  it('are read as they were sent, however many come together', () => {
    const said = [[1, 'AP8H'], [70_000, 'AAECAwQFBgc'], [2, '-_-_']] as const;
    const together = said.flatMap(([number, sealed]) => [...binary(number, sealed)]);
    const read = readPassing(Uint8Array.from(together).buffer);
    expect(read).toEqual(said.map(([number, sealed]) => ({ type: 'passing', group: { circle: number % 7, number }, sealed })));
  });

  it('are refused when they are not whole or of another kind', () => {
    const one = binary(1, 'AP8H');
    for (const bytes of [one.slice(0, -1), one.slice(0, 5), Uint8Array.from([2, ...one.slice(1)]), Uint8Array.from([1, 0, 0, 0, 0, 1, 0, 0])]) {
      expect(() => readPassing(bytes.slice().buffer)).toThrow();
    }
    expect(readPassing(new ArrayBuffer(0))).toEqual([]);
  });

  it('leave all others as text', () => {
    expect(toWire({ type: 'leave' })).toBe('{"type":"leave"}');
  });
});
