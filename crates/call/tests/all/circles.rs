//! Circles beside the table: each delegation has one, which only its seats hear of.

use call::SessionId;
use protocol::{
    CircleId, ClientMessage as C, ErrorCode, GroupRef, SeatId, ServerMessage as S, sealed::LogState,
};

use crate::support::{Table, sealed};

/// Of the third delegation: seats 3 and more.
const CIRCLE: CircleId = CircleId(3);
const GROUP: GroupRef = GroupRef {
    circle: CIRCLE,
    number: 1,
};

struct Hall {
    table: Table,
    /// Of another delegation.
    host: SessionId,
    /// A principal of the third.
    head: SessionId,
    /// An observer of the third.
    observer: SessionId,
    /// Of the second.
    stranger: SessionId,
}

impl Hall {
    /// Everybody at the table, the circle's group begun by its head.
    fn new() -> Self {
        let (mut table, host) = Table::presided();
        let stranger = table.admit(host, 2, 1);
        let (observer, head) = (table.admit(host, 4, 1), table.admit(host, 5, 1));
        let mut hall = Self {
            table,
            host,
            head,
            observer,
            stranger,
        };
        hall.forget_heard();
        hall.table.say(head, found(1));
        hall
    }

    fn all(&self) -> [SessionId; 4] {
        [self.host, self.head, self.observer, self.stranger]
    }

    fn forget_heard(&mut self) {
        for session in self.all() {
            self.table.heard(session);
        }
    }
}

const fn found(number: u32) -> C {
    C::Found {
        group: GroupRef {
            circle: CIRCLE,
            number,
        },
        after: number - 1,
    }
}

fn kept() -> C {
    C::Kept {
        group: GROUP,
        epoch: 0,
        sealed: sealed("for the delegation"),
    }
}

fn commit() -> C {
    C::Commit {
        group: GROUP,
        epoch: 0,
        commit: sealed("commit"),
    }
}

const fn catch_up(group: GroupRef) -> C {
    C::CatchUp { group, after: 0 }
}

#[test]
fn a_delegation_hears_of_its_group_and_nobody_else_does() {
    let mut hall = Hall::new();
    assert_eq!(hall.table.heard(hall.head), ["founded"]);
    assert_eq!(hall.table.heard(hall.observer), ["founded"]);
    assert!(
        hall.table.heard(hall.host).is_empty(),
        "a host is no exception"
    );
    assert!(hall.table.heard(hall.stranger).is_empty());
}

#[test]
fn what_a_circle_says_goes_to_those_of_it_who_follow_and_leaves_the_tables_log_alone() {
    let mut hall = Hall::new();
    hall.table.say(
        hall.host,
        C::Found {
            group: GroupRef::table(1),
            after: 0,
        },
    );
    for session in hall.all() {
        hall.table.say(session, catch_up(GroupRef::table(1)));
    }
    hall.table.say(hall.head, catch_up(GROUP));
    hall.table.say(hall.observer, catch_up(GROUP));
    hall.forget_heard();
    hall.table.say(hall.head, kept());
    hall.table.say(hall.head, commit());
    assert_eq!(hall.table.heard(hall.head), ["ordered", "taken"]);
    assert_eq!(hall.table.heard(hall.observer), ["ordered", "ordered"]);
    let passing = C::Passing {
        group: GROUP,
        sealed: sealed("heartbeat"),
    };
    hall.table.say(hall.head, passing);
    assert_eq!(hall.table.heard(hall.observer), ["passing"]);
    assert!(hall.table.heard(hall.host).is_empty() && hall.table.heard(hall.stranger).is_empty());
    let place = |group, epoch, seq| LogState { group, epoch, seq };
    let logs = [place(GroupRef::table(1), 0, 0), place(GROUP, 1, 2)];
    assert_eq!(hall.table.stored_call.logs, logs);
}

#[test]
fn whoever_is_of_another_delegation_is_refused_whatever_it_asks_of_the_circle() {
    let mut hall = Hall::new();
    let knock = C::Knock {
        circle: CIRCLE,
        knock: sealed("knock"),
    };
    let welcome = C::GroupWelcome {
        group: GROUP,
        epoch: 0,
        welcome: sealed("welcome"),
        adds: vec![SeatId(2)],
    };
    let passing = C::Passing {
        group: GROUP,
        sealed: sealed("heartbeat"),
    };
    let asked = [
        knock,
        found(2),
        commit(),
        welcome,
        kept(),
        passing,
        catch_up(GROUP),
    ];
    for message in asked {
        for session in [hall.host, hall.stranger] {
            hall.forget_heard();
            hall.table.say(session, message.clone());
            let error = hall.table.error(session).unwrap();
            assert_eq!(error.code, ErrorCode::NotPermitted, "{message:?}");
            assert_eq!((error.circle, error.fatal), (Some(CIRCLE), false));
            assert!(hall.table.heard(hall.head).is_empty(), "{message:?}");
        }
    }
    let none = GroupRef {
        circle: CircleId(200),
        number: 1,
    };
    hall.table.say(
        hall.host,
        C::Found {
            group: none,
            after: 0,
        },
    );
    assert_eq!(
        hall.table.error_code(hall.host),
        Some(ErrorCode::NotPermitted)
    );
}

#[test]
fn who_is_no_principal_begins_no_circle() {
    let mut hall = Hall::new();
    hall.table.say(hall.observer, found(2));
    assert_eq!(
        hall.table.error_code(hall.observer),
        Some(ErrorCode::NotPermitted)
    );
}

#[test]
fn a_knock_in_a_circle_is_told_there_only_and_answered_there_only() {
    let mut hall = Hall::new();
    hall.table.say(hall.head, catch_up(GROUP));
    hall.forget_heard();
    let knock = hall.table.key_package();
    let asks = C::Knock {
        circle: CIRCLE,
        knock: knock.clone(),
    };
    hall.table.say(hall.observer, asks);
    let told = hall.table.take(hall.head);
    assert!(
        matches!(&told[..], [S::Knocked { circle: CIRCLE, waiting: false, knock: k, .. }] if *k == knock)
    );
    assert!(hall.table.heard(hall.host).is_empty() && hall.table.heard(hall.stranger).is_empty());
    hall.table.say(hall.head, commit());
    let welcome = C::GroupWelcome {
        group: GROUP,
        epoch: 0,
        welcome: sealed("welcome"),
        adds: vec![SeatId(4)],
    };
    hall.table.say(hall.head, welcome);
    let answer = hall.table.take(hall.observer);
    assert!(matches!(
        answer[..],
        [S::GroupWelcome {
            group: GROUP,
            seq: 1,
            ..
        }]
    ));
}

#[test]
fn circles_come_back_after_a_restart_with_their_logs() {
    let mut hall = Hall::new();
    hall.table.say(hall.head, commit());
    hall.table.restart();
    let head = hall.table.arrive(5, 1);
    let seated = hall.table.take(head);
    let log = LogState {
        group: GROUP,
        epoch: 1,
        seq: 1,
    };
    assert!(
        seated
            .iter()
            .any(|m| matches!(m, S::Seated { logs, .. } if logs.contains(&log)))
    );
    hall.table.say(head, catch_up(GROUP));
    assert_eq!(hall.table.heard(head), ["ordered", "caught_up"]);
}
