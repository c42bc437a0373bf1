//! How much a receiver's network carries, from when its packets left and when they arrived.
//!
//! A send-side estimator in the manner of draft-ietf-rmcat-gcc-02, over transport-wide feedback
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01). No IO, no clock: `now` is an argument, and
//! the caller sends what [`Estimator::probe`] asks for.
//!
//! ```text
//!  sent ─► history ─┐
//!  feedback ────────┴► delay: does a queue build up, or stand? ─► rate ◄─ loss
//!                    └► probe trains ─► prober ────────────────────┘
//! ```
//!
//! Receivers here are sent what they show, mostly far less than their network carries, and what is
//! sent comes in bursts, a frame of each picture at a time. So the rate grows by probes rather than
//! by waiting, and it falls only for a queue that stands or for losses that are heavy.

use std::time::{Duration, Instant};

mod delay;
mod feedback;
mod history;
mod loss;
mod prober;
mod rate;
mod remote;
mod standing;
#[cfg(test)]
mod tests;
mod train;
mod trend;
mod window;

pub(crate) use feedback::Feedback;
pub(crate) use prober::{Probe, ProbeId};

use delay::{Delay, Usage};
use history::{History, News, Sent};
use loss::Loss;
use prober::{Prober, Prospect};
use rate::{Findings, Rate};
use remote::Remote;
use standing::{Standing, Verdict};
use window::Received;

/// Bits per second below which no estimate falls: one voice must always find its way.
pub(crate) const ESTIMATE_MIN: u64 = 30_000;
/// Bits per second above which no estimate rises.
pub(crate) const ESTIMATE_MAX: u64 = 50_000_000;

/// What arrived is measured over this time, in microseconds, to see a network's limit...
const ARRIVED_US: i64 = 300_000;
/// ...and over this one, to see how much is sent.
const ARRIVED_LONGER_US: i64 = 1_000_000;
/// Packets that left are not told of for so long: the network is taken to be stuck.
const SILENCE_US: i64 = 1_000_000;
/// Losses told of so long ago say nothing of now.
const STALE_US: i64 = 2_000_000;
/// A receiver may make us walk through so many packets from tick to tick: three times what leaves
/// at [`ESTIMATE_MAX`] in a second, and a fraction of a millisecond of work.
const WALKED_MAX: u32 = 16_384;
/// After a reduction, and again after the queue is gone, the network is left alone for so long.
const SETTLE_US: i64 = 400_000;
/// Below this share of what it was the rate fell so far that it is worth a probe at once.
const FELL: f64 = 0.75;

/// The estimate of one receiver's network: one per 5-tuple, about 34 KiB.
pub(crate) struct Estimator {
    epoch: Instant,
    history: History,
    remote: Remote,
    received: Received,
    delay: Delay,
    standing: Standing,
    loss: Loss,
    rate: Rate,
    prober: Prober,
    desired: u64,
    /// Smoothed, in microseconds.
    rtt: Option<i64>,
    /// What the rate was before it fell, until a probe looked whether that is over.
    fell_from: Option<f64>,
    /// When packets were last told of, and the number after the newest of them.
    heard: i64,
    heard_until: u16,
    last_sent: i64,
    /// When the rate was last halved for silence.
    silenced: Option<i64>,
    /// Packets told of since the last tick, known or not.
    walked: u32,
}

impl Estimator {
    /// A network taken to carry `start` bits per second until it was measured
    /// ([`ESTIMATE_MIN`]..=[`ESTIMATE_MAX`]).
    pub(crate) fn new(now: Instant, start: u64) -> Self {
        Self {
            epoch: now,
            history: History::new(),
            remote: Remote::default(),
            received: Received::new(),
            delay: Delay::new(),
            standing: Standing::default(),
            loss: Loss::new(0),
            rate: Rate::new(0, start),
            prober: Prober::new(0),
            desired: 0,
            rtt: None,
            fell_from: None,
            heard: 0,
            heard_until: 0,
            last_sent: 0,
            silenced: None,
            walked: 0,
        }
    }

