/**
 * A clock for what is judged by age, where old must never pass for new: it never goes back, and it
 * counts the time a machine slept.
 *
 * Browsers stop their steady clock while a machine sleeps, and tell nobody. All that shows it is the
 * time of day, which is then suddenly ahead; as it is when somebody sets it. The two cannot be told
 * apart, so both count as sleep: what was heard before is old, and has to be heard anew, which takes a
 * heartbeat. A time of day that is set back changes nothing.
 */

import { systemClock, type Clock } from './time';

/** Jumps smaller than this are drift. */
const JUMP_MS = 1_000;

export function steadyClock(clock: Clock = systemClock): Clock {
  let aheadMs = clock.wall() - clock.now();
  let sleptMs = 0;
  return {
    now() {
      const jumpedMs = clock.wall() - clock.now() - aheadMs;
      if (Math.abs(jumpedMs) > JUMP_MS) {
        aheadMs += jumpedMs;
        sleptMs += Math.max(0, jumpedMs);
      }
      return clock.now() + sleptMs;
    },
    wall: () => clock.wall(),
    after: (ms, run) => clock.after(ms, run),
  };
}
