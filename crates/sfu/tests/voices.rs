//! Voices on bad lines: what is lost is sent again, at the size it had.

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
fn of_voices_on_lines_that_lose_a_third_less_than_a_tenth_is_missing() {
    let missing = missing(true, 0.3);
    assert!(missing < 0.05, "{missing}");
}

#[test]
fn a_client_that_does_not_offer_it_loses_what_is_lost() {
    let missing = missing(false, 0.1);
    assert!((0.1..0.3).contains(&missing), "{missing}");
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
    let long = waits.iter().filter(|wait| **wait > SECOND / 2).count();
    assert!(long * 50 < waits.len(), "{long} of {}", waits.len());
}
