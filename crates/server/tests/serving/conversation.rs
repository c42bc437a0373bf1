//! The conversation when everybody behaves.

use std::time::Duration;

use protocol::{ClientMessage, ErrorCode, SeatId, ServerMessage, types::Presence};

use crate::harness::Host;

#[tokio::test]
async fn a_host_and_a_guest_sit_down_and_adjourn() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.hello(&call, 1, 1).await;
    let ServerMessage::Welcome {
        call: info,
        seat,
        returning,
        ..
    } = host.until("welcome").await
    else {
        unreachable!()
    };
    assert_eq!(
        (info.id, seat.id, seat.host, returning),
        (call.id, SeatId(1), true, false)
    );
    host.send(&ClientMessage::Enter { knock: None }).await;
    let ServerMessage::Seated { seats, .. } = host.until("seated").await else {
        unreachable!()
    };
    assert_eq!(seats.len(), 4);
    let ServerMessage::Negotiate { audio, video } = host.until("negotiate").await else {
        unreachable!()
    };
    assert_eq!((audio, video), (3, 4));
    let mut guest = server.seat(&call, &mut host, 3).await;
    loop {
        let ServerMessage::Changed { statuses } = host.until("changed").await else {
            unreachable!()
        };
        if statuses
            .iter()
            .any(|s| s.seat == SeatId(3) && s.presence == Presence::Seated)
        {
            break;
        }
    }
    host.send(&ClientMessage::Adjourn {}).await;
    for client in [&mut host, &mut guest] {
        client.until("adjourned").await;
        client.closes(ErrorCode::CallEnded).await;
    }
}

#[tokio::test]
async fn an_offer_that_is_not_sdp_is_answered() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    host.send(&ClientMessage::Offer {
        generation: 1,
        sdp: "nonsense".to_owned(),
    })
    .await;
    let error = host.error(ErrorCode::BadOffer).await;
    assert_eq!(error.in_reply_to.as_deref(), Some("offer"));
    assert!(!error.fatal && !error.text.contains("nonsense"));
    host.still_serves().await;
}

#[tokio::test]
async fn the_clock_comes_by_itself() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let ServerMessage::Clock { now_ms } = host.until("clock").await else {
        unreachable!()
    };
    assert!(now_ms.abs_diff(clock::wall_ms()) < 2_000);
}

#[tokio::test]
async fn a_machine_that_falls_silent_is_lost_and_its_place_kept() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    // It reads nothing any more, so it answers no ping; its TCP connection stays.
    let _silent = server.seat(&call, &mut host, 3).await;
    let lost = async {
        loop {
            let ServerMessage::Changed { statuses } = host.until("changed").await else {
                unreachable!()
            };
            if statuses
                .iter()
                .any(|s| s.seat == SeatId(3) && s.presence == Presence::Lost)
            {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), lost)
        .await
        .unwrap();
}
