//! Circles beside the table: each delegation's own group, in which nobody else reads, hears or comes in, whatever the
//! service does.

use protocol::{
    CircleId, ClientMessage, SeatId, ServerMessage,
    sealed::{Class, Entry},
};

use super::world::{Machine, Place, STEP_MS, World, package_of};
use crate::{
    media::{envelope::Kind, kid::Stream},
    session::{
        Act, ActError, CircleView, FrameRefused, MemberState, Sending, Stage, membership::Changes,
    },
};

const FIRST: CircleId = CircleId(1);
const SECOND: CircleId = CircleId(2);

/// Two delegations of three at one table, each with its circle, all verified in both. Clients 0 to 2 are the first
/// delegation, 0 the host; 3 to 5 the second.
fn hall() -> (World, Vec<Machine>) {
    let (mut world, machines) = World::table_of(&[3, 3]);
    for at in 0..6 {
        join(&mut world, at);
    }
    world.until(15_000, "all are verified in their circles", |w| {
        (0..6).all(|at| circle(w, at).is_some_and(|circle| circle.verified == 3))
    });
    (world, machines)
}

fn circle_of(world: &World, at: usize) -> CircleId {
    let seat = world.clients[at].seat;
    let delegation = world.new.shape.seats[usize::from(seat.0) - 1].delegation;
    CircleId::of_delegation(delegation).unwrap()
}

fn join(world: &mut World, at: usize) {
    let (now, circle) = (world.time(at), circle_of(world, at));
    world.heads_admit = true;
    let session = &mut world.clients[at].session;
    assert_eq!(session.join_circle(now, circle), Ok(()));
}

fn circle(world: &World, at: usize) -> Option<CircleView> {
    world.view(at).circles.into_iter().next()
}

fn seats_in(world: &World, at: usize) -> Vec<u16> {
    let members = circle(world, at).map(|circle| circle.members);
    let mut seats: Vec<_> = members.into_iter().flatten().map(|m| m.seat.0).collect();
    seats.sort_unstable();
    seats
}

fn write(world: &mut World, at: usize, text: &str) {
    let (now, circle) = (world.time(at), circle_of(world, at));
    let act = Act::Text { text: text.into() };
    let done = world.clients[at].session.act_in(now, circle, act);
    assert_eq!(done, Ok(()));
}

/// A voice for the circle only.
fn whisper(world: &mut World, at: usize) -> Option<Vec<u8>> {
    let (now, circle) = (world.time(at), circle_of(world, at));
    let session = &mut world.clients[at].session;
    let sealed = session.seal_for(now, circle, (Stream::Microphone, 0), false, b"voice");
    sealed.ok()
}

fn hear(world: &mut World, at: usize, frame: &[u8]) -> Result<(CircleId, SeatId), FrameRefused> {
    let now = world.time(at);
    let opened = world.clients[at].session.open(now, Kind::Voice, frame)?;
    Ok((opened.circle, opened.seat))
}

fn texts(world: &World, at: usize) -> Vec<(CircleId, u16, String)> {
    let texts = world.clients[at].texts.iter();
    texts
        .map(|t| (t.circle, t.from.0, t.text.clone()))
        .collect()
}

