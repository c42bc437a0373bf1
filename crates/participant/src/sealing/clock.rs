//! Two ways to count time: the session's milliseconds since 1970, and everybody else's [`Instant`]s.

use std::time::{Duration, Instant};

/// Counts from one moment, so that it never runs backwards and never jumps, whatever the time of day
/// does. [`Instant`]s stand still while a laptop sleeps; what has grown old meanwhile is old all the
/// same, so sleep is counted in ([`Clock::slept`]).
#[derive(Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
    start_ms: u64,
    asleep: Duration,
}

impl Clock {
    /// `start_ms` is the time of day at `start`.
    pub(super) fn new(start: Instant, start_ms: u64) -> Self {
        let asleep = Duration::ZERO;
        Self {
            start,
            start_ms,
            asleep,
        }
    }

    /// The machine slept for so long.
    pub(super) fn slept(&mut self, time: Duration) {
        self.asleep += time;
    }

    pub(super) fn ms(self, now: Instant) -> u64 {
        let awake = now.saturating_duration_since(self.start);
        let since = (awake + self.asleep).as_millis();
        self.start_ms
            .saturating_add(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// `None` for a time that never comes.
    pub(super) fn instant(self, ms: u64) -> Option<Instant> {
        let since = Duration::from_millis(ms.saturating_sub(self.start_ms));
        self.start.checked_add(since.saturating_sub(self.asleep))
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
        let mut clock = clock;
        clock.slept(Duration::from_secs(60));
        assert_eq!((clock.ms(start), clock.ms(later)), (61_000, 61_250));
        assert_eq!(clock.instant(61_250), Some(later));
        let _ = clock.instant(u64::MAX); // whatever this platform makes of it, it is no panic
    }
}
