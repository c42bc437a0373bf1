//! Clocks of one machine that jump ahead: it slept, or somebody set them and its browser cannot tell
//! the two apart. What was heard before is old then, and is heard anew; nobody is thrown out for it.

use super::world::{STEP_MS, World};
use crate::session::Sending;

/// Within this long after a jump everybody is verified and heard again: a heartbeat there and back.
const HEARD_AGAIN_MS: u64 = 2_000;

/// Nobody is taken out of the group, as anybody sees it.
fn stays_whole(world: &mut World, ms: u64) {
    let end = world.now + ms;
    while world.now < end {
        world.run(STEP_MS);
        let members = (0..3).map(|at| world.view(at).table.members.len());
        assert_eq!(members.collect::<Vec<_>>(), [3, 3, 3]);
    }
}

fn everybody_stays_when_the_clock_jumps(who: usize, by_ms: u64) {
    let (mut world, _) = World::table(3, 1);
    world.run(20_000);
    world.ahead.insert(who, by_ms);
    let ms = world.until(HEARD_AGAIN_MS, "all are verified again", |w| {
        w.all_verified()
            && (0..3).all(|at| w.view(at).sending == Sending::Allowed)
            && w.clients.iter().all(|c| c.session.client.now >= w.now)
    });
    assert!(ms <= HEARD_AGAIN_MS);
    stays_whole(&mut world, 30_000);
    assert!(world.all_verified());
    for (from, to) in [(0, 1), (1, 0), (1, 2), (2, 0)] {
        world.voice(from, to).unwrap();
    }
}

#[test]
fn a_hosts_clock_that_jumps_ahead_throws_nobody_out() {
    for by_ms in [3_000, 60_000, 11 * 60_000, 9 * 3_600_000] {
        everybody_stays_when_the_clock_jumps(0, by_ms);
    }
}

#[test]
fn a_delegates_clock_that_jumps_ahead_throws_nobody_out() {
    for by_ms in [3_000, 60_000, 11 * 60_000, 9 * 3_600_000] {
        everybody_stays_when_the_clock_jumps(1, by_ms);
    }
}

#[test]
fn a_host_that_was_away_for_long_throws_nobody_out_when_it_is_back() {
    let (mut world, _) = World::table(3, 1);
    world.disconnect(0);
    world.run(90_000);
    world.reconnect(0);
    stays_whole(&mut world, 30_000);
    assert!(world.all_verified());
}

#[test]
fn who_is_really_gone_is_taken_out_all_the_same() {
    let (mut world, _) = World::table(3, 1);
    world.ahead.insert(0, 60_000);
    world.crash(2);
    world.run(100);
    world.until(75_000, "the one that is gone is taken out", |w| {
        w.view(0).table.members.len() == 2
    });
}
