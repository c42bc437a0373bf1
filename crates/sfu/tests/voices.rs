//! Voices on bad lines: what is lost is sent again, and small voices are asked for.

use std::time::Duration;

use testkit::{Conditions, World};

const SECOND: Duration = Duration::from_secs(1);

fn lossy(loss: f32) -> Conditions {
    Conditions {
        delay_ms: 20,
        jitter_ms: 5,
        loss,
        limit: None,
    }
}

/// Two seats that hear each other, of clients that have voices sent again or not.
fn pair(resend_voices: bool) -> World {
    let mut world = World::new();
    for seat in [1, 2] {
        let options = testkit::ClientOptions {
            resend_voices,
            ..World::options(seat)
        };
        world.join_with(options, true);
        world.publish(seat, true, false, false);
    }
    world
}

/// Share of a voice that did not come, on lines that lose so much.
fn missing(resend_voices: bool, loss: f32) -> f64 {
    let mut world = pair(resend_voices);
    world.run(2 * SECOND);
    for seat in [1, 2] {
        world.set_network(seat, lossy(loss), lossy(loss));
    }
    let since = world.now;
    world.run(20 * SECOND);
    let heard = world.heard(1, 2, since);
    1.0 - heard as f64 / 1_000.0
}

#[test]
fn of_voices_on_lines_that_lose_three_in_ten_less_than_a_tenth_is_missing() {
    let missing = missing(true, 0.3);
    assert!(missing < 0.1, "{missing}");
}

#[test]
fn a_client_that_does_not_offer_it_loses_what_is_lost() {
    let missing = missing(false, 0.1);
    assert!((0.1..0.3).contains(&missing), "{missing}");
}

/// What seat 2 was told of its voice, in order.
fn told(world: &World) -> Vec<bool> {
    let of = world.events.iter().filter(|(seat, _)| *seat == 2);
    of.filter_map(|(_, event)| match event {
        sfu::Event::Voice { narrow } => Some(*narrow),
        _ => None,
    })
    .collect()
}

/// Two seats that see and hear each other, the first one behind such a line.
fn behind(line: Conditions) -> World {
    let mut world = World::new();
    world.join(1);
    world.join(2);
    world.view(1, &[(2, 180)]);
    world.view(2, &[(1, 180)]);
    world.set_network(1, line, line);
    world
}

#[test]
fn a_publisher_is_told_to_send_the_voice_that_its_hearers_lines_carry() {
    let mut world = behind(Conditions {
        delay_ms: 20,
        jitter_ms: 0,
        loss: 0.0,
        limit: None,
    });
    world.run(8 * SECOND);
    assert_eq!(told(&world), [false], "a good line");
    world.set_network(1, lossy(0.0), lossy(0.3));
    world.run(30 * SECOND);
    assert_eq!(told(&world), [false, true], "that loses many");
    world.set_network(1, lossy(0.0), lossy(0.0));
    world.run(90 * SECOND);
    assert_eq!(told(&world), [false, true, false], "and is good again");
}

#[test]
fn of_a_narrow_line_nobody_is_ever_told_that_it_is_good() {
    let line = Conditions {
        delay_ms: 60,
        jitter_ms: 5,
        loss: 0.0,
        limit: Some(110_000),
    };
    let mut world = behind(line);
    world.run(30 * SECOND);
    assert_eq!(told(&world), [true]);
}

#[test]
fn what_comes_again_comes_once_and_within_half_a_second() {
    let mut world = pair(true);
    world.run(2 * SECOND);
    for seat in [1, 2] {
        world.set_network(seat, lossy(0.3), lossy(0.3));
    }
    world.run(10 * SECOND);
    let client = world.client(1);
    let (_, listener) = client.listeners.iter().next().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for &(_, seq, ..) in &listener.heard {
        assert!(seen.insert(seq), "{seq} twice");
    }
    let first_after = |seq: u64| {
        let mut later = listener.heard.iter().filter(|(_, other, ..)| *other > seq);
        later.next().map(|(at, ..)| *at)
    };
    let late = |(at, seq): (std::time::Instant, u64)| {
        first_after(seq).map_or(Duration::ZERO, |first| at.saturating_duration_since(first))
    };
    let waits: Vec<_> = listener.heard.iter().map(|h| late((h.0, h.1))).collect();
    let late = waits.iter().filter(|wait| **wait > Duration::ZERO).count();
    assert!(late * 10 > waits.len(), "only {late} came again");
    let long = waits.iter().filter(|wait| **wait > SECOND / 2).count();
    assert!(long * 50 < waits.len(), "{long} of {}", waits.len());
}
