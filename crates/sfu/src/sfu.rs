//! The forwarding unit: peers come and go, datagrams and time go in, datagrams and events come out.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use protocol::{CallId, Publishing, limits, types::Tile};
use str0m::net::Protocol;

use crate::{
    burst::Spare,
    ceiling::Ceiling,
    connection::{Broken, Connection, Happening},
    demux::{self, Demux},
    figures::{Figures, Rejection},
    output::{Event, Output, SfuConfig},
    packet::Arrived,
    peer::{Backlog, Key, Peer, PeerId},
};

/// Layers, bandwidth and overdue key frames are looked at this often.
const TICK: Duration = Duration::from_millis(100);

/// Selective forwarding unit. Input goes in by `join`, `leave`, `set_*` and `handle_*`; after each,
/// or after a batch of datagrams, call [`Sfu::poll_output`] until it gives `Timeout`.
pub struct Sfu {
    pub(crate) config: SfuConfig,
    pub(crate) now: Instant,
    pub(crate) peers: Vec<Option<Peer>>,
    free: Vec<Key>,
    by_id: HashMap<PeerId, Key>,
    pub(crate) calls: HashMap<CallId, Vec<Key>>,
    pub(crate) demux: Demux,
    pub(crate) timers: BinaryHeap<Reverse<(Instant, Key)>>,
    /// Those whose timers must not be late.
    pub(crate) urgent: Vec<Key>,
    dirty: Vec<Key>,
    pub(crate) out: VecDeque<Output>,
    pub(crate) epochs: u64,
    pub(crate) figures: Figures,
    pub(crate) spare: Vec<Happening>,
    /// Packets that came since the last receiver was served.
    pub(crate) batch: Vec<Arrived>,
    /// Receivers with packets that wait.
    pub(crate) flushing: Vec<Key>,
    pub(crate) spare_buffers: Spare,
    #[cfg(feature = "evil")]
    pub(crate) tapped: crate::evil::Tapped,
}

impl Sfu {
    /// A unit without peers.
    pub fn new(config: SfuConfig, now: Instant) -> Self {
        Self {
            config,
            now,
            peers: Vec::new(),
            free: Vec::new(),
            by_id: HashMap::new(),
            calls: HashMap::new(),
            demux: Demux::new(),
            timers: BinaryHeap::new(),
            urgent: Vec::new(),
            dirty: Vec::new(),
            out: VecDeque::new(),
            epochs: 0,
            figures: Figures::default(),
            spare: Vec::new(),
            batch: Vec::new(),
            flushing: Vec::new(),
            spare_buffers: Spare::default(),
            #[cfg(feature = "evil")]
            tapped: Default::default(),
        }
    }

    /// A seat is at the table. A seat that is there already keeps its place and its connection.
    pub fn join(&mut self, now: Instant, id: PeerId, can_publish: bool) {
        self.now = now;
        if let Some(peer) = self
            .by_id
            .get(&id)
            .and_then(|&key| self.peers[key].as_mut())
        {
            peer.can_publish = can_publish;
            return;
        }
        let peer = Some(Peer::new(id, can_publish, now));
        let key = match self.free.pop() {
            Some(key) => {
                self.peers[key] = peer;
                key
            }
            None => {
                self.peers.push(peer);
                self.peers.len() - 1
            }
        };
        self.by_id.insert(id, key);
        self.calls.entry(id.call).or_default().push(key);
        self.figures.peers += 1;
    }

    /// A seat left the table.
    pub fn leave(&mut self, now: Instant, id: PeerId) {
        self.now = now;
        let Some(key) = self.by_id.remove(&id) else {
            return;
        };
        self.disconnect(key);
        self.peers[key] = None;
        self.free.push(key);
        self.figures.peers -= 1;
        if let Some(members) = self.calls.get_mut(&id.call) {
            members.retain(|&member| member != key);
            if members.is_empty() {
                self.calls.remove(&id.call);
            }
        }
        self.refresh(id.call);
    }

    /// A client's offer. A generation not seen before is a new connection and ends the one before;
    /// the same one renegotiates. Answered by [`Event::Answer`] or [`Event::OfferRefused`].
    pub fn handle_offer(&mut self, now: Instant, id: PeerId, generation: u32, sdp: &str) {
        self.now = now;
        let Some(&key) = self.by_id.get(&id) else {
            return;
        };
        let negotiated = self.guarded(|sfu| sfu.negotiate(key, generation, sdp));
        let event = match negotiated.unwrap_or(Err("The server failed on this offer.")) {
            Ok(sdp) => Event::Answer { generation, sdp },
            Err(why) => Event::OfferRefused { generation, why },
        };
        self.out.push_back(Output::Event(id, event));
        self.refresh(id.call);
        self.mark_dirty(key);
    }

    /// What a client shows now, most important first.
    pub fn set_view(&mut self, now: Instant, id: PeerId, mut tiles: Vec<Tile>) {
        self.now = now;
        tiles.truncate(limits::TILES_MAX);
        if let Some(key) = self.key(id) {
            self.peer_mut(key).view = tiles;
            self.refresh(id.call);
        }
    }

    /// What of a seat is forwarded, and to whom. Nothing at first.
    pub fn set_publishing(&mut self, now: Instant, id: PeerId, publishing: Publishing) {
        self.now = now;
        let Some(key) = self.key(id) else { return };
        if self.peer_mut(key).publishing != publishing {
            self.peer_mut(key).publishing = publishing;
            self.refresh(id.call);
        }
    }

