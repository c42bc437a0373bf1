//! One flow over networks that are wide, narrow, long, and change.

use super::link::{GOOD, Link, World};

const MEGA: u64 = 1_000_000;

fn narrow(rate: u64) -> Link {
    Link { rate, ..GOOD }
}

#[test]
fn a_wide_network_is_found_within_three_seconds() {
    let mut world = World::new(GOOD, 10 * MEGA);
    world.run(4.0);
    let at = world.first(|estimate| estimate >= 10 * MEGA);
    assert!(
        at.is_some_and(|ms| ms < 3000),
        "{at:?} {}",
        world.estimate()
    );
    let (probes, bytes) = (world.flows[0].probes, world.flows[0].probe_bytes);
    assert!(probes <= 4 && bytes < 100_000, "{probes} {bytes}");
    eprintln!("ramp: 10 Mbit/s at {at:?} ms, {probes} probes, {bytes} bytes");
}

#[test]
fn a_wide_network_is_found_by_probes_sent_all_at_once_as_well() {
    let mut world = World::new(GOOD, 10 * MEGA);
    world.flows[0].bursts = true;
    world.run(4.0);
    let at = world.first(|estimate| estimate >= 10 * MEGA);
    assert!(
        at.is_some_and(|ms| ms < 3000),
        "{at:?} {}",
        world.estimate()
    );
}

#[test]
fn a_narrow_network_is_used_well_and_without_a_standing_queue() {
    let links = [
        (MEGA, 300, 30),
        (MEGA, 1500, 30),
        (MEGA, 300, 15),
        (300_000, 500, 15),
        (4 * MEGA, 100, 30),
    ];
    for (rate, queue_ms, fps) in links {
        let mut world = World::new(
            Link {
                queue_ms,
                ..narrow(rate)
            },
            3 * rate,
        );
        world.flows[0].fps = fps;
        world.run(5.0);
        let (at_five, peak) = (world.estimate(), world.queue_log.iter().max().copied());
        world.run(55.0);
        let (mean, lowest) = (world.mean(50), world.lowest());
        let queues = [50, 90, 99].map(|percent| world.queue(50, percent));
        eprintln!(
            "{rate} with {queue_ms} ms, {fps} fps: after 5 s {at_five}, peak queue {peak:?}; mean {mean}, lowest {lowest}, queues {queues:?}, probes {}",
            world.flows[0].probes
        );
        assert!(
            at_five > rate * 70 / 100 && at_five < rate * 110 / 100,
            "{at_five}"
        );
        assert!(
            (rate * 80 / 100..=rate * 102 / 100).contains(&mean),
            "{mean}"
        );
        assert!(queues[0] < 80 && queues[1] < 180, "{queues:?}");
    }
}

#[test]
fn a_network_that_falls_is_followed_within_two_seconds_and_back_within_ten() {
    for stays in [6.0, 20.0, 60.0] {
        let mut world = World::new(narrow(3 * MEGA), 4 * MEGA);
        world.run(20.0);
        let before = world.mean(5);
        world.link.rate = 500_000;
        world.run(2.0);
        let (at, fell) = (world.first(|e| e < 600_000), world.estimate());
        world.run(stays);
        let (low, queue) = (world.mean(4), world.queue(4, 90));
        world.link.rate = 3 * MEGA;
        world.run(12.0);
        let back = world.first(|e| e > 2_400_000);
        eprintln!(
            "3 Mbit/s: {before}; fell to {fell} (below 600k at {at:?}), mean {low}, queue {queue}; back at {back:?}"
        );
        assert!(at.is_some() && fell < 600_000, "{fell}");
        assert!(
            (350_000..520_000).contains(&low) && queue < 150,
            "{low} {queue}"
        );
        assert!(back.is_some_and(|ms| ms < 10_000), "{back:?}");
    }
}

#[test]
fn little_sent_neither_lowers_the_estimate_nor_lets_it_grow() {
    let mut world = World::new(GOOD, 200_000);
    world.flows[0].most = 200_000;
    world.run(60.0);
    let (lowest, end) = (world.lowest(), world.estimate());
    assert!(lowest >= 1_400_000 && end <= 1_600_000, "{lowest} {end}");
    world.flows[0].desired = 8 * MEGA;
    world.run(3.0);
    let at = world.first(|e| e >= 8 * MEGA);
    assert!(at.is_some_and(|ms| ms < 2000), "{at:?}");
    world.run(60.0);
    let (lowest, end) = (world.lowest(), world.estimate());
    assert!(lowest >= 7 * MEGA && end <= 12 * MEGA, "{lowest} {end}");
}

#[test]
fn a_narrow_network_that_is_half_used_is_left_in_peace() {
    let mut world = World::new(narrow(MEGA), 3 * MEGA);
    (world.flows[0].most, world.flows[0].fps) = (500_000, 15);
    world.run(10.0);
    let before = world.flows[0].probe_bytes;
    world.run(120.0);
    let (lowest, mean) = (world.lowest(), world.mean(100));
    let padding = (world.flows[0].probe_bytes - before) * 8 / 120;
    let queues = [50, 90, 99].map(|percent| world.queue(100, percent));
    eprintln!(
        "half used: lowest {lowest}, mean {mean}, queues {queues:?}, padding {padding} bit/s"
    );
    assert!(lowest > 500_000 && mean <= 1_500_000, "{lowest} {mean}");
    assert!(queues[1] < 80 && padding < 20_000, "{queues:?} {padding}");
}

#[test]
fn a_long_path_is_found_and_filled() {
    let mut world = World::new(
        Link {
            delay_ms: 150,
            ..narrow(2 * MEGA)
        },
        3 * MEGA,
    );
    world.run(60.0);
    let (mean, queue) = (world.mean(50), world.queue(50, 90));
    eprintln!("300 ms of round trip: mean {mean}, queue {queue}");
    assert!(
        (1_400_000..2_050_000).contains(&mean) && queue < 200,
        "{mean} {queue}"
    );
}

#[test]
fn numbers_wrap_without_notice() {
    let mut world = World::new(GOOD, 10 * MEGA);
    world.run(10.0);
    world.run(140.0); // a thousand packets a second
    assert!(world.lowest() >= 9 * MEGA, "{}", world.lowest());
}
