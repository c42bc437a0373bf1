//! The whole table of permissions, written out for review, and what must hold in all of it.

use std::fmt::Write;

use call::permission::{
    Action as A, Belonging, Denial, MicrophoneRoom as Room, Role, Situation, Standing, Target,
    permit,
};
use protocol::{
    ErrorCode as E,
    http::Phase,
    types::{Doors, Format, Presence as P},
};

const ROLES: [Role; 3] = [Role::Host, Role::Delegate, Role::Observer];
const STANDINGS: [Standing; 7] = [
    Standing::Newcomer,
    Standing::Returning,
    Standing::Rival,
    Standing::Second,
    Standing::Waiting,
    Standing::Seated,
    Standing::Removed,
];
const STATES: [(Phase, Doors); 5] = [
    (Phase::Convened, Doors::Open),
    (Phase::Convened, Doors::Closed),
    (Phase::Open, Doors::Open),
    (Phase::Open, Doors::Closed),
    (Phase::Adjourned, Doors::Open),
];

const PLAIN: Situation = Situation {
    phase: Phase::Open,
    doors: Doors::Open,
    format: Format::Video,
    role: Role::Delegate,
    standing: Standing::Seated,
    floor: false,
    other_host: false,
    microphones: Room::Free,
    screen_taken: false,
    target: None,
    belonging: Belonging::Table,
    stale: false,
    hasty: false,
};

/// One line of the table: what is done, and the facts that matter to it besides the columns'.
struct Row {
    name: String,
    action: A,
    facts: Situation,
}

fn row(name: &str, action: A, facts: Situation) -> Row {
    Row {
        name: name.to_owned(),
        action,
        facts,
    }
}

fn rows() -> Vec<Row> {
    let voice = Situation {
        format: Format::Voice,
        ..PLAIN
    };
    let full = Situation {
        microphones: Room::Full,
        ..PLAIN
    };
    let hosts = Situation {
        microphones: Room::FullOfHosts,
        ..PLAIN
    };
    let taken = Situation {
        screen_taken: true,
        ..PLAIN
    };
    let stale = Situation {
        stale: true,
        ..PLAIN
    };
    let hasty = Situation {
        hasty: true,
        ..PLAIN
    };
    let of = |belonging| Situation { belonging, ..PLAIN };
    let principal = of(Belonging::Delegation { principal: true });
    let staff = of(Belonging::Delegation { principal: false });
    let foreign = of(Belonging::Foreign);
    let floor = |facts| Situation {
        floor: true,
        ..facts
    };
    let mut rows = vec![
        row("connect", A::Connect, PLAIN),
        row("enter: sit down", A::TakeSeat, PLAIN),
        row("enter: wait", A::Wait, PLAIN),
        row("leave", A::Leave, PLAIN),
        row("microphone on", A::OpenMicrophone, PLAIN),
        row("microphone on, hall full", A::OpenMicrophone, full),
        row(
            "microphone on, hall full, has floor",
            A::OpenMicrophone,
            floor(full),
        ),
        row("microphone on, full of hosts", A::OpenMicrophone, hosts),
        row(
            "microphone on, full of hosts, has floor",
            A::OpenMicrophone,
            floor(hosts),
        ),
        row("microphone on, voice call", A::OpenMicrophone, voice),
        row("microphone on, own delegation", A::OpenMicrophone, staff),
        row(
            "microphone on, another's circle",
            A::OpenMicrophone,
            foreign,
        ),
        row("camera on", A::StartCamera, PLAIN),
        row("camera on, voice call", A::StartCamera, voice),
        row("screen on", A::ShareScreen, PLAIN),
        row("screen on, taken", A::ShareScreen, taken),
        row("screen on, taken, has floor", A::ShareScreen, floor(taken)),
        row("screen on, voice call", A::ShareScreen, voice),
        row("microphone, camera, screen off", A::StopPublishing, PLAIN),
        row("offer, view", A::Negotiate, PLAIN),
        row("set_doors", A::SetDoors, PLAIN),
        row("give_floor to nobody", A::TakeFloorBack, PLAIN),
        row("adjourn", A::Adjourn, PLAIN),
        row("knock", A::Knock, PLAIN),
        row("knock, too soon", A::Knock, hasty),
        row("found", A::Found, PLAIN),
        row("found, not after the current group", A::Found, stale),
        row("commit", A::Commit, PLAIN),
        row("commit, old group or epoch", A::Commit, stale),
        row("kept", A::Keep, PLAIN),
        row("kept, old group or epoch", A::Keep, stale),
        row("passing", A::Pass, PLAIN),
        row("catch_up", A::CatchUp, PLAIN),
        row("catch_up, the log begins later", A::CatchUp, stale),
        row("catch_up again, too soon", A::CatchUp, hasty),
        row("knock, own delegation", A::Knock, staff),
        row("knock, another's circle", A::Knock, foreign),
        row("found, own delegation, principal", A::Found, principal),
        row("found, own delegation, no principal", A::Found, staff),
        row("found, another's circle", A::Found, foreign),
        row("commit, own delegation", A::Commit, staff),
        row("commit, another's circle", A::Commit, foreign),
        row("kept, another's circle", A::Keep, foreign),
        row("passing, another's circle", A::Pass, foreign),
        row("catch_up, another's circle", A::CatchUp, foreign),
        row("checks", A::Check, PLAIN),
        row("checks, too soon", A::Check, hasty),
        row("mirror", A::Mirror, PLAIN),
        row("mirror, too soon", A::Mirror, hasty),
        row("be told of checks", A::SeeChecks, PLAIN),
    ];
    for (name, action) in [
        ("mute", A::Mute),
        ("admit", A::Admit),
        ("refuse", A::Refuse),
        ("remove", A::Remove),
        ("give_floor", A::GiveFloor),
    ] {
        for (target_name, facts) in targets() {
            rows.push(Row {
                name: format!("{name} {target_name}"),
                action,
                facts,
            });
        }
    }
    rows
}

