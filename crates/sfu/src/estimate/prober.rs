//! When to try more than is sent, how much, and what came of it.
//!
//! A probe is a short train of padding. If it arrives no slower than it left, the network carries
//! that rate; if slower, the rate it arrived at is what the network carries at most. A train is kept
//! so short that a network that is only as wide as the estimate gets over it in a tenth of a second:
//! the next voice packet is hardly late, and it can be tried again and again.

use std::time::Duration;

use super::{
    ESTIMATE_MAX,
    history::Sent,
    train::{SLOWED, Train},
};

/// Times the estimate: the first probe, and all others.
const FIRST_SCALE: f64 = 8.0;
const SCALE: f64 = 2.0;
/// No more than this times what is desired: there is nothing to gain from it.
const DESIRED_SCALE: f64 = 1.15;
/// A gain of less than this is not worth a probe.
const GAIN: f64 = 1.05;
/// Length of a train in microseconds, without and with much jitter.
const TRAIN_US: i64 = 20_000;
const TRAIN_LONGEST_US: i64 = 60_000;
/// What a train may add to the queue of a network just as wide as the estimate, in seconds.
const QUEUE_S: f64 = 0.12;
/// Shorter trains tell nothing: of eight packets enough arrive even where a third is lost.
const BYTES_MIN: f64 = 2_000.0;
/// Microseconds until a probe without an answer has failed, on top of the round trip.
const PATIENCE_US: i64 = 1_000_000;
/// Wait after failures in a row: the first, and the longest.
const BACKOFF_US: i64 = 1_000_000;
const BACKOFF_LONGEST_US: i64 = 8_000_000;
/// Overuse so soon after a probe came through says that it lied.
const LIE_US: i64 = 2_000_000;

/// Names one probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProbeId(u32);

/// Padding to be sent now, to see whether it comes through at that rate.
///
/// Best spread evenly over `duration`, in at least five datagrams of about equal size; sent all at
/// once it works too (the arrivals show the rate), but presses harder on a narrow network. Each is
/// counted by [`Estimator::sent`] with the probe's id; other packets in between are taken into
/// account. If the caller cannot send it, it does nothing: the probe is given up after a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Probe {
    pub(crate) id: ProbeId,
    /// Bits per second the padding has when spread over `duration`.
    pub(crate) bitrate: u64,
    /// Bytes of UDP payload, altogether: at least 2000.
    pub(crate) bytes: usize,
    /// Up to 60 ms; longer only if two thousand bytes take longer.
    pub(crate) duration: Duration,
}

/// What came of a probe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    /// Bits per second the network carries.
    pub(super) bps: f64,
}

/// All that a probe depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prospect {
    pub(super) estimate: f64,
    pub(super) desired: f64,
    /// Microseconds.
    pub(super) jitter: i64,
}

/// Plans probes of one path, one after the other.
#[derive(Debug)]
pub(super) struct Prober {
    last: u32,
    train: Option<Train>,
    next: i64,
    failures: u32,
    /// When a probe came through last.
    raised: Option<i64>,
}

impl Prober {
    pub(super) fn new(now: i64) -> Self {
        Self {
            last: 0,
            train: None,
            next: now,
            failures: 0,
            raised: None,
        }
    }

    /// The next probe, if it is time and there is something to gain.
    pub(super) fn plan(&mut self, now: i64, prospect: &Prospect) -> Option<Probe> {
        let Prospect {
            estimate,
            desired,
            jitter,
        } = *prospect;
        if self.train.is_some() || now < self.next || desired < estimate * GAIN {
            return None;
        }
        let scale = if self.last == 0 { FIRST_SCALE } else { SCALE };
        let most = (desired * DESIRED_SCALE).min(ESTIMATE_MAX as f64);
        let bitrate = (estimate * scale).min(most);
        let length = (TRAIN_US + 2 * jitter).clamp(TRAIN_US, TRAIN_LONGEST_US);
        let bytes = bitrate * length as f64 / 8e6;
        let bytes = bytes.min(estimate * QUEUE_S / 8.0).max(BYTES_MIN);
        self.last = self.last.wrapping_add(1).max(1);
        let id = ProbeId(self.last);
        self.train = Some(Train::new(id, bitrate, bytes as u32, now));
        Some(Probe {
            id,
            bitrate: bitrate as u64,
            bytes: bytes as usize,
            duration: Duration::from_secs_f64(bytes * 8.0 / bitrate),
        })
    }

    /// A packet of a probe left.
    pub(super) fn sent(&mut self, id: ProbeId, seq: u16, bytes: u32) {
        if let Some(train) = self.train.as_mut().filter(|train| train.id == id) {
            train.sent(seq, bytes);
        }
    }

