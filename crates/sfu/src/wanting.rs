//! A receiver that is shown less than it asks for: how its network is asked again and again whether
//! it carries more.
//!
//! The estimator (GoogCC in str0m) probes when the desired rate rises, and otherwise trusts that what
//! is sent now is what there is to send. After losses it may hold its estimate for a minute, and
//! then a picture stays paused long after the network recovered (str0m issue 911).

use std::time::{Duration, Instant};

/// Its network is probed this often.
const PROBE_INTERVAL_MS: u128 = 2000;
/// Part of that in which the desired rate is down, before it rises again: longer than a tick.
const LOW_MS: u128 = 150;
/// An estimate that did not grow for this long is forgotten and made anew.
const PATIENCE: Duration = Duration::from_secs(8);
/// The longest patience, for a network that is really narrow: each new estimate begins with probes
/// that such a network feels.
const PATIENCE_MAX: Duration = Duration::from_secs(60);

pub(crate) struct Wanting {
    since: Instant,
    best: u64,
    grown: Instant,
    patience: Duration,
}

impl Wanting {
    pub(crate) fn new(now: Instant, estimate: u64) -> Self {
        Self {
            since: now,
            best: estimate,
            grown: now,
            patience: PATIENCE,
        }
    }

    /// The desired rate, up and down a little, as every rise brings a probe.
    pub(crate) fn desired(&self, now: Instant, needed: u64) -> u64 {
        let age = now.saturating_duration_since(self.since).as_millis();
        let low = age > 0 && age % PROBE_INTERVAL_MS < LOW_MS;
        needed + if low { 0 } else { needed / 5 }
    }

    /// True when the estimate is to be made anew.
    pub(crate) fn is_stuck(&mut self, now: Instant, estimate: u64) -> bool {
        if estimate > self.best + self.best / 20 {
            (self.best, self.grown, self.patience) = (estimate, now, PATIENCE);
        }
        self.best = self.best.min(estimate);
        if now.saturating_duration_since(self.grown) < self.patience {
            return false;
        }
        self.grown = now;
        self.patience = (self.patience * 2).min(PATIENCE_MAX);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_that_does_not_grow_is_made_anew_less_and_less_often() {
        let start = Instant::now();
        let mut wanting = Wanting::new(start, 500_000);
        let at = |ms| start + Duration::from_millis(ms);
        let resets: Vec<u64> = (0..200_000)
            .step_by(100)
            .filter(|&ms| wanting.is_stuck(at(ms), 500_000))
            .collect();
        assert_eq!(resets, [8_000, 24_000, 56_000, 116_000, 176_000]);
    }

    #[test]
    fn one_that_grows_is_left_alone() {
        let start = Instant::now();
        let mut wanting = Wanting::new(start, 500_000);
        for second in 0..60 {
            let now = start + Duration::from_secs(second);
            assert!(!wanting.is_stuck(now, 500_000 + second * second * 20_000));
        }
    }

    #[test]
    fn the_desired_rate_rises_every_two_seconds() {
        let start = Instant::now();
        let wanting = Wanting::new(start, 1);
        let desired = |ms| wanting.desired(start + Duration::from_millis(ms), 1000);
        let mut last = desired(0);
        let mut rises = Vec::new();
        for ms in (100..6500).step_by(100) {
            if desired(ms) > last {
                rises.push(ms);
            }
            last = desired(ms);
        }
        assert_eq!(rises, [200, 2200, 4200, 6200]);
    }
}
