//! Whole calls on virtual time: who sees and hears whom, and what happens when that changes.

use std::time::Duration;

use protocol::{
    Audience, Publishing, SeatId, TrackKind,
    types::{Source, Tile},
};
use sfu::{Event, Rejection};
use testkit::World;

const SECOND: Duration = Duration::from_secs(1);

/// A table where everybody shows everybody else at this height.
fn table(seats: u16, height: u16) -> World {
    let mut world = World::new();
    for seat in 1..=seats {
        world.join(seat);
    }
    for seat in 1..=seats {
        show_others(&mut world, seat, seats, height);
    }
    world
}

fn show_others(world: &mut World, seat: u16, seats: u16, height: u16) {
    let others = (1..=seats).filter(|&other| other != seat);
    let tiles: Vec<_> = others.map(|other| (other, height)).collect();
    world.view(seat, &tiles);
}

#[test]
fn two_seats_see_and_hear_each_other() {
    let mut world = table(2, 720);
    world.run(5 * SECOND);
    for (seat, other) in [(1, 2), (2, 1)] {
        let heard = world.heard(seat, other, world.start);
        let decoded = world.decoded(seat, other, world.start);
        assert!(heard > 200, "seat {seat} heard {heard}");
        assert!(decoded > 60, "seat {seat} decoded {decoded}");
        world.viewer(seat, other).assert_continuous();
    }
    assert_eq!(world.sfu.figures().panics, 0);
    assert_eq!(world.sfu.figures().rejected, [0; Rejection::ALL.len()]);
    assert!(world.stray.is_empty());
}

#[test]
fn nine_seats_see_and_hear_everybody() {
    let mut world = table(9, 180);
    world.run(6 * SECOND);
    for seat in 1..=9 {
        for other in (1..=9).filter(|&other| other != seat) {
            let since = world.now - 2 * SECOND;
            let (heard, decoded) = (
                world.heard(seat, other, since),
                world.decoded(seat, other, since),
            );
            assert!(heard >= 95, "{seat} heard {heard} of {other}");
            assert!(decoded >= 25, "{seat} decoded {decoded} of {other}");
            world.viewer(seat, other).assert_continuous();
        }
    }
    assert_eq!(world.sfu.figures().connected, 9);
    assert_eq!(world.sfu.figures().panics, 0);
}

#[test]
fn the_first_frame_comes_soon_after_the_connection() {
    let mut world = table(2, 360);
    world.run(3 * SECOND);
    let viewer = world.viewer(1, 2);
    let first = viewer.decoded[0].0 - world.start;
    assert!(first < Duration::from_millis(700), "{first:?}");
}

#[test]
fn a_transceiver_is_used_again_for_another_seat_without_negotiation() {
    let mut world = table(3, 180);
    world.run(3 * SECOND);
    let before = world.slots[&1].1.clone();
    world.leave(2);
    world.view(1, &[(3, 180)]);
    world.run(SECOND);
    world.join(4);
    world.view(1, &[(3, 180), (4, 180)]);
    let since = world.now;
    world.run(3 * SECOND);

    let after = &world.slots[&1].1;
    let mid_of = |slots: &[protocol::types::VideoSlot], seat| {
        slots
            .iter()
            .find(|slot| slot.seat == SeatId(seat))
            .unwrap()
            .mid
            .clone()
    };
    assert_eq!(
        mid_of(&before, 3),
        mid_of(after, 3),
        "who stays keeps the place"
    );
    assert_eq!(
        mid_of(&before, 2),
        mid_of(after, 4),
        "who is new gets a free one"
    );
    assert!(world.decoded(1, 4, since) > 25);
    assert!(world.heard(1, 4, since) > 95);
    world.viewer(1, 4).assert_continuous();
    let answers = world.answers.iter().filter(|(seat, _)| *seat == 1).count();
    assert_eq!(answers, 1);
}

#[test]
fn more_transceivers_can_be_had_on_demand() {
    let mut world = World::new();
    for seat in 1..=3 {
        world.join_with(
            testkit::ClientOptions {
                audio: 1,
                video: 1,
                ..World::options(seat)
            },
            true,
        );
        world.publish(seat, true, true, false);
    }
    show_others(&mut world, 1, 3, 180);
    world.run(3 * SECOND);
    assert_eq!(world.slots[&1].0.len(), 1);
    assert_eq!(world.slots[&1].1.len(), 1);
    world.offer_more(1, 1, 1);
    let since = world.now;
    world.run(3 * SECOND);
    for other in [2, 3] {
        assert!(world.decoded(1, other, since) > 25, "{other}");
        assert!(world.heard(1, other, since) > 95, "{other}");
        world.viewer(1, other).assert_continuous();
    }
    assert!(world.client(1).connected);
}

