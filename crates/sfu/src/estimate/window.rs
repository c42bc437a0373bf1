//! Sums and lowest values over sliding windows, in fixed memory.

/// Width of a bucket of received bytes, in microseconds.
const BUCKET_US: i64 = 25_000;
/// A second, and the bucket being filled.
const BUCKETS: usize = 41;

/// Bytes by when they arrived, over the last second.
#[derive(Debug)]
pub(super) struct Received {
    bytes: [u32; BUCKETS],
    /// Number of the newest bucket.
    head: i64,
    /// First and newest arrival, in microseconds.
    span: Option<(i64, i64)>,
}

impl Received {
    pub(super) fn new() -> Self {
        Self {
            bytes: [0; BUCKETS],
            head: 0,
            span: None,
        }
    }

    pub(super) fn add(&mut self, arrival: i64, bytes: u32) {
        let bucket = arrival.div_euclid(BUCKET_US);
        let (first, newest) = self.span.unwrap_or((arrival, arrival));
        if self.span.is_none() {
            self.head = bucket;
        }
        self.span = Some((first, newest.max(arrival)));
        for i in 1..=(bucket - self.head).min(BUCKETS as i64) {
            self.bytes[place(self.head + i)] = 0;
        }
        self.head = self.head.max(bucket);
        if self.head - bucket < BUCKETS as i64 {
            let place = &mut self.bytes[place(bucket)];
            *place = place.saturating_add(bytes);
        }
    }

    /// Bits per second over the last `window` (microseconds, up to a second) before the newest
    /// arrival; `None` until half of that was seen.
    pub(super) fn rate(&self, window: i64) -> Option<f64> {
        let (first, newest) = self.span?;
        let buckets = (window / BUCKET_US).clamp(1, BUCKETS as i64 - 1);
        let from = ((self.head - buckets) * BUCKET_US).max(first);
        let span = newest - from;
        if span < window / 2 {
            return None;
        }
        let bytes: u64 = (0..=buckets)
            .map(|i| u64::from(self.bytes[place(self.head - i)]))
            .sum();
        Some(bytes as f64 * 8e6 / span as f64)
    }
}

fn place(bucket: i64) -> usize {
    bucket.rem_euclid(BUCKETS as i64) as usize
}

/// The lowest of the values of the last `N` buckets of `width` microseconds each.
#[derive(Debug)]
pub(super) struct Lowest<const N: usize> {
    width: i64,
    head: i64,
    values: [i64; N],
}

impl<const N: usize> Lowest<N> {
    pub(super) fn new(width: i64) -> Self {
        Self {
            width,
            head: 0,
            values: [i64::MAX; N],
        }
    }

    pub(super) fn add(&mut self, at: i64, value: i64) {
        let bucket = at.div_euclid(self.width);
        for i in 1..=(bucket.saturating_sub(self.head)).min(N as i64) {
            self.values[(self.head + i).rem_euclid(N as i64) as usize] = i64::MAX;
        }
        if bucket > self.head {
            // A leap further than the window must not leave the new bucket with an old value.
            self.values[bucket.rem_euclid(N as i64) as usize] = i64::MAX;
            self.head = bucket;
        }
        let place = &mut self.values[self.head.rem_euclid(N as i64) as usize];
        *place = value.min(*place);
    }

    /// Begins anew with the value of another.
    pub(super) fn replace(&mut self, value: Option<i64>) {
        self.values = [value.unwrap_or(i64::MAX); N];
    }

    /// How much lower the newest bucket is than the oldest.
    pub(super) fn fall(&self) -> i64 {
        let value = |back: usize| {
            let value = self.values[(self.head - back as i64).rem_euclid(N as i64) as usize];
            (value != i64::MAX).then_some(value)
        };
        let ends = value(N - 1).zip(value(0));
        ends.map_or(0, |(oldest, newest)| oldest - newest)
    }

    pub(super) fn get(&self) -> Option<i64> {
        let lowest = self.values.iter().copied().min()?;
        (lowest != i64::MAX).then_some(lowest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_is_measured_over_any_window() {
        let mut received = Received::new();
        for i in 0..200 {
            received.add(i * 10_000, 1250);
        }
        for window in [100_000, 300_000, 1_000_000] {
            let rate = received.rate(window).unwrap();
            assert!((950_000.0..1_090_000.0).contains(&rate), "{rate}");
        }
    }

    #[test]
    fn nothing_is_said_of_too_short_a_time_and_old_arrivals_do_not_count() {
        let mut received = Received::new();
        received.add(0, 1000);
        received.add(90_000, 1000);
        assert_eq!(received.rate(300_000), None);
        received.add(10_000_000, 1000);
        received.add(1, 60_000);
        let rate = received.rate(300_000).unwrap();
        assert!(rate < 30_000.0, "{rate}");
    }

    #[test]
    fn the_lowest_value_is_forgotten_after_its_window() {
        let mut lowest = Lowest::<3>::new(50);
        assert_eq!(lowest.get(), None);
        lowest.add(0, 10);
        lowest.add(60, 30);
        assert_eq!(lowest.get(), Some(10));
        lowest.add(160, 40);
        assert_eq!((lowest.get(), lowest.fall()), (Some(30), -10));
        lowest.add(10_000, 90);
        assert_eq!(lowest.get(), Some(90));
    }
}
