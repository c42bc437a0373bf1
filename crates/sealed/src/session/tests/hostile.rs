//! A dishonest service, bribed members, thieves: what they try is refused, or shown within its bound.
//! Each test first sees the honest case work, in `World::table`.

use protocol::{
    CircleId, ClientMessage, GroupRef, Sealed, SeatId, ServerMessage,
    sealed::{Class, Entry},
};

use super::world::{Place, World, package_of};
use crate::{
    keys::Device,
    link::{CallSecret, Link, LinkKey},
    session::{
        Act, ClaimProblem, FrameRefused, MemberState, Memory, ProblemKind, Remembered, Sending,
        Stage,
        membership::{Changes, Membership},
    },
    words::words,
};

fn problems(world: &World, at: usize) -> Vec<(ProblemKind, Option<u16>)> {
    let problems = world.view(at).table.problems;
    problems
        .iter()
        .map(|p| (p.kind, p.seat.map(|seat| seat.0)))
        .collect()
}

#[test]
fn a_ghost_of_another_root_is_shown_as_nobodys_and_cannot_be_admitted() {
    let (mut world, _) = World::table(3, 1);
    // The server's operator makes links of its own, with the right seat in them.
    let mut forged = World::new(3, 1);
    forged.secret = CallSecret::from_bytes([66; 32]);
    forged.new =
        crate::convene::new_call(&forged.secret, &forged.plan, forged.call, forged.now).unwrap();
    let ghost = forged.machine(2);
    let ghost = forged.session(&ghost);
    // Sealed under the wrong knock key: not even readable.
    let knock = ghost.table.me.knock().ok().unwrap();
    world.send(
        0,
        ServerMessage::Knocked {
            circle: CircleId::TABLE,
            seat: SeatId(2),
            waiting: true,
            knock,
        },
    );
    world.run(200);
    assert_eq!(
        world.view(0).table.waiting[0].problem,
        Some(ClaimProblem::BadPackage)
    );
    // With the knock key of a bribed member, it can be read; its grant is nobody's.
    let bytes =
        openmls::prelude::tls_codec::Serialize::tls_serialize_detached(&package_of(&ghost).package)
            .unwrap();
    let parcel = world.clients[1]
        .session
        .table
        .me
        .knock
        .seal(b"incamera knock v1", &bytes)
        .unwrap();
    let knock = Sealed::from_bytes(&parcel);
    world.send(
        0,
        ServerMessage::Knocked {
            circle: CircleId::TABLE,
            seat: SeatId(2),
            waiting: true,
            knock,
        },
    );
    world.run(200);
    let claim = world.view(0).table.waiting[0].clone();
    assert_eq!(
        (claim.verified, claim.problem),
        (false, Some(ClaimProblem::NotAGrant))
    );
    assert!(
        world.clients[0]
            .session
            .act(world.now, Act::Admit { seat: SeatId(2) })
            .is_err()
    );
}

#[test]
fn a_knock_swapped_for_another_seats_is_named() {
    let mut world = World::new(3, 1);
    let machines: Vec<_> = (1..=3).map(|seat| world.machine(seat)).collect();
    world.arrive(&machines[0], false);
    world.run(1_000);
    world.arrive(&machines[1], false);
    let knock = world.clients[1].session.table.me.knock().ok().unwrap();
    world.send(
        0,
        ServerMessage::Knocked {
            circle: CircleId::TABLE,
            seat: SeatId(3),
            waiting: true,
            knock,
        },
    );
    world.run(300);
    let claims = world.view(0).table.waiting;
    let swapped = claims.iter().find(|claim| claim.seat == SeatId(3)).unwrap();
    assert_eq!(swapped.problem, Some(ClaimProblem::WrongSeat));
}

#[test]
fn an_expired_invitation_is_named_and_not_admitted() {
    let mut world = World::new(2, 1);
    let (host, guest) = (world.machine(1), world.machine(2));
    world.now += 31 * 24 * 60 * 60 * 1000;
    world.arrive(&host, false);
    world.run(1_000);
    world.arrive(&guest, false);
    world.run(300);
    assert_eq!(
        world.view(0).table.waiting[0].problem,
        Some(ClaimProblem::Expired)
    );
    assert!(
        world.clients[0]
            .session
            .act(world.now, Act::Admit { seat: SeatId(2) })
            .is_err()
    );
}