fn targets() -> Vec<(String, Situation)> {
    let mut targets = vec![("no such seat".to_owned(), PLAIN)];
    let kinds = [
        ("absent", P::Absent, false),
        ("waiting", P::Waiting, true),
        ("seated", P::Seated, false),
        ("seated, claimed", P::Seated, true),
        ("lost", P::Lost, false),
        ("lost, claimed", P::Lost, true),
        ("removed", P::Removed, false),
    ];
    let mut push = |name: String, target, other_host| {
        targets.push((
            name,
            Situation {
                target: Some(target),
                other_host,
                ..PLAIN
            },
        ));
    };
    for (name, presence, waiting) in kinds {
        let target = Target {
            own: false,
            observer: false,
            presence,
            waiting,
        };
        push(name.to_owned(), target, false);
    }
    let observer = Target {
        own: false,
        observer: true,
        presence: P::Seated,
        waiting: false,
    };
    push("seated observer".into(), observer, false);
    let own = Target {
        own: true,
        observer: false,
        presence: P::Seated,
        waiting: false,
    };
    push("own".into(), own, false);
    let claimed = Target {
        waiting: true,
        ..own
    };
    push("own, claimed, sole host".into(), claimed, false);
    push("own, claimed, other host".into(), claimed, true);
    targets
}

/// Every cell: the row, its situation, and the answer.
fn cells() -> impl Iterator<Item = (Row, Situation, Result<(), Denial>)> {
    rows().into_iter().flat_map(|row| {
        let states = STATES
            .into_iter()
            .flat_map(|state| ROLES.map(|role| (state, role)));
        let all = states.flat_map(|(state, role)| STANDINGS.map(|s| (state, role, s)));
        all.map(|((phase, doors), role, standing)| {
            let s = Situation {
                phase,
                doors,
                role,
                standing,
                ..row.facts
            };
            (
                Row {
                    name: row.name.clone(),
                    ..row
                },
                s,
                permit(row.action, &s),
            )
        })
        .collect::<Vec<_>>()
    })
}

const fn letter(answer: &Result<(), Denial>) -> char {
    let Err(denial) = answer else { return '+' };
    match denial.code {
        E::OutOfOrder => 'o',
        E::NotPermitted => 'n',
        E::WrongState => 'w',
        E::DoorsClosed => 'd',
        E::MicrophonesFull => 'm',
        E::SeatOccupied => 's',
        E::BadMessage => 'b',
        E::WrongEpoch => 'e',
        E::TooFast => 'f',
        E::LinkClosed => 'L',
        E::CallEnded => 'E',
        _ => '?',
    }
}

const LEGEND: &str = "\
+ allowed   o out_of_order   n not_permitted   w wrong_state   d doors_closed   m microphones_full
s seat_occupied   b bad_message   e wrong_epoch   f too_fast   L link_closed (fatal)   E call_ended (fatal)

Columns, for each role, are how the acting machine stands to its seat:
N newcomer (green room, seat free)         R returning (admitted before)
V rival (another machine holds the seat)   2 second (another machine waits with this link)
W waiting                                  S seated                     X removed
";