#[test]
fn a_new_connection_takes_the_place_of_a_broken_one() {
    let mut world = table(3, 180);
    world.run(3 * SECOND);
    let mut options = World::options(2);
    options.addr = ([10, 9, 9, 9], 6000).into();
    world.connect(options);
    let since = world.now;
    world.run(4 * SECOND);
    for (seat, other) in [(1, 2), (3, 2), (2, 1), (2, 3)] {
        assert!(world.decoded(seat, other, since) > 30, "{seat} of {other}");
        assert!(world.heard(seat, other, since) > 130, "{seat} of {other}");
        world.viewer(seat, other).assert_continuous();
    }
    assert_eq!(world.sfu.figures().connected, 3);
}

#[test]
fn an_older_generation_is_refused() {
    let mut world = table(2, 180);
    world.connect(World::options(1));
    world.run(SECOND);
    let offer = testkit::Client::new(world.now, World::options(1)).offer(world.now);
    world.sfu.handle_offer(world.now, World::peer(1), 1, &offer);
    world.run(SECOND);
    let refused = |(seat, event): &(u16, Event)| {
        *seat == 1 && matches!(event, Event::OfferRefused { generation: 1, .. })
    };
    assert!(world.events.iter().any(refused));
    assert!(world.client(1).connected);
}

#[test]
fn observers_cannot_publish_but_see_and_hear() {
    let mut world = table(2, 180);
    let observer = World::options(3);
    world.sfu.join(world.now, World::peer(3), false);
    let offer = testkit::Client::new(world.now, observer.clone()).offer(world.now);
    world.sfu.handle_offer(world.now, World::peer(3), 1, &offer);
    world.join_with(
        testkit::ClientOptions {
            microphone: false,
            camera: None,
            screen: None,
            ..observer
        },
        false,
    );
    // Announcing alone makes nobody a publisher.
    world.publish(3, true, true, true);
    world.view(3, &[(1, 180), (2, 180)]);
    world.view(1, &[(2, 180), (3, 180)]);
    world.run(4 * SECOND);
    let refused =
        |(seat, event): &(u16, Event)| *seat == 3 && matches!(event, Event::OfferRefused { .. });
    assert!(world.events.iter().any(refused));
    assert!(world.decoded(3, 1, world.start) > 30);
    assert!(world.heard(3, 2, world.start) > 100);
    assert!(world.slots[&1].1.iter().all(|slot| slot.seat != SeatId(3)));
    assert!(world.slots[&1].0.iter().all(|slot| slot.seat != SeatId(3)));
}

#[test]
fn a_receiver_is_told_how_much_was_sent_by_one_who_knows() {
    let mut world = World::new();
    world.join(1);
    world.join(2);
    world.view(1, &[(2, 720)]);
    world.run(Duration::from_secs(4));
    world.offer_more(1, 1, 1);
    world.run(Duration::from_secs(4));
    let viewer = world.viewer(1, 2);
    let mut told = viewer.reported.clone();
    told.dedup();
    assert!(told.len() >= 5, "once a second: {told:?}");
    assert!(told.is_sorted() && told[0] > 0, "{told:?}");
    let sent = viewer.seen.len() as u32;
    assert!(
        (sent / 2..=sent).contains(told.last().unwrap()),
        "{told:?} {sent}"
    );
}

#[test]
fn a_closed_microphone_is_not_forwarded_even_if_the_client_goes_on_sending() {
    let mut world = table(2, 180);
    world.run(2 * SECOND);
    world.publish(2, false, true, false);
    world.run(SECOND / 2);
    let since = world.now;
    world.run(2 * SECOND);
    assert_eq!(world.heard(1, 2, since), 0);
    assert!(world.slots[&1].0.is_empty());
    world.publish(2, true, true, false);
    let since = world.now;
    world.run(SECOND);
    assert!(world.heard(1, 2, since) > 40);
    assert!(world.sfu.figures().withheld > 50);
}

