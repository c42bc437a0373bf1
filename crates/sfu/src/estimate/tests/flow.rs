//! What goes over the simulated network: a call's pictures and voices, and a download.

use std::{collections::VecDeque, time::Instant};

use super::super::{Estimator, Probe, ProbeId};

/// One sender and its receiver.
pub(super) struct Flow {
    pub(super) estimator: Estimator,
    /// What it would like to send, in bits per second, and the most its pictures bring.
    pub(super) desired: u64,
    pub(super) most: u64,
    /// It sends more than probes.
    pub(super) is_on: bool,
    /// Frames per second.
    pub(super) fps: u64,
    /// Probes are sent all at once.
    pub(super) bursts: bool,
    pub(super) probe: Option<(Probe, u64, usize)>,
    /// Arrivals since the last feedback: number and 250 us.
    pub(super) arrived: Vec<(u16, i64)>,
    pub(super) told_until: u16,
    /// Of the receiver's clock, in 250 us.
    pub(super) clock: i64,
    pub(super) feedback: VecDeque<(u64, Vec<u8>)>,
    pub(super) probes: u32,
    pub(super) probe_bytes: u64,
}

impl Flow {
    pub(super) fn new(now: Instant, start: u64, desired: u64, index: i64) -> Self {
        Self {
            estimator: Estimator::new(now, start),
            desired,
            most: u64::MAX,
            is_on: true,
            fps: 30,
            bursts: false,
            probe: None,
            arrived: Vec::new(),
            told_until: 0,
            clock: 77_000_000 + index * 1_234_567,
            feedback: VecDeque::new(),
            probes: 0,
            probe_bytes: 0,
        }
    }

    /// A voice every 20 ms, and a frame as large as the rate allows. The first frame of a second is
    /// larger; sizes vary by a fifth.
    pub(super) fn media(&self, index: usize, ms: u64, chance: f64) -> Vec<(u64, Option<ProbeId>)> {
        let mut sizes = Vec::new();
        if !self.is_on {
            return sizes;
        }
        let rate = self.estimator.estimate().min(self.desired).min(self.most);
        if ms % 20 == index as u64 % 20 {
            sizes.push((120, None));
        }
        let number = ms * self.fps / 1000;
        if number == (ms - 1) * self.fps / 1000 {
            return sizes;
        }
        let size = rate.saturating_sub(48_000) as f64 / 8.0 / self.fps as f64;
        let is_first = number.is_multiple_of(self.fps);
        let mut left = (size * if is_first { 1.6 } else { 0.98 } * (0.8 + 0.4 * chance)) as u64;
        while left > 0 {
            let size = left.div_ceil(left.div_ceil(1200));
            sizes.push((size, None));
            left -= size;
        }
        sizes
    }

    /// What is due of a probe.
    pub(super) fn padding(&mut self, ms: u64) -> Vec<(u64, Option<ProbeId>)> {
        let mut sizes = Vec::new();
        let Some((probe, begun, sent)) = &mut self.probe else {
            return sizes;
        };
        let age = (ms - *begun) as f64 / (probe.duration.as_secs_f64() * 1000.0);
        let due = probe.bytes as f64 * if self.bursts { 1.0 } else { age.min(1.0) };
        let size = (probe.bytes / 5).clamp(200, 1200);
        while *sent + size <= due as usize || (*sent < probe.bytes && age >= 1.0) {
            sizes.push((size as u64, Some(probe.id)));
            *sent += size;
            self.probe_bytes += size as u64;
        }
        if *sent >= probe.bytes {
            self.probe = None;
        }
        sizes
    }
}

/// A download that fills any queue, as TCP Reno does.
pub(super) struct Greedy {
    window: f64,
    flying: u64,
    /// When packets arrive, in milliseconds.
    arrivals: VecDeque<u64>,
    halved: u64,
    pub(super) total: u64,
}

impl Greedy {
    pub(super) fn new() -> Self {
        Self {
            window: 10.0,
            flying: 0,
            arrivals: VecDeque::new(),
            halved: 0,
            total: 0,
        }
    }

    pub(super) fn may_send(&self) -> bool {
        self.flying < self.window as u64
    }

    pub(super) fn sent(&mut self, ms: u64, is_queued: bool) {
        if is_queued {
            self.flying += 1;
        } else if ms > self.halved + 200 {
            (self.window, self.halved) = ((self.window / 2.0).max(2.0), ms);
        } else {
            self.window = self.flying as f64;
        }
    }

    pub(super) fn arrived(&mut self, at: u64) {
        self.arrivals.push_back(at);
        self.total += 1200;
    }

    pub(super) fn hear(&mut self, ms: u64, delay_ms: u64) {
        while self
            .arrivals
            .pop_front_if(|at| *at + delay_ms <= ms)
            .is_some()
        {
            self.flying -= 1;
            self.window += 1.0 / self.window;
        }
    }
}
