//! What works when nobody does wrong.

use openmls::prelude::Lifetime;
use protocol::{CircleId, GroupRef, Sealed, SeatId, ServerMessage, types::Doors};

use super::world::{Place, World};
use crate::session::{Act, Candidate, ClaimProblem, FrameRefused, MemberState, Sending, Stage};

#[test]
fn a_host_founds_the_group_and_a_delegate_is_admitted_with_one_click() {
    let mut world = World::new(2, 1);
    let (host, guest) = (world.machine(1), world.machine(2));
    let host = world.arrive(&host, false);
    world.until(1_000, "the host is alone in a group", |w| {
        w.view(0).stage == Stage::Member
    });
    let guest = world.arrive(&guest, false);
    world.run(200);
    let claim = world.view(host).table.waiting[0].clone();
    assert_eq!(
        (claim.name.as_str(), claim.delegation.as_str()),
        ("Person 2", "Delegation 2")
    );
    assert!(claim.verified && claim.problem.is_none());
    assert_eq!(world.view(guest).stage, Stage::Joining);
    world.act(host, Act::Admit { seat: SeatId(2) });
    let took = world.until(2_000, "both are verified", |w| {
        w.clients[1].place == Place::Seated && w.all_verified()
    });
    assert!(took <= 1_000, "{took} ms");
    assert_eq!(world.voice(guest, host).ok(), Some(SeatId(2)));
    assert_eq!(world.voice(host, guest).ok(), Some(SeatId(1)));
    assert_eq!(world.view(guest).people.unwrap().title, "Consultation");
    assert_eq!(
        world.view(guest).table.members[1].vouched_by,
        Some(SeatId(1))
    );
}

#[test]
fn nine_seats_are_admitted_in_one_commit_and_all_hear_all() {
    let (mut world, _) = World::table(9, 1);
    assert_eq!(
        world
            .log()
            .entries
            .iter()
            .filter(|e| e.class == protocol::sealed::Class::Commit)
            .count(),
        1
    );
    let epochs: Vec<_> = (0..9).map(|at| world.view(at).epoch).collect();
    assert_eq!(epochs, [1; 9]);
    for from in 0..9 {
        let sealed = world.seal(from).unwrap();
        for to in (0..9).filter(|to| *to != from) {
            assert_eq!(world.open(to, &sealed).ok(), Some(SeatId(from as u16 + 1)));
        }
    }
    world.run(10_000);
    assert!(world.all_verified());
    for at in 0..9 {
        assert!(world.view(at).table.problems.is_empty());
        assert_eq!(world.view(at).doors, Some(Doors::Open));
    }
}

#[test]
fn openmls_keeps_the_keys_of_the_present_epoch_and_nothing_else_of_a_group() {
    let (mut world, _) = World::table(5, 1);
    for (epoch, seat) in [(2, 5), (3, 4), (4, 3)] {
        let seat = SeatId(seat);
        world.act(0, Act::Remove { seat });
        world.until(2_000, "all are in the next epoch", |w| {
            (0..2).all(|at| w.view(at).epoch == epoch)
        });
    }
    for client in &world.clients[..2] {
        let kept = client.session.table.me.provider.kept();
        let of = |label: &str| kept.iter().filter(|name| name.starts_with(label)).count();
        assert_eq!(of("EpochKeyPairs"), 1, "{kept:?}");
        let keys = of("EpochKeyPairs") + of("KeyPackage") + of("EncryptionKeyPair");
        assert_eq!(keys, kept.len(), "{kept:?}");
    }
}

#[test]
fn who_speaks_is_not_interrupted_by_newcomers() {
    // The only host, and one other: two more are the greater part of the table.
    let (mut world, machines) = World::partly_seated(4, 1, 2);
    for machine in &machines[2..] {
        world.arrive(machine, false);
    }
    world.run(500);
    world.delays = Some((1, 300));
    world.act(0, Act::AdmitAllVerified {});
    for _ in 0..600 {
        world.run(5);
        assert_eq!(world.view(0).sending, Sending::Allowed);
    }
    assert!(world.all_verified());
}

#[test]
fn a_reload_comes_back_without_bothering_anybody() {
    for who in [0, 2] {
        let (mut world, machines) = World::table(4, 1);
        let machine = super::world::Machine {
            memory: world.clients[who].session.memory(),
            ..machines[who].clone()
        };
        world.crash(who);
        world.run(300);
        let again = world.arrive(&machine, true);
        world.until(3_000, "it is back", |w| {
            w.view(again).stage == Stage::Member && w.all_verified()
        });
        assert_eq!(world.log().state.group, GroupRef::table(1));
        assert!(
            world
                .clients
                .iter()
                .enumerate()
                .all(|(at, _)| world.view(at).table.waiting.is_empty() || at == who)
        );
        let other = if who == 0 { 1 } else { 0 };
        assert!(world.voice(again, other).is_ok());
        assert!(world.voice(other, again).is_ok());
    }
}