#[test]
fn a_camera_that_is_switched_off_and_on_goes_on_without_a_jump() {
    let mut world = table(2, 360);
    world.run(2 * SECOND);
    world.client(2).set_sending(1, false);
    world.publish(2, true, false, false);
    world.run(5 * SECOND);
    assert!(world.slots[&1].1.is_empty());
    world.client(2).set_sending(1, true);
    world
        .client(2)
        .script(1)
        .layers
        .iter_mut()
        .for_each(testkit::LayerScript::request_key);
    world.publish(2, true, true, false);
    let since = world.now;
    world.run(2 * SECOND);
    assert!(world.decoded(1, 2, since) > 20);
    world.viewer(1, 2).assert_continuous();
}

#[test]
fn a_screen_comes_beside_the_camera_of_the_same_seat() {
    let mut world = table(2, 180);
    world.publish(2, true, true, true);
    let tile = |source, height| Tile {
        seat: SeatId(2),
        source,
        height,
    };
    let tiles = vec![tile(Source::Screen, 1080), tile(Source::Camera, 180)];
    world.sfu.set_view(world.now, World::peer(1), tiles);
    world.run(4 * SECOND);
    let slots = &world.slots[&1].1;
    assert_eq!(slots.len(), 2);
    let screen = slots
        .iter()
        .find(|slot| slot.source == Source::Screen)
        .unwrap();
    let viewer = &world.clients[&1].viewers[&screen.mid];
    assert!(viewer.decoded_since(world.start, 2, 2) > 40);
    viewer.assert_continuous();
}

#[test]
fn slots_are_told_only_when_they_change() {
    let mut world = table(3, 180);
    world.run(3 * SECOND);
    let told = world.slots_told;
    show_others(&mut world, 1, 3, 180);
    world.run(5 * SECOND);
    assert_eq!(world.slots_told, told);
}

#[test]
fn calls_do_not_mix() {
    let mut world = table(2, 180);
    let other_call = sfu::PeerId {
        call: protocol::CallId::from_bytes([8; 16]),
        seat: SeatId(2),
    };
    world.sfu.join(world.now, other_call, true);
    let everything = Publishing::to_everybody(&TrackKind::ALL);
    world.sfu.set_publishing(world.now, other_call, everything);
    world.run(2 * SECOND);
    assert_eq!(world.slots[&1].1.len(), 1);
    world.sfu.leave(world.now, other_call);
    world.run(SECOND);
    assert_eq!(world.slots[&1].1.len(), 1);
}

#[test]
fn a_track_goes_to_its_audience_and_to_nobody_else() {
    let mut world = table(4, 180);
    world.run(3 * SECOND);
    let own_delegation = Audience::Seats([SeatId(1), SeatId(3)].into());
    let publishing = Publishing::default()
        .with(TrackKind::Microphone, own_delegation)
        .with(TrackKind::Camera, Audience::Everybody);
    world.publish_to(1, publishing);
    // What was on its way arrives.
    world.run(SECOND);
    let since = world.now;
    world.run(3 * SECOND);
    let heard = [2, 3, 4].map(|seat| world.heard(seat, 1, since));
    assert!(heard[1] > 120, "{heard:?}");
    assert_eq!([heard[0], heard[2]], [0, 0]);
    for seat in [2, 3, 4] {
        assert!(world.decoded(seat, 1, since) > 30, "seat {seat}");
        let slots = &world.slots[&seat].0;
        let is_told = slots.iter().any(|slot| slot.seat == SeatId(1));
        assert_eq!(
            is_told,
            seat == 3,
            "what one is not sent one is not told of"
        );
    }
    let only_one = Audience::Seats([SeatId(2)].into());
    let pictures = Publishing::default().with(TrackKind::Camera, only_one);
    world.publish_to(1, pictures);
    world.run(SECOND);
    let since = world.now;
    world.run(2 * SECOND);
    let seen = [2, 3, 4].map(|seat| world.decoded(seat, 1, since));
    assert!(seen[0] > 20 && seen[1..] == [0, 0], "{seen:?}");
    assert_eq!(world.heard(3, 1, since), 0);
}

#[test]
fn no_more_than_its_ceiling_is_forwarded_of_a_seat() {
    let mut world = table(2, 720);
    world.publish(2, false, false, false);
    let limit = 400_000;
    world.sfu.set_ceiling(world.now, World::peer(1), limit);
    world.run(10 * SECOND);
    let figures = world.sfu.figures();
    let forwarded = figures.forwarded_bytes * 8;
    assert!(figures.withheld > 0 && forwarded > 0);
    assert!(forwarded <= limit * 11, "{forwarded} bits in ten seconds");
}
