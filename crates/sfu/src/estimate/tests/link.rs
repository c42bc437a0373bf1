//! A network of one bottleneck, senders with an estimator each, and receivers that send feedback as
//! Chromium does. Time is virtual and advances by milliseconds; chance is seeded.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{
    super::Feedback,
    encode::encode,
    flow::{Flow, Greedy},
};

/// Conditions; may be changed between runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// Bits per second.
    pub(super) rate: u64,
    /// Milliseconds of queue at that rate before packets are dropped.
    pub(super) queue_ms: u64,
    /// One way, each way.
    pub(super) delay_ms: u64,
    /// Up to so many milliseconds more, by chance.
    pub(super) jitter_ms: u64,
    /// Jitter may reorder packets.
    pub(super) reorders: bool,
    /// Share of packets lost by chance.
    pub(super) loss: f64,
    /// Share of feedback lost.
    pub(super) feedback_loss: f64,
    /// Nothing comes through.
    pub(super) is_cut: bool,
    /// Between feedback packets.
    pub(super) feedback_ms: u64,
    /// Every three seconds nothing moves for so many milliseconds, as in radio networks.
    pub(super) stall_ms: u64,
}

pub(super) const GOOD: Link = Link {
    rate: 20_000_000,
    queue_ms: 300,
    delay_ms: 25,
    jitter_ms: 0,
    reorders: false,
    loss: 0.0,
    feedback_loss: 0.0,
    is_cut: false,
    feedback_ms: 50,
    stall_ms: 0,
};

/// A packet on its way: whose, its number, and its bytes.
pub(super) type Packet = (usize, u16, u64);

/// In place of a flow's number: a packet of the download.
const GREEDY: usize = usize::MAX;

/// Everything.
pub(super) struct World {
    pub(super) link: Link,
    pub(super) flows: Vec<Flow>,
    /// Somebody else's download.
    pub(super) greedy: Option<Greedy>,
    start: Instant,
    pub(super) ms: u64,
    queue: VecDeque<Packet>,
    queued: u64,
    /// Bits the link may carry in this millisecond.
    budget: u64,
    /// Arrival in microseconds.
    flying: Vec<(u64, Packet)>,
    last_arrival: u64,
    seed: u64,
    /// Queue of each millisecond of the last run, in milliseconds.
    pub(super) queue_log: Vec<u64>,
    /// Estimate of the first flow, likewise.
    pub(super) log: Vec<u64>,
}

impl World {
    pub(super) fn new(link: Link, desired: u64) -> Self {
        let mut world = Self {
            link,
            flows: Vec::new(),
            greedy: None,
            start: Instant::now(),
            ms: 0,
            queue: VecDeque::new(),
            queued: 0,
            budget: 0,
            flying: Vec::new(),
            last_arrival: 0,
            seed: 0x9e37_79b9_7f4a_7c15,
            queue_log: Vec::new(),
            log: Vec::new(),
        };
        world.add(1_500_000, desired);
        world
    }

