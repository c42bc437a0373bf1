//! A scripted WebRTC client on str0m.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    bwe::Bitrate,
    change::{SdpAnswer, SdpApi, SdpPendingOffer},
    format::{Codec, FormatParams},
    media::{
        Direction, Frequency, KeyframeRequestKind, MediaKind, Mid, Rid, Simulcast, SimulcastLayer,
    },
    net::{Protocol, Receive, TcpType},
    rtp::{RtpWrite, Ssrc},
};

use crate::{
    network::Datagram,
    script::{VideoScript, voice_packet},
    viewer::{Listener, Viewer},
};

/// What a client offers.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Its seat; in its marks.
    pub seat: u16,
    /// Its address.
    pub addr: SocketAddr,
    /// UDP, or a TCP connection it made.
    pub proto: Protocol,
    /// `recvonly` audio transceivers.
    pub audio: usize,
    /// `recvonly` video transceivers.
    pub video: usize,
    /// It offers a microphone.
    pub microphone: bool,
    /// Voices are sent again, as among native clients.
    pub resend_voices: bool,
    /// It offers a camera.
    pub camera: Option<VideoScript>,
    /// It offers a screen.
    pub screen: Option<VideoScript>,
}

/// One PeerConnection and what comes through it.
pub struct Client {
    rtc: Rtc,
    ufrag: String,
    /// On it voices are sent again.
    resend: Ssrc,
    options: ClientOptions,
    pending: Option<SdpPendingOffer>,
    sends: [Option<Sending>; 3],
    /// `recvonly` mids, in order.
    pub audio_mids: Vec<Mid>,
    /// `recvonly` mids, in order.
    pub video_mids: Vec<Mid>,
    /// By mid.
    pub listeners: BTreeMap<String, Listener>,
    /// By mid.
    pub viewers: BTreeMap<String, Viewer>,
    /// Key frame requests it got, with rid.
    pub key_requests: Vec<(Instant, Option<String>)>,
    /// ICE and DTLS are up.
    pub connected: bool,
    /// The last Binding request it sent.
    pub last_request: Option<Vec<u8>>,
    timeout: Instant,
    out: Vec<Datagram>,
}

/// A published track.
struct Sending {
    mid: Mid,
    script: Option<VideoScript>,
    next: Instant,
    started: Instant,
    number: u32,
    /// Next sequence number of each layer.
    seqs: Vec<u64>,
    /// It sends now.
    on: bool,
}

impl Client {
    /// A client that has not offered yet.
    pub fn new(now: Instant, options: ClientOptions) -> Self {
        let mut config = RtcConfig::new()
            .set_crypto_provider(Arc::new(srtp::provider()))
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_vp8(true)
            .enable_bwe(Some(Bitrate::mbps(5)));
        config.codec_config().add_config(
            111.into(),
            options.resend_voices.then_some(112.into()),
            Codec::Opus,
            Frequency::FORTY_EIGHT_KHZ,
            Some(2),
            FormatParams {
                min_p_time: Some(10),
                use_inband_fec: Some(true),
                ..FormatParams::default()
            },
        );
        let mut rtc = config.build(now);
        let host = match options.proto {
            Protocol::Udp => Candidate::builder().udp().host(options.addr).build(),
            _ => Candidate::builder()
                .tcp()
                .host(options.addr)
                .tcptype(TcpType::Active)
                .build(),
        };
        let host = host.expect("a usable address");
        rtc.add_local_candidate(host);
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let resend = rtc.direct_api().new_ssrc();
        Self {
            rtc,
            ufrag,
            resend,
            options,
            pending: None,
            sends: [None, None, None],
            audio_mids: Vec::new(),
            video_mids: Vec::new(),
            listeners: BTreeMap::new(),
            viewers: BTreeMap::new(),
            key_requests: Vec::new(),
            connected: false,
            last_request: None,
            timeout: now,
            out: Vec::new(),
        }
    }

