//! How many bits per second a layer brings, over the last second.

use std::time::{Duration, Instant};

const BUCKETS: usize = 10;
const BUCKET: Duration = Duration::from_millis(100);

/// Sliding sum over ten tenths of a second.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    bytes: [u64; BUCKETS],
    /// Number of the bucket last written, counted from `start`.
    head: u64,
    start: Option<Instant>,
}

impl Meter {
    pub(crate) fn add(&mut self, now: Instant, bytes: usize) {
        let start = *self.start.get_or_insert(now);
        self.advance(now.saturating_duration_since(start));
        self.bytes[self.head as usize % BUCKETS] += bytes as u64;
    }

    /// Bits per second; `None` until half a second was seen.
    pub(crate) fn bitrate(&mut self, now: Instant) -> Option<u64> {
        let age = now.saturating_duration_since(self.start?);
        self.advance(age);
        if age < Duration::from_millis(500) {
            return None;
        }
        let span_ms = age.as_millis().min(1000) as u64;
        Some(self.bytes.iter().sum::<u64>() * 8 * 1000 / span_ms)
    }

    fn advance(&mut self, age: Duration) {
        let bucket = (age.as_millis() / BUCKET.as_millis()) as u64;
        let skipped = bucket.saturating_sub(self.head);
        for i in 1..=skipped.min(BUCKETS as u64) {
            self.bytes[(self.head + i) as usize % BUCKETS] = 0;
        }
        self.head = self.head.max(bucket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_is_measured_and_a_stopped_one_falls_to_zero() {
        let mut meter = Meter::default();
        let start = Instant::now();
        for i in 0..200 {
            meter.add(start + Duration::from_millis(10 * i), 125);
        }
        let end = start + Duration::from_millis(2000);
        let bitrate = meter.bitrate(end).unwrap();
        assert!((85_000..=101_000).contains(&bitrate), "{bitrate}");
        assert_eq!(meter.bitrate(end + Duration::from_secs(3)), Some(0));
    }
}