#[test]
fn a_broken_connection_catches_up_and_loses_no_text() {
    let (mut world, _) = World::table(3, 1);
    world.disconnect(2);
    world.act(
        0,
        Act::Text {
            text: "first".into(),
        },
    );
    world.run(1_000);
    world.act(
        1,
        Act::Text {
            text: "second".into(),
        },
    );
    world.run(2_000);
    world.reconnect(2);
    world.until(3_000, "it is back", |w| {
        w.all_verified() && w.clients[2].texts.len() == 2
    });
    let texts: Vec<_> = world.clients[2]
        .texts
        .iter()
        .map(|t| (t.from.0, t.text.as_str()))
        .collect();
    assert_eq!(texts, [(1, "first"), (2, "second")]);
    assert_eq!(world.clients[0].texts.len(), 2);
    assert_eq!(world.clients[2].session.counters().wedged, 0);
}

#[test]
fn a_removed_seat_hears_nothing_more_and_its_link_stays_closed() {
    let (mut world, machines) = World::table(4, 1);
    let removed_frame = world.seal(3).unwrap();
    world.act(0, Act::Remove { seat: SeatId(4) });
    assert_eq!(
        world.open(0, &removed_frame).err(),
        Some(FrameRefused::Blocked)
    );
    let took = world.until(2_000, "the new epoch", |w| {
        [0, 1, 2].iter().all(|at| w.view(*at).epoch == 2)
    });
    assert!(took < 500);
    let after = world.seal(1).unwrap();
    assert!(world.open(0, &after).is_ok());
    assert!(world.open(3, &after).is_err());
    assert_eq!(
        world.open(1, &removed_frame).err(),
        Some(FrameRefused::NoSuchMember)
    );
    // The same link again, whatever machine.
    let again = world.arrive(&machines[3], false);
    world.run(300);
    let claim = world.view(0).table.waiting[0].clone();
    assert!(!claim.verified);
    assert!(
        world.clients[0]
            .session
            .act(world.now, Act::Admit { seat: SeatId(4) })
            .is_err()
    );
    world.crash(again);
    // A new link is another invitation.
    world.relink(4);
    let machine = world.machine(4);
    let back = world.arrive(&machine, false);
    world.run(300);
    world.act(0, Act::Admit { seat: SeatId(4) });
    world.until(3_000, "back with a new link", |w| {
        w.view(back).stage == Stage::Member && w.all_verified()
    });
    assert!(world.voice(back, 1).is_ok());
}

#[test]
fn a_leaver_is_taken_out_by_whoever_is_left() {
    let (mut world, _) = World::table(3, 1);
    world.act(0, Act::Leave {});
    world.crash(0);
    world.until(4_000, "the host's leaf is gone", |w| {
        w.view(1).table.members.len() == 2
    });
    assert_eq!(
        world
            .view(1)
            .table
            .members
            .iter()
            .filter(|m| m.host)
            .count(),
        0
    );
    // Without a host, more than half of the seats confirm.
    world.run(20_000);
    assert_eq!(world.view(1).sending, Sending::Allowed);
}

#[test]
fn a_crashed_seat_is_absent_at_5_s_and_taken_out_after_a_minute() {
    let (mut world, _) = World::table(3, 1);
    world.crash(2);
    world.run(5_200);
    assert_eq!(world.view(0).table.members[2].state, MemberState::Absent);
    assert_eq!(world.view(0).verified, 2);
    world.run(56_000);
    assert_eq!(world.view(0).table.members.len(), 2);
    assert!(world.view(0).table.problems.is_empty());
}

#[test]
fn another_machine_on_an_occupied_seat_waits_for_the_host_and_then_for_everybodys_word() {
    let (mut world, _) = World::table(3, 1);
    let other = world.machine(2);
    let newcomer = world.arrive(&other, false);
    world.run(3_000);
    assert_eq!(world.view(newcomer).stage, Stage::Joining);
    assert_eq!(
        world.view(0).table.waiting[0].problem,
        Some(crate::session::ClaimProblem::OtherDevice)
    );
    world.act(0, Act::Admit { seat: SeatId(2) });
    world.until(3_000, "moved", |w| w.view(newcomer).stage == Stage::Member);
    world.run(1_000);
    assert_eq!(world.view(2).table.members[1].state, MemberState::Changed);
    let sealed = world.seal(newcomer).unwrap();
    assert!(world.open(2, &sealed).is_err());
    world.act(2, Act::AcceptDevice { seat: SeatId(2) });
    assert!(world.voice(newcomer, 2).is_ok());
}

