//! Rewrite, protect, send: the last step of a packet to one receiver, and the costliest.
//!
//! This is the seam for a faster path: callers see only [`Egress::switch`] and [`Egress::send`].
//! Here str0m protects (SRTP), paces, keeps packets for resending and sends.

use std::sync::Arc;

use str0m::{
    Rtc,
    media::{Mid, Pt},
    rtp::{RtpPacket, RtpWrite, Ssrc},
};

use crate::{
    rewrite::{Incoming, Rewriter},
    vp8::Vp8Packet,
};

/// One outgoing stream of one receiver.
pub(crate) struct Egress {
    mid: Mid,
    ssrc: Ssrc,
    payload_type: Pt,
    rewriter: Rewriter,
}

impl Egress {
    pub(crate) fn new(mid: Mid, ssrc: Ssrc, payload_type: Pt, clock_rate: u32) -> Self {
        // The SSRC is random; so is then the first sequence number (RFC 3550, 5.1).
        let first_seq = (*ssrc >> 7) as u16 & 0x3fff;
        Self {
            mid,
            ssrc,
            payload_type,
            rewriter: Rewriter::new(clock_rate, first_seq),
        }
    }

    pub(crate) fn mid(&self) -> Mid {
        self.mid
    }

    /// The stream goes on with another source, of which this is the first packet.
    pub(crate) fn switch(&mut self, first: &Incoming) {
        self.rewriter.switch(first);
    }

    /// Writes the packet, with this payload, to the receiver's `Rtc`. It leaves when that is next driven. False if the
    /// packet is not part of the stream.
    pub(crate) fn send(
        &mut self,
        rtc: &mut Rtc,
        packet: &RtpPacket,
        payload: Arc<[u8]>,
        incoming: &Incoming,
        vp8: Option<&Vp8Packet>,
    ) -> bool {
        let Some(out) = self.rewriter.rewrite(incoming) else {
            return false;
        };
        let mut direct = rtc.direct_api();
        let Some(stream) = direct.stream_tx(&self.ssrc) else {
            return false;
        };
        let mut write = RtpWrite::new(
            self.payload_type,
            out.seq.into(),
            out.timestamp,
            packet.timestamp,
            payload,
        )
        .marker(packet.header.marker)
        .nackable(vp8.is_some());
        if let Some(vp8) = vp8 {
            let mut patch = vp8.descriptor.patch();
            if let Some(id) = out.picture_id {
                patch = patch.picture_id(id);
            }
            if let Some(index) = out.tl0_pic_idx {
                patch = patch.tl0_pic_idx(index);
            }
            // The fields patched are those the same descriptor was parsed with, so it builds.
            if let Ok(patch) = patch.build() {
                write = write.vp8_patch(patch);
            }
        }
        stream.write_rtp(write);
        true
    }
}