    /// The transport-wide sequence number for a datagram of `bytes` (UDP payload) that leaves now;
    /// remembers it. Every datagram that carries the header extension is told, and no other.
    /// `now` may stand still for a batch.
    #[inline]
    pub(crate) fn sent(&mut self, now: Instant, bytes: usize, probe: Option<ProbeId>) -> u16 {
        let now = self.micros(now);
        self.last_sent = now;
        let seq = self.history.push(now, bytes);
        if let Some(id) = probe {
            self.prober.sent(id, seq, bytes.min(1 << 16) as u32);
        }
        seq
    }

    /// The receiver told of arrivals. Feedback about more than [`WALKED_MAX`] packets between two
    /// ticks is ignored.
    pub(crate) fn feedback(&mut self, now: Instant, feedback: &Feedback<'_>) {
        if self.walked > WALKED_MAX {
            return;
        }
        self.walked += u32::from(feedback.count());
        let now = self.micros(now);
        self.remote.begin(feedback.reference());
        let newest = self.take_in(now, feedback);
        self.conclude_probe(now);
        let Some(newest) = newest else { return };
        let rtt = now - newest.at;
        self.rtt = Some(
            self.rtt
                .map_or(rtt, |smoothed| smoothed + (rtt - smoothed) / 8),
        );
        self.heard = now;
        if self.silenced.take().is_some() {
            // What was lost meanwhile says nothing of what the network carries now.
            self.loss.forget_window(now);
        }
        self.adjust(now);
    }

    /// Every 50 to 100 ms; notices feedback that does not come.
    pub(crate) fn tick(&mut self, now: Instant) {
        let now = self.micros(now);
        self.walked = 0;
        self.conclude_probe(now);
        let since = self.silenced.unwrap_or(0).max(self.heard);
        let waits = SILENCE_US + self.rtt.unwrap_or(0).min(SILENCE_US);
        if now - self.oldest_untold(now).max(since) < waits || now - self.last_sent > SILENCE_US {
            return;
        }
        self.silenced = Some(now);
        self.fell(self.rate.bps());
        self.rate.scale(0.5);
    }

    /// Bits per second the network is taken to carry, UDP payload, padding and all:
    /// [`ESTIMATE_MIN`]..=[`ESTIMATE_MAX`].
    pub(crate) fn estimate(&self) -> u64 {
        self.rate.bps() as u64
    }

    /// It is taken to carry no more than this until more was measured.
    pub(crate) fn begin_at_most(&mut self, bps: u64) {
        self.rate.scale((bps as f64 / self.rate.bps()).min(1.0));
    }

