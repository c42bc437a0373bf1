//! One PeerConnection (RFC 8829) of a participant, without IO: str0m in frame mode.
//!
//! Owns the offer's shape, packets, DTLS-SRTP, ICE. Leaves sockets to [`crate::io`] and what is in a
//! frame to [`crate::sealing`]: nothing but sealed frames can be sent. Takes `now`, never reads a clock. The contract of
//! str0m is kept in one place: after each thing done to it, [`Media::poll`] is called until it says
//! [`Output::Wait`].

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::types::{Format, SeatKind};
use str0m::{
    Candidate, Event, IceConnectionState, Input, Output as RtcOutput, Rtc, RtcError,
    bwe::{Bitrate, BweKind},
    change::{SdpAnswer, SdpPendingOffer},
    format::{Codec, FormatParams, PayloadParams},
    media::{
        Direction, Frequency, KeyframeRequestKind, MediaKind, MediaTime, Mid, Rid, Simulcast,
        SimulcastLayer,
    },
    net::{Protocol, Receive, TcpType, Transmit},
    rtp::{Extension, ExtensionMap, RtpWrite, Ssrc},
};
use thiserror::Error;

use crate::{
    answer::{self, Fault},
    frames::{Kind, Layer, Stream, UnverifiedFrame},
    sealing::SealedFrame,
};

/// Without a working path for this long the PeerConnection is given up and made anew.
const PATH_LOST_MS: u64 = 6_000;
/// What a network is thought to carry of pictures before anything is known, and what is of use: both
/// layers and the screen.
const FIRST_ESTIMATE: Bitrate = Bitrate::kbps(300);
const WANTED: Bitrate = Bitrate::kbps(600);
/// A lost voice packet is waited for this long: two round trips on a far line, and on a near one that
/// loses much as many tries as [`str0m`] makes.
const VOICE_REORDER: Duration = Duration::from_millis(400);
/// Payload types of Opus, and of voices sent again (RFC 4588).
const OPUS: u8 = 111;
const OPUS_RESEND: u8 = 112;
/// Voice packets kept to be sent again: two seconds of them.
const VOICES_KEPT: usize = 100;
const VOICES_KEPT_FOR: Duration = Duration::from_secs(2);
/// Of what is sent, at most what is sent again. A line that loses a third needs more than the usual 15 %; without a
/// bound, whoever asks could fill it.
const VOICES_RESENT: f32 = 0.6;
/// The same of a picture; `None`: no bound but the pacer's. A second after a screen that stands still was sent all
/// there is to send of it is what was lost, and str0m lets go of all it was asked for when that is more than its share.
const PICTURES_RESENT: Option<f32> = None;
const PICTURES_KEPT: usize = 256;
const PICTURES_KEPT_FOR: Duration = Duration::from_secs(3);

/// What a PeerConnection has to carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Transceivers for others' voices.
    pub audio: u16,
    /// Transceivers for others' pictures.
    pub video: u16,
    /// Own transceivers, always the first m-lines.
    pub own: Own,
}

/// The transceivers a seat sends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// Microphone, camera, screen, in this order.
    All,
    /// Microphone: calls without pictures.
    Voice,
    /// None: observers.
    Nothing,
}

impl Own {
    /// What a seat of this kind has in a call of this format.
    pub const fn of(format: Format, kind: SeatKind) -> Self {
        match (kind, format) {
            (SeatKind::Observer, _) => Self::Nothing,
            (_, Format::Voice) => Self::Voice,
            (_, Format::Video) => Self::All,
        }
    }
}

