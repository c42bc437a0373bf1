//! Who may go on sending when seats are lost: whoever is still answered, by those a removal could not
//! have been kept from.

use protocol::{SeatId, ServerMessage};

use super::world::World;
use crate::session::{Act, MemberState, ProblemKind, Sending, Stage, pulses::FRESH_MS};

/// Runs, and all the while these may send and are not told of a missing host.
fn all_go_on(world: &mut World, who: &[usize], ms: u64) {
    let end = world.now + ms;
    while world.now < end {
        world.run(250);
        for at in who {
            let view = world.view(*at);
            assert_eq!(view.sending, Sending::Allowed, "client {at}");
            let stopped = |kind| matches!(kind, ProblemKind::NoHost | ProblemKind::Unanswered);
            assert!(!view.problems.iter().any(|p| stopped(p.kind)));
        }
    }
}

#[test]
fn a_seat_that_is_gone_stops_neither_the_only_host_nor_the_third() {
    for gone in [1, 2] {
        let (mut world, _) = World::table(3, 1);
        world.crash(gone);
        all_go_on(&mut world, &[0, 3 - gone], 70_000);
        assert!(world.voice(0, 3 - gone).is_ok());
        assert!(world.voice(3 - gone, 0).is_ok());
    }
}

#[test]
fn a_table_that_lost_its_only_host_goes_on() {
    for seats in [3, 4] {
        let (mut world, _) = World::table(seats, 1);
        world.crash(0);
        let left: Vec<_> = (1..usize::from(seats)).collect();
        all_go_on(&mut world, &left, 120_000);
        assert!(world.voice(1, 2).is_ok());
    }
}

#[test]
fn seats_lost_one_after_the_other_stop_nobody_who_is_left() {
    for hosts in [1, 2] {
        let (mut world, _) = World::table(7, hosts);
        let mut left: Vec<_> = (0..7).collect();
        while left.len() > 2 {
            world.crash(left.remove(0));
            all_go_on(&mut world, &left, 17_000);
        }
    }
}

#[test]
fn a_host_goes_on_with_whoever_is_left_when_its_co_host_and_others_go_at_once() {
    let (mut world, _) = World::table(5, 2);
    for gone in [1, 2, 3] {
        world.crash(gone);
    }
    all_go_on(&mut world, &[0, 4], 90_000);
}

#[test]
fn a_host_whom_nobody_answers_is_not_told_that_there_is_no_host() {
    let (mut world, _) = World::table(2, 1);
    world.crash(1);
    world.run(20_000);
    let view = world.view(0);
    assert_eq!(view.sending, Sending::Stopped);
    let kinds: Vec<_> = view.problems.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, [ProblemKind::Unanswered, ProblemKind::Silent]);
    // Its leaf is taken out after a minute: alone, there is nobody who could answer.
    world.run(42_000);
    assert_eq!(world.view(0).sending, Sending::Allowed);
    assert!(world.view(0).table.problems.is_empty());
}

#[test]
fn who_comes_back_counts_again() {
    let (mut world, _) = World::table(4, 1);
    world.stall(3);
    all_go_on(&mut world, &[0, 1, 2], 20_000);
    world.resume(3);
    world.until(3_000, "it is back", World::all_verified);
    // Were it still left out, one of one would be enough.
    world.crash(0);
    world.crash(3);
    world.run(16_000);
    assert_eq!(world.view(1).sending, Sending::Stopped);
}

#[test]
fn half_a_table_that_vanishes_with_the_host_stops_the_rest_as_a_withheld_removal_would() {
    let (mut world, _) = World::table(5, 1);
    for gone in [0, 1, 2] {
        world.crash(gone);
    }
    world.run(14_000);
    assert_eq!(world.view(3).sending, Sending::Allowed);
    world.run(2_000);
    assert_eq!(world.view(3).sending, Sending::Stopped);
}