#[test]
fn members_of_each_circle_read_and_hear_theirs_and_nobody_elses() {
    let (mut world, _) = hall();
    for at in 0..6 {
        let own = if at < 3 { [1, 2, 3] } else { [4, 5, 6] };
        assert_eq!(seats_in(&world, at), own);
        assert_eq!(world.view(at).verified, 6, "the table is whole besides");
    }
    write(&mut world, 1, "for the first");
    write(&mut world, 5, "for the second");
    world.act(
        3,
        Act::Text {
            text: "for all".into(),
        },
    );
    world.run(1_000);
    for at in 0..6 {
        let own = match at < 3 {
            true => (FIRST, 2, "for the first".to_owned()),
            false => (SECOND, 6, "for the second".to_owned()),
        };
        let all = (CircleId::TABLE, 4, "for all".to_owned());
        let mut read = texts(&world, at);
        read.sort();
        assert_eq!(read, [all, own]);
    }
    let (first, second) = (
        whisper(&mut world, 2).unwrap(),
        whisper(&mut world, 3).unwrap(),
    );
    let spoken = world.seal(4).unwrap();
    for at in 0..6 {
        let heard = [&first, &second].map(|frame| hear(&mut world, at, frame));
        let expected = match at {
            2 | 3 => [None, None],
            0 | 1 => [Some((FIRST, SeatId(3))), None],
            _ => [None, Some((SECOND, SeatId(4)))],
        };
        assert_eq!(heard.map(Result::ok), expected, "client {at}");
        if at != 4 {
            assert_eq!(
                hear(&mut world, at, &spoken),
                Ok((CircleId::TABLE, SeatId(5)))
            );
        }
    }
}

#[test]
fn a_circle_is_of_the_own_delegation_and_what_is_the_tables_is_done_there() {
    let (mut world, _) = hall();
    let now = world.now;
    let session = &mut world.clients[0].session;
    for other in [CircleId::TABLE, SECOND, CircleId(77)] {
        assert_eq!(session.join_circle(now, other), Err(ActError::NoCircle));
    }
    let remove = Act::Remove { seat: SeatId(2) };
    assert_eq!(
        session.act_in(now, FIRST, remove),
        Err(ActError::AtTheTable)
    );
    let text = Act::Text { text: "x".into() };
    assert_eq!(session.act_in(now, SECOND, text), Err(ActError::NoCircle));
}

#[test]
fn nobody_comes_into_a_circle_without_its_heads_yes() {
    let (mut world, _) = World::table_of(&[3, 3]);
    for at in 3..6 {
        join(&mut world, at);
    }
    world.heads_admit = false;
    world.run(20_000);
    assert_eq!(seats_in(&world, 3), [4]);
    let asking = circle(&world, 3).unwrap().waiting;
    let asking: Vec<_> = asking
        .iter()
        .map(|claim| (claim.seat.0, claim.asks_at_table))
        .collect();
    assert_eq!(asking, [(5, true), (6, true)]);
    let now = world.now;
    let admit = |seat| Act::Admit { seat: SeatId(seat) };
    let session = &mut world.clients[4].session;
    assert_eq!(
        session.act_in(now, SECOND, admit(6)),
        Err(ActError::NotAHost)
    );
    let session = &mut world.clients[3].session;
    assert_eq!(session.act_in(now, SECOND, admit(6)), Ok(()));
    world.run(3_000);
    assert_eq!(seats_in(&world, 3), [4, 6]);
    assert!(circle(&world, 3).unwrap().leads && !circle(&world, 5).unwrap().leads);
}

#[test]
fn a_seat_of_another_delegation_is_let_in_by_nobody() {
    // Not even the host's seat, which anybody might take for one that may be everywhere.
    for stranger in [0, 1] {
        let (mut world, _) = hall();
        let package = package_of(&world.clients[stranger].session).package;
        let seat = world.clients[stranger].seat;
        let adding = Changes {
            adds: vec![(seat, package)],
            ..Changes::default()
        };
        world.commit_in(SECOND, 3, adding);
        for _ in 0..60 {
            world.run(STEP_MS);
            for at in 3..6 {
                let seats = seats_in(&world, at);
                assert!(!seats.contains(&seat.0), "client {at} sees {seats:?}");
            }
        }
    }
}

