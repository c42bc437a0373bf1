//! What a call asks its caller to do.

use protocol::{GroupRef, Publishing, SeatId, ServerMessage, sealed::Entry, types::Tile};

use crate::record::{CallRecord, SeatRecord};

/// One WebSocket connection, numbered by the server; never reused while the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// Something for the caller to do, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Make this durable before acting on any later output of the same drain. All of them come first.
    Persist(Change),
    /// Send this to a client.
    Send {
        /// To whom.
        session: SessionId,
        /// What.
        message: ServerMessage,
    },
    /// End this connection once everything sent to it is out. Nothing follows for it, and it needs no
    /// `handle_disconnect`.
    Close {
        /// Which.
        session: SessionId,
    },
    /// For the media path.
    Media(MediaCommand),
}

/// What to change about the stored rows, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The call's row, whole, in place of the one before.
    Call(CallRecord),
    /// One seat's, likewise.
    Seat(SeatRecord),
    /// One more entry of a log.
    Entry(Entry),
    /// A circle's log begins here now: entries before it and those of its other groups are forgotten.
    LogBegins {
        /// The current group.
        group: GroupRef,
        /// Place of the first entry that is kept; there may be none yet.
        seq: u64,
    },
    /// The call is over: the logs, the plan and the grants of all links are forgotten.
    SealedForgotten,
}

/// What the media path has to know. A seat's commands are between its `Join` and its `Leave`.
#[derive(Clone, PartialEq, Eq)]
pub enum MediaCommand {
    /// A seat sat down: expect an offer with at least this many transceivers to receive on.
    Join {
        /// Which.
        seat: SeatId,
        /// Voices it can hear at one time.
        audio: u16,
        /// Pictures it can see at one time.
        video: u16,
    },
    /// Its WebRTC offer.
    Offer {
        /// Whose.
        seat: SeatId,
        /// Counts its PeerConnections.
        generation: u32,
        /// RFC 8866 text, not looked at here.
        sdp: String,
    },
    /// The pictures it shows, most important first.
    View {
        /// Whose.
        seat: SeatId,
        /// Only other seats of this call.
        tiles: Vec<Tile>,
    },
    /// What may be forwarded from it from now on, and to whom.
    Publish {
        /// Whose.
        seat: SeatId,
        /// All of it.
        publishing: Publishing,
    },
    /// It is not at the table any more: forget it.
    Leave {
        /// Which.
        seat: SeatId,
    },
    /// A connection that is not at the table measures its network: send back what it sends. It has no
    /// other mirror.
    Mirror {
        /// Whose.
        session: SessionId,
        /// Offer of the connection that sends, RFC 8866 text, not looked at here.
        up: String,
        /// Offer of the one that receives.
        down: String,
    },
    /// Its mirror ends.
    EndMirror {
        /// Whose.
        session: SessionId,
    },
}

/// Without the SDP: it holds addresses.
impl std::fmt::Debug for MediaCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, who) = match self {
            Self::Join { seat, .. } => ("Join", seat.0.into()),
            Self::Offer { seat, .. } => ("Offer", seat.0.into()),
            Self::View { seat, .. } => ("View", seat.0.into()),
            Self::Publish { seat, .. } => ("Publish", seat.0.into()),
            Self::Leave { seat } => ("Leave", seat.0.into()),
            Self::Mirror { session, .. } => ("Mirror", session.0),
            Self::EndMirror { session } => ("EndMirror", session.0),
        };
        write!(f, "{name}({who})")
    }
}
