//! What a PeerConnection agrees on with a server (RFC 8829): its media lines, offers and answers, and
//! the streams that follow from them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use str0m::{
    Rtc,
    change::{SdpAnswer, SdpApi, SdpOffer, SdpPendingOffer},
    config::DtlsVersion,
    media::{Direction, MediaKind, Mid, Rid, Simulcast, SimulcastLayer},
    rtp::{Extension, ExtensionMap},
};

use super::Pc;
use crate::{
    outbound::{Content, Outbound},
    sdp::Numbers,
    shape::Picture,
};

/// Media lines of a PeerConnection, in this order, and what is sent on them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spec {
    pub(crate) microphone: bool,
    pub(crate) camera: bool,
    pub(crate) screen: bool,
    /// Lines that receive.
    pub(crate) audio: u16,
    pub(crate) video: u16,
    /// What is really sent.
    pub(crate) voice: bool,
    pub(crate) picture: Option<Picture>,
    /// Simulcast layers are listed from the highest on, as some servers want it.
    pub(crate) highest_first: bool,
}

/// The smaller and the counted layer of a simulcast picture.
const RIDS: [&str; 2] = ["q", "h"];

/// An offer that the server has not answered, and the lines of it that will send.
pub(super) struct Pending {
    offer: SdpPendingOffer,
    microphone: Option<Mid>,
    camera: Option<Mid>,
}

impl Pc {
    pub(crate) fn offer(&mut self) -> Result<String> {
        let spec = self.spec.clone();
        let mut sdp = self.rtc.sdp_api();
        let mut send = |kind, layers| sdp.add_media(kind, Direction::SendOnly, None, None, layers);
        let microphone = spec.microphone.then(|| send(MediaKind::Audio, None));
        let simulcast = spec
            .picture
            .is_some_and(|picture| picture.simulcast)
            .then(|| {
                let mut layers = Simulcast::new();
                let mut rids = RIDS;
                if spec.highest_first {
                    rids.reverse();
                }
                for rid in rids {
                    layers.add_send_layer(SimulcastLayer::new(rid));
                }
                layers
            });
        let camera = spec.camera.then(|| send(MediaKind::Video, simulcast));
        if spec.screen {
            send(MediaKind::Video, None);
        }
        lines_to_receive(&mut sdp, [spec.audio, spec.video]);
        let (offer, pending) = sdp.apply().context("an offer without media")?;
        self.pending = Some(Pending {
            offer: pending,
            microphone,
            camera,
        });
        Ok(offer.to_sdp_string())
    }

    /// Another offer, with more lines that receive audio and video. What is received on them began to be
    /// joined at `since`.
    pub(crate) fn offer_more(&mut self, lines: [u16; 2], since: Instant) -> Result<String> {
        let mut sdp = self.rtc.sdp_api();
        lines_to_receive(&mut sdp, lines);
        let (offer, pending) = sdp.apply().context("an offer of nothing new")?;
        self.pending = Some(Pending {
            offer: pending,
            microphone: None,
            camera: None,
        });
        self.receiver.since = since;
        Ok(offer.to_sdp_string())
    }

    /// The server's answer; from then on the path is looked for.
    pub(crate) fn accept(&mut self, sdp: &str) -> Result<()> {
        let pending = self.pending.take().context("no offer is open")?;
        let answer = SdpAnswer::from_sdp_string(sdp)?;
        self.rtc.sdp_api().accept_answer(pending.offer, answer)?;
        self.numbers = Numbers::read(sdp);
        if let Some(mid) = pending.microphone.filter(|_| self.spec.voice) {
            self.will_send(mid, None, Content::Voice)?;
        }
        if let Some((mid, picture)) = pending.camera.zip(self.spec.picture) {
            let content = Content::Picture(picture.packets);
            if picture.simulcast {
                self.will_send(mid, Some(RIDS[0]), Content::Small)?;
                self.will_send(mid, Some(RIDS[1]), content)?;
            } else {
                self.will_send(mid, None, content)?;
            }
        }
        self.pump();
        Ok(())
    }

    /// Answers a server's offer.
    pub(crate) fn answer(&mut self, sdp: &str) -> Result<String> {
        let offer = SdpOffer::from_sdp_string(sdp)?;
        let answer = self.rtc.sdp_api().accept_offer(offer)?;
        self.numbers = Numbers::read(sdp);
        self.pump();
        Ok(answer.to_sdp_string())
    }

    fn will_send(&mut self, mid: Mid, rid: Option<&str>, content: Content) -> Result<()> {
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, rid.map(Rid::from));
        let ssrc = *stream.context("the server took no such stream")?.ssrc();
        let line = self.numbers.line(&mid).context("the answer lacks a line")?;
        // All streams of all seats, spread over a frame's time: not all cameras tick together.
        let spread = Duration::from_micros(u64::from(ssrc % 33_333));
        let stream = Outbound::new(ssrc, content, line, rid, Instant::now() + spread);
        self.outbound
            .push(stream.context("the server did not take the codec")?);
        Ok(())
    }
}

fn lines_to_receive(sdp: &mut SdpApi<'_>, [audio, video]: [u16; 2]) {
    for (kind, lines) in [(MediaKind::Audio, audio), (MediaKind::Video, video)] {
        for _ in 0..lines {
            sdp.add_media(kind, Direction::RecvOnly, None, None, None);
        }
    }
}

pub(super) fn configure() -> str0m::RtcConfig {
    let mut extensions = ExtensionMap::empty();
    extensions.set(3, Extension::TransportSequenceNumber);
    extensions.set(4, Extension::RtpMid);
    extensions.set(10, Extension::RtpStreamId);
    extensions.set(11, Extension::RepairedRtpStreamId);
    Rtc::builder()
        .set_rtp_mode(true)
        .set_crypto_provider(Arc::new(srtp::provider()))
        // As browsers do with these servers; it is also where AES-GCM is chosen first.
        .set_dtls_version(DtlsVersion::Dtls12)
        .clear_codecs()
        .enable_opus(true, false)
        .enable_vp8(true)
        .set_extension_map(extensions)
}