    pub(super) fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.ms)
    }

    pub(super) fn add(&mut self, start: u64, desired: u64) {
        let index = self.flows.len() as i64;
        self.flows
            .push(Flow::new(self.now(), start, desired, index));
    }

    /// The first flow's estimate.
    pub(super) fn estimate(&self) -> u64 {
        self.flows[0].estimator.estimate()
    }

    /// Runs on; the logs are of this run only.
    pub(super) fn run(&mut self, seconds: f64) {
        (self.log, self.queue_log) = (Vec::new(), Vec::new());
        for _ in 0..(seconds * 1000.0) as u64 {
            self.step();
            self.log.push(self.estimate());
            self.queue_log.push(self.queued * 8000 / self.link.rate);
        }
    }

    /// The first time in the last run, in milliseconds, at which the estimate was so.
    pub(super) fn first(&self, is_so: impl Fn(u64) -> bool) -> Option<usize> {
        self.log.iter().position(|&estimate| is_so(estimate))
    }

    /// Mean of the estimate over the end of the last run.
    pub(super) fn mean(&self, seconds: usize) -> u64 {
        let tail = &self.log[self.log.len() - seconds * 1000..];
        tail.iter().sum::<u64>() / tail.len() as u64
    }

    /// Lowest of the estimate in the last run.
    pub(super) fn lowest(&self) -> u64 {
        self.log.iter().copied().min().unwrap()
    }

    /// The queue below which the link was for `percent` of the last run's end.
    pub(super) fn queue(&self, seconds: usize, percent: usize) -> u64 {
        let mut tail = self.queue_log[self.queue_log.len() - seconds * 1000..].to_vec();
        tail.sort_unstable();
        tail[(tail.len() - 1) * percent / 100]
    }

    fn step(&mut self) {
        self.ms += 1;
        for flow in 0..self.flows.len() {
            self.send(flow);
        }
        self.download();
        self.carry();
        self.arrive();
        for flow in 0..self.flows.len() {
            self.report(flow);
            self.hear(flow);
        }
    }

    fn send(&mut self, index: usize) {
        let (now, ms, chance) = (self.now(), self.ms, self.chance());
        let flow = &mut self.flows[index];
        let (mut sizes, mut padding) = (flow.media(index, ms, chance), flow.padding(ms));
        sizes.append(&mut padding);
        for (size, probe) in sizes {
            let seq = self.flows[index].estimator.sent(now, size as usize, probe);
            self.enqueue((index, seq, size));
        }
    }

    /// False if the queue is full.
    pub(super) fn enqueue(&mut self, packet: Packet) -> bool {
        let (size, link) = (packet.2, &self.link);
        let is_full = (self.queued + size) * 8000 > link.queue_ms * link.rate;
        if !is_full {
            self.queued += size;
            self.queue.push_back(packet);
        }
        !is_full
    }

    fn download(&mut self) {
        let Some(mut greedy) = self.greedy.take() else {
            return;
        };
        greedy.hear(self.ms, self.link.delay_ms);
        while greedy.may_send() {
            let is_queued = self.enqueue((GREEDY, 0, 1200));
            greedy.sent(self.ms, is_queued);
        }
        self.greedy = Some(greedy);
    }

    fn carry(&mut self) {
        if self.ms % 3000 < self.link.stall_ms {
            return;
        }
        self.budget += self.link.rate;
        while let Some(&(_, _, size)) = self.queue.front()
            && size * 8000 <= self.budget
        {
            self.budget -= size * 8000;
            self.queued -= size;
            let packet = self.queue.pop_front().unwrap();
            let part = 1000 - self.budget.min(self.link.rate) * 1000 / self.link.rate;
            let mut at = self.ms * 1000 + part + self.link.delay_ms * 1000;
            at += (self.chance() * self.link.jitter_ms as f64 * 1000.0) as u64;
            if !self.link.reorders {
                at = at.max(self.last_arrival);
                self.last_arrival = at;
            }
            if packet.0 == GREEDY {
                self.greedy
                    .iter_mut()
                    .for_each(|greedy| greedy.arrived(at / 1000));
            } else if self.chance() >= self.link.loss && !self.link.is_cut {
                self.flying.push((at, packet));
            }
        }
        if self.queue.is_empty() {
            self.budget = 0;
        }
    }

    fn arrive(&mut self) {
        let until = self.ms * 1000;
        self.flying.sort_by_key(|(at, _)| *at);
        let count = self.flying.partition_point(|(at, _)| *at <= until);
        for (at, (flow, seq, _)) in self.flying.drain(..count) {
            let flow = &mut self.flows[flow];
            flow.arrived.push((seq, at as i64 / 250 + flow.clock));
        }
    }

    /// Feedback from the first number not told of to the newest arrival; from an earlier one if
    /// that came late.
    fn report(&mut self, index: usize) {
        if self.ms % self.link.feedback_ms != index as u64 * 7 % self.link.feedback_ms {
            return;
        }
        let flow = &mut self.flows[index];
        let arrived = std::mem::take(&mut flow.arrived);
        let from = flow.told_until;
        let offset = |seq: u16| i32::from(seq.wrapping_sub(from) as i16);
        let Some(last) = arrived.iter().map(|(seq, _)| offset(*seq)).max() else {
            return;
        };
        let first = arrived
            .iter()
            .map(|(seq, _)| offset(*seq))
            .min()
            .unwrap()
            .min(0);
        let mut all = vec![None; (last.max(first) - first + 1) as usize];
        for (seq, at) in arrived {
            all[(offset(seq) - first) as usize] = Some(at);
        }
        let base = from.wrapping_add(first as u16);
        flow.told_until = from.wrapping_add((last + 1).max(0) as u16);
        let is_lost = self.chance() < self.link.feedback_loss || self.link.is_cut;
        if let Some(body) = encode(base, &all).filter(|_| !is_lost) {
            let at = self.ms + self.link.delay_ms;
            self.flows[index].feedback.push_back((at, body));
        }
    }

    fn hear(&mut self, index: usize) {
        let (now, ms) = (self.now(), self.ms);
        let flow = &mut self.flows[index];
        while let Some((_, body)) = flow.feedback.pop_front_if(|(at, _)| *at <= ms) {
            let feedback = Feedback::parse(&body).expect("the encoder's own");
            flow.estimator.feedback(now, &feedback);
        }
        if ms % 50 == 0 {
            flow.estimator.set_desired(flow.desired);
            flow.estimator.tick(now);
            if let Some(probe) = flow.estimator.probe(now) {
                flow.probe = Some((probe, ms, 0));
                flow.probes += 1;
            }
        }
    }

    fn chance(&mut self) -> f64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 11) as f64 / (1_u64 << 53) as f64
    }
}
