//! What goes to the media threads and comes from them.

use std::{net::SocketAddr, time::Duration};

use protocol::{
    Publishing, SeatId,
    types::{AudioSlot, Tile, VideoSlot},
};
use sfu::{Backlog, Figures, PeerId};

/// Something for a media thread to do.
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
    /// What of a seat is forwarded, and to whom.
    Publish {
        /// Whose.
        peer: PeerId,
        /// All of it.
        publishing: Publishing,
    },
    /// What signalling said to a seat has not reached it yet, or has.
    Backlog {
        /// Which.
        peer: PeerId,
        /// How it is.
        backlog: Backlog,
    },
    /// A bound on what is forwarded of a seat.
    Ceiling {
        /// Which.
        peer: PeerId,
        /// All it sends, together.
        bits_per_second: u64,
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
    /// Which voice is wanted of it changed.
    Voice {
        /// Whose.
        seat: SeatId,
        /// The one for bad lines.
        narrow: bool,
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

/// What threads did.
#[derive(Debug, Clone, Copy, Default)]
pub struct MediaFigures {
    /// Of the forwarding unit.
    pub sfu: Figures,
    /// CPU time they have used.
    pub cpu: Duration,
    /// TCP connections open now.
    pub tcp_connections: u64,
    /// Datagrams or frames dropped because a socket or a slow reader's queue was full.
    pub send_drops: u64,
    /// Datagrams and TCP connections that came to one thread and belonged to another.
    pub handed_over: u64,
    /// Of these, lost on the way as the other had no room.
    pub handed_over_lost: u64,
}

/// Addresses they are bound to.
#[derive(Debug, Clone, Default)]
pub struct MediaAddrs {
    /// UDP.
    pub udp: Vec<SocketAddr>,
    /// TCP.
    pub tcp: Vec<SocketAddr>,
}

impl MediaFigures {
    pub(super) fn add(&mut self, other: &Self) {
        self.sfu.add(&other.sfu);
        self.cpu += other.cpu;
        self.tcp_connections += other.tcp_connections;
        self.send_drops += other.send_drops;
        self.handed_over += other.handed_over;
        self.handed_over_lost += other.handed_over_lost;
    }
}

impl MediaCommand {
    pub(super) fn peer(&self) -> PeerId {
        match self {
            Self::Join { peer, .. }
            | Self::Offer { peer, .. }
            | Self::View { peer, .. }
            | Self::Publish { peer, .. }
            | Self::Backlog { peer, .. }
            | Self::Ceiling { peer, .. }
            | Self::Leave { peer } => *peer,
        }
    }
}
