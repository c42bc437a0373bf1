//! The address translator in front of a client forgets it and gives it another address: nobody tells
//! either side, and both are heard again at once.

use std::{net::SocketAddr, time::Duration};

use testkit::{ClientOptions, World};

const SECOND: Duration = Duration::from_secs(1);
/// By then, counted from the first check that comes from the new address: browsers send one every two
/// and a half seconds.
const HEARD_AGAIN: Duration = Duration::from_millis(3_000);

fn elsewhere(seat: u16) -> SocketAddr {
    ([203, 0, 113, 66], 40_000 + seat).into()
}

/// Two seats that hear and see each other.
fn pair() -> World {
    let mut world = World::new();
    world.join(1);
    world.join(2);
    world.view(1, &[(2, 360)]);
    world.view(2, &[(1, 360)]);
    world.run(5 * SECOND);
    assert!(world.heard(1, 2, world.start) > 100 && world.heard(2, 1, world.start) > 100);
    world
}

#[test]
fn who_speaks_is_heard_and_hears_within_3_seconds_of_a_new_address() {
    let mut world = pair();
    for (round, port) in [(1, 1), (2, 2), (3, 3)] {
        world.rebind(1, elsewhere(port));
        world.run(HEARD_AGAIN);
        let since = world.now;
        world.run(2 * SECOND);
        for (to, of) in [(1, 2), (2, 1)] {
            let heard = world.heard(to, of, since);
            assert!(heard >= 90, "round {round}: {to} heard {heard} of {of}");
            assert!(world.decoded(to, of, since) >= 20, "round {round}");
        }
        world.run(20 * SECOND);
        assert!(world.client(1).connected, "nor is it lost later");
    }
}

#[test]
fn who_only_listens_hears_within_3_seconds_of_a_new_address() {
    let mut world = World::new();
    world.join(1);
    let listener = ClientOptions {
        microphone: false,
        camera: None,
        screen: None,
        ..World::options(2)
    };
    world.join_with(listener, false);
    world.run(5 * SECOND);
    assert!(world.heard(2, 1, world.start) > 100);
    world.rebind(2, elsewhere(2));
    world.run(HEARD_AGAIN);
    let since = world.now;
    world.run(2 * SECOND);
    assert!(
        world.heard(2, 1, since) >= 90,
        "{}",
        world.heard(2, 1, since)
    );
}

#[test]
fn a_copy_of_a_check_from_elsewhere_moves_nothing_even_while_its_sender_is_silent() {
    let mut world = pair();
    let check = world.client(1).last_request.clone().expect("it sent one");
    world.stray.clear();
    world.set_network(
        1,
        testkit::Conditions {
            loss: 1.0,
            ..testkit::Conditions::default()
        },
        testkit::Conditions::default(),
    );
    world.run(2 * SECOND);
    world.inject(elsewhere(1), &check);
    let media = |world: &World| {
        let to = world.stray.iter().filter(|d| d.to == elsewhere(1));
        to.filter(|d| d.bytes[0] >= 128).count()
    };
    world.run(SECOND);
    assert_eq!(media(&world), 0, "the media of a seat went to a stranger");
}
