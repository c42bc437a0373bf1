//! A publisher's packet on its way through, and those of a layer that may be asked for again.

use std::{sync::Arc, time::Duration, time::Instant};

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
    /// A receiver may be given this layer from this packet on.
    pub(crate) fn can_begin(&self) -> bool {
        match &self.vp8 {
            // If a key frame's first packet comes late, the rest of it went by already.
            Some(vp8) => vp8.starts_key_frame && self.in_order,
            None => true,
        }
    }
}

/// Packets kept of a layer, a power of two: about two seconds of 720p.
const KEPT: usize = 256;
/// Nobody asks for an older one: his picture went on.
const KEPT_FOR: Duration = Duration::from_millis(1500);

/// The latest packets of one layer, for all its receivers: one that lost some asks again (RFC 4585).
#[derive(Default)]
pub(crate) struct Store {
    /// By sequence number, modulo [`KEPT`]; empty until there is a packet to keep.
    packets: Vec<Option<Arrived>>,
}

impl Store {
    pub(crate) fn keep(&mut self, packet: &Arrived) {
        if self.packets.is_empty() {
            self.packets.resize_with(KEPT, || None);
        }
        self.packets[packet.incoming.seq as usize % KEPT] = Some(packet.clone());
    }

    pub(crate) fn get(&self, epoch: u64, seq: u64) -> Option<&Arrived> {
        let packet = self.packets.get(seq as usize % KEPT)?.as_ref()?;
        (packet.incoming.seq == seq && packet.epoch == epoch).then_some(packet)
    }

    /// Lets go of what is too old.
    pub(crate) fn forget(&mut self, now: Instant) {
        let is_old =
            |packet: &Arrived| now.saturating_duration_since(packet.incoming.arrival) > KEPT_FOR;
        for place in &mut self.packets {
            if place.as_ref().is_some_and(is_old) {
                *place = None;
            }
        }
        if self.packets.iter().all(Option::is_none) {
            self.packets = Vec::new();
        }
    }
}
