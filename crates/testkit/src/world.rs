//! A call: the forwarding unit, its clients, and the time they share.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use protocol::{
    Audience, CallId, Publishing, SeatId, TrackKind,
    types::{AudioSlot, Source, Tile, VideoSlot},
};
use sfu::{Event, LocalAddress, Output, PeerId, Protocol, Sfu, SfuConfig};

use crate::{
    client::{Client, ClientOptions},
    network::{Conditions, Datagram, Network},
    script::VideoScript,
};

/// Everything a test of a call needs.
pub struct World {
    /// Now.
    pub now: Instant,
    /// When it began.
    pub start: Instant,
    /// The real thing.
    pub sfu: Sfu,
    /// By seat.
    pub clients: BTreeMap<u16, Client>,
    /// What each seat was last told.
    pub slots: BTreeMap<u16, (Vec<AudioSlot>, Vec<VideoSlot>)>,
    /// Every event, but answers and slots.
    pub events: Vec<(u16, Event)>,
    /// How many times slots were told.
    pub slots_told: usize,
    /// Answers to offers.
    pub answers: Vec<(u16, String)>,
    /// Datagrams the server sent to addresses nobody has.
    pub stray: Vec<Datagram>,
    /// What the server sends is kept here, if wanted.
    pub tap: Option<Vec<Datagram>>,
    up: BTreeMap<u16, Network>,
    down: BTreeMap<u16, Network>,
    generations: BTreeMap<u16, u32>,
    /// Where the server sees a seat whose address translator has chosen anew.
    outer: BTreeMap<u16, SocketAddr>,
}

