//! What an answer says, and what it must never say.

use std::time::Duration;

use sfu::{Event, LocalAddress, Output, Protocol, Sfu, SfuConfig};
use testkit::{Conditions, World};

/// The parts of a browser's offer that matter here, with everything in it that is not wanted.
const BROWSER_AUDIO: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n\
c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
a=ice-options:trickle\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
a=setup:actpass\r\na=mid:0\r\n\
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n\
a=sendonly\r\na=msid:- 0f0f\r\na=rtcp-mux\r\na=rtcp-rsize\r\n\
a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\n\
a=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\n\
a=rtpmap:126 telephone-event/8000\r\na=ssrc:1 cname:x\r\n";

fn answer(offer: &str) -> String {
    let now = World::new().start;
    let address = |proto, addr: &str| LocalAddress {
        proto,
        addr: addr.parse().unwrap(),
    };
    let config = SfuConfig {
        unit: 0,
        addresses: vec![
            address(Protocol::Udp, "192.0.2.1:3478"),
            address(Protocol::Tcp, "192.0.2.1:443"),
        ],
    };
    let mut sfu = Sfu::new(config, now);
    sfu.join(now, World::peer(1), true);
    sfu.handle_offer(now, World::peer(1), 1, offer);
    match sfu.poll_output() {
        Output::Event(_, Event::Answer { sdp, .. }) => sdp,
        Output::Event(_, event) => panic!("{event:?}"),
        Output::Transmit { .. } => panic!("nothing is to be sent yet"),
        Output::Timeout(_) => panic!("no answer"),
    }
}

fn browser_answer() -> String {
    answer(&format!(
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n{BROWSER_AUDIO}"
    ))
}

#[test]
fn the_audio_level_is_never_negotiated() {
    let sdp = browser_answer();
    assert!(!sdp.contains("audio-level"), "{sdp}");
    assert!(sdp.contains("sdes:mid"));
}

#[test]
fn congestion_feedback_is_for_pictures_only() {
    // A probe on an audio line would be played in place of a voice.
    let mut world = World::new();
    world.join(1);
    for media in world.answers[0].1.split("m=").skip(1) {
        let has_feedback = media.contains("transport-wide-cc") && media.contains("transport-cc");
        assert_eq!(has_feedback, media.starts_with("video"), "{media}");
    }
}

#[test]
fn opus_at_a_constant_rate_is_the_only_audio_codec() {
    let sdp = browser_answer();
    let media = sdp
        .lines()
        .find(|line| line.starts_with("m=audio"))
        .unwrap();
    assert!(media.ends_with(" 111"), "{media}");
    for unwanted in ["red", "CN/", "telephone-event", "G722", "PCM"] {
        assert!(!sdp.contains(unwanted), "{unwanted}");
    }
    let fmtp = sdp
        .lines()
        .find(|line| line.starts_with("a=fmtp:111 "))
        .unwrap();
    for wanted in ["cbr=1", "usedtx=0", "maxaveragebitrate="] {
        assert!(fmtp.contains(wanted), "{fmtp}");
    }
}

#[test]
fn the_server_is_passive_and_ice_lite_and_tells_its_addresses() {
    let sdp = browser_answer();
    assert!(sdp.contains("a=ice-lite\r\n"));
    assert!(sdp.contains("a=setup:passive\r\n"));
    assert!(sdp.contains("192.0.2.1 3478 typ host"));
    let tcp = sdp
        .lines()
        .find(|line| line.contains("192.0.2.1 443"))
        .unwrap();
    assert!(
        tcp.contains(" tcp ") && tcp.contains("tcptype passive"),
        "{tcp}"
    );
}

#[test]
fn vp8_with_resends_is_the_only_video_codec_and_all_layers_are_taken() {
    let mut world = World::new();
    world.join(1);
    let sdp = &world.answers[0].1;
    assert!(sdp.contains("VP8/90000") && sdp.contains("rtx/90000"));
    for unwanted in ["H264", "VP9", "AV1", "audio-level", "video-orientation"] {
        assert!(!sdp.contains(unwanted), "{unwanted}");
    }
    assert!(sdp.contains("a=simulcast:recv q;h;f"), "{sdp}");
}

#[test]
fn media_is_protected_by_an_aead() {
    let mut world = World::new();
    (1..=2).for_each(|seat| world.join(seat));
    world.run(Duration::from_secs(2));
    world.tap = Some(Vec::new());
    world.run(Duration::from_secs(1));
    // Every voice packet is 80 bytes; what is not header, extension or payload is the tag: 16 bytes
    // for AES-GCM (RFC 7714), 10 for AES-CM with HMAC-SHA1-80.
    let tags: Vec<usize> = world
        .tap
        .unwrap()
        .iter()
        .filter_map(|datagram| {
            let bytes = &datagram.bytes;
            let is_voice = bytes[0] == 0x90 && bytes[1] & 0x7f == 111;
            let words = usize::from(u16::from_be_bytes([bytes[14], bytes[15]]));
            is_voice.then(|| bytes.len() - 12 - 4 - words * 4 - 80)
        })
        .collect();
    assert!(tags.len() > 80, "{}", tags.len());
    assert!(tags.iter().all(|&tag| tag == 16), "{tags:?}");
}

#[test]
fn on_a_line_that_loses_three_in_ten_most_connections_stand_within_two_seconds() {
    let lossy = Conditions {
        delay_ms: 60,
        loss: 0.3,
        ..Conditions::default()
    };
    let mut took: Vec<Duration> = (1..=25)
        .map(|seat| {
            let mut world = World::new();
            world.join_with(World::options(seat), true);
            world.set_network(seat, lossy, lossy);
            while !world.client(seat).connected {
                world.run(Duration::from_millis(50));
            }
            world.now - world.start
        })
        .collect();
    took.sort();
    assert!(took[15] < Duration::from_secs(2), "{took:?}");
}
