//! What a person does for safety counts at once, for this client: a service that keeps it from the
//! others, or from the log, does not keep it from happening here.

use protocol::{
    ErrorCode, ErrorMessage, SeatId, ServerMessage,
    sealed::{Class, Entry},
};

use super::world::World;
use crate::session::{Act, MemberState, ProblemKind, Sending, Stage};

fn check(world: &mut World) {
    let language = "en".to_owned();
    world.act(0, Act::CheckWords { language });
    world.until(2_000, "all have the words", |w| {
        w.seated()
            .iter()
            .all(|at| w.view(*at).table.check.is_some())
    });
}

/// The service tells a client that the log no longer reaches back so far: it asks for a new place.
fn fall_out(world: &mut World, at: usize) {
    let error = ErrorMessage::new(ErrorCode::WrongEpoch, "").answering("catch_up");
    world.send(at, ServerMessage::Error(error));
    world.until(1_000, "it fell out", |w| {
        w.view(at).stage == Stage::Recovering
    });
    world.until(8_000, "it is back", |w| w.view(at).stage == Stage::Member);
}

fn state_of(world: &World, at: usize, seat: u16) -> MemberState {
    let members = world.view(at).table.members;
    members
        .iter()
        .find(|m| m.seat == SeatId(seat))
        .unwrap()
        .state
}

#[test]
fn different_stops_what_is_sent_although_the_service_swallows_it() {
    let (mut world, _) = World::table(3, 1);
    check(&mut world);
    world.tamper = Some(Box::new(|_, _, message| match message {
        ServerMessage::Ordered(Entry {
            class: Class::Kept, ..
        }) => vec![],
        other => vec![other],
    }));
    assert!(world.seal(2).is_some());
    world.act(2, Act::Verdict { same: false });
    assert!(world.seal(2).is_none());
    assert_eq!(world.view(2).sending, Sending::Stopped);
    world.run(30_000);
    assert!(world.seal(2).is_none());
    let problems = world.view(2).table.problems;
    let own = problems.iter().find(|p| p.seat == Some(SeatId(3))).unwrap();
    assert_eq!(own.kind, ProblemKind::WordsDifferent);
}

#[test]
fn same_lifts_different_to_a_later_check_only() {
    let (mut world, _) = World::table(3, 1);
    check(&mut world);
    world.act(2, Act::Verdict { same: false });
    world.run(500);
    world.act(2, Act::Verdict { same: true });
    world.run(2_000);
    assert!(world.seal(2).is_none());
    for at in 0..3 {
        assert_eq!(
            state_of(&world, at, 3),
            MemberState::Different,
            "client {at}"
        );
    }
    check(&mut world);
    world.run(500);
    assert!(world.seal(2).is_none(), "it has not said so yet");
    world.act(2, Act::Verdict { same: true });
    world.until(2_000, "all take it back", World::all_verified);
    assert!(world.voice(2, 0).is_ok());
}

#[test]
fn a_chair_whose_words_differed_is_not_the_same_because_it_asks_again() {
    let (mut world, _) = World::table(3, 2);
    check(&mut world);
    // The chair answers its own check.
    world.act(0, Act::Verdict { same: false });
    world.run(500);
    assert_eq!(state_of(&world, 2, 1), MemberState::Different);
    check(&mut world);
    world.run(500);
    assert_eq!(world.view(0).table.check.unwrap().own, None);
    assert_eq!(state_of(&world, 2, 1), MemberState::Different);
    world.act(0, Act::Verdict { same: true });
    world.until(2_000, "all take it back", World::all_verified);
}

#[test]
fn a_service_that_makes_a_client_fall_out_lifts_no_block() {
    let (mut world, _) = World::table(3, 1);
    check(&mut world);
    world.act(2, Act::Verdict { same: false });
    world.run(500);
    fall_out(&mut world, 2);
    world.run(2_000);
    assert!(world.seal(2).is_none(), "its own word stands");
    for at in 0..2 {
        assert_eq!(
            state_of(&world, at, 3),
            MemberState::Different,
            "client {at}"
        );
    }
}