#[test]
fn whom_the_table_removed_is_heard_no_more_in_its_delegations_circle() {
    let (mut world, _) = hall();
    // The service keeps the circle's own commits back: what the table says is enough.
    world.tamper = Some(Box::new(|_, _, message| match &message {
        ServerMessage::Ordered(Entry {
            group,
            class: Class::Commit,
            ..
        }) if group.circle == SECOND => vec![],
        ServerMessage::Taken { group, .. } if group.circle == SECOND => vec![],
        _ => vec![message],
    }));
    let frame = whisper(&mut world, 4).unwrap();
    world.act(0, Act::Remove { seat: SeatId(5) });
    world.until(2_000, "the table is without it", |w| {
        w.view(5).members.len() == 5
    });
    world.run(100);
    for at in [3, 5] {
        assert_eq!(seats_in(&world, at), [4, 5, 6], "kept from it");
        assert_eq!(
            hear(&mut world, at, &frame),
            Err(FrameRefused::Blocked),
            "client {at}"
        );
    }
}

#[test]
fn whom_the_table_removed_any_member_takes_out_of_the_circle() {
    let (mut world, _) = hall();
    // The head itself: nobody else leads.
    world.act(0, Act::Remove { seat: SeatId(4) });
    world.until(5_000, "the circle is without its head", |w| {
        [4, 5].iter().all(|at| seats_in(w, *at) == [5, 6])
    });
    let frame = whisper(&mut world, 4);
    assert!(frame.is_none_or(|frame| hear(&mut world, 3, &frame).is_err()));
}

#[test]
fn a_service_that_cross_wires_circles_gets_nobody_in_and_nothing_heard() {
    let (mut world, _) = World::table_of(&[3, 3]);
    world.cross_wired = true;
    for at in 0..6 {
        join(&mut world, at);
    }
    world.until(20_000, "all are verified in their circles", |w| {
        (0..6).all(|at| circle(w, at).is_some_and(|circle| circle.verified == 3))
    });
    write(&mut world, 1, "for the first");
    world.run(1_000);
    let frame = whisper(&mut world, 1).unwrap();
    for at in 3..6 {
        assert_eq!(seats_in(&world, at), [4, 5, 6]);
        assert!(texts(&world, at).is_empty());
        assert!(hear(&mut world, at, &frame).is_err());
    }
}

/// The service says of what belongs to one circle that it is another's.
#[test]
fn what_was_said_in_one_circle_counts_in_no_other() {
    let (mut world, _) = hall();
    let renamed = |message: ServerMessage| {
        let to = |circle: CircleId| match circle {
            CircleId::TABLE => FIRST,
            _ => CircleId::TABLE,
        };
        match message {
            ServerMessage::Ordered(mut entry) => {
                entry.group.circle = to(entry.group.circle);
                ServerMessage::Ordered(entry)
            }
            ServerMessage::Passing { mut group, sealed } => {
                group.circle = to(group.circle);
                ServerMessage::Passing { group, sealed }
            }
            other => other,
        }
    };
    world.tamper = Some(Box::new(move |_, _, message| {
        vec![renamed(message.clone()), message]
    }));
    world.act(
        1,
        Act::Text {
            text: "for all".into(),
        },
    );
    write(&mut world, 1, "for the first");
    world.run(20_000);
    for at in 0..6 {
        let told: Vec<_> = texts(&world, at)
            .into_iter()
            .map(|(c, _, text)| (c, text))
            .collect();
        assert!(
            told.iter()
                .all(|(c, text)| (*c == CircleId::TABLE) == (text == "for all"))
        );
        assert!(world.view(at).members.iter().all(|m| m.seat.0 <= 6));
        assert_eq!(seats_in(&world, at).len(), 3);
    }
}

#[test]
fn a_knock_of_one_circle_is_none_at_another_door() {
    let (world, machines) = World::table_of(&[3, 3]);
    let asking = world.session(&machines[4]);
    let (of_circle, of_table) = (asking.knock_for(SECOND), asking.knock_for(CircleId::TABLE));
    let host = &world.clients[0].session.table.me;
    assert!(host.read_knock(SeatId(5), &of_table).is_ok());
    assert!(host.read_knock(SeatId(5), &of_circle).is_err());
}