#[test]
fn seats_that_are_hidden_from_one_member_count_for_it_all_the_same() {
    let (mut world, _) = World::table(5, 1);
    // The service hides seats 2 and 3 from seat 4, long before it hides the removal of seat 5 from it.
    hide(&mut world, 3, &[1, 2]);
    world.run(30_000);
    assert_eq!(world.view(3).table.members[1].state, MemberState::Absent);
    assert_eq!(world.view(3).sending, Sending::Allowed, "the host answers");
    hide_removal(&mut world, 3, 4);
    // Nor do those two hear of the epoch that the others are in.
    world.hidden = [0, 1, 2]
        .into_iter()
        .flat_map(|at| [(at, 3), (at, 4)])
        .collect();
    world.act(0, Act::Remove { seat: SeatId(5) });
    world.clients[4].place = super::world::Place::Seated;
    world.run(16_000);
    assert_ne!(world.view(3).sending, Sending::Allowed);
    assert!(world.seal(3).is_none());
}

#[test]
fn a_newcomer_sends_on_the_first_word_of_a_host_as_if_its_key_package_had_been_a_heartbeat() {
    let (mut world, machines) = World::partly_seated(3, 1, 2);
    let asked_at = world.now;
    world.arrive(&machines[2], false);
    world.run(500);
    only_one_heartbeat(&mut world, 2);
    world.act(0, Act::Admit { seat: SeatId(3) });
    let sends = |world: &World| world.view(2).sending == Sending::Allowed;
    world.until(1_000, "the newcomer sends", sends);
    assert_eq!(world.voice(2, 0), Ok(SeatId(3)));
    world.run(asked_at + FRESH_MS - 500 - world.now);
    assert!(sends(&world));
    world.run(1_000);
    assert!(!sends(&world) && world.seal(2).is_none());
}

#[test]
fn a_host_that_speaks_long_after_the_key_package_was_made_proves_nothing_by_it() {
    let (mut world, machines) = World::partly_seated(3, 1, 2);
    world.arrive(&machines[2], false);
    world.run(FRESH_MS + 1_000);
    only_one_heartbeat(&mut world, 2);
    world.act(0, Act::Admit { seat: SeatId(3) });
    world.run(2_000);
    let leaves = &world.clients[2].session.table.pulses.leaves;
    assert!(
        leaves
            .values()
            .any(|pulse| pulse.seat == SeatId(1) && pulse.is_known())
    );
    assert_eq!(world.view(2).sending, Sending::Unconfirmed);
}

#[test]
fn key_packages_that_were_not_used_die_with_the_one_that_was() {
    let (mut world, machines) = World::partly_seated(3, 1, 2);
    world.arrive(&machines[2], false);
    world.run(500);
    let package = world.clients[2].session.table.me.knock();
    assert!(package.is_ok());
    let packages = |world: &World| {
        let kept = world.clients[2].session.table.me.provider.kept();
        let of = |name: &&String| name.starts_with("KeyPackage");
        kept.iter().filter(of).count()
    };
    assert_eq!(packages(&world), 2);
    world.act(0, Act::Admit { seat: SeatId(3) });
    world.until(2_000, "it is in", |world| {
        world.view(2).stage == Stage::Member
    });
    assert_eq!(packages(&world), 0);
}

/// The service passes one heartbeat of whoever speaks first to this one, and no more.
fn only_one_heartbeat(world: &mut World, newcomer: usize) {
    let mut passed = false;
    world.tamper = Some(Box::new(move |_, to, message| match message {
        ServerMessage::Passing { .. } if to == newcomer => {
            match std::mem::replace(&mut passed, true) {
                true => vec![],
                false => vec![message],
            }
        }
        other => vec![other],
    }));
}

/// The service passes no heartbeats of these to that one.
fn hide(world: &mut World, from: usize, whom: &[usize]) {
    world.hidden = whom.iter().map(|at| (*at, from)).collect();
}

/// The service hides from one what is ordered, and from a removed seat that it was.
fn hide_removal(world: &mut World, from: usize, removed: usize) {
    world.tamper = Some(Box::new(move |_, to, message| match message {
        ServerMessage::Ordered(_) if to == from || to == removed => vec![],
        ServerMessage::GroupWelcome { .. } | ServerMessage::Changed { .. } if to == from => vec![],
        other => vec![other],
    }));
}
