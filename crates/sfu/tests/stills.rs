//! What a line that carries voices and little more gets of pictures, and what gives way to signalling.

use std::time::Duration;

use protocol::{
    SeatId,
    types::{Source, Tile},
};
use sfu::Backlog;
use testkit::{Conditions, World};

const SECOND: Duration = Duration::from_secs(1);
const GOOD: Conditions = Conditions {
    delay_ms: 10,
    jitter_ms: 0,
    loss: 0.0,
    limit: None,
};

/// Six seats that all look at each other; the first one's line carries so many bits a second down.
fn six(limit: Option<u64>) -> World {
    seats(6, limit)
}

fn seats(last: u16, limit: Option<u64>) -> World {
    let mut world = World::new();
    (1..=last).for_each(|seat| world.join(seat));
    for viewer in 1..=last {
        let others = (1..=last).filter(|seat| *seat != viewer);
        let tiles: Vec<_> = others.map(|seat| (seat, 180)).collect();
        world.view(viewer, &tiles);
    }
    world.set_network(1, GOOD, Conditions { limit, ..GOOD });
    world
}

/// Which of the others' pictures seat 1 is told are paused.
fn paused(world: &World) -> Vec<u16> {
    let slots = &world.slots[&1].1;
    let paused = slots.iter().filter(|slot| slot.paused);
    paused.map(|slot| slot.seat.0).collect()
}

/// Pictures of each of these that seat 1 could show since then.
fn decoded(world: &World, seats: &[u16], since: std::time::Instant) -> Vec<usize> {
    let seats = seats.iter();
    seats.map(|seat| world.decoded(1, *seat, since)).collect()
}

/// Key frames of it among them.
fn key_frames(world: &World, seat: u16, since: std::time::Instant) -> usize {
    let viewers = world.clients[&1].viewers.values();
    let shown = viewers.flat_map(|viewer| &viewer.decoded);
    let of = |(at, mark): &&(_, testkit::Mark)| *at >= since && mark.seat == seat && mark.key;
    shown.filter(of).count()
}

#[test]
fn of_a_picture_that_does_not_fit_a_still_comes_now_and_then_and_no_voice_is_lost_for_it() {
    let mut world = six(Some(450_000));
    world.run(20 * SECOND);
    let since = world.now;
    world.run(40 * SECOND);
    let dark = paused(&world);
    assert!(!dark.is_empty(), "all fit");
    for seat in dark {
        // What has room for a moment in between goes on for that long.
        let stills = key_frames(&world, seat, since);
        assert!((1..=12).contains(&stills), "{stills} of seat {seat}");
    }
    for seat in 2..=6 {
        let heard = world.heard(1, seat, since);
        assert!(heard > 1_960, "{heard} of 2000 voices of seat {seat}");
    }
}

#[test]
fn where_all_fits_nothing_is_paused() {
    let mut world = six(None);
    world.run(10 * SECOND);
    assert!(paused(&world).is_empty());
}

#[test]
fn while_signalling_is_late_pictures_wait_on_a_bad_line_and_go_on_at_a_good_one() {
    for (limit, waits) in [(Some(330_000), true), (None, false)] {
        let mut world = six(limit);
        world.run(30 * SECOND);
        world
            .sfu
            .set_backlog(world.now, World::peer(1), Backlog::Late);
        world.run(SECOND);
        let since = world.now;
        world.run(4 * SECOND);
        let seen = decoded(&world, &[2, 3, 4, 5, 6], since);
        assert_eq!(
            seen.iter().all(|pictures| *pictures == 0),
            waits,
            "{seen:?}"
        );
        assert!(world.heard(1, 2, since) > 180, "voices never wait");
        world
            .sfu
            .set_backlog(world.now, World::peer(1), Backlog::None);
        let since = world.now;
        world.run(30 * SECOND);
        let seen = decoded(&world, &[2, 3, 4, 5, 6], since);
        assert!(seen.iter().all(|pictures| *pictures > 0), "{seen:?}");
    }
}

