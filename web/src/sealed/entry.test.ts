import { describe, expect, test } from 'vitest';
import type { Core } from './core';
import { callIdOf, enter, takeFragment, type Store } from './entry';

const CALL = 'aaaqeayeaudaocajbifqydiob4';

function store(): Store & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v) };
}

const core = { accessToken: (call: string, fragment: string) => `token of ${call} ${fragment}` } as Core;

function address(hash: string) {
  const shown: string[] = [];
  return { pathname: `/c/${CALL}`, hash, shown, replace: (path: string) => void shown.push(path) };
}

describe('a link', () => {
  test('is one only with a whole call id', () => {
    expect(callIdOf(`/c/${CALL}`)).toBe(CALL);
    expect(callIdOf(`/c/${CALL}/`)).toBe(CALL);
    for (const bad of ['/', '/convene', '/c/', `/c/${CALL.slice(1)}`, `/c/${CALL.toUpperCase()}`, `/c/${CALL}/x`]) {
      expect(callIdOf(bad)).toBe(null);
    }
  });

  test('leaves the address bar and survives a reload of the tab', () => {
    const tab = store();
    const first = address('#seat.abc');
    expect(takeFragment(CALL, first, tab)).toBe('seat.abc');
    expect(first.shown).toEqual([`/c/${CALL}`]);
    expect(takeFragment(CALL, address(''), tab)).toBe('seat.abc');
    expect(takeFragment(CALL, address(''), store())).toBe(null);
  });

  test('stays in the address bar where nothing can be stored', () => {
    const full: Store = { getItem: () => null, setItem: () => { throw new Error('full'); } };
    const shown = address('#seat.abc');
    expect(takeFragment(CALL, shown, full)).toBe('seat.abc');
    expect(shown.shown).toEqual([]);
  });

  test('gives this machine one holder a seat, and keeps no token', async () => {
    const machine = store();
    const one = await enter(core, CALL, 'seat.abc', machine);
    const again = await enter(core, CALL, 'seat.abc', machine);
    const other = await enter(core, CALL, 'seat.xyz', machine);
    expect(one.holder).toMatch(/^[\w-]{43}$/);
    expect(again).toEqual(one);
    expect(other.holder).not.toBe(one.holder);
    expect([...machine.kept].flat().join()).not.toContain('token of');
  });
});
