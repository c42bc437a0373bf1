//! Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1): what a browser
//! tells a sender of every packet's arrival.

use crate::packet::extend;

/// The unit of arrival times.
const TICK_US: i64 = 250;
/// The unit of the reference time.
const REFERENCE_US: i64 = 64_000;
/// Bytes of one message's times: it must fit a datagram.
const TIMES_MAX: usize = 1000;
/// Packets a run-length chunk can speak of.
const RUN_MAX: u16 = 0x1fff;

/// Arrivals of one connection that were not reported yet.
#[derive(Default)]
pub(crate) struct Arrivals {
    /// Extended number, microseconds.
    noted: Vec<(u64, i64)>,
    highest: Option<u64>,
    /// The first number that no message spoke of.
    next: u64,
    count: u8,
}

impl Arrivals {
    /// A packet with this number arrived at this time.
    pub(crate) fn note(&mut self, seq: u16, at_us: i64) {
        let seq = match self.highest {
            // Room below, so that disorder at the very start does not underflow.
            None => {
                let seq = u64::from(seq) + 0x1_0000;
                self.next = seq;
                seq
            }
            Some(highest) => extend(highest, seq),
        };
        self.highest = self.highest.max(Some(seq));
        self.noted.push((seq, at_us));
    }

    /// The next message, until all is reported.
    pub(crate) fn message(&mut self, sender: u32, media: u32) -> Option<Vec<u8>> {
        let next = self.next;
        self.noted.retain(|&(seq, _)| seq >= next);
        self.noted.sort_unstable_by_key(|&(seq, _)| seq);
        self.noted.dedup_by_key(|&mut (seq, _)| seq);
        let &(_, first_at) = self.noted.first()?;
        let reference = first_at.div_euclid(REFERENCE_US);
        let mut body = Body::new(reference * REFERENCE_US);
        let mut taken = 0;
        let mut at = next;
        for &(seq, time) in &self.noted {
            if !body.add(seq - at, time) {
                break;
            }
            (at, taken) = (seq + 1, taken + 1);
        }
        self.noted.drain(..taken);
        self.next = at;
        let message = body.message((sender, media), next as u16, reference, self.count);
        self.count = self.count.wrapping_add(1);
        Some(message)
    }
}

/// Chunks and times of one message.
struct Body {
    runs: Vec<(u16, u16)>,
    times: Vec<u8>,
    last_us: i64,
}

impl Body {
    fn new(reference_us: i64) -> Self {
        Self {
            runs: Vec::new(),
            times: Vec::new(),
            last_us: reference_us,
        }
    }

    /// After `missing` packets that did not arrive, one that did. False if it has no room.
    fn add(&mut self, missing: u64, at_us: i64) -> bool {
        let ticks = (at_us - self.last_us).div_euclid(TICK_US);
        let full = self.times.len() + 2 > TIMES_MAX || self.runs.len() > 200;
        let (Ok(large), false) = (i16::try_from(ticks), full) else {
            return false;
        };
        let Ok(missing) = u16::try_from(missing) else {
            return false;
        };
        self.run(0, missing);
        match u8::try_from(ticks) {
            Ok(small) => {
                self.run(1, 1);
                self.times.push(small);
            }
            Err(_) => {
                self.run(2, 1);
                self.times.extend(large.to_be_bytes());
            }
        }
        self.last_us += ticks * TICK_US;
        true
    }

    fn run(&mut self, symbol: u16, mut count: u16) {
        if let Some((last, len)) = self.runs.last_mut()
            && *last == symbol
        {
            let more = count.min(RUN_MAX - *len);
            *len += more;
            count -= more;
        }
        while count > 0 {
            let len = count.min(RUN_MAX);
            self.runs.push((symbol, len));
            count -= len;
        }
    }

    fn message(self, (sender, media): (u32, u32), base: u16, reference: i64, count: u8) -> Vec<u8> {
        let packets: u16 = self.runs.iter().map(|&(_, len)| len).sum();
        let mut out = vec![0x8f, 205, 0, 0];
        out.extend(sender.to_be_bytes());
        out.extend(media.to_be_bytes());
        out.extend(base.to_be_bytes());
        out.extend(packets.to_be_bytes());
        out.extend(&(reference as u32).to_be_bytes()[1..]);
        out.push(count);
        for (symbol, len) in self.runs {
            out.extend((symbol << 13 | len).to_be_bytes());
        }
        out.extend(self.times);
        let padding = (4 - out.len() % 4) % 4;
        if padding > 0 {
            out[0] |= 0x20;
            out.resize(out.len() + padding, 0);
            *out.last_mut().expect("it has a header") = padding as u8;
        }
        let words = (out.len() / 4 - 1) as u16;
        out[2..4].copy_from_slice(&words.to_be_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_and_gaps_are_told_once() {
        let mut arrivals = Arrivals::default();
        for (seq, at) in [(10, 64_000), (11, 64_250), (13, 64_500), (12, 200_000)] {
            arrivals.note(seq, at);
        }
        arrivals.note(16, 200_250);
        let message = arrivals.message(1, 2).unwrap();
        assert_eq!(message[12..16], [0, 10, 0, 7], "base and count");
        assert_eq!(message[16..20], [0, 0, 1, 0], "reference and number");
        // Two small, one large (late), one negative, two missing, one large.
        let chunks = [0x20, 2, 0x40, 2, 0, 2, 0x40, 1];
        assert_eq!(message[20..28], chunks);
        assert_eq!(message.len() % 4, 0);
        assert!(arrivals.message(1, 2).is_none());
        arrivals.note(17, 200_500);
        assert_eq!(arrivals.message(1, 2).unwrap()[12..16], [0, 17, 0, 1]);
    }

    #[test]
    fn many_arrivals_take_several_messages_without_a_gap() {
        let mut arrivals = Arrivals::default();
        for seq in 0..3000_u16 {
            arrivals.note(seq, i64::from(seq) * 500);
        }
        let (mut next, mut messages) = (0, 0);
        while let Some(message) = arrivals.message(1, 2) {
            assert_eq!(u16::from_be_bytes([message[12], message[13]]), next);
            next += u16::from_be_bytes([message[14], message[15]]);
            messages += 1;
        }
        assert_eq!((next, messages), (3000, 4));
    }
}
