//! A publisher's packet on its way through, and those of a layer that may be asked for again.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{rewrite::Incoming, vp8::Vp8Packet};

/// A packet with what was read of it. Its payload is shared by all who get it.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) payload: Arc<[u8]>,
    pub(crate) marker: bool,
    pub(crate) incoming: Incoming,
    /// Of a picture.
    pub(crate) vp8: Option<Vp8Packet>,
    pub(crate) layer: usize,
    pub(crate) epoch: u64,
    /// No later packet of its layer came before it.
    pub(crate) in_order: bool,
}

impl Arrived {
    /// Its place among those of its layer.
    fn place(&self) -> (u64, u64) {
        (self.epoch, self.incoming.seq)
    }

    /// A receiver may be given this layer from this packet on.
    pub(crate) fn can_begin(&self) -> bool {
        match &self.vp8 {
            // If a key frame's first packet comes late, the rest of it went by already.
            Some(vp8) => vp8.starts_key_frame && self.in_order,
            None => true,
        }
    }
}

/// Packets kept of a layer: about a second of 720p.
const KEPT: usize = 256;
/// Nobody asks for an older one: his picture went on.
const KEPT_FOR_MAX: Duration = Duration::from_millis(1000);
/// A receiver notices a loss, and asks for it, within this and some round trips.
const NOTICED: Duration = Duration::from_millis(300);
/// Round trips in which a packet may be asked for: what is sent again may be lost as well.
const TRIES: u32 = 4;

/// How long the packets of a track are kept for its receivers, of these round trips. One that is not
/// known yet may be the longest.
pub(crate) fn kept_for(round_trips: impl Iterator<Item = Option<Duration>>) -> Duration {
    let needed = round_trips.map(|time| time.map_or(KEPT_FOR_MAX, |time| NOTICED + time * TRIES));
    needed.max().unwrap_or(NOTICED).min(KEPT_FOR_MAX)
}

/// The latest packets of one layer, for all its receivers: one that lost some asks again (RFC 4585).
#[derive(Default)]
pub(crate) struct Store {
    /// By epoch and sequence number.
    packets: VecDeque<Arrived>,
}

impl Store {
    pub(crate) fn keep(&mut self, packet: &Arrived) {
        let place = self
            .packets
            .partition_point(|kept| kept.place() < packet.place());
        self.packets.insert(place, packet.clone());
        if self.packets.len() > KEPT {
            self.packets.pop_front();
        }
    }

    pub(crate) fn get(&self, epoch: u64, seq: u64) -> Option<&Arrived> {
        let found = self
            .packets
            .binary_search_by_key(&(epoch, seq), Arrived::place);
        self.packets.get(found.ok()?)
    }

    /// Lets go of what is older than that.
    pub(crate) fn forget(&mut self, now: Instant, kept_for: Duration) {
        let is_old =
            |packet: &Arrived| now.saturating_duration_since(packet.incoming.arrival) > kept_for;
        while self.packets.front().is_some_and(is_old) {
            self.packets.pop_front();
        }
        if self.packets.is_empty() {
            self.packets = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_kept_for_the_farthest_receiver_and_for_one_that_is_not_known() {
        let ms = |ms| Some(Duration::from_millis(ms));
        let kept = |round_trips: &[Option<Duration>]| kept_for(round_trips.iter().copied());
        assert_eq!(kept(&[ms(1), ms(50)]), Duration::from_millis(500));
        assert_eq!(kept(&[ms(1), ms(600)]), KEPT_FOR_MAX);
        assert_eq!(kept(&[ms(1), None]), KEPT_FOR_MAX);
    }
}
