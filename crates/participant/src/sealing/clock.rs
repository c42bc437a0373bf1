//! Two ways to count time: the session's milliseconds since 1970, and everybody else's [`Instant`]s.

use std::time::{Duration, Instant};

/// Counts from one moment, so that it never runs backwards, whatever the time of day does.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
    start_ms: u64,
}

impl Clock {
    /// `start_ms` is the time of day at `start`.
    pub(super) fn new(start: Instant, start_ms: u64) -> Self {
        Self { start, start_ms }
    }

    pub(super) fn ms(self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.start).as_millis();
        self.start_ms
            .saturating_add(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// `None` for a time that never comes.
    pub(super) fn instant(self, ms: u64) -> Option<Instant> {
        let since = Duration::from_millis(ms.saturating_sub(self.start_ms));
        self.start.checked_add(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_counting_agree_and_never_is_never() {
        let start = Instant::now();
        let clock = Clock::new(start, 1_000);
        let later = start + Duration::from_millis(250);
        assert_eq!((clock.ms(start), clock.ms(later)), (1_000, 1_250));
        assert_eq!(clock.instant(1_250), Some(later));
        assert_eq!(clock.instant(5), Some(start));
        let _ = clock.instant(u64::MAX); // whatever this platform makes of it, it is no panic
    }
}
