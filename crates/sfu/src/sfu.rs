//! The forwarding unit: peers come and go, datagrams and time go in, datagrams and events come out.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use protocol::{
    CallId, limits,
    types::{AudioSlot, Tile, VideoSlot},
};
use str0m::{
    Candidate,
    net::{Protocol, TcpType},
};

use crate::{
    connection::{Broken, Connection, Happening, OfferError},
    demux::{self, Demux, Tuple},
    figures::{Figures, Rejection},
    offer::Layout,
    peer::{Key, Peer, PeerId, Publishing},
};

/// Layers, bandwidth and overdue key frames are looked at this often.
const TICK: Duration = Duration::from_millis(100);

/// An address of ours that clients are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalAddress {
    /// UDP, or TCP to which clients connect (RFC 6544, passive).
    pub proto: Protocol,
    /// As the client sees it, behind address translation the outer one.
    pub addr: SocketAddr,
}

impl LocalAddress {
    pub(crate) fn candidate(&self) -> Option<Candidate> {
        match self.proto {
            Protocol::Udp => Candidate::builder().udp().host(self.addr).build(),
            _ => Candidate::builder()
                .tcp()
                .host(self.addr)
                .tcptype(TcpType::Passive)
                .build(),
        }
        .ok()
    }
}

/// What the unit needs to know of its surroundings.
#[derive(Debug, Clone, Default)]
pub struct SfuConfig {
    /// Best first.
    pub addresses: Vec<LocalAddress>,
}

/// What comes out.
pub enum Output {
    /// A datagram to send.
    Transmit {
        /// UDP, or the TCP connection between the two addresses.
        proto: Protocol,
        /// One of [`SfuConfig::addresses`].
        source: SocketAddr,
        /// The peer's address.
        destination: SocketAddr,
        /// Without framing.
        contents: Vec<u8>,
    },
    /// Something a peer must be told, or its owner.
    Event(PeerId, Event),
    /// Nothing more now; call [`Sfu::handle_timeout`] at this time.
    Timeout(Instant),
}

/// Something that happened to a peer.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// Answers an offer.
    Answer {
        /// Of the offer.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// An offer could not be used.
    OfferRefused {
        /// Of the offer.
        generation: u32,
        /// A sentence that echoes nothing of the offer.
        why: &'static str,
    },
    /// What arrives on which transceiver changed.
    Slots {
        /// Transceivers not listed are silent.
        audio: Vec<AudioSlot>,
        /// Transceivers not listed are dark.
        video: Vec<VideoSlot>,
    },
    /// ICE and DTLS are up.
    Connected,
    /// The connection is lost, or was given up.
    Disconnected,
    /// Handling the peer panicked: its connection was ended, others go on. A bug; counted.
    Panicked,
}

/// Without the answer, which has addresses and fingerprints.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { generation, .. } => write!(f, "Answer({generation})"),
            Self::OfferRefused { generation, why } => {
                write!(f, "OfferRefused({generation}, {why})")
            }
            Self::Slots { audio, video } => write!(f, "Slots({}, {})", audio.len(), video.len()),
            Self::Connected => f.write_str("Connected"),
            Self::Disconnected => f.write_str("Disconnected"),
            Self::Panicked => f.write_str("Panicked"),
        }
    }
}

/// Selective forwarding unit. Input goes in by `join`, `leave`, `set_*` and `handle_*`; after each,
/// or after a batch of datagrams, call [`Sfu::poll_output`] until it gives `Timeout`.
pub struct Sfu {
    pub(crate) config: SfuConfig,
    pub(crate) now: Instant,
    pub(crate) peers: Vec<Option<Peer>>,
    free: Vec<Key>,
    by_id: HashMap<PeerId, Key>,
    pub(crate) calls: HashMap<CallId, Vec<Key>>,
    demux: Demux,
    timers: BinaryHeap<Reverse<(Instant, Key)>>,
    dirty: Vec<Key>,
    pub(crate) out: VecDeque<Output>,
    pub(crate) epochs: u64,
    pub(crate) figures: Figures,
    spare: Vec<Happening>,
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
            dirty: Vec::new(),
            out: VecDeque::new(),
            epochs: 0,
            figures: Figures::default(),
            spare: Vec::new(),
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
        let event = match self.negotiate(key, generation, sdp) {
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

    /// What a seat has announced that it sends.
    pub fn set_publishing(&mut self, now: Instant, id: PeerId, publishing: Publishing) {
        self.now = now;
        let Some(key) = self.key(id) else { return };
        if self.peer_mut(key).publishing != publishing {
            self.peer_mut(key).publishing = publishing;
            self.refresh(id.call);
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
            Some(demux::Kind::Stun) => self.demux.admit(tuple, datagram),
            Some(demux::Kind::DtlsOrMedia) => {
                self.demux.find(&tuple).ok_or(Rejection::UnknownAddress)
            }
        };
        let key = found.inspect_err(|&why| self.figures.reject(why))?;
        self.drive(key, Some((tuple, datagram)));
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
            let (tick, due) = (peer.next_tick <= now, connection.timeout <= now);
            if tick {
                peer.next_tick = now + TICK;
                self.tick(key);
            }
            if due {
                self.drive(key, None);
            }
            self.schedule(key);
        }
    }