#[test]
fn a_member_who_is_no_host_cannot_add_anybody() {
    let (mut world, _) = World::table(4, 1);
    world.act(0, Act::Remove { seat: SeatId(4) });
    world.run(1_000);
    world.relink(4);
    let friend = world.machine(4);
    let friend = world.arrive(&friend, false);
    let knock = package_of(&world.clients[friend].session);
    let adds = vec![(SeatId(4), knock.package)];
    world.commit_as(
        1,
        Changes {
            adds,
            ..Changes::default()
        },
    );
    world.run(10_000);
    // Everybody refused the commit; the host began a new group without the friend.
    for at in [0, 2] {
        assert_eq!(world.view(at).group, 2, "client {at}");
        assert!(
            world
                .view(at)
                .table
                .members
                .iter()
                .all(|member| member.seat != SeatId(4))
        );
        assert!(problems(&world, at).contains(&(ProblemKind::Recovered, None)));
    }
}

#[test]
fn a_removed_seat_is_not_readded_by_a_bribed_member_or_a_new_group() {
    let (mut world, machines) = World::table(4, 1);
    world.act(0, Act::Remove { seat: SeatId(4) });
    world.run(1_000);
    let back = world.arrive(&machines[3], false);
    let knock = package_of(&world.clients[back].session);
    let adds = vec![(SeatId(4), knock.package)];
    world.commit_as(
        1,
        Changes {
            adds,
            ..Changes::default()
        },
    );
    world.run(10_000);
    let group = world.clients[0].session.table.member.as_ref().unwrap();
    assert_eq!(group.group(), GroupRef::table(2));
    assert!(group.extension.closed.contains(&(SeatId(4), 1)));
    assert!(
        world
            .view(0)
            .table
            .members
            .iter()
            .all(|member| member.seat != SeatId(4))
    );
    assert_eq!(
        world.view(0).table.waiting[0].problem,
        Some(ClaimProblem::Closed)
    );
}

#[test]
fn a_member_who_is_no_host_cannot_remove_another() {
    let (mut world, _) = World::table(4, 1);
    let (leaf, _) = world.clients[1]
        .session
        .table
        .member
        .as_ref()
        .unwrap()
        .leaf_of(SeatId(3))
        .unwrap();
    world.commit_as(
        1,
        Changes {
            removes: vec![leaf],
            ..Changes::default()
        },
    );
    world.run(12_000);
    assert!(
        world
            .view(0)
            .table
            .members
            .iter()
            .any(|member| member.seat == SeatId(3))
    );
    assert!(world.clients[2].session.counters().refused > 0);
}

#[test]
fn an_invalid_commit_that_wins_an_epoch_leads_to_a_new_group_with_everybody() {
    let (mut world, _) = World::table(5, 2);
    world.log().state.seq += 1;
    world.log().state.epoch += 1;
    let entry = Entry {
        seq: world.log().state.seq,
        group: GroupRef::table(1),
        epoch: world.log().state.epoch - 1,
        class: Class::Commit,
        sealed: Sealed::from_bytes(b"not a commit"),
    };
    world.log().entries.push(entry.clone());
    for to in world.seated() {
        world.send(to, ServerMessage::Ordered(entry.clone()));
    }
    let took = world.until(15_000, "all are back", |w| {
        w.all_verified() && w.view(0).group == 2
    });
    assert!(took < 12_000, "{took}");
    assert!(world.voice(3, 4).is_ok());
}

#[test]
fn a_withheld_commit_silences_its_victim_within_15_seconds_and_is_shown_at_5() {
    let (mut world, _) = World::table(4, 1);
    world.tamper = Some(Box::new(|_, to, message| match message {
        ServerMessage::Ordered(_)
        | ServerMessage::GroupWelcome { .. }
        | ServerMessage::CaughtUp { .. }
            if to == 2 =>
        {
            vec![]
        }
        other => vec![other],
    }));
    world.act(
        0,
        Act::CheckWords {
            language: "en".into(),
        },
    );
    world.run(7_000);
    assert!(world.view(2).verified < 4);
    assert_ne!(world.view(0).table.members[2].state, MemberState::Verified);
    world.run(9_000);
    assert!(world.seal(2).is_none());
    // The others go on.
    assert!(world.voice(0, 1).is_ok());
}

