//! The streams of a connection: what was negotiated for those that go out, which are taken from str0m, and
//! which track those are that come in.

use protocol::TrackKind;
use str0m::{
    media::{Mid, Pt, Rid},
    rtp::{Extension, Ssrc},
};

use crate::{connection::Connection, egress::Terms, header, peer::Track};

impl Connection {
    /// What was negotiated for the stream on an m-line.
    pub(crate) fn terms(&mut self, mid: Mid, payload_type: Pt, clock_rate: u32) -> Option<Terms> {
        let mut params = self.rtc.codec_config().params().iter();
        let params = params.find(|params| params.pt() == payload_type)?;
        let (resend, feedback) = (params.resend(), params.fb_transport_cc());
        let extensions = self.rtc.media(mid)?.remote_extmap();
        let id_of = |extension| header::usable_id(extensions.id_of(extension));
        let (mid_id, transport_id) = (
            id_of(Extension::RtpMid),
            id_of(Extension::TransportSequenceNumber),
        );
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None)?;
        Some(Terms {
            mid,
            ssrc: *stream.ssrc(),
            payload_type: *payload_type,
            clock_rate,
            resend: stream
                .rtx()
                .zip(resend)
                .map(|(ssrc, payload_type)| (*ssrc, *payload_type)),
            mid_id,
            transport_id: transport_id.filter(|_| feedback),
        })
    }

    /// After a negotiation, when all terms are known: these streams are ours.
    pub(crate) fn take_streams(&mut self, mids: impl Iterator<Item = Mid>) {
        let mut direct = self.rtc.direct_api();
        for mid in mids {
            if let Some(stream) = direct.stream_tx_by_mid(mid, None) {
                let (ssrc, resend) = (stream.ssrc(), stream.rtx());
                direct.remove_stream_tx(ssrc);
                self.outgoing.push((mid, ssrc, resend));
            }
        }
    }

    /// Which track and layer a stream is; asks str0m only for streams not seen before.
    pub(crate) fn route(&mut self, ssrc: Ssrc, layout: &Tracks<'_>) -> Option<(TrackKind, usize)> {
        if let Some(route) = self.routes.iter().find(|route| route.0 == ssrc) {
            return Some((route.1, route.2));
        }
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx(&ssrc)?;
        let (mid, rid) = (stream.mid(), stream.rid());
        let (kind, layer) = layout.find(mid, rid)?;
        self.routes
            .retain(|route| (route.1, route.2) != (kind, layer));
        self.routes.push((ssrc, kind, layer));
        Some((kind, layer))
    }
}

/// Where to look up which track and layer an m-line and rid are.
pub(crate) struct Tracks<'a>(pub(crate) &'a [Option<Track>; 3]);

impl Tracks<'_> {
    fn find(&self, mid: Mid, rid: Option<Rid>) -> Option<(TrackKind, usize)> {
        for kind in TrackKind::ALL {
            let Some(track) = self.0[kind as usize].as_ref().filter(|t| t.mid == mid) else {
                continue;
            };
            let layer = track.layers.iter().position(|layer| layer.rid == rid)?;
            return Some((kind, layer));
        }
        None
    }
}
