//! Sealed messages on real sockets: one log for all, knocks and their answers, what only passes.

use std::path::Path;

use protocol::{
    CircleId, ClientMessage as C, ErrorCode, GroupRef, Sealed, SeatId, ServerMessage as S,
    limits::COMMIT_CHARS_MAX,
    sealed::{Class, Entry, LogState},
    types::Doors,
};
use serde_json::json;

use crate::{
    harness::{Client, Convened, Host, sealed, shape},
    restart::comes_back,
};

pub(crate) fn commit(epoch: u64, text: &str) -> C {
    C::Commit {
        group: GroupRef::table(1),
        epoch,
        commit: sealed(text),
    }
}

/// The welcome of the commit before it.
pub(crate) fn answer(epoch: u64, welcome: Sealed, seat: u16) -> C {
    C::GroupWelcome {
        group: GroupRef::table(1),
        epoch,
        welcome,
        adds: vec![SeatId(seat)],
    }
}

pub(crate) fn kept(epoch: u64, sealed: Sealed) -> C {
    C::Kept {
        group: GroupRef::table(1),
        epoch,
        sealed,
    }
}

pub(crate) fn long(chars: usize) -> Sealed {
    Sealed::from_text(&"A".repeat(chars)).unwrap()
}

/// A call with hosts on seats 1 and 4, the first at the table with a group.
pub(crate) async fn founded(server: &Host) -> (Convened, Client) {
    let mut two_hosts = shape();
    two_hosts["seats"][3]["host"] = json!(true);
    let (call, answer) = server.try_convene(two_hosts).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let mut host = server.seat_host(&call).await;
    host.send(&C::Found {
        group: GroupRef::table(1),
        after: 0,
    })
    .await;
    host.until("founded").await;
    host.catch_up(0).await;
    (call, host)
}

/// A second host, who has caught up.
pub(crate) async fn second_host(server: &Host, call: &Convened) -> Client {
    let mut second = server.hello(call, 4, 4).await;
    second.until("welcome").await;
    second.send(&C::Enter { knock: None }).await;
    second.until("negotiate").await;
    second.catch_up(0).await;
    second
}

impl Client {
    /// The entries after this place, and where the log stands.
    async fn catch_up(&mut self, after: u64) -> (Vec<Entry>, LogState) {
        self.send(&C::CatchUp {
            group: GroupRef::table(1),
            after,
        })
        .await;
        let mut entries = Vec::new();
        loop {
            match self.next().await.unwrap() {
                S::Ordered(entry) => entries.push(entry),
                S::CaughtUp { log } => return (entries, log),
                S::Error(error) => panic!("{error:?}"),
                _ => {}
            }
        }
    }

    pub(crate) async fn ordered(&mut self) -> Entry {
        let S::Ordered(entry) = self.until("ordered").await else {
            unreachable!()
        };
        entry
    }

    /// Epoch and place of the own commit.
    pub(crate) async fn taken(&mut self) -> (u64, u64) {
        let S::Taken { epoch, seq, .. } = self.until("taken").await else {
            unreachable!()
        };
        (epoch, seq)
    }

    /// Epoch and place of the next commit, and whether it is the own one.
    async fn next_commit(&mut self) -> (u64, u64, bool) {
        loop {
            match self.next().await.unwrap() {
                S::Ordered(entry) => return (entry.epoch, entry.seq, false),
                S::Taken { epoch, seq, .. } => return (epoch, seq, true),
                _ => {}
            }
        }
    }
}