#[test]
fn a_machine_that_nobody_accepted_is_not_accepted_because_it_fell_out() {
    let (mut world, _) = World::table(3, 1);
    let other = world.machine(2);
    let other = world.arrive(&other, false);
    world.run(300);
    world.act(0, Act::Admit { seat: SeatId(2) });
    world.until(3_000, "moved", |w| w.view(other).stage == Stage::Member);
    world.run(1_000);
    assert_eq!(state_of(&world, 2, 2), MemberState::Changed);
    fall_out(&mut world, other);
    world.run(2_000);
    assert_eq!(state_of(&world, 2, 2), MemberState::Changed);
}

#[test]
fn a_host_seals_nothing_that_a_seat_it_removed_could_open() {
    let (mut world, _) = World::table(4, 1);
    // The commit goes to the log, and nobody is shown it.
    world.tamper = Some(Box::new(|_, _, message| match message {
        ServerMessage::Ordered(_) | ServerMessage::Taken { .. } => vec![],
        other => vec![other],
    }));
    world.act(0, Act::Remove { seat: SeatId(4) });
    assert!(world.seal(0).is_none());
    world.run(1_000);
    assert!(world.seal(0).is_none());
    assert!(
        world.view(0).table.problems.is_empty(),
        "it may be on its way"
    );
    world.run(5_000);
    assert_eq!(world.view(0).sending, Sending::Stopped);
    let problems = world.view(0).table.problems;
    let withheld = (ProblemKind::RemovalWithheld, Some(SeatId(4)));
    assert!(problems.iter().any(|p| (p.kind, p.seat) == withheld));
    assert!(!problems.iter().any(|p| p.kind == ProblemKind::Unanswered));
    world.tamper = None;
    world.until(9_000, "it is out", |w| w.view(0).table.members.len() == 3);
    world.run(1_000);
    assert!(world.view(0).table.problems.is_empty());
    let sealed = world.seal(0).expect("it may send");
    assert!(world.open(3, &sealed).is_err());
}

fn write(text: &str) -> Act {
    Act::Text { text: text.into() }
}

#[test]
fn a_text_waits_while_a_seat_that_was_removed_could_read_it() {
    let (mut world, _) = World::table(4, 1);
    // Whatever is kept is shown to all, only the commit is not.
    world.tamper = Some(Box::new(|_, _, message| match message {
        ServerMessage::Ordered(Entry {
            class: Class::Commit,
            ..
        })
        | ServerMessage::Taken { .. } => vec![],
        other => vec![other],
    }));
    let said = |w: &World| w.told.iter().filter(|m| m.contains("\"kept\"")).count();
    world.act(0, Act::Remove { seat: SeatId(4) });
    let before = said(&world);
    world.act(0, write("not for seat 4"));
    world.run(10_000);
    assert_eq!(said(&world), before, "a service could hand it to seat 4");
    assert_eq!(
        world.view(0).table.unsent.len(),
        1,
        "it is shown as waiting"
    );
    world.tamper = None;
    world.until(9_000, "the others read it", |w| {
        w.clients[..3].iter().all(|client| client.texts.len() == 1)
    });
    assert!(world.clients[3].texts.is_empty());
}

#[test]
fn who_may_send_nothing_says_no_text_either() {
    let (mut world, _) = World::table(3, 1);
    check(&mut world);
    world.act(2, write("on its way"));
    world.act(2, Act::Verdict { same: false });
    world.act(2, write("after it"));
    world.run(10_000);
    assert!(world.clients[0].texts.len() <= 1, "one was on its way");
    assert_eq!(
        state_of(&world, 0, 3),
        MemberState::Different,
        "the verdict is no text"
    );
    check(&mut world);
    world.run(500);
    world.act(2, Act::Verdict { same: true });
    world.until(9_000, "both are read, once", |w| {
        w.clients.iter().all(|client| client.texts.len() == 2)
    });
}

#[test]
fn who_leaves_sends_nothing_more() {
    let (mut world, _) = World::table(3, 1);
    world.act(2, Act::Leave {});
    assert!(world.seal(2).is_none());
    assert!(world.view(2).table.problems.is_empty());
}