    /// The first offer.
    pub fn offer(&mut self, now: Instant) -> String {
        let mut api = self.rtc.sdp_api();
        let (camera, screen) = (self.options.camera.clone(), self.options.screen.clone());
        let wanted = [
            self.options.microphone.then_some((MediaKind::Audio, None)),
            camera.map(|script| (MediaKind::Video, Some(script))),
            screen.map(|script| (MediaKind::Video, Some(script))),
        ];
        for (place, wanted) in self.sends.iter_mut().zip(wanted) {
            let Some((kind, script)) = wanted else {
                continue;
            };
            let simulcast = script.as_ref().and_then(simulcast);
            let mid = api.add_media(kind, Direction::SendOnly, None, None, simulcast);
            *place = Some(Sending::new(now, mid, script));
        }
        let (audio, video) = (self.options.audio, self.options.video);
        add_receivers(&mut api, MediaKind::Audio, audio, &mut self.audio_mids);
        add_receivers(&mut api, MediaKind::Video, video, &mut self.video_mids);
        let (offer, pending) = api.apply().expect("there is something to negotiate");
        self.pending = Some(pending);
        match self.options.resend_voices {
            true => with_resend(&offer.to_sdp_string(), self.resend),
            false => offer.to_sdp_string(),
        }
    }