impl World {
    /// Where the server is.
    pub const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 3478);

    /// An empty table.
    pub fn new() -> Self {
        let now = Instant::now();
        let address = LocalAddress {
            proto: Protocol::Udp,
            addr: Self::SERVER,
        };
        let config = SfuConfig {
            addresses: vec![address],
            unit: 0,
        };
        Self {
            now,
            start: now,
            sfu: Sfu::new(config, now),
            clients: BTreeMap::new(),
            slots: BTreeMap::new(),
            events: Vec::new(),
            slots_told: 0,
            answers: Vec::new(),
            stray: Vec::new(),
            tap: None,
            up: BTreeMap::new(),
            down: BTreeMap::new(),
            generations: BTreeMap::new(),
            outer: BTreeMap::new(),
        }
    }

    /// The call's id for a seat.
    pub fn peer(seat: u16) -> PeerId {
        PeerId {
            call: CallId::from_bytes([7; 16]),
            seat: SeatId(seat),
        }
    }

    /// Options of a seat that sends voice and three layers, and can show and hear eight others.
    pub fn options(seat: u16) -> ClientOptions {
        ClientOptions {
            seat,
            addr: ([10, 0, (seat >> 8) as u8, seat as u8], 5000).into(),
            proto: Protocol::Udp,
            audio: 8,
            video: 9,
            microphone: true,
            resend_voices: false,
            camera: Some(VideoScript::simulcast()),
            screen: Some(VideoScript::single(720, 500_000)),
        }
    }

    /// A seat joins, publishes microphone and camera, and connects over a good network.
    pub fn join(&mut self, seat: u16) {
        self.join_with(Self::options(seat), true);
        self.publish(seat, true, true, false);
    }

    /// A seat joins as its options say.
    pub fn join_with(&mut self, options: ClientOptions, can_publish: bool) {
        let seat = options.seat;
        self.sfu.join(self.now, Self::peer(seat), can_publish);
        self.connect(options);
    }

    /// A seat makes a new PeerConnection, of the next generation.
    pub fn connect(&mut self, options: ClientOptions) {
        let seat = options.seat;
        let conditions = Conditions {
            delay_ms: 10,
            ..Conditions::default()
        };
        let network = |direction| Network::new(conditions, u64::from(seat) * 2 + direction);
        self.up.insert(seat, network(0));
        self.down.insert(seat, network(1));
        let mut client = Client::new(self.now, options);
        let offer = client.offer(self.now);
        self.clients.insert(seat, client);
        let generation = self.generations.entry(seat).or_default();
        *generation += 1;
        let generation = *generation;
        self.sfu
            .handle_offer(self.now, Self::peer(seat), generation, &offer);
        self.drain();
    }

    /// A seat renegotiates with more transceivers.
    pub fn offer_more(&mut self, seat: u16, audio: usize, video: usize) {
        let client = self.clients.get_mut(&seat).expect("the seat has a client");
        let offer = client.offer_more(audio, video);
        let generation = self.generations[&seat];
        self.sfu
            .handle_offer(self.now, Self::peer(seat), generation, &offer);
        self.drain();
    }

    /// A seat leaves.
    pub fn leave(&mut self, seat: u16) {
        self.sfu.leave(self.now, Self::peer(seat));
        self.clients.remove(&seat);
        self.drain();
    }

    /// What a seat has announced.
    pub fn publish(&mut self, seat: u16, microphone: bool, camera: bool, screen: bool) {
        self.publish_to(
            seat,
            Publishing::default()
                .with(TrackKind::Microphone, Audience::everybody_if(microphone))
                .with(TrackKind::Camera, Audience::everybody_if(camera))
                .with(TrackKind::Screen, Audience::everybody_if(screen)),
        );
    }

    /// What of a seat is forwarded, and to whom.
    pub fn publish_to(&mut self, seat: u16, publishing: Publishing) {
        self.sfu
            .set_publishing(self.now, Self::peer(seat), publishing);
    }

    /// What a seat shows: cameras, with heights.
    pub fn view(&mut self, seat: u16, cameras: &[(u16, u16)]) {
        let tile = |&(seat, height): &(u16, u16)| Tile {
            seat: SeatId(seat),
            source: Source::Camera,
            height,
        };
        let tiles = cameras.iter().map(tile).collect();
        self.sfu.set_view(self.now, Self::peer(seat), tiles);
    }

    /// Network conditions of a seat from now on.
    pub fn set_network(&mut self, seat: u16, up: Conditions, down: Conditions) {
        self.up
            .get_mut(&seat)
            .expect("the seat has a network")
            .set(up);
        self.down
            .get_mut(&seat)
            .expect("the seat has a network")
            .set(down);
    }

    /// Lets time pass.
    pub fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(1);
            self.step();
        }
    }

    /// A seat sends a packet of one of its tracks, as it comes; see [`Client::send_packet`].
    pub fn send_packet(
        &mut self,
        seat: u16,
        track: usize,
        layer: usize,
        seq: u64,
        timestamp: u32,
        payload: &[u8],
    ) {
        let now = self.now;
        self.client(seat)
            .send_packet(now, track, layer, seq, timestamp, payload);
    }

    /// The client of a seat.
    pub fn client(&mut self, seat: u16) -> &mut Client {
        self.clients.get_mut(&seat).expect("the seat has a client")
    }

    /// What `seat` decodes of another's camera.
    ///
    /// # Panics
    /// If it was not told where that camera arrives.
    pub fn viewer(&self, seat: u16, of: u16) -> &crate::Viewer {
        let slots = &self.slots[&seat].1;
        let is_it = |slot: &&VideoSlot| slot.seat == SeatId(of) && slot.source == Source::Camera;
        let slot = slots.iter().find(is_it).expect("it is told of the camera");
        let viewers = &self.clients[&seat].viewers;
        viewers
            .get(&slot.mid)
            .unwrap_or_else(|| panic!("seat {seat} sees nothing of {of}"))
    }

    /// Voice packets of another that `seat` heard since a time, on any transceiver.
    pub fn heard(&self, seat: u16, of: u16, since: Instant) -> usize {
        let listeners = self.clients[&seat].listeners.values();
        listeners
            .map(|listener| listener.heard_since(since, of))
            .sum()
    }

    /// Frames of another's camera that `seat` decoded since a time, on any transceiver.
    pub fn decoded(&self, seat: u16, of: u16, since: Instant) -> usize {
        let viewers = self.clients[&seat].viewers.values();
        viewers
            .map(|viewer| viewer.decoded_since(since, of, 1))
            .sum()
    }

    /// The address translator in front of a seat gives it another address, and forgets the one before.
    /// The seat does not notice.
    pub fn rebind(&mut self, seat: u16, outer: SocketAddr) {
        self.outer.insert(seat, outer);
    }

    /// A datagram straight to the server, past every network.
    pub fn inject(&mut self, from: SocketAddr, bytes: &[u8]) {
        let to = Self::SERVER;
        let _ = self
            .sfu
            .handle_datagram(self.now, Protocol::Udp, from, to, bytes);
        self.drain();
    }

    fn step(&mut self) {
        let now = self.now;
        for (seat, network) in &mut self.up {
            for datagram in network.arrived(now) {
                let outer = self.outer.get(seat).copied();
                let (from, to) = (outer.unwrap_or(datagram.from), datagram.to);
                let bytes = &datagram.bytes;
                let _ = self
                    .sfu
                    .handle_datagram(now, Protocol::Udp, from, to, bytes);
            }
        }
        self.sfu.handle_timeout(now);
        self.drain();
        for (seat, client) in &mut self.clients {
            for datagram in self
                .down
                .get_mut(seat)
                .map(|n| n.arrived(now))
                .into_iter()
                .flatten()
            {
                client.handle_datagram(now, &datagram);
            }
            for datagram in client.handle_time(now) {
                self.up
                    .get_mut(seat)
                    .expect("made with the client")
                    .send(now, datagram);
            }
        }
    }

    /// Puts a datagram of the server's into its receiver's network.
    fn carry(&mut self, mut datagram: Datagram) {
        self.tap
            .iter_mut()
            .for_each(|tap| tap.push(datagram.clone()));
        let mut clients = self.clients.iter();
        let outer = |seat: &u16, inner| self.outer.get(seat).copied().unwrap_or(inner);
        let seat = clients.find(|(seat, client)| outer(seat, client.addr()) == datagram.to);
        match seat.map(|(seat, client)| (*seat, client.addr())) {
            Some((seat, inner)) => {
                datagram.to = inner;
                let network = self.down.get_mut(&seat).expect("made with the client");
                network.send(self.now, datagram);
            }
            None => self.stray.push(datagram),
        }
    }

    fn drain(&mut self) {
        loop {
            match self.sfu.poll_output() {
                Output::Timeout(_) => return,
                Output::Transmit {
                    source,
                    destination,
                    contents,
                    segment,
                    ..
                } => {
                    for bytes in contents.chunks(segment) {
                        self.carry(Datagram {
                            from: source,
                            to: destination,
                            bytes: bytes.to_vec(),
                        });
                    }
                    self.sfu.recycle(contents);
                }
                Output::Event(peer, Event::Answer { sdp, .. }) => {
                    self.client(peer.seat.0).accept(&sdp);
                    self.answers.push((peer.seat.0, sdp));
                }
                Output::Event(peer, Event::Slots { audio, video }) => {
                    self.slots_told += 1;
                    self.slots.insert(peer.seat.0, (audio, video));
                }
                Output::Event(peer, event) => self.events.push((peer.seat.0, event)),
            }
        }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
