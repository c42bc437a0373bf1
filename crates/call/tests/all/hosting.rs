//! Hosts among themselves, the floor, the end.

use call::{GRACE_MS, HANDOVER_MS};
use protocol::{ClientMessage as C, ErrorCode, SeatId, ServerMessage as S, types::Presence};

use crate::support::Table;

#[test]
fn a_host_on_a_second_machine_is_decided_on_by_another_host() {
    let (mut table, host) = Table::presided();
    let second = table.arrive(3, 1);
    let newcomer = table.arrive(1, 2);
    assert!(matches!(
        table.take(newcomer)[1],
        S::Waiting { occupied: true, .. }
    ));
    table.say(host, C::Admit { seat: SeatId(1) });
    assert_eq!(table.error_code(host), Some(ErrorCode::NotPermitted));
    table.say(second, C::Admit { seat: SeatId(1) });
    assert_eq!(table.error_code(host), Some(ErrorCode::SeatMoved));
    assert!(table.heard(newcomer).contains(&"antechamber"));
}

#[test]
fn a_sole_host_decides_on_its_own_second_machine() {
    let (mut table, host) = Table::presided();
    let newcomer = table.arrive(1, 2);
    assert!(table.heard(host).contains(&"seat_claimed"));
    table.say(host, C::Refuse { seat: SeatId(1) });
    assert_eq!(table.error_code(newcomer), Some(ErrorCode::Refused));
    let newcomer = table.arrive(1, 2);
    table.say(host, C::Admit { seat: SeatId(1) });
    assert_eq!(table.error_code(host), Some(ErrorCode::SeatMoved));
    assert!(table.heard(newcomer).contains(&"seated"));
}

#[test]
fn a_host_whose_machine_died_goes_on_from_another_one() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    table.drop_connection(host);
    table.pass(2_000);
    let phone = table.arrive(1, 2);
    let S::Waiting {
        occupied: true,
        free_in_ms: Some(wait),
        ..
    } = table.take(phone)[1]
    else {
        panic!("it is told when the seat is its own")
    };
    assert_eq!(wait, HANDOVER_MS - 2_000);
    table.pass(wait - 1);
    assert!(table.heard(phone).is_empty());
    table.pass(1);
    assert_eq!(table.heard(phone), ["seated", "negotiate", "antechamber"]);
    assert!(table.is_open(delegate));
}

#[test]
fn a_host_that_waits_sits_down_when_its_seat_becomes_free() {
    let (mut table, host) = Table::presided();
    let newcomer = table.arrive(1, 2);
    table.heard(newcomer);
    table.say(host, C::Leave {});
    assert_eq!(
        table.heard(newcomer),
        ["seated", "negotiate", "antechamber"]
    );
}

#[test]
fn a_host_removes_another_host_but_not_itself() {
    let (mut table, host) = Table::presided();
    let second = table.arrive(3, 1);
    table.say(host, C::Remove { seat: SeatId(1) });
    let error = table.error(host).unwrap();
    assert_eq!(
        (error.code, error.in_reply_to.as_deref()),
        (ErrorCode::NotPermitted, Some("remove"))
    );
    table.say(second, C::Remove { seat: SeatId(1) });
    assert_eq!(table.heard(host).last(), Some(&"removed"));
}

#[test]
fn what_only_hosts_may_do_is_denied_to_others_with_the_message_named() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    for message in [
        C::Admit { seat: SeatId(5) },
        C::Refuse { seat: SeatId(5) },
        C::Remove { seat: SeatId(1) },
        C::GiveFloor { seat: None },
        C::Adjourn {},
    ] {
        let kind = message.kind();
        table.say(delegate, message);
        let error = table.error(delegate).unwrap();
        assert_eq!((error.code, error.fatal), (ErrorCode::NotPermitted, false));
        assert_eq!(error.in_reply_to.as_deref(), Some(kind));
    }
    assert!(table.is_open(delegate) && table.is_open(host));
}

#[test]
fn who_waits_is_told_whether_a_host_is_there() {
    let mut table = Table::new();
    let waiting = table.arrive(2, 1);
    assert!(matches!(
        table.take(waiting)[1],
        S::Waiting { host: false, .. }
    ));
    let host = table.arrive(1, 1);
    assert!(matches!(
        table.take(waiting)[..],
        [S::Waiting { host: true, .. }]
    ));
    table.say(host, C::Leave {});
    assert!(matches!(
        table.take(waiting)[..],
        [S::Waiting { host: false, .. }]
    ));
}

