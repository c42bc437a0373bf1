//! The group's log, and what only passes.

use call::{GRACE_MS, SessionId};
use protocol::{
    CircleId, ClientMessage as C, ErrorCode, GroupRef, SeatId, ServerMessage as S,
    limits::LOG_ENTRIES_MAX,
    sealed::{Class, LogState},
};

use crate::support::{Table, sealed};

pub(crate) fn commit(epoch: u64) -> C {
    C::Commit {
        group: GroupRef::table(1),
        epoch,
        commit: sealed(&format!("commit {epoch}")),
    }
}

pub(crate) fn welcome(epoch: u64, adds: &[u16]) -> C {
    C::GroupWelcome {
        group: GroupRef::table(1),
        epoch,
        welcome: sealed("welcome"),
        adds: adds.iter().copied().map(SeatId).collect(),
    }
}

fn kept(epoch: u64) -> C {
    C::Kept {
        group: GroupRef::table(1),
        epoch,
        sealed: sealed("text"),
    }
}

const fn catch_up(number: u32, after: u64) -> C {
    let group = GroupRef::table(number);
    C::CatchUp { group, after }
}

/// A host that founded group 1 and follows its log.
pub(crate) fn founded() -> (Table, SessionId) {
    let (mut table, host) = Table::presided();
    table.say(
        host,
        C::Found {
            group: GroupRef::table(1),
            after: 0,
        },
    );
    table.say(host, catch_up(1, 0));
    table.heard(host);
    (table, host)
}

/// Places of the entries a session was sent, and of its own commits.
fn places(table: &mut Table, session: SessionId) -> Vec<u64> {
    let place = |message| match message {
        S::Ordered(entry) => Some(entry.seq),
        S::Taken { seq, .. } => Some(seq),
        _ => None,
    };
    table.take(session).into_iter().filter_map(place).collect()
}

#[test]
fn a_host_founds_a_group_and_all_in_the_rooms_hear_of_it() {
    let (mut table, host) = Table::presided();
    let (seated, waiting) = (table.admit(host, 2, 1), table.arrive(5, 1));
    let green = table.connect(6, 1);
    for session in [host, seated, waiting, green] {
        table.heard(session);
    }
    table.say(
        host,
        C::Found {
            group: GroupRef::table(1),
            after: 0,
        },
    );
    for session in [host, seated, waiting] {
        assert_eq!(table.heard(session), ["founded"]);
    }
    assert!(table.heard(green).is_empty());
    table.say(
        seated,
        C::Found {
            group: GroupRef::table(2),
            after: 1,
        },
    );
    assert_eq!(table.error_code(seated), Some(ErrorCode::NotPermitted));
}

#[test]
fn of_two_hosts_who_found_at_once_the_second_is_told_to_join() {
    let (mut table, host) = Table::presided();
    let other = table.arrive(3, 1);
    table.say(
        host,
        C::Found {
            group: GroupRef::table(1),
            after: 0,
        },
    );
    table.heard(other);
    table.say(
        other,
        C::Found {
            group: GroupRef::table(1),
            after: 0,
        },
    );
    assert_eq!(table.error_code(other), Some(ErrorCode::WrongEpoch));
    table.say(
        other,
        C::Found {
            group: GroupRef::table(7),
            after: 1,
        },
    );
    assert_eq!(table.stored_call.logs[0].group, GroupRef::table(7));
    table.say(
        other,
        C::Found {
            group: GroupRef::table(7),
            after: 7,
        },
    );
    assert_eq!(table.error_code(other), Some(ErrorCode::WrongEpoch));
}

#[test]
fn of_two_commits_of_one_epoch_the_first_is_taken_and_all_see_it() {
    let (mut table, host) = founded();
    let other = table.arrive(3, 1);
    table.say(other, catch_up(1, 0));
    table.heard(other);
    table.say(host, commit(0));
    table.say(other, commit(0));
    let heard = table.take(other);
    assert!(matches!(&heard[0], S::Ordered(e) if e.epoch == 0 && e.class == Class::Commit));
    let S::Error(error) = &heard[1] else { panic!() };
    assert!(error.code == ErrorCode::WrongEpoch && !error.fatal);
    assert_eq!(error.in_reply_to.as_deref(), Some("commit"));
    table.say(other, commit(1));
    let mut heard = table.take(host);
    heard.retain(|message| matches!(message, S::Ordered(_) | S::Taken { .. }));
    let [S::Taken { seq, epoch, .. }, S::Ordered(second)] = &heard[..] else {
        panic!("of its own commit it is told that it was taken");
    };
    assert_eq!((*seq, *epoch, second.seq), (1, 0, 2));
}

