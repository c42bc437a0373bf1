import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock';
import { steadyClock } from './steady-clock';

test('the steady clock counts sleep, and never goes back', () => {
  const system = new FakeClock();
  const start = system.now();
  const clock = steadyClock(system);
  expect(clock.now()).toBe(start);
  system.pass(100);
  expect(clock.now()).toBe(start + 100);
  system.setWall(-3_600_000);
  system.pass(10);
  expect(clock.now()).toBe(start + 110);
  // Two hours of sleep, from the time of day as it was set.
  system.sleep(7_200_000);
  expect(clock.now()).toBe(start + 110 + 7_200_000);
  // Drift is left alone.
  system.setWall(500);
  expect(clock.now()).toBe(start + 110 + 7_200_000);
  system.pass(50);
  expect(clock.now()).toBe(start + 160 + 7_200_000);
});

test('a time of day that jumps to and fro moves the steady clock on once for each way ahead', () => {
  const system = new FakeClock();
  const start = system.now();
  const clock = steadyClock(system);
  for (let i = 1; i <= 3; i++) {
    system.setWall(60_000);
    expect(clock.now()).toBe(start + i * 60_000);
    system.setWall(-60_000);
    expect(clock.now()).toBe(start + i * 60_000);
  }
});
