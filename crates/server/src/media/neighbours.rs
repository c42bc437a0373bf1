//! Datagrams that came to the wrong thread.
//!
//! All threads have a socket on the same port (SO_REUSEPORT), and the kernel chooses one by addresses.
//! Each call lives on one thread; which, is in the first character of the ICE ufrag it gave its clients.
//! So a thread that gets a Binding request for another hands it over; when that one finds it genuine,
//! it says so, and from then on everything from there is handed over. Once, by a bounded queue: a
//! datagram that finds it full is lost, as on any road that is too narrow. A TCP connection moves to its
//! thread as a whole, with its first frame.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::{Duration, Instant},
};

use mio::Waker;

/// Datagrams that may wait for a thread.
const HANDED_MAX: usize = 4096;
/// Addresses of other threads' clients that are remembered.
const KNOWN_MAX: usize = 16_384;
/// One that was silent for so long is forgotten; browsers check every few seconds (RFC 7675).
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// What one thread hands another.
pub(super) enum Handed {
    /// A TCP connection, and what was read of it.
    Stream(std::net::TcpStream, Vec<u8>),
    /// A datagram for it.
    Datagram {
        /// The thread it came to.
        by: u8,
        from: SocketAddr,
        /// The address the client was told of.
        told: SocketAddr,
        bytes: Vec<u8>,
        /// The thread it came to knows already where things from there belong.
        known: bool,
    },
    /// What comes from there is the sender's.
    Mine {
        owner: u8,
        from: SocketAddr,
        told: SocketAddr,
    },
}

/// Where a thread gets what others hand it; made for all before any of them runs.
pub(super) struct Inbox(pub(super) Receiver<Handed>);

/// The way to one thread.
#[derive(Clone)]
pub(super) struct Door {
    sender: SyncSender<Handed>,
    waker: Arc<Waker>,
}

impl Door {
    pub(super) fn new(waker: Arc<Waker>) -> (Self, Inbox) {
        let (sender, receiver) = sync_channel(HANDED_MAX);
        (Self { sender, waker }, Inbox(receiver))
    }
}

/// What a thread knows of the others.
pub(super) struct Neighbours {
    own: u8,
    doors: Vec<Door>,
    known: HashMap<(SocketAddr, SocketAddr), (u8, Instant)>,
    /// Threads that were handed something since they were last woken.
    to_wake: u64,
    /// What came here and was another's; and what of it was lost as a queue was full.
    pub(super) handed: u64,
    pub(super) lost: u64,
}

impl Neighbours {
    pub(super) fn new(own: u8, doors: Vec<Door>) -> Self {
        Self {
            own,
            doors,
            known: HashMap::new(),
            to_wake: 0,
            handed: 0,
            lost: 0,
        }
    }

    /// Hands a datagram over, if it is not this thread's. True if it was not.
    pub(super) fn divert(
        &mut self,
        now: Instant,
        from: SocketAddr,
        told: SocketAddr,
        datagram: &[u8],
    ) -> bool {
        if self.doors.len() < 2 {
            return false;
        }
        let known = self.known.get_mut(&(from, told)).map(|(owner, seen)| {
            *seen = now;
            *owner
        });
        // A Binding request says for itself whose it is: addresses are used again.
        let owner = sfu::unit_of(datagram).or(known).unwrap_or(self.own);
        if owner == self.own || usize::from(owner) >= self.doors.len() {
            return false;
        }
        self.handed += 1;
        self.hand(
            owner,
            Handed::Datagram {
                by: self.own,
                from,
                told,
                bytes: datagram.to_vec(),
                known: known == Some(owner),
            },
        );
        true
    }

    /// What comes from there is another thread's.
    pub(super) fn remember(&mut self, now: Instant, owner: u8, from: SocketAddr, told: SocketAddr) {
        if self.known.len() < KNOWN_MAX || self.known.contains_key(&(from, told)) {
            self.known.insert((from, told), (owner, now));
        }
    }

    /// Moves a TCP connection to its thread. If there is no room it is closed; its client comes again.
    pub(super) fn hand_stream(&mut self, owner: u8, stream: std::net::TcpStream, read: Vec<u8>) {
        self.handed += 1;
        self.hand(owner, Handed::Stream(stream, read));
    }

    /// Tells a thread that what comes from there is ours.
    pub(super) fn claim(&mut self, by: u8, from: SocketAddr, told: SocketAddr) {
        let owner = self.own;
        self.hand(by, Handed::Mine { owner, from, told });
    }

    fn hand(&mut self, to: u8, handed: Handed) {
        let Some(door) = self.doors.get(usize::from(to)) else {
            return;
        };
        match door.sender.try_send(handed) {
            Ok(()) => self.to_wake |= 1 << to,
            Err(_) => self.lost += 1,
        }
    }

    /// Wakes those that were handed something: once for a whole batch.
    pub(super) fn wake(&mut self) {
        for (index, door) in self.doors.iter().enumerate() {
            if self.to_wake & (1 << index) != 0 {
                let _ = door.waker.wake();
            }
        }
        self.to_wake = 0;
    }

    /// Which thread a TCP connection belongs to whose first frame this is; `None` if to this one.
    pub(super) fn owner_of_stream(&self, frame: &[u8]) -> Option<u8> {
        let owner = sfu::unit_of(frame)?;
        let is_other = owner != self.own && usize::from(owner) < self.doors.len();
        is_other.then_some(owner)
    }

    /// Forgets addresses nobody uses any more.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.known
            .retain(|_, (_, seen)| now.saturating_duration_since(*seen) < SILENCE_MAX);
    }
}