/// Why a PeerConnection cannot be used.
#[derive(Debug, Error)]
pub enum MediaError {
    /// The server's SDP is not an answer to the offer made.
    #[error("the answer cannot be used")]
    BadAnswer,
    /// It is none that an honest server gives.
    #[error("the answer is not an honest server's: {0}")]
    Refused(#[from] Fault),
    /// str0m refused.
    #[error("the media engine gave up: {0}")]
    Engine(#[from] RtcError),
}

/// What a PeerConnection wants done, or has to say.
pub enum Output {
    /// Send a datagram (or a framed one, for TCP).
    Transmit(Transmit),
    /// A frame arrived.
    Frame(UnverifiedFrame),
    /// The server wants a key frame of this stream.
    KeyFrameWanted(Stream),
    /// The network is thought to carry so many bits a second of pictures.
    Estimate(u64),
    /// DTLS is done: frames can be sent.
    Connected,
    /// No path to the server any more: make a new one.
    Lost,
    /// Nothing more now; call [`Media::handle_timeout`] at this time.
    Wait(Instant),
}

/// One PeerConnection.
pub struct Media {
    rtc: Rtc,
    microphone: Option<Mid>,
    camera: Option<Mid>,
    screen: Option<Mid>,
    /// Number of the next voice packet.
    voice_seq: u64,
    /// On it voices are sent again.
    resend: Ssrc,
    pending: Option<SdpPendingOffer>,
    /// What the answer is judged by.
    offer: String,
    /// Since when there is no path; from the start until the first one is found.
    path_lost_at: Option<Instant>,
    connected: bool,
    lost: bool,
}

impl Media {
    /// A PeerConnection with its offer. `local` are the addresses of bound UDP sockets.
    pub fn offer(
        now: Instant,
        shape: Shape,
        local: &[SocketAddr],
    ) -> Result<(Self, String), MediaError> {
        Self::build(configure().build(now), now, shape, local)
    }

    /// The same, estimating what the network carries: for networks that carry little.
    pub fn offer_with_estimate(
        now: Instant,
        shape: Shape,
        local: &[SocketAddr],
    ) -> Result<(Self, String), MediaError> {
        let mut rtc = configure().enable_bwe(Some(FIRST_ESTIMATE)).build(now);
        rtc.bwe().set_bitrate(Bitrate::ZERO, WANTED);
        Self::build(rtc, now, shape, local)
    }

    fn build(
        mut rtc: Rtc,
        now: Instant,
        shape: Shape,
        local: &[SocketAddr],
    ) -> Result<(Self, String), MediaError> {
        for &addr in local {
            if let Ok(candidate) = Candidate::host(addr, Protocol::Udp) {
                rtc.add_local_candidate(candidate);
            }
        }
        let mut sdp = rtc.sdp_api();
        let (mut microphone, mut camera, mut screen) = (None, None, None);
        if shape.own != Own::Nothing {
            microphone =
                Some(sdp.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None));
        }
        if shape.own == Own::All {
            let mut layers = Simulcast::new();
            for layer in Layer::ALL {
                layers.add_send_layer(SimulcastLayer::new(layer.rid()));
            }
            camera = Some(sdp.add_media(
                MediaKind::Video,
                Direction::SendOnly,
                None,
                None,
                Some(layers),
            ));
            screen = Some(sdp.add_media(MediaKind::Video, Direction::SendOnly, None, None, None));
        }
        for (kind, count) in [
            (MediaKind::Audio, shape.audio),
            (MediaKind::Video, shape.video),
        ] {
            for _ in 0..count {
                sdp.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        let (offer, pending) = sdp.apply().ok_or(MediaError::BadAnswer)?;
        let resend = rtc.direct_api().new_ssrc();
        let offer = with_resend(&answer::told(&offer.to_sdp_string()), resend);
        let media = Self {
            rtc,
            microphone,
            camera,
            screen,
            voice_seq: 1,
            resend,
            pending: Some(pending),
            offer: offer.clone(),
            path_lost_at: Some(now),
            connected: false,
            lost: false,
        };
        Ok((media, offer))
    }

    /// The server's answer to the offer.
    pub fn accept_answer(&mut self, sdp: &str) -> Result<(), MediaError> {
        answer::judge(&self.offer, sdp)?;
        let answer = SdpAnswer::from_sdp_string(sdp).map_err(|_| MediaError::BadAnswer)?;
        let pending = self.pending.take().ok_or(MediaError::BadAnswer)?;
        self.rtc.sdp_api().accept_answer(pending, answer)?;
        self.let_voices_be_resent();
        self.let_pictures_be_resent();
        Ok(())
    }

    fn let_pictures_be_resent(&mut self) {
        let layers = Layer::ALL.map(|layer| (self.camera, Some(Rid::from(layer.rid()))));
        let mut direct = self.rtc.direct_api();
        for (mid, rid) in layers.into_iter().chain([(self.screen, None)]) {
            if let Some(stream) = mid.and_then(|mid| direct.stream_tx_by_mid(mid, rid)) {
                stream.set_rtx_cache(PICTURES_KEPT, PICTURES_KEPT_FOR, PICTURES_RESENT);
            }
        }
    }

    /// str0m makes a stream to resend on for pictures only.
    fn let_voices_be_resent(&mut self) {
        let can = self.opus().is_some_and(|opus| opus.resend().is_some());
        let Some(mid) = self.microphone.filter(|_| can) else {
            return;
        };
        let mut direct = self.rtc.direct_api();
        let Some(ssrc) = direct.stream_tx_by_mid(mid, None).map(|tx| tx.ssrc()) else {
            return;
        };
        direct.remove_stream_tx(ssrc);
        let stream = direct.declare_stream_tx(ssrc, Some(self.resend), mid, None);
        stream.set_rtx_cache(VOICES_KEPT, VOICES_KEPT_FOR, Some(VOICES_RESENT));
    }

    fn opus(&self) -> Option<PayloadParams> {
        let mut params = self.rtc.codec_config().params().iter();
        params.find(|p| p.spec().codec == Codec::Opus).copied()
    }

    /// A TCP connection to the server's ICE-TCP port (RFC 6544) is open from `local`.
    pub fn add_tcp_path(&mut self, local: SocketAddr) -> Result<(), MediaError> {
        let candidate = Candidate::builder()
            .tcp()
            .host(local)
            .tcptype(TcpType::Active)
            .build();
        let candidate = candidate.map_err(|_| MediaError::BadAnswer)?;
        self.rtc.add_local_candidate(candidate);
        Ok(())
    }

    /// A datagram arrived. What is not for this PeerConnection is ignored.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        (proto, source, destination): (Protocol, SocketAddr, SocketAddr),
        datagram: &[u8],
    ) -> Result<(), MediaError> {
        let Ok(receive) = Receive::new(proto, source, destination, datagram) else {
            return Ok(());
        };
        let input = Input::Receive(now, receive);
        if self.rtc.accepts(&input) {
            self.rtc.handle_input(input)?;
        }
        Ok(())
    }

    /// The time of [`Output::Wait`] has come.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), MediaError> {
        let limit = Duration::from_millis(PATH_LOST_MS);
        if self
            .path_lost_at
            .is_some_and(|at| now.duration_since(at) >= limit)
        {
            self.lost = true;
        }
        Ok(self.rtc.handle_input(Input::Timeout(now))?)
    }

    /// Whether a path to the server was found, and works.
    pub fn has_path(&self) -> bool {
        self.path_lost_at.is_none()
    }

    /// Whether frames can be sent.
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    /// Cuts a frame into packets. Frames of streams that were not negotiated are dropped.
    pub fn send(&mut self, now: Instant, frame: SealedFrame) -> Result<(), MediaError> {
        let (mid, rid, clock) = match frame.stream() {
            Stream::Microphone => return self.send_voice(now, frame),
            Stream::Camera(layer) => (
                self.camera,
                Some(Rid::from(layer.rid())),
                Frequency::NINETY_KHZ,
            ),
            Stream::Screen => (self.screen, None, Frequency::NINETY_KHZ),
        };
        let Some(writer) = mid
            .filter(|_| self.connected)
            .and_then(|mid| self.rtc.writer(mid))
        else {
            return Ok(());
        };
        let Some(pt) = writer.payload_params().next().map(|params| params.pt()) else {
            return Ok(());
        };
        let writer = match rid {
            Some(rid) => writer.rid(rid),
            None => writer,
        };
        let time = MediaTime::new(frame.time(), clock);
        match writer.write(pt, now, time, frame.into_bytes()) {
            // The server may take fewer layers than were offered.
            Ok(()) | Err(RtcError::UnknownRid(_)) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// One packet, that can be sent again: str0m's own packets of Opus cannot.
    fn send_voice(&mut self, now: Instant, frame: SealedFrame) -> Result<(), MediaError> {
        let Some(mid) = self.microphone.filter(|_| self.connected) else {
            return Ok(());
        };
        let Some(pt) = self.opus().map(|opus| opus.pt()) else {
            return Ok(());
        };
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else {
            return Ok(());
        };
        let (seq, time) = (self.voice_seq.into(), frame.time() as u32);
        self.voice_seq += 1;
        stream.write_rtp(RtpWrite::new(pt, seq, time, now, frame.into_bytes()).nackable(true));
        Ok(self.rtc.handle_input(Input::Timeout(now))?)
    }

    /// Asks the server for a key frame on one of the receiving transceivers.
    pub fn request_key_frame(&mut self, mid: &str) {
        if let Some(mut writer) = self.rtc.writer(Mid::from(mid)) {
            // Refused only while nothing was received there, when nothing is missing either.
            let _ = writer.request_keyframe(None, KeyframeRequestKind::Pli);
        }
    }

    /// Next thing to do, until [`Output::Wait`].
    pub fn poll(&mut self, now: Instant) -> Result<Output, MediaError> {
        loop {
            if self.lost || !self.rtc.is_alive() {
                self.lost = true;
                return Ok(Output::Lost);
            }
            let output = match self.rtc.poll_output()? {
                RtcOutput::Transmit(transmit) => Some(Output::Transmit(transmit)),
                RtcOutput::Timeout(at) => Some(Output::Wait(self.earliest(at))),
                RtcOutput::Event(event) => self.handle_event(now, event),
            };
            if let Some(output) = output {
                return Ok(output);
            }
        }
    }

    fn earliest(&self, at: Instant) -> Instant {
        let limit = self
            .path_lost_at
            .map(|lost| lost + Duration::from_millis(PATH_LOST_MS));
        limit.map_or(at, |limit| limit.min(at))
    }

    fn handle_event(&mut self, now: Instant, event: Event) -> Option<Output> {
        match event {
            Event::Connected => {
                self.connected = true;
                Some(Output::Connected)
            }
            Event::IceConnectionStateChange(state) => {
                match state {
                    IceConnectionState::Connected | IceConnectionState::Completed => {
                        self.path_lost_at = None;
                    }
                    IceConnectionState::Disconnected => {
                        self.path_lost_at.get_or_insert(now);
                    }
                    IceConnectionState::New | IceConnectionState::Checking => {}
                }
                None
            }
            Event::KeyframeRequest(request) if Some(request.mid) == self.screen => {
                Some(Output::KeyFrameWanted(Stream::Screen))
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                Some(Output::Estimate(estimate.as_u64()))
            }
            Event::KeyframeRequest(request) => {
                let wanted = |layer: &Layer| request.rid == Some(Rid::from(layer.rid()));
                Layer::ALL
                    .into_iter()
                    .find(wanted)
                    .map(|layer| Output::KeyFrameWanted(Stream::Camera(layer)))
            }
            Event::MediaData(data) => {
                let voice = data.params.spec().codec.is_audio();
                let kind = if voice { Kind::Voice } else { Kind::Picture };
                let (mid, time) = (data.mid.to_string(), data.time.numer());
                let contiguous = data.contiguous;
                Some(Output::Frame(UnverifiedFrame {
                    mid,
                    kind,
                    time,
                    contiguous,
                    data: data.data,
                }))
            }
            Event::Closed => {
                self.lost = true;
                Some(Output::Lost)
            }
            _ => None,
        }
    }
}

/// Opus and VP8 alone, and no audio-level extension: it would tell the server who speaks.
pub(crate) fn configure() -> str0m::RtcConfig {
    let mut extensions = ExtensionMap::empty();
    extensions.set(3, Extension::TransportSequenceNumber);
    extensions.set(4, Extension::RtpMid);
    extensions.set(10, Extension::RtpStreamId);
    extensions.set(11, Extension::RepairedRtpStreamId);
    let mut config = Rtc::builder()
        .set_crypto_provider(Arc::new(srtp::provider()))
        .clear_codecs()
        .enable_vp8(true)
        .set_extension_map(extensions)
        .set_reordering_timeout_audio(Some(VOICE_REORDER));
    let format = FormatParams {
        min_p_time: Some(10),
        use_inband_fec: Some(true),
        ..FormatParams::default()
    };
    let (opus, resend) = (OPUS.into(), Some(OPUS_RESEND.into()));
    let clock = Frequency::FORTY_EIGHT_KHZ;
    let codecs = config.codec_config();
    codecs.add_config(opus, resend, Codec::Opus, clock, Some(2), format);
    config
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

/// The server's TCP addresses in its answer.
pub fn tcp_addresses(answer: &str) -> Vec<SocketAddr> {
    let lines = answer
        .lines()
        .filter_map(|line| line.trim().strip_prefix("a="));
    let candidates = lines.filter_map(|line| Candidate::from_sdp_string(line).ok());
    let mut addresses: Vec<_> = candidates
        .filter(|c| c.proto() == Protocol::Tcp)
        .map(|c| c.addr())
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests;
