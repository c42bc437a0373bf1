//! One continuous stream out of several sources: the numbers of a packet as its receiver sees them.
//!
//! A receiver decodes one RTP stream per transceiver. Behind it the source changes: another layer,
//! another seat, a pause. Sequence number and timestamp (RFC 3550, 5.1), picture id and TL0PICIDX
//! (RFC 7741, 4.2) must go on as if nothing had happened. Within one source, gaps and disorder are
//! kept as they came, so that a packet found again upstream fits where it was missing.

use std::time::Instant;

/// VP8 picture id, 7 or 15 bits wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureId {
    /// The number.
    pub value: u16,
    /// 15 bits instead of 7.
    pub wide: bool,
}

/// Numbers of a packet as its publisher sent it.
#[derive(Debug, Clone, Copy)]
pub struct Incoming {
    /// Extended sequence number.
    pub seq: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// When it arrived.
    pub arrival: Instant,
    /// If its descriptor has one.
    pub picture_id: Option<PictureId>,
    /// If its descriptor has one.
    pub tl0_pic_idx: Option<u8>,
}

/// Numbers of a packet as the receiver gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing {
    /// Extended sequence number.
    pub seq: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// In the width it came in.
    pub picture_id: Option<u16>,
    /// Base layer counter.
    pub tl0_pic_idx: Option<u8>,
}

/// State of one outgoing stream.
#[derive(Debug)]
pub struct Rewriter {
    clock_rate: u32,
    /// The next source's first packet gets this number.
    next_seq: u64,
    /// Newest timestamp sent, and when its packet arrived.
    newest: Option<(u32, Instant)>,
    source: Option<Source>,
    picture: Counter,
    tl0: Counter,
}

#[derive(Debug)]
struct Source {
    first_in: u64,
    first_out: u64,
    timestamp_offset: u32,
}

impl Rewriter {
    /// A stream that begins with `first_seq`, below 2^15 so that the receiver's rollover counter
    /// starts right (RFC 3711, 3.3.1).
    pub fn new(clock_rate: u32, first_seq: u16) -> Self {
        Self {
            clock_rate,
            next_seq: u64::from(first_seq & 0x7fff),
            newest: None,
            source: None,
            picture: Counter::default(),
            tl0: Counter::default(),
        }
    }

    /// From now on packets come from another source, of which `first` is the first. What the source
    /// sent before it is not part of the stream.
    pub fn switch(&mut self, first: &Incoming) {
        let timestamp = match self.newest {
            None => first.timestamp,
            Some((newest, at)) => {
                let elapsed = first.arrival.saturating_duration_since(at);
                let ticks = elapsed.as_micros() * u128::from(self.clock_rate) / 1_000_000;
                newest.wrapping_add((ticks as u32).max(1))
            }
        };
        self.source = Some(Source {
            first_in: first.seq,
            first_out: self.next_seq,
            timestamp_offset: timestamp.wrapping_sub(first.timestamp),
        });
        self.picture.switch();
        self.tl0.switch();
    }

    /// The packet's numbers in this stream; `None` if it is older than the source's first.
    pub fn rewrite(&mut self, packet: &Incoming) -> Option<Outgoing> {
        let source = self.source.as_ref()?;
        let seq = source.first_out + packet.seq.checked_sub(source.first_in)?;
        let timestamp = packet.timestamp.wrapping_add(source.timestamp_offset);
        self.next_seq = self.next_seq.max(seq + 1);
        let is_newest = |(newest, _): (u32, _)| timestamp.wrapping_sub(newest) < 1 << 31;
        if self.newest.is_none_or(is_newest) {
            self.newest = Some((timestamp, packet.arrival));
        }
        let picture_id = packet.picture_id.map(|id| {
            let bits = if id.wide { 15 } else { 7 };
            self.picture.rewrite(id.value, bits)
        });
        let tl0_pic_idx = packet
            .tl0_pic_idx
            .map(|idx| self.tl0.rewrite(u16::from(idx), 8) as u8);
        Some(Outgoing {
            seq,
            timestamp,
            picture_id,
            tl0_pic_idx,
        })
    }

    /// The current source's number of the packet that went out with these last 16 bits; `None` if
    /// it came from an earlier source or did not go out yet.
    pub fn source_seq(&self, seq: u16) -> Option<u64> {
        let source = self.source.as_ref()?;
        let last = self.next_seq.checked_sub(1)?;
        let behind = u64::from((last as u16).wrapping_sub(seq));
        let out = last.checked_sub(behind)?;
        Some(source.first_in + out.checked_sub(source.first_out)?)
    }

    /// Newest timestamp sent, and when its packet arrived.
    pub fn newest(&self) -> Option<(u32, Instant)> {
        self.newest
    }
}

/// A counter that wraps at some number of bits, continued over changes of source.
#[derive(Debug, Default)]
struct Counter {
    /// Last number in, extended; `None` before the source's first.
    last_in: Option<i64>,
    offset: i64,
    /// Highest number out, extended.
    highest_out: Option<i64>,
}

impl Counter {
    fn switch(&mut self) {
        self.last_in = None;
    }

