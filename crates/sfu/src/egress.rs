//! One outgoing stream of one receiver: rewrite, protect, hand over. The last step of a packet, and
//! the costliest, so it is ours from the header on; str0m only set up the connection.

use std::time::Instant;

use srtp::Protect;
use str0m::media::Mid;

use crate::{
    burst::Burst,
    estimate::{Estimator, ProbeId},
    header::Header,
    packet::Arrived,
    rewrite::{Incoming, Rewriter},
    rtcp::SenderReport,
};

/// Most an RTP packet can be padded with (RFC 3550, 5.1): the count is one byte.
const PADDING_MAX: usize = 255;

/// What was negotiated for a stream.
pub(crate) struct Terms {
    pub(crate) mid: Mid,
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) clock_rate: u32,
    /// SSRC and payload type of packets sent again (RFC 4588).
    pub(crate) resend: Option<(u32, u8)>,
    /// Id of the header extension with the m-line's name (RFC 8843, 15).
    pub(crate) mid_id: Option<u8>,
    /// Id of the header extension that numbers datagrams, if the receiver tells of their arrival.
    pub(crate) transport_id: Option<u8>,
}

/// One outgoing stream.
pub(crate) struct Egress {
    terms: Terms,
    rewriter: Rewriter,
    /// The receiver has reported the SSRC, so it needs no m-line's name any more.
    known: bool,
    resend_seq: u64,
    packets: u32,
    bytes: u32,
}

/// What a stream needs of its connection to send.
pub(crate) struct Way<'a, 'b> {
    pub(crate) now: Instant,
    pub(crate) protect: &'a Protect,
    pub(crate) estimator: &'a mut Estimator,
    pub(crate) burst: &'a mut Burst<'b>,
}

impl Egress {
    pub(crate) fn new(terms: Terms) -> Self {
        // The SSRC is random; so is then the first sequence number (RFC 3550, 5.1).
        let first_seq = |ssrc: u32| (ssrc >> 7) as u16 & 0x3fff;
        Self {
            rewriter: Rewriter::new(terms.clock_rate, first_seq(terms.ssrc)),
            known: false,
            resend_seq: u64::from(terms.resend.map_or(0, |(ssrc, _)| first_seq(ssrc))),
            packets: 0,
            bytes: 0,
            terms,
        }
    }

    pub(crate) fn mid(&self) -> Mid {
        self.terms.mid
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.terms.ssrc
    }

    /// Packets can be sent again, and padding be sent.
    pub(crate) fn can_resend(&self) -> bool {
        self.terms.resend.is_some()
    }

    /// The receiver has reported the stream.
    pub(crate) fn is_known(&mut self) {
        self.known = true;
    }

    /// The receiver has not reported it yet.
    pub(crate) fn is_new(&self) -> bool {
        !self.known
    }

    /// The stream goes on with another source, of which this is the first packet.
    pub(crate) fn switch(&mut self, first: &Incoming) {
        self.rewriter.switch(first);
    }

    /// Writes a packet. False if it is not part of the stream.
    pub(crate) fn send(&mut self, way: &mut Way<'_, '_>, packet: &Arrived) -> bool {
        let Some(out) = self.rewriter.rewrite(&packet.incoming) else {
            return false;
        };
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(packet.payload.len() as u32);
        let Terms {
            payload_type, ssrc, ..
        } = self.terms;
        let header = self.header(payload_type, ssrc, out.seq, out.timestamp, packet.marker);
        way.write(header, out.seq, packet.payload.len(), None, |buffer| {
            let at = buffer.len();
            buffer.extend_from_slice(&packet.payload);
            if let Some(vp8) = &packet.vp8 {
                vp8.renumber(&mut buffer[at..], &out);
            }
        });
        true
    }

    /// The current source's number of the packet that went out with this one.
    pub(crate) fn source_seq(&self, seq: u16) -> Option<u64> {
        self.rewriter.source_seq(seq)
    }

