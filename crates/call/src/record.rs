//! The rows that outlive the process: what a call must know to come back after a restart.
//!
//! Whatever is not here (who is connected, who waits and knocks, which microphones are open, what was
//! told to whom) begins anew: clients reconnect and say it again.

use protocol::{
    Sealed, SeatId, SecretHash,
    sealed::{Entry, LogState},
    shape::VerifiedShape,
    types::Doors,
};
use serde::{Deserialize, Serialize};

/// Everything that was stored of a call.
#[derive(Clone)]
pub struct Stored {
    /// As it was convened.
    pub shape: VerifiedShape,
    /// The plan with its names, sealed. Absent in an adjourned call, and only there.
    pub plan: Option<Sealed>,
    /// When it was convened, milliseconds since 1970 UTC.
    pub convened_at: u64,
    /// The call's own row.
    pub record: CallRecord,
    /// Rows of seats; one without a row is as it was convened.
    pub seats: Vec<SeatRecord>,
    /// The logs' entries, each circle's in order.
    pub entries: Vec<Entry>,
}

/// The call's own row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallRecord {
    /// The doors.
    pub doors: Doors,
    /// Who has the floor.
    pub floor: Option<SeatId>,
    /// When the first host sat down, milliseconds since 1970 UTC.
    pub opened_at: Option<u64>,
    /// When the call was ended, milliseconds since 1970 UTC.
    pub adjourned_at: Option<u64>,
    /// Where the logs of those circles stand that have a group. Neither group nor epoch ever goes back.
    #[serde(default)]
    pub logs: Vec<LogState>,
}

/// A seat's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatRecord {
    /// Which.
    pub seat: SeatId,
    /// Number of its current link.
    pub link: u32,
    /// Somebody was let in on it and has not left since: the machine with `holder` may return.
    pub admitted: bool,
    /// A host removed it: the current link is closed.
    pub removed: bool,
    /// Hash of the holder secret of the machine that was let in.
    pub holder: Option<SecretHash>,
}

impl SeatRecord {
    /// A seat nobody has used yet, with its first link.
    pub(crate) const fn new(seat: SeatId) -> Self {
        Self {
            seat,
            link: 1,
            admitted: false,
            removed: false,
            holder: None,
        }
    }
}
