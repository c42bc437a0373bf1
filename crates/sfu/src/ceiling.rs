//! A bound on what is forwarded of one publisher: for those whom nobody has admitted to a table yet.

use std::time::{Duration, Instant};

/// So much may come at once: a key frame, and what a pacer lets through in one go.
const BURST: Duration = Duration::from_millis(500);

pub(crate) struct Ceiling {
    bits_per_second: f64,
    /// Bits that may come now.
    left: f64,
    at: Instant,
}

impl Ceiling {
    pub(crate) fn new(now: Instant, bits_per_second: u64) -> Self {
        let bits_per_second = bits_per_second as f64;
        Self {
            bits_per_second,
            left: bits_per_second * BURST.as_secs_f64(),
            at: now,
        }
    }

    /// Counts a packet; `false` if it is too much.
    pub(crate) fn takes(&mut self, now: Instant, bytes: usize) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let most = self.bits_per_second * BURST.as_secs_f64();
        self.left = (self.left + passed * self.bits_per_second).min(most);
        self.at = self.at.max(now);
        let bits = bytes as f64 * 8.0;
        let takes = bits <= self.left;
        if takes {
            self.left -= bits;
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_rate_passes_whatever_comes() {
        let start = Instant::now();
        let mut ceiling = Ceiling::new(start, 1_000_000);
        let mut passed = 0;
        for ms in 0..4_000 {
            let now = start + Duration::from_millis(ms);
            passed += u64::from(ceiling.takes(now, 1_000)) * 8_000;
        }
        assert!((4_000_000..=4_500_000).contains(&passed), "{passed}");
    }

    #[test]
    fn what_stays_below_it_passes_whole() {
        let start = Instant::now();
        let mut ceiling = Ceiling::new(start, 1_000_000);
        for ms in (0..4_000).step_by(10) {
            assert!(ceiling.takes(start + Duration::from_millis(ms), 1_200));
        }
    }
}