#[test]
fn a_host_that_is_not_at_the_table_yet_cannot_preside() {
    let mut table = Table::new();
    table.arrive(2, 1);
    let host = table.connect(1, 1);
    table.say(host, C::Admit { seat: SeatId(2) });
    assert_eq!(table.error_code(host), Some(ErrorCode::OutOfOrder));
}

#[test]
fn the_floor_goes_to_those_at_the_table_and_outlasts_a_break() {
    let (mut table, host) = Table::presided();
    let delegate = table.admit(host, 2, 1);
    let observer = table.admit(host, 4, 1);
    table.say(
        host,
        C::GiveFloor {
            seat: Some(SeatId(4)),
        },
    );
    assert_eq!(table.error_code(host), Some(ErrorCode::NotPermitted));
    table.say(
        host,
        C::GiveFloor {
            seat: Some(SeatId(5)),
        },
    );
    assert_eq!(table.error_code(host), Some(ErrorCode::WrongState));
    table.heard(observer);
    table.say(
        host,
        C::GiveFloor {
            seat: Some(SeatId(2)),
        },
    );
    assert_eq!(table.heard(observer), ["floor_changed"]);
    table.drop_connection(delegate);
    assert_eq!(table.stored_call.floor, Some(SeatId(2)));
    table.pass(GRACE_MS);
    assert_eq!(table.stored_call.floor, None);
    assert_eq!(
        table.heard(observer),
        ["changed", "changed", "floor_changed"]
    );
}

#[test]
fn the_floor_falls_back_when_its_holder_leaves_or_is_removed() {
    let (mut table, host) = Table::presided();
    for end in [None, Some(C::Remove { seat: SeatId(2) })] {
        let delegate = table.admit(host, 2, 1);
        table.say(
            host,
            C::GiveFloor {
                seat: Some(SeatId(2)),
            },
        );
        assert_eq!(table.stored_call.floor, Some(SeatId(2)));
        match end {
            None => table.say(delegate, C::Leave {}),
            Some(remove) => table.say(host, remove),
        }
        assert_eq!(table.stored_call.floor, None);
    }
}

#[test]
fn adjourning_ends_it_for_everybody_wherever_they_are() {
    let (mut table, host) = Table::presided();
    let all = [
        host,
        table.admit(host, 2, 1),
        table.arrive(5, 1),
        table.connect(6, 1),
    ];
    table.say(host, C::Adjourn {});
    for session in all {
        assert_eq!(table.heard(session).last(), Some(&"adjourned"));
        assert!(!table.is_open(session));
    }
    assert!(table.call.is_adjourned() && table.stored_call.adjourned_at == Some(table.now));
    let late = table.connect(2, 1);
    assert_eq!(table.error_code(late), Some(ErrorCode::CallEnded));
    assert_eq!(table.relink(2, 2).unwrap_err().code, ErrorCode::CallEnded);
    table.restart();
    assert_eq!(table.presence(2), Presence::Absent);
    assert_eq!(table.call.poll_timeout(), None);
}

#[test]
fn the_convener_ends_a_call_that_never_opened() {
    let mut table = Table::new();
    let waiting = table.arrive(2, 1);
    table.end();
    assert_eq!(table.heard(waiting), ["welcome", "waiting", "adjourned"]);
    let at = table.stored_call.adjourned_at;
    table.pass(1_000);
    table.end();
    assert_eq!(
        table.stored_call.adjourned_at, at,
        "ending twice changes nothing"
    );
}

#[test]
fn a_seat_the_call_does_not_have_is_named_as_the_senders_mistake() {
    let (mut table, host) = Table::presided();
    for seat in [SeatId(0), SeatId(9), SeatId(u16::MAX)] {
        for message in [
            C::Admit { seat },
            C::Mute { seat },
            C::Remove { seat },
            C::GiveFloor { seat: Some(seat) },
        ] {
            table.say(host, message);
            assert_eq!(table.error_code(host), Some(ErrorCode::BadMessage));
        }
    }
    let foreign = table.connect(99, 1);
    assert_eq!(table.error_code(foreign), Some(ErrorCode::UnknownLink));
}
