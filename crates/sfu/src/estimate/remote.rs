//! The receiver's clock, which begins anywhere, wraps, and may jump.

use super::feedback::REFERENCE_US;

/// An arrival this many microseconds away from where the last one would put it says that the clock
/// jumped (or that the receiver is another one): delays before and after are not comparable.
const JUMP_US: i64 = 10_000_000;

/// Makes arrivals comparable across feedback packets.
#[derive(Debug, Default)]
pub(super) struct Remote {
    /// Reference time of the current feedback: modulo 2^24 as it came, and unwrapped in microseconds.
    reference: Option<u32>,
    base: i64,
    /// Departure and arrival of the last packet.
    last: Option<(i64, i64)>,
}

impl Remote {
    /// A feedback with this reference time (24 bits, 64 ms) follows.
    pub(super) fn begin(&mut self, reference: u32) {
        let last = self.reference.replace(reference).unwrap_or(reference);
        // The sign of the 24-bit difference: feedback may overtake feedback.
        let moved = (reference.wrapping_sub(last) << 8) as i32 >> 8;
        // Before the first arrival it counts from anywhere; later what is too far is a jump.
        self.base = match self.last {
            None => 0,
            Some(_) => self.base.saturating_add(i64::from(moved) * REFERENCE_US),
        };
    }

    /// Arrival in microseconds, on a clock that never jumps, of a packet that arrived `offset` after
    /// the reference time. True if earlier arrivals are not comparable.
    pub(super) fn arrival(&mut self, sent: i64, offset: i64) -> (i64, bool) {
        let arrival = self.base.saturating_add(offset);
        let jumped = self.last.is_some_and(|(last_sent, last)| {
            let expected = last + (sent - last_sent);
            arrival.saturating_sub(expected).saturating_abs() > JUMP_US
        });
        if !jumped {
            self.last = Some((sent, arrival));
            return (arrival, false);
        }
        // From here on the clock counts from where the packet left, so that no number of jumps adds up.
        self.base = sent - offset;
        self.last = Some((sent, sent));
        (sent, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_time_may_wrap_and_step_back_a_little() {
        let mut remote = Remote::default();
        let mut arrivals = Vec::new();
        for (reference, sent) in [
            (0xff_fffe, 0),
            (0, 128_000),
            (0xff_ffff, 64_000),
            (3, 320_000),
        ] {
            remote.begin(reference);
            arrivals.push(remote.arrival(sent, 500));
        }
        let start = arrivals[0].0;
        let since: Vec<_> = arrivals
            .iter()
            .map(|(at, anew)| (at - start, *anew))
            .collect();
        assert_eq!(
            since,
            [
                (0, false),
                (128_000, false),
                (64_000, false),
                (320_000, false)
            ]
        );
    }

    #[test]
    fn feedback_about_nothing_moves_the_clock_nowhere_bad() {
        for has_arrival in [false, true] {
            let mut remote = Remote::default();
            if has_arrival {
                remote.arrival(0, 0);
            }
            for i in 0..40_000_000_u32 {
                remote.begin(i.wrapping_mul(0x7f_ffff) & 0xff_ffff);
            }
            for sent in 1..4 {
                assert!(remote.arrival(sent, 4_000_000_000).0 <= 4_000_000_003);
            }
        }
    }

    #[test]
    fn a_jump_begins_anew_and_any_number_of_them_adds_up_to_nothing() {
        let mut remote = Remote::default();
        remote.begin(5);
        assert!(!remote.arrival(0, 0).1);
        for i in 1..100_000_i64 {
            remote.begin((i as u32).wrapping_mul(7_999_999) & 0xff_ffff);
            let (arrival, anew) = remote.arrival(i, 0);
            assert!(anew && arrival.abs() < 1 << 40, "{i}: {arrival}");
        }
    }
}