/// Everything in the data folder, as bytes.
fn on_the_disk(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

#[tokio::test]
async fn of_two_hosts_that_commit_at_once_one_comes_first_and_both_see_the_same_log() {
    let server = Host::start().await;
    let (call, mut one) = founded(&server).await;
    let mut two = second_host(&server, &call).await;
    for epoch in 0..12 {
        let (ones, twos) = (commit(epoch, "one"), commit(epoch, "two"));
        tokio::join!(one.send(&ones), two.send(&twos));
        let (one_s, two_s) = tokio::join!(one.next_commit(), two.next_commit());
        assert_eq!((one_s.0, one_s.1), (epoch, epoch + 1));
        assert_eq!(two_s, (one_s.0, one_s.1, !one_s.2), "one is its own");
        let loser = if one_s.2 { &mut two } else { &mut one };
        let error = loser.error(ErrorCode::WrongEpoch).await;
        assert!(!error.fatal && error.in_reply_to.as_deref() == Some("commit"));
    }
    let mut third = server.seat(&call, &mut one, 3).await;
    let (entries, log) = third.catch_up(0).await;
    assert_eq!(entries.len(), 12);
    assert_eq!(
        (log.group, log.epoch, log.seq),
        (GroupRef::table(1), 12, 12)
    );
}

#[tokio::test]
async fn of_two_hosts_that_found_at_once_one_is_told_to_join() {
    let server = Host::start().await;
    let (call, mut one) = founded(&server).await;
    let mut two = second_host(&server, &call).await;
    let found = C::Found {
        group: GroupRef::table(2),
        after: 1,
    };
    tokio::join!(one.send(&found), two.send(&found));
    let (first, same) = tokio::join!(one.until("founded"), two.until("founded"));
    let (S::Founded { group, by }, S::Founded { by: other, .. }) = (first, same) else {
        panic!()
    };
    assert_eq!((by, group), (other, GroupRef::table(2)));
    let loser = if by == SeatId(1) { &mut two } else { &mut one };
    loser.error(ErrorCode::WrongEpoch).await;
}

#[tokio::test]
async fn one_whose_connection_broke_catches_up_and_reads_on() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    guest.catch_up(0).await;
    host.send(&commit(0, "first")).await;
    let first = guest.ordered().await;
    drop(guest);
    host.send(&kept(1, sealed("text"))).await;
    host.send(&commit(1, "second")).await;
    host.taken().await;
    let mut guest = comes_back(&server, &call, 3).await;
    let (entries, _) = guest.catch_up(first.seq).await;
    let classes: Vec<_> = entries.iter().map(|e| (e.seq, e.class)).collect();
    assert_eq!(classes, [(2, Class::Kept), (3, Class::Commit)]);
    host.send(&commit(2, "third")).await;
    assert_eq!(guest.ordered().await.seq, 4);
}

#[tokio::test]
async fn the_log_is_the_same_after_a_crash_and_goes_on_where_it_was() {
    let mut server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    for epoch in 0..3 {
        host.send(&commit(epoch, "commit")).await;
        host.send(&kept(epoch + 1, sealed("text"))).await;
        host.taken().await;
        // The second was told, so it is on the disk.
        host.ordered().await;
    }
    let mut reader = second_host(&server, &call).await;
    reader
        .send(&C::CatchUp {
            group: GroupRef::table(1),
            after: 6,
        })
        .await;
    let mut again = server.seat(&call, &mut host, 3).await;
    let (before, log) = again.catch_up(0).await;
    server.kill();
    server.restart().await;
    let mut guest = comes_back(&server, &call, 3).await;
    let (after, same) = guest.catch_up(0).await;
    assert_eq!((before, log), (after, same));
    guest.send(&commit(2, "late")).await;
    guest.error(ErrorCode::WrongEpoch).await;
    guest.send(&commit(3, "next")).await;
    assert_eq!(guest.taken().await, (3, 7));
    // A group that is over leaves nothing to come back to.
    let mut host = comes_back(&server, &call, 1).await;
    host.send(&C::Found {
        group: GroupRef::table(2),
        after: 1,
    })
    .await;
    host.until("founded").await;
    server.kill();
    server.restart().await;
    let mut guest = comes_back(&server, &call, 3).await;
    guest
        .send(&C::CatchUp {
            group: GroupRef::table(1),
            after: 7,
        })
        .await;
    guest.error(ErrorCode::WrongEpoch).await;
    guest
        .send(&C::CatchUp {
            group: GroupRef::table(2),
            after: 0,
        })
        .await;
    guest.until("caught_up").await;
}

#[tokio::test]
async fn a_knock_reaches_the_host_and_the_longest_welcome_reaches_the_antechamber() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    let mut waiting = server.hello(&call, 2, 2).await;
    waiting.until("welcome").await;
    let knock = sealed("key package");
    waiting
        .send(&C::Enter {
            knock: Some(knock.clone()),
        })
        .await;
    waiting.until("waiting").await;
    let S::Knocked {
        circle: CircleId::TABLE,
        seat: SeatId(2),
        waiting: true,
        knock: told,
    } = host.until("knocked").await
    else {
        panic!()
    };
    assert_eq!(told, knock);
    // The doors are for `admit`: what a commit does the server does not know.
    let doors = Doors::Closed;
    host.send(&C::SetDoors { doors }).await;
    let welcome = long(COMMIT_CHARS_MAX);
    host.send(&commit(0, "admission")).await;
    host.send(&answer(0, welcome.clone(), 2)).await;
    let S::GroupWelcome {
        group,
        seq: 1,
        welcome: delivered,
    } = waiting.until("group_welcome").await
    else {
        panic!()
    };
    assert!(delivered == welcome && group == GroupRef::table(1));
    let doors = Doors::Open;
    host.send(&C::SetDoors { doors }).await;
    host.send(&C::Admit { seat: SeatId(2) }).await;
    waiting.until("negotiate").await;
    let (entries, _) = waiting.catch_up(1).await;
    assert!(entries.is_empty());
    // Seated seats that did not knock heard nothing of it but the change of their table.
    loop {
        match guest.next().await.unwrap() {
            S::Knocked { .. } | S::GroupWelcome { .. } | S::Ordered(_) => panic!(),
            S::Changed { statuses } if statuses.iter().any(|s| s.seat == SeatId(2)) => break,
            _ => {}
        }
    }
}

