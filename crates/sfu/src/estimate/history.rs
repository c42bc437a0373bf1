//! What was sent, until its fate is known.

/// Packets remembered: at 50 Mbit/s of full datagrams, the last 0.8 s; at ten voices, 8 s.
pub(super) const REMEMBERED: usize = 4096;
const MASK: usize = REMEMBERED - 1;

/// What is known of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// No such packet.
    Vacant,
    Flying,
    Lost,
    Arrived,
}

/// Eight bytes, so that all of them are 32 KiB.
#[derive(Debug, Clone, Copy)]
struct Record {
    /// Microseconds, modulo 2^32 (71 minutes).
    at: u32,
    bytes: u16,
    fate: Fate,
}

/// A packet of which something new is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// When it left, in microseconds.
    pub(super) at: i64,
    /// Of its UDP payload.
    pub(super) bytes: u32,
}

/// What a receiver's word about a packet changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing: known before, long forgotten, or never sent.
    None,
    Lost(Sent),
    Arrived(Sent),
    /// Arrived, after it was told lost: it was only late.
    Found(Sent),
}

/// The last [`REMEMBERED`] packets, by transport-wide sequence number.
pub(super) struct History {
    ring: Box<[Record; REMEMBERED]>,
    next: u16,
}

impl History {
    pub(super) fn new() -> Self {
        let vacant = Record {
            at: 0,
            bytes: 0,
            fate: Fate::Vacant,
        };
        Self {
            ring: Box::new([vacant; REMEMBERED]),
            next: 0,
        }
    }

    /// Number of the packet that leaves now. In the path of every packet: one write, nothing else.
    #[inline]
    pub(super) fn push(&mut self, now: i64, bytes: usize) -> u16 {
        let seq = self.next;
        self.ring[usize::from(seq) & MASK] = Record {
            at: now as u32,
            bytes: bytes.min(usize::from(u16::MAX)) as u16,
            fate: Fate::Flying,
        };
        self.next = seq.wrapping_add(1);
        seq
    }

    /// Number the next packet will have.
    pub(super) fn next(&self) -> u16 {
        self.next
    }

    /// When the packet left, if it is remembered.
    pub(super) fn sent_at(&self, now: i64, seq: u16) -> Option<i64> {
        let record = self.ring[self.index(seq)?];
        (record.fate != Fate::Vacant).then(|| record.at(now))
    }

    /// Takes the receiver's word.
    pub(super) fn report(&mut self, now: i64, seq: u16, arrived: bool) -> News {
        let Some(index) = self.index(seq) else {
            return News::None;
        };
        let record = &mut self.ring[index];
        let sent = Sent {
            at: record.at(now),
            bytes: u32::from(record.bytes),
        };
        match (record.fate, arrived) {
            (Fate::Flying, true) => {
                record.fate = Fate::Arrived;
                News::Arrived(sent)
            }
            (Fate::Flying, false) => {
                record.fate = Fate::Lost;
                News::Lost(sent)
            }
            (Fate::Lost, true) => {
                record.fate = Fate::Arrived;
                News::Found(sent)
            }
            _ => News::None,
        }
    }

    /// A number further back, or ahead, is not in the ring.
    fn index(&self, seq: u16) -> Option<usize> {
        let back = self.next.wrapping_sub(seq);
        let known = (1..=REMEMBERED).contains(&usize::from(back));
        known.then_some(usize::from(seq) & MASK)
    }
}

impl Record {
    /// The time before `now` that ends in these 32 bits.
    fn at(self, now: i64) -> i64 {
        now - i64::from((now as u32).wrapping_sub(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fate_is_told_once_and_a_late_packet_is_found() {
        let mut history = History::new();
        let seqs: Vec<u16> = (0..3).map(|i| history.push(i * 1000, 100)).collect();
        assert_eq!(seqs, [0, 1, 2]);
        let sent = Sent {
            at: 1000,
            bytes: 100,
        };
        assert_eq!(history.report(9000, 1, false), News::Lost(sent));
        assert_eq!(history.report(9000, 1, false), News::None);
        assert_eq!(history.report(9000, 1, true), News::Found(sent));
        assert_eq!(history.report(9000, 1, true), News::None);
        assert_eq!(history.report(9000, 3, true), News::None, "never sent");
        assert_eq!(history.report(9000, 65_535, true), News::None, "never sent");
    }

    #[test]
    fn numbers_and_times_may_wrap() {
        let mut history = History::new();
        let late = i64::from(u32::MAX) - 5_000_000;
        for i in 0..70_000_i64 {
            let at = late + i * 200;
            let seq = history.push(at, 1200);
            assert_eq!(seq, i as u16);
            assert_eq!(history.sent_at(at + 50_000, seq), Some(at));
        }
        let now = late + 70_000 * 200;
        assert_ne!(
            history.report(now, history.next().wrapping_sub(4096), true),
            News::None
        );
        assert_eq!(
            history.report(now, history.next().wrapping_sub(4097), true),
            News::None
        );
    }

    #[test]
    fn the_ring_takes_32_kibibytes() {
        assert_eq!(size_of::<Record>() * REMEMBERED, 32 * 1024);
    }
}
