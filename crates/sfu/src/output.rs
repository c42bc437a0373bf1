//! What the forwarding unit is told of its surroundings, and what it says.

use std::{fmt, net::SocketAddr, time::Instant};

use protocol::types::{AudioSlot, VideoSlot};
use str0m::{
    Candidate,
    net::{Protocol, TcpType},
};

use crate::peer::PeerId;

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

/// Units that can share addresses: each has its own first character of ICE ufrags.
pub const UNITS_MAX: u8 = 64;

/// What the unit needs to know of its surroundings.
#[derive(Debug, Clone, Default)]
pub struct SfuConfig {
    /// Best first.
    pub addresses: Vec<LocalAddress>,
    /// Number of this unit among those that share the addresses; below [`UNITS_MAX`].
    pub unit: u8,
}

/// What comes out.
pub enum Output {
    /// Datagrams to send to one address, in order.
    Transmit {
        /// UDP, or the TCP connection between the two addresses.
        proto: Protocol,
        /// One of [`SfuConfig::addresses`].
        source: SocketAddr,
        /// The peer's address.
        destination: SocketAddr,
        /// One after the other, without framing. Give it back with [`crate::Sfu::recycle`].
        contents: Vec<u8>,
        /// Bytes of each; the last may be shorter.
        segment: usize,
    },
    /// Something a peer must be told, or its owner.
    Event(PeerId, Event),
    /// Nothing more now; call [`crate::Sfu::handle_timeout`] at this time.
    Timeout(Instant),
}

/// The way to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) proto: Protocol,
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
}

impl Route {
    pub(crate) fn transmit(self, contents: Vec<u8>, segment: usize) -> Output {
        Output::Transmit {
            proto: self.proto,
            source: self.source,
            destination: self.destination,
            contents,
            segment,
        }
    }
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
    /// Which voice is wanted of this peer, once that is known and when it changes.
    Voice {
        /// Some line of those who hear it is bad: longer packets, a lower rate.
        narrow: bool,
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
            Self::Voice { narrow } => write!(f, "Voice({narrow})"),
            Self::Connected => f.write_str("Connected"),
            Self::Disconnected => f.write_str("Disconnected"),
            Self::Panicked => f.write_str("Panicked"),
        }
    }
}
