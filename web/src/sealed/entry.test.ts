import { describe, expect, test } from 'vitest';
import { LinkProblem, type Core, type FoundLink } from './core';
import { enter, isCallPath, openLink, type Store } from './entry';

const CALL = 'aaaqeayeaudaocajbifqydiob4';

function store(): Store & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v) };
}

/** Takes what `read` makes of an address; the real one is tried in `crates/sealed` and in `tests/links.e2e.ts`. */
function coreThat(read: (url: string) => string): Core {
  const linkOfAddress = (url: string): FoundLink => {
    const fragment = read(url);
    if (fragment.startsWith('!')) throw new LinkProblem(fragment.slice(1));
    return { origin: null, callId: CALL, fragment };
  };
  return { linkOfAddress, accessToken: (call: string, fragment: string) => `token of ${call} ${fragment}` } as Core;
}

const core = coreThat((url) => url.split('#')[1] ?? '!no_fragment');
const load = () => Promise.resolve(core);
const never = () => Promise.reject(new Error('not loaded'));

function address(pathname: string, hash = '', search = '') {
  const shown: string[] = [];
  return { origin: 'https://calls.example', pathname, search, hash, shown, replace: (path: string) => void shown.push(path) };
}

const path = `/c/${CALL}`;

describe('a link', () => {
  test('is looked for wherever one could have become of it', () => {
    for (const one of ['/c/', path, `${path}/`, `${path}%23seat.abc`, `/C/${CALL.toUpperCase()}`, `/c%2F${CALL}`, `//c/${CALL}`]) {
      expect(isCallPath(one), one).toBe(true);
    }
    for (const other of ['/', '/convene', '/calls', '/api/c/']) expect(isCallPath(other), other).toBe(false);
  });

  test('leaves the address bar and survives a reload of the tab', async () => {
    const tab = store();
    const first = address(path, '#seat.abc');
    expect(await openLink(load, first, tab)).toMatchObject({ callId: CALL, fragment: 'seat.abc' });
    expect(new Set(first.shown)).toEqual(new Set([path]));
    expect(await openLink(never, address(path), tab)).toEqual({ callId: CALL, fragment: 'seat.abc' });
    await expect(openLink(load, address(path), store())).rejects.toEqual(new LinkProblem('no_fragment'));
  });

  test('leaves the address bar before the core is there, and is kept as it was made', async () => {
    const tab = store();
    const early = address(path, '#seat.abc%20');
    await expect(openLink(never, early, tab)).rejects.toThrow('not loaded');
    expect(early.shown).toEqual([path]);
    const link = coreThat(() => 'seat.abc');
    await openLink(() => Promise.resolve(link), address(path, '#seat.abc%20', '?utm_source=mail'), tab);
    expect(tab.kept.get(`incamera.link.${CALL}`)).toBe('seat.abc');
  });

  test('stays in the address bar where nothing can be stored', async () => {
    const full: Store = { getItem: () => null, setItem: () => { throw new Error('full'); } };
    const shown = address(path, '#seat.abc');
    expect((await openLink(load, shown, full)).fragment).toBe('seat.abc');
    expect(shown.shown).toEqual([]);
  });

  test('that reached the server is told as such after a reload too, kept nowhere, and sent no second time', async () => {
    const tab = store();
    const exposed = address(`${path}%23seat.abc`);
    const reads = coreThat(() => '!exposed_seat');
    await expect(openLink(() => Promise.resolve(reads), exposed, tab)).rejects.toEqual(new LinkProblem('exposed_seat'));
    expect(exposed.shown).toEqual([path]);
    expect([...tab.kept].flat().join()).not.toContain('abc');
    await expect(openLink(never, address(path), tab)).rejects.toEqual(new LinkProblem('exposed_seat'));
    // A new link in the same tab opens.
    expect((await openLink(load, address(path, '#seat.new'), tab)).fragment).toBe('seat.new');
    expect((await openLink(never, address(path), tab)).fragment).toBe('seat.new');
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
