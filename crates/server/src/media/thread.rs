//! The loop: wait, read, tell the forwarding unit, write.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, TryRecvError},
    },
    time::{Duration, Instant},
};

use mio::{Events as Ready, Interest, Poll, Token, net::TcpListener};
use sfu::{Event, Output, PeerId, Protocol, Publishing, Sfu, SfuConfig};

use super::{
    MediaAddrs, MediaCommand, MediaConfig, MediaEvent, MediaFigures,
    addresses::Addresses,
    events::Events,
    tcp::{Connections, FIRST_TOKEN, ReadOutcome},
    udp::{ReadBuffers, Udp},
};
use crate::listen::bind_tcp;

pub(super) const WAKER: Token = Token(0);
const FIRST_UDP: usize = 1;
const FIRST_LISTENER: usize = 500;
/// Longest wait, so that silent TCP connections are noticed and figures stay fresh.
const WAIT_MAX: Duration = Duration::from_millis(500);
/// While an owner of events is behind.
const RETRY: Duration = Duration::from_millis(10);
/// Figures are published this often at most.
const FIGURES_INTERVAL: Duration = Duration::from_millis(100);
/// Connections the kernel holds for us until they are accepted.
const BACKLOG: i32 = 128;
/// Connections taken from a listener at a time.
const ACCEPTS_MAX: usize = 64;

/// What the handle sends.
pub(super) enum Message {
    Command(MediaCommand),
    Stream(std::net::TcpStream),
    #[cfg(feature = "evil")]
    Tap(Box<dyn sfu::evil::Tap>),
    Stop,
}

pub(super) struct MediaThread {
    poll: Poll,
    messages: Receiver<Message>,
    sfu: Sfu,
    addresses: Addresses,
    udp: Vec<Udp>,
    listeners: Vec<(TcpListener, SocketAddr)>,
    tcp: Connections,
    events: Events,
    peers: Vec<PeerId>,
    figures: Arc<Mutex<MediaFigures>>,
    published: Instant,
    send_drops: u64,
    read_buffers: ReadBuffers,
    tcp_buffer: Vec<u8>,
    last_sweep: Instant,
}

impl MediaThread {
    pub(super) fn bind(
        config: &MediaConfig,
        poll: Poll,
        messages: Receiver<Message>,
        figures: Arc<Mutex<MediaFigures>>,
    ) -> io::Result<Self> {
        let registry = poll.registry();
        let mut udp = Vec::new();
        for &address in config.bind.iter().filter(|_| config.udp) {
            let token = Token(FIRST_UDP + udp.len());
            udp.push(Udp::bind(address, registry, token).map_err(named("UDP", address))?);
        }
        let mut listeners = Vec::new();
        for &address in &config.tcp_bind {
            let token = Token(FIRST_LISTENER + listeners.len());
            let bound = bind_tcp(address, BACKLOG).map_err(named("TCP", address))?;
            let mut listener = TcpListener::from_std(bound);
            registry.register(&mut listener, token, Interest::READABLE)?;
            let local = listener.local_addr()?;
            listeners.push((listener, local));
        }
        let bound = MediaAddrs {
            udp: udp.iter().map(Udp::local).collect(),
            tcp: listeners.iter().map(|(_, local)| *local).collect(),
        };
        let addresses = Addresses::new(config, &bound);
        let now = Instant::now();
        let sfu_config = SfuConfig {
            addresses: addresses.told().to_vec(),
        };
        Ok(Self {
            sfu: Sfu::new(sfu_config, now),
            poll,
            messages,
            addresses,
            udp,
            listeners,
            tcp: Connections::default(),
            events: Events::default(),
            peers: Vec::new(),
            figures,
            published: now,
            send_drops: 0,
            read_buffers: ReadBuffers::new(),
            tcp_buffer: vec![0; 16 * 1024],
            last_sweep: now,
        })
    }

    pub(super) fn local_addrs(&self) -> MediaAddrs {
        MediaAddrs {
            udp: self.udp.iter().map(Udp::local).collect(),
            tcp: self.listeners.iter().map(|(_, local)| *local).collect(),
        }
    }

