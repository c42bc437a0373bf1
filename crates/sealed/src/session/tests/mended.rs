//! Mistakes that were found once, each by a reader or a run of `anything`: they stay mended.

use protocol::{CircleId, ClientMessage, GroupRef, Sealed, SeatId, ServerMessage};

use super::world::{Machine, Place, World};
use crate::{
    message::{Heartbeat, Said, SentFrames, TextId},
    session::{Act, MemberState, Stage, identity::BadKnock},
};

/// A member says something its own software would not.
fn bribed_word(world: &mut World, at: usize, said: &Said, kept: bool) {
    let session = &mut world.clients[at].session;
    let member = session.table.member.as_mut().unwrap();
    let sealed = member.say(&session.table.me, said).ok().unwrap();
    let (group, epoch) = (member.group(), member.epoch());
    let message = match kept {
        true => ClientMessage::Kept {
            group,
            epoch,
            sealed,
        },
        false => ClientMessage::Passing { group, sealed },
    };
    world.serve(at, message);
}

#[test]
fn a_manifest_at_the_end_of_all_counters_stops_nobody() {
    let (mut world, _) = World::table(3, 1);
    let sent = |first| SentFrames {
        kid: 0,
        first,
        digests: vec![[0; 8]; 3],
    };
    let beat = Heartbeat {
        number: u32::MAX,
        sent: vec![sent(u64::MAX), sent(u64::MAX - 1)],
        ..Heartbeat::default()
    };
    bribed_word(&mut world, 1, &Said::Heartbeat(beat), false);
    world.run(1_000);
    assert_eq!(world.view(0).stage, Stage::Member);
}

#[test]
fn a_verdict_of_its_own_does_not_lift_a_seats_block() {
    let (mut world, _) = World::table(3, 1);
    let other = world.machine(2);
    let other = world.arrive(&other, false);
    world.run(300);
    world.act(0, Act::Admit { seat: SeatId(2) });
    world.until(3_000, "moved", |w| w.view(other).stage == Stage::Member);
    world.run(500);
    bribed_word(
        &mut world,
        other,
        &Said::Verdict {
            epoch: 77,
            same: true,
        },
        true,
    );
    world.run(500);
    assert_eq!(world.view(2).table.members[1].state, MemberState::Changed);
}

#[test]
fn a_seat_removed_while_it_was_away_stays_closed_for_every_host() {
    let (mut world, machines) = World::table(4, 2);
    let away = Machine {
        memory: world.clients[3].session.memory(),
        ..machines[3].clone()
    };
    world.crash(3);
    world.run(62_000);
    assert_eq!(world.view(0).table.members.len(), 3);
    world.act(0, Act::Remove { seat: SeatId(4) });
    world.run(1_000);
    let back = world.arrive(&away, true);
    world.run(8_000);
    assert_ne!(world.view(back).stage, Stage::Member);
    assert_eq!(world.view(1).table.members.len(), 3);
}

#[test]
fn a_leaver_has_to_be_admitted_again() {
    let (mut world, machines) = World::table(3, 1);
    world.act(2, Act::Leave {});
    world.run(100);
    world.crash(2);
    world.run(3_000);
    let back = world.arrive(&machines[2], false);
    world.run(5_000);
    assert_eq!(world.view(back).stage, Stage::Joining);
    assert_eq!(world.clients[back].place, Place::Waiting);
    world.act(0, Act::Admit { seat: SeatId(3) });
    world.until(3_000, "it is back", |w| w.view(back).stage == Stage::Member);
}

#[test]
fn an_old_knock_shown_again_puts_nobody_out() {
    let (mut world, _) = World::table(3, 1);
    let knock = world.clients[1].session.table.me.knock().ok().unwrap();
    let knocked = ServerMessage::Knocked {
        circle: CircleId::TABLE,
        seat: SeatId(2),
        waiting: false,
        knock,
    };
    for to in [0, 2] {
        world.send(to, knocked.clone());
    }
    world.run(6_000);
    assert_eq!(world.view(0).epoch, 1);
    assert!(world.all_verified());
    // Nor later, when it is silent for a moment.
    world.tamper = Some(Box::new(|_, _, message| match message {
        ServerMessage::Passing { .. } => vec![],
        other => vec![other],
    }));
    world.run(3_500);
    world.tamper = None;
    world.run(2_000);
    assert_eq!(world.view(0).epoch, 1);
    assert!(world.all_verified());
}