    fn rewrite(&mut self, value: u16, bits: u32) -> u16 {
        let value = i64::from(value);
        let extended = match self.last_in {
            Some(last) => nearest(last, value, bits),
            None => {
                self.offset = self.highest_out.map_or(0, |highest| highest + 1 - value);
                value
            }
        };
        // Only forward: a packet found again must not move the point we extend from far back.
        self.last_in = Some(self.last_in.map_or(extended, |last| last.max(extended)));
        let out = extended + self.offset;
        self.highest_out = Some(self.highest_out.map_or(out, |highest| highest.max(out)));
        (out & ((1 << bits) - 1)) as u16
    }
}

/// The number congruent to `value` modulo 2^bits that lies nearest to `last`.
fn nearest(last: i64, value: i64, bits: u32) -> i64 {
    let modulus = 1_i64 << bits;
    let ahead = (value - last).rem_euclid(modulus);
    if ahead < modulus / 2 {
        last + ahead
    } else {
        last + ahead - modulus
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn packet(start: Instant, ms: u64, seq: u64, picture: u16) -> Incoming {
        Incoming {
            seq,
            timestamp: (ms as u32)
                .wrapping_mul(90)
                .wrapping_add(seq as u32 / 100 * 7777),
            arrival: start + Duration::from_millis(ms),
            picture_id: Some(PictureId {
                value: picture & 0x7fff,
                wide: true,
            }),
            tl0_pic_idx: Some(picture as u8),
        }
    }

    #[test]
    fn a_switch_goes_on_by_one_and_by_the_time_that_passed() {
        let (mut rewriter, start) = (Rewriter::new(90_000, 10), Instant::now());
        let first = packet(start, 0, 500, 0x7fff);
        rewriter.switch(&first);
        let a = rewriter.rewrite(&first).unwrap();
        let other = packet(start, 40, 90_000, 3);
        rewriter.switch(&other);
        let b = rewriter.rewrite(&other).unwrap();
        assert_eq!((a.seq, b.seq), (10, 11));
        assert_eq!(b.timestamp.wrapping_sub(a.timestamp), 3600);
        assert_eq!((a.picture_id, b.picture_id), (Some(0x7fff), Some(0)));
        assert_eq!(b.tl0_pic_idx, Some(a.tl0_pic_idx.unwrap().wrapping_add(1)));
    }

    #[test]
    fn gaps_are_kept_and_filled_by_the_packet_found_again() {
        let (mut rewriter, start) = (Rewriter::new(90_000, 1), Instant::now());
        let packets: Vec<_> = (0..4)
            .map(|i| packet(start, i, 100 + i, i as u16))
            .collect();
        rewriter.switch(&packets[0]);
        let out: Vec<_> = [0, 1, 3, 2]
            .iter()
            .map(|&i: &usize| rewriter.rewrite(&packets[i]).unwrap().seq)
            .collect();
        assert_eq!(out, [1, 2, 4, 3]);
    }

    #[test]
    fn a_packet_is_found_again_by_the_number_it_went_out_with() {
        let (mut rewriter, start) = (Rewriter::new(90_000, 0x7ffe), Instant::now());
        rewriter.switch(&packet(start, 0, 70_000, 1));
        assert_eq!(rewriter.source_seq(0x7ffe), None, "nothing went out yet");
        for seq in 70_000..70_005 {
            rewriter.rewrite(&packet(start, 0, seq, 1)).unwrap();
        }
        assert_eq!(rewriter.source_seq(0x7ffe), Some(70_000));
        assert_eq!(rewriter.source_seq(0x8002), Some(70_004));
        assert_eq!(rewriter.source_seq(0x7ffd), None, "before the source");
        rewriter.switch(&packet(start, 9, 5, 1));
        rewriter.rewrite(&packet(start, 9, 5, 1)).unwrap();
        assert_eq!(rewriter.source_seq(0x8002), None, "of another source");
        assert_eq!(rewriter.source_seq(0x8003), Some(5));
    }

    #[test]
    fn what_came_before_the_switch_is_not_part_of_the_stream() {
        let (mut rewriter, start) = (Rewriter::new(90_000, 1), Instant::now());
        assert_eq!(rewriter.rewrite(&packet(start, 0, 5, 5)), None);
        rewriter.switch(&packet(start, 0, 5, 5));
        assert_eq!(rewriter.rewrite(&packet(start, 0, 4, 4)), None);
    }

    #[test]
    fn a_short_picture_id_stays_short() {
        let (mut rewriter, start) = (Rewriter::new(90_000, 1), Instant::now());
        let mut first = packet(start, 0, 5, 0);
        first.picture_id = Some(PictureId {
            value: 127,
            wide: false,
        });
        rewriter.switch(&first);
        assert_eq!(rewriter.rewrite(&first).unwrap().picture_id, Some(127));
        let mut next = packet(start, 1, 6, 0);
        next.picture_id = Some(PictureId {
            value: 0,
            wide: false,
        });
        assert_eq!(rewriter.rewrite(&next).unwrap().picture_id, Some(0));
    }
}