    pub(super) fn run(mut self) {
        let mut ready = Ready::with_capacity(256);
        let mut wait = Duration::ZERO;
        loop {
            if let Err(error) = self.poll.poll(&mut ready, Some(wait))
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "the media thread cannot wait for its sockets");
                return;
            }
            self.note_ready(&ready);
            let more = self.read_udp() | self.read_tcp();
            if self.take_messages() {
                self.say_goodbye();
                return;
            }
            let now = Instant::now();
            self.sfu.handle_timeout(now);
            let due = self.write_all();
            self.sweep(now);
            self.publish_figures(now);
            wait = match (more, self.events.retry()) {
                (true, _) => Duration::ZERO,
                (false, true) => RETRY,
                (false, false) => WAIT_MAX,
            };
            wait = wait.min(due.saturating_duration_since(Instant::now()));
        }
    }

    fn note_ready(&mut self, ready: &Ready) {
        for event in ready {
            match event.token().0 {
                0 => {}
                token if token >= FIRST_TOKEN => {
                    let index = token - FIRST_TOKEN;
                    if event.is_writable() {
                        self.tcp.writable(index);
                    }
                    if event.is_readable() && !self.tcp.readable.contains(&index) {
                        self.tcp.readable.push(index);
                    }
                }
                token if token >= FIRST_LISTENER => self.accept(token - FIRST_LISTENER),
                token => self.udp[token - FIRST_UDP].readable = true,
            }
        }
    }

    /// One read of each socket that has something. True if some may have more.
    fn read_udp(&mut self) -> bool {
        let (sfu, addresses) = (&mut self.sfu, &self.addresses);
        for udp in self.udp.iter_mut().filter(|udp| udp.readable) {
            let now = Instant::now();
            udp.read(&mut self.read_buffers, |from, to, datagram| {
                if let Some(told) = addresses.told_for(Protocol::Udp, to) {
                    let _ = sfu.handle_datagram(now, Protocol::Udp, from, told, datagram);
                }
            });
        }
        self.udp.iter().any(|udp| udp.readable)
    }

    fn read_tcp(&mut self) -> bool {
        let now = Instant::now();
        for index in std::mem::take(&mut self.tcp.readable) {
            let sfu = &mut self.sfu;
            let outcome = self
                .tcp
                .read(now, index, &mut self.tcp_buffer, |from, to, datagram| {
                    sfu.handle_datagram(now, Protocol::Tcp, from, to, datagram)
                        .is_ok()
                });
            match outcome {
                ReadOutcome::More => self.tcp.readable.push(index),
                ReadOutcome::Blocked => {}
                ReadOutcome::Closed => self.close(index),
            }
        }
        !self.tcp.readable.is_empty()
    }

    fn accept(&mut self, listener: usize) {
        for _ in 0..ACCEPTS_MAX {
            match self.listeners[listener].0.accept() {
                Ok((stream, _)) => self.add_stream(stream.into()),
                Err(_) => return,
            }
        }
        // More are waiting, and the next readiness may not come for them.
        let token = Token(FIRST_LISTENER + listener);
        let (listener, _) = &mut self.listeners[listener];
        let _ = self
            .poll
            .registry()
            .reregister(listener, token, Interest::READABLE);
    }

    fn add_stream(&mut self, stream: std::net::TcpStream) {
        let registry = self.poll.registry();
        let added = self
            .tcp
            .add(Instant::now(), stream, &self.addresses, registry);
        if let Err(error) = added {
            tracing::debug!(%error, "a TCP connection for media was lost while it was taken");
        }
    }

    fn close(&mut self, index: usize) {
        if let Some((remote, told)) = self.tcp.close(index, self.poll.registry()) {
            self.sfu.handle_closed(Protocol::Tcp, remote, told);
        }
    }

    fn sweep(&mut self, now: Instant) {
        if now.saturating_duration_since(self.last_sweep) >= Duration::from_secs(1) {
            self.last_sweep = now;
            for index in self.tcp.overdue(now) {
                self.close(index);
            }
        }
    }

    /// True if the thread is to stop.
    fn take_messages(&mut self) -> bool {
        loop {
            match self.messages.try_recv() {
                Ok(Message::Command(command)) => self.obey(command),
                Ok(Message::Stream(stream)) => self.add_stream(stream),
                #[cfg(feature = "evil")]
                Ok(Message::Tap(tap)) => self.sfu.tap(tap),
                Ok(Message::Stop) | Err(TryRecvError::Disconnected) => return true,
                Err(TryRecvError::Empty) => return false,
            }
        }
    }

    fn obey(&mut self, command: MediaCommand) {
        let now = Instant::now();
        match command {
            MediaCommand::Join {
                peer,
                can_publish,
                events,
                ..
            } => {
                self.events.join(peer, events);
                if !self.peers.contains(&peer) {
                    self.peers.push(peer);
                }
                self.sfu.join(now, peer, can_publish);
            }
            MediaCommand::Offer {
                peer,
                generation,
                sdp,
            } => self.sfu.handle_offer(now, peer, generation, &sdp),
            MediaCommand::View { peer, tiles } => self.sfu.set_view(now, peer, tiles),
            MediaCommand::Publishing {
                peer,
                microphone,
                camera,
                screen,
            } => {
                let publishing = Publishing {
                    microphone,
                    camera,
                    screen,
                };
                self.sfu.set_publishing(now, peer, publishing);
            }
            MediaCommand::Leave { peer } => {
                self.sfu.leave(now, peer);
                self.peers.retain(|other| *other != peer);
                self.events.leave(peer);
            }
        }
    }

    /// Everything the forwarding unit has to say; gives the time it wants to be woken.
    fn write_all(&mut self) -> Instant {
        let due = loop {
            match self.sfu.poll_output() {
                Output::Timeout(due) => break due,
                Output::Event(peer, event) => self.tell(peer, event),
                Output::Transmit {
                    proto: Protocol::Udp,
                    source,
                    destination,
                    contents,
                } => {
                    let from = self.addresses.source(source);
                    let index = self.socket_for(source);
                    if let Some(udp) = index.map(|index| &mut self.udp[index]) {
                        self.send_drops += udp.send(from, destination, &contents);
                    }
                }
                Output::Transmit {
                    source,
                    destination,
                    contents,
                    ..
                } => {
                    let sent = self.tcp.send(destination, source, &contents);
                    self.send_drops += u64::from(!sent);
                }
            }
        };
        for udp in &mut self.udp {
            self.send_drops += udp.flush();
        }
        due
    }

    /// The socket bound to this address; else, as behind address translation, to its port.
    fn socket_for(&self, told: SocketAddr) -> Option<usize> {
        let position =
            |fits: &dyn Fn(SocketAddr) -> bool| self.udp.iter().position(|udp| fits(udp.local()));
        position(&|local| local == told).or_else(|| {
            position(&|local| local.port() == told.port() && local.is_ipv4() == told.is_ipv4())
        })
    }

    fn tell(&mut self, peer: PeerId, event: Event) {
        let seat = peer.seat;
        let event = match event {
            Event::Answer { generation, sdp } => MediaEvent::Answer {
                seat,
                generation,
                sdp,
            },
            Event::OfferRefused { generation, why } => MediaEvent::OfferRefused {
                seat,
                generation,
                why: why.to_owned(),
            },
            Event::Slots { audio, video } => MediaEvent::Slots { seat, audio, video },
            Event::Connected => MediaEvent::Connected { seat },
            // To its owner it is the same: the client has to make a new connection.
            Event::Disconnected | Event::Panicked => MediaEvent::Disconnected { seat },
        };
        self.events.send(peer, event);
    }

    fn say_goodbye(&mut self) {
        let now = Instant::now();
        for peer in std::mem::take(&mut self.peers) {
            self.sfu.leave(now, peer);
        }
        self.write_all();
        self.published = now.checked_sub(FIGURES_INTERVAL).unwrap_or(now);
        self.publish_figures(now);
    }

    fn publish_figures(&mut self, now: Instant) {
        if now.saturating_duration_since(self.published) < FIGURES_INTERVAL {
            return;
        }
        self.published = now;
        let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let figures = MediaFigures {
            sfu: self.sfu.figures(),
            cpu: Duration::new(cpu.tv_sec as u64, cpu.tv_nsec as u32),
            tcp_connections: self.tcp.len() as u64,
            send_drops: self.send_drops,
        };
        if let Ok(mut published) = self.figures.lock() {
            *published = figures;
        }
    }
}

/// For the operator: which address, and that it is media's.
fn named(kind: &'static str, address: SocketAddr) -> impl Fn(io::Error) -> io::Error {
    move |error| {
        let text = format!("media cannot listen on {kind} {address}: {error}");
        io::Error::new(error.kind(), text)
    }
}