#[test]
fn a_withheld_removal_leaks_for_15_seconds_at_most() {
    let (mut world, _) = World::table(4, 1);
    // The service keeps the removed seat (4) connected, and hides its removal from seat 3.
    world.tamper = Some(Box::new(|_, to, message| match message {
        ServerMessage::Ordered(_)
        | ServerMessage::GroupWelcome { .. }
        | ServerMessage::Changed { .. }
            if to == 2 =>
        {
            vec![]
        }
        ServerMessage::Ordered(_) if to == 3 => vec![],
        other => vec![other],
    }));
    // Nor do those two hear of the epoch that the others are in.
    world.hidden = [(0, 2), (1, 2), (0, 3), (1, 3)].into();
    world.act(0, Act::Remove { seat: SeatId(4) });
    world.clients[3].place = Place::Seated;
    world.run(1_000);
    assert!(world.seal(2).is_some(), "the bound is what is tested");
    world.run(15_000);
    // Seats 3 and 4 still hear each other's heartbeats; that is not a host's.
    assert!(world.seal(2).is_none());
    assert!(matches!(
        world.view(2).sending,
        Sending::Stopped | Sending::Unconfirmed
    ));
}

#[test]
fn a_fork_is_seen_by_both_halves() {
    let (mut world, _) = World::table(4, 2);
    // Two hosts' commits for one epoch; each half is shown one of them.
    world.tamper = Some(Box::new(|_, _, _| vec![]));
    let mut commits = Vec::new();
    for at in [0, 1] {
        let session = &mut world.clients[at].session;
        let member = session.table.member.as_mut().unwrap();
        let changes = Changes {
            refresh: true,
            ..Changes::default()
        };
        let made = member.commit(&session.table.me, changes).ok().unwrap();
        session.table.wishes.pending = None;
        commits.push(made.commit);
    }
    let (seq, epoch) = (world.log().state.seq + 1, world.log().state.epoch);
    for at in 0..4 {
        let half = at % 2;
        let sealed = commits[half].clone();
        if at < 2 {
            let session = &mut world.clients[at].session;
            assert!(
                session
                    .table
                    .member
                    .as_mut()
                    .unwrap()
                    .merge_own(&session.table.me, world.now)
                    .is_ok()
            );
            session.table.member.as_mut().unwrap().seq = seq;
            let turned = crate::session::epochs::Turned::default();
            session.table.turn(&mut session.client, world.now, turned);
        } else {
            let entry = Entry {
                seq,
                group: GroupRef::table(1),
                epoch,
                class: Class::Commit,
                sealed,
            };
            world.clients[at]
                .session
                .handle_message(world.now, &ServerMessage::Ordered(entry));
        }
    }
    world.log().state.epoch += 1;
    world.log().state.seq += 1;
    world.tamper = None;
    world.run(2_000);
    for at in 0..4 {
        let members = world.view(at).table.members;
        let silent = members.iter().filter(|m| m.state == MemberState::Silent);
        assert_eq!(silent.count(), 2, "client {at}");
    }
    world.run(4_000);
    let words: Vec<_> = world
        .clients
        .iter()
        .map(|client| {
            let member = client.session.table.member.as_ref().unwrap();
            words(&member.authenticator(), "en")
        })
        .collect();
    assert!(words[0] == words[2] && words[1] == words[3]);
    assert_ne!(words[0], words[1], "and the words tell");
    for at in 0..4 {
        assert_eq!(world.view(at).verified, 2, "client {at}");
        assert_eq!(
            problems(&world, at)
                .iter()
                .filter(|p| p.0 == ProblemKind::Silent)
                .count(),
            2
        );
    }
}

#[test]
fn a_group_a_member_made_up_is_not_joined() {
    let world = World::new(3, 1);
    let machines: Vec<_> = (1..=3).map(|seat| world.machine(seat)).collect();
    let bribed = world.session(&machines[1]);
    let mut victim = world.session(&machines[2]);
    let enter = victim.enter(world.now);
    let ClientMessage::Enter { knock: Some(knock) } = enter else {
        panic!()
    };
    let package = bribed
        .table
        .me
        .read_knock(SeatId(3), &knock)
        .ok()
        .unwrap()
        .package;
    let mut made_up = Membership::found(&bribed.table.me, GroupRef::table(1), Default::default())
        .ok()
        .unwrap();
    let changes = Changes {
        adds: vec![(SeatId(3), package)],
        ..Changes::default()
    };
    let made = made_up.commit(&bribed.table.me, changes).ok().unwrap();
    let welcome = made.welcome.unwrap();
    victim.handle_message(
        world.now,
        &ServerMessage::GroupWelcome {
            group: GroupRef::table(1),
            seq: 1,
            welcome,
        },
    );
    assert_eq!(victim.stage(), Stage::Joining);
    assert_eq!(victim.counters().refused, 1);
}

