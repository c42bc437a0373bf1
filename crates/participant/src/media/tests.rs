//! A participant's PeerConnection against a str0m peer in the same process, on fake time.

use super::*;
use sealed::media::envelope;
use str0m::change::SdpOffer;

/// Runs both ends, delivering every datagram at once, until `until` says so or a second has passed.
struct Pair {
    media: Media,
    peer: Rtc,
    now: Instant,
    heard: Vec<(Option<Rid>, Vec<u8>)>,
    outputs: Vec<Output>,
    /// One in three packets of media is lost until then, and what is sent again.
    loses_until: Instant,
    sent: u32,
}

const HERE: &str = "127.0.0.1:1000";
const THERE: &str = "127.0.0.1:2000";

/// What our server asks of Opus, in an answer of str0m's.
fn asked(answer: &str) -> String {
    let opus = "useinbandfec=1;usedtx=0;cbr=1;maxaveragebitrate=32000";
    answer.replace("useinbandfec=1", opus)
}

impl Pair {
    fn new(shape: Shape) -> Self {
        let now = Instant::now();
        let (mut media, offer) = Media::offer(now, shape, &[HERE.parse().unwrap()]).unwrap();
        let mut peer = configure().set_ice_lite(true).build(now);
        peer.add_local_candidate(Candidate::host(THERE.parse().unwrap(), Protocol::Udp).unwrap());
        let offer = SdpOffer::from_sdp_string(&offer).unwrap();
        let answer = peer.sdp_api().accept_offer(offer).unwrap();
        media
            .accept_answer(&asked(&answer.to_sdp_string()))
            .unwrap();
        Self {
            media,
            peer,
            now,
            heard: Vec::new(),
            outputs: Vec::new(),
            loses_until: now,
            sent: 0,
        }
    }

    /// Whether this one gets lost: RTP, not RTCP (RFC 5761, 4).
    fn is_lost(&mut self, datagram: &[u8]) -> bool {
        let is_media = matches!(datagram, [128..=191, kind, ..] if !(192..=223).contains(kind));
        self.sent += u32::from(is_media);
        // What is sent again comes behind the sixteenth.
        let lost = self.sent % 3 == 2 || self.sent > 16;
        is_media && lost && self.now < self.loses_until
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.media.handle_timeout(self.now).unwrap();
            self.drain();
            self.peer.handle_input(Input::Timeout(self.now)).unwrap();
            self.drain();
            self.now += Duration::from_millis(5);
        }
    }

    fn drain(&mut self) {
        loop {
            let mut idle = true;
            loop {
                match self.media.poll(self.now).unwrap() {
                    Output::Wait(_) => break,
                    Output::Transmit(t) => {
                        idle = false;
                        if self.is_lost(&t.contents) {
                            continue;
                        }
                        let (source, to) = (HERE.parse().unwrap(), THERE.parse().unwrap());
                        let receive = Receive::new(Protocol::Udp, source, to, &t.contents).unwrap();
                        self.peer
                            .handle_input(Input::Receive(self.now, receive))
                            .unwrap();
                        self.drain_peer();
                    }
                    other => self.outputs.push(other),
                }
            }
            self.drain_peer();
            if idle {
                return;
            }
        }
    }

    fn drain_peer(&mut self) {
        loop {
            match self.peer.poll_output().unwrap() {
                RtcOutput::Timeout(_) => return,
                RtcOutput::Transmit(t) => {
                    let path = (Protocol::Udp, THERE.parse().unwrap(), HERE.parse().unwrap());
                    self.media
                        .handle_datagram(self.now, path, &t.contents)
                        .unwrap();
                    loop {
                        match self.media.poll(self.now).unwrap() {
                            Output::Wait(_) => break,
                            // Answers are taken up by the next `drain`; a test has time.
                            Output::Transmit(t) => self.outputs.push(Output::Transmit(t)),
                            other => self.outputs.push(other),
                        }
                    }
                    self.flush_transmits();
                }
                RtcOutput::Event(Event::MediaData(d)) => self.heard.push((d.rid, d.data.to_vec())),
                RtcOutput::Event(_) => {}
            }
        }
    }

    fn flush_transmits(&mut self) {
        let (transmits, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.outputs)
            .into_iter()
            .partition(|o| matches!(o, Output::Transmit(_)));
        self.outputs = rest;
        for transmit in transmits {
            let Output::Transmit(t) = transmit else {
                continue;
            };
            if self.is_lost(&t.contents) {
                continue;
            }
            let (source, to) = (HERE.parse().unwrap(), THERE.parse().unwrap());
            let receive = Receive::new(Protocol::Udp, source, to, &t.contents).unwrap();
            self.peer
                .handle_input(Input::Receive(self.now, receive))
                .unwrap();
        }
    }
}

fn shape() -> Shape {
    Shape {
        audio: 2,
        video: 3,
        own: Own::All,
    }
}

#[test]
fn the_offer_has_the_own_lines_first_and_no_audio_level() {
    let (_, offer) = Media::offer(Instant::now(), shape(), &[]).unwrap();
    let lines: Vec<_> = offer.lines().filter(|l| l.starts_with("m=")).collect();
    let kinds: Vec<_> = lines.iter().map(|l| l.split(' ').next().unwrap()).collect();
    let expected = [
        "audio", "video", "video", "audio", "audio", "video", "video", "video",
    ];
    assert_eq!(kinds, expected.map(|kind| format!("m={kind}")));
    let directions: Vec<_> = offer
        .lines()
        .filter(|l| ["a=sendonly", "a=recvonly"].contains(l))
        .collect();
    assert_eq!(directions[..3], ["a=sendonly"; 3]);
    assert_eq!(directions[3..], ["a=recvonly"; 5]);
    assert!(offer.contains("a=simulcast:send q;h"));
    assert!(!offer.contains("ssrc-audio-level"));
    let voice = Media::offer(
        Instant::now(),
        Shape {
            own: Own::Voice,
            ..shape()
        },
        &[],
    )
    .unwrap()
    .1;
    assert_eq!(voice.matches("a=sendonly").count(), 1);
    let none = Media::offer(
        Instant::now(),
        Shape {
            own: Own::Nothing,
            ..shape()
        },
        &[],
    )
    .unwrap()
    .1;
    assert_eq!(none.matches("a=sendonly").count(), 0);
}

