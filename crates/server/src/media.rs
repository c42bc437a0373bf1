//! The media threads: sockets, time and ICE-TCP around [`sfu::Sfu`].
//!
//! They own: the UDP sockets and TCP listeners for media, framing on TCP (RFC 4571), the addresses
//! clients are told of. Threads are named `media-0` and so on and do nothing else; each has whole calls,
//! an [`sfu::Sfu`] and a UDP socket on the common port. They leave to `sfu` every decision about a
//! packet, and to `calls` every decision about a seat.
//!
//! ```text
//!   calls --MediaCommand--> channel --+                       +--> UDP sockets, TCP connections
//!   listen --TCP stream-----> channel |--> thread: sfu::Sfu --|
//!   UDP sockets, TCP connections -----+                       +--MediaEvent--> calls
//!   other threads --what is ours------+
//! ```

mod addresses;
mod events;
mod framing;
mod messages;
mod neighbours;
mod orders;
mod sockets;
mod streams;
mod tcp;
mod thread;
mod udp;

use std::{
    collections::{HashMap, HashSet},
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use mio::{Poll, Waker};
use protocol::{CallId, SeatId};

pub use self::messages::{MediaAddrs, MediaCommand, MediaEvent, MediaFigures};
pub use sfu::{Figures, PeerId, Rejection};

use crate::vital;

use self::{
    addresses::Addresses,
    neighbours::{Door, Neighbours},
    sockets::Sockets,
    thread::{MediaThread, Start},
};

/// Commands that may wait. The thread empties the channel many times a second; the bound only keeps
/// a stuck thread from eating memory.
const COMMANDS_MAX: usize = 8192;
/// Threads that are started unless told otherwise: more cores than this have other work too.
const THREADS_DEFAULT_MAX: usize = 8;
/// What the first character of an ICE ufrag can tell apart.
const THREADS_MAX: u8 = sfu::UNITS_MAX;

/// Where media comes in and what clients are told of it.
#[derive(Debug, Clone, Default)]
pub struct MediaConfig {
    /// UDP addresses to bind; may be wildcards.
    pub bind: Vec<SocketAddr>,
    /// TCP addresses to bind for ICE-TCP; may be wildcards.
    pub tcp_bind: Vec<SocketAddr>,
    /// Addresses clients are told of, e.g. behind address translation; empty: those of the machine.
    pub advertise: Vec<IpAddr>,
    /// Take media over UDP. Without it only over TCP.
    pub udp: bool,
    /// Port of the HTTPS listener, which hands over streams that are not TLS.
    pub https_port: Option<u16>,
    /// Threads that share the work, each whole calls; 0: one for each core, up to eight.
    pub threads: u8,
}

/// Handle of the media threads. Dropping the last one stops them.
#[derive(Clone)]
pub struct Media(Arc<Inner>);

struct Inner {
    threads: Vec<Thread>,
    addrs: MediaAddrs,
    /// Which thread has a call, and which of its seats are there.
    places: Mutex<HashMap<CallId, (usize, HashSet<SeatId>)>>,
}

struct Thread {
    messages: SyncSender<thread::Message>,
    waker: Arc<Waker>,
    figures: Arc<Mutex<MediaFigures>>,
    join: Mutex<Option<JoinHandle<()>>>,
}

impl Media {
    /// Binds the sockets and starts the threads. The error names the address that could not be bound.
    pub fn start(config: MediaConfig) -> io::Result<Self> {
        let count = threads(&config);
        let (mut polls, mut doors) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let poll = Poll::new()?;
            let waker = Arc::new(Waker::new(poll.registry(), thread::WAKER)?);
            let (door, inbox) = Door::new(waker.clone());
            doors.push(door);
            polls.push((poll, waker, inbox));
        }
        let (mut threads, mut addrs) = (Vec::new(), MediaAddrs::default());
        for (unit, (poll, waker, inbox)) in (0_u8..).zip(polls) {
            let sockets = if unit == 0 {
                let sockets = Sockets::bind(&config, count > 1, poll.registry())?;
                addrs = sockets.addrs();
                sockets
            } else {
                Sockets::beside(&addrs, poll.registry())?
            };
            let (sender, messages) = sync_channel(COMMANDS_MAX);
            let figures = Arc::new(Mutex::new(MediaFigures::default()));
            let start = Start {
                poll,
                messages,
                inbox,
                neighbours: Neighbours::new(unit, doors.clone()),
                figures: figures.clone(),
            };
            let addresses = Addresses::new(&config, &addrs);
            let media = MediaThread::new(unit, start, sockets, addresses);
            let join = std::thread::Builder::new()
                .name(format!("media-{unit}"))
                .spawn(move || vital::run("a media thread", || media.run()))?;
            threads.push(Thread {
                messages: sender,
                waker,
                figures,
                join: Mutex::new(Some(join)),
            });
        }
        Ok(Self(Arc::new(Inner {
            threads,
            addrs,
            places: Mutex::default(),
        })))
    }

    /// Gives a seat's thread something to do. Commands for a call are done in order.
    pub fn command(&self, command: MediaCommand) {
        let thread = self.0.thread_for(&command);
        thread.send(thread::Message::Command(command));
    }

    /// Takes over a connection of the HTTPS listener that does not speak TLS. Its first bytes were
    /// peeked at, not read.
    pub fn accept_tcp(&self, stream: tokio::net::TcpStream) {
        if let Ok(stream) = stream.into_std() {
            // Its first frame says which thread it belongs to.
            self.0.threads[0].send(thread::Message::Stream(stream, Vec::new()));
        }
    }

    #[cfg(feature = "evil")]
    pub(crate) fn set_tap(&self, tap: Box<dyn sfu::evil::Tap>) {
        self.0.threads[0].send(thread::Message::Tap(tap));
    }

    /// Where it listens, with the ports chosen for port 0.
    pub fn local_addrs(&self) -> &MediaAddrs {
        &self.0.addrs
    }

    /// What all threads did so far; up to half a second old.
    pub fn figures(&self) -> MediaFigures {
        let mut sum = MediaFigures::default();
        for thread in &self.0.threads {
            let figures = thread.figures.lock();
            sum.add(&figures.unwrap_or_else(PoisonError::into_inner));
        }
        sum
    }

    /// Makes a thread panic.
    #[cfg(test)]
    pub(crate) fn break_for_test(&self) {
        self.0.threads[0].send(thread::Message::Break);
    }

    /// Says goodbye to every client and ends the threads.
    pub fn stop(self) {
        for thread in &self.0.threads {
            thread.send(thread::Message::Stop);
        }
        for thread in &self.0.threads {
            let join = thread.join.lock().map(|mut join| join.take());
            if let Ok(Some(join)) = join {
                let _ = join.join();
            }
        }
    }
}

