//! What comes from outside: nothing but a proven Binding request gets an answer, and one peer's
//! trouble stays its own.

use std::{net::SocketAddr, time::Duration};

use proptest::prelude::*;
use sfu::{Event, Rejection};
use str0m::ice::{StunMessage, TransId};
use testkit::World;

const SECOND: Duration = Duration::from_secs(1);

fn stranger() -> SocketAddr {
    ([203, 0, 113, 66], 4444).into()
}

fn attribute<'a>(sdp: &'a str, name: &str) -> &'a str {
    let line = sdp.lines().find_map(|line| line.strip_prefix(name));
    line.expect("the attribute is there").trim()
}

/// A Binding request as a client would send it.
fn request(username: &str, password: &str) -> Vec<u8> {
    let crypto = str0m::crypto::from_feature_flags();
    let hmac = |key: &[u8], parts: &[&[u8]]| crypto.sha1_hmac_provider.sha1_hmac(key, parts);
    let message = StunMessage::binding_request(username, TransId::new(), true, 7, 100, true);
    let mut buffer = vec![0; 300];
    let len = message.to_bytes(Some(password.as_bytes()), &mut buffer, hmac);
    buffer.truncate(len.expect("it fits"));
    buffer
}

fn username(world: &World) -> (String, String) {
    let answer = &world.answers[0].1;
    let ours = attribute(answer, "a=ice-ufrag:");
    let theirs = world.clients[&1].ufrag();
    (
        format!("{ours}:{theirs}"),
        attribute(answer, "a=ice-pwd:").to_owned(),
    )
}

fn one_seat() -> World {
    let mut world = World::new();
    world.join(1);
    world
}

#[test]
fn a_proven_request_is_answered_and_nothing_else_is() {
    let mut world = one_seat();
    let (username, password) = username(&world);
    let (_, remote) = username.split_once(':').unwrap();
    for (bytes, why) in [
        (
            request(&username, "wrong password, 22 long"),
            Rejection::BadIntegrity,
        ),
        (
            request(&format!("nobody:{remote}"), &password),
            Rejection::UnknownUfrag,
        ),
        (
            request(
                &format!("{}:x", username.split(':').next().unwrap()),
                &password,
            ),
            Rejection::UnknownUfrag,
        ),
        (vec![0x80; 100], Rejection::UnknownAddress),
        (vec![22; 100], Rejection::UnknownAddress),
        (vec![0xff; 100], Rejection::Malformed),
    ] {
        let before = world.sfu.figures().rejected_for(why);
        world.inject(stranger(), &bytes);
        assert_eq!(world.sfu.figures().rejected_for(why), before + 1, "{why:?}");
        assert!(world.stray.is_empty(), "{why:?}");
    }
    world.inject(stranger(), &request(&username, &password));
    assert_eq!(world.stray.len(), 1);
    assert_eq!(world.stray[0].to, stranger());
}

#[test]
fn a_client_hello_that_comes_before_the_request_is_dropped_and_the_call_still_begins() {
    let mut world = one_seat();
    let addr = world.client(1).addr();
    let mut hello = vec![22, 0xfe, 0xff];
    hello.resize(200, 0);
    world.inject(addr, &hello);
    assert_eq!(
        world.sfu.figures().rejected_for(Rejection::UnknownAddress),
        1
    );
    world.run(2 * SECOND);
    assert!(world.client(1).connected);
}

#[test]
fn short_datagrams_of_every_length_and_first_byte_change_nothing() {
    let mut world = one_seat();
    let addr = world.client(1).addr();
    world.run(SECOND);
    for len in 0..100 {
        for first in 0..=255 {
            let mut bytes = vec![0x5a; len];
            bytes.iter_mut().take(1).for_each(|byte| *byte = first);
            world.inject(stranger(), &bytes);
            if first % 16 == 0 {
                world.inject(addr, &bytes);
            }
        }
    }
    assert!(world.stray.is_empty());
    world.run(10 * SECOND);
    assert!(
        world.client(1).connected,
        "forged bytes from its own address do not end a call"
    );
    assert_eq!(world.sfu.figures().panics, 0);
    assert_eq!(world.sfu.figures().connected, 1);
}

