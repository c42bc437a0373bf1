//! What is written arrives, once, however bad the line: at its sender and at all others.

use protocol::{ClientMessage, GroupRef, SeatId, ServerMessage, sealed::Class};

use super::world::World;
use crate::session::{Act, ActError, outbox::WAITING_MAX};

fn write(text: &str) -> Act {
    Act::Text { text: text.into() }
}

/// Everybody has read exactly these.
fn all_read(world: &World, expected: &[(u16, &str)]) {
    for (at, client) in world.clients.iter().enumerate() {
        let texts = client.texts.iter();
        let read: Vec<_> = texts.map(|t| (t.from.0, t.text.as_str())).collect();
        assert_eq!(read, expected, "client {at}");
    }
}

fn kept(world: &mut World) -> usize {
    let class = |entry: &&protocol::sealed::Entry| entry.class == Class::Kept;
    world.log().entries.iter().filter(class).count()
}

#[test]
fn a_text_said_again_during_a_stall_is_read_once_by_all() {
    let (mut world, _) = World::table(3, 1);
    let before = kept(&mut world);
    world.stall(1);
    world.act(1, write("once"));
    world.run(7_000);
    world.resume(1);
    world.run(3_000);
    assert!(kept(&mut world) > before + 1, "it was not said again");
    all_read(&world, &[(2, "once")]);
    assert_eq!(world.clients[1].session.counters().unread, 0);
}

#[test]
fn a_text_written_without_a_connection_waits_in_sight_and_arrives_once() {
    let (mut world, _) = World::table(3, 1);
    world.disconnect(1);
    world.act(1, write("first"));
    world.act(1, write("second"));
    let waiting = |world: &World| -> Vec<_> {
        let unsent = world.view(1).table.unsent;
        unsent.into_iter().map(|text| text.text).collect()
    };
    assert_eq!(waiting(&world), ["first", "second"]);
    world.run(2_000);
    world.reconnect(1);
    world.until(3_000, "they arrive", |w| w.clients[0].texts.len() == 2);
    world.run(500);
    assert!(waiting(&world).is_empty());
    all_read(&world, &[(2, "first"), (2, "second")]);
}

#[test]
fn a_text_that_was_on_its_way_when_the_connection_died_arrives_within_2_seconds_of_the_next() {
    let (mut world, _) = World::table(3, 1);
    world.dead.insert(1);
    world.act(1, write("lost on the way"));
    world.run(2_000);
    world.disconnect(1);
    world.run(300);
    world.reconnect(1);
    world.until(2_000, "it arrives", |w| w.clients[0].texts.len() == 1);
    world.run(8_000);
    all_read(&world, &[(2, "lost on the way")]);
}

#[test]
fn a_text_whose_echo_was_lost_is_not_said_again() {
    let (mut world, _) = World::table(3, 1);
    let before = kept(&mut world);
    // The service takes it, and what it says to the sender is lost.
    world.tamper = Some(Box::new(|_, to, message| match message {
        ServerMessage::Ordered(entry) if to == 1 && entry.class == Class::Kept => vec![],
        other => vec![other],
    }));
    world.act(1, write("heard by others"));
    world.run(500);
    world.tamper = None;
    world.disconnect(1);
    world.run(300);
    world.reconnect(1);
    world.run(8_000);
    assert_eq!(kept(&mut world), before + 1);
    all_read(&world, &[(2, "heard by others")]);
}

#[test]
fn a_text_survives_the_loss_of_the_group() {
    let (mut world, _) = World::table(3, 2);
    world.stall(2);
    world.act(2, write("through it"));
    let now = world.now;
    let session = &mut world.clients[2].session;
    session.table.wedge(&mut session.client, now);
    world.clients[2]
        .session
        .act(now, write("while out"))
        .unwrap();
    let unsent = world.view(2).table.unsent;
    assert_eq!(unsent.len(), 2);
    assert_eq!(unsent[0].since_ms, now);
    world.resume(2);
    world.until(20_000, "it is back", |w| {
        w.all_verified() && w.clients[2].texts.len() == 2
    });
    world.run(8_000);
    all_read(&world, &[(3, "through it"), (3, "while out")]);
}

#[test]
fn words_asked_for_twice_keep_the_answers_given() {
    let (mut world, _) = World::table(3, 1);
    world.act(
        0,
        Act::CheckWords {
            language: "en".into(),
        },
    );
    world.until(3_000, "the words", |w| w.view(1).table.check.is_some());
    world.act(1, Act::Verdict { same: true });
    world.until(3_000, "the answer", |w| {
        w.view(2)
            .table
            .check
            .is_some_and(|check| check.verdicts.len() == 2)
    });
    let epoch = world.view(0).epoch;
    let session = &mut world.clients[0].session;
    let said = crate::message::Said::Check {
        epoch,
        language: "en".into(),
    };
    let member = session.table.member.as_mut().unwrap();
    let sealed = member.say(&session.table.me, &said).ok().unwrap();
    world.serve(
        0,
        ClientMessage::Kept {
            group: GroupRef::table(1),
            epoch,
            sealed,
        },
    );
    world.run(500);
    let check = world.view(2).table.check.unwrap();
    assert_eq!(check.verdicts.len(), 2, "an answer was forgotten");
}

#[test]
fn only_so_many_texts_wait_and_the_next_is_refused_and_not_dropped() {
    let (mut world, _) = World::table(2, 1);
    world.disconnect(1);
    for n in 0..WAITING_MAX {
        world.act(1, write(&n.to_string()));
    }
    let refused = world.clients[1].session.act(world.now, write("too many"));
    assert_eq!(refused, Err(ActError::TooManyTexts));
    world.reconnect(1);
    world.until(20_000, "all arrive", |w| {
        w.clients[0].texts.len() == WAITING_MAX
    });
    assert_eq!(world.clients[0].texts[0].from, SeatId(2));
}
