//! The media path: one thread that owns the UDP and TCP media sockets and `sfu::Sfu`.
//!
//! What the rest of the server knows of it: commands in, events out, figures to read.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use protocol::{
    CallId, SeatId,
    types::{AudioSlot, Tile, VideoSlot},
};
use tokio::sync::mpsc;

/// A seat of a call, as the media path knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId {
    /// Which call.
    pub call: CallId,
    /// Which seat.
    pub seat: SeatId,
}

/// How media reaches this server.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    /// UDP addresses.
    pub bind: Vec<SocketAddr>,
    /// TCP addresses (RFC 4571 framing, RFC 6544).
    pub tcp_bind: Vec<SocketAddr>,
    /// Public addresses if behind NAT.
    pub advertise: Vec<IpAddr>,
    /// Offer UDP candidates.
    pub udp: bool,
    /// Also a TCP candidate: the HTTPS port, which hands framed STUN over.
    pub https_port: Option<u16>,
}

/// What the media path is told.
pub enum MediaCommand {
    /// A seat sat down.
    Join {
        /// Which.
        peer: PeerId,
        /// Voices it can hear at one time.
        audio: u16,
        /// Pictures it can see at one time.
        video: u16,
        /// It may send media.
        can_publish: bool,
        /// Where events about it go.
        events: mpsc::Sender<MediaEvent>,
    },
    /// Its WebRTC offer.
    Offer {
        /// Whose.
        peer: PeerId,
        /// Counts its PeerConnections.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// The pictures it shows, most important first.
    View {
        /// Whose.
        peer: PeerId,
        /// What it shows.
        tiles: Vec<Tile>,
    },
    /// What may be forwarded from it from now on.
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
    /// It left the table: forget it.
    Leave {
        /// Which.
        peer: PeerId,
    },
}

/// What the media path tells the call's task.
pub enum MediaEvent {
    /// The answer to an offer.
    Answer {
        /// Whose.
        seat: SeatId,
        /// Of the offer.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// The offer cannot be used.
    OfferRefused {
        /// Whose.
        seat: SeatId,
        /// Of the offer.
        generation: u32,
        /// For people, in English; without input.
        why: String,
    },
    /// What arrives on which transceiver from now on.
    Slots {
        /// Whose.
        seat: SeatId,
        /// Voices.
        audio: Vec<AudioSlot>,
        /// Pictures.
        video: Vec<VideoSlot>,
    },
    /// ICE and DTLS are through.
    Connected {
        /// Whose.
        seat: SeatId,
    },
    /// The peer was silent too long.
    Disconnected {
        /// Whose.
        seat: SeatId,
    },
}

/// Reaches the media thread. Cheap to clone.
#[derive(Clone)]
pub struct Media {
    commands: mpsc::UnboundedSender<MediaCommand>,
}

/// What the media thread counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct MediaFigures {}

impl Media {
    /// Binds the sockets and starts the thread.
    pub fn start(_config: MediaConfig) -> io::Result<Self> {
        let (commands, mut arriving) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(command) = arriving.recv().await {
                drop::<MediaCommand>(command);
            }
        });
        Ok(Self { commands })
    }

    /// Tells the thread.
    pub fn command(&self, command: MediaCommand) {
        let _ = self.commands.send(command);
    }

    /// Takes over a connection whose first byte is not TLS.
    pub fn accept_tcp(&self, stream: tokio::net::TcpStream) {
        drop(stream);
    }

    /// What it counted so far.
    pub fn figures(&self) -> MediaFigures {
        MediaFigures::default()
    }

    /// Ends the thread and waits for it.
    pub fn stop(self) {}
}
