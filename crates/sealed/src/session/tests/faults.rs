//! What has to fail when one check is left out, where no other test of the session would: each is
//! named beside its fault in [`crate::sabotage`].

use protocol::{ClientMessage, GroupRef, SeatId, ServerMessage};

use super::world::{World, package_of};
use crate::{
    convene,
    link::CallSecret,
    session::{
        Act, Session, Stage,
        identity::VerifiedKnock,
        membership::{Changes, Membership},
    },
};

/// A table of three in a call of four seats.
fn table_with_a_free_seat() -> World {
    let mut world = World::new(4, 1);
    for seat in 1..=3 {
        let machine = world.machine(seat);
        world.arrive(&machine, false);
        world.run(1_000);
    }
    world.act(0, Act::AdmitAllVerified {});
    world.until(5_000, "three are verified", |w| {
        (0..3).all(|at| w.view(at).verified == 3)
    });
    world
}

/// A client for the free seat whose grant another convener signed: nobody of this call.
fn ghost(world: &World) -> Session {
    let mut theirs = World::new(4, 1);
    theirs.secret = CallSecret::from_bytes([66; 32]);
    theirs.new = convene::new_call(&theirs.secret, &theirs.plan, theirs.call, theirs.now).unwrap();
    assert!(theirs.call == world.call);
    theirs.session(&theirs.machine(4))
}

fn adding(seat: u16, knock: VerifiedKnock) -> Changes {
    Changes {
        adds: vec![(SeatId(seat), knock.package)],
        ..Changes::default()
    }
}

#[test]
fn not_even_a_host_adds_a_leaf_that_the_convener_granted_nothing() {
    let mut world = table_with_a_free_seat();
    let ghost = package_of(&ghost(&world));
    world.commit_as(0, adding(4, ghost));
    for _ in 0..100 {
        world.run(100);
        for at in 0..3 {
            assert!(
                world
                    .view(at)
                    .table
                    .members
                    .iter()
                    .all(|member| member.seat != SeatId(4)),
                "client {at}"
            );
        }
    }
    assert!(world.clients[1].session.counters().refused > 0);
}

#[test]
fn not_even_a_host_adds_a_seat_whose_link_is_closed() {
    let (mut world, machines) = World::table(4, 1);
    world.act(0, Act::Remove { seat: SeatId(4) });
    world.until(2_000, "it is out", |w| w.view(1).table.members.len() == 3);
    let removed = package_of(&world.session(&machines[3]));
    world.commit_as(0, adding(4, removed));
    for _ in 0..100 {
        world.run(100);
        assert!(
            world
                .view(1)
                .table
                .members
                .iter()
                .all(|member| member.seat != SeatId(4))
        );
    }
    assert!(world.clients[1].session.counters().refused > 0);
}

#[test]
fn not_even_a_host_adds_a_seat_whose_invitation_has_expired() {
    // Without a start a grant is good for 30 days.
    for (days, is_added) in [(0, true), (31, false)] {
        let mut world = table_with_a_free_seat();
        let newcomer = package_of(&world.session(&world.machine(4)));
        world.now += days * 24 * 60 * 60 * 1_000;
        world.commit_as(0, adding(4, newcomer));
        let mut seen = false;
        for _ in 0..30 {
            world.run(100);
            let members = world.view(1).table.members;
            seen |= members.iter().any(|member| member.seat == SeatId(4));
        }
        assert_eq!(seen, is_added, "after {days} days");
        let refused = world.clients[1].session.counters().refused > 0;
        assert_eq!(refused, !is_added, "after {days} days");
    }
}

#[test]
fn a_joiner_takes_no_group_with_a_leaf_that_the_convener_granted_nothing() {
    let world = World::new(4, 1);
    let host = world.session(&world.machine(1));
    let mut joiner = world.session(&world.machine(2));
    let ClientMessage::Enter { knock: Some(knock) } = joiner.enter(world.now) else {
        panic!("it knocks")
    };
    let joining = host.table.me.read_knock(SeatId(2), &knock).ok().unwrap();
    let ghost = package_of(&ghost(&world));
    let mut group = Membership::found(&host.table.me, GroupRef::table(1), Default::default())
        .ok()
        .unwrap();
    let adds = vec![(SeatId(2), joining.package), (SeatId(4), ghost.package)];
    let made = group.commit(
        &host.table.me,
        Changes {
            adds,
            ..Changes::default()
        },
    );
    let welcome = made.ok().unwrap().welcome.unwrap();
    joiner.handle_message(
        world.now,
        &ServerMessage::GroupWelcome {
            group: GroupRef::table(1),
            seq: 1,
            welcome,
        },
    );
    assert_eq!(joiner.stage(), Stage::Joining);
    assert_eq!(joiner.counters().refused, 1);
}

#[test]
fn told_that_a_commit_it_never_made_was_taken_a_client_asks_the_log_and_goes_on() {
    let (mut world, _) = World::table(3, 1);
    let protocol::sealed::LogState { group, epoch, seq } = world.log().state;
    let seq = seq + 1;
    world.send(1, ServerMessage::Taken { seq, group, epoch });
    world.run(500);
    let text = "still here".into();
    world.act(1, Act::Text { text });
    world.run(3_000);
    assert!(world.all_verified());
    assert_eq!(world.clients[1].session.counters().wedged, 0);
    assert_eq!(world.log().state.seq, seq, "its text took that place");
}

#[test]
fn who_waits_for_the_welcome_of_a_host_that_is_gone_is_let_in_by_another_host() {
    let (mut world, _) = World::partly_seated(4, 2, 3);
    let machine = world.machine(4);
    let newcomer = world.arrive(&machine, false);
    world.run(300);
    world.welcomes_lost = true;
    world.act(0, Act::Admit { seat: SeatId(4) });
    world.until(2_000, "it was added", |w| {
        w.view(1).table.members.len() == 4
    });
    assert!(world.view(newcomer).stage != Stage::Member);
    world.crash(0);
    world.welcomes_lost = false;
    world.run(2_000);
    world.act(1, Act::Admit { seat: SeatId(4) });
    world.until(12_000, "it is in", |w| {
        w.view(newcomer).stage == Stage::Member && w.seated().contains(&newcomer)
    });
    world.until(6_000, "and is verified", |w| w.view(newcomer).verified == 3);
}
