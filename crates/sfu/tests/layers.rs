//! Which layer each receiver gets, and what loss and key frame requests do.

use std::time::Duration;

use testkit::{Conditions, World};

const SECOND: Duration = Duration::from_secs(1);
const GOOD: Conditions = Conditions {
    delay_ms: 10,
    jitter_ms: 0,
    loss: 0.0,
    limit: None,
};

fn pair(height: u16) -> World {
    let mut world = World::new();
    world.join(1);
    world.join(2);
    world.view(1, &[(2, height)]);
    world
}

fn limited(limit: u64) -> Conditions {
    Conditions {
        limit: Some(limit),
        ..GOOD
    }
}

#[test]
fn the_layer_follows_the_height_of_the_tile_up_and_down() {
    let mut world = pair(180);
    world.run(4 * SECOND);
    assert_eq!(world.viewer(1, 2).layer(), Some(0));
    for (height, layer) in [(720, 2), (360, 1), (180, 0), (2160, 2)] {
        world.view(1, &[(2, height)]);
        world.run(4 * SECOND);
        assert_eq!(world.viewer(1, 2).layer(), Some(layer), "at {height}");
    }
    let viewer = world.viewer(1, 2);
    viewer.assert_continuous();
    let freeze = viewer.longest_freeze(world.start + SECOND, world.now);
    assert!(freeze < Duration::from_millis(200), "{freeze:?}");
}

#[test]
fn the_layer_follows_the_bandwidth_down_and_up_again() {
    let mut world = pair(720);
    world.run(6 * SECOND);
    assert_eq!(world.viewer(1, 2).layer(), Some(2), "with room");
    world.set_network(1, GOOD, limited(700_000));
    world.run(10 * SECOND);
    assert!(world.viewer(1, 2).layer() < Some(2), "in a narrow network");
    let since = world.now - 4 * SECOND;
    assert!(world.decoded(1, 2, since) > 45, "and it moves");
    assert!(world.heard(1, 2, since) > 180, "voice first");
    world.set_network(1, GOOD, GOOD);
    world.run(25 * SECOND);
    assert_eq!(world.viewer(1, 2).layer(), Some(2), "with room again");
    world.viewer(1, 2).assert_continuous();
}

#[test]
fn the_least_important_pictures_are_paused_and_all_voices_kept() {
    let mut world = World::new();
    (1..=7).for_each(|seat| world.join(seat));
    let tiles: Vec<_> = (2..=7).map(|seat| (seat, 180)).collect();
    world.view(1, &tiles);
    world.set_network(1, GOOD, limited(700_000));
    world.run(20 * SECOND);
    let paused = |world: &World| -> Vec<bool> {
        let slots = &world.slots[&1].1;
        let slot = |seat| slots.iter().find(|slot| slot.seat.0 == seat).unwrap();
        (2..=7).map(|seat| slot(seat).paused).collect()
    };
    let now = paused(&world);
    let estimate = world.sfu.estimate(World::peer(1));
    assert!(!now[0] && now[5], "{now:?} {estimate:?}");
    let since = world.now - 3 * SECOND;
    for seat in 2..=7 {
        let heard = world.heard(1, seat, since);
        assert!(heard > 120, "{heard} of {seat}");
    }
    let decoded = world.decoded(1, 2, since);
    assert!(decoded > 20, "{decoded}");
    world.set_network(1, GOOD, GOOD);
    world.run(20 * SECOND);
    assert_eq!(paused(&world), [false; 6]);
    assert!(world.decoded(1, 7, world.now - SECOND) > 10);
}

#[test]
fn an_estimate_does_not_stay_low_because_little_is_sent() {
    let mut world = pair(180);
    world.run(10 * SECOND);
    world.view(1, &[(2, 720)]);
    world.run(5 * SECOND);
    assert_eq!(world.viewer(1, 2).layer(), Some(2));
}

#[test]
fn a_layer_the_publisher_stops_is_left_for_the_next_best() {
    let mut world = pair(720);
    world.run(4 * SECOND);
    world.client(2).script(1).layers[2].on = false;
    world.run(4 * SECOND);
    assert_eq!(world.viewer(1, 2).layer(), Some(1));
    assert!(world.decoded(1, 2, world.now - SECOND) > 12);
    world.client(2).script(1).layers[2].on = true;
    world.run(4 * SECOND);
    assert_eq!(world.viewer(1, 2).layer(), Some(2));
    world.viewer(1, 2).assert_continuous();
}

#[test]
fn five_percent_loss_both_ways_is_repaired() {
    let mut world = pair(360);
    let lossy = Conditions { loss: 0.05, ..GOOD };
    world.run(2 * SECOND);
    world.set_network(1, lossy, lossy);
    world.set_network(2, lossy, lossy);
    let since = world.now;
    world.run(20 * SECOND);
    let decoded = world.decoded(1, 2, since);
    assert!(decoded > 270, "{decoded} of 300 frames");
    let freeze = world.viewer(1, 2).longest_freeze(since, world.now);
    assert!(freeze < 2 * SECOND, "{freeze:?}");
    world.viewer(1, 2).assert_continuous();
}

#[test]
fn a_newcomer_has_a_picture_as_soon_as_its_connection_stands_however_long_that_took() {
    for took_ms in [250, 450, 900, 1_700] {
        let mut world = World::new();
        world.join(2);
        world.run(3 * SECOND);
        let before = world.client(2).key_requests.len();
        world.join(1);
        world.view(1, &[(2, 180)]);
        let nothing = Conditions { loss: 1.0, ..GOOD };
        world.set_network(1, nothing, nothing);
        world.run(Duration::from_millis(took_ms));
        let in_vain = world.client(2).key_requests.len() - before;
        assert_eq!(in_vain, 0, "key frames nobody can get, in {took_ms} ms");
        world.set_network(1, GOOD, GOOD);
        let stands = |world: &World| {
            let mut events = world.events.iter();
            events.any(|(seat, event)| *seat == 1 && matches!(event, sfu::Event::Connected))
        };
        while !stands(&world) {
            assert!(world.now - world.start < 20 * SECOND, "never connected");
            world.run(Duration::from_millis(10));
        }
        let connected = world.now;
        world.run(Duration::from_millis(300));
        assert!(world.decoded(1, 2, connected) > 0, "after {took_ms} ms");
    }
}

#[test]
fn many_receivers_together_ask_for_few_key_frames() {
    let mut world = World::new();
    (1..=9).for_each(|seat| world.join(seat));
    world.run(3 * SECOND);
    let before = world.client(2).key_requests.len();
    for seat in [1, 3, 4, 5, 6, 7, 8, 9] {
        world.view(seat, &[(2, 180)]);
        world.run(Duration::from_millis(20));
    }
    world.run(2 * SECOND);
    let asked = world.client(2).key_requests.len() - before;
    assert!((1..=3).contains(&asked), "{asked}");
    for seat in [1, 3, 4, 5, 6, 7, 8, 9] {
        assert!(world.decoded(seat, 2, world.now - SECOND) > 12, "{seat}");
    }
}

#[test]
fn a_receiver_that_asks_without_end_gets_a_key_frame_a_second() {
    let mut world = pair(180);
    world.run(3 * SECOND);
    let before = world.client(2).key_requests.len();
    for _ in 0..100 {
        world.client(1).request_key_frames();
        world.run(Duration::from_millis(50));
    }
    let asked = world.client(2).key_requests.len() - before;
    assert!((4..=7).contains(&asked), "{asked} in five seconds");
}
