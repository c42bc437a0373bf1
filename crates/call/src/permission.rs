//! Who may do what, in which state: the words a permission is decided in. The decisions are in
//! [`table`], and nowhere else in the server.
//!
//! [`permit`] looks only at the [`Situation`] it is given and changes nothing; `Call` gathers the facts
//! and carries out what was allowed. `tests/all/permission_matrix.rs` writes the whole table out.

mod table;

use protocol::{
    ErrorCode, ErrorMessage, SeatId,
    http::Phase,
    types::{Doors, Format, Presence},
};

pub use table::{permit, permit_link, permit_relink};

/// Something a client tries to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Say `hello` with a good access token.
    Connect,
    /// `enter`, and sit down without being asked for.
    TakeSeat,
    /// `enter`, and wait for a host.
    Wait,
    /// `leave`.
    Leave,
    /// `microphone` with `open: true`.
    OpenMicrophone,
    /// `camera` with `on: true`.
    StartCamera,
    /// `screen` with `on: true`.
    ShareScreen,
    /// Any of the three, the other way.
    StopPublishing,
    /// `offer` or `view`.
    Negotiate,
    /// `mute`.
    Mute,
    /// `admit`.
    Admit,
    /// `refuse`.
    Refuse,
    /// `remove`.
    Remove,
    /// `give_floor` to a seat.
    GiveFloor,
    /// `give_floor` with `null`.
    TakeFloorBack,
    /// `set_doors`.
    SetDoors,
    /// `adjourn`.
    Adjourn,
    /// `knock`.
    Knock,
    /// `found`.
    Found,
    /// `commit`.
    Commit,
    /// `kept`.
    Keep,
    /// `passing`.
    Pass,
    /// `catch_up`.
    CatchUp,
    /// `checks`.
    Check,
    /// `mirror`.
    Mirror,
    /// Be told of others' checks.
    SeeChecks,
}

/// What a seat may ever do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Holds the host's powers.
    Host,
    /// Any seat that may speak: principal, staff, interpreter.
    Delegate,
    /// Watches and listens.
    Observer,
}

/// How the acting machine stands to its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In the green room, and nobody holds the seat.
    Newcomer,
    /// In the green room; it was admitted before and has not left: its seat is lost or absent.
    Returning,
    /// In the green room, while another machine holds the seat (seated, or lost and in its grace).
    Rival,
    /// In the green room, while another machine waits with the same link.
    Second,
    /// In the antechamber.
    Waiting,
    /// At the table.
    Seated,
    /// The seat was removed; its link is closed.
    Removed,
}

/// Whether one more microphone can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MicrophoneRoom {
    /// Yes.
    Free,
    /// Only if an ordinary one gives way.
    Full,
    /// No: all belong to hosts and the floor holder.
    FullOfHosts,
}

/// How a seat stands to a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belonging {
    /// It is the table's, where every seat belongs; also of what is about no circle.
    Table,
    /// It is that of the seat's own delegation.
    Delegation {
        /// The seat is one that may begin its group.
        principal: bool,
    },
    /// The seat may not be in it, or there is no such circle.
    Foreign,
}

/// The seat an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// It is the actor's own.
    pub own: bool,
    /// It may not speak.
    pub observer: bool,
    /// Where its person is; `Waiting` only if nobody holds it.
    pub presence: Presence,
    /// A machine waits with its link, whoever holds it.
    pub waiting: bool,
}

/// Every fact a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Where the call stands.
    pub phase: Phase,
    /// Its doors.
    pub doors: Doors,
    /// Whether it has pictures.
    pub format: Format,
    /// What the actor may ever do.
    pub role: Role,
    /// How the actor stands to its seat.
    pub standing: Standing,
    /// The actor has the floor.
    pub floor: bool,
    /// A host other than the actor is at the table.
    pub other_host: bool,
    /// Microphones left.
    pub microphones: MicrophoneRoom,
    /// Another seat shares its screen.
    pub screen_taken: bool,
    /// The seat named, if the action names one and the call has it.
    pub target: Option<Target>,
    /// How the actor's seat stands to the circle the action is about.
    pub belonging: Belonging,
    /// The group or epoch the action names is not the current one, or the log does not reach back to
    /// the entry it names.
    pub stale: bool,
    /// The same was done too short a time ago, where that matters.
    pub hasty: bool,
}

/// Why something was not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Denial {
    /// For programs.
    pub code: ErrorCode,
    /// A sentence that says what to do.
    pub text: &'static str,
    /// The connection ends with it.
    pub fatal: bool,
    /// Seats it is about.
    pub seats: Vec<SeatId>,
}

impl Denial {
    const fn new(code: ErrorCode, text: &'static str) -> Self {
        Self {
            code,
            text,
            fatal: false,
            seats: Vec::new(),
        }
    }

    const fn fatal(code: ErrorCode, text: &'static str) -> Self {
        Self {
            code,
            text,
            fatal: true,
            seats: Vec::new(),
        }
    }
}

impl From<Denial> for ErrorMessage {
    fn from(denial: Denial) -> Self {
        let Denial {
            code,
            text,
            fatal,
            seats,
        } = denial;
        Self {
            fatal,
            seats,
            ..Self::new(code, text)
        }
    }
}