fn render() -> String {
    let mut text = LEGEND.to_owned();
    for (phase, doors) in STATES {
        writeln!(text, "\n{phase:?}, doors {doors:?}").unwrap();
        writeln!(text, "{:40} host     delegate observer", "").unwrap();
        writeln!(text, "{:40} NRV2WSX  NRV2WSX  NRV2WSX", "").unwrap();
        for row in rows() {
            write!(text, "{:40}", row.name).unwrap();
            for (at, role) in ROLES.into_iter().enumerate() {
                let cell = |standing| {
                    let s = Situation {
                        phase,
                        doors,
                        role,
                        standing,
                        ..row.facts
                    };
                    letter(&permit(row.action, &s))
                };
                let cells: String = STANDINGS.map(cell).iter().collect();
                write!(text, "{}{cells}", if at == 0 { " " } else { "  " }).unwrap();
            }
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_whole_table_is_as_reviewed() {
    insta::assert_snapshot!("permission_matrix", render());
}

#[test]
fn nobody_does_anything_in_a_call_that_has_ended() {
    for (row, s, answer) in cells().filter(|(_, s, _)| s.phase == Phase::Adjourned) {
        let denial = answer.expect_err(&row.name);
        assert!(
            denial.code == E::CallEnded && denial.fatal,
            "{} {s:?}",
            row.name
        );
    }
}

#[test]
fn a_removed_seat_does_nothing() {
    for (row, _, answer) in cells().filter(|(_, s, _)| s.standing == Standing::Removed) {
        let denial = answer.expect_err(&row.name);
        assert!(
            denial.fatal && matches!(denial.code, E::LinkClosed | E::CallEnded),
            "{}",
            row.name
        );
    }
}

#[test]
fn only_hosts_at_the_table_preside() {
    let presiding = [
        A::Mute,
        A::Admit,
        A::Refuse,
        A::Remove,
        A::GiveFloor,
        A::TakeFloorBack,
        A::SetDoors,
        A::Adjourn,
        A::Found,
        A::SeeChecks,
    ];
    for (row, s, answer) in cells().filter(|(row, _, _)| presiding.contains(&row.action)) {
        // A delegation's circle is its own, whatever hosts are there.
        let own = s.belonging == Belonging::Delegation { principal: true };
        let may = (s.role == Role::Host || own) && s.standing == Standing::Seated;
        assert!(may || answer.is_err(), "{} {s:?}", row.name);
    }
}

#[test]
fn nobody_new_comes_in_through_closed_doors() {
    for (row, s, answer) in cells().filter(|(_, s, _)| s.doors == Doors::Closed) {
        let comes_in = row.action == A::Admit || row.action == A::TakeSeat;
        let exempt =
            s.standing == Standing::Returning || s.role == Role::Host && row.action == A::TakeSeat;
        assert!(!comes_in || exempt || answer.is_err(), "{} {s:?}", row.name);
    }
}

#[test]
fn only_hosts_and_those_admitted_before_sit_down_by_themselves() {
    for (_, s, answer) in cells().filter(|(row, _, _)| row.action == A::TakeSeat) {
        let host = s.role == Role::Host && s.standing == Standing::Newcomer;
        assert_eq!(
            answer.is_ok(),
            s.phase != Phase::Adjourned && (host || s.standing == Standing::Returning),
            "{s:?}"
        );
    }
}

#[test]
fn nothing_is_published_or_received_away_from_the_table_or_by_observers() {
    let publishing = [A::OpenMicrophone, A::StartCamera, A::ShareScreen];
    for (row, s, answer) in cells() {
        let publishes = publishing.contains(&row.action);
        if publishes || matches!(row.action, A::Negotiate | A::StopPublishing) {
            assert!(
                s.standing == Standing::Seated || answer.is_err(),
                "{} {s:?}",
                row.name
            );
        }
        assert!(
            !(publishes && s.role == Role::Observer && answer.is_ok()),
            "{}",
            row.name
        );
    }
}

#[test]
fn the_log_is_the_tables_and_only_who_knows_where_it_stands_moves_it() {
    let sealed = [A::Found, A::Commit, A::Keep, A::Pass, A::CatchUp];
    for (row, s, answer) in cells() {
        if sealed.contains(&row.action) {
            assert!(s.standing == Standing::Seated || answer.is_err(), "{s:?}");
            let compares = row.action != A::Pass;
            assert!(!(s.stale && compares) || answer.is_err(), "{}", row.name);
        }
        let foreign =
            sealed.contains(&row.action) || matches!(row.action, A::Knock | A::OpenMicrophone);
        assert!(!(foreign && s.belonging == Belonging::Foreign) || answer.is_err());
        let in_a_room = matches!(s.standing, Standing::Seated | Standing::Waiting);
        let knocks = row.action == A::Knock;
        assert!(!knocks || in_a_room || answer.is_err(), "{s:?}");
    }
}

#[test]
fn a_mirror_is_for_those_who_are_not_at_the_table() {
    for (_, s, answer) in cells().filter(|(row, _, _)| row.action == A::Mirror) {
        assert!(s.standing != Standing::Seated || answer.is_err(), "{s:?}");
        assert!(!s.hasty || answer.is_err(), "{s:?}");
    }
}

#[test]
fn no_host_removes_itself_and_everybody_may_leave() {
    for (row, s, answer) in cells() {
        if row.action == A::Remove && s.target.is_some_and(|t| t.own) {
            assert!(answer.is_err(), "{s:?}");
        }
        if row.action == A::Leave && s.phase != Phase::Adjourned && s.standing != Standing::Removed
        {
            assert!(answer.is_ok(), "{s:?}");
        }
    }
}

#[test]
fn an_answer_inside_the_call_never_ends_the_connection() {
    for (row, s, answer) in cells() {
        let inside = matches!(s.standing, Standing::Seated | Standing::Waiting);
        if let (true, Err(denial)) = (inside && s.phase != Phase::Adjourned, answer) {
            assert!(!denial.fatal, "{} {s:?}", row.name);
        }
    }
}