#[test]
fn before_the_first_group_there_is_no_log() {
    let (mut table, host) = Table::presided();
    for message in [
        C::Commit {
            group: GroupRef::table(0),
            epoch: 0,
            commit: sealed("commit"),
        },
        C::Kept {
            group: GroupRef::table(0),
            epoch: 0,
            sealed: sealed("text"),
        },
        catch_up(0, 0),
    ] {
        table.say(host, message);
        assert_eq!(table.error_code(host), Some(ErrorCode::WrongEpoch));
    }
}

#[test]
fn kept_messages_are_ordered_among_commits_and_leave_the_epoch() {
    let (mut table, host) = founded();
    for message in [kept(0), commit(0), kept(0), kept(1)] {
        table.say(host, message);
    }
    assert_eq!(table.error_code(host), Some(ErrorCode::WrongEpoch));
    let log = LogState {
        group: GroupRef::table(1),
        epoch: 1,
        seq: 3,
    };
    assert_eq!(table.stored_call.logs, [log]);
}

#[test]
fn one_who_was_away_catches_up_from_where_it_was_and_reads_on() {
    let (mut table, host) = founded();
    let delegate = table.admit(host, 2, 1);
    table.say(delegate, catch_up(1, 0));
    table.say(host, commit(0));
    assert_eq!(places(&mut table, delegate), [1]);
    table.drop_connection(delegate);
    table.say(host, kept(1));
    table.say(host, commit(1));
    let delegate = table.arrive(2, 1);
    table.say(host, kept(2));
    assert!(
        !table.heard(delegate).contains(&"ordered"),
        "it did not ask"
    );
    table.say(delegate, catch_up(1, 1));
    assert_eq!(
        table.heard(delegate),
        ["ordered", "ordered", "ordered", "caught_up"]
    );
    table.say(host, kept(2));
    assert_eq!(places(&mut table, delegate), [5]);
}

#[test]
fn the_log_is_the_same_after_a_restart() {
    let (mut table, host) = founded();
    for epoch in 0..3 {
        table.say(host, commit(epoch));
    }
    table.restart();
    let host = table.arrive(1, 1);
    let seated = table.take(host);
    assert!(seated.iter().any(|m| matches!(m, S::Seated { logs, .. }
        if *logs == [LogState { group: GroupRef::table(1), epoch: 3, seq: 3 }])));
    table.say(host, catch_up(1, 1));
    assert_eq!(places(&mut table, host), [2, 3]);
    table.say(host, commit(2));
    assert_eq!(table.error_code(host), Some(ErrorCode::WrongEpoch));
    table.say(host, commit(3));
    assert_eq!(places(&mut table, host), [4]);
}

#[test]
fn one_who_was_away_for_too_long_is_told_that_the_log_begins_later() {
    let (mut table, host) = founded();
    for _ in 0..LOG_ENTRIES_MAX + 2 {
        table.say(host, kept(0));
    }
    table.now += 2_000;
    table.heard(host);
    table.say(host, catch_up(1, 1));
    let error = table.error(host).unwrap();
    assert_eq!(error.code, ErrorCode::WrongEpoch);
    assert_eq!(error.in_reply_to.as_deref(), Some("catch_up"));
    table.restart();
    let host = table.arrive(1, 1);
    table.say(host, catch_up(1, 2));
    assert_eq!(places(&mut table, host).len(), LOG_ENTRIES_MAX);
}

#[test]
fn a_new_group_begins_with_an_empty_log_and_old_readers_hear_no_more() {
    let (mut table, host) = founded();
    let delegate = table.admit(host, 2, 1);
    table.say(delegate, catch_up(1, 0));
    table.say(host, commit(0));
    table.say(
        host,
        C::Found {
            group: GroupRef::table(2),
            after: 1,
        },
    );
    table.heard(delegate);
    table.say(host, catch_up(2, 0));
    table.say(
        host,
        C::Kept {
            group: GroupRef::table(2),
            epoch: 0,
            sealed: sealed("text"),
        },
    );
    assert!(table.heard(delegate).is_empty());
    table.say(delegate, catch_up(1, 1));
    assert_eq!(table.error_code(delegate), Some(ErrorCode::WrongEpoch));
    table.say(delegate, catch_up(2, 0));
    assert_eq!(places(&mut table, delegate), [1]);
}