    /// From a packet's leaving to the word of its arrival, smoothed; `None` before the first.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        let micros = self.rtt?.max(0);
        Some(Duration::from_micros(micros as u64))
    }

    /// Share of packets lost over the last second or so: 0.0..=1.0.
    #[cfg(test)]
    pub(crate) fn loss(&self) -> f32 {
        self.loss.share() as f32
    }

    /// What the allocator would like to send, in bits per second. Only above the estimate is there
    /// a reason to probe.
    pub(crate) fn set_desired(&mut self, bps: u64) {
        self.desired = bps;
    }

    /// A probe to be sent now, if one is due; to be asked after [`Self::tick`] and
    /// [`Self::feedback`]. Asking costs nothing, and never brings a second one while one is under
    /// way.
    pub(crate) fn probe(&mut self, now: Instant) -> Option<Probe> {
        let now = self.micros(now);
        if !self.is_calm(now) {
            return None;
        }
        let estimate = self.rate.bps();
        if self
            .fell_from
            .take()
            .is_some_and(|before| estimate < FELL * before)
        {
            self.prober.hurry(now);
        }
        let prospect = Prospect {
            estimate,
            desired: self.desired as f64,
            jitter: self.delay.jitter(),
        };
        self.prober.plan(now, &prospect)
    }

    /// Since the estimator was made. By seconds and their parts: this is in the path of every
    /// packet, and `as_micros` divides 128 bits.
    #[inline]
    fn micros(&self, now: Instant) -> i64 {
        let age = now.saturating_duration_since(self.epoch);
        (age.as_secs() as i64).saturating_mul(1_000_000) + i64::from(age.subsec_micros())
    }

    /// Hands every packet that is told of to whom it concerns; returns the newest that arrived.
    fn take_in(&mut self, now: i64, feedback: &Feedback<'_>) -> Option<Sent> {
        let mut newest: Option<Sent> = None;
        for (seq, offset) in feedback.packets() {
            let news = self.history.report(now, seq, offset.is_some());
            let (sent, offset) = match (news, offset) {
                (News::Arrived(sent) | News::Found(sent), Some(offset)) => (sent, offset),
                (News::Lost(sent), _) => {
                    self.loss.lost();
                    self.prober.told(seq, sent, None);
                    self.told_until(seq);
                    continue;
                }
                _ => continue,
            };
            let (arrival, is_anew) = self.remote.arrival(sent.at, offset);
            if is_anew {
                self.delay = Delay::new();
                self.received = Received::new();
            }
            if news == News::Found(sent) {
                self.loss.found();
            } else {
                self.loss.arrived();
                self.prober.told(seq, sent, Some(arrival));
                self.told_until(seq);
            }
            self.received.add(arrival, sent.bytes);
            self.delay.arrived(sent.at, arrival);
            if newest.is_none_or(|newest| newest.at <= sent.at) {
                newest = Some(sent);
            }
        }
        newest
    }

    fn told_until(&mut self, seq: u16) {
        let after = seq.wrapping_add(1);
        if after.wrapping_sub(self.heard_until) < 1 << 15 {
            self.heard_until = after;
        }
    }

    /// When the oldest packet left that nothing was told of; `now` if there is none.
    fn oldest_untold(&self, now: i64) -> i64 {
        let behind = self.history.next().wrapping_sub(self.heard_until);
        match self.history.sent_at(now, self.heard_until) {
            _ if behind == 0 => now,
            Some(at) => at,
            None => self.heard, // so long ago that it is forgotten
        }
    }

    fn adjust(&mut self, now: i64) {
        let queue = self.delay.queue() - self.delay.no_queue();
        let usage = match self.standing.judge(now, queue) {
            Verdict::Nothing => self.delay.usage(),
            Verdict::Reduce => Usage::Over,
            Verdict::Accept => {
                self.delay.accept_queue();
                Usage::Normal
            }
        };
        if let Some(factor) = self.loss.judge(now, self.rate.bps(), queue > 0) {
            self.fell(self.rate.bps());
            self.prober.reduced(now);
            self.rate.scale(factor);
        }
        let seen = Findings {
            now,
            usage,
            queue,
            arrived: self.received.rate(ARRIVED_US),
            arrived_longer: self.received.rate(ARRIVED_LONGER_US),
            rtt: self.rtt.unwrap_or(0),
            growth: self.loss.growth(),
        };
        let before = self.rate.bps();
        if self.rate.update(&seen) && !self.prober.reduced(now) {
            self.fell(before);
        }
    }

    /// The rate was that before it was reduced, and may be so again soon.
    fn fell(&mut self, before: f64) {
        self.fell_from = Some(self.fell_from.map_or(before, |from| from.max(before)));
    }

    fn conclude_probe(&mut self, now: i64) {
        let rtt = self.rtt.unwrap_or(0);
        if let Some(outcome) = self.prober.conclude(now, rtt, self.rate.bps())
            && self.delay.usage() != Usage::Over
        {
            self.rate.raise(outcome.bps);
        }
    }

    /// Neither queue nor losses nor silence: a probe would tell something, and harm nobody. What was seen
    /// before nothing was sent any more says nothing of now, and without a probe nothing would be ever again.
    fn is_calm(&self, now: i64) -> bool {
        if now - self.heard.max(self.last_sent) > STALE_US {
            return true;
        }
        let settled = |at: i64| now - at > SETTLE_US;
        // What was lost long ago, while something was sent, is no reason not to look again.
        let heavy = self.loss.is_heavy() && now - self.heard < STALE_US;
        self.silenced.is_none()
            && !heavy
            && self.delay.usage() == Usage::Normal
            && self.delay.queue() <= self.delay.no_queue()
            && self.rate.reduced().is_none_or(settled)
    }
}
