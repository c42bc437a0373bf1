//! RTCP of receivers: what they say of our streams, and what we report of them.
//!
//! Read here: NACK (RFC 4585, 6.2.1), picture loss and full intra request (RFC 4585, 6.3.1; RFC 5104,
//! 4.3.1), transport-wide feedback, and that a receiver report names a stream. What concerns streams
//! we receive is str0m's.

use std::time::Duration;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const GOODBYE: u8 = 203;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
/// Packets of one compound that are looked at.
const PACKETS_MAX: usize = 64;

/// One thing a receiver says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said<'a> {
    /// It lost these packets of a stream: pairs of a sequence number and a mask of the 16 that follow.
    Lost { ssrc: u32, pairs: &'a [u8] },
    /// It needs a key frame of this stream.
    NeedsKeyFrame { ssrc: u32 },
    /// When datagrams arrived, for [`crate::estimate::Feedback`].
    Arrivals(&'a [u8]),
    /// It receives this stream, and lost so many of 256 packets since it said so before.
    Receives { ssrc: u32, lost: u8 },
    /// Something that str0m must hear: a sender report or a goodbye.
    ForTheOther,
}

/// Reads an opened compound packet; what is not understood is left out.
pub(crate) fn read(compound: &[u8], mut each: impl FnMut(Said<'_>)) {
    let mut rest = compound;
    for _ in 0..PACKETS_MAX {
        let Some((header, _)) = rest.split_first_chunk::<4>() else {
            return;
        };
        let len = 4 + 4 * usize::from(u16::from_be_bytes([header[2], header[3]]));
        let Some((packet, after)) = rest.split_at_checked(len) else {
            return;
        };
        rest = after;
        if header[0] >> 6 == 2 {
            read_one(header[0] & 31, header[1], &packet[4..], &mut each);
        }
    }
}

fn read_one(count: u8, kind: u8, body: &[u8], each: &mut impl FnMut(Said<'_>)) {
    let ssrc_at = |at: usize| {
        let bytes = body.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    match (kind, count) {
        (SENDER_REPORT | GOODBYE, _) => each(Said::ForTheOther),
        (RECEIVER_REPORT, _) => {
            let blocks = (0..usize::from(count)).map_while(|block| ssrc_at(4 + 24 * block));
            for (block, ssrc) in blocks.enumerate() {
                let lost = body.get(4 + 24 * block + 4).copied().unwrap_or(0);
                each(Said::Receives { ssrc, lost });
            }
        }
        (TRANSPORT_FEEDBACK, 1) => {
            if let (Some(ssrc), Some(pairs)) = (ssrc_at(4), body.get(8..)) {
                each(Said::Lost { ssrc, pairs });
            }
        }
        (TRANSPORT_FEEDBACK, 15) => {
            if let Some(feedback) = body.get(8..) {
                each(Said::Arrivals(feedback));
            }
        }
        (PAYLOAD_FEEDBACK, 1) => {
            if let Some(ssrc) = ssrc_at(4) {
                each(Said::NeedsKeyFrame { ssrc });
            }
        }
        (PAYLOAD_FEEDBACK, 4) => {
            let entries = (0..).map_while(|entry| ssrc_at(8 + 8 * entry));
            entries.for_each(|ssrc| each(Said::NeedsKeyFrame { ssrc }));
        }
        _ => {}
    }
}

/// Sequence numbers of a NACK's pairs, in order; at most 17 for each pair.
pub(crate) fn lost(pairs: &[u8]) -> impl Iterator<Item = u16> + '_ {
    pairs.chunks_exact(4).flat_map(|pair| {
        let first = u16::from_be_bytes([pair[0], pair[1]]);
        let mask = u16::from_be_bytes([pair[2], pair[3]]);
        let others = (0..16).filter(move |bit| mask & (1 << bit) != 0);
        std::iter::once(first).chain(others.map(move |bit| first.wrapping_add(bit + 1)))
    })
}

/// What a sender report says (RFC 3550, 6.4.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct SenderReport {
    pub(crate) ssrc: u32,
    /// Since the time from which all streams of this connection count.
    pub(crate) elapsed: Duration,
    /// RTP timestamp at that moment.
    pub(crate) timestamp: u32,
    pub(crate) packets: u32,
    pub(crate) bytes: u32,
}

impl SenderReport {
    /// Bytes of one.
    pub(crate) const LEN: usize = 28;

    /// Appends it. The time is not the wall clock's: receivers only compare streams of one server with
    /// it, and nobody needs to learn how wrong our clock is.
    pub(crate) fn write(&self, compound: &mut Vec<u8>) {
        let fraction = (u64::from(self.elapsed.subsec_nanos()) << 32) / 1_000_000_000;
        // Not zero, which means "unknown" to some receivers.
        let seconds = (self.elapsed.as_secs() as u32).wrapping_add(1 << 31);
        compound.extend_from_slice(&[0x80, SENDER_REPORT, 0, 6]);
        for word in [
            self.ssrc,
            seconds,
            fraction as u32,
            self.timestamp,
            self.packets,
            self.bytes,
        ] {
            compound.extend_from_slice(&word.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_all(compound: &[u8]) -> Vec<String> {
        let mut all = Vec::new();
        read(compound, |said| all.push(format!("{said:?}")));
        all
    }

    #[test]
    fn each_packet_of_a_compound_is_read() {
        let mut compound = vec![0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 9, 77];
        compound.extend([0; 19]);
        compound.extend([0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 9, 0, 5, 0, 0b101]);
        compound.extend([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 8]);
        compound.extend([
            0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0, 0,
        ]);
        compound.extend([0x8f, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]);
        compound.extend([0x81, 203, 0, 1, 0, 0, 0, 1]);
        assert_eq!(
            read_all(&compound),
            [
                "Receives { ssrc: 9, lost: 77 }",
                "Lost { ssrc: 9, pairs: [0, 5, 0, 5] }",
                "NeedsKeyFrame { ssrc: 8 }",
                "NeedsKeyFrame { ssrc: 7 }",
                "Arrivals([1, 2, 3, 4])",
                "ForTheOther",
            ]
        );
        assert_eq!(
            lost(&[0xff, 0xfe, 0x80, 1]).collect::<Vec<_>>(),
            [0xfffe, 0xffff, 14]
        );
    }

    #[test]
    fn a_sender_report_has_its_length() {
        let report = SenderReport {
            ssrc: 1,
            elapsed: Duration::from_millis(2500),
            timestamp: 3,
            packets: 4,
            bytes: 5,
        };
        let mut compound = Vec::new();
        report.write(&mut compound);
        assert_eq!(compound.len(), SenderReport::LEN);
        assert_eq!(compound[8..16], [0x80, 0, 0, 2, 0x80, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read(&bytes, |said| {
                if let Said::Lost { pairs, .. } = said {
                    assert!(lost(pairs).count() <= 17 * 50);
                }
            });
        }
    }
}
