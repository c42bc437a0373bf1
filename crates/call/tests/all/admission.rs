//! Coming in, being kept out, being taken out.

use call::MediaCommand;
use protocol::{
    ClientMessage as C, ErrorCode, SeatId, ServerMessage as S,
    types::{Doors, Presence},
};

use crate::support::{OPEN, START, Table};

const fn doors(doors: Doors) -> C {
    C::SetDoors { doors }
}

#[test]
fn the_first_host_sits_down_at_once_and_opens_the_call() {
    let mut table = Table::new();
    table.now += 5_000;
    let host = table.arrive(1, 1);
    assert_eq!(
        table.heard(host),
        ["welcome", "seated", "negotiate", "antechamber"]
    );
    assert_eq!(table.stored_call.opened_at, Some(START + 5_000));
    assert_eq!(table.call.summary().seated, 1);
}

#[test]
fn a_delegate_waits_until_a_host_admits_and_everybody_sees_it() {
    let (mut table, host) = Table::presided();
    table.heard(host);
    let delegate = table.arrive(2, 1);
    assert_eq!(table.heard(delegate), ["welcome", "waiting"]);
    assert_eq!(table.heard(host), ["changed", "antechamber"]);
    assert_eq!(table.presence(2), Presence::Waiting);
    table.say(host, C::Admit { seat: SeatId(2) });
    assert_eq!(table.heard(delegate), ["seated", "negotiate"]);
    assert_eq!(table.heard(host), ["changed", "antechamber"]);
    assert_eq!(table.presence(2), Presence::Seated);
}

#[test]
fn those_who_came_before_the_host_wait_and_the_host_finds_them_in_order() {
    let mut table = Table::new();
    table.arrive(5, 1);
    table.now += 10;
    table.arrive(2, 1);
    let host = table.arrive(1, 1);
    let Some(S::Antechamber { waiting }) = table.take(host).pop() else {
        panic!("the host was not told who waits")
    };
    assert_eq!(waiting.iter().map(|w| w.seat.0).collect::<Vec<_>>(), [5, 2]);
    assert_eq!(waiting[0].since_ms, START);
}

#[test]
fn closed_doors_keep_newcomers_out_until_they_open() {
    let (mut table, host) = Table::presided();
    let delegate = table.arrive(2, 1);
    table.say(host, doors(Doors::Closed));
    assert_eq!(table.heard(delegate), ["welcome", "waiting", "waiting"]);
    table.say(host, C::Admit { seat: SeatId(2) });
    assert_eq!(table.error_code(host), Some(ErrorCode::DoorsClosed));
    table.say(host, doors(Doors::Open));
    table.say(host, C::Admit { seat: SeatId(2) });
    assert_eq!(table.heard(delegate), ["waiting", "seated", "negotiate"]);
}

#[test]
fn closed_doors_keep_neither_hosts_nor_those_who_return_out() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.say(host, doors(Doors::Closed));
    table.drop_connection(delegate);
    let delegate = table.arrive(2, 1);
    assert_eq!(table.heard(delegate), ["welcome", "seated", "negotiate"]);
    let second = table.arrive(3, 1);
    assert!(table.heard(second).contains(&"seated"));
}

#[test]
fn one_who_is_refused_is_told_and_may_ask_again() {
    let (mut table, host) = Table::presided();
    let delegate = table.arrive(2, 1);
    table.say(host, C::Refuse { seat: SeatId(2) });
    let error = table.error(delegate).unwrap();
    assert!(error.fatal && error.code == ErrorCode::Refused);
    assert!(!table.is_open(delegate));
    let again = table.arrive(2, 1);
    assert_eq!(table.heard(again), ["welcome", "waiting"]);
}

#[test]
fn a_removed_seat_stays_closed_until_the_convener_gives_it_a_new_link() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.heard(delegate);
    table.say(host, C::Remove { seat: SeatId(2) });
    assert_eq!(table.heard(delegate), ["removed"]);
    assert!(!table.is_open(delegate));
    assert_eq!(
        table.media.last(),
        Some(&MediaCommand::Leave { seat: SeatId(2) })
    );
    let again = table.connect(2, 1);
    assert_eq!(table.error_code(again), Some(ErrorCode::LinkClosed));
    assert!(!table.is_open(again));

    assert_eq!(table.relink(2, 1).unwrap_err().code, ErrorCode::WrongState);
    table.relink(2, 2).unwrap();
    let anew = table.arrive(2, 1);
    assert_eq!(
        table.heard(anew),
        ["welcome", "waiting"],
        "a new link needs a new admission"
    );
}

#[test]
fn removing_closes_every_connection_of_the_seat() {
    let (mut table, host) = Table::presided();
    let sitting = table.admit(host, 2, 1);
    let (waiting, green) = (table.arrive(2, 2), table.connect(2, 3));
    table.say(host, C::Remove { seat: SeatId(2) });
    for session in [sitting, waiting, green] {
        assert_eq!(table.heard(session).last(), Some(&"removed"));
        assert!(!table.is_open(session));
    }
}