    /// An offer of the same connection with more transceivers to receive on.
    pub fn offer_more(&mut self, audio: usize, video: usize) -> String {
        let mut api = self.rtc.sdp_api();
        add_receivers(&mut api, MediaKind::Audio, audio, &mut self.audio_mids);
        add_receivers(&mut api, MediaKind::Video, video, &mut self.video_mids);
        let (offer, pending) = api.apply().expect("there is something to negotiate");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    /// The server's answer.
    pub fn accept(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("the server's answer parses");
        let pending = self.pending.take().expect("there was an offer");
        let accepted = self.rtc.sdp_api().accept_answer(pending, answer);
        accepted.expect("the answer fits the offer");
        let voice = self.sends[0].as_ref().map(|sending| sending.mid);
        if let Some(mid) = voice.filter(|_| self.options.resend_voices) {
            // str0m has a stream to resend on for pictures only.
            let mut direct = self.rtc.direct_api();
            let stream = direct.stream_tx_by_mid(mid, None);
            let ssrc = stream.expect("it was negotiated").ssrc();
            direct.remove_stream_tx(ssrc);
            let stream = direct.declare_stream_tx(ssrc, Some(self.resend), mid, None);
            // Its own limit would stop at 15 % of what is sent.
            stream.set_rtx_cache(100, Duration::from_secs(2), None);
        }
    }

    /// Its ICE ufrag.
    pub fn ufrag(&self) -> String {
        self.ufrag.clone()
    }

    /// Asks for a key frame of everything it receives, like a client that means ill.
    pub fn request_key_frames(&mut self) {
        for mid in self.video_mids.clone() {
            let mut direct = self.rtc.direct_api();
            if let Some(stream) = direct.stream_rx_by_mid(mid, None) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
    }

    /// Where it is.
    pub fn addr(&self) -> SocketAddr {
        self.options.addr
    }

    /// Stops or goes on sending a track: 0 microphone, 1 camera, 2 screen.
    pub fn set_sending(&mut self, track: usize, on: bool) {
        if let Some(sending) = &mut self.sends[track] {
            sending.on = on;
        }
    }

    /// Sends a packet of a track, as it comes: `seq` and `timestamp` are added to where its layer is.
    pub fn send_packet(
        &mut self,
        now: Instant,
        track: usize,
        layer: usize,
        seq: u64,
        timestamp: u32,
        payload: &[u8],
    ) {
        let Some(mut sending) = self.sends[track].take() else {
            return;
        };
        let layer = layer % sending.seqs.len();
        sending.seqs[layer] += seq;
        let elapsed = now.saturating_duration_since(sending.started).as_millis() as u32;
        let (codec, rid) = match &sending.script {
            None => (Codec::Opus, None),
            Some(script) => (Codec::Vp8, script.layers[layer].rid),
        };
        let (number, time) = (sending.seqs[layer], (elapsed * 90).wrapping_add(timestamp));
        let (mid, marker) = (sending.mid, timestamp % 2 == 1);
        self.write(now, mid, rid, codec, number, time, marker, payload.to_vec());
        self.sends[track] = Some(sending);
    }

    /// The script of a picture, to change it.
    pub fn script(&mut self, track: usize) -> &mut VideoScript {
        let sending = self.sends[track].as_mut().expect("the track is offered");
        sending.script.as_mut().expect("it is a picture")
    }

    /// A datagram came.
    pub fn handle_datagram(&mut self, now: Instant, datagram: &Datagram) {
        let proto = self.options.proto;
        let receive = Receive::new(proto, datagram.from, datagram.to, &datagram.bytes);
        if let Ok(receive) = receive {
            let _ = self.rtc.handle_input(Input::Receive(now, receive));
            self.drain(now);
        }
    }

    /// Time passed: sends what is due. Gives what goes out.
    pub fn handle_time(&mut self, now: Instant) -> Vec<Datagram> {
        if self.connected {
            self.publish(now);
            self.ask_for_key_frames(now);
        }
        if self.timeout <= now {
            let _ = self.rtc.handle_input(Input::Timeout(now));
            self.drain(now);
        }
        std::mem::take(&mut self.out)
    }

    fn publish(&mut self, now: Instant) {
        for track in 0..3 {
            let Some(mut sending) = self.sends[track].take() else {
                continue;
            };
            while sending.next <= now {
                self.publish_one(now, track, &mut sending);
            }
            self.sends[track] = Some(sending);
        }
    }

    fn publish_one(&mut self, now: Instant, track: usize, sending: &mut Sending) {
        let elapsed = sending.next.duration_since(sending.started).as_millis() as u32;
        sending.number += 1;
        let seat = self.options.seat;
        let Some(script) = &mut sending.script else {
            if sending.on {
                let payload = voice_packet(seat, sending.number);
                let seq = sending.seqs[0];
                sending.seqs[0] += 1;
                self.write(
                    now,
                    sending.mid,
                    None,
                    Codec::Opus,
                    seq,
                    elapsed * 48,
                    true,
                    payload,
                );
            }
            sending.next += Duration::from_millis(20);
            return;
        };
        sending.next += Duration::from_millis(1000 / script.frames_per_second);
        let mut writes = Vec::new();
        for layer in 0..script.layers.len() {
            if !script.layers[layer].on || !sending.on {
                continue;
            }
            let (payloads, _) = script.next_frame(seat, track as u8, layer);
            let rid = script.layers[layer].rid;
            let last = payloads.len() - 1;
            for (index, payload) in payloads.into_iter().enumerate() {
                let seq = sending.seqs[layer];
                sending.seqs[layer] += 1;
                writes.push((rid, seq, index == last, payload));
            }
        }
        for (rid, seq, marker, payload) in writes {
            let timestamp = elapsed * 90;
            self.write(
                now,
                sending.mid,
                rid,
                Codec::Vp8,
                seq,
                timestamp,
                marker,
                payload,
            );
        }
    }

    #[allow(clippy::too_many_arguments)] // One call, of a test tool, with the fields of a packet.
    fn write(
        &mut self,
        now: Instant,
        mid: Mid,
        rid: Option<&str>,
        codec: Codec,
        seq: u64,
        timestamp: u32,
        marker: bool,
        payload: Vec<u8>,
    ) {
        let mut params = self.rtc.codec_config().params().iter();
        let param = params.find(|param| param.spec().codec == codec);
        let pt = param.expect("the codec is configured").pt();
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, rid.map(Rid::from)) else {
            return;
        };
        let write = RtpWrite::new(pt, seq.into(), timestamp, now, payload)
            .marker(marker)
            .nackable(codec == Codec::Vp8 || self.options.resend_voices);
        stream.write_rtp(write);
        let _ = self.rtc.handle_input(Input::Timeout(now));
        self.drain(now);
    }

    fn ask_for_key_frames(&mut self, now: Instant) {
        let stalled = self.viewers.iter_mut().filter_map(|(mid, viewer)| {
            let wants = viewer.wants_key_frame(now);
            wants.then(|| Mid::from(mid.as_str()))
        });
        for mid in stalled.collect::<Vec<_>>() {
            let mut direct = self.rtc.direct_api();
            if let Some(stream) = direct.stream_rx_by_mid(mid, None) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
            let _ = self.rtc.handle_input(Input::Timeout(now));
            self.drain(now);
        }
    }

    fn drain(&mut self, now: Instant) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.timeout = at;
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    let bytes: Vec<u8> = transmit.contents.into();
                    if bytes.starts_with(&[0, 1]) {
                        self.last_request = Some(bytes.clone());
                    }
                    self.out.push(Datagram {
                        from: transmit.source,
                        to: transmit.destination,
                        bytes,
                    });
                }
                Ok(Output::Event(event)) => self.handle_event(now, event),
                Err(_) => {
                    self.connected = false;
                    self.timeout = now + Duration::from_secs(3600);
                    return;
                }
            }
        }
    }

    fn handle_event(&mut self, now: Instant, event: Event) {
        match event {
            Event::Connected => {
                self.connected = true;
                for sending in self.sends.iter_mut().flatten() {
                    (sending.next, sending.started) = (now, now);
                }
            }
            Event::Closed => self.connected = false,
            Event::KeyframeRequest(request) => {
                let rid = request.rid.map(|rid| rid.to_string());
                for sending in self
                    .sends
                    .iter_mut()
                    .flatten()
                    .filter(|s| s.mid == request.mid)
                {
                    let layers = sending.script.iter_mut().flat_map(|s| &mut s.layers);
                    let asked = layers.filter(|l| l.rid == rid.as_deref());
                    asked.for_each(crate::LayerScript::request_key);
                }
                self.key_requests.push((now, rid));
            }
            Event::RtpPacket(packet) => {
                let mut direct = self.rtc.direct_api();
                let stream = direct.stream_rx(&packet.header.ssrc);
                let Some(mid) = stream.map(|stream| stream.mid()) else {
                    return;
                };
                if self.audio_mids.contains(&mid) {
                    let listener = self.listeners.entry(mid.to_string()).or_default();
                    listener.handle_packet(now, &packet);
                } else {
                    let viewer = self.viewers.entry(mid.to_string()).or_default();
                    viewer.handle_packet(now, &packet);
                }
            }
            _ => {}
        }
    }
}

