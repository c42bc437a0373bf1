import { expect, test } from 'vitest';
import { steadyClock } from './steady-clock';

test('the steady clock follows the system forward and never back', () => {
  let wall = 1_000_000;
  let steady = 50;
  const clock = steadyClock(() => wall, () => steady);
  expect(clock.now()).toBe(1_000_000);
  wall += 100;
  steady += 100;
  expect(clock.now()).toBe(1_000_100);
  // Set back by an hour.
  wall -= 3_600_000;
  steady += 10;
  expect(clock.now()).toBe(1_000_110);
  // Woken after an hour of sleep, in which the steady clock stood still.
  wall += 7_200_000;
  expect(clock.now()).toBe(wall);
  // Drift is left alone.
  wall += 500;
  expect(clock.now()).toBe(wall - 500);
});
