//! Somebody sets the server's clock in the middle of a call: no duration is counted by it.

use std::time::Duration;

use protocol::{ClientMessage, SeatId, ServerMessage, types::Presence};

use crate::{
    harness::{Client, Host},
    restart::comes_back,
};

/// How an administrator or a time server may set a clock, in milliseconds.
const SETTINGS: [i64; 6] = [
    60_000,
    11 * 60_000,
    40 * 24 * 3_600_000,
    -60_000,
    -11 * 60_000,
    -40 * 24 * 3_600_000,
];

/// What `seat` is to the others from now on, until nothing came for so long.
async fn presences(client: &mut Client, seat: SeatId, time: Duration) -> Vec<Presence> {
    let mut seen = Vec::new();
    let listen = async {
        loop {
            match client.next().await {
                Ok(ServerMessage::Changed { statuses }) => {
                    let of = statuses.iter().filter(|s| s.seat == seat);
                    seen.extend(of.map(|s| s.presence));
                }
                Ok(_) => {}
                Err(close) => panic!("closed: {close:?}"),
            }
        }
    };
    let never: Result<(), _> = tokio::time::timeout(time, listen).await;
    assert!(never.is_err());
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_hands_over_no_seat_and_makes_nobody_absent() {
    let mut tries = Vec::new();
    for by in SETTINGS {
        tries.push(tokio::spawn(async move {
            let server = Host::start().await;
            let call = server.convene().await;
            let mut host = server.seat_host(&call).await;
            let mut guest = server.seat(&call, &mut host, 3).await;
            // Another machine has the host's link.
            let mut thief = server.hello(&call, 1, 66).await;
            thief.until("welcome").await;
            thief.send(&ClientMessage::Enter { knock: None }).await;
            thief.until("waiting").await;
            drop(host);
            server.clock.set_ahead(by);
            let seen = presences(&mut guest, SeatId(1), Duration::from_secs(3)).await;
            assert_eq!(seen, [Presence::Lost], "set by {by} ms");
            let mut host = comes_back(&server, &call, 1).await;
            thief.send_text("{}").await;
            while let Ok(message) = thief.next().await {
                assert_ne!(message.kind(), "seated", "set by {by} ms");
                if message.kind() == "error" {
                    break;
                }
            }
            host.still_serves().await;
        }));
    }
    for one in tries {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn a_clock_that_was_set_is_told_and_stored_and_a_restart_makes_sense_of_it() {
    for by in [90 * 60_000, -90 * 60_000] {
        let mut server = Host::start().await;
        server.clock.set_ahead(by);
        let call = server.convene().await;
        let mut host = server.hello(&call, 1, 1).await;
        let told = server.clock.wall_ms();
        let ServerMessage::Welcome { now_ms, .. } = host.until("welcome").await else {
            unreachable!()
        };
        assert!(now_ms.abs_diff(told) < 2_000, "the time of day is told");
        host.send(&ClientMessage::Enter { knock: None }).await;
        let ServerMessage::Seated { opened_at_ms, .. } = host.until("seated").await else {
            unreachable!()
        };
        assert!(opened_at_ms.abs_diff(told) < 5_000, "and stored");
        // The clock is right again when the server is started again.
        server.kill();
        server.clock.set_ahead(0);
        server.restart().await;
        let mut thief = server.hello(&call, 1, 66).await;
        thief.until("welcome").await;
        thief.send(&ClientMessage::Enter { knock: None }).await;
        let ServerMessage::Waiting { occupied, .. } = thief.until("waiting").await else {
            unreachable!()
        };
        assert!(occupied, "the host has its full time to come back");
        comes_back(&server, &call, 1).await;
    }
}