#[test]
fn a_new_connection_is_sent_nothing_until_what_it_was_told_has_reached_it_but_not_for_ever() {
    for waits in [false, true] {
        let mut world = World::new();
        world.join(2);
        world.run(2 * SECOND);
        world.sfu.join(world.now, World::peer(1), true);
        world
            .sfu
            .set_backlog(world.now, World::peer(1), Backlog::Large);
        world.connect(World::options(1));
        world.view(1, &[(2, 180)]);
        let since = world.now;
        world.run(2 * SECOND);
        assert_eq!(
            (world.heard(1, 2, since), world.decoded(1, 2, since)),
            (0, 0)
        );
        if !waits {
            world
                .sfu
                .set_backlog(world.now, World::peer(1), Backlog::None);
        }
        world.run(SECOND);
        assert_eq!(world.heard(1, 2, since) > 0, !waits);
        world.run(5 * SECOND);
        assert!(world.heard(1, 2, since) > 0);
    }
}

#[test]
fn what_is_said_to_a_new_seat_that_hears_already_interrupts_nothing_unless_its_line_is_slow() {
    for backlog in [Backlog::Large, Backlog::Slow] {
        let mut world = World::new();
        world.join(2);
        world.run(2 * SECOND);
        world.join(1);
        world.view(1, &[(2, 180)]);
        world.run(SECOND);
        let peer = World::peer(1);
        let (since, pause) = (world.now, 3 * SECOND);
        world.sfu.set_backlog(world.now, peer, backlog);
        world.run(SECOND / 2);
        assert_eq!(paused(&world).is_empty(), backlog == Backlog::Large);
        world.sfu.set_backlog(world.now, peer, Backlog::None);
        world.run(pause);
        let heard = world.heard(1, 2, since);
        assert_eq!(
            heard > 170,
            backlog == Backlog::Large,
            "{heard} of 175 voices"
        );
    }
}

/// Seat 2 shares its screen with seat 1, on whose narrow line it does not flow.
fn shares(line: Conditions) -> World {
    let mut world = seats(3, line.limit);
    world.set_network(1, GOOD, line);
    let tile = |seat, source| Tile {
        seat: SeatId(seat),
        source,
        height: 180,
    };
    let faces = (2..=3).map(|seat| tile(seat, Source::Camera));
    let tiles = std::iter::once(tile(2, Source::Screen)).chain(faces);
    world
        .sfu
        .set_view(world.now, World::peer(1), tiles.collect());
    world.run(20 * SECOND);
    world.publish(2, true, true, true);
    world
}

/// How often seat 1 could show seat 2's screen since then.
fn screens(world: &World, since: std::time::Instant) -> usize {
    let viewers = world.clients[&1].viewers.values();
    viewers.map(|v| v.decoded_since(since, 2, 2)).sum()
}

const NARROW: Conditions = Conditions {
    limit: Some(330_000),
    ..GOOD
};

#[test]
fn a_still_longer_than_the_queue_of_a_line_arrives_whole_even_if_its_ends_are_lost() {
    for loss in [0.0, 0.1] {
        let mut world = shares(Conditions { loss, ..NARROW });
        let since = world.now;
        world.run(7 * SECOND / 2);
        assert!(screens(&world, since) > 0, "with {loss} lost");
    }
}

#[test]
fn a_screen_that_got_lost_on_a_narrow_line_comes_again_within_seconds_when_it_is_asked_for() {
    let mut world = shares(NARROW);
    let all_but_few = Conditions {
        loss: 0.9,
        ..NARROW
    };
    world.set_network(1, GOOD, all_but_few);
    world.run(3 * SECOND / 2);
    world.set_network(1, GOOD, NARROW);
    let since = world.now;
    for _ in 0..25 {
        // As browsers do as long as they have packets of a picture and cannot show it.
        world.client(1).request_key_frames();
        world.run(SECOND / 5);
    }
    assert!(screens(&world, since) > 0, "it would come after 8 s");
}
