//! What sealing costs, measured: `cargo xtask figures` runs this and prints its lines. Not a test: it
//! judges nothing, because machines differ.

use std::time::{Duration, Instant};

use protocol::{GroupRef, ServerMessage, sealed::Class};

use super::world::World;
use crate::{
    media::{envelope::Kind, kid::Stream},
    session::membership::Changes,
};

#[test]
#[ignore = "measures; run by `cargo xtask figures`"]
#[allow(clippy::disallowed_methods)] // a measurement needs a clock
fn costs() {
    for seats in [2, 9, 31, 57] {
        group(seats);
    }
    frames();
}

#[allow(clippy::disallowed_methods)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

fn group(seats: u16) {
    let mut world = World::new(seats, 1);
    let machines: Vec<_> = (1..=seats).map(|seat| world.machine(seat)).collect();
    world.arrive(&machines[0], false);
    world.run(1_000);
    let mut newcomers: Vec<_> = machines[1..]
        .iter()
        .map(|machine| world.session(machine))
        .collect();
    let host = &mut world.clients[0].session;
    let adds: Vec<_> = newcomers
        .iter()
        .map(|session| {
            let sealed = session.table.me.knock().ok().unwrap();
            (
                session.table.me.seat(),
                host.table
                    .me
                    .read_knock(session.table.me.seat(), &sealed)
                    .ok()
                    .unwrap()
                    .package,
            )
        })
        .collect();
    let member = host.table.member.as_mut().unwrap();
    let changes = Changes {
        adds,
        ..Changes::default()
    };
    let (made, committing) = timed(|| member.commit(&host.table.me, changes).ok().unwrap());
    assert!(member.merge_own(&host.table.me, world.now).is_ok());
    let welcome = made.welcome.unwrap();
    let (commit_bytes, welcome_bytes) = (made.commit.text_len(), welcome.text_len());
    let message = ServerMessage::GroupWelcome {
        group: GroupRef::table(1),
        seq: 1,
        welcome,
    };
    let mut joining = Duration::ZERO;
    for session in newcomers.iter_mut().take(2) {
        let now = world.now;
        let ((), took) = timed(|| session.handle_message(now, &message));
        assert_eq!(session.view().table.members.len(), usize::from(seats));
        joining = took;
    }
    // The largest commit there is: a fresh path to leaves none of which has one.
    let changes = Changes {
        refresh: true,
        ..Changes::default()
    };
    let (made, refreshing) = timed(|| member.commit(&host.table.me, changes).ok().unwrap());
    let other = &mut newcomers[0];
    let entry = protocol::sealed::Entry {
        seq: 2,
        group: GroupRef::table(1),
        epoch: 1,
        class: Class::Commit,
        sealed: made.commit.clone(),
    };
    let now = world.now;
    let ((), applying) = timed(|| other.handle_message(now, &ServerMessage::Ordered(entry)));
    assert_eq!(other.view().epoch, 2);
    println!(
        "{{\"seats\":{seats},\"add_all_commit_chars\":{commit_bytes},\"welcome_chars\":{welcome_bytes},\"add_all_ms\":{:.1},\
         \"join_ms\":{:.1},\"refresh_commit_chars\":{},\"refresh_ms\":{:.1},\"apply_ms\":{:.1}}}",
        ms(committing),
        ms(joining),
        made.commit.text_len(),
        ms(refreshing),
        ms(applying)
    );
}

fn frames() {
    let (mut world, _) = World::table(2, 1);
    for (name, stream, kind, bytes, pace) in [
        ("voice", Stream::Microphone, Kind::Voice, 80, 20),
        ("picture", Stream::Camera, Kind::Picture, 1_200, 33),
        ("key picture", Stream::Camera, Kind::Picture, 8_000, 33),
    ] {
        // With the manifests they have in ten seconds.
        let frame = vec![7; bytes];
        let count = 10_000 / pace;
        let times: Vec<_> = (0..count).map(|n| world.now + n * pace).collect();
        let (sealed, sealing) = timed(|| {
            let session = &mut world.clients[0].session;
            let seal = |now: &u64| session.seal(*now, stream, 0, false, &frame).ok().unwrap();
            times.iter().map(seal).collect::<Vec<_>>()
        });
        let (opened, opening) = timed(|| {
            let session = &mut world.clients[1].session;
            let open = |(now, bytes): &(&u64, &Vec<u8>)| session.open(**now, kind, bytes).is_ok();
            times.iter().zip(&sealed).filter(open).count()
        });
        assert_eq!(opened as u64, count);
        let each = |time: Duration| time.as_secs_f64() * 1e6 / count as f64;
        println!(
            "{{\"frame\":\"{name}\",\"bytes\":{bytes},\"seal_us\":{:.1},\"open_us\":{:.1}}}",
            each(sealing),
            each(opening)
        );
        world.run(15_000);
    }
    let (mut host, mut guest) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..200 {
        let now = world.now;
        let session = &mut world.clients[0].session;
        let beat = crate::message::Said::Heartbeat(crate::message::Heartbeat {
            number: session.table.pulses.beat(now).0,
            ..Default::default()
        });
        let member = session.table.member.as_mut().unwrap();
        let (sealed, took) = timed(|| member.say(&session.table.me, &beat).ok().unwrap());
        host += took;
        let message = ServerMessage::Passing {
            group: GroupRef::table(1),
            sealed,
        };
        let ((), took) = timed(|| world.clients[1].session.handle_message(now, &message));
        guest += took;
    }
    println!(
        "{{\"heartbeat_say_us\":{:.0},\"heartbeat_hear_us\":{:.0}}}",
        host.as_secs_f64() * 5e3,
        guest.as_secs_f64() * 5e3
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
