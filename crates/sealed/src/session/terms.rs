//! What goes into a session and comes out of it, and why something is refused.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64URL_NOPAD;
use protocol::{CircleId, ClientMessage, SeatId, types::Doors};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    letter::UnverifiedLetter,
    media::{kid::Stream, open::Refused},
};

/// A frame that is [`FrameRefused::Unproven`] is worth holding for so long: proofs that are asked for by
/// signalling come within it.
pub const UNPROVEN_MS: u64 = 2_000;

/// What a client keeps on its disk for a seat: no secrets. An older copy of it weakens the protection
/// against old groups and closed seats, and breaks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Of the table.
    #[serde(flatten)]
    pub table: Remembered,
    /// Of the other circles it was in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub circles: BTreeMap<CircleId, Remembered>,
}

/// The same, of one circle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Highest group number seen.
    pub group: u32,
    /// Highest epoch seen in it.
    pub epoch: u64,
    /// Closed seats known, with link numbers.
    #[serde(default)]
    pub closed: Vec<(u16, u32)>,
    /// A host's letter for this machine, base64url: it signs that it let it in. No secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
}

impl Remembered {
    pub(super) fn letter(&self) -> Option<UnverifiedLetter> {
        let bytes = BASE64URL_NOPAD
            .decode(self.letter.as_ref()?.as_bytes())
            .ok()?;
        UnverifiedLetter::decode(&bytes).ok()
    }

    pub(super) fn keep_letter(&mut self, letter: &UnverifiedLetter) {
        self.letter = Some(BASE64URL_NOPAD.encode(&letter.encode()));
    }

    pub(super) fn closed_seats(&self) -> BTreeSet<(SeatId, u32)> {
        let pair = |(seat, link): &(u16, u32)| (SeatId(*seat), *link);
        self.closed.iter().map(pair).collect()
    }
}

/// Where a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No group, and not asking for one.
    Outside,
    /// Asked for a place.
    Joining,
    /// In the group.
    Member,
    /// Fell out of the group and asks to be let back.
    Recovering,
}

/// What the person does; in which circle, is said beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Act {
    /// Host: let this seat's knock in.
    Admit {
        /// Which.
        seat: SeatId,
    },
    /// Host: let in all whose invitation is good and whose seat is free.
    AdmitAllVerified {},
    /// Host: take a seat out, and close its link.
    Remove {
        /// Which.
        seat: SeatId,
    },
    /// Take a person who came back on another machine for the same.
    AcceptDevice {
        /// Which seat.
        seat: SeatId,
    },
    /// Leave; the client says `leave` to the server afterwards.
    Leave {},
    /// Write to all at the table. It may wait until it can be sent: [`super::View::unsent`].
    Text {
        /// At most 8000 bytes.
        text: String,
    },
    /// Host: open or close the doors.
    SetDoors {
        /// The new state.
        doors: Doors,
    },
    /// Host: check the words.
    CheckWords {
        /// Language of the interface, e.g. `de`.
        language: String,
    },
    /// Say whether the words are the same.
    Verdict {
        /// They are.
        same: bool,
    },
}

/// Why something cannot be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ActError {
    /// Outside the group.
    #[error("not_a_member")]
    NotAMember,
    /// Only a host may; in a circle beside the table, only one that leads it.
    #[error("not_a_host")]
    NotAHost,
    /// Nobody asks in with this seat's link, or with a bad invitation.
    #[error("no_claim")]
    NoClaim,
    /// No check is under way.
    #[error("no_check")]
    NoCheck,
    /// Empty, or too long.
    #[error("bad_text")]
    BadText,
    /// Too many wait to be sent.
    #[error("too_many_texts")]
    TooManyTexts,
    /// No random numbers.
    #[error("no_randomness")]
    NoRandomness,
    /// This client is in no such circle, or may not be.
    #[error("no_circle")]
    NoCircle,
    /// It is done at the table, for all circles.
    #[error("at_the_table")]
    AtTheTable,
    /// A host does not remove its own seat.
    #[error("own_seat")]
    OwnSeat,
}

/// Something for the caller to do.
#[derive(Clone)]
pub enum Output {
    /// Send this to the server.
    Send(ClientMessage),
    /// Somebody, maybe this seat, wrote to the table.
    Text(TextMessage),
    /// Another epoch: frames that were [`FrameRefused::Later`] may open now.
    EpochChanged,
    /// Proofs came: frames that were [`FrameRefused::Unproven`] may be good now.
    Proven,
    /// [`super::Session::view`] has changed.
    ViewChanged,
    /// Keep [`super::Session::memory`].
    MemoryChanged,
}

/// A text to the table, or to another circle.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TextMessage {
    /// To which circle.
    pub circle: CircleId,
    /// What it is known by; among those of one seat no two are the same.
    pub id: String,
    /// Who wrote it; verified.
    pub from: SeatId,
    /// When it arrived here.
    pub at_ms: u64,
    /// The text.
    pub text: String,
}

/// A frame somebody sent, in the clear.
pub struct OpenedFrame {
    /// To which circle it was sent.
    pub circle: CircleId,
    /// Whose.
    pub seat: SeatId,
    /// Of which stream.
    pub stream: Stream,
    /// A picture's key frame.
    pub key: bool,
    /// As the encoder made it.
    pub frame: Vec<u8>,
}

/// Why a frame is not sealed: it must not be sent at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotSent {
    /// No group.
    #[error("not_a_member")]
    NotAMember,
    /// No host has confirmed this client yet, or lately.
    #[error("not_confirmed")]
    NotConfirmed,
    /// Too long.
    #[error("frame")]
    Frame,
}

/// Why a frame is not given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameRefused {
    /// Of an epoch that is on its way: try again after [`Output::EpochChanged`], for half a second.
    #[error("later")]
    Later,
    /// No group.
    #[error("not_a_member")]
    NotAMember,
    /// Of no member that may send.
    #[error("no_such_member")]
    NoSuchMember,
    /// Of a member whose frames this client does not take now: it is being removed, its words differ,
    /// or its machine is another one than before.
    #[error("blocked")]
    Blocked,
    /// It does not open.
    #[error("frame")]
    Frame(#[source] Refused),
    /// Not what its sender says it sent.
    #[error("forged")]
    Forged,
    /// Held back for seconds.
    #[error("late")]
    Late,
    /// Nothing tells whose it is: try again after [`Output::Proven`], for [`UNPROVEN_MS`].
    #[error("unproven")]
    Unproven,
    /// It has a manifest that its sender did not sign.
    #[error("bad_manifest")]
    BadManifest,
}

/// Why there is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SessionError {
    /// No random numbers.
    #[error("no_randomness")]
    NoRandomness,
    /// The device key did not sign what it should.
    #[error("bad_device_signature")]
    BadDeviceSignature,
    /// OpenMLS refused.
    #[error("mls")]
    Mls,
}

/// Things that should be rare, counted for reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Messages that did not open or made no sense.
    pub unread: u64,
    /// Commits or groups refused by policy.
    pub refused: u64,
    /// Commits that could not be made.
    pub commits_failed: u64,
    /// Times this client asked to be let back.
    pub wedged: u64,
}

impl Counters {
    /// Those of two circles.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            unread: self.unread + other.unread,
            refused: self.refused + other.refused,
            commits_failed: self.commits_failed + other.commits_failed,
            wedged: self.wedged + other.wedged,
        }
    }
}