#[test]
fn asking_again_for_what_one_has_is_paced_and_asking_for_more_is_not() {
    let (mut table, host) = founded();
    table.say(host, kept(0));
    table.say(host, catch_up(1, 1));
    table.say(host, catch_up(1, 1));
    assert_eq!(table.error(host), None);
    table.say(host, catch_up(1, 0));
    let error = table.error(host).unwrap();
    assert!(error.code == ErrorCode::TooFast && !error.fatal);
    table.now += 1_000;
    table.say(host, catch_up(1, 0));
    assert_eq!(table.heard(host), ["ordered", "caught_up"]);
}

#[test]
fn what_passes_goes_to_all_others_at_the_table_and_is_not_stored() {
    let (mut table, host) = founded();
    let delegate = table.admit(host, 2, 1);
    let (waiting, observer) = (table.arrive(5, 1), table.admit(host, 4, 1));
    for session in [host, delegate, waiting, observer] {
        table.heard(session);
    }
    let passing = |number| C::Passing {
        group: GroupRef::table(number),
        sealed: sealed("heartbeat"),
    };
    table.say(observer, passing(1));
    assert_eq!(table.heard(host), ["passing"]);
    assert_eq!(table.heard(delegate), ["passing"]);
    assert!(table.heard(waiting).is_empty() && table.heard(observer).is_empty());
    for group in [0, 2] {
        table.say(delegate, passing(group));
    }
    assert!(table.heard(host).is_empty() && table.heard(delegate).is_empty());
    table.say(waiting, passing(1));
    assert_eq!(table.error_code(waiting), Some(ErrorCode::OutOfOrder));
    assert!(table.ledger.of(CircleId::TABLE).stored.is_empty());
}

#[test]
fn who_waits_for_a_place_in_the_group_is_sent_nothing_that_only_passes() {
    let (mut table, host) = founded();
    let (delegate, _) = table.arrive_knocking(2, 1);
    table.say(host, C::Admit { seat: SeatId(2) });
    let passing = C::Passing {
        group: GroupRef::table(1),
        sealed: sealed("heartbeat"),
    };
    let hears = |table: &mut Table| {
        table.heard(delegate);
        table.say(host, passing.clone());
        table.heard(delegate)
    };
    assert!(hears(&mut table).is_empty());
    table.say(host, commit(0));
    table.say(host, welcome(0, &[2]));
    assert_eq!(hears(&mut table), ["passing"], "its welcome is on its way");
    table.say(delegate, catch_up(1, 1));
    let knock = table.key_package();
    table.now += 1_000;
    table.say(
        delegate,
        C::Knock {
            circle: CircleId::TABLE,
            knock,
        },
    );
    assert_eq!(hears(&mut table), ["passing"], "it asked once too often");
}

#[test]
fn nothing_sealed_outlives_the_call() {
    let (mut table, host) = founded();
    table.say(host, commit(0));
    assert_eq!(table.ledger.of(CircleId::TABLE).stored.len(), 1);
    table.say(host, C::Adjourn {});
    assert!(
        table.ledger.of(CircleId::TABLE).is_forgotten
            && table.ledger.of(CircleId::TABLE).stored.is_empty()
    );
    assert_eq!(table.call.detail().plan, None);
    table.restart();
    let late = table.connect(1, 1);
    assert_eq!(table.error_code(late), Some(ErrorCode::CallEnded));
}

#[test]
fn an_entry_outlives_the_seat_that_made_it() {
    let (mut table, host) = founded();
    let delegate = table.admit(host, 2, 1);
    table.say(delegate, kept(0));
    table.say(host, C::Remove { seat: SeatId(2) });
    table.pass(GRACE_MS);
    assert_eq!(places(&mut table, host), [1]);
    assert_eq!(table.ledger.of(CircleId::TABLE).stored.len(), 1);
}