#[test]
fn frames_of_every_stream_and_size_arrive_whole() {
    let mut pair = Pair::new(shape());
    pair.run(Duration::from_millis(500));
    assert!(pair.media.is_connected());
    let mut sent = Vec::new();
    for (i, size) in [1usize, 40, 1_199, 1_200, 1_201, 5_000, 30_000]
        .into_iter()
        .enumerate()
    {
        for stream in [
            Stream::Microphone,
            Stream::Camera(Layer::Quarter),
            Stream::Camera(Layer::Half),
        ] {
            let (rid, step) = match stream {
                Stream::Microphone => (None, 960),
                Stream::Camera(layer) => (Some(Rid::from(layer.rid())), 9_000),
                Stream::Screen => (None, 9_000),
            };
            if stream == Stream::Microphone && size > 1_000 {
                continue;
            }
            let (kind, key) = (stream.kid().0.kind(), i == 0);
            let mut data = envelope::clear_bytes(kind, key).to_vec();
            data.extend((0..size).map(|n| (n * 7 + i) as u8));
            sent.push((rid, data.clone()));
            let frame = SealedFrame::pretend(stream, i as u64 * step, data);
            pair.media.send(pair.now, frame).unwrap();
            pair.drain();
        }
        pair.run(Duration::from_millis(100));
    }
    pair.run(Duration::from_millis(500));
    for rid in [None, Some(Rid::from("q")), Some(Rid::from("h"))] {
        let of = |list: &[(Option<Rid>, Vec<u8>)]| -> Vec<Vec<u8>> {
            list.iter()
                .filter(|f| f.0 == rid)
                .map(|f| f.1.clone())
                .collect()
        };
        let sizes = |frames: Vec<Vec<u8>>| frames.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(of(&pair.heard)), sizes(of(&sent)), "{rid:?}");
        assert!(of(&pair.heard) == of(&sent), "frames of {rid:?} differ");
    }
}

#[test]
fn a_picture_arrives_whole_if_what_was_lost_of_it_is_lost_again_and_again() {
    for stream in [Stream::Screen, Stream::Camera(Layer::Quarter)] {
        let mut pair = Pair::new(shape());
        pair.run(Duration::from_millis(500));
        (pair.sent, pair.loses_until) = (0, pair.now + Duration::from_millis(250));
        let mut data = envelope::clear_bytes(Kind::Picture, true).to_vec();
        data.extend([0x5a; 17_000]);
        let frame = SealedFrame::pretend(stream, 0, data);
        pair.media.send(pair.now, frame).unwrap();
        pair.run(Duration::from_secs(2));
        let sizes: Vec<_> = pair.heard.iter().map(|(_, data)| data.len()).collect();
        assert!(
            sizes.len() == 1 && sizes[0] > 17_000,
            "{stream:?}: {sizes:?}"
        );
    }
}

#[test]
fn a_key_frame_request_names_its_layer() {
    let mut pair = Pair::new(shape());
    pair.run(Duration::from_millis(500));
    for layer in Layer::ALL {
        let mut data = envelope::clear_bytes(Kind::Picture, true).to_vec();
        data.extend([0xff; 50]);
        let frame = SealedFrame::pretend(Stream::Camera(layer), 0, data);
        pair.media.send(pair.now, frame).unwrap();
        pair.run(Duration::from_millis(50));
    }
    let mid = pair.media.camera.unwrap();
    let mut writer = pair.peer.writer(mid).unwrap();
    writer
        .request_keyframe(Some(Rid::from("h")), KeyframeRequestKind::Pli)
        .unwrap();
    pair.run(Duration::from_millis(200));
    let wanted: Vec<_> = pair
        .outputs
        .iter()
        .filter_map(|o| match o {
            Output::KeyFrameWanted(Stream::Camera(layer)) => Some(*layer),
            _ => None,
        })
        .collect();
    assert_eq!(wanted, [Layer::Half]);
}

#[test]
fn a_foreign_or_broken_answer_is_refused() {
    let (mut media, offer) = Media::offer(Instant::now(), shape(), &[]).unwrap();
    for bad in ["", "v=0\r\n", "nonsense", &offer[..offer.len() / 3]] {
        assert!(media.accept_answer(bad).is_err());
        let (fresh, _) = Media::offer(Instant::now(), shape(), &[]).unwrap();
        media = fresh;
    }
}

#[test]
fn only_tcp_addresses_are_taken_from_an_answer() {
    let answer = "v=0\r\na=candidate:1 1 udp 2130706431 10.0.0.1 3478 typ host\r\n\
                  a=candidate:2 1 tcp 1671430143 10.0.0.1 443 typ host tcptype passive\r\n\
                  a=candidate:2 1 tcp 1671430143 10.0.0.1 443 typ host tcptype passive\r\n";
    assert_eq!(tcp_addresses(answer), ["10.0.0.1:443".parse().unwrap()]);
}