fn remembers(group: u32, epoch: u64, closed: Vec<(u16, u32)>) -> Memory {
    let table = Remembered {
        group,
        epoch,
        closed,
        letter: None,
    };
    Memory {
        table,
        ..Memory::default()
    }
}

#[test]
fn an_older_group_and_one_with_a_closed_seat_in_it_are_refused() {
    let (world, machines) = World::table(3, 1);
    for memory in [
        remembers(2, 0, vec![]),
        remembers(1, 99, vec![]),
        remembers(0, 0, vec![(1, 1)]),
    ] {
        let machine = super::world::Machine {
            memory: memory.clone(),
            ..machines[2].clone()
        };
        let mut session = world.session(&machine);
        let ClientMessage::Enter { knock: Some(knock) } = session.enter(world.now) else {
            panic!()
        };
        let host = world.session(&machines[0]);
        let package = host
            .table
            .me
            .read_knock(SeatId(3), &knock)
            .ok()
            .unwrap()
            .package;
        let mut group = Membership::found(&host.table.me, GroupRef::table(1), Default::default())
            .ok()
            .unwrap();
        let changes = Changes {
            adds: vec![(SeatId(3), package)],
            ..Changes::default()
        };
        let welcome = group
            .commit(&host.table.me, changes)
            .ok()
            .unwrap()
            .welcome
            .unwrap();
        session.handle_message(
            world.now,
            &ServerMessage::GroupWelcome {
                group: GroupRef::table(1),
                seq: 1,
                welcome: welcome.clone(),
            },
        );
        assert_eq!(session.stage(), Stage::Joining, "{memory:?}");
        // A welcome is good once: its key package is spent.
        session.handle_message(
            world.now,
            &ServerMessage::GroupWelcome {
                group: GroupRef::table(1),
                seq: 1,
                welcome,
            },
        );
        assert_eq!(session.stage(), Stage::Joining);
    }
}

#[test]
fn a_thief_with_a_copy_of_the_link_never_takes_an_occupied_seat_silently() {
    let (mut world, machines) = World::table(3, 1);
    let thief = super::world::Machine {
        device: Device::generate().unwrap(),
        ..machines[1].clone()
    };
    let at = world.arrive(&thief, true);
    world.clients[1].place = Place::Seated;
    world.run(20_000);
    assert_ne!(world.view(at).stage, Stage::Member);
    assert_eq!(
        world.view(0).table.waiting[0].problem,
        Some(ClaimProblem::OtherDevice)
    );
    assert_eq!(world.view(0).table.members.len(), 3);
}

#[test]
fn frames_held_back_and_replayed_are_refused() {
    let (mut world, _) = World::table(3, 1);
    let early = world.seal(1).unwrap();
    assert!(world.open(0, &early).is_ok());
    assert!(world.open(0, &early).is_err());
    world.run(8_000);
    assert_eq!(world.open(2, &early).err(), Some(FrameRefused::Late));
    world.act(
        0,
        Act::CheckWords {
            language: "en".into(),
        },
    );
    world.run(7_000);
    assert!(world.open(2, &early).is_err());
}

#[test]
fn a_delay_of_30_seconds_stops_what_is_sent() {
    let (mut world, _) = World::table(3, 1);
    let held = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let inside = held.clone();
    world.tamper = Some(Box::new(move |now, to, message| {
        if to == 2 && matches!(message, ServerMessage::Passing { .. }) {
            inside.borrow_mut().push((now, message));
            return vec![];
        }
        vec![message]
    }));
    for _ in 0..60 {
        world.run(1_000);
        let due = world.now - 30_000;
        let messages: Vec<_> = held
            .borrow()
            .iter()
            .filter(|(at, _)| *at <= due)
            .map(|(_, m)| m.clone())
            .collect();
        held.borrow_mut().retain(|(at, _)| *at > due);
        for message in messages {
            let now = world.now;
            world.clients[2].session.handle_message(now, &message);
        }
    }
    // It hears everybody, half a minute late: what they echo is old.
    assert!(world.view(2).verified < 3);
    assert_eq!(world.view(2).sending, Sending::Stopped);
    assert!(problems(&world, 2).contains(&(ProblemKind::NoHost, None)));
}

