//! One flow over networks that lose, shake, stall, jump and fall silent.

use super::link::{GOOD, Link, World};

const MEGA: u64 = 1_000_000;

fn narrow(rate: u64) -> Link {
    Link { rate, ..GOOD }
}

#[test]
fn chance_losses_of_five_percent_do_not_lower_the_estimate() {
    let lossy = Link { loss: 0.05, ..GOOD };
    let mut world = World::new(lossy, 6 * MEGA);
    world.run(10.0);
    let early = world.estimate();
    world.run(60.0);
    let (lowest, mean) = (world.lowest(), world.mean(20));
    eprintln!("5 % loss: {early} after 10 s, lowest {lowest}, mean {mean}");
    assert!(early > 5_500_000 && lowest > 4_500_000 && mean > 5_500_000);
}

#[test]
fn losses_beyond_ten_percent_lower_it_but_not_to_nothing() {
    let mut world = World::new(GOOD, 3 * MEGA);
    world.run(5.0);
    eprintln!("before 25 % loss: {}", world.estimate());
    world.link.loss = 0.25;
    world.run(30.0);
    let (lowest, end) = (world.lowest(), world.estimate());
    world.link.loss = 0.0;
    world.run(15.0);
    eprintln!(
        "25 % loss: lowest {lowest}, {end} after 30 s, {} after",
        world.estimate()
    );
    assert!(lowest > 300_000, "{lowest} {end}");
    assert!(world.estimate() > 2_700_000);
}

#[test]
fn a_network_with_hardly_a_queue_is_used_by_its_losses() {
    let mut world = World::new(
        Link {
            queue_ms: 40,
            ..narrow(MEGA)
        },
        3 * MEGA,
    );
    world.run(30.0);
    let (mean, loss) = (world.mean(10), world.flows[0].estimator.loss());
    eprintln!("40 ms of queue: mean {mean}, loss {loss}");
    assert!((500_000..1_250_000).contains(&mean), "{mean}");
}

#[test]
fn jitter_without_loss_leaves_it_where_it_is() {
    for (reorders, rate, desired) in [
        (false, 20 * MEGA, 4 * MEGA),
        (true, 20 * MEGA, 4 * MEGA),
        (false, 5 * MEGA, 4 * MEGA),
    ] {
        let mut world = World::new(
            Link {
                jitter_ms: 40,
                reorders,
                ..narrow(rate)
            },
            desired,
        );
        world.run(10.0);
        let early = world.estimate();
        world.run(120.0);
        let (lowest, mean) = (world.lowest(), world.mean(100));
        eprintln!(
            "jitter, reorders {reorders}, {rate}: {early} after 10 s, lowest {lowest}, mean {mean}"
        );
        // It may take a while to be found, but once it was it is kept.
        assert!(
            lowest >= early * 9 / 10 && lowest > 1_500_000,
            "{early} {lowest}"
        );
        assert!(mean > 3_800_000, "{mean}");
    }
}

#[test]
fn jitter_on_a_narrow_network_costs_little() {
    let mut world = World::new(
        Link {
            jitter_ms: 40,
            ..narrow(MEGA)
        },
        3 * MEGA,
    );
    world.run(60.0);
    let (mean, queue) = (world.mean(50), world.queue(50, 90));
    eprintln!("jitter at 1 Mbit/s: mean {mean}, queue {queue}");
    assert!(
        (700_000..1_050_000).contains(&mean) && queue < 200,
        "{mean} {queue}"
    );
}

#[test]
fn a_network_that_stalls_every_few_seconds_keeps_it() {
    for stall_ms in [80, 200] {
        let mut world = World::new(Link { stall_ms, ..GOOD }, 4 * MEGA);
        world.run(10.0);
        world.run(120.0);
        let (lowest, mean) = (world.lowest(), world.mean(100));
        eprintln!("stalls of {stall_ms} ms: lowest {lowest}, mean {mean}");
        assert!(lowest > 3_000_000, "{lowest}");
    }
}

#[test]
fn silence_halves_it_again_and_again_and_it_comes_back() {
    for (seconds, most) in [(5.0, 400_000), (30.0, 30_000)] {
        let mut world = World::new(narrow(5 * MEGA), 3 * MEGA);
        world.run(10.0);
        world.link.is_cut = true;
        world.run(seconds);
        let low = world.estimate();
        world.link.is_cut = false;
        world.run(10.0);
        let back = world.first(|e| e > 2_500_000);
        eprintln!("{seconds} s of silence: {low}, back at {back:?}");
        assert!(low <= most, "{low}");
        assert!(back.is_some_and(|ms| ms < 5000), "{back:?}");
    }
}

#[test]
fn nothing_sent_is_not_silence() {
    let mut world = World::new(GOOD, 3 * MEGA);
    world.run(5.0);
    world.flows[0].is_on = false;
    world.run(30.0);
    assert!(world.lowest() >= 3 * MEGA, "{}", world.lowest());
    world.flows[0].is_on = true;
    world.run(10.0);
    assert!(world.lowest() >= 3 * MEGA, "{}", world.lowest());
}

/// As when all pictures are paused because their network seems too narrow.
#[test]
fn a_queue_or_a_silence_that_was_seen_last_does_not_keep_it_from_looking_again() {
    for seen in [
        Link {
            rate: MEGA / 10,
            ..narrow(MEGA)
        },
        Link {
            is_cut: true,
            ..narrow(MEGA)
        },
    ] {
        let mut world = World::new(narrow(MEGA), 3 * MEGA);
        world.run(5.0);
        world.link = seen;
        world.run(0.8);
        world.flows[0].is_on = false;
        world.run(5.0);
        let low = world.estimate();
        world.link = GOOD;
        world.run(20.0);
        eprintln!("after {seen:?}: {low}, then {}", world.estimate());
        assert!(
            low < MEGA && world.estimate() > 2 * MEGA,
            "{low} {}",
            world.estimate()
        );
    }
}

#[test]
fn lost_and_rare_feedback_is_borne() {
    let sparse = Link {
        feedback_loss: 0.1,
        feedback_ms: 200,
        ..narrow(MEGA)
    };
    let mut world = World::new(sparse, 3 * MEGA);
    world.run(60.0);
    let (mean, queue) = (world.mean(50), world.queue(50, 90));
    eprintln!("sparse feedback: mean {mean}, queue {queue}");
    assert!(
        (650_000..1_050_000).contains(&mean) && queue < 250,
        "{mean} {queue}"
    );
}

#[test]
fn a_jump_of_the_clock_or_of_the_route_is_borne() {
    let mut world = World::new(GOOD, 3 * MEGA);
    world.run(5.0);
    for jump in [40_000_000, -80_000_000, 9_000_000_000] {
        world.flows[0].clock += jump;
        world.run(5.0);
        assert!(world.lowest() > 2_900_000, "{jump}: {}", world.lowest());
    }
    world.link.delay_ms = 150;
    world.run(20.0);
    let (lowest, end) = (world.lowest(), world.estimate());
    world.link.delay_ms = 10;
    world.run(20.0);
    eprintln!(
        "route: lowest {lowest}, {end} after 20 s; then {}",
        world.lowest()
    );
    assert!(lowest > 1_400_000 && end > 2_900_000 && world.estimate() > 2_900_000);
}
