import { expect, test } from 'vitest';
import { SeatLock, type Locks } from './one-tab';

/** Web Locks, for one name. */
function fakeLocks(): Locks {
  let holder: ((error: Error) => void) | null = null;
  return {
    request: (_name, options, hold) => new Promise((_resolve, reject) => {
      if (holder && !options.steal) return void hold(null);
      holder?.(new Error('AbortError'));
      holder = reject;
      void hold({});
    }),
  };
}

test('the second tab is told, may take the seat, and the first is told then', async () => {
  const locks = fakeLocks();
  const [first, second] = [new SeatLock(locks, 'x'), new SeatLock(locks, 'x')];
  let lost = 0;
  first.onlost = () => { lost += 1; };
  expect(await first.take()).toBe(true);
  expect(await second.take()).toBe(false);
  await second.steal();
  await Promise.resolve();
  expect(lost).toBe(1);
});

test('a browser without locks goes on without', async () => {
  expect(await new SeatLock(undefined, 'x').take()).toBe(true);
});
