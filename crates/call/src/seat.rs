//! One seat: its stored row, and where its person is now.

use protocol::SeatId;

use crate::{output::SessionId, record::SeatRecord};

/// How long a lost seat's place is shown as lost, and its floor kept, in milliseconds. After it the
/// seat is shown as absent; its admission stays good, so that a long outage needs no new one, until
/// the seat leaves, is removed or moved, or the call ends.
pub const GRACE_MS: u64 = 10 * 60 * 1000;
/// How long a lost host seat is kept from another machine with its link when no other host is at the
/// table to decide, in milliseconds. Shorter: a host's blinking network hands the seat to whoever
/// waits with a stolen link (the others' clients refuse its frames until their person accepts it, and
/// say so). Longer: a host whose computer died keeps everybody waiting.
pub const HANDOVER_MS: u64 = 10 * 1000;
/// Machines that may be in the green room with the same link; the oldest gives way. Enough for a
/// person who tries every device at hand, and a bound on what one link can take.
pub(crate) const GREEN_ROOM_MAX: usize = 8;

/// Where a seat's person is, as far as the table is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Absent,
    Seated(SessionId),
    Lost { since: u64 },
    Removed,
}

#[derive(Clone)]
pub(crate) struct SeatState {
    pub(crate) record: SeatRecord,
    pub(crate) place: Place,
    pub(crate) camera: bool,
    /// When its last mirror began.
    pub(crate) mirrored_at: Option<u64>,
}

impl SeatState {
    pub(crate) const fn new(seat: SeatId) -> Self {
        Self {
            record: SeatRecord::new(seat),
            place: Place::Absent,
            camera: false,
            mirrored_at: None,
        }
    }

    /// From its row: whoever was admitted is lost since the server stopped, so since now.
    pub(crate) fn restore(record: SeatRecord, adjourned: bool, now: u64) -> Self {
        let place = match (record.removed, record.admitted && record.holder.is_some()) {
            (true, _) => Place::Removed,
            (false, true) if !adjourned => Place::Lost { since: now },
            _ => Place::Absent,
        };
        Self {
            record,
            place,
            camera: false,
            mirrored_at: None,
        }
    }

    /// The connection that sits on it.
    pub(crate) const fn sitting(&self) -> Option<SessionId> {
        match self.place {
            Place::Seated(session) => Some(session),
            _ => None,
        }
    }
}
