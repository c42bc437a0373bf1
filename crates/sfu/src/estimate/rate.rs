//! The rate that follows from overuse and its absence (draft-ietf-rmcat-gcc-02, 5.5).

use super::{ESTIMATE_MAX, ESTIMATE_MIN, delay::Usage, standing::TOLERATED_US};

/// Share of what arrived that is left after overuse (beta).
const LEFT: f64 = 0.85;
/// The same if the queue is longer than [`LONG_QUEUE_US`], so that it drains in a second.
const LEFT_LONG: f64 = 0.7;
const LONG_QUEUE_US: i64 = 150_000;
/// No single reduction goes below this share: what arrived is not the network's limit if little was
/// sent. Reductions in a row are a few hundred milliseconds apart, so that a real fall is followed.
const LEFT_MIN: f64 = 0.5;
/// Growth never leads further above what arrives than this.
const BEYOND: f64 = 1.5;
const BEYOND_BPS: f64 = 20_000.0;
/// Bits of one packet, which is added per response time near the known limit.
const PACKET_BITS: f64 = 9_600.0;
/// Added to the round trip for the response time, in seconds (5.5).
const RESPONSE: f64 = 0.1;

/// What was found out up to now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Findings {
    /// In microseconds, as all times here.
    pub(super) now: i64,
    pub(super) usage: Usage,
    /// Standing queue beyond what jitter explains; below zero if there is none.
    pub(super) queue: i64,
    /// Bits per second that arrived, over the last 300 ms.
    pub(super) arrived: Option<f64>,
    /// The same over the last second.
    pub(super) arrived_longer: Option<f64>,
    pub(super) rtt: i64,
    /// Share by which losses let the rate grow in a second: 0.0..=0.08.
    pub(super) growth: f64,
}

/// The rate, and where the limit was met before.
#[derive(Debug)]
pub(super) struct Rate {
    bps: f64,
    updated: i64,
    reduced: Option<i64>,
    limit: Limit,
}

impl Rate {
    pub(super) fn new(now: i64, bps: u64) -> Self {
        let mut rate = Self {
            bps: 0.0,
            updated: now,
            reduced: None,
            limit: Limit::default(),
        };
        rate.set(bps as f64);
        rate
    }

    /// Bits per second, within [`ESTIMATE_MIN`]..=[`ESTIMATE_MAX`].
    pub(super) fn bps(&self) -> f64 {
        self.bps
    }

    /// When it was reduced last for a queue.
    pub(super) fn reduced(&self) -> Option<i64> {
        self.reduced
    }

    /// After feedback. True if it was reduced.
    pub(super) fn update(&mut self, seen: &Findings) -> bool {
        let elapsed = (seen.now - self.updated).clamp(0, 1_000_000) as f64 / 1e6;
        self.updated = seen.now;
        match seen.usage {
            Usage::Over => self.reduce(seen),
            Usage::Normal if seen.queue < TOLERATED_US => {
                self.grow(seen, elapsed);
                false
            }
            Usage::Normal | Usage::Under => false,
        }
    }

    /// For losses, or for feedback that does not come.
    pub(super) fn scale(&mut self, factor: f64) {
        self.set(self.bps * factor);
    }

    /// A probe came through at `bps`.
    pub(super) fn raise(&mut self, bps: f64) {
        if self.limit.is_below(bps) {
            self.limit = Limit::default();
        }
        self.set(self.bps.max(bps));
    }

    fn reduce(&mut self, seen: &Findings) -> bool {
        let pause = (seen.rtt + 50_000).clamp(100_000, 400_000);
        let Some(arrived) = seen.arrived else {
            return false;
        };
        if self.reduced.is_some_and(|at| seen.now - at < pause) {
            return false;
        }
        let is_long = seen.queue > LONG_QUEUE_US;
        let left = arrived * if is_long { LEFT_LONG } else { LEFT };
        if arrived > self.bps * LEFT_MIN {
            self.limit.met(arrived);
        }
        self.reduced = Some(seen.now);
        let before = self.bps;
        self.set(self.bps.min(left.max(self.bps * LEFT_MIN)));
        self.bps < before
    }

