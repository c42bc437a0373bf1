//! Errors on the wire: a stable code for programs, a sentence for people.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    id::{CircleId, SeatId},
    message::ClientMessage,
};

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The one who sent the message.
    Sender,
    /// The server or its operator.
    Server,
    /// Nobody erred: the state of the call does not allow it now.
    State,
}

/// Stable codes. New ones may be added; none changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, an unknown type, or a field out of its range.
    BadMessage,
    /// Longer than the limit for its type.
    TooLarge,
    /// More messages than the limit allows.
    TooFast,
    /// The client speaks another version of the protocol.
    UnsupportedVersion,
    /// A message that makes no sense now, e.g. before `hello` or a second `hello`.
    OutOfOrder,
    /// No call has this id on this server.
    UnknownCall,
    /// The link was cut, mistyped, guessed, or belongs to another call.
    UnknownLink,
    /// A host removed this seat: its link is closed.
    LinkClosed,
    /// The call was ended.
    CallEnded,
    /// Another machine sits on this seat; the host was asked.
    SeatOccupied,
    /// The host did not admit this seat.
    Refused,
    /// Another machine of the same person took over this seat.
    SeatMoved,
    /// This seat may not do this, by kind or by role.
    NotPermitted,
    /// The doors are closed.
    DoorsClosed,
    /// All microphones are taken; `seats` says by whom.
    MicrophonesFull,
    /// The named seat is not in a state that allows this.
    WrongState,
    /// The SDP offer could not be used.
    BadOffer,
    /// No more connections can be taken now.
    ServerFull,
    /// The server cannot store what it must; nothing was changed.
    StorageUnavailable,
    /// The server is stopping or restarting; come back.
    GoingAway,
    /// A mistake in the server.
    Internal,
    /// The convener key is missing or unknown.
    BadConvenerKey,
    /// The call plan has a mistake; the text says where.
    BadPlan,
    /// A call with this id exists already.
    CallExists,
    /// The group or epoch named is not the current one: another commit came first, or the log no
    /// longer reaches back so far.
    WrongEpoch,
    /// The convener has as many calls or bytes stored here as one may have.
    ConvenerFull,
}

impl ErrorCode {
    /// Who has to act when this happens.
    pub const fn blame(self) -> Blame {
        use ErrorCode as E;
        match self {
            E::BadMessage
            | E::TooLarge
            | E::TooFast
            | E::UnsupportedVersion
            | E::OutOfOrder
            | E::UnknownCall
            | E::UnknownLink
            | E::NotPermitted
            | E::BadOffer
            | E::BadConvenerKey
            | E::BadPlan
            | E::CallExists
            | E::ConvenerFull => Blame::Sender,
            E::LinkClosed
            | E::CallEnded
            | E::SeatOccupied
            | E::Refused
            | E::SeatMoved
            | E::DoorsClosed
            | E::MicrophonesFull
            | E::WrongState
            | E::WrongEpoch => Blame::State,
            E::ServerFull | E::StorageUnavailable | E::GoingAway | E::Internal => Blame::Server,
        }
    }

    /// WebSocket close code (RFC 6455, 7.4.2: 4000–4999 are ours) if the connection ends by it.
    pub const fn close_code(self) -> u16 {
        4000 + self as u16
    }

    /// HTTP status for the convener's interface and for a refused upgrade.
    pub const fn http_status(self) -> u16 {
        use ErrorCode as E;
        match self {
            E::BadMessage | E::UnsupportedVersion | E::OutOfOrder | E::BadOffer => 400,
            E::BadConvenerKey => 401,
            E::UnknownLink | E::NotPermitted | E::Refused => 403,
            E::UnknownCall => 404,
            E::CallExists | E::SeatOccupied | E::SeatMoved | E::WrongState | E::DoorsClosed => 409,
            E::MicrophonesFull | E::WrongEpoch | E::ConvenerFull => 409,
            E::LinkClosed | E::CallEnded => 410,
            E::TooLarge => 413,
            E::BadPlan => 422,
            E::TooFast => 429,
            E::Internal => 500,
            E::ServerFull | E::StorageUnavailable | E::GoingAway => 503,
        }
    }
}

/// An error as it travels, in `error` messages and as the body of HTTP errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErrorMessage {
    /// For programs.
    pub code: ErrorCode,
    /// Who has to act.
    pub blame: Blame,
    /// For people who read logs, in English: what happened and what to do. Never echoes input.
    pub text: String,
    /// The connection ends with this.
    pub fatal: bool,
    /// Seats it is about, e.g. those whose microphones are open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<SeatId>>", optional)]
    pub seats: Vec<SeatId>,
    /// `type` of the client's message it answers, if it answers one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub in_reply_to: Option<String>,
    /// The circle that message was about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub circle: Option<CircleId>,
}

impl ErrorMessage {
    /// An error that leaves the connection open.
    pub fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        let (blame, seats) = (code.blame(), Vec::new());
        Self {
            code,
            blame,
            text: text.into(),
            fatal: false,
            seats,
            in_reply_to: None,
            circle: None,
        }
    }

    /// An error that ends the connection.
    pub fn fatal(code: ErrorCode, text: impl Into<String>) -> Self {
        Self {
            fatal: true,
            ..Self::new(code, text)
        }
    }

    /// Names the message it answers, and its circle.
    pub fn answering_to(self, message: &ClientMessage) -> Self {
        Self {
            circle: message.circle(),
            ..self.answering(message.kind())
        }
    }

    /// Names the kind of message it answers, where there is no more to say of it.
    pub fn answering(self, message_type: &str) -> Self {
        Self {
            in_reply_to: Some(message_type.to_owned()),
            ..self
        }
    }
}
