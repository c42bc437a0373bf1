//! What a convener has stored: the statements. Counted inside the transaction that adds something, so that
//! requests at one time cannot slip by each other.

use sqlx::SqliteConnection;

use super::StoreError;
use crate::store::room::{self, Room, RoomRow};

/// Refuses if this convener may not have so much more.
pub(super) async fn check(
    connection: &mut SqliteConnection,
    convener: i64,
    more: Room,
) -> Result<(), StoreError> {
    let standing = sqlx::query_as("SELECT kind, removed FROM convener WHERE id = ?")
        .bind(convener)
        .fetch_optional(&mut *connection)
        .await?;
    room::check(standing, taken(connection, convener).await?, more)
}

/// What is stored of a convener's calls. `octet_length` reads no more of a row than its head.
async fn taken(connection: &mut SqliteConnection, convener: i64) -> Result<RoomRow, StoreError> {
    let row = sqlx::query_as(
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
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::{super::SqliteStore, *};
    use crate::store::Store as _;

    #[tokio::test]
    async fn everything_of_a_convener_counts_and_nothing_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let mut writing = store.writer.begin().await.unwrap();
        for statement in [
            "INSERT INTO convener (id, kind, name, added_at)
             VALUES (7, 'person', 'Ada', 0), (8, 'person', 'Bob', 0)",
            "INSERT INTO call (id, convener, convened_at, shape, plan, record)
             VALUES ('a', 7, 0, '12', '345', NULL), ('b', 8, 0, '1', '2', '3')",
            "INSERT INTO token VALUES ('a', 1, 1, x'00', '1234'), ('a', 1, 2, x'00', NULL)",
            "INSERT INTO entry VALUES ('a', 0, 1, 1, 0, 'kept', '123456')",
        ] {
            sqlx::query(statement).execute(writing.db()).await.unwrap();
        }
        let ada = taken(writing.db(), 7).await.unwrap();
        assert_eq!(ada, (1, 5, 64 + 4 + 64, 64 + 6));
        let nobody = taken(writing.db(), 9).await.unwrap();
        assert_eq!(nobody, (0, 0, 0, 0));
        writing.undo().await.unwrap();
        store.close().await;
    }
}