#[test]
fn a_page_that_is_loaded_anew_is_put_back_into_its_circle_without_a_question() {
    let (mut world, machines) = hall();
    let memory = world.clients[5].session.memory();
    assert!(memory.circles.contains_key(&SECOND));
    world.crash(5);
    world.heads_admit = false;
    let again = Machine {
        memory,
        ..machines[5].clone()
    };
    let again = world.arrive(&again, true);
    let (now, circle_id) = (world.now, SECOND);
    let joined = world.clients[again].session.join_circle(now, circle_id);
    assert_eq!(joined, Ok(()));
    world.until(20_000, "it is in its circle again", |w| {
        circle(w, again).is_some_and(|circle| circle.verified == 3)
    });
}

#[test]
fn where_the_head_is_gone_for_good_the_next_principal_begins_anew() {
    let (mut world, _) = hall();
    world.crash(3);
    // The second principal and a member of the staff fall out as well: nobody is left in the group.
    for at in [4, 5] {
        let session = &mut world.clients[at].session;
        let circle = session.circles.get_mut(&SECOND).unwrap();
        let now = session.client.now;
        circle.wedge(&mut session.client, now);
    }
    world.until(40_000, "the circle is begun anew", |w| {
        [4, 5]
            .iter()
            .all(|at| circle(w, *at).is_some_and(|c| c.verified == 2))
    });
    assert!(circle(&world, 4).unwrap().leads);
    assert_eq!(circle(&world, 4).unwrap().group, 2);
}

#[test]
fn the_words_of_a_circle_are_its_own() {
    let (mut world, _) = hall();
    let language = "en".to_owned();
    let (now, check) = (world.now, |language| Act::CheckWords { language });
    let asked = world.clients[3]
        .session
        .act_in(now, SECOND, check(language.clone()));
    assert_eq!(asked, Ok(()));
    world.act(0, check(language));
    world.run(2_000);
    let own = circle(&world, 5).unwrap().check.unwrap();
    assert_eq!(circle(&world, 4).unwrap().check.unwrap().words, own.words);
    assert_ne!(world.view(5).table.check.unwrap().words, own.words);
    let verdict = Act::Verdict { same: false };
    let now = world.now;
    let said = world.clients[5].session.act_in(now, SECOND, verdict);
    assert_eq!(said, Ok(()));
    world.run(1_000);
    assert_eq!(circle(&world, 5).unwrap().sending, Sending::Stopped);
    assert_eq!(
        world.view(5).sending,
        Sending::Allowed,
        "at the table they were the same"
    );
    let seen = circle(&world, 3).unwrap().members;
    let state = seen.iter().find(|m| m.seat == SeatId(6)).unwrap().state;
    assert_eq!(state, MemberState::Different);
}

#[test]
fn who_asked_before_the_head_took_part_need_not_ask_again() {
    let (mut world, _) = World::table_of(&[3, 3]);
    join(&mut world, 4);
    world.run(500);
    join(&mut world, 3);
    // Sooner than anybody asks again.
    world.until(5_000, "both are in", |w| seats_in(w, 3) == [4, 5]);
}

#[test]
fn who_left_and_comes_back_takes_part_again() {
    let (mut world, machines) = hall();
    world.act(5, Act::Leave {});
    world.run(3_000);
    world.crash(5);
    let again = world.arrive(&machines[5], true);
    join(&mut world, again);
    // Who left is let in by a person's yes, at both.
    world.run(500);
    world.act(0, Act::AdmitAllVerified {});
    world.until(20_000, "it is in its circle again", |w| {
        seats_in(w, 3) == [4, 5, 6]
    });
}

#[test]
fn who_leaves_the_table_leaves_its_circle() {
    let (mut world, _) = hall();
    world.act(5, Act::Leave {});
    world.until(8_000, "it is out of both", |w| {
        w.view(3).members.len() == 5 && seats_in(w, 3) == [4, 5]
    });
}

