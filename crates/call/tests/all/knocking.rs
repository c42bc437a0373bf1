//! Knocks: who is told of them, and how they are answered.

use protocol::{
    CircleId, ClientMessage as C, ErrorCode, GroupRef, Sealed, SeatId, ServerMessage as S,
    types::Doors,
};

use crate::{
    relaying::{commit, founded, welcome},
    support::Table,
};

fn knocked(messages: &[S]) -> Vec<(u16, bool, &Sealed)> {
    let knock = |message| match message {
        &S::Knocked {
            seat,
            waiting,
            ref knock,
            ..
        } => Some((seat.0, waiting, knock)),
        _ => None,
    };
    messages.iter().filter_map(knock).collect()
}

#[test]
fn a_knock_in_the_antechamber_is_told_to_hosts_only_and_its_answer_finds_it() {
    let (mut table, host) = founded();
    let delegate = table.admit(host, 2, 1);
    table.heard(delegate);
    table.heard(host);
    let (waiting, knock) = table.arrive_knocking(5, 1);
    table.heard(waiting);
    assert_eq!(knocked(&table.take(host)), [(5, true, &knock)]);
    assert!(!table.heard(delegate).contains(&"knocked"));
    // Closed doors are the host's client's to heed: the server does not know what a commit does.
    table.say(
        host,
        C::SetDoors {
            doors: Doors::Closed,
        },
    );
    table.heard(waiting);
    table.say(host, commit(0));
    table.say(host, welcome(0, &[5]));
    let answer = table.take(waiting);
    assert!(matches!(
        answer[..],
        [S::GroupWelcome { group, seq: 1, .. }] if group == GroupRef::table(1)
    ));
    table.say(host, commit(1));
    table.say(host, welcome(1, &[5]));
    assert!(table.heard(waiting).is_empty(), "it was answered");
}

#[test]
fn only_a_hosts_commit_answers_those_who_wait() {
    let (mut table, host) = founded();
    let delegate = table.admit(host, 2, 1);
    let (waiting, _) = table.arrive_knocking(5, 1);
    let (back, _) = {
        let returning = table.admit(host, 6, 1);
        table.drop_connection(returning);
        table.arrive_knocking(6, 1)
    };
    table.heard(waiting);
    table.heard(back);
    table.say(delegate, commit(0));
    table.say(delegate, welcome(0, &[5, 6]));
    assert!(table.heard(waiting).is_empty());
    assert_eq!(table.heard(back), ["group_welcome"]);
    table.say(host, commit(1));
    table.say(host, welcome(1, &[5, 6]));
    assert_eq!(table.heard(waiting), ["group_welcome"]);
}

#[test]
fn one_who_returns_knocks_at_the_table_and_everybody_may_answer() {
    let (mut table, host) = founded();
    let (one, two) = (table.admit(host, 2, 1), table.admit(host, 5, 1));
    table.drop_connection(one);
    table.heard(two);
    let (one, knock) = table.arrive_knocking(2, 1);
    for session in [host, two] {
        assert_eq!(knocked(&table.take(session)), [(2, false, &knock)]);
    }
    table.say(two, commit(0));
    table.say(two, welcome(0, &[2]));
    let answer = table.take(one);
    assert!(matches!(
        answer.last(),
        Some(S::GroupWelcome { seq: 1, .. })
    ));
}

#[test]
fn whoever_sits_down_is_told_of_the_knocks_that_are_open() {
    let mut table = Table::new();
    let (_, second) = table.arrive_knocking(5, 1);
    let (first, _) = table.arrive_knocking(2, 1);
    table.now += 1_000;
    let knock = table.key_package();
    table.say(
        first,
        C::Knock {
            circle: CircleId::TABLE,
            knock: knock.clone(),
        },
    );
    let host = table.arrive(1, 1);
    assert_eq!(
        knocked(&table.take(host)),
        [(5, true, &second), (2, true, &knock)],
        "the newest of each"
    );
    table.say(host, C::Admit { seat: SeatId(2) });
    assert_eq!(knocked(&table.take(host)), [(2, false, &knock)]);
    table.say(host, C::Admit { seat: SeatId(5) });
    let heard = table.take(first);
    assert_eq!(knocked(&heard), [(5, false, &second)]);
}

