//! What no client should send. Each is answered clearly, and the others at the table notice nothing.

use futures_util::SinkExt as _;
use protocol::{AccessToken, CircleId, ClientMessage, ErrorCode, Holder, limits};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Client, Convened, Host, shape};

async fn table() -> (Host, Convened, Client, Client) {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let guest = server.seat(&call, &mut host, 3).await;
    host.catches_up().await; // with what the guest's arrival meant for it
    (server, call, host, guest)
}

#[tokio::test]
async fn malformed_and_unknown_messages_are_answered_and_the_connection_stays() {
    let (_server, _call, mut host, mut guest) = table().await;
    for text in [
        "",
        "{",
        "[]",
        "null",
        r#"{"type":"fly"}"#,
        r#"{"type":"admit","seat":-1}"#,
        r#"{"type":"admit","seat":70000}"#,
        r#"{"type":"enter","extra":true}"#,
        r#"{"type":"view","tiles":[{"seat":1,"source":"camera","height":0}]}"#,
        r#"{"type":"offer","generation":0,"sdp":""}"#,
    ] {
        guest.send_text(text).await;
        let error = guest.error(ErrorCode::BadMessage).await;
        assert!(!error.fatal && !error.text.contains("fly"), "{text}");
    }
    guest.still_serves().await;
    host.hears_nothing().await;
}

