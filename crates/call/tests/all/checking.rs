//! Go / no-go: who is told what the clients checked, and when a mirror begins and ends.

use call::{MediaCommand, SessionId};
use protocol::{
    ClientMessage, ErrorCode, SeatId, ServerMessage,
    checks::{Checks, SeatChecks, Way},
    limits::{MIRROR_INTERVAL_MS, MIRROR_MS},
};

use crate::support::Table;

fn delay(ms: u32) -> Checks {
    Checks {
        delay_ms: Some(ms),
        way: Some(Way::Udp),
        ..Checks::default()
    }
}

fn say(table: &mut Table, session: SessionId, checks: Checks) {
    table.say(session, ClientMessage::Checks { checks });
}

/// What a connection was told of checks since it was last asked.
fn told(table: &mut Table, session: SessionId) -> Vec<(u16, Option<u32>)> {
    let messages = table.take(session).into_iter();
    let seats = messages.filter_map(|message| match message {
        ServerMessage::Checked { seats } => Some(seats),
        _ => None,
    });
    let line = |seat: SeatChecks| (seat.seat.0, seat.checks.and_then(|c| c.delay_ms));
    seats.flatten().map(line).collect()
}

fn mirror(table: &mut Table, session: SessionId) {
    let (up, down) = ("v=0 up".into(), "v=0 down".into());
    table.say(session, ClientMessage::Mirror { up, down });
}

#[test]
fn hosts_see_the_checks_of_every_seat_and_nobody_else_does() {
    let (mut table, host) = Table::presided();
    let guest = table.admit(host, 2, 1);
    told(&mut table, host);
    let waiting = table.arrive(5, 1);
    say(&mut table, waiting, delay(30));
    let in_green_room = table.connect(6, 1);
    say(&mut table, in_green_room, delay(40));
    assert_eq!(told(&mut table, host), [(5, Some(30)), (6, Some(40))]);
    let second_host = table.arrive(3, 1);
    assert_eq!(
        told(&mut table, second_host),
        [(5, Some(30)), (6, Some(40))]
    );
    for other in [guest, waiting, in_green_room] {
        assert_eq!(told(&mut table, other), []);
    }
}

#[test]
fn a_seats_checks_go_with_its_connection() {
    let (mut table, host) = Table::presided();
    let guest = table.connect(5, 1);
    say(&mut table, guest, delay(30));
    table.drop_connection(guest);
    assert_eq!(told(&mut table, host), [(5, Some(30)), (5, None)]);
    let again = table.connect(5, 1);
    say(&mut table, again, delay(31));
    table.say(again, ClientMessage::Enter { knock: None });
    table.say(host, ClientMessage::Admit { seat: SeatId(5) });
    assert_eq!(told(&mut table, host), [(5, Some(31))], "it keeps them");
}

#[test]
fn of_several_machines_the_one_furthest_in_counts() {
    let (mut table, host) = Table::presided();
    let sits = table.admit(host, 2, 1);
    say(&mut table, sits, delay(20));
    let rival = table.connect(2, 2);
    say(&mut table, rival, delay(99));
    assert_eq!(told(&mut table, host), [(2, Some(20))]);
    table.say(sits, ClientMessage::Leave {});
    assert_eq!(told(&mut table, host), [(2, Some(99))]);
}

#[test]
fn checks_come_once_a_second_at_most() {
    let (mut table, _host) = Table::presided();
    let guest = table.connect(5, 1);
    say(&mut table, guest, delay(30));
    table.pass(500);
    say(&mut table, guest, delay(31));
    assert_eq!(table.error_code(guest), Some(ErrorCode::TooFast));
    table.pass(1_000);
    say(&mut table, guest, delay(32));
    assert_eq!(table.error_code(guest), None);
}

#[test]
fn a_mirror_ends_after_its_time() {
    let (mut table, _host) = Table::presided();
    let guest = table.connect(5, 1);
    mirror(&mut table, guest);
    assert_eq!(table.mirrors.len(), 1);
    table.pass(MIRROR_MS - 1);
    assert_eq!(table.mirrors.len(), 1);
    table.pass(1);
    assert!(table.mirrors.is_empty());
}

#[test]
fn a_mirror_ends_when_its_connection_goes_or_sits_down() {
    let (mut table, host) = Table::presided();
    let gone = table.connect(5, 1);
    mirror(&mut table, gone);
    table.drop_connection(gone);
    assert!(table.mirrors.is_empty());
    let admitted = table.arrive(6, 1);
    mirror(&mut table, admitted);
    assert_eq!(table.mirrors.len(), 1, "those who wait may have one");
    table.say(host, ClientMessage::Admit { seat: SeatId(6) });
    assert!(table.mirrors.is_empty());
    let ended = MediaCommand::EndMirror { session: admitted };
    let joined = |c: &MediaCommand| matches!(c, MediaCommand::Join { seat, .. } if seat.0 == 6);
    let at = |found: Option<usize>| found.expect("both happened");
    assert!(
        at(table.media.iter().position(|c| *c == ended)) < at(table.media.iter().position(joined)),
        "the call has the way to itself"
    );
}

#[test]
fn a_seat_has_one_mirror_at_a_time_from_all_its_machines() {
    let (mut table, host) = Table::presided();
    let [one, other] = [1, 2].map(|machine| table.connect(5, machine));
    mirror(&mut table, one);
    mirror(&mut table, other);
    assert_eq!(table.error_code(other), Some(ErrorCode::TooFast));
    table.drop_connection(one);
    mirror(&mut table, other);
    assert_eq!(table.error_code(other), Some(ErrorCode::TooFast));
    table.pass(MIRROR_INTERVAL_MS);
    mirror(&mut table, other);
    assert_eq!(table.error_code(other), None);
    mirror(&mut table, host);
    assert_eq!(table.error_code(host), Some(ErrorCode::OutOfOrder));
}
