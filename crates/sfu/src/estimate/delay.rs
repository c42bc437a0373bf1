//! Whether a queue builds up, from how long groups of packets were under way.
//!
//! Groups and their delay gradient as in draft-ietf-rmcat-gcc-02, 5.2 and 5.3; the gradient is the
//! slope of a line through the last groups (Carlucci et al., "Congestion Control for Web Real-Time
//! Communication", IEEE/ACM ToN 25(5), 2017), compared with an adaptive threshold (5.4). What the
//! draft does not have: overuse counts only if a queue *stands*, i.e. if even the quickest group of
//! the last moments was slower than usual. Jitter makes slopes, but no standing queue.

use super::{trend::Trend, window::Lowest};

/// Packets sent within this many microseconds are one group (5.2).
const GROUP_US: i64 = 5_000;
/// A burst released by a link that had stalled is one group, up to this length.
const BURST_US: i64 = 100_000;
/// Two groups further apart than this have nothing to tell of each other.
const PAUSE_US: i64 = 1_000_000;
/// A queue stands if the quickest group of this time was slow: three buckets.
const STANDING_BUCKET_US: i64 = 50_000;
/// The usual delay is that of the quickest group of fifteen seconds: ten buckets. Longer would take
/// a change of route, or clocks that run apart, for a queue for longer.
const BASE_BUCKET_US: i64 = 1_500_000;
/// Delay above the usual that is not yet a queue, in microseconds, without jitter.
const NO_QUEUE_US: i64 = 10_000;

/// The quickest of some groups is hardly ever later than that many times the mean difference: with
/// evenly spread jitter half of its range.
const JITTER_SHARE: f64 = 1.5;
/// A queue that became shorter by this many microseconds within that time drains.
const DRAINS_US: i64 = 5_000;

/// What the delays say (5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    /// A queue drains.
    Under,
    Normal,
    /// A queue builds up.
    Over,
}

/// Packets sent together, in microseconds of the sender's and the receiver's clock.
#[derive(Debug, Clone, Copy)]
struct Group {
    first_sent: i64,
    last_sent: i64,
    first_arrival: i64,
    last_arrival: i64,
}

impl Group {
    fn of(sent: i64, arrival: i64) -> Self {
        Self {
            first_sent: sent,
            last_sent: sent,
            first_arrival: arrival,
            last_arrival: arrival,
        }
    }

    /// True if the packet, sent no earlier than the group's first, is of the same group.
    fn includes(&self, sent: i64, arrival: i64) -> bool {
        let since = arrival - self.last_arrival;
        let released = since <= GROUP_US
            && since < sent - self.last_sent
            && arrival - self.first_arrival < BURST_US;
        sent - self.first_sent <= GROUP_US || released
    }
}

/// Delays of one direction of one path.
pub(super) struct Delay {
    group: Option<Group>,
    /// When the last whole group was sent, and how long it was under way (clocks not compared).
    last: Option<(i64, i64)>,
    trend: Trend,
    base: Lowest<10>,
    recent: Lowest<3>,
    /// Mean difference of delay from group to group, in microseconds.
    jitter: f64,
    usage: Usage,
}

impl Delay {
    pub(super) fn new() -> Self {
        Self {
            group: None,
            last: None,
            trend: Trend::new(),
            base: Lowest::new(BASE_BUCKET_US),
            recent: Lowest::new(STANDING_BUCKET_US),
            jitter: 0.0,
            usage: Usage::Normal,
        }
    }

    /// A packet's departure and arrival, each on its own clock. In the order they were sent; one
    /// that comes too late for its group is left out.
    pub(super) fn arrived(&mut self, sent: i64, arrival: i64) {
        let Some(group) = &mut self.group else {
            self.group = Some(Group::of(sent, arrival));
            return;
        };
        if sent < group.first_sent {
            return;
        }
        if group.includes(sent, arrival) {
            group.last_sent = group.last_sent.max(sent);
            group.last_arrival = group.last_arrival.max(arrival);
            return;
        }
        let whole = std::mem::replace(group, Group::of(sent, arrival));
        self.measure(whole.last_sent, whole.last_arrival);
    }