#[tokio::test]
async fn messages_for_seats_that_do_not_exist_change_nothing() {
    let (_server, _call, mut host, mut guest) = table().await;
    host.send_text(r#"{"type":"admit","seat":999}"#).await;
    host.send_text(r#"{"type":"remove","seat":0}"#).await;
    for _ in 0..2 {
        let Ok(protocol::ServerMessage::Error(error)) = host.next().await else {
            panic!()
        };
        assert!(!error.fatal);
    }
    guest.still_serves().await;
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_its_session_only() {
    let (server, call, mut host, mut guest) = table().await;
    let padding = " ".repeat(limits::SMALL_MESSAGE_BYTES_MAX);
    guest
        .send_text(&format!(r#"{{"type":"enter"{padding}}}"#))
        .await;
    guest.ends_with(ErrorCode::TooLarge).await;
    let mut other = server.seat(&call, &mut host, 4).await;
    let sdp = "x".repeat(limits::MESSAGE_BYTES_MAX);
    other
        .send_text(&json!({ "type": "offer", "generation": 1, "sdp": sdp }).to_string())
        .await;
    other.ends_with(ErrorCode::TooLarge).await;
    host.still_serves().await;
}

#[tokio::test]
async fn a_message_beyond_all_measure_ends_its_session_only() {
    let (_server, _call, mut host, mut guest) = table().await;
    // The server stops reading; whether the error arrives before the reset is the network's choice.
    let _ = guest
        .socket
        .send(Message::text("x".repeat(8 * limits::MESSAGE_BYTES_MAX)))
        .await;
    while guest.next().await.is_ok() {}
    host.still_serves().await;
}

#[tokio::test]
async fn a_binary_message_that_is_not_one_is_answered_with_a_reason() {
    let (_server, _call, mut host, mut guest) = table().await;
    for wrong in [
        vec![],
        vec![0, 1, 2],
        vec![1, 0, 0, 0, 1, 0, 0],
        vec![1, 0, 0, 0, 1, 0, 9, 7],
        vec![1; 64 * 1024],
    ] {
        let code = match wrong.len() {
            65_536 => ErrorCode::TooLarge,
            _ => ErrorCode::BadMessage,
        };
        guest.socket.send(Message::binary(wrong)).await.unwrap();
        guest.error(code).await;
    }
    guest.still_serves().await;
    host.still_serves().await;
}

#[tokio::test]
async fn a_flood_ends_the_session_that_floods() {
    let (_server, _call, mut host, mut guest) = table().await;
    for _ in 0..400 {
        if guest
            .socket
            .send(Message::text(r#"{"type":"camera","on":true}"#))
            .await
            .is_err()
        {
            break;
        }
    }
    let mut last = None;
    while let Ok(message) = guest.next().await {
        if let protocol::ServerMessage::Error(error) = message {
            last = Some(error.code);
        }
    }
    assert_eq!(last, Some(ErrorCode::TooFast));
    host.still_serves().await;
}

#[tokio::test]
async fn the_first_message_must_be_hello_and_only_the_first() {
    let server = Host::start().await;
    let call = server.convene().await;
    for message in [
        ClientMessage::Enter { knock: None },
        ClientMessage::Adjourn {},
    ] {
        let mut client = server.connect(&call.id.to_string()).await;
        client.send(&message).await;
        client.ends_with(ErrorCode::OutOfOrder).await;
    }
    let mut client = server.hello(&call, 1, 1).await;
    client.until("welcome").await;
    client.hello(call.tokens[0].clone(), 1).await;
    assert!(!client.error(ErrorCode::OutOfOrder).await.fatal);
    client.still_serves().await;
}

#[tokio::test]
async fn nothing_of_a_stranger_is_unpacked_and_of_a_seat_no_more_than_a_message() {
    let server = Host::start().await;
    let call = server.convene().await;
    let text = r#"{"type":"leave"}"#.to_owned();
    let packed = |text: &str| protocol::packed::pack(text).unwrap();
    let leave = packed(&(text + &" ".repeat(2_000)));
    let mut stranger = server.connect(&call.id.to_string()).await;
    stranger.send_bytes(leave.clone()).await;
    stranger.ends_with(ErrorCode::OutOfOrder).await;

    let mut seat = server.hello(&call, 3, 3).await;
    seat.until("welcome").await;
    seat.send_bytes(leave[..leave.len() - 1].to_vec()).await;
    assert!(!seat.error(ErrorCode::BadMessage).await.fatal);
    seat.still_serves().await;
    // Letters that repeat a little, so that it packs within the bound.
    let long: String = (0..400_000u32)
        .map(|n| format!("{:x}", n.wrapping_mul(2_654_435)))
        .collect();
    seat.send_bytes(packed(&long)).await;
    seat.ends_with(ErrorCode::TooLarge).await;

    let mut seat = server.hello(&call, 3, 3).await;
    seat.until("welcome").await;
    seat.send_bytes(leave).await;
    assert!(seat.next().await.is_err(), "it is read as what it says");
}

#[tokio::test]
async fn messages_of_the_table_before_entering_are_refused() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut client = server.hello(&call, 3, 3).await;
    client.until("welcome").await;
    client
        .send(&ClientMessage::Offer {
            generation: 1,
            sdp: "v=0".to_owned(),
        })
        .await;
    client
        .send(&ClientMessage::Microphone {
            open: true,
            circle: CircleId::TABLE,
        })
        .await;
    for _ in 0..2 {
        let Ok(protocol::ServerMessage::Error(error)) = client.next().await else {
            panic!()
        };
        assert!(!error.fatal, "{}", error.text);
    }
}

#[tokio::test]
async fn another_version_of_the_protocol_is_refused() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut client = server.connect(&call.id.to_string()).await;
    let (token, holder) = (call.tokens[0].clone(), Holder::from_bytes([1; 32]));
    client
        .send(&ClientMessage::Hello {
            protocol: protocol::VERSION - 1,
            token,
            holder,
            packed: false,
        })
        .await;
    client.ends_with(ErrorCode::UnsupportedVersion).await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut client = server.connect(&call.id.to_string()).await;
    let end = tokio::time::timeout(std::time::Duration::from_secs(15), async {
        tokio::time::sleep(std::time::Duration::from_secs(9)).await;
        client.ends_with(ErrorCode::OutOfOrder).await
    });
    assert!(end.await.unwrap().text.contains("hello"));
}

#[tokio::test]
async fn names_have_no_place_on_the_server() {
    let server = Host::start().await;
    for (place, name) in [
        ("/title", "Budget"),
        ("/seats/0/name", "Ada"),
        ("/seats/0/title", "Chair"),
    ] {
        let mut named = shape();
        let (parent, field) = place.rsplit_once('/').unwrap();
        named.pointer_mut(parent).unwrap()[field] = json!(name);
        let (_, answer) = server.try_convene(named).await;
        assert_eq!(answer.status, 400, "{place}: {}", answer.body);
        assert!(!answer.body.contains(name));
    }
}

#[tokio::test]
async fn a_guess_is_a_guess_whatever_its_shape() {
    let server = Host::start().await;
    let call = server.convene().await;
    for bytes in [[0; 32], [255; 32]] {
        let mut client = server.connect(&call.id.to_string()).await;
        client.hello(AccessToken::from_bytes(bytes), 1).await;
        client.ends_with(ErrorCode::UnknownLink).await;
    }
    let mut client = server.connect(&call.id.to_string()).await;
    client
        .send_text(r#"{"type":"hello","protocol":2,"token":"cut","holder":"cut"}"#)
        .await;
    client.ends_with(ErrorCode::BadMessage).await;
}