#[test]
fn the_words_are_the_same_everywhere_in_the_chairs_language() {
    let (mut world, _) = World::table(5, 1);
    world.act(
        0,
        Act::CheckWords {
            language: "uk".into(),
        },
    );
    world.until(2_000, "all have the words", |w| {
        (0..5).all(|at| w.view(at).table.check.is_some())
    });
    let first = world.view(0).table.check.unwrap();
    assert_eq!(
        (
            first.words.len(),
            first.digits.len(),
            first.language.as_str()
        ),
        (6, 20, "uk")
    );
    for at in 1..5 {
        assert_eq!(world.view(at).table.check.unwrap().words, first.words);
        world.act(at, Act::Verdict { same: at != 3 });
        world.run(200);
    }
    world.run(500);
    assert_eq!(world.view(0).table.check.unwrap().verdicts.len(), 5);
    assert_eq!(world.view(1).table.members[3].state, MemberState::Different);
    assert_eq!(world.view(3).sending, Sending::Stopped);
    assert_eq!(world.view(2).sending, Sending::Allowed);
    world.run(121_000);
    assert!(world.view(0).table.check.is_none());
}

#[test]
fn a_co_host_takes_over_and_the_doors_are_known() {
    let (mut world, _) = World::table(3, 2);
    world.act(
        0,
        Act::SetDoors {
            doors: Doors::Closed,
        },
    );
    world.run(1_000);
    assert_eq!(world.view(2).doors, Some(Doors::Closed));
    world.crash(0);
    world.run(10_000);
    assert_eq!(world.view(2).sending, Sending::Allowed);
    world.run(60_000);
    assert_eq!(world.view(1).table.members.len(), 2);
}

#[test]
fn a_device_that_did_not_sign_makes_no_session() {
    let world = World::new(2, 1);
    let (machine, other) = (world.machine(1), world.machine(1));
    let opened = crate::grant::open_grant(&machine.link, &world.new.tokens[0].grant)
        .ok()
        .unwrap();
    let candidate = Candidate::new(&machine.link, opened, machine.device.public()).unwrap();
    let signature = other.device.sign(&candidate.to_sign());
    assert!(
        candidate
            .into_session(world.now, signature, Default::default())
            .is_err()
    );
}

#[test]
fn the_service_is_told_no_names() {
    let (mut world, _) = World::table(3, 1);
    world.act(
        0,
        Act::Text {
            text: "a secret text".into(),
        },
    );
    world.run(2_000);
    // Sealed fields are base64url: what is in them is looked at as bytes.
    let words = |text: &String| {
        let parts = text.split('"').map(str::to_owned);
        parts.collect::<Vec<_>>()
    };
    let mut told = std::mem::take(&mut world.told);
    // And what the convener's machine told of the call.
    told.push(serde_json::to_string(&world.new).unwrap());
    let sealed: Vec<u8> = told
        .iter()
        .flat_map(words)
        .filter_map(|word| Sealed::from_text(&word)?.to_bytes())
        .flatten()
        .collect();
    assert!(sealed.len() > 10_000, "knocks, commits, heartbeats, a text");
    let told = told.join("\n");
    for planted in [
        "Person",
        "Minister",
        "Delegation",
        "Consultation",
        "secret text",
    ] {
        assert!(!told.contains(planted), "{planted}");
        let bytes = planted.as_bytes();
        let found = sealed.windows(bytes.len()).any(|window| window == bytes);
        assert!(!found, "{planted} in a sealed field");
    }
}

#[test]
fn a_knock_of_a_machine_with_a_wrong_clock_is_refused_by_that_name() {
    let (mut world, machines) = World::table(2, 1);
    // OpenMLS takes the time from the system, by itself: so does this.
    let lifetime = Lifetime::default();
    let hours = 60 * 60;
    for (not_before, not_after) in [
        (lifetime.not_before() + 3 * hours, lifetime.not_after()),
        (
            lifetime.not_before() - 90 * 24 * hours,
            lifetime.not_before() - hours,
        ),
    ] {
        let session = world.session(&machines[1]);
        let knock = session
            .table
            .me
            .knock_with(Lifetime::init(not_before, not_after), None);
        let knocked = ServerMessage::Knocked {
            circle: CircleId::TABLE,
            seat: SeatId(2),
            waiting: true,
            knock: knock.unwrap(),
        };
        world.send(0, knocked);
        world.run(200);
        let claim = world.view(0).table.waiting[0].clone();
        assert_eq!(claim.problem, Some(ClaimProblem::WrongClock));
        assert!(!claim.verified);
    }
}
