//! What strangers and seats send makes a bounded number of lines in the log that ships, however much they
//! send and whatever the libraries think of it.

#[path = "media/sink.rs"]
mod sink;

use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};

use protocol::{CallId, SeatId};
use server::{
    config::Log,
    logs,
    media::{Media, MediaCommand, MediaConfig, PeerId},
};
use sink::Sink;
use str0m::{Rtc, change::SdpOffer, ice::StunMessage};
use testkit::{Client, ClientOptions, VideoScript};
use tokio::sync::mpsc::channel;

/// A Binding request with as many empty UNKNOWN-ATTRIBUTES as a datagram holds.
fn full_of_attributes() -> Vec<u8> {
    let count = 340_u16;
    let mut bytes = vec![0, 1];
    bytes.extend((4 * count).to_be_bytes());
    bytes.extend([0x21, 0x12, 0xa4, 0x42]);
    bytes.extend([9; 12]);
    bytes.extend([0, 0x0a, 0, 0].repeat(usize::from(count)));
    bytes
}

/// An offer with restricted layers, of which str0m warns for each m-line.
fn restricted(addr: std::net::SocketAddr) -> String {
    let options = ClientOptions {
        seat: 1,
        addr,
        proto: sfu::Protocol::Udp,
        audio: 2,
        video: 3,
        microphone: true,
        resend_voices: false,
        camera: Some(VideoScript::simulcast()),
        screen: None,
    };
    let offer = Client::new(Instant::now(), options).offer(Instant::now());
    assert!(offer.contains(" send\r\n"), "{offer}");
    offer.replace(" send\r\n", " send pt=96;max-width=1280;max-height=720\r\n")
}

#[test]
fn what_remote_parties_send_makes_a_bounded_number_of_lines() {
    let sink = Sink::default();
    let writer = sink.clone();
    logs::init_with(&Log::default(), move || writer.clone()).unwrap();
    // The server's says where only; a test says what.
    drop(std::panic::take_hook());

    // The libraries themselves, whatever stands before them: each place in the code has its share.
    let datagram = full_of_attributes();
    for _ in 0..50 {
        let _ = StunMessage::parse(&datagram);
    }
    let of_stun = sink.lines_of("is::stun").len();
    assert!((1..=logs::BURST as usize).contains(&of_stun), "{of_stun}");
    let offer = restricted(([127, 0, 0, 1], 9).into());
    for _ in 0..50 {
        let mut rtc = Rtc::new(Instant::now());
        let offer = SdpOffer::from_sdp_string(&offer).unwrap();
        let _ = rtc.sdp_api().accept_offer(offer);
        tracing::warn!(target: "str0m::sdp::data", "what str0m may say of an offer");
    }
    let of_sdp = sink.lines_of("str0m").len();
    assert!((1..=2 * logs::BURST as usize).contains(&of_sdp), "{of_sdp}");

    // A server, with strangers at its port and a seat that makes offers.
    let before = sink.lines().len();
    let loopback = "127.0.0.1:0".parse().unwrap();
    for threads in [1, 2] {
        let media = Media::start(MediaConfig {
            bind: vec![loopback],
            udp: true,
            threads,
            ..MediaConfig::default()
        })
        .unwrap();
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..200 {
            stranger
                .send_to(&datagram, media.local_addrs().udp[0])
                .unwrap();
        }
        let (events, mut told) = channel(512);
        let peer = PeerId {
            call: CallId::from_bytes([1; 16]),
            seat: SeatId(1),
        };
        media.command(MediaCommand::Join {
            peer,
            audio: 2,
            video: 3,
            can_publish: true,
            events,
        });
        for generation in 1..=50 {
            let sdp = offer.clone();
            media.command(MediaCommand::Offer {
                peer,
                generation,
                sdp,
            });
        }
        let end = Instant::now() + Duration::from_secs(20);
        let mut answers = 0;
        while (answers < 50 || rejected(&media) < 100) && Instant::now() < end {
            answers += usize::from(told.try_recv().is_ok());
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(answers >= 50 && rejected(&media) >= 100, "{answers}");
        media.stop();
    }
    let lines = sink.lines().split_off(before);
    assert!(lines.len() <= 4, "{lines:#?}");
}

fn rejected(media: &Media) -> u64 {
    media
        .figures()
        .sfu
        .rejected_for(server::media::Rejection::Malformed)
}
