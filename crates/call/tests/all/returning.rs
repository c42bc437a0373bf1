//! Breaks, reloads, restarts, and leaving for good.

use call::{GRACE_MS, MediaCommand};
use protocol::{ClientMessage as C, ErrorCode, SeatId, ServerMessage as S, types::Presence};

use crate::support::{OPEN, Table};

#[test]
fn a_broken_connection_keeps_the_seat_and_comes_back_without_the_host() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.say(delegate, OPEN);
    table.say(delegate, C::Camera { on: true });
    table.drop_connection(delegate);
    let status = table.status(2);
    assert_eq!(status.presence, Presence::Lost);
    assert!(!status.microphone && !status.camera);
    table.pass(GRACE_MS - 1);
    assert_eq!(table.presence(2), Presence::Lost);

    let back = table.connect(2, 1);
    assert!(matches!(
        table.take(back)[..],
        [S::Welcome {
            returning: true,
            ..
        }]
    ));
    table.say(back, C::Enter { knock: None });
    assert_eq!(table.heard(back), ["seated", "negotiate"]);
}

#[test]
fn after_the_grace_a_seat_is_absent_but_its_admission_stays_good() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.drop_connection(delegate);
    table.pass(GRACE_MS);
    assert_eq!(table.presence(2), Presence::Absent);
    let other = table.arrive(2, 2);
    assert!(matches!(
        table.take(other)[1],
        S::Waiting {
            occupied: false,
            ..
        }
    ));
    let back = table.arrive(2, 1);
    assert!(table.heard(back).contains(&"seated"));
    assert!(matches!(
        table.take(other)[..],
        [S::Waiting { occupied: true, .. }]
    ));
}

#[test]
fn a_reload_takes_the_place_of_its_old_connection() {
    let (mut table, host) = Table::presided();
    let old = table.admit(host, 2, 1);
    table.heard(old);
    let new = table.connect(2, 1);
    let error = table.error(old).unwrap();
    assert!(error.fatal && error.code == ErrorCode::SeatMoved && !table.is_open(old));
    table.say(new, C::Enter { knock: None });
    assert_eq!(table.heard(new), ["welcome", "seated", "negotiate"]);
    let leaves = |c: &&MediaCommand| matches!(c, MediaCommand::Leave { seat: SeatId(2) });
    assert_eq!(table.media.iter().filter(leaves).count(), 1);
}

#[test]
fn a_restarted_server_takes_everybody_back_and_nobody_else() {
    let (mut table, host) = Table::presided();
    table.admit(host, 2, 1);
    table.say(
        host,
        C::GiveFloor {
            seat: Some(SeatId(2)),
        },
    );
    table.say(
        host,
        C::SetDoors {
            doors: protocol::types::Doors::Closed,
        },
    );
    let gone = table.arrive(5, 1);
    table.heard(gone);
    table.pass(60_000);
    table.restart();
    assert_eq!(
        (table.presence(1), table.presence(2)),
        (Presence::Lost, Presence::Lost)
    );
    let delegate = table.arrive(2, 1);
    let messages = table.take(delegate);
    assert!(matches!(
        messages[1],
        S::Seated {
            floor: Some(SeatId(2)),
            ..
        }
    ));
    let stranger = table.arrive(5, 1);
    assert_eq!(table.heard(stranger), ["welcome", "waiting"]);
    let impostor = table.arrive(2, 9);
    assert!(matches!(
        table.take(impostor)[1],
        S::Waiting { occupied: true, .. }
    ));
}

#[test]
fn one_who_leaves_needs_a_new_admission() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.say(delegate, C::Leave {});
    assert!(!table.is_open(delegate));
    assert_eq!(table.presence(2), Presence::Absent);
    let back = table.arrive(2, 1);
    assert_eq!(table.heard(back), ["welcome", "waiting"]);
}

#[test]
fn leaving_from_the_green_room_gives_up_an_older_admission() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.drop_connection(delegate);
    let green = table.connect(2, 1);
    table.say(green, C::Leave {});
    assert_eq!(table.presence(2), Presence::Absent);
    let back = table.arrive(2, 1);
    assert_eq!(table.heard(back), ["welcome", "waiting"]);
}

#[test]
fn one_who_gives_up_waiting_disappears_from_the_antechamber() {
    let (mut table, host) = Table::presided();
    let delegate = table.arrive(2, 1);
    table.drop_connection(delegate);
    let Some(S::Antechamber { waiting }) = table.take(host).pop() else {
        panic!()
    };
    assert!(waiting.is_empty());
    assert_eq!(table.presence(2), Presence::Absent);
}

#[test]
fn messages_from_a_connection_that_was_closed_do_nothing() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.say(host, C::Remove { seat: SeatId(2) });
    table.heard(delegate);
    table.say(delegate, OPEN);
    table.drop_connection(delegate);
    assert!(table.heard(delegate).is_empty());
    assert_eq!(table.presence(2), Presence::Removed);
}