#[test]
fn a_connection_knocks_once_a_second_and_not_from_the_green_room() {
    let (mut table, _) = Table::presided();
    let (waiting, _) = table.arrive_knocking(2, 1);
    let knock = table.key_package();
    table.say(
        waiting,
        C::Knock {
            circle: CircleId::TABLE,
            knock: knock.clone(),
        },
    );
    let error = table.error(waiting).unwrap();
    assert!(error.code == ErrorCode::TooFast && !error.fatal);
    table.now += 1_000;
    table.say(
        waiting,
        C::Knock {
            circle: CircleId::TABLE,
            knock,
        },
    );
    assert_eq!(table.error(waiting), None);
    let green = table.connect(5, 1);
    let knock = table.key_package();
    table.say(
        green,
        C::Knock {
            circle: CircleId::TABLE,
            knock,
        },
    );
    assert_eq!(table.error_code(green), Some(ErrorCode::OutOfOrder));
}

#[test]
fn a_knock_goes_with_its_connection() {
    let (mut table, host) = founded();
    let (waiting, _) = table.arrive_knocking(2, 1);
    table.drop_connection(waiting);
    table.heard(host);
    table.say(host, commit(0));
    table.say(host, welcome(0, &[2]));
    let other = table.arrive(3, 1);
    assert!(knocked(&table.take(other)).is_empty());
    let (again, _) = table.arrive_knocking(2, 1);
    table.heard(again);
    table.say(host, C::Refuse { seat: SeatId(2) });
    let third = table.arrive(1, 9);
    table.heard(third);
    assert!(table.ledger.of(CircleId::TABLE).knocks.is_empty());
}

#[test]
fn of_two_machines_of_one_seat_the_one_that_knocked_last_is_answered() {
    let (mut table, host) = founded();
    let sitting = table.admit(host, 2, 1);
    table.now += 1_000;
    let knock = table.key_package();
    table.say(
        sitting,
        C::Knock {
            circle: CircleId::TABLE,
            knock,
        },
    );
    let (rival, _) = table.arrive_knocking(2, 2);
    table.heard(sitting);
    table.heard(rival);
    table.say(host, commit(0));
    table.say(host, welcome(0, &[2, 2, 99, 0]));
    assert_eq!(table.heard(rival), ["group_welcome"]);
    assert!(
        table.heard(sitting).is_empty(),
        "named twice, answered once"
    );
}

#[test]
fn a_welcome_is_of_the_own_last_commit_that_was_taken_and_is_given_once() {
    let (mut table, host) = founded();
    let other = table.admit(host, 2, 1);
    table.arrive_knocking(5, 1);
    let stale = |table: &mut Table, by, message| {
        table.say(by, message);
        assert_eq!(table.error_code(by), Some(ErrorCode::WrongEpoch));
    };
    stale(&mut table, host, welcome(0, &[5]));
    table.say(host, commit(0));
    stale(&mut table, other, welcome(0, &[5]));
    stale(&mut table, host, welcome(1, &[5]));
    let (waiting, _) = table.arrive_knocking(6, 1);
    table.heard(waiting);
    // What others say meanwhile changes nothing.
    table.say(other, commit(1));
    table.say(host, welcome(0, &[6]));
    assert!(matches!(
        table.take(waiting).last(),
        Some(S::GroupWelcome { seq: 1, .. })
    ));
    stale(&mut table, host, welcome(0, &[6]));
}

#[test]
fn who_waits_for_the_welcome_of_one_who_is_gone_is_told_to_hosts_again() {
    for welcomes in [false, true] {
        let (mut table, host) = founded();
        let other = table.arrive(3, 1);
        let (waiting, knock) = table.arrive_knocking(5, 1);
        assert_eq!(knocked(&table.take(other)), [(5, true, &knock)]);
        table.say(host, commit(0));
        if welcomes {
            table.say(host, welcome(0, &[5]));
        }
        table.take(other);
        table.drop_connection(host);
        let told = table.take(other);
        assert_eq!(knocked(&told).is_empty(), welcomes);
        table.say(other, commit(1));
        table.say(other, welcome(1, &[5]));
        let answers = table.heard(waiting);
        let welcomed = answers.iter().filter(|kind| **kind == "group_welcome");
        assert_eq!(welcomed.count(), 1);
    }
}