    fn grow(&mut self, seen: &Findings, elapsed: f64) {
        let Some(longer) = seen.arrived_longer else {
            return;
        };
        let ceiling = BEYOND * longer + BEYOND_BPS;
        if self.bps >= ceiling {
            return;
        }
        if self.limit.is_below(longer) {
            self.limit = Limit::default();
        }
        let mut step = self.bps * seen.growth * elapsed;
        if self.limit.is_near(self.bps) {
            let response = RESPONSE + (seen.rtt as f64 / 1e6).clamp(0.0, 1.0);
            step = step.min(PACKET_BITS / response * elapsed);
        }
        self.set((self.bps + step).min(ceiling));
    }

    fn set(&mut self, bps: f64) {
        self.bps = bps.clamp(ESTIMATE_MIN as f64, ESTIMATE_MAX as f64);
    }
}

/// What arrived whenever a queue built up: mean and spread (5.5).
#[derive(Debug, Default)]
struct Limit {
    mean: Option<f64>,
    /// Relative to the mean.
    variance: f64,
}

impl Limit {
    const WEIGHT: f64 = 0.1;
    const SPREAD_MIN: f64 = 0.03;
    const SPREAD_MAX: f64 = 0.15;

    fn met(&mut self, bps: f64) {
        match self.mean {
            Some(mean) if (bps - mean).abs() <= 3.0 * self.spread() * mean => {
                let off = (bps - mean) / mean;
                self.mean = Some(mean + Self::WEIGHT * (bps - mean));
                self.variance += Self::WEIGHT * (off * off - self.variance);
            }
            _ => (self.mean, self.variance) = (Some(bps), 0.005),
        }
    }

    fn spread(&self) -> f64 {
        let spread = self.variance.max(0.0).sqrt();
        spread.clamp(Self::SPREAD_MIN, Self::SPREAD_MAX)
    }

    /// True if it must have moved, since more than it came through.
    fn is_below(&self, bps: f64) -> bool {
        let above = |mean| bps > mean * (1.0 + 3.0 * self.spread());
        self.mean.is_some_and(above)
    }

    fn is_near(&self, bps: f64) -> bool {
        let near = |mean| bps > mean * (1.0 - 3.0 * self.spread()) && !self.is_below(bps);
        self.mean.is_some_and(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(now: i64, usage: Usage, arrived: f64) -> Findings {
        Findings {
            now: now * 1000,
            usage,
            queue: 0,
            arrived: Some(arrived),
            arrived_longer: Some(arrived),
            rtt: 50_000,
            growth: 0.08,
        }
    }

    #[test]
    fn overuse_leaves_a_part_of_what_arrives_and_growth_near_the_limit_is_slow() {
        let mut rate = Rate::new(0, 1_200_000);
        assert!(rate.update(&seen(100, Usage::Over, 1e6)));
        assert_eq!(rate.bps(), 850_000.0);
        assert!(
            !rate.update(&seen(150, Usage::Over, 9e5)),
            "its effect is waited for"
        );
        for now in (200..2200).step_by(50) {
            rate.update(&seen(now, Usage::Normal, rate.bps()));
        }
        assert!(
            (940_000.0..1_000_000.0).contains(&rate.bps()),
            "{}",
            rate.bps()
        );
    }

    #[test]
    fn growth_ends_a_little_above_what_arrives_and_no_single_overuse_takes_more_than_half() {
        let mut rate = Rate::new(0, 1_000_000);
        for now in (0..60_000).step_by(50) {
            rate.update(&seen(now, Usage::Normal, 1e6));
        }
        assert_eq!(rate.bps(), 1_520_000.0);
        rate.update(&seen(60_000, Usage::Over, 1e5));
        assert_eq!(rate.bps(), 760_000.0);
    }

    #[test]
    fn it_stays_within_its_range() {
        let mut rate = Rate::new(0, u64::MAX);
        assert_eq!(rate.bps(), ESTIMATE_MAX as f64);
        (0..40).for_each(|_| rate.scale(0.5));
        assert_eq!(rate.bps(), ESTIMATE_MIN as f64);
    }
}
