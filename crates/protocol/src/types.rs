//! What both directions speak of: people, delegations, states of a seat, tiles, slots.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    id::{CallId, DelegationId, SeatId},
    shape::SeatShape,
};

/// Whether a call has pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Pictures and voices.
    #[default]
    Video,
    /// Voices only; the server offers no video transceivers.
    Voice,
}

/// What a person is at the table for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SeatKind {
    /// Speaks for the delegation.
    #[default]
    Principal,
    /// Sits behind a principal; may speak.
    Staff,
    /// Interprets; may speak.
    Interpreter,
    /// Watches and listens; publishes nothing.
    Observer,
}

/// One party to the call. The order of ids is the order of precedence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Delegation {
    /// Its number.
    pub id: DelegationId,
    /// Full name, e.g. `European Commission`.
    pub name: String,
    /// For nameplates, e.g. `EU`.
    pub short_name: String,
    /// IANA time zone, e.g. `Europe/Brussels`, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub time_zone: Option<String>,
}

/// Who a seat is for. Does not change during the call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Seat {
    /// Its number.
    pub id: SeatId,
    /// The delegation it belongs to.
    pub delegation: DelegationId,
    /// What it is for.
    pub kind: SeatKind,
    /// Holds the host's powers.
    pub host: bool,
    /// The person's name.
    pub name: String,
    /// The person's title; may be empty.
    pub title: String,
}

impl Seat {
    /// Without its person.
    pub const fn shape(&self) -> SeatShape {
        SeatShape {
            id: self.id,
            delegation: self.delegation,
            kind: self.kind,
            host: self.host,
        }
    }
}

/// A call as its convener described it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallInfo {
    /// Its id.
    pub id: CallId,
    /// Its title.
    pub title: String,
    /// Video or voice.
    pub format: Format,
    /// Played by synthetic participants; every screen says so.
    pub rehearsal: bool,
    /// Scheduled start, milliseconds since 1970 UTC.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at_ms: Option<u64>,
    /// Scheduled length in minutes.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// The doors of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Doors {
    /// Seats can be admitted.
    #[default]
    Open,
    /// Nobody new is admitted; seats already admitted can return.
    Closed,
}

/// Where a seat's person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Not here.
    #[default]
    Absent,
    /// In the antechamber.
    Waiting,
    /// At the table.
    Seated,
    /// Was at the table, connection lost, place kept.
    Lost,
    /// Removed by a host; its link is closed.
    Removed,
}

/// What changes about a seat during the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeatStatus {
    /// Which seat.
    pub seat: SeatId,
    /// Where its person is.
    pub presence: Presence,
    /// Milliseconds since 1970 UTC of the last change of `presence`.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// Its microphone is open: it is heard.
    pub microphone: bool,
    /// Its camera is on.
    pub camera: bool,
    /// It shares its screen.
    pub screen: bool,
}

/// Somebody asks in; shown to hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Waiting {
    /// The seat whose link was used.
    pub seat: SeatId,
    /// Since when, milliseconds since 1970 UTC.
    #[ts(type = "number")]
    pub since_ms: u64,
    /// The seat is taken by another machine; admitting moves the seat to the newcomer.
    pub occupied: bool,
}

/// Which of a seat's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The camera.
    Camera,
    /// The shared screen.
    Screen,
}

/// A picture a client shows, and how tall it shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tile {
    /// Whose.
    pub seat: SeatId,
    /// Which picture.
    pub source: Source,
    /// Height on screen in device pixels, 1..=4320; the server picks the layer to fit.
    pub height: u16,
}

/// Which seat's voice arrives on an audio transceiver of the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AudioSlot {
    /// The `mid` of the client's transceiver.
    pub mid: String,
    /// Whose voice.
    pub seat: SeatId,
}

/// Which picture arrives on a video transceiver of the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VideoSlot {
    /// The `mid` of the client's transceiver.
    pub mid: String,
    /// Whose picture.
    pub seat: SeatId,
    /// Which picture.
    pub source: Source,
    /// The receiver's network cannot carry it now; its voice is kept.
    pub paused: bool,
}
