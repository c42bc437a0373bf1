/**
 * A clock that never goes back, for what is judged by age: an operating system may set its clock
 * while a call lasts.
 *
 * It follows the system's clock forward, because browsers stop the steady one while a machine sleeps.
 */

import { systemClock, type Clock } from './time';

/** Jumps smaller than this are drift. */
const JUMP_MS = 1_000;

export function steadyClock(
  wall: () => number = () => Date.now(), steady: () => number = () => performance.now(), after = systemClock.after,
): Clock {
  let offset = wall() - steady();
  return {
    now() {
      const ahead = wall() - (offset + steady());
      if (ahead > JUMP_MS) offset += ahead;
      return offset + steady();
    },
    after,
  };
}
