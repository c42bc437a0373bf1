//! ICE-TCP: connections clients make where UDP is blocked (RFC 6544), on our own port or handed over
//! by the HTTPS listener.
//!
//! A stranger can hold a connection for ten seconds and a few kilobytes, no longer. A reader that is
//! slow loses its own frames and delays nobody.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Interest, Registry, Token, net::TcpStream};
use sfu::Protocol;

use crate::shares::Shares;

use super::{
    addresses::Addresses,
    framing::{Deframer, push_frame},
};

/// Connections at a time: three for each of a thousand seats.
const CONNECTIONS_MAX: usize = 3000;
/// Of these from one address or line: a delegation's office where UDP is blocked.
const CONNECTIONS_SHARE: usize = 512;
/// A connection must bring a valid Binding request within this time.
const PROOF_TIMEOUT: Duration = Duration::from_secs(10);
/// Then something at least this often; browsers check every few seconds (RFC 7675).
const IDLE_TIMEOUT: Duration = Duration::from_secs(40);
/// What may wait for a slow reader: a second of a few pictures. More would only be late.
const QUEUE_BYTES_MAX: usize = 256 * 1024;
/// First token; lower ones are sockets and listeners.
pub(super) const FIRST_TOKEN: usize = 1000;

/// All connections.
pub(super) struct Connections {
    shares: Shares,
    /// By place in `shares`.
    by_share: HashMap<u64, usize>,
    places: Vec<Option<Connection>>,
    free: Vec<usize>,
    by_route: HashMap<(SocketAddr, SocketAddr), usize>,
    /// With bytes that may not have been read.
    pub(super) readable: Vec<usize>,
}

struct Connection {
    stream: TcpStream,
    share: u64,
    remote: SocketAddr,
    /// The address the client was told of.
    told: SocketAddr,
    deframer: Deframer,
    queue: Vec<u8>,
    proven: bool,
    /// Its proof is known to the shares.
    told_shares: bool,
    last_read: Instant,
    opened: Instant,
}

/// What became of a read.
pub(super) enum ReadOutcome {
    /// There may be more.
    More,
    /// Nothing more now.
    Blocked,
    /// The connection is to be closed.
    Closed,
    /// The connection belongs to another thread, as its first frame says.
    Elsewhere(u8),
}

/// What a frame was.
pub(super) enum Frame {
    Good,
    Bad,
    /// It is for another thread.
    For(u8),
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            shares: Shares::new(CONNECTIONS_MAX, CONNECTIONS_SHARE),
            by_share: HashMap::new(),
            places: Vec::new(),
            free: Vec::new(),
            by_route: HashMap::new(),
            readable: Vec::new(),
        }
    }
}

impl Connections {
    pub(super) fn len(&self) -> usize {
        self.by_route.len()
    }