/// As configured, or one for each core.
fn threads(config: &MediaConfig) -> u8 {
    // There is one tap, and a tap sees one thread.
    if cfg!(feature = "evil") {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match config.threads {
        0 => cores.min(THREADS_DEFAULT_MAX) as u8,
        threads => threads.min(THREADS_MAX),
    }
}

impl Inner {
    /// A call stays on one thread: a new one goes where the fewest seats are.
    fn thread_for(&self, command: &MediaCommand) -> &Thread {
        let PeerId { call, seat } = command.peer();
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let thread = match command {
            MediaCommand::Join { .. } => {
                let mut load = vec![0; self.threads.len()];
                for (thread, seats) in places.values() {
                    load[*thread] += seats.len();
                }
                let least = (0..load.len()).min_by_key(|&thread| load[thread]);
                let new = || (least.unwrap_or(0), HashSet::new());
                let place = places.entry(call).or_insert_with(new);
                place.1.insert(seat);
                place.0
            }
            MediaCommand::Leave { .. } => {
                let thread = places.get(&call).map_or(0, |place| place.0);
                if let Some(place) = places.get_mut(&call) {
                    place.1.remove(&seat);
                }
                places.retain(|_, place| !place.1.is_empty());
                thread
            }
            _ => places.get(&call).map_or(0, |place| place.0),
        };
        &self.threads[thread]
    }
}

impl Thread {
    fn send(&self, message: thread::Message) {
        // Errors mean that the thread ended; then there is nobody to serve.
        if self.messages.send(message).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for thread in &self.threads {
            thread.send(thread::Message::Stop);
        }
    }
}