#[test]
fn a_circle_beside_the_table_beats_rarely_while_nobody_speaks_there() {
    let (mut world, _) = hall();
    world.run(5_000);
    world.told.clear();
    world.run(10_000);
    let passing = |circle: u8| {
        let group = format!(r#""type":"passing","group":{{"circle":{circle},"#);
        world
            .told
            .iter()
            .filter(|told| told.contains(&group))
            .count()
    };
    let (table, circles) = (passing(0), passing(1) + passing(2));
    assert!(circles * 3 < table, "{circles} beside {table}");
    assert!(
        circles >= 6 * 4,
        "{circles}: each is heard of twice in its five seconds"
    );
}

/// What people do and what happens to them, in both circles at once; the service is honest.
#[test]
fn whatever_happens_nobody_hears_another_circle_and_each_comes_together_again() {
    for seed in 0..12 {
        let (mut world, machines) = hall();
        let mut dice = super::anything::Dice::new(seed);
        for _ in 0..14 {
            act_at_random(&mut world, &machines, &mut dice);
            world.run(100 + dice.roll(2_500));
            spy(&mut world, seed);
        }
        for at in 0..world.clients.len() {
            if !world.clients[at].connected && world.clients[at].place != Place::Gone {
                world.reconnect(at);
            }
        }
        let whole = |w: &World| {
            let seated = w.seated();
            seated.iter().all(|at| {
                let others = seated
                    .iter()
                    .filter(|other| circle_of(w, **other) == circle_of(w, *at));
                let view = circle(w, *at);
                view.is_some_and(|view| {
                    view.stage == Stage::Member && view.verified == others.count()
                })
            })
        };
        world.until(
            120_000,
            &format!("seed {seed}: both circles are whole"),
            whole,
        );
        spy(&mut world, seed);
    }
}

fn act_at_random(world: &mut World, machines: &[Machine], dice: &mut super::anything::Dice) {
    let seated = world.seated();
    let at = seated[dice.roll(seated.len() as u64) as usize];
    let seat = usize::from(world.clients[at].seat.0);
    match dice.roll(5) {
        // A page is loaded anew, or its machine dies and comes back.
        0 | 1 => {
            let memory = world.clients[at].session.memory();
            world.crash(at);
            world.run(dice.roll(8_000));
            let again = Machine {
                memory,
                ..machines[seat - 1].clone()
            };
            let again = world.arrive(&again, true);
            join(world, again);
        }
        2 if world.clients[at].connected => {
            world.disconnect(at);
            world.run(dice.roll(9_000));
            world.reconnect(at);
        }
        3 => write_if_member(world, at),
        _ => {
            let session = &mut world.clients[at].session;
            let circle = session.circles.values_mut().next();
            if let Some(circle) = circle {
                let now = session.client.now;
                circle.wedge(&mut session.client, now);
            }
        }
    }
}

fn write_if_member(world: &mut World, at: usize) {
    let (now, circle) = (world.time(at), circle_of(world, at));
    let text = Act::Text {
        text: format!("for {circle}"),
    };
    // Refused outside the group.
    let _ = world.clients[at].session.act_in(now, circle, text);
}

/// Whatever is said in one circle, only its members have it.
fn spy(world: &mut World, seed: u64) {
    for from in world.seated() {
        let Some(frame) = whisper(world, from) else {
            continue;
        };
        for to in world.seated() {
            let heard = hear(world, to, &frame);
            let own = circle_of(world, from) == circle_of(world, to);
            assert!(own || heard.is_err(), "seed {seed}: {to} hears {from}");
        }
    }
    for at in 0..world.clients.len() {
        let own = format!("for {}", circle_of(world, at));
        let foreign = texts(world, at)
            .into_iter()
            .find(|(_, _, text)| *text != own);
        assert_eq!(foreign, None, "seed {seed}: client {at}");
    }
}

/// No message about another delegation's circle reaches an honest service.
#[test]
fn a_client_asks_for_its_own_circle_only() {
    let (world, _) = hall();
    for told in &world.told {
        let message: ClientMessage = serde_json::from_str(told).unwrap();
        let circle = message.circle().unwrap_or_default();
        assert!([CircleId::TABLE, FIRST, SECOND].contains(&circle));
    }
}
