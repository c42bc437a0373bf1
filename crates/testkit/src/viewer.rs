//! What a client makes of what it is sent: a strict decoder without pixels.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use str0m::rtp::{RtpPacket, Vp8Descriptor};

use crate::script::Mark;

/// One packet as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Extended sequence number.
    pub seq: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// VP8.
    pub picture_id: u16,
    /// VP8.
    pub tl0: u8,
    /// Where it came from.
    pub mark: Mark,
}

/// Decodes one video transceiver.
#[derive(Debug, Default)]
pub struct Viewer {
    /// Packets, in order of arrival.
    pub seen: Vec<Seen>,
    /// Frames decoded: each a key frame, or the frame after the last one decoded.
    pub decoded: Vec<(Instant, Mark)>,
    /// What sender reports said was sent, as of each packet.
    pub reported: Vec<u32>,
    assembling: BTreeMap<(u64, Mark), BTreeSet<u16>>,
    complete: BTreeMap<u64, Mark>,
    /// Asks for a key frame when it stalls.
    last_request: Option<Instant>,
    last_packet: Option<Instant>,
}

impl Viewer {
    pub(crate) fn handle_packet(&mut self, now: Instant, packet: &RtpPacket) {
        let (Some(mark), Ok(vp8)) = (
            Mark::read(&packet.payload),
            Vp8Descriptor::parse(&packet.payload),
        ) else {
            return;
        };
        self.last_packet = Some(now);
        let report = packet.last_sender_info.as_ref();
        self.reported
            .extend(report.map(|report| report.sender_packet_count));
        let seq = *packet.seq_no;
        self.seen.push(Seen {
            seq,
            timestamp: packet.header.timestamp,
            picture_id: vp8.picture_id().unwrap_or_default(),
            tl0: vp8.tl0_pic_idx().unwrap_or_default(),
            mark,
        });
        let first = seq.saturating_sub(u64::from(mark.packet));
        let frame = Mark { packet: 0, ..mark };
        let parts = self.assembling.entry((first, frame)).or_default();
        parts.insert(mark.packet);
        if parts.len() == usize::from(mark.packets) {
            self.assembling.remove(&(first, frame));
            self.complete.insert(first, frame);
            self.decode(now);
        }
    }

    fn decode(&mut self, now: Instant) {
        while let Some((&first, &frame)) = self.complete.iter().find(|(_, frame)| {
            let last = self.decoded.last().map(|(_, last)| *last);
            frame.key || last.is_some_and(|last| follows(&last, frame))
        }) {
            self.decoded.push((now, frame));
            // What came before can never be shown.
            self.complete = self.complete.split_off(&(first + 1));
            self.assembling.retain(|&(start, _), _| start > first);
        }
    }

    /// True if it would ask for a key frame now: packets come, but nothing could be decoded for a
    /// while.
    pub(crate) fn wants_key_frame(&mut self, now: Instant) -> bool {
        let recent = |at: Option<Instant>, ms| {
            at.is_some_and(|at| now.duration_since(at) < Duration::from_millis(ms))
        };
        let stalls = recent(self.last_packet, 100)
            && !recent(self.decoded.last().map(|(at, _)| *at), 300)
            && !recent(self.last_request, 300)
            && !self.complete.is_empty();
        if stalls {
            self.last_request = Some(now);
        }
        stalls
    }

    /// Frames decoded of a seat's track since a time.
    pub fn decoded_since(&self, since: Instant, seat: u16, track: u8) -> usize {
        let frames = self.decoded.iter().filter(|(at, _)| *at >= since);
        frames
            .filter(|(_, m)| m.seat == seat && m.track == track)
            .count()
    }

    /// Layer of the last frame decoded.
    pub fn layer(&self) -> Option<u8> {
        self.decoded.last().map(|(_, mark)| mark.layer)
    }

    /// Longest time without a decoded frame between two times.
    pub fn longest_freeze(&self, from: Instant, to: Instant) -> Duration {
        let times = self.decoded.iter().map(|(at, _)| *at);
        let times: Vec<_> = std::iter::once(from)
            .chain(times.filter(|at| (from..to).contains(at)))
            .chain([to])
            .collect();
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        gaps.max().unwrap_or_default()
    }

    /// Checks the stream as a decoder would see it, whatever was behind it.
    ///
    /// # Panics
    /// If numbers jump, repeat or go back.
    pub fn assert_continuous(&self) {
        let mut seen = self.seen.clone();
        seen.sort_by_key(|packet| packet.seq);
        for pair in seen.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            assert_ne!(a.seq, b.seq, "a sequence number twice");
            let pictures = b.picture_id.wrapping_sub(a.picture_id) & 0x7fff;
            let ticks = b.timestamp.wrapping_sub(a.timestamp);
            if (a.mark.seat, a.mark.track, a.mark.layer, a.mark.frame)
                == (b.mark.seat, b.mark.track, b.mark.layer, b.mark.frame)
            {
                assert_eq!(
                    (pictures, ticks),
                    (0, 0),
                    "one frame, two numbers: {a:?} {b:?}"
                );
                assert_eq!(a.tl0, b.tl0);
            } else {
                assert!((1..100).contains(&pictures), "picture id: {a:?} {b:?}");
                assert!((1..90_000 * 120).contains(&ticks), "timestamp: {a:?} {b:?}");
                assert!((1..100).contains(&b.tl0.wrapping_sub(a.tl0)), "{a:?} {b:?}");
            }
            let switched = (a.mark.seat, a.mark.track, a.mark.layer)
                != (b.mark.seat, b.mark.track, b.mark.layer);
            if switched {
                assert!(
                    b.mark.key && b.mark.packet == 0,
                    "switched in mid-stream: {b:?}"
                );
                // What was lost before a switch is not sent again, as nobody misses it: the key frame
                // is decoded without it.
                if b.seq - a.seq == 1 {
                    assert_eq!(pictures, 1, "{a:?} {b:?}");
                }
            }
        }
    }
}

fn follows(last: &Mark, next: &Mark) -> bool {
    (last.seat, last.track, last.layer, last.frame + 1)
        == (next.seat, next.track, next.layer, next.frame)
}

/// Hears one audio transceiver.
#[derive(Debug, Default)]
pub struct Listener {
    /// Packets: when, sequence number, timestamp, whose.
    pub heard: Vec<(Instant, u64, u32, Mark)>,
}

impl Listener {
    pub(crate) fn handle_packet(&mut self, now: Instant, packet: &RtpPacket) {
        if let Some(mark) = Mark::read(&packet.payload) {
            let timestamp = packet.header.timestamp;
            self.heard.push((now, *packet.seq_no, timestamp, mark));
        }
    }

    /// Packets heard of a seat since a time.
    pub fn heard_since(&self, since: Instant, seat: u16) -> usize {
        let packets = self.heard.iter().filter(|(at, ..)| *at >= since);
        packets.filter(|(.., mark)| mark.seat == seat).count()
    }
}