#[test]
fn a_new_link_ends_whatever_the_old_one_opened() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.relink(2, 2).unwrap();
    assert_eq!(table.error_code(delegate), Some(ErrorCode::LinkClosed));
    assert_eq!(table.presence(2), Presence::Absent);
    assert_eq!(table.call.detail().links[1], 2);
    assert_eq!(table.relink(99, 2).unwrap_err().code, ErrorCode::BadMessage);
}

#[test]
fn another_machine_on_a_sitting_seat_is_told_and_the_host_decides() {
    let (mut table, host) = Table::presided();
    let sitting = table.admit(host, 2, 1);
    table.heard(sitting);
    table.heard(host);
    let newcomer = table.arrive(2, 2);
    let heard = table.take(newcomer);
    assert!(matches!(
        heard[1],
        S::Waiting {
            occupied: true,
            doors: Doors::Open,
            free_in_ms: None,
            ..
        }
    ));
    assert_eq!(table.heard(sitting), ["seat_claimed"]);
    assert_eq!(table.presence(2), Presence::Seated);

    table.say(host, C::Refuse { seat: SeatId(2) });
    assert_eq!(table.error_code(newcomer), Some(ErrorCode::Refused));
    assert!(table.is_open(sitting));

    let newcomer = table.arrive(2, 2);
    table.say(host, C::Admit { seat: SeatId(2) });
    assert_eq!(table.error_code(sitting), Some(ErrorCode::SeatMoved));
    assert!(!table.is_open(sitting));
    assert!(table.heard(newcomer).contains(&"seated"));
    let old = table.arrive(2, 1);
    assert_eq!(
        table.heard(old),
        ["welcome", "waiting"],
        "the seat moved: the old machine asks"
    );
}

#[test]
fn a_newcomer_hears_when_the_seat_becomes_free() {
    let (mut table, host) = Table::presided();
    let sitting = table.admit(host, 2, 1);
    let newcomer = table.arrive(2, 2);
    table.heard(newcomer);
    table.say(sitting, C::Leave {});
    let heard = table.take(newcomer);
    assert!(matches!(
        heard[..],
        [S::Waiting {
            occupied: false,
            ..
        }]
    ));
}

#[test]
fn of_two_machines_with_one_link_the_first_keeps_its_place() {
    let (mut table, _) = Table::presided();
    let first = table.arrive(2, 1);
    let second = table.arrive(2, 2);
    let error = table.error(second).unwrap();
    assert!(error.fatal && error.code == ErrorCode::SeatOccupied);
    assert!(table.is_open(first) && !table.is_open(second));
}

#[test]
fn one_who_reloads_while_waiting_keeps_its_place_in_the_queue() {
    let (mut table, host) = Table::presided();
    let first = table.arrive(2, 1);
    table.now += 1_000;
    table.arrive(5, 1);
    table.now += 1_000;
    table.arrive(2, 1);
    assert_eq!(table.error_code(first), Some(ErrorCode::SeatMoved));
    let Some(S::Antechamber { waiting }) = table.take(host).pop() else {
        panic!()
    };
    assert_eq!(waiting.iter().map(|w| w.seat.0).collect::<Vec<_>>(), [2, 5]);
}

#[test]
fn a_link_opened_on_many_machines_takes_a_bounded_place() {
    let (mut table, _) = Table::presided();
    let first = table.connect(2, 100);
    for machine in 101..150 {
        table.connect(2, machine);
    }
    assert_eq!(table.error_code(first), Some(ErrorCode::ServerFull));
    assert_eq!(table.open.len(), 1 + 8);
}

#[test]
fn nobody_is_told_anything_of_the_table_before_sitting_down() {
    let (mut table, host) = Table::presided();
    let (green, waiting) = (table.connect(2, 1), table.arrive(5, 1));
    table.heard(green);
    table.heard(waiting);
    table.admit(host, 6, 1);
    table.say(
        host,
        C::GiveFloor {
            seat: Some(SeatId(6)),
        },
    );
    table.say(host, OPEN);
    assert!(table.heard(green).is_empty() && table.heard(waiting).is_empty());
}

#[test]
fn a_link_replaced_while_its_connection_was_on_the_way_opens_nothing() {
    let mut table = Table::new();
    table.relink(1, 2).unwrap();
    // The host's own seat: with a good link it would sit down without being asked.
    let late = table.connect_by(1, 1, 9);
    assert_eq!(table.error_code(late), Some(ErrorCode::LinkClosed));
    assert!(!table.is_open(late));
    let unknown = table.connect_by(1, 3, 9);
    assert_eq!(table.error_code(unknown), Some(ErrorCode::LinkClosed));
}
