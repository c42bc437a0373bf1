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
const KEPT_FOR: Duration = Duration::from_millis(1000);

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

    /// Lets go of what is too old.
    pub(crate) fn forget(&mut self, now: Instant) {
        let is_old =
            |packet: &Arrived| now.saturating_duration_since(packet.incoming.arrival) > KEPT_FOR;
        while self.packets.front().is_some_and(is_old) {
            self.packets.pop_front();
        }
        if self.packets.is_empty() {
            self.packets = VecDeque::new();
        }
    }
}
