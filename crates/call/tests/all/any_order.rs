//! Any messages from any connections in any order: the promises in `support::Table` hold after each.

use crate::support::{self, CLOSED, OPEN, Table, sealed};
use call::SessionId;
use proptest::prelude::*;
use protocol::{
    CircleId, ClientMessage, GroupRef, SeatId,
    checks::Checks,
    types::{Doors, Source, Tile},
};

/// What may happen. `who` picks one of the connections made so far, closed ones included.
#[derive(Debug, Clone)]
enum Event {
    Connect {
        seat: u16,
        machine: u8,
    },
    Say {
        who: usize,
        message: ClientMessage,
    },
    /// Said by a host at the table, if there is one: most connections may do little.
    Preside {
        message: ClientMessage,
    },
    Arrive {
        seat: u16,
        machine: u8,
    },
    ArriveKnocking {
        seat: u16,
        machine: u8,
    },
    /// Something sealed, mostly by somebody at the table.
    Relay {
        who: usize,
        by: By,
        circle: u8,
        act: Act,
    },
    Drop {
        who: usize,
    },
    Pass {
        ms: u64,
    },
    Relink {
        seat: u16,
        link: u32,
    },
    Restart,
    End,
}

/// Who says something.
#[derive(Debug, Clone, Copy)]
enum By {
    Host,
    Seated,
    Anybody,
}

/// With the numbers the log has now, or numbers that are off by this much.
#[derive(Debug, Clone)]
enum Act {
    Knock,
    Found {
        off: u32,
    },
    Commit {
        off: u64,
    },
    /// Of the epoch before.
    Welcome {
        adds: Vec<u16>,
        off: u64,
    },
    Kept {
        off: u64,
    },
    Passing {
        off: u32,
    },
    CatchUp {
        back: u64,
        off: u32,
    },
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![3 => Just(By::Host), 5 => Just(By::Seated), 1 => Just(By::Anybody)]
}

/// Mostly the table, and mostly one that somebody may be in.
fn circle() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(0u8), 4 => Just(3u8), 2 => 1u8..3]
}

fn act() -> impl Strategy<Value = Act> {
    let off = || prop_oneof![6 => Just(0u64), 1 => 1u64..3];
    let off_group = || prop_oneof![6 => Just(0u32), 1 => 1u32..3];
    let adds = proptest::collection::vec(0u16..10, 1..3);
    prop_oneof![
        2 => Just(Act::Knock),
        1 => off_group().prop_map(|off| Act::Found { off }),
        4 => off().prop_map(|off| Act::Commit { off }),
        4 => (adds, off()).prop_map(|(adds, off)| Act::Welcome { adds, off }),
        3 => off().prop_map(|off| Act::Kept { off }),
        2 => off_group().prop_map(|off| Act::Passing { off }),
        4 => (0u64..6, off_group()).prop_map(|(back, off)| Act::CatchUp { back, off }),
    ]
}

/// What a client would say for this act now.
fn spoken(table: &mut Table, circle: CircleId, act: Act) -> ClientMessage {
    let log = table.ledger.of(circle).log;
    let of = |off| GroupRef {
        circle,
        number: log.group.number + off,
    };
    let text = table.key_package();
    match act {
        Act::Knock => ClientMessage::Knock {
            circle,
            knock: text,
        },
        Act::Found { off } => ClientMessage::Found {
            group: of(1 + off),
            after: log.group.number + off,
        },
        Act::Commit { off } => ClientMessage::Commit {
            group: of(0),
            epoch: log.epoch + off,
            commit: text,
        },
        Act::Welcome { adds, off } => ClientMessage::GroupWelcome {
            group: of(0),
            epoch: log.epoch.saturating_sub(1) + off,
            welcome: sealed("welcome"),
            adds: adds.into_iter().map(SeatId).collect(),
        },
        Act::Kept { off } => ClientMessage::Kept {
            group: of(0),
            epoch: log.epoch + off,
            sealed: text,
        },
        Act::Passing { off } => ClientMessage::Passing {
            group: of(off),
            sealed: text,
        },
        Act::CatchUp { back, off } => ClientMessage::CatchUp {
            group: of(off),
            after: log.seq.wrapping_sub(back),
        },
    }
}

