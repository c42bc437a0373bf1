//! Whether a picture goes on or waits, so that it does not come and go.

use std::time::{Duration, Instant};

/// Whether a picture flows or is paused. One that is paused again soon after it went on has to fit for
/// longer the next time: a line that is nearly too narrow must not make it come and go, nor be filled with
/// the word of it.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    /// Since it flows, or fits again.
    since: Option<Instant>,
    is_paused: bool,
    /// How long it has to fit before it goes on.
    wait: Duration,
}

/// Pictures that flowed for so long did not go on too soon.
const SETTLED: Duration = Duration::from_secs(10);
const WAIT: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(16);

impl Flow {
    /// For how long it flows.
    pub(crate) fn lasts(&self, now: Instant) -> Duration {
        let since = self.since.filter(|_| !self.is_paused);
        since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// Nothing flows for a while, which says nothing of whether it fits.
    pub(crate) fn interrupt(&mut self) {
        self.since = None;
    }

    /// Every tenth of a second, and when something changes. True if it flows.
    pub(crate) fn judge(&mut self, now: Instant, fits: bool) -> bool {
        if !fits {
            if !self.is_paused {
                let lasted = self.since.map(|since| now.saturating_duration_since(since));
                self.wait = match lasted {
                    Some(lasted) if lasted < SETTLED => (self.wait * 2).clamp(WAIT, WAIT_MAX),
                    Some(_) => Duration::ZERO,
                    None => self.wait,
                };
            }
            (self.since, self.is_paused) = (None, true);
            return false;
        }
        let since = *self.since.get_or_insert(now);
        if self.is_paused && now.saturating_duration_since(since) >= self.wait {
            (self.since, self.is_paused) = (Some(now), false);
        }
        !self.is_paused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long it has to fit before it goes on, each time it was paused after flowing for so long.
    fn waits(lasted: Duration) -> Vec<u64> {
        let (mut flow, mut now) = (Flow::default(), Instant::now());
        assert!(flow.judge(now, true), "at first there is no wait");
        let tenth = Duration::from_millis(100);
        let mut waits = Vec::new();
        for _ in 0..7 {
            now += lasted;
            assert!(!flow.judge(now, false));
            let paused = now;
            while !flow.judge(now, true) {
                now += tenth;
            }
            waits.push((now - paused).as_secs());
        }
        waits
    }

    #[test]
    fn a_picture_that_comes_and_goes_has_to_fit_for_longer_each_time() {
        assert_eq!(waits(Duration::from_secs(2)), [1, 2, 4, 8, 16, 16, 16]);
    }

    #[test]
    fn one_that_flowed_for_long_goes_on_at_once() {
        assert_eq!(waits(Duration::from_secs(11)), [0; 7]);
    }

    #[test]
    fn what_fits_for_a_moment_only_begins_anew() {
        let (mut flow, start) = (Flow::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        flow.judge(at(0), true);
        flow.judge(at(1_000), false);
        assert!(!flow.judge(at(1_100), true));
        assert!(!flow.judge(at(1_900), false));
        assert!(!flow.judge(at(2_000), true));
        assert!(!flow.judge(at(2_900), true));
        assert!(flow.judge(at(3_000), true));
    }
}