    /// Takes a connection, of which some bytes may have been read; refuses it by closing. If another one
    /// has to make room, its index is given, to be closed.
    pub(super) fn add(
        &mut self,
        now: Instant,
        stream: std::net::TcpStream,
        read: &[u8],
        addresses: &Addresses,
        registry: &Registry,
    ) -> io::Result<Option<usize>> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let (remote, local) = (stream.peer_addr()?, stream.local_addr()?);
        let (remote, local) = (plain(remote), plain(local));
        let Some(told) = addresses.told_for(Protocol::Tcp, local) else {
            return Ok(None);
        };
        let Some(taken) = self.shares.take(remote.ip()) else {
            return Ok(None);
        };
        let gives_way = taken
            .gives_way
            .and_then(|place| self.by_share.remove(&place));
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() - 1
        });
        let mut stream = TcpStream::from_std(stream);
        let interest = Interest::READABLE | Interest::WRITABLE;
        if let Err(error) = registry.register(&mut stream, Token(FIRST_TOKEN + index), interest) {
            self.free.push(index);
            self.shares.give_back(taken.place);
            return Err(error);
        }
        let mut deframer = Deframer::default();
        deframer.push(read);
        self.places[index] = Some(Connection {
            stream,
            share: taken.place,
            remote,
            told,
            deframer,
            queue: Vec::new(),
            proven: false,
            told_shares: false,
            last_read: now,
            opened: now,
        });
        self.by_route.insert((remote, told), index);
        self.by_share.insert(taken.place, index);
        self.readable.push(index);
        Ok(gives_way)
    }

    /// What was read already, then one read: `each(from, to, datagram)` says what the datagram was.
    pub(super) fn read(
        &mut self,
        now: Instant,
        index: usize,
        buffer: &mut [u8],
        mut each: impl FnMut(SocketAddr, SocketAddr, &[u8]) -> Frame,
    ) -> ReadOutcome {
        let Some(connection) = self.places.get_mut(index).and_then(Option::as_mut) else {
            return ReadOutcome::Blocked;
        };
        let outcome = connection.take_frames(&mut each);
        connection.tell(&mut self.shares);
        if let Some(outcome) = outcome {
            return outcome;
        }
        let count = match connection.stream.read(buffer) {
            Ok(0) => return ReadOutcome::Closed,
            Ok(count) => count,
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock => return ReadOutcome::Blocked,
                io::ErrorKind::Interrupted => return ReadOutcome::More,
                _ => return ReadOutcome::Closed,
            },
        };
        connection.last_read = now;
        connection.deframer.push(&buffer[..count]);
        let outcome = connection.take_frames(&mut each);
        connection.tell(&mut self.shares);
        outcome.unwrap_or(ReadOutcome::More)
    }

    /// Takes a connection out, to be moved to another thread with the bytes that were read of it.
    pub(super) fn take(
        &mut self,
        index: usize,
        registry: &Registry,
    ) -> Option<(std::net::TcpStream, Vec<u8>)> {
        let mut connection = self.places.get_mut(index)?.take()?;
        let _ = registry.deregister(&mut connection.stream);
        self.forget(index, &connection);
        Some((connection.stream.into(), connection.deframer.into_rest()))
    }

    /// Sends a datagram as a frame. False if it was dropped.
    pub(super) fn send(&mut self, to: SocketAddr, told: SocketAddr, datagram: &[u8]) -> bool {
        let index = self.by_route.get(&(to, told)).copied();
        let connection = index.and_then(|index| self.places[index].as_mut());
        let Some(connection) = connection else {
            return false;
        };
        if connection.queue.len() + 2 + datagram.len() > QUEUE_BYTES_MAX {
            return false;
        }
        let idle = connection.queue.is_empty();
        push_frame(&mut connection.queue, datagram);
        if idle {
            connection.write();
        }
        true
    }

    /// The connection can take more.
    pub(super) fn writable(&mut self, index: usize) {
        if let Some(connection) = self.places.get_mut(index).and_then(Option::as_mut) {
            connection.write();
        }
    }

    /// Closes a connection; gives its addresses.
    pub(super) fn close(
        &mut self,
        index: usize,
        registry: &Registry,
    ) -> Option<(SocketAddr, SocketAddr)> {
        let mut connection = self.places.get_mut(index)?.take()?;
        let _ = registry.deregister(&mut connection.stream);
        self.forget(index, &connection);
        Some((connection.remote, connection.told))
    }

    fn forget(&mut self, index: usize, connection: &Connection) {
        self.free.push(index);
        self.shares.give_back(connection.share);
        self.by_share.remove(&connection.share);
        let route = (connection.remote, connection.told);
        if self.by_route.get(&route) == Some(&index) {
            self.by_route.remove(&route);
        }
    }

    /// Connections that proved nothing in time, or fell silent.
    pub(super) fn overdue(&self, now: Instant) -> Vec<usize> {
        let is_overdue = |connection: &Connection| {
            let age = now.saturating_duration_since(connection.opened);
            let silence = now.saturating_duration_since(connection.last_read);
            silence > IDLE_TIMEOUT || (!connection.proven && age > PROOF_TIMEOUT)
        };
        let places = self.places.iter().enumerate();
        places
            .filter(|(_, place)| place.as_ref().is_some_and(is_overdue))
            .map(|(index, _)| index)
            .collect()
    }
}

impl Connection {
    /// Once it has proven itself its place is its own.
    fn tell(&mut self, shares: &mut Shares) {
        if self.proven && !std::mem::replace(&mut self.told_shares, true) {
            shares.prove(self.share);
        }
    }

    /// Gives what came of it, but for "all is well".
    fn take_frames(
        &mut self,
        each: &mut impl FnMut(SocketAddr, SocketAddr, &[u8]) -> Frame,
    ) -> Option<ReadOutcome> {
        loop {
            let datagram = match self.deframer.next_frame() {
                Ok(Some(datagram)) => datagram,
                Ok(None) => return None,
                Err(_) => return Some(ReadOutcome::Closed),
            };
            match each(self.remote, self.told, datagram) {
                Frame::Good => self.proven = true,
                Frame::For(owner) if !self.proven => {
                    self.deframer.put_back();
                    return Some(ReadOutcome::Elsewhere(owner));
                }
                // The first frame of an honest client is its Binding request.
                _ if !self.proven => return Some(ReadOutcome::Closed),
                _ => {}
            }
        }
    }

    fn write(&mut self) {
        let mut written = 0;
        while written < self.queue.len() {
            match self.stream.write(&self.queue[written..]) {
                Ok(0) => break,
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Not now, or never again: then the read side will say so.
                Err(_) => break,
            }
        }
        self.queue.drain(..written);
    }
}

/// IPv4 as IPv4, also on a socket for both.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
