//! The slope of the delay over the last groups, and the threshold it is compared with
//! (draft-ietf-rmcat-gcc-02, 5.3 to 5.5; a fitted line in place of the draft's Kalman filter).

use super::delay::Usage;

/// Groups the line is laid through.
const GROUPS: usize = 20;
/// Share of the old value in the smoothed delay.
const SMOOTHING: f64 = 0.9;
/// Slope times number of groups (at most [`COUNTED`]) times this is compared with the threshold.
const GAIN: f64 = 4.0;
const COUNTED: f64 = 60.0;
/// Of the threshold: where it begins, and the range it stays in.
const THRESHOLD: f64 = 12.5;
const THRESHOLD_MIN: f64 = 6.0;
const THRESHOLD_MAX: f64 = 600.0;
/// How quickly it follows the slope, per millisecond: up and down. Down more quickly than the draft
/// (5.4) would: the line is much steadier than the filter's estimate.
const FOLLOW_UP: f64 = 0.0087;
const FOLLOW_DOWN: f64 = 0.039;
/// A slope further above the threshold than this is left out of it: a spike (5.4).
const SPIKE: f64 = 15.0;
/// Milliseconds the threshold must be exceeded for (5.5).
const OVERUSE_MS: f64 = 10.0;

/// A line through the last groups.
#[derive(Debug)]
pub(super) struct Trend {
    /// Arrival and smoothed delay in milliseconds, from `origin`; a ring.
    points: [(f64, f64); GROUPS],
    count: usize,
    origin: Option<(i64, i64)>,
    smoothed: f64,
    slope: f64,
    threshold: f64,
    /// How long the threshold is exceeded, in milliseconds, and by how many groups.
    over: (f64, u32),
    usage: Usage,
}

impl Trend {
    pub(super) fn new() -> Self {
        Self {
            points: [(0.0, 0.0); GROUPS],
            count: 0,
            origin: None,
            smoothed: 0.0,
            slope: 0.0,
            threshold: THRESHOLD,
            over: (0.0, 0),
            usage: Usage::Normal,
        }
    }

    /// After a pause: the groups are forgotten, the threshold is kept.
    pub(super) fn forget(&mut self) {
        *self = Self {
            threshold: self.threshold,
            ..Self::new()
        };
    }

    /// A group: microseconds since the last one was sent, its arrival and its delay.
    pub(super) fn add(&mut self, elapsed: i64, arrival: i64, delay: i64) -> Usage {
        let (start, usual) = *self.origin.get_or_insert((arrival, delay));
        let ms = |us: i64| us as f64 / 1000.0;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * ms(delay - usual);
        self.points[self.count % GROUPS] = (ms(arrival - start), self.smoothed);
        self.count += 1;
        if self.count < GROUPS {
            return Usage::Normal;
        }
        let last = self.slope;
        self.slope = self.fit().unwrap_or(last);
        self.judge(ms(elapsed), self.slope >= last)
    }

    /// Least squares; `None` if all arrived at once.
    fn fit(&self) -> Option<f64> {
        let count = GROUPS as f64;
        let sum = |of: fn(&(f64, f64)) -> f64| self.points.iter().map(of).sum::<f64>();
        let (x_mean, y_mean) = (sum(|p| p.0) / count, sum(|p| p.1) / count);
        let (mut up, mut across) = (0.0, 0.0);
        for (x, y) in &self.points {
            up += (x - x_mean) * (y - y_mean);
            across += (x - x_mean) * (x - x_mean);
        }
        (across > 1.0).then(|| up / across)
    }

    fn judge(&mut self, elapsed: f64, rises: bool) -> Usage {
        let value = self.slope * COUNTED.min(self.count as f64) * GAIN;
        if value > self.threshold {
            self.over.0 += if self.over.1 == 0 {
                elapsed / 2.0
            } else {
                elapsed
            };
            self.over.1 += 1;
            // Once it was overuse it stays so until the slope is below the threshold again.
            if self.over.0 > OVERUSE_MS && self.over.1 > 1 && rises {
                self.usage = Usage::Over;
            }
        } else {
            self.over = (0.0, 0);
            let drains = value < -self.threshold;
            self.usage = if drains { Usage::Under } else { Usage::Normal };
        }
        self.adapt(value.abs(), elapsed);
        self.usage
    }

    fn adapt(&mut self, value: f64, elapsed: f64) {
        let above = value - self.threshold;
        if above > SPIKE {
            return;
        }
        let follow = if above > 0.0 { FOLLOW_UP } else { FOLLOW_DOWN };
        // A pause is not time in which it was compared.
        self.threshold += follow * above * elapsed.clamp(0.0, 100.0);
        self.threshold = self.threshold.clamp(THRESHOLD_MIN, THRESHOLD_MAX);
    }
}
