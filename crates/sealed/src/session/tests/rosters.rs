//! Who a leaf is, and which link it came with: nothing is taken from those who were removed, and no
//! link that was replaced.

use protocol::{ClientMessage, GroupRef, SeatId, ServerMessage};

use super::world::{Machine, World, package_of};
use crate::{
    grant::open_grant,
    session::{
        Act, Candidate, ClaimProblem, Memory, Remembered, Session, Stage,
        membership::{Changes, Membership},
    },
};

/// A client of this machine that uses somebody else's leaf key.
fn with_leaf_key_of(world: &World, machine: &Machine, other: usize) -> Session {
    let opened = open_grant(&machine.link, &machine.grant).ok().unwrap();
    let candidate = Candidate::new(&machine.link, opened, machine.device.public()).unwrap();
    let candidate = candidate.with_leaf_key(world.clients[other].session.table.me.leaf_key.clone());
    let signature = machine.device.sign(&candidate.to_sign());
    let session = candidate.into_session(world.now, signature, Memory::default());
    session.ok().unwrap()
}

fn leaf_of(world: &World, at: usize, seat: u16) -> u16 {
    let member = world.clients[at].session.table.member.as_ref().unwrap();
    member.leaf_of(SeatId(seat)).unwrap().0
}

#[test]
fn a_leaf_key_that_comes_back_under_another_credential_has_nothing_of_the_old_one() {
    let (mut world, machines) = World::partly_seated(4, 2, 3);
    let ghost = package_of(&with_leaf_key_of(&world, &machines[3], 1));
    let changes = Changes {
        removes: vec![leaf_of(&world, 0, 2)],
        adds: vec![(SeatId(4), ghost.package)],
        ..Changes::default()
    };
    let before = world.view(2).epoch;
    world.commit_as(0, changes);
    // The second host is out; its leaf key came back as seat 4's, who is none.
    world.until(1_000, "the new epoch", |w| w.view(2).epoch > before);
    let members = world.view(2).table.members;
    let seats: Vec<_> = members.iter().map(|m| (m.seat.0, m.host)).collect();
    assert!(seats.contains(&(4, false)) && !seats.iter().any(|(seat, _)| *seat == 2));
    assert_eq!(seats.iter().filter(|(_, host)| *host).count(), 1);
}

#[test]
fn a_link_that_was_replaced_is_let_in_by_nobody() {
    let (mut world, machines) = World::table(3, 1);
    world.relink(3);
    let newer = world.machine(3);
    let newer = world.arrive(&newer, false);
    world.run(300);
    world.act(0, Act::Admit { seat: SeatId(3) });
    world.until(3_000, "it came with the new link", |w| {
        w.view(newer).stage == Stage::Member && w.all_verified()
    });
    // The old one asks again.
    let old = world.arrive(&machines[2], false);
    world.run(300);
    assert_eq!(
        world.view(0).table.waiting[0].problem,
        Some(ClaimProblem::Closed)
    );
    // Not even a host's commit brings it back.
    let package = package_of(&world.clients[old].session).package;
    let changes = Changes {
        removes: vec![leaf_of(&world, 0, 3)],
        adds: vec![(SeatId(3), package)],
        ..Changes::default()
    };
    world.commit_as(0, changes);
    for _ in 0..100 {
        world.run(100);
        for at in [0, 1] {
            let Some(member) = world.clients[at].session.table.member.as_ref() else {
                continue;
            };
            let third = member.leaf_of(SeatId(3));
            assert!(third.is_none_or(|(_, leaf)| leaf.grant.link == 2));
        }
    }
    assert!(world.clients[1].session.counters().refused > 0);
    assert!(
        world.clients[1]
            .session
            .memory()
            .table
            .closed
            .contains(&(3, 1))
    );
}

/// A group of the host and the machine of seat 3, in epoch 1; whether a client that remembers this
/// takes it.
fn joins(world: &World, machines: &[Machine], memory: Memory) -> bool {
    let machine = Machine {
        memory,
        ..machines[2].clone()
    };
    let mut session = world.session(&machine);
    let ClientMessage::Enter { knock: Some(knock) } = session.enter(world.now) else {
        panic!("it knocks")
    };
    let host = world.session(&machines[0]);
    let package = host
        .table
        .me
        .read_knock(SeatId(3), &knock)
        .ok()
        .unwrap()
        .package;
    let group = Membership::found(&host.table.me, GroupRef::table(1), Default::default());
    let changes = Changes {
        adds: vec![(SeatId(3), package)],
        ..Changes::default()
    };
    let made = group
        .ok()
        .unwrap()
        .commit(&host.table.me, changes)
        .ok()
        .unwrap();
    let welcome = ServerMessage::GroupWelcome {
        group: GroupRef::table(1),
        seq: 1,
        welcome: made.welcome.unwrap(),
    };
    session.handle_message(world.now, &welcome);
    session.stage() == Stage::Member
}

#[test]
fn a_second_welcome_into_the_remembered_epoch_is_refused() {
    let (world, machines) = World::table(3, 1);
    let memory = |epoch| Memory {
        table: Remembered {
            group: 1,
            epoch,
            ..Remembered::default()
        },
        ..Memory::default()
    };
    assert!(joins(&world, &machines, memory(0)));
    assert!(!joins(&world, &machines, memory(1)));
}
