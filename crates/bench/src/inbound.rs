//! One stream as it arrives: counted by sequence number, asked for again where packets are missing.

use std::time::{Duration, Instant};

use crate::packet::extend;

/// A missing packet may still come by itself for this long.
const PATIENCE: Duration = Duration::from_millis(10);
/// It is asked for again after this long: a round trip and some.
const AGAIN: Duration = Duration::from_millis(100);
/// And given up after so many times, as browsers do.
const TRIES_MAX: u8 = 10;
/// A longer gap is not asked for: a key frame is cheaper.
const GAP_MAX: u64 = 500;

/// Of the two kinds that are forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Voice,
    Picture,
}

struct Missing {
    seq: u64,
    ask_at: Instant,
    tries: u8,
}

/// A received stream.
pub(crate) struct Inbound {
    pub(crate) ssrc: u32,
    pub(crate) kind: Kind,
    pub(crate) highest: u64,
    /// First number of the window that is counted.
    base: u64,
    received: u64,
    pub(crate) recovered: u64,
    missing: Vec<Missing>,
    /// A key frame began.
    pub(crate) has_picture: bool,
    pub(crate) asked_key_at: Option<Instant>,
    /// Packets until the next one is opened.
    pub(crate) until_sample: u32,
}

/// What a window brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) received: u64,
    pub(crate) recovered: u64,
    pub(crate) lost: u64,
}

impl Inbound {
    pub(crate) fn new(ssrc: u32, kind: Kind, seq: u16) -> Self {
        // Rollovers count from zero with a stream's first packet (RFC 3711, 3.3.1).
        let highest = u64::from(seq);
        Self {
            ssrc,
            kind,
            highest,
            base: highest,
            received: 0,
            recovered: 0,
            missing: Vec::new(),
            has_picture: kind == Kind::Voice,
            asked_key_at: None,
            until_sample: 0,
        }
    }

    /// A packet; gives its extended number.
    pub(crate) fn arrived(&mut self, now: Instant, seq: u16) -> u64 {
        let first = self.received == 0 && self.base == self.highest;
        let seq = extend(self.highest, seq);
        if seq > self.highest {
            let gap = self.highest + 1..seq;
            if gap.end - gap.start < GAP_MAX {
                self.missing.extend(gap.map(|seq| Missing {
                    seq,
                    ask_at: now + PATIENCE,
                    tries: 0,
                }));
            }
            self.highest = seq;
            self.received += 1;
        } else if first || self.fill(seq) {
            self.received += u64::from(seq >= self.base);
        }
        seq
    }

    /// A packet that was resent. True if it was missing.
    pub(crate) fn came_again(&mut self, seq: u16) -> bool {
        let seq = extend(self.highest, seq);
        let filled = self.fill(seq);
        if filled && seq >= self.base {
            self.received += 1;
            self.recovered += 1;
        }
        filled
    }

    fn fill(&mut self, seq: u64) -> bool {
        let at = self.missing.iter().position(|missing| missing.seq == seq);
        at.map(|at| self.missing.remove(at)).is_some()
    }

    /// Numbers to ask for now.
    pub(crate) fn due_requests(&mut self, now: Instant) -> Vec<u16> {
        if self.kind == Kind::Voice {
            self.missing.retain(|missing| missing.ask_at + AGAIN > now);
            return Vec::new();
        }
        self.missing.retain(|missing| missing.tries < TRIES_MAX);
        let due = self
            .missing
            .iter_mut()
            .filter(|missing| missing.ask_at <= now);
        due.map(|missing| {
            missing.ask_at = now + AGAIN;
            missing.tries += 1;
            missing.seq as u16
        })
        .collect()
    }

    /// Counting begins with the next packet.
    pub(crate) fn begin_window(&mut self) {
        self.base = self.highest + 1;
        (self.received, self.recovered) = (0, 0);
    }

    /// Since then.
    pub(crate) fn count(&self) -> Count {
        let sent = (self.highest + 1).saturating_sub(self.base);
        Count {
            received: self.received,
            recovered: self.recovered,
            lost: sent.saturating_sub(self.received),
        }
    }

    /// Of all that came, for receiver reports.
    pub(crate) fn lost_now(&self) -> u32 {
        self.missing.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_lost_until_they_are_filled() {
        let now = Instant::now();
        let mut stream = Inbound::new(1, Kind::Picture, 0xfffe);
        for seq in [0xfffe, 0xffff] {
            stream.arrived(now, seq);
        }
        stream.begin_window();
        for seq in [0, 1, 4, 5, 3, 3] {
            stream.arrived(now, seq);
        }
        assert_eq!(
            stream.count(),
            Count {
                received: 5,
                recovered: 0,
                lost: 1
            }
        );
        assert!(stream.due_requests(now).is_empty(), "it may be late");
        assert_eq!(stream.due_requests(now + PATIENCE), [2]);
        assert!(stream.came_again(2));
        assert!(!stream.came_again(2));
        assert_eq!(
            stream.count(),
            Count {
                received: 6,
                recovered: 1,
                lost: 0
            }
        );
    }

    #[test]
    fn nobody_asks_for_a_lost_voice_or_for_ever() {
        let now = Instant::now();
        for (kind, asked) in [(Kind::Voice, 0), (Kind::Picture, 10)] {
            let mut stream = Inbound::new(1, kind, 0);
            stream.arrived(now, 0);
            stream.arrived(now, 2);
            let times = (1..60).map(|i| now + AGAIN * i);
            assert_eq!(
                times.map(|t| stream.due_requests(t).len()).sum::<usize>(),
                asked
            );
        }
    }
}