#[tokio::test]
async fn one_who_returns_knocks_at_the_table_and_is_answered_there() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut two = server.seat(&call, &mut host, 2).await;
    drop(server.seat(&call, &mut host, 3).await);
    let mut back = server.hello(&call, 3, 3).await;
    back.until("welcome").await;
    let knock = Some(sealed("fresh leaf"));
    back.send(&C::Enter { knock }).await;
    back.until("negotiate").await;
    for client in [&mut host, &mut two] {
        let S::Knocked {
            circle: CircleId::TABLE,
            seat,
            waiting,
            ..
        } = client.until("knocked").await
        else {
            unreachable!()
        };
        assert_eq!((seat, waiting), (SeatId(3), false));
    }
    two.send(&commit(0, "admission")).await;
    two.send(&answer(0, sealed("welcome"), 3)).await;
    back.until("group_welcome").await;
    let knock = sealed("too soon");
    back.send(&C::Knock {
        circle: CircleId::TABLE,
        knock: knock.clone(),
    })
    .await;
    assert!(!back.error(ErrorCode::TooFast).await.fatal);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    back.send(&C::Knock {
        circle: CircleId::TABLE,
        knock,
    })
    .await;
    two.until("knocked").await;
}

#[tokio::test]
async fn what_passes_goes_to_the_table_and_leaves_no_trace() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    let mut waiting = server.hello(&call, 2, 2).await;
    waiting.until("welcome").await;
    waiting.send(&C::Enter { knock: None }).await;
    waiting.until("waiting").await;
    for round in 0..5 {
        let text = sealed(&format!("heartbeat {round}"));
        guest
            .send(&C::Passing {
                group: GroupRef::table(1),
                sealed: text.clone(),
            })
            .await;
        let S::Passing { group, sealed } = host.until("passing").await else {
            panic!()
        };
        assert_eq!(group, GroupRef::table(1));
        assert_eq!(sealed, text);
    }
    let old = C::Passing {
        group: GroupRef::table(7),
        sealed: sealed("of another group"),
    };
    guest.send(&old).await;
    waiting.send(&old).await;
    waiting.error(ErrorCode::OutOfOrder).await;
    waiting.hears_nothing().await;
    guest.still_serves().await;
    guest.hears_nothing().await;
    host.hears_nothing().await;
    assert!(on_the_disk(server.folder.path(), "Planted_plan"));
    assert!(!on_the_disk(server.folder.path(), "heartbeat"));
}

#[tokio::test]
async fn what_passes_keeps_its_place_among_what_is_ordered() {
    const ROUNDS: usize = 10;
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    host.send(&C::CatchUp {
        group: GroupRef::table(1),
        after: 0,
    })
    .await;
    host.send(&commit(0, "commit")).await;
    host.taken().await;
    for round in 0..ROUNDS {
        let passing = C::Passing {
            group: GroupRef::table(1),
            sealed: sealed(&format!("before {round}")),
        };
        guest.send(&passing).await;
        guest.send(&passing).await;
        guest.send(&kept(1, sealed(&format!("text {round}")))).await;
    }
    let (mut passed, mut ordered) = (0, 0);
    while ordered < ROUNDS {
        match host.next().await.unwrap() {
            S::Passing { .. } => passed += 1,
            S::Ordered(_) => {
                ordered += 1;
                assert_eq!(passed, 2 * ordered);
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn nothing_sealed_is_left_on_the_disk_of_a_call_that_has_ended() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    host.send(&commit(0, "commit")).await;
    host.send(&kept(1, sealed("text"))).await;
    host.taken().await;
    host.ordered().await;
    let planted = [
        "Planted_commit",
        "Planted_text",
        "Planted_plan",
        "Planted_grant_3_1",
    ];
    for text in planted {
        assert!(
            on_the_disk(server.folder.path(), text),
            "{text} was not stored"
        );
    }
    host.send(&C::Adjourn {}).await;
    host.until("adjourned").await;
    for text in planted {
        assert!(
            !on_the_disk(server.folder.path(), text),
            "{text} is still there"
        );
    }
    let mut late = server.hello(&call, 3, 3).await;
    late.ends_with(ErrorCode::CallEnded).await;
    let path = format!("/api/calls/{}", call.id);
    let shown = server.request("GET", &path, Some(&server.key), "").await;
    let shown: protocol::http::CallDetail = serde_json::from_str(&shown.body).unwrap();
    assert_eq!(shown.plan, None);
}