    /// Writes a packet once more, as a receiver lost it (RFC 4588). Gives its bytes.
    pub(crate) fn resend(&mut self, way: &mut Way<'_, '_>, packet: &Arrived) -> usize {
        let (Some((ssrc, payload_type)), Some(out)) =
            (self.terms.resend, self.rewriter.rewrite(&packet.incoming))
        else {
            return 0;
        };
        let seq = self.resend_seq;
        self.resend_seq += 1;
        let header = self.header(payload_type, ssrc, seq, out.timestamp, packet.marker);
        let len = 2 + packet.payload.len();
        way.write(header, seq, len, None, |buffer| {
            buffer.extend_from_slice(&(out.seq as u16).to_be_bytes());
            let at = buffer.len();
            buffer.extend_from_slice(&packet.payload);
            if let Some(vp8) = &packet.vp8 {
                vp8.renumber(&mut buffer[at..], &out);
            }
        });
        len
    }

    /// Writes a packet of nothing but padding, about `bytes` long, to learn what the network carries.
    /// Gives the bytes of its datagram.
    pub(crate) fn pad(&mut self, way: &mut Way<'_, '_>, bytes: usize, probe: ProbeId) -> usize {
        let Some((ssrc, payload_type)) = self.terms.resend else {
            return 0;
        };
        let seq = self.resend_seq;
        self.resend_seq += 1;
        let timestamp = self.rewriter.newest().map_or(0, |(timestamp, _)| timestamp);
        let mut header = self.header(payload_type, ssrc, seq, timestamp, false);
        header.padding = true;
        let len = bytes.clamp(1, PADDING_MAX);
        way.write(header, seq, len, Some(probe), |buffer| {
            buffer.resize(buffer.len() + len - 1, 0);
            buffer.push(len as u8);
        })
    }

    /// For the receiver to play voice and picture in step; `None` before anything was sent.
    pub(crate) fn report(&self, now: Instant, began: Instant) -> Option<SenderReport> {
        let (timestamp, arrived) = self.rewriter.newest()?;
        let since = now.saturating_duration_since(arrived).as_micros();
        let ticks = since * u128::from(self.terms.clock_rate) / 1_000_000;
        Some(SenderReport {
            ssrc: self.terms.ssrc,
            elapsed: now.saturating_duration_since(began),
            timestamp: timestamp.wrapping_add(ticks as u32),
            packets: self.packets,
            bytes: self.bytes,
        })
    }

    fn header(
        &self,
        payload_type: u8,
        ssrc: u32,
        seq: u64,
        timestamp: u32,
        marker: bool,
    ) -> Header<'_> {
        let mid_id = self.terms.mid_id.filter(|_| !self.known);
        Header {
            payload_type,
            marker,
            padding: false,
            seq: seq as u16,
            timestamp,
            ssrc,
            transport_seq: self.terms.transport_id.map(|id| (id, 0)),
            mid: mid_id.map(|id| (id, &*self.terms.mid)),
        }
    }
}

impl Way<'_, '_> {
    /// One datagram: header, then `len` bytes that `body` appends, protected. Gives its bytes.
    fn write(
        &mut self,
        mut header: Header<'_>,
        seq: u64,
        len: usize,
        probe: Option<ProbeId>,
        body: impl FnOnce(&mut Vec<u8>),
    ) -> usize {
        let head = header.len();
        let bytes = head + len + self.protect.rtp_overhead();
        if let Some((_, seq)) = &mut header.transport_seq {
            *seq = self.estimator.sent(self.now, bytes, probe);
        }
        let buffer = self.burst.datagram(bytes);
        let start = buffer.len();
        header.write(buffer);
        body(buffer);
        self.protect.rtp(header.ssrc, seq, buffer, start, head);
        debug_assert_eq!(buffer.len(), start + bytes);
        bytes
    }
}