    /// The next output.
    pub fn poll_output(&mut self) -> Output {
        loop {
            if let Some(output) = self.out.pop_front() {
                if let Output::Transmit { contents, .. } = &output {
                    self.figures.datagrams_out += 1;
                    self.figures.bytes_out += contents.len() as u64;
                }
                return output;
            }
            let Some(key) = self.dirty.pop() else { break };
            if self.peers[key].as_ref().is_some_and(|peer| peer.dirty) {
                self.drive(key, None);
            }
        }
        let next = self.timers.peek().map(|Reverse((at, _))| *at);
        Output::Timeout(next.unwrap_or(self.now + Duration::from_secs(60)))
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
        connection.map(|connection| connection.estimate)
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

    fn negotiate(&mut self, key: Key, generation: u32, sdp: &str) -> Result<String, &'static str> {
        let peer = self.peers[key]
            .as_mut()
            .expect("keys are of peers that are there");
        let layout = Layout::read(sdp, peer.can_publish)?;
        let current = peer.connection.as_ref().map(|c| c.generation);
        if current.is_some_and(|current| generation < current) {
            return Err("A newer connection is in use.");
        }
        let answer = if current == Some(generation) {
            let connection = peer.connection.as_mut().expect("it has a generation");
            let before = connection.ufrag.clone();
            let answer = connection.accept(sdp);
            if connection.ufrag != before {
                self.demux.forget_ufrag(&before);
            }
            answer
        } else {
            let pictures = !layout.video.is_empty();
            let mut connection = self.new_connection(generation, pictures);
            let answer = connection.accept(sdp);
            if answer.is_ok() {
                self.disconnect(key);
                let peer = self.peer_mut(key);
                peer.connection = Some(connection);
                peer.told = None;
                (peer.audio, peer.video) = (Vec::new(), Vec::new());
                peer.tracks = [None, None, None];
            }
            answer
        };
        let answer = answer.map_err(|error| match error {
            OfferError::Unusable => "The offer is not one this server can use.",
            OfferError::Panicked => {
                self.figures.panics += 1;
                "The server failed on this offer."
            }
        })?;
        self.lay_out(key, &layout);
        let peer = self.peers[key]
            .as_ref()
            .expect("keys are of peers that are there");
        let connection = peer.connection.as_ref().expect("it just answered");
        if self.demux.is_taken(&connection.ufrag) {
            // The same generation without ICE restart: credentials stay.
            return Ok(answer);
        }
        let (ufrag, password) = (&connection.ufrag, &connection.password);
        self.demux
            .expect(key, ufrag, password, &layout.remote_ufrag);
        Ok(answer)
    }

    fn new_connection(&self, generation: u32, pictures: bool) -> Connection {
        let addresses = &self.config.addresses;
        loop {
            let connection = Connection::new(self.now, generation, addresses, pictures);
            if !self.demux.is_taken(&connection.ufrag) {
                return connection;
            }
        }
    }

    /// One input to a peer's connection, and all that follows.
    fn drive(&mut self, key: Key, datagram: Option<(Tuple, &[u8])>) {
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let was_dirty = std::mem::take(&mut peer.dirty);
        if was_dirty && datagram.is_some() {
            self.drive(key, None);
        }
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let Some(connection) = peer.connection.as_mut() else {
            return;
        };
        let mut happenings = std::mem::take(&mut self.spare);
        let panic_now = std::mem::take(&mut peer.panic_next);
        let driven = connection.drive(
            self.now,
            datagram,
            panic_now,
            &mut happenings,
            &mut self.out,
        );
        for happening in happenings.drain(..) {
            self.handle_happening(key, happening);
        }
        self.spare = happenings;
        match driven {
            Ok(()) => self.schedule(key),
            Err(broken) => self.give_up(key, &broken),
        }
    }

    fn handle_happening(&mut self, key: Key, happening: Happening) {
        let id = self.peer(key).id;
        match happening {
            Happening::Packet(packet) => self.forward(key, &packet),
            Happening::KeyframeRequest(mid) => self.pass_on_keyframe_request(key, mid),
            Happening::Estimate => {}
            Happening::Connected => {
                self.out.push_back(Output::Event(id, Event::Connected));
                self.reallocate(key);
            }
            Happening::Disconnected => self.out.push_back(Output::Event(id, Event::Disconnected)),
        }
    }

    fn give_up(&mut self, key: Key, broken: &Broken) {
        let id = self.peer(key).id;
        let event = match broken {
            Broken::Failed => Event::Disconnected,
            Broken::Panicked => {
                self.figures.panics += 1;
                tracing::error!(call = ?id.call, seat = %id.seat, "handling a peer panicked");
                // Its state cannot be trusted, so it gets no goodbye.
                let connection = self.peer_mut(key).connection.take();
                self.demux
                    .forget_ufrag(&connection.expect("it was being driven").ufrag);
                Event::Panicked
            }
        };
        self.disconnect(key);
        let peer = self.peer_mut(key);
        (peer.audio, peer.video) = (Vec::new(), Vec::new());
        peer.tracks = [None, None, None];
        self.out.push_back(Output::Event(id, event));
        self.refresh(id.call);
    }

    fn disconnect(&mut self, key: Key) {
        let peer = self.peers[key]
            .as_mut()
            .expect("keys are of peers that are there");
        peer.dirty = false;
        if let Some(connection) = peer.connection.take() {
            self.demux.forget_ufrag(&connection.ufrag);
            connection.close(self.now, &mut self.out);
        }
    }

    /// Puts a peer into the timer heap, unless it is there early enough. So each peer has few
    /// entries, however often its timeout changes.
    fn schedule(&mut self, key: Key) {
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let Some(connection) = &peer.connection else {
            return;
        };
        let at = connection.timeout.min(peer.next_tick);
        if peer.scheduled.is_none_or(|scheduled| at < scheduled) {
            peer.scheduled = Some(at);
            self.timers.push(Reverse((at, key)));
        }
    }
}
