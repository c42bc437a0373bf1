//! How much a convener may have stored: calls and bytes. What is over and deleted counts no more.

use protocol::limits::{CALLS_PER_CONVENER_MAX, CONVENER_BYTES_MAX};

use super::{ConvenerKind, StoreError};

/// What one convener has, or asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) calls: u64,
    pub(super) bytes: u64,
}

const MAX: Room = Room {
    calls: CALLS_PER_CONVENER_MAX as u64,
    bytes: CONVENER_BYTES_MAX as u64,
};

/// Calls; then bytes of calls, of tokens, of entries.
pub(super) type RoomRow = (i64, i64, i64, i64);

/// A convener's kind, and whether they were removed.
pub(super) type StandingRow = (String, bool);

/// Refuses if a convener who has `taken` may not have so much more. Whoever runs the server can fill its
/// disk without our help; who was removed convenes nothing more.
pub(super) fn check(
    convener: Option<StandingRow>,
    taken: RoomRow,
    more: Room,
) -> Result<(), StoreError> {
    let (kind, removed) = convener.ok_or(StoreError::ConvenerGone)?;
    if removed && more.calls > 0 {
        return Err(StoreError::ConvenerGone);
    }
    let is_operator = kind == ConvenerKind::Operator.name();
    if is_operator || Room::from(taken).fits(more, MAX) {
        return Ok(());
    }
    Err(StoreError::ConvenerFull)
}

impl From<RoomRow> for Room {
    fn from((calls, of_calls, of_tokens, of_entries): RoomRow) -> Self {
        Self {
            calls: calls.cast_unsigned(),
            bytes: (of_calls + of_tokens + of_entries).cast_unsigned(),
        }
    }
}

impl Room {
    const fn fits(self, more: Self, max: Self) -> bool {
        self.calls + more.calls <= max.calls && self.bytes + more.bytes <= max.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exactly_allowed_fits_and_one_more_does_not() {
        let max = Room {
            calls: 2,
            bytes: 10,
        };
        let taken = Room { calls: 1, bytes: 4 };
        assert!(taken.fits(Room { calls: 1, bytes: 6 }, max));
        assert!(!taken.fits(Room { calls: 1, bytes: 7 }, max));
        assert!(!taken.fits(Room { calls: 2, bytes: 0 }, max));
    }

    #[test]
    fn only_the_operator_has_no_bound() {
        let full = (2_000_000, 0, 0, 0);
        let one = Room { calls: 1, bytes: 0 };
        let asks = |kind: &str| check(Some((kind.to_owned(), false)), full, one);
        assert!(asks("operator").is_ok());
        assert!(matches!(asks("person"), Err(StoreError::ConvenerFull)));
    }

    #[test]
    fn who_was_removed_convenes_nothing_more_and_their_seats_still_get_links() {
        let removed = || Some(("person".to_owned(), true));
        let (call, link) = (Room { calls: 1, bytes: 0 }, Room { calls: 0, bytes: 9 });
        let gone = check(removed(), (0, 0, 0, 0), call);
        assert!(matches!(gone, Err(StoreError::ConvenerGone)));
        assert!(check(removed(), (0, 0, 0, 0), link).is_ok());
    }
}