#[test]
fn a_page_that_slept_for_minutes_comes_back_by_itself() {
    let (mut world, _) = World::table(3, 1);
    world.disconnect(2);
    world.clients[2].place = Place::Gone;
    world.run(62_000);
    assert_eq!(world.view(0).table.members.len(), 2);
    world.clients[2].place = Place::Seated;
    world.reconnect(2);
    world.until(6_000, "it is back", |w| {
        w.view(2).stage == Stage::Member && w.all_verified()
    });
    assert!(world.voice(2, 0).is_ok());
}

#[test]
fn the_host_that_removed_a_seat_hears_it_again_after_a_new_link() {
    let (mut world, _) = World::table(3, 1);
    world.act(0, Act::Remove { seat: SeatId(3) });
    world.run(1_000);
    world.relink(3);
    let machine = world.machine(3);
    let back = world.arrive(&machine, false);
    world.run(300);
    world.act(0, Act::Admit { seat: SeatId(3) });
    world.until(3_000, "it is back", |w| {
        w.view(back).stage == Stage::Member && w.all_verified()
    });
    for to in [0, 1] {
        assert_eq!(world.voice(back, to).ok(), Some(SeatId(3)));
    }
}

#[test]
fn two_hosts_who_admit_at_the_same_moment_fall_out_of_nothing() {
    let mut world = World::new(6, 2);
    let machines: Vec<_> = (1..=6).map(|seat| world.machine(seat)).collect();
    for machine in &machines {
        world.arrive(machine, false);
        world.run(1_000);
    }
    for seat in [3, 4] {
        world.act(0, Act::Admit { seat: SeatId(seat) });
        world.act(
            1,
            Act::Admit {
                seat: SeatId(seat + 2),
            },
        );
        world.run(50);
    }
    world.until(5_000, "all are in", |w| {
        w.clients.iter().all(|c| c.place == Place::Seated) && w.all_verified()
    });
    let wedged: Vec<_> = world
        .clients
        .iter()
        .map(|c| c.session.counters().wedged)
        .collect();
    assert_eq!(wedged, [0; 6]);
}

#[test]
fn words_said_before_a_change_are_not_put_down_to_whoever_took_the_place() {
    let (mut world, _) = World::table(3, 1);
    // A word of seat 3 is held back until seat 3 is out and another has its leaf.
    let session = &mut world.clients[2].session;
    let member = session.table.member.as_mut().unwrap();
    let text = Said::Text {
        id: TextId([1; 8]),
        text: "from the one who went".into(),
    };
    let late = member.say(&session.table.me, &text).ok().unwrap();
    let leaf = member.own_leaf();
    world.act(0, Act::Remove { seat: SeatId(3) });
    world.run(300);
    world.relink(3);
    let machine = world.machine(3);
    let other = world.arrive(&machine, false);
    world.run(100);
    world.act(0, Act::Admit { seat: SeatId(3) });
    world.run(500);
    assert_eq!(world.view(other).me.leaf, Some(leaf));
    let before = world.clients[0].session.counters().unread;
    let message = ServerMessage::Passing {
        group: GroupRef::table(1),
        sealed: late,
    };
    world.clients[0].session.handle_message(world.now, &message);
    assert!(world.clients[0].texts.is_empty());
    assert_eq!(world.clients[0].session.counters().unread, before + 1);
}

/// Found by the fuzzer: the library under OpenMLS panicked on a vector shorter than it says.
#[test]
fn a_knock_that_is_cut_short_anywhere_is_refused_by_name() {
    let (mut world, _) = World::table(2, 1);
    let me = &world.clients[1].session.table.me;
    let label = b"incamera knock v1";
    let package = me.knock().ok().unwrap().to_bytes().unwrap();
    let package = me.knock.open(label, &package).ok().unwrap();
    let cut: Vec<_> = (0..package.len())
        .map(|length| me.knock.seal(label, &package[..length]).ok().unwrap())
        .map(|parcel| Sealed::from_bytes(&parcel))
        .collect();
    for knock in &cut {
        let read = world.clients[0]
            .session
            .table
            .me
            .read_knock(SeatId(2), knock);
        assert!(matches!(read, Err(BadKnock::Package)));
    }
    let (seat, waiting, knock) = (SeatId(2), false, cut[8].clone());
    let knocked = ServerMessage::Knocked {
        circle: CircleId::TABLE,
        seat,
        waiting,
        knock,
    };
    world.send(0, knocked);
    world.run(500);
    assert!(world.all_verified());
}
