//! How much a convener may have stored: calls and bytes. What is over and deleted counts no more.

use protocol::{
    CallId,
    limits::{CALLS_PER_CONVENER_MAX, CONVENER_BYTES_MAX},
};
use sqlx::{Row as _, SqliteConnection};

use super::{StoreError, conveners::is_operator};

/// What one convener has, or may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    calls: u64,
    bytes: u64,
}

const MAX: Room = Room {
    calls: CALLS_PER_CONVENER_MAX as u64,
    bytes: CONVENER_BYTES_MAX as u64,
};

/// Refuses if one more call of so many bytes is more than this convener may have. Counted inside the
/// transaction that adds it, so that requests at one time cannot slip by each other.
pub(super) async fn check_call(
    connection: &mut SqliteConnection,
    convener: &str,
    bytes: usize,
) -> Result<(), StoreError> {
    let bytes = bytes as u64;
    check(connection, convener, Room { calls: 1, bytes }).await
}

/// Refuses one more link of a call if its convener has no room for its grant.
pub(super) async fn check_link(
    connection: &mut SqliteConnection,
    id: CallId,
    bytes: usize,
) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT convener FROM call WHERE id = ?")
        .bind(id.to_string())
        .fetch_one(&mut *connection)
        .await?;
    let (convener, bytes): (String, _) = (row.try_get(0)?, bytes as u64);
    check(connection, &convener, Room { calls: 0, bytes }).await
}

async fn check(
    connection: &mut SqliteConnection,
    convener: &str,
    more: Room,
) -> Result<(), StoreError> {
    if is_operator(convener) {
        return Ok(()); // Whoever runs the server can fill its disk without our help.
    }
    match taken(connection, convener).await?.fits(more, MAX) {
        true => Ok(()),
        false => Err(StoreError::ConvenerFull),
    }
}

/// What is stored of a convener's calls. `octet_length` reads no more of a row than its head.
async fn taken(connection: &mut SqliteConnection, convener: &str) -> Result<Room, StoreError> {
    let row = sqlx::query(
        "SELECT
           (SELECT count(*) FROM call WHERE convener = ?1),
           (SELECT coalesce(sum(octet_length(shape) + coalesce(octet_length(plan), 0)
                                + coalesce(octet_length(record), 0)), 0)
              FROM call WHERE convener = ?1),
           (SELECT coalesce(sum(64 + coalesce(octet_length(grant), 0)), 0)
              FROM token JOIN call ON call.id = token.call WHERE convener = ?1),
           (SELECT coalesce(sum(64 + octet_length(sealed)), 0)
              FROM entry JOIN call ON call.id = entry.call WHERE convener = ?1)",
    )
    .bind(convener)
    .fetch_one(connection)
    .await?;
    let number = |column| row.try_get(column).map(i64::cast_unsigned);
    Ok(Room {
        calls: number(0)?,
        bytes: number(1)? + number(2)? + number(3)?,
    })
}

impl Room {
    const fn fits(self, more: Self, max: Self) -> bool {
        self.calls + more.calls <= max.calls && self.bytes + more.bytes <= max.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

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

    #[tokio::test]
    async fn everything_of_a_convener_counts_and_nothing_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let mut writing = store.writer.begin().await.unwrap();
        for statement in [
            "INSERT INTO call VALUES ('a', 'Ada', 0, '12', '345', NULL), ('b', 'Bob', 0, '1', '2', '3')",
            "INSERT INTO token VALUES ('a', 1, 1, x'00', '1234'), ('a', 1, 2, x'00', NULL)",
            "INSERT INTO entry VALUES ('a', 0, 1, 1, 0, 'kept', '123456')",
        ] {
            sqlx::query(statement).execute(writing.db()).await.unwrap();
        }
        let ada = taken(writing.db(), "Ada").await.unwrap();
        let bytes = 5 + 64 + 4 + 64 + 64 + 6;
        assert_eq!(ada, Room { calls: 1, bytes });
        let nobody = taken(writing.db(), "Eve").await.unwrap();
        assert_eq!(nobody, Room { calls: 0, bytes: 0 });
        writing.undo().await.unwrap();
        store.close().await;
    }
}
