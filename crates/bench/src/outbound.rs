//! One stream as it is sent: frames made beforehand, numbered, stamped and protected on their way out.

use std::{
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

use srtp::{Protect, RTP_OVERHEAD};

use crate::{
    packet,
    sdp::Line,
    shape::{FRAMES_PER_SECOND, PICTURE_BYTES, VOICE_BYTES, VOICE_PER_SECOND},
};

/// The smaller layer's packet.
const SMALL_BYTES: usize = 600;
/// A key frame at least this often, as some encoders do; else only when asked.
const KEY_FRAMES_EVERY: u32 = 30 * FRAMES_PER_SECOND;

/// Picture ids begin here: one below 128 may come out a byte shorter, and what is behind it elsewhere.
const FIRST_PICTURE: u16 = 0x100;

/// What a stream consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Voice,
    /// Frames of so many packets.
    Picture(usize),
    /// The smaller layer.
    Small,
}

/// A sent stream.
pub(crate) struct Outbound {
    pub(crate) ssrc: u32,
    content: Content,
    header: Vec<u8>,
    /// Where the transport-wide number goes.
    transport_at: Option<usize>,
    payload: Vec<u8>,
    seq: u64,
    timestamp: u32,
    frame: u32,
    key_wanted: bool,
    pub(crate) next_at: Instant,
    pub(crate) packets: u32,
    pub(crate) bytes: u32,
}

/// Where packets go and what they need on the way.
pub(crate) struct Way<'a> {
    pub(crate) socket: &'a UdpSocket,
    pub(crate) to: SocketAddr,
    pub(crate) protect: &'a Protect,
    pub(crate) transport_seq: &'a mut u16,
    pub(crate) buffer: &'a mut Vec<u8>,
    /// One packet a frame, while seats still come in: a server that the whole load is too much for
    /// must not lose who comes in.
    pub(crate) thin: bool,
}

impl Outbound {
    /// `None` if the server did not take the codec.
    pub(crate) fn new(
        ssrc: u32,
        content: Content,
        line: &Line,
        rid: Option<&str>,
        begin: Instant,
    ) -> Option<Self> {
        let (payload_type, bytes) = match content {
            Content::Voice => (line.opus?, VOICE_BYTES),
            Content::Picture(_) => (line.vp8?, PICTURE_BYTES),
            Content::Small => (line.vp8?, SMALL_BYTES),
        };
        let mut header = vec![0x90, payload_type, 0, 0, 0, 0, 0, 0];
        header.extend(ssrc.to_be_bytes());
        header.extend([0xbe, 0xde, 0, 0]);
        let transport_at = line.transport_id.map(|id| {
            header.extend([id << 4 | 1, 0, 0]);
            header.len() - 2
        });
        let rid = line.rid_id.zip(rid);
        for (id, text) in line
            .mid_id
            .zip(Some(line.mid.as_str()))
            .into_iter()
            .chain(rid)
        {
            header.push(id << 4 | (text.len() as u8 - 1));
            header.extend(text.as_bytes());
        }
        header.resize(header.len().next_multiple_of(4), 0);
        let words = (header.len() - 16) / 4;
        header[15] = words as u8;
        Some(Self {
            ssrc,
            content,
            header,
            transport_at,
            payload: packet::payload(bytes),
            seq: u64::from(ssrc >> 18),
            timestamp: ssrc.rotate_left(9),
            frame: 0,
            key_wanted: true,
            next_at: begin,
            packets: 0,
            bytes: 0,
        })
    }

    pub(crate) fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// The server wants a key frame.
    pub(crate) fn want_key_frame(&mut self) {
        self.key_wanted = true;
    }

    fn interval(&self) -> Duration {
        match self.content {
            Content::Voice => Duration::from_secs(1) / VOICE_PER_SECOND,
            _ => Duration::from_secs(1) / FRAMES_PER_SECOND,
        }
    }

    /// Sends the frame that is due and says how late it is. Frames that were missed altogether are
    /// left out, as an encoder would.
    pub(crate) fn send(&mut self, now: Instant, way: &mut Way<'_>) -> Duration {
        let late = now.saturating_duration_since(self.next_at);
        let packets = match self.content {
            Content::Picture(packets) if !way.thin => packets,
            _ => 1,
        };
        let key = self.key_wanted || self.frame.is_multiple_of(KEY_FRAMES_EVERY);
        self.key_wanted = false;
        for index in 0..packets {
            self.send_packet(index == 0, index + 1 == packets, key, way);
        }
        self.frame += 1;
        let voice = self.content == Content::Voice;
        let rate = if voice {
            48_000 / VOICE_PER_SECOND
        } else {
            90_000 / FRAMES_PER_SECOND
        };
        self.timestamp = self.timestamp.wrapping_add(rate);
        self.next_at += self.interval();
        if late > 10 * self.interval() {
            self.next_at = now;
        }
        late
    }

    fn send_packet(&mut self, first: bool, last: bool, key: bool, way: &mut Way<'_>) {
        let voice = self.content == Content::Voice;
        let marker = last && !voice;
        self.header[1] = self.header[1] & 0x7f | u8::from(marker) << 7;
        self.header[2..4].copy_from_slice(&(self.seq as u16).to_be_bytes());
        self.header[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        if let Some(at) = self.transport_at {
            self.header[at..at + 2].copy_from_slice(&way.transport_seq.to_be_bytes());
            *way.transport_seq = way.transport_seq.wrapping_add(1);
        }
        if voice {
            self.payload[0] = 0x78; // SILK or CELT, 20 ms, one frame (RFC 6716, 3.1)
        } else {
            let picture = FIRST_PICTURE.wrapping_add(self.frame as u16);
            packet::describe(&mut self.payload, first, key, picture, self.frame as u8);
        }
        packet::stamp(&mut self.payload, packet::clock_ns());
        way.buffer.clear();
        way.buffer
            .reserve(self.header.len() + self.payload.len() + RTP_OVERHEAD);
        way.buffer.extend_from_slice(&self.header);
        way.buffer.extend_from_slice(&self.payload);
        way.protect
            .rtp(self.ssrc, self.seq, way.buffer, 0, self.header.len());
        // A full buffer would show as loss at every receiver; the socket's is larger than a frame.
        let _ = way.socket.send_to(way.buffer, way.to);
        self.seq += 1;
        self.packets += 1;
        self.bytes = self.bytes.wrapping_add(self.payload.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Header;

    #[test]
    fn the_header_has_what_was_negotiated() {
        let line = Line {
            mid: "1".into(),
            vp8: Some(96),
            transport_id: Some(3),
            mid_id: Some(4),
            rid_id: Some(10),
            ..Line::default()
        };
        let now = Instant::now();
        let stream = Outbound::new(7, Content::Picture(4), &line, Some("h"), now).unwrap();
        let header = Header::read(&stream.header, Some(3)).unwrap();
        assert_eq!((header.ssrc, header.payload_type), (7, 96));
        assert_eq!(header.transport_seq, Some(0));
        assert_eq!(header.len, stream.header.len());
        assert!(Outbound::new(7, Content::Voice, &line, None, now).is_none());
    }
}
