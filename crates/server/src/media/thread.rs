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

use mio::{Events as Ready, Poll, Token};
use sfu::{Output, PeerId, Protocol, Sfu, SfuConfig};

use super::{
    MediaCommand, MediaFigures,
    addresses::Addresses,
    events::Events,
    neighbours::{Handed, Inbox, Neighbours},
    sockets::{FIRST_LISTENER, FIRST_UDP, Sockets},
    tcp::{Connections, FIRST_TOKEN},
    udp::ReadBuffers,
};

pub(super) const WAKER: Token = Token(0);
/// Longest wait, so that silent TCP connections are noticed and figures stay fresh.
const WAIT_MAX: Duration = Duration::from_millis(500);
/// While an owner of events is behind.
const RETRY: Duration = Duration::from_millis(10);
/// Figures are published this often at most.
const FIGURES_INTERVAL: Duration = Duration::from_millis(100);

/// What the handle sends.
pub(super) enum Message {
    Command(MediaCommand),
    /// A TCP connection, and what was read of it.
    Stream(std::net::TcpStream, Vec<u8>),
    #[cfg(feature = "evil")]
    Tap(Box<dyn sfu::evil::Tap>),
    /// A mistake of ours, for the test of what then happens.
    #[cfg(test)]
    Break,
    Stop,
}

pub(super) struct MediaThread {
    pub(super) poll: Poll,
    messages: Receiver<Message>,
    pub(super) sfu: Sfu,
    pub(super) addresses: Addresses,
    inbox: Inbox,
    pub(super) neighbours: Neighbours,
    pub(super) sockets: Sockets,
    pub(super) tcp: Connections,
    pub(super) events: Events,
    pub(super) peers: Vec<PeerId>,
    figures: Arc<Mutex<MediaFigures>>,
    published: Instant,
    pub(super) send_drops: u64,
    read_buffers: ReadBuffers,
    pub(super) tcp_buffer: Vec<u8>,
    last_sweep: Instant,
}

/// What a thread is given to begin with.
pub(super) struct Start {
    pub(super) poll: Poll,
    pub(super) messages: Receiver<Message>,
    pub(super) inbox: Inbox,
    pub(super) neighbours: Neighbours,
    pub(super) figures: Arc<Mutex<MediaFigures>>,
}

impl MediaThread {
    /// `unit`: number of this thread. The sockets are registered with the poll of `start`.
    pub(super) fn new(unit: u8, start: Start, sockets: Sockets, addresses: Addresses) -> Self {
        let now = Instant::now();
        let config = SfuConfig {
            addresses: addresses.told().to_vec(),
            unit,
        };
        Self {
            sfu: Sfu::new(config, now),
            poll: start.poll,
            messages: start.messages,
            inbox: start.inbox,
            neighbours: start.neighbours,
            addresses,
            sockets,
            tcp: Connections::default(),
            events: Events::default(),
            peers: Vec::new(),
            figures: start.figures,
            published: now,
            send_drops: 0,
            read_buffers: ReadBuffers::new(),
            tcp_buffer: vec![0; 16 * 1024],
            last_sweep: now,
        }
    }

    pub(super) fn run(mut self) {
        let mut ready = Ready::with_capacity(256);
        let mut wait = Duration::ZERO;
        loop {
            if let Err(error) = self.poll.poll(&mut ready, Some(wait))
                && error.kind() != io::ErrorKind::Interrupted
            {
                panic!("a media thread cannot wait for its sockets: {error}");
            }
            self.note_ready(&ready);
            // First whose an address is, then what came from there: the claim was sent before the
            // answer that made the client speak on.
            self.read_handed();
            let more = self.read_udp() | self.read_tcp();
            self.neighbours.wake();
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
                token => self.sockets.udp[token - FIRST_UDP].readable = true,
            }
        }
    }

    /// One read of each socket that has something. True if some may have more.
    fn read_udp(&mut self) -> bool {
        let (sfu, addresses, neighbours) = (&mut self.sfu, &self.addresses, &mut self.neighbours);
        let sockets = &mut self.sockets.udp;
        for udp in sockets.iter_mut().filter(|udp| udp.readable) {
            let now = Instant::now();
            udp.read(&mut self.read_buffers, |from, to, datagram| {
                let Some(told) = addresses.told_for(Protocol::Udp, to) else {
                    return;
                };
                if !neighbours.divert(now, from, told, datagram) {
                    let _ = sfu.handle_datagram(now, Protocol::Udp, from, told, datagram);
                }
            });
        }
        sockets.iter().any(|udp| udp.readable)
    }

    /// What came to other threads and is ours.
    fn read_handed(&mut self) {
        let now = Instant::now();
        while let Ok(handed) = self.inbox.0.try_recv() {
            match handed {
                Handed::Datagram {
                    by,
                    from,
                    told,
                    bytes,
                    known,
                } => {
                    let sfu = &mut self.sfu;
                    let taken = sfu.handle_datagram(now, Protocol::Udp, from, told, &bytes);
                    // Only a Binding request proves that its sender is there.
                    if taken.is_ok() && !known && sfu::unit_of(&bytes).is_some() {
                        self.neighbours.claim(by, from, told);
                    }
                }
                Handed::Mine { owner, from, told } => {
                    self.neighbours.remember(now, owner, from, told);
                }
                Handed::Stream(stream, read) => self.add_stream(stream, &read),
            }
        }
    }

    fn sweep(&mut self, now: Instant) {
        if now.saturating_duration_since(self.last_sweep) >= Duration::from_secs(1) {
            self.last_sweep = now;
            self.neighbours.sweep(now);
            // Should the kernel have said nothing of something.
            for udp in &mut self.sockets.udp {
                udp.readable = true;
            }
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
                Ok(Message::Stream(stream, read)) => self.add_stream(stream, &read),
                #[cfg(feature = "evil")]
                Ok(Message::Tap(tap)) => self.sfu.tap(tap),
                #[cfg(test)]
                Ok(Message::Break) => panic!("for a test"),
                Ok(Message::Stop) | Err(TryRecvError::Disconnected) => return true,
                Err(TryRecvError::Empty) => return false,
            }
        }
    }

    /// Everything the forwarding unit has to say; gives the time it wants to be woken.
    fn write_all(&mut self) -> Instant {
        loop {
            match self.sfu.poll_output() {
                Output::Timeout(due) => return due,
                Output::Event(peer, event) => self.tell(peer, event),
                Output::Transmit {
                    proto,
                    source,
                    destination,
                    contents,
                    segment,
                } => {
                    match proto {
                        Protocol::Udp => self.write_udp(source, destination, &contents, segment),
                        _ => self.write_tcp(source, destination, &contents, segment),
                    }
                    self.sfu.recycle(contents);
                }
            }
        }
    }

    fn write_udp(&mut self, told: SocketAddr, to: SocketAddr, contents: &[u8], segment: usize) {
        let from = self.addresses.source(told);
        if let Some(udp) = self.sockets.udp_for(told) {
            self.send_drops += udp.send(from, to, contents, segment);
        }
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
            handed_over: self.neighbours.handed,
            handed_over_lost: self.neighbours.lost,
        };
        if let Ok(mut published) = self.figures.lock() {
            *published = figures;
        }
    }
}
