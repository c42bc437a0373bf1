//! The media thread: sockets, time and ICE-TCP around [`sfu::Sfu`].
//!
//! It owns: the UDP sockets and TCP listeners for media, framing on TCP (RFC 4571), the addresses
//! clients are told of, and one thread named `media-0` that does nothing else. It leaves to `sfu`
//! every decision about a packet, and to `calls` every decision about a seat.
//!
//! ```text
//!   calls --MediaCommand--> channel --+                       +--> UDP sockets, TCP connections
//!   listen --TCP stream-----> channel |--> thread: sfu::Sfu --|
//!   UDP sockets, TCP connections -----+                       +--MediaEvent--> calls
//! ```

mod addresses;
mod events;
mod framing;
mod tcp;
mod thread;
mod udp;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use mio::{Poll, Waker};
use protocol::{
    SeatId,
    types::{AudioSlot, Tile, VideoSlot},
};

pub use sfu::{Figures, PeerId, Rejection};

/// Commands that may wait. The thread empties the channel many times a second; the bound only keeps
/// a stuck thread from eating memory.
const COMMANDS_MAX: usize = 8192;

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
}

/// Something for the media thread to do.
pub enum MediaCommand {
    /// A seat is at the table.
    Join {
        /// Which.
        peer: PeerId,
        /// Audio transceivers its client was asked to have.
        audio: u16,
        /// Video transceivers its client was asked to have.
        video: u16,
        /// It may send; observers may not.
        can_publish: bool,
        /// Where its events go.
        events: tokio::sync::mpsc::Sender<MediaEvent>,
    },
    /// A client's offer.
    Offer {
        /// Whose.
        peer: PeerId,
        /// Counts its PeerConnections.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// What a client shows, most important first.
    View {
        /// Whose.
        peer: PeerId,
        /// Its tiles.
        tiles: Vec<Tile>,
    },
    /// What a seat sends. Nothing else of it is forwarded.
    Publishing {
        /// Whose.
        peer: PeerId,
        /// Its microphone is open.
        microphone: bool,
        /// Its camera is on.
        camera: bool,
        /// Its screen is shared.
        screen: bool,
    },
    /// A seat left the table.
    Leave {
        /// Which.
        peer: PeerId,
    },
}

/// Something the owner of a seat must know.
#[derive(Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// Answers an offer.
    Answer {
        /// Whose.
        seat: SeatId,
        /// Of the offer.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// The offer could not be used.
    OfferRefused {
        /// Whose.
        seat: SeatId,
        /// Of the offer.
        generation: u32,
        /// A sentence for the client's log.
        why: String,
    },
    /// What arrives on which transceiver changed.
    Slots {
        /// Whose.
        seat: SeatId,
        /// Transceivers not listed are silent.
        audio: Vec<AudioSlot>,
        /// Transceivers not listed are dark.
        video: Vec<VideoSlot>,
    },
    /// Media can flow.
    Connected {
        /// Whose.
        seat: SeatId,
    },
    /// The connection is lost.
    Disconnected {
        /// Whose.
        seat: SeatId,
    },
}

/// Figures of the thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct MediaFigures {
    /// Of the forwarding unit.
    pub sfu: Figures,
    /// CPU time the thread has used.
    pub cpu: Duration,
    /// TCP connections open now.
    pub tcp_connections: u64,
    /// Datagrams or frames dropped because a socket or a slow reader's queue was full.
    pub send_drops: u64,
}

/// Addresses the thread is bound to.
#[derive(Debug, Clone, Default)]
pub struct MediaAddrs {
    /// UDP.
    pub udp: Vec<SocketAddr>,
    /// TCP.
    pub tcp: Vec<SocketAddr>,
}

/// Handle of the media thread. Dropping the last one stops it.
#[derive(Clone)]
pub struct Media(Arc<Inner>);

struct Inner {
    inbox: SyncSender<thread::Message>,
    waker: Arc<Waker>,
    addrs: MediaAddrs,
    figures: Arc<Mutex<MediaFigures>>,
    join: Mutex<Option<JoinHandle<()>>>,
}

impl Media {
    /// Binds the sockets and starts the thread. The error names the address that could not be bound.
    pub fn start(config: MediaConfig) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), thread::WAKER)?);
        let (inbox, messages) = sync_channel(COMMANDS_MAX);
        let figures = Arc::new(Mutex::new(MediaFigures::default()));
        let media = thread::MediaThread::bind(&config, poll, messages, figures.clone())?;
        let addrs = media.local_addrs();
        let join = std::thread::Builder::new()
            .name("media-0".to_owned())
            .spawn(move || media.run())?;
        Ok(Self(Arc::new(Inner {
            inbox,
            waker,
            addrs,
            figures,
            join: Mutex::new(Some(join)),
        })))
    }

    /// Gives the thread something to do. Commands are done in order.
    pub fn command(&self, command: MediaCommand) {
        self.0.send(thread::Message::Command(command));
    }

    /// Takes over a connection of the HTTPS listener that does not speak TLS. Its first bytes were
    /// peeked at, not read.
    pub fn accept_tcp(&self, stream: tokio::net::TcpStream) {
        if let Ok(stream) = stream.into_std() {
            self.0.send(thread::Message::Stream(stream));
        }
    }

    #[cfg(feature = "evil")]
    pub(crate) fn set_tap(&self, tap: Box<dyn sfu::evil::Tap>) {
        self.0.send(thread::Message::Tap(tap));
    }

    /// Where it listens, with the ports chosen for port 0.
    pub fn local_addrs(&self) -> &MediaAddrs {
        &self.0.addrs
    }

    /// What it did so far; up to half a second old.
    pub fn figures(&self) -> MediaFigures {
        let figures = self.0.figures.lock();
        *figures.unwrap_or_else(PoisonError::into_inner)
    }

    /// Says goodbye to every client and ends the thread.
    pub fn stop(self) {
        self.0.send(thread::Message::Stop);
        let join = self.0.join.lock().map(|mut join| join.take());
        if let Ok(Some(join)) = join {
            let _ = join.join();
        }
    }
}

impl Inner {
    fn send(&self, message: thread::Message) {
        // Errors mean that the thread ended; then there is nobody to serve.
        if self.inbox.send(message).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.send(thread::Message::Stop);
    }
}
