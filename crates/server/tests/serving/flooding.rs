//! Sealed messages that are too long or too many: refused, and nobody else suffers.

use std::{sync::Arc, time::Duration};

use futures_util::SinkExt as _;
use protocol::{
    ClientMessage as C, ErrorCode, GroupRef, ServerMessage as S,
    limits::{COMMIT_CHARS_MAX, KEPT_CHARS_MAX, PASSING_CHARS_MAX},
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, sync::Mutex};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    delivery::{answer, commit, founded, kept, long, second_host},
    harness::{Host, local_config, sealed},
};

#[tokio::test]
async fn too_much_for_the_log_is_refused_and_comes_in_later_and_others_go_on() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    let mut watching = second_host(&server, &call).await;
    let mut epoch = 0;
    let refused = loop {
        let commit = C::Commit {
            group: GroupRef::table(1),
            epoch,
            commit: long(COMMIT_CHARS_MAX),
        };
        guest.send(&commit).await;
        // The answer to this comes after the answer to that, if it had one.
        guest.send_text(r#"{"type":"no such thing"}"#).await;
        let mut refused = None;
        loop {
            match guest.next().await.unwrap() {
                S::Error(error) if error.code == ErrorCode::BadMessage => break,
                S::Error(error) => refused = Some(error),
                _ => {}
            }
        }
        if let Some(error) = refused {
            break error;
        }
        epoch += 1;
    };
    assert_eq!(refused.code, ErrorCode::TooFast);
    assert!(!refused.fatal && refused.in_reply_to.as_deref() == Some("commit"));
    assert!(epoch >= 2);
    for _ in 0..epoch {
        assert_eq!(watching.ordered().await.sealed.text_len(), COMMIT_CHARS_MAX);
    }
    host.send(&commit(epoch, "not delayed")).await;
    assert_eq!(watching.ordered().await.seq, epoch + 1);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    guest.send(&kept(epoch + 1, sealed("later"))).await;
    assert_eq!(watching.ordered().await.seq, epoch + 2);
}

#[tokio::test]
async fn a_flood_for_the_log_ends_the_session_that_floods() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    let text = serde_json::to_string(&kept(0, long(KEPT_CHARS_MAX))).unwrap();
    let mut last = None;
    let flood = async {
        for _ in 0..400 {
            let message = Message::text(text.clone());
            if futures_util::SinkExt::send(&mut guest.socket, message)
                .await
                .is_err()
            {
                break;
            }
        }
        while let Ok(message) = guest.next().await {
            if let S::Error(error) = message {
                last = Some(error.code);
            }
        }
    };
    flood.await;
    assert_eq!(last, Some(ErrorCode::TooFast));
    host.still_serves().await;
}

#[tokio::test]
async fn sealed_messages_over_their_limits_end_their_session_only() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    for message in [
        kept(0, long(KEPT_CHARS_MAX + 1)),
        C::Passing {
            group: GroupRef::table(1),
            sealed: long(PASSING_CHARS_MAX + 1),
        },
        answer(0, long(COMMIT_CHARS_MAX + 1), 3),
    ] {
        let mut guest = server.hello(&call, 3, 3).await;
        guest.until("welcome").await;
        guest.send(&message).await;
        let error = guest.ends_with(ErrorCode::TooLarge).await;
        assert_eq!(error.in_reply_to.as_deref(), Some(message.kind()));
    }
    host.still_serves().await;
}

#[tokio::test]
async fn a_stranger_cannot_send_what_a_member_may() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut stranger = server.connect(&call.id.to_string()).await;
    // It is told if the network lets it; what matters is that the rest is not read.
    let long = serde_json::to_string(&answer(0, long(COMMIT_CHARS_MAX), 3)).unwrap();
    let message = Message::text(long);
    let _ = stranger.socket.send(message).await;
    match stranger.next().await {
        Ok(S::Error(error)) => {
            assert!(
                error.fatal && error.code == ErrorCode::TooLarge,
                "{error:?}"
            );
            assert!(error.text.contains("hello"), "{}", error.text);
        }
        Ok(message) => panic!("{message:?}"),
        Err(_) => {}
    }
    host.still_serves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_connections_that_say_nothing_or_little_keeps_no_seat_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    (
        config.limits.connections,
        config.limits.connections_per_address,
    ) = (64, 16);
    let server = Host::start_with(folder, config).await;
    let held = Arc::new(Mutex::new(Vec::new()));
    let flood = tokio::spawn({
        let (held, address) = (held.clone(), server.address);
        async move {
            for round in 0.. {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let said: &[u8] = match round % 3 {
                    0 => b"",
                    1 => b"GET / HT",
                    _ => b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n",
                };
                let _ = stream.write_all(said).await;
                held.lock().await.push(stream);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    });
    while held.lock().await.len() < 40 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    while held.lock().await.len() < 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    host.still_serves().await;
    guest.still_serves().await;
    assert!(!flood.is_finished());
    flood.abort();
}

#[tokio::test]
async fn offers_and_passing_messages_without_end_are_refused_and_the_connection_stays() {
    let server = Host::start().await;
    let (call, mut host) = founded(&server).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    // As fast as messages are taken: what is too much is refused before it reaches anybody.
    for offers in [false, true] {
        let mut refused = None;
        for number in 0..60 {
            let message = match offers {
                true => C::Offer {
                    generation: number + 2,
                    sdp: "v=0".repeat(1_000),
                },
                false => C::Passing {
                    group: GroupRef::table(1),
                    sealed: long(PASSING_CHARS_MAX),
                },
            };
            guest.send(&message).await;
            tokio::time::sleep(Duration::from_millis(110)).await;
            guest.send_text(r#"{"type":"no such thing"}"#).await;
            loop {
                match guest.next().await.unwrap() {
                    S::Error(error) if error.code == ErrorCode::BadMessage => break,
                    S::Error(error) if error.code == ErrorCode::TooFast => refused = Some(error),
                    _ => {}
                }
            }
            if refused.is_some() {
                break;
            }
        }
        let refused = refused.expect("there is an end to it");
        assert!(!refused.fatal);
        let about = if offers { "offer" } else { "passing" };
        assert_eq!(refused.in_reply_to.as_deref(), Some(about));
        // As every client does.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    guest.still_serves().await;
    host.still_serves().await;
}