fn message() -> impl Strategy<Value = ClientMessage> {
    // One seat more than the call has, and zero.
    let seat = || (0u16..10).prop_map(SeatId);
    prop_oneof![
        4 => Just(ClientMessage::Enter { knock: None }),
        2 => Just(ClientMessage::Leave {}),
        3 => (any::<bool>(), 0u8..5).prop_map(|(open, circle)| ClientMessage::Microphone {
            open,
            circle: CircleId(circle / 2),
        }),
        2 => any::<bool>().prop_map(|on| ClientMessage::Camera { on }),
        2 => any::<bool>().prop_map(|on| ClientMessage::Screen { on }),
        3 => seat().prop_map(|seat| ClientMessage::Mute { seat }),
        8 => seat().prop_map(|seat| ClientMessage::Admit { seat }),
        2 => seat().prop_map(|seat| ClientMessage::Refuse { seat }),
        2 => seat().prop_map(|seat| ClientMessage::Remove { seat }),
        2 => any::<bool>().prop_map(|open| ClientMessage::SetDoors {
            doors: if open { Doors::Open } else { Doors::Closed },
        }),
        3 => proptest::option::of(seat()).prop_map(|seat| ClientMessage::GiveFloor { seat }),
        1 => Just(ClientMessage::Offer { generation: 1, sdp: "v=0".into() }),
        2 => (0u32..4).prop_map(|ms| ClientMessage::Checks {
            checks: Checks { delay_ms: Some(ms), ..Checks::default() },
        }),
        2 => Just(ClientMessage::Mirror { up: "v=0".into(), down: "v=0".into() }),
        1 => seat().prop_map(|seat| ClientMessage::View {
            tiles: vec![Tile { seat, source: Source::Camera, height: 360 }],
        }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let say = |who, message| Event::Say { who, message };
    prop_oneof![
        2 => (1u16..10, 1u8..4).prop_map(|(seat, machine)| Event::Connect { seat, machine }),
        8 => (1u16..9, 1u8..3).prop_map(|(seat, machine)| Event::Arrive { seat, machine }),
        24 => (any::<usize>(), message()).prop_map(move |(who, message)| say(who, message)),
        24 => message().prop_map(|message| Event::Preside { message }),
        4 => (1u16..9, 1u8..3).prop_map(|(seat, machine)| Event::ArriveKnocking { seat, machine }),
        40 => (any::<usize>(), by(), circle(), act())
            .prop_map(|(who, by, circle, act)| Event::Relay { who, by, circle, act }),
        3 => any::<usize>().prop_map(|who| Event::Drop { who }),
        3 => prop_oneof![0u64..60_000, 0u64..1_000_000].prop_map(|ms| Event::Pass { ms }),
        1 => (0u16..10, 1u32..6).prop_map(|(seat, link)| Event::Relink { seat, link }),
        1 => Just(Event::Restart),
    ]
}

fn play(table: &mut Table, event: Event) {
    let pick = |table: &Table, who: usize| {
        let all: Vec<_> = table.sessions.keys().copied().collect();
        (!all.is_empty()).then(|| all[who % all.len()])
    };
    let host = |table: &Table| -> Option<SessionId> {
        let mut seated = table.seated.keys().copied();
        seated.find(|session| support::is_host(table.sessions[session].0))
    };
    match event {
        Event::ArriveKnocking { seat, machine } => drop(table.arrive_knocking(seat, machine)),
        Event::Relay {
            who,
            by,
            circle,
            act,
        } => {
            let message = spoken(table, CircleId(circle), act);
            let speaker = match by {
                By::Host => host(table),
                By::Seated if table.seated.is_empty() => None,
                By::Seated => table.seated.keys().nth(who % table.seated.len()).copied(),
                By::Anybody => pick(table, who),
            };
            if let Some(speaker) = speaker {
                table.say(speaker, message);
            }
        }
        Event::Connect { seat, machine } => drop(table.connect(seat, machine)),
        Event::Arrive { seat, machine } => drop(table.arrive(seat, machine)),
        Event::Say { who, message } => {
            if let Some(session) = pick(table, who) {
                table.say(session, message);
            }
        }
        Event::Preside { message } => {
            if let Some(host) = host(table) {
                table.say(host, message);
            }
        }
        Event::Drop { who } => {
            if let Some(session) = pick(table, who) {
                table.drop_connection(session);
            }
        }
        Event::Pass { ms } => table.pass(ms),
        Event::Relink { seat, link } => drop(table.relink(seat, link)),
        Event::Restart => table.restart(),
        Event::End => table.end(),
    }
}

/// A few at the table and a group, so that more happens than people coming and going.
fn founded() -> Table {
    let (mut table, host) = Table::presided();
    table.say(
        host,
        ClientMessage::Found {
            group: GroupRef::table(1),
            after: 0,
        },
    );
    let mut seated = vec![host];
    seated.extend([2, 4].map(|seat| table.admit(host, seat, 1)));
    for session in seated {
        table.say(
            session,
            ClientMessage::CatchUp {
                group: GroupRef::table(1),
                after: 0,
            },
        );
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_a_promise(
        presided in any::<bool>(),
        events in proptest::collection::vec(event(), 1..120),
        ended in any::<bool>(),
        after in proptest::collection::vec(event(), 0..8),
    ) {
        let mut table = if presided { founded() } else { Table::new() };
        events.into_iter().for_each(|event| play(&mut table, event));
        if ended {
            play(&mut table, Event::End);
            prop_assert!(table.open.is_empty() && table.call.is_adjourned());
            after.into_iter().for_each(|event| play(&mut table, event));
            prop_assert!(table.open.is_empty(), "nobody connects to a call that has ended");
        }
    }

    #[test]
    fn a_crowded_hall_keeps_to_its_microphones(
        acts in proptest::collection::vec((0usize..26, 0u8..8), 1..200),
    ) {
        let mut table = Table::with("video", 22);
        let host = table.arrive(1, 1);
        let mut sessions = vec![host];
        sessions.push(table.arrive(3, 1));
        for seat in [2].into_iter().chain(4..=26) {
            sessions.push(table.admit(host, seat, 1));
        }
        for (who, act) in acts {
            let session = sessions[who % sessions.len()];
            let seat = table.sessions[&session].0;
            match act {
                0..5 => table.say(session, OPEN),
                5 => table.say(session, CLOSED),
                6 => table.say(session, ClientMessage::Screen { on: true }),
                _ => table.say(host, ClientMessage::GiveFloor { seat: Some(seat) }),
            }
            if act < 5 && support::is_host(seat) {
                prop_assert!(table.status(seat.0).microphone, "a host always gets a microphone");
            }
        }
    }
}