#[test]
fn a_replayed_request_from_elsewhere_does_not_move_the_media() {
    let mut world = one_seat();
    world.join(2);
    world.view(1, &[(2, 180)]);
    world.run(2 * SECOND);
    let bytes = world.client(1).last_request.clone().expect("it sent one");
    world.inject(stranger(), &bytes);
    let before = world.decoded(1, 2, world.start);
    world.run(3 * SECOND);
    assert!(world.decoded(1, 2, world.start) > before + 30);
}

#[test]
fn after_the_seat_left_its_credentials_are_worth_nothing() {
    let mut world = one_seat();
    let (username, password) = username(&world);
    world.run(SECOND);
    world.leave(1);
    world.stray.clear();
    world.inject(stranger(), &request(&username, &password));
    assert!(world.stray.is_empty());
    assert_eq!(world.sfu.figures().rejected_for(Rejection::UnknownUfrag), 1);
}

#[test]
fn one_connection_cannot_use_addresses_without_end() {
    let mut world = one_seat();
    let (username, password) = username(&world);
    for port in 1..=400 {
        world.inject(
            ([203, 0, 113, 66], port).into(),
            &request(&username, &password),
        );
    }
    assert!(
        world
            .sfu
            .figures()
            .rejected_for(Rejection::TooManyAddresses)
            > 100
    );
}

#[test]
fn a_panic_ends_one_peer_and_nobody_else() {
    let mut world = World::new();
    (1..=3).for_each(|seat| world.join(seat));
    (1..=3).for_each(|seat| world.view(seat, &[(1, 180), (2, 180), (3, 180)]));
    world.run(2 * SECOND);
    world.sfu.panic_at_next_input(World::peer(2));
    world.run(SECOND);
    assert!(world.events.contains(&(2, Event::Panicked)));
    assert_eq!(world.sfu.figures().panics, 1);
    let since = world.now;
    world.run(2 * SECOND);
    assert!(world.decoded(1, 3, since) > 25);
    assert!(world.decoded(3, 1, since) > 25);
    // And it can come back.
    world.connect(World::options(2));
    let since = world.now;
    world.run(3 * SECOND);
    assert!(world.decoded(1, 2, since) > 25);
    assert!(world.decoded(2, 1, since) > 25);
    assert_eq!(world.sfu.figures().panics, 1);
}

#[test]
fn offers_that_are_nonsense_are_refused_and_end_nothing() {
    let mut world = one_seat();
    world.run(SECOND);
    let good = testkit::Client::new(world.now, World::options(1)).offer(world.now);
    let cases = [
        String::new(),
        "v=0\r\n".to_owned(),
        good.replace("a=ice-ufrag", "a=x"),
        good.replace("a=fingerprint", "a=x"),
        good.replace("m=audio", "m=application"),
        good.replace("a=mid:", "a=mid:0123456789abcdefg"),
        good[..good.len() / 2].to_owned(),
        "\u{1F642}".repeat(1000),
    ];
    for (generation, sdp) in (10..).zip(&cases) {
        world
            .sfu
            .handle_offer(world.now, World::peer(1), generation, sdp);
    }
    world.run(3 * SECOND);
    let refused = world
        .events
        .iter()
        .filter(|(_, e)| matches!(e, Event::OfferRefused { .. }));
    // Half an offer may still be a whole shorter one.
    assert!(refused.count() >= cases.len() - 1);
    assert_eq!(world.sfu.figures().panics, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_datagrams_from_a_proven_address_never_panic(
        datagrams in proptest::collection::vec((0_u8..=255, proptest::collection::vec(any::<u8>(), 0..120)), 1..40),
    ) {
        let mut world = one_seat();
        world.run(Duration::from_millis(100));
        let addr = world.client(1).addr();
        for (first, mut bytes) in datagrams {
            bytes.insert(0, first);
            world.inject(addr, &bytes);
        }
        prop_assert_eq!(world.sfu.figures().panics, 0);
    }
}