    /// What signalling said to a seat has not reached it yet, or has.
    pub fn set_backlog(&mut self, now: Instant, id: PeerId, backlog: Backlog) {
        self.now = now;
        if let Some(key) = self.key(id) {
            self.peer_mut(key).backlog = backlog;
            self.reallocate(key);
            self.tell_slots(key);
        }
    }

    /// No more than this is forwarded of a seat; the rest of what it sends is dropped.
    pub fn set_ceiling(&mut self, now: Instant, id: PeerId, bits_per_second: u64) {
        if let Some(key) = self.key(id) {
            self.peer_mut(key).ceiling = Some(Ceiling::new(now, bits_per_second));
        }
    }

    /// A datagram came from `source` to our address `destination`, one of
    /// [`SfuConfig::addresses`]. TCP framing is already off. The error says why it was dropped.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        proto: Protocol,
        source: SocketAddr,
        destination: SocketAddr,
        datagram: &[u8],
    ) -> Result<(), Rejection> {
        self.now = now;
        self.figures.datagrams_in += 1;
        self.figures.bytes_in += datagram.len() as u64;
        let tuple = (proto, source, destination);
        let found = match demux::classify(datagram) {
            None => Err(Rejection::Malformed),
            Some(demux::Kind::Stun) => self
                .guarded(|sfu| sfu.demux.admit(tuple, datagram))
                .unwrap_or(Err(Rejection::Malformed))
                .map(|admitted| (admitted.key, admitted.chosen)),
            Some(demux::Kind::DtlsOrMedia) => {
                let key = self.demux.find(&tuple).ok_or(Rejection::UnknownAddress);
                key.map(|key| (key, false))
            }
        };
        let (key, chosen) = found.inspect_err(|&why| self.figures.reject(why))?;
        self.drive(key, Some((tuple, datagram)));
        if chosen
            && let Some(downlink) = Connection::downlink_of(&mut self.peer_mut(key).connection)
        {
            downlink.chosen(now, tuple);
        }
        Ok(())
    }

    /// An address of a peer is gone: its TCP connection closed.
    pub fn handle_closed(&mut self, proto: Protocol, source: SocketAddr, destination: SocketAddr) {
        self.demux.forget_tuple(&(proto, source, destination));
    }

    /// Time passed. Early and repeated calls do no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        while let Some(&Reverse((at, key))) = self.timers.peek() {
            if at > now {
                break;
            }
            self.timers.pop();
            let Some(peer) = self.peers[key].as_mut() else {
                continue;
            };
            if peer.scheduled != Some(at) {
                continue; // Of an earlier peer in this place, or moved to an earlier time.
            }
            peer.scheduled = None;
            let Some(connection) = &peer.connection else {
                continue;
            };
            let (tick, due) = (peer.next_tick <= now, connection.rtc_timeout <= now);
            if tick {
                peer.next_tick = now + TICK;
                if self.guarded(|sfu| sfu.tick(key)).is_none() {
                    self.give_up(key, &Broken::Panicked);
                    continue;
                }
            }
            if due {
                self.drive(key, None);
            }
            if self.guarded(|sfu| sfu.pad(key)).is_none() {
                self.give_up(key, &Broken::Panicked);
            }
            self.schedule(key);
        }
    }

    /// The next output.
    pub fn poll_output(&mut self) -> Output {
        loop {
            if let Some(output) = self.out.pop_front() {
                if let Output::Transmit {
                    contents, segment, ..
                } = &output
                {
                    self.figures.datagrams_out += contents.len().div_ceil(*segment) as u64;
                    self.figures.bytes_out += contents.len() as u64;
                }
                return output;
            }
            // One receiver after the other, so that its burst is sent while it is in the cache.
            if let Some(key) = self.flushing.pop() {
                if self.guarded(|sfu| sfu.flush(key)).is_none() {
                    self.give_up(key, &Broken::Panicked);
                }
                continue;
            }
            let Some(key) = self.dirty.pop() else { break };
            if self.peers[key].as_ref().is_some_and(|peer| peer.dirty) {
                self.drive(key, None);
            }
        }
        self.batch.clear();
        Output::Timeout(self.next_wake())
    }

    /// Takes back what [`Output::Transmit`] had, to be written to again.
    pub fn recycle(&mut self, contents: Vec<u8>) {
        self.spare_buffers.give(contents);
    }

    /// Counters.
    pub fn figures(&self) -> Figures {
        let connected = self.peers.iter().flatten();
        let is_up = |peer: &&Peer| peer.connection.as_ref().is_some_and(|c| c.connected);
        Figures {
            connected: connected.filter(is_up).count() as u64,
            ..self.figures
        }
    }

    /// Bits per second a seat's network is taken to carry towards it.
    pub fn estimate(&self, id: PeerId) -> Option<u64> {
        let connection = self.peer(self.key(id)?).connection.as_ref();
        connection.map(|connection| connection.estimate())
    }

    /// For tests of the wall around each peer: the next input to this one panics.
    #[doc(hidden)]
    pub fn panic_at_next_input(&mut self, id: PeerId) {
        if let Some(key) = self.key(id) {
            self.peer_mut(key).panic_next = true;
        }
    }

    pub(crate) fn key(&self, id: PeerId) -> Option<Key> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn peer(&self, key: Key) -> &Peer {
        self.peers[key]
            .as_ref()
            .expect("keys are of peers that are there")
    }

    pub(crate) fn peer_mut(&mut self, key: Key) -> &mut Peer {
        self.peers[key]
            .as_mut()
            .expect("keys are of peers that are there")
    }

    pub(crate) fn mark_dirty(&mut self, key: Key) {
        let peer = self.peer_mut(key);
        if peer.connection.is_some() && !peer.dirty {
            peer.dirty = true;
            self.dirty.push(key);
        }
    }
}
