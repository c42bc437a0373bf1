//! A train of padding under way: when it left, when it arrived, and what that says.

use super::{ProbeId, history::Sent};

/// Packets of a train that must have arrived: at least so many, and this share, which radio that loses a
/// third of all reaches as well. What did not arrive is not counted to the rate.
const PACKETS_MIN: u32 = 4;
const SHARE_MIN: f64 = 0.55;
/// A train that arrives at less than this share of its rate was held up.
pub(super) const SLOWED: f64 = 0.9;
/// Of the rate it arrived at then: other traffic in its way has not the place it seems to have.
const LEFT: f64 = 0.9;

/// A probe under way. Its packets are those numbered from its first to its last, others included.
#[derive(Debug)]
pub(super) struct Train {
    pub(super) id: ProbeId,
    pub(super) bitrate: f64,
    bytes: u32,
    pub(super) asked: i64,
    /// Numbers of its first and last packet, once there are any.
    seqs: Option<(u16, u16)>,
    /// Bytes of padding that left.
    padding: u32,
    told: u32,
    arrived: u32,
    arrived_bytes: u32,
    sent_bytes: u32,
    first_sent: Option<Sent>,
    last_sent: Option<Sent>,
    /// Arrival and size.
    first_arrival: Option<(i64, u32)>,
    last_arrival: Option<(i64, u32)>,
}

impl Train {
    pub(super) fn new(id: ProbeId, bitrate: f64, bytes: u32, asked: i64) -> Self {
        Self {
            id,
            bitrate,
            bytes,
            asked,
            seqs: None,
            padding: 0,
            told: 0,
            arrived: 0,
            arrived_bytes: 0,
            sent_bytes: 0,
            first_sent: None,
            last_sent: None,
            first_arrival: None,
            last_arrival: None,
        }
    }

    /// True if the packet left while it did.
    pub(super) fn has(&self, seq: u16) -> bool {
        let within =
            |(first, last): (u16, u16)| seq.wrapping_sub(first) <= last.wrapping_sub(first);
        self.seqs.is_some_and(within)
    }

    /// A packet of it left.
    pub(super) fn sent(&mut self, seq: u16, bytes: u32) {
        let first = self.seqs.map_or(seq, |(first, _)| first);
        self.seqs = Some((first, seq));
        self.padding = self.padding.saturating_add(bytes);
    }

    /// The receiver told of a packet, its own or one in between; with its arrival.
    pub(super) fn told(&mut self, sent: Sent, arrival: Option<i64>) {
        self.told += 1;
        self.sent_bytes = self.sent_bytes.saturating_add(sent.bytes);
        if self.first_sent.is_none_or(|first| sent.at < first.at) {
            self.first_sent = Some(sent);
        }
        if self.last_sent.is_none_or(|last| sent.at >= last.at) {
            self.last_sent = Some(sent);
        }
        let Some(arrival) = arrival else { return };
        self.arrived += 1;
        self.arrived_bytes = self.arrived_bytes.saturating_add(sent.bytes);
        if self.first_arrival.is_none_or(|(first, _)| arrival < first) {
            self.first_arrival = Some((arrival, sent.bytes));
        }
        if self.last_arrival.is_none_or(|(last, _)| arrival >= last) {
            self.last_arrival = Some((arrival, sent.bytes));
        }
    }

    /// True if (nearly) all of it left, and all of that was told of.
    pub(super) fn is_complete(&self) -> bool {
        let Some((first, last)) = self.seqs else {
            return false;
        };
        let packets = u32::from(last.wrapping_sub(first)) + 1;
        self.padding >= self.bytes / 10 * 9 && self.told >= packets
    }

    /// What the network carries; `None` if too little arrived to tell.
    pub(super) fn rate(&self) -> Option<f64> {
        let enough = SHARE_MIN * f64::from(self.told);
        if self.arrived < PACKETS_MIN || f64::from(self.arrived) < enough {
            return None;
        }
        let (first_sent, last_sent) = (self.first_sent?, self.last_sent?);
        let (first, last) = (self.first_arrival?, self.last_arrival?);
        // The last packet's bytes took no time to leave, and the first one's none to arrive.
        let left = self.sent_bytes - last_sent.bytes;
        let left = bits_per_second(left, last_sent.at - first_sent.at);
        let came = bits_per_second(self.arrived_bytes - first.1, last.0 - first.0);
        // Sent all at once it left at no rate: then what it would have left at, with what was sent
        // along with it.
        let share = f64::from(self.sent_bytes) / f64::from(self.padding.max(1));
        let left = left.min(self.bitrate * share.max(1.0));
        Some(if came < SLOWED * left {
            LEFT * came
        } else {
            left.min(came)
        })
    }
}

fn bits_per_second(bytes: u32, span: i64) -> f64 {
    if span <= 0 {
        return f64::INFINITY;
    }
    f64::from(bytes) * 8e6 / span as f64
}
