//! A host on a machine that remembers nobody: who comes back by itself, and who does not.

use protocol::SeatId;

use super::world::{Machine, World};
use crate::{
    credential::VerifiedLeaf,
    letter::UnverifiedLetter,
    session::{Memory, Stage, tests::world::package_of},
};

/// The letter this client would give to that machine.
fn letter(world: &World, by: usize, about: &VerifiedLeaf) -> UnverifiedLetter {
    let letters = world.clients[by]
        .session
        .table
        .me
        .letters([about].into_iter());
    UnverifiedLetter::new(letters.host, letters.signatures[0].1)
}

fn leaf_of(world: &World, machine: &Machine) -> VerifiedLeaf {
    package_of(&world.session(machine)).leaf
}

/// Three of four are at the table; the host's machine is lost, and the fourth, whom nobody let in, is
/// seated by the service with this letter. Whether it gets into the host's new group.
fn is_let_in(write: impl Fn(&World, &[Machine]) -> UnverifiedLetter) -> bool {
    let (mut world, machines) = World::partly_seated(4, 1, 3);
    world.run(1_500);
    let mut memory = Memory::default();
    memory.table.keep_letter(&write(&world, &machines));
    let stranger = Machine {
        memory,
        ..machines[3].clone()
    };
    world.crash(0);
    let host = world.machine(1);
    let host = world.arrive(&host, true);
    let stranger = world.arrive(&stranger, true);
    world.until(9_000, "those who were let in are back", |w| {
        w.view(host).group == 2 && [1, 2].iter().all(|at| w.view(*at).group == 2)
    });
    world.run(3_000);
    let view = world.view(host);
    let asks = view
        .waiting
        .iter()
        .any(|claim| claim.seat == SeatId(4) && !claim.by_itself);
    let joined = world.view(stranger).stage == Stage::Member;
    assert_ne!(asks, joined, "it is in, or the host is asked");
    joined
}

#[test]
fn a_letter_of_nobody_or_about_another_opens_no_door() {
    let about_it = |world: &World, machines: &[Machine]| leaf_of(world, &machines[3]);
    assert!(is_let_in(|w, m| letter(w, 0, &about_it(w, m))));
    assert!(
        !is_let_in(|w, m| letter(w, 1, &about_it(w, m))),
        "no host's"
    );
    assert!(
        !is_let_in(|w, m| letter(w, 0, &leaf_of(w, &m[1]))),
        "about another seat"
    );
    let other_machine = |w: &World, _: &[Machine]| letter(w, 0, &leaf_of(w, &w.machine(4)));
    assert!(!is_let_in(other_machine), "about another machine");
}

#[test]
fn a_letter_opens_nothing_in_a_group_that_was_not_lost() {
    let (mut world, machines) = World::partly_seated(4, 1, 3);
    let mut memory = Memory::default();
    memory
        .table
        .keep_letter(&letter(&world, 0, &leaf_of(&world, &machines[3])));
    let stranger = Machine {
        memory,
        ..machines[3].clone()
    };
    let stranger = world.arrive(&stranger, true);
    world.run(5_000);
    assert_ne!(world.view(stranger).stage, Stage::Member);
}

#[test]
fn whoever_was_let_in_has_a_letter_and_keeps_it() {
    let (mut world, _) = World::table(4, 1);
    world.run(1_500);
    for at in 1..4 {
        assert!(
            world.clients[at].session.memory().table.letter().is_some(),
            "client {at}"
        );
    }
}