impl Sending {
    fn new(now: Instant, mid: Mid, script: Option<VideoScript>) -> Self {
        let layers = script.as_ref().map_or(1, |script| script.layers.len());
        Self {
            mid,
            script,
            next: now,
            started: now,
            number: 0,
            seqs: (1..=layers as u64).map(|layer| layer * 100).collect(),
            on: true,
        }
    }
}

fn add_receivers(api: &mut SdpApi<'_>, kind: MediaKind, count: usize, mids: &mut Vec<Mid>) {
    for _ in 0..count {
        mids.push(api.add_media(kind, Direction::RecvOnly, None, None, None));
    }
}

/// An offer that names the stream on which the microphone's packets are sent again, too (RFC 5576, 4.2).
fn with_resend(offer: &str, resend: Ssrc) -> String {
    let (mut audio, mut named) = (false, false);
    let mut out = String::with_capacity(offer.len() + 80);
    for line in offer.lines() {
        if line.starts_with("m=") {
            audio = line.starts_with("m=audio");
        }
        let stream = line.strip_prefix("a=ssrc:").filter(|_| audio && !named);
        if let Some((main, rest)) = stream.and_then(|stream| stream.split_once(' ')) {
            out += &format!("a=ssrc-group:FID {main} {resend}\r\na=ssrc:{resend} {rest}\r\n");
            named = true;
        }
        out.push_str(line);
        out.push_str("\r\n");
    }
    out
}

fn simulcast(script: &VideoScript) -> Option<Simulcast> {
    let mut simulcast = Simulcast::new();
    for layer in &script.layers {
        simulcast.add_send_layer(SimulcastLayer::new(layer.rid?));
    }
    Some(simulcast)
}