    /// What the delays say now.
    pub(super) fn usage(&self) -> Usage {
        match self.usage {
            Usage::Over if self.queue() <= self.no_queue() => Usage::Normal,
            // The line looks back further: it still rises when the queue drains already.
            Usage::Over if self.recent.fall() > DRAINS_US => Usage::Normal,
            usage => usage,
        }
    }

    /// The queue that stands, in microseconds: how much slower than usual the quickest group of the
    /// last 100 to 150 ms was.
    pub(super) fn queue(&self) -> i64 {
        let known = self.recent.get().zip(self.base.get());
        known.map_or(0, |(recent, base)| recent - base)
    }

    /// What [`Self::queue`] may be without one.
    pub(super) fn no_queue(&self) -> i64 {
        NO_QUEUE_US + (self.jitter * JITTER_SHARE) as i64
    }

    /// Mean difference of delay from group to group, in microseconds.
    pub(super) fn jitter(&self) -> i64 {
        self.jitter as i64
    }

    /// The queue that stands is nobody's: it is the usual delay from now on.
    pub(super) fn accept_queue(&mut self) {
        self.base.replace(self.recent.get());
    }

    fn measure(&mut self, sent: i64, arrival: i64) {
        let delay = arrival - sent;
        let since = self.last.map(|(last_sent, last)| (sent - last_sent, last));
        self.last = Some((sent, delay));
        self.base.add(sent, delay);
        self.recent.add(sent, delay);
        match since {
            Some((elapsed, last)) if elapsed < PAUSE_US => {
                let change = (delay - last).abs().min(100_000) as f64;
                self.jitter += (change - self.jitter) / 64.0;
                self.usage = self.trend.add(elapsed, arrival, delay);
            }
            _ => {
                self.trend.forget();
                self.usage = Usage::Normal;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups every 20 ms; `delay` in milliseconds by their number.
    fn run(groups: i64, delay: impl Fn(i64) -> i64) -> (Delay, Vec<i64>) {
        let (mut it, mut over) = (Delay::new(), Vec::new());
        for i in 0..groups {
            it.arrived(i * 20_000, 7_000_000_000 + i * 20_000 + delay(i) * 1000);
            if it.usage() == Usage::Over {
                over.push(i);
            }
        }
        (it, over)
    }

    #[test]
    fn a_queue_that_builds_up_is_seen_within_a_third_of_a_second() {
        let (it, over) = run(100, |i| (i - 50).max(0) * 5);
        assert!(
            over.first().is_some_and(|first| (52..66).contains(first)),
            "{over:?}"
        );
        assert!(it.queue() > 150_000, "{}", it.queue());
    }

    #[test]
    fn a_queue_that_drains_is_no_overuse() {
        let (it, over) = run(120, |i| if i < 60 { 0 } else { (120 - i) * 5 });
        assert!(over.iter().all(|i| *i < 72), "{over:?}");
        assert_eq!(it.usage(), Usage::Under);
    }

    #[test]
    fn jitter_and_one_step_of_the_route_are_no_lasting_overuse() {
        let (_, over) = run(3000, |i| i * 7919 % 41);
        assert!(over.is_empty(), "jitter: {over:?}");
        let (it, over) = run(3000, |i| if i < 1000 { 10 } else { 90 });
        assert!(over.len() < 20, "{over:?}");
        assert!(it.queue() < 1000, "the new usual delay");
    }

    #[test]
    fn packets_sent_at_once_or_released_at_once_are_one_group() {
        let mut it = Delay::new();
        for i in 0..10 {
            it.arrived(i * 400, 50_000 + i * 3000);
        }
        assert!(it.last.is_none());
        it.arrived(40_000, 90_000);
        assert_eq!(it.last, Some((3_600, 73_400)));
        for i in 1..8 {
            it.arrived(40_000 + i * 10_000, 90_000 + i * 200);
        }
        assert_eq!(it.last, Some((3_600, 73_400)), "stalled, then released");
    }
}