    /// The receiver told of a packet, of a probe or not; with its arrival.
    #[inline]
    pub(super) fn told(&mut self, seq: u16, sent: Sent, arrival: Option<i64>) {
        if let Some(train) = self.train.as_mut().filter(|train| train.has(seq)) {
            train.told(sent, arrival);
        }
    }

    /// After feedback and on every tick: what came of the probe, if that is known now.
    pub(super) fn conclude(&mut self, now: i64, rtt: i64, estimate: f64) -> Option<Outcome> {
        let train = self.train.as_ref()?;
        let is_late = now - train.asked > PATIENCE_US + rtt;
        if !train.is_complete() && !is_late {
            return None;
        }
        let train = self.train.take()?;
        let bps = train.rate().filter(|&bps| bps > estimate * GAIN);
        if bps.is_some() {
            self.raised = Some(now);
        }
        // What arrived slowed down shows the limit: no use to try again at once.
        if bps.is_some_and(|bps| bps >= train.bitrate * SLOWED) {
            (self.failures, self.next) = (0, now);
        } else {
            self.fail(now);
        }
        bps.map(|bps| Outcome { bps })
    }

    /// The rate was reduced. True if that was a probe's fault.
    pub(super) fn reduced(&mut self, now: i64) -> bool {
        let lied = self.raised.take_if(|at| now - *at < LIE_US).is_some();
        if lied {
            self.fail(now);
        }
        lied
    }

    /// There may be much to gain: the next probe is due.
    pub(super) fn hurry(&mut self, now: i64) {
        (self.failures, self.next) = (0, self.next.min(now));
    }

    fn fail(&mut self, now: i64) {
        let wait = BACKOFF_US << self.failures.min(10);
        self.next = now + wait.min(BACKOFF_LONGEST_US);
        self.failures = self.failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSPECT: Prospect = Prospect {
        estimate: 1e6,
        desired: 1e7,
        jitter: 0,
    };

    /// Sends a probe's bytes evenly; `slower`: how much more time they take to arrive.
    fn answer(prober: &mut Prober, probe: &Probe, at: i64, slower: i64, lost: i64) {
        let size = probe.bytes.div_ceil(10) as u32;
        let step = probe.duration.as_micros() as i64 / 10;
        (0..10).for_each(|i| prober.sent(probe.id, i as u16, size));
        for i in 0..10 {
            let sent = Sent {
                at: at + i * step,
                bytes: size,
            };
            let arrival = (i >= lost).then_some(5_000 + i * step * slower);
            prober.told(i as u16, sent, arrival);
        }
    }

    /// The outcomes of probes that are all answered so, and when they were asked for.
    fn run(slower: i64, lost: i64) -> (Vec<Option<Outcome>>, Vec<i64>) {
        let (mut prober, mut outcomes, mut asked) = (Prober::new(0), Vec::new(), Vec::new());
        for now in (0..30_000_000).step_by(100_000) {
            if let Some(probe) = prober.plan(now, &PROSPECT) {
                answer(&mut prober, &probe, now, slower, lost);
                outcomes.push(prober.conclude(now, 0, PROSPECT.estimate));
                asked.push(now / 1_000_000);
            }
        }
        (outcomes, asked)
    }

    #[test]
    fn a_train_that_comes_through_shows_its_rate_and_another_one_follows() {
        let (outcomes, asked) = run(1, 0);
        let first = outcomes[0].unwrap().bps;
        assert!((7.9e6..8.2e6).contains(&first), "{first}");
        assert_eq!(asked.len(), 300);
    }

    #[test]
    fn a_train_that_is_slowed_down_shows_the_limit() {
        let (outcomes, asked) = run(2, 0);
        let first = outcomes[0].unwrap().bps;
        assert!((3.5e6..3.7e6).contains(&first), "{first}");
        assert_eq!(asked, [0, 1, 3, 7, 15, 23]);
    }

    #[test]
    fn a_train_that_shows_no_more_than_is_known_or_is_lost_has_failed() {
        for (slower, lost) in [(10, 0), (1, 5)] {
            let (outcomes, asked) = run(slower, lost);
            assert!(outcomes.iter().all(Option::is_none), "{outcomes:?}");
            assert_eq!(asked, [0, 1, 3, 7, 15, 23]);
        }
    }

    #[test]
    fn without_anything_to_gain_nothing_is_probed_and_what_is_not_sent_is_given_up() {
        let mut prober = Prober::new(0);
        let content = Prospect {
            desired: 1.02e6,
            ..PROSPECT
        };
        assert_eq!(prober.plan(0, &content), None);
        assert!(prober.plan(0, &PROSPECT).is_some());
        assert_eq!(prober.plan(500_000, &PROSPECT), None, "one at a time");
        assert_eq!(prober.conclude(1_100_000, 0, 1e6), None);
        assert!(prober.plan(2_200_000, &PROSPECT).is_some());
    }
}
