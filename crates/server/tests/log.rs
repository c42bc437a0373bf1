//! A whole call, well-behaved and not, and nothing of it in the log: no names, keys, tokens, addresses.

#[path = "serving/harness.rs"]
#[allow(dead_code)]
mod harness;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Instant,
};

use data_encoding::HEXLOWER;
use futures_util::SinkExt as _;
use harness::Host;
use protocol::{AccessToken, CircleId, ClientMessage, ErrorCode, GroupRef, SeatId, ServerMessage};
use server::{config::Log, logs};
use testkit::{ClientOptions, VideoScript};
use tokio_tungstenite::tungstenite::Message;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a client at this address offers.
fn offer_from(addr: SocketAddr) -> String {
    let options = ClientOptions {
        seat: 1,
        addr,
        proto: sfu::Protocol::Udp,
        audio: 3,
        video: 4,
        microphone: true,
        resend_voices: false,
        camera: Some(VideoScript::simulcast()),
        screen: None,
    };
    testkit::Client::new(Instant::now(), options).offer(Instant::now())
}

fn ice_password(sdp: &str) -> String {
    let mut lines = sdp.lines();
    let password = lines.find_map(|line| line.strip_prefix("a=ice-pwd:"));
    password.unwrap().to_owned()
}

#[tokio::test]
async fn nothing_that_was_planted_reaches_the_log() {
    let sink = Sink::default();
    let filter = "trace".to_owned();
    let writer = sink.clone();
    logs::init_with(
        &Log {
            filter,
            ..Log::default()
        },
        move || writer.clone(),
    )
    .unwrap();
    tracing::info!("the log works; a planted address: 203.0.113.9:4444");
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    let sdp = "v=0\r\no=- 1 2 IN IP4 203.0.113.9\r\na=ice-pwd:PlantedIcePassword\r\n".to_owned();
    guest
        .send(&ClientMessage::Offer { generation: 1, sdp })
        .await;
    guest.error(ErrorCode::BadOffer).await;
    // str0m refuses that one before it does anything with it. This one it takes, with an address in it.
    let offer = offer_from(([203, 0, 113, 9], 5_004).into());
    let passwords = [ice_password(&offer), {
        let sdp = offer.clone();
        host.send(&ClientMessage::Offer { generation: 1, sdp })
            .await;
        let ServerMessage::Answer { sdp, .. } = host.until("answer").await else {
            unreachable!()
        };
        ice_password(&sdp)
    }];
    assert!(offer.contains("203.0.113.9 5004"), "{offer}");
    let sealed = harness::sealed("message of the group");
    for message in [
        ClientMessage::Found {
            group: GroupRef::table(1),
            after: 0,
        },
        ClientMessage::CatchUp {
            group: GroupRef::table(1),
            after: 0,
        },
        ClientMessage::Commit {
            group: GroupRef::table(1),
            epoch: 0,
            commit: sealed.clone(),
        },
        ClientMessage::GroupWelcome {
            group: GroupRef::table(1),
            epoch: 0,
            welcome: sealed.clone(),
            adds: vec![SeatId(3)],
        },
        ClientMessage::Kept {
            group: GroupRef::table(1),
            epoch: 1,
            sealed: sealed.clone(),
        },
        ClientMessage::Passing {
            group: GroupRef::table(1),
            sealed: sealed.clone(),
        },
        ClientMessage::Knock {
            circle: CircleId::TABLE,
            knock: sealed,
        },
    ] {
        host.send(&message).await;
    }
    guest.until("passing").await;
    guest.until("knocked").await;
    guest.send_text(r#"{"type":"PlantedType"}"#).await;
    guest.error(ErrorCode::BadMessage).await;
    let mut guesser = server.connect(&call.id.to_string()).await;
    let guess = AccessToken::from_bytes([0x5a; 32]);
    guesser.hello(guess.clone(), 77).await;
    guesser.ends_with(ErrorCode::UnknownLink).await;
    guest
        .socket
        .send(Message::binary(b"PlantedBinary".to_vec()))
        .await
        .unwrap();
    guest.error(ErrorCode::BadMessage).await;
    host.send(&ClientMessage::Remove { seat: SeatId(3) }).await;
    host.send(&ClientMessage::Adjourn {}).await;
    host.until("adjourned").await;
    let _ = server
        .request("GET", "/api/calls", Some("PlantedKey"), "")
        .await;
    for changed in [
        "%23seat.PlantedSecretOfALinkThatWasChanged-00000000",
        "?host.1.PlantedSecretOfALinkThatWasChanged-00000000",
        "/%2523seat.PlantedSecretOfALinkThatWasChanged-00000000",
    ] {
        let page = server.get(&format!("/c/{}{changed}", call.id)).await;
        assert_eq!(page.status, 200);
    }
    let secrets = call
        .tokens
        .iter()
        .map(AccessToken::expose)
        .chain([server.key.clone(), guess.expose()]);
    let mut planted: Vec<String> = secrets.collect();
    planted.push(call.id.to_string());
    planted.push(HEXLOWER.encode(call.tokens[0].as_bytes()));
    planted.push(data_encoding::BASE64URL_NOPAD.encode(&[3; 32]));
    planted.extend(["Planted", "203.0.113"].map(str::to_owned));
    planted.extend(passwords);
    drop(server);
    let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("the log works; a planted address: [address]"),
        "{log}"
    );
    for secret in planted {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}
