//! Bodies of the convener's HTTP interface (`/api/calls`, `Authorization: Bearer <convener key>`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    id::{CallId, SeatId},
    sealed::Sealed,
    secret::SecretHash,
    shape::{CallShape, SeatShape, UnverifiedShape},
    types::{Doors, SeatStatus},
};

/// `POST /api/calls`: the convener's machine chose the id and derived the access tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct NewCall {
    /// Random, made by the convener's machine.
    pub id: CallId,
    /// What the server has to know of it.
    pub shape: UnverifiedShape,
    /// The plan with its names, signed by the call's root key and sealed; given to seated seats.
    pub plan: Sealed,
    /// One for every seat, in the order of seat ids.
    pub tokens: Vec<SeatToken>,
}

/// The hash of one seat's access token, and the grant its link opens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SeatToken {
    /// Which seat.
    pub seat: SeatId,
    /// Number of its link, from 1; a new link for a seat has a higher one.
    pub link: u32,
    /// SHA-256 of the access token.
    pub hash: SecretHash,
    /// The seat's grant, sealed under the secret of its link.
    pub grant: Sealed,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has sat down yet.
    Convened,
    /// Somebody has.
    Open,
    /// Ended.
    Adjourned,
}

/// A line of `GET /api/calls`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallSummary {
    /// The call.
    pub info: CallShape,
    /// Where it stands.
    pub phase: Phase,
    /// Delegations in the plan.
    pub delegations: u16,
    /// Seats in the plan.
    pub seats: u16,
    /// Seats at the table now.
    pub seated: u16,
    /// When it was convened, milliseconds since 1970 UTC.
    #[ts(type = "number")]
    pub convened_at_ms: u64,
}

/// `GET /api/calls/{id}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallDetail {
    /// As in the list.
    pub summary: CallSummary,
    /// In order of precedence.
    pub seats: Vec<SeatShape>,
    /// The plan with its names, sealed: whoever has the call secret can open it. Deleted, and missing
    /// here, once the call is adjourned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub plan: Option<Sealed>,
    /// One per seat.
    pub statuses: Vec<SeatStatus>,
    /// Number of the current link of each seat, in the order of `seats`.
    pub links: Vec<u32>,
    /// The doors.
    pub doors: Doors,
}
