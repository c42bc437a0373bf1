import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Settling } from './settling.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a button that stands where another person stood waits a second; a first or a last one does not', () => {
  const settling = new Settling();
  settling.see(['3']);
  expect(settling.moving).toBe(false);
  settling.see(['3', '5']);
  expect(settling.moving).toBe(false);
  settling.see(['5']);
  expect(settling.moving).toBe(true);
  vi.advanceTimersByTime(600);
  settling.see(['6']);
  vi.advanceTimersByTime(600);
  expect(settling.moving).toBe(true);
  vi.advanceTimersByTime(400);
  expect(settling.moving).toBe(false);
  settling.see([]);
  vi.advanceTimersByTime(900);
  settling.see(['7']);
  expect(settling.moving).toBe(true);
  vi.advanceTimersByTime(1000);
  settling.see([]);
  vi.advanceTimersByTime(1100);
  settling.see(['8']);
  expect(settling.moving).toBe(false);
});