#[test]
fn undelivered_heartbeats_are_shown_at_5_seconds_and_stop_sending_at_15() {
    let (mut world, _) = World::table(3, 1);
    world.tamper = Some(Box::new(|_, to, message| {
        let hidden = to == 1 && matches!(message, ServerMessage::Passing { .. });
        if hidden { vec![] } else { vec![message] }
    }));
    world.run(5_500);
    assert_eq!(world.view(1).verified, 1);
    world.run(10_500);
    assert!(world.seal(1).is_none());
    world.run(10 * 60_000);
    assert!(world.seal(1).is_none());
    assert_eq!(world.view(1).verified, 1);
}

#[test]
fn a_starved_delegation_is_noticed() {
    let (mut world, _) = World::table(4, 1);
    for _ in 0..300 {
        world.run(50);
        for from in [1, 2, 3] {
            let (one, two) = (world.seal(from).unwrap(), world.seal(from).unwrap());
            // Seat 4's voice does not reach the host.
            if from != 3 {
                let _ = (world.open(0, &one), world.open(0, &two));
            }
        }
    }
    assert!(problems(&world, 0).contains(&(ProblemKind::Frozen, Some(4))));
    assert!(!problems(&world, 0).contains(&(ProblemKind::Frozen, Some(3))));
}

#[test]
fn another_honest_build_is_named() {
    let (mut world, _) = World::table(3, 1);
    for (at, code) in [(0, [1; 16]), (1, [1; 16]), (2, [1; 16])] {
        world.clients[at].session.set_code(code);
    }
    let mut other = [1; 16];
    other[5] = 9;
    world.clients[2].session.set_code(other);
    world.run(1_500);
    assert_eq!(problems(&world, 0), [(ProblemKind::CodeDiffers, Some(3))]);
}

#[test]
fn a_newcomer_is_silent_until_a_host_has_heard_it() {
    let mut world = World::new(3, 1);
    let machines: Vec<_> = (1..=3).map(|seat| world.machine(seat)).collect();
    for machine in &machines {
        world.arrive(machine, false);
        world.run(500);
    }
    // The host's heartbeats do not reach seat 2.
    world.tamper = Some(Box::new(|_, to, message| {
        let hidden = to == 1 && matches!(message, ServerMessage::Passing { .. });
        if hidden { vec![] } else { vec![message] }
    }));
    world.act(0, Act::AdmitAllVerified {});
    world.run(3_000);
    assert_eq!(world.view(1).stage, Stage::Member);
    assert_eq!(world.view(1).sending, Sending::Unconfirmed);
    assert!(world.seal(1).is_none());
    assert!(world.seal(2).is_some());
}

#[test]
fn an_older_copy_of_the_memory_resumes_nothing() {
    let (mut world, machines) = World::table(3, 1);
    let old = world.clients[1].session.memory();
    world.act(
        0,
        Act::CheckWords {
            language: "en".into(),
        },
    );
    world.run(2_000);
    let machine = super::world::Machine {
        memory: old,
        ..machines[1].clone()
    };
    let frame = world.seal(1).unwrap();
    world.crash(1);
    let again = world.arrive(&machine, true);
    world.until(5_000, "it is back", |w| {
        w.view(again).stage == Stage::Member && w.all_verified()
    });
    let new = world.seal(again).unwrap();
    assert_ne!(frame, new);
    assert!(world.open(0, &new).is_ok());
    assert!(
        world.clients[again]
            .session
            .table
            .member
            .as_ref()
            .unwrap()
            .epoch()
            > 1
    );
}

#[test]
fn a_link_of_another_call_opens_nothing_here() {
    let world = World::new(2, 1);
    let other = protocol::CallId::from_bytes([9; 16]);
    let key = LinkKey::Seat(world.secret.seat(world.call, SeatId(2), 1));
    let link = Link { call: other, key };
    assert!(crate::grant::open_grant(&link, &world.new.tokens[1].grant).is_err());
}
