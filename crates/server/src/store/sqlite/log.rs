//! The log of a call's group, and how all that was sealed is forgotten: the statements.

use protocol::{CallId, sealed::Entry};
use sqlx::SqliteConnection;

use super::StoreError;
use crate::store::log::{EntryRow, class, entry};

/// The log's entries, oldest first.
pub(super) async fn entries(
    connection: &mut SqliteConnection,
    id: CallId,
) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<EntryRow> = sqlx::query_as(
        "SELECT \"group\", seq, epoch, class, sealed FROM entry WHERE call = ? ORDER BY \"group\", seq",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(entry).collect()
}

pub(super) async fn insert_entry(
    connection: &mut SqliteConnection,
    id: CallId,
    entry: &Entry,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO entry (call, \"group\", seq, epoch, class, sealed) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(i64::from(entry.group))
    .bind(entry.seq.cast_signed())
    .bind(entry.epoch.cast_signed())
    .bind(class(entry.class))
    .bind(entry.sealed.as_str())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Forgets entries of other groups, and those before `seq`.
pub(super) async fn begin_log(
    connection: &mut SqliteConnection,
    id: CallId,
    group: u32,
    seq: u64,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM entry WHERE call = ?1 AND (\"group\" <> ?2 OR seq < ?3)")
        .bind(id.to_string())
        .bind(i64::from(group))
        .bind(seq.cast_signed())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Forgets the log, the plan, and the grants of all links.
pub(super) async fn forget_sealed(
    connection: &mut SqliteConnection,
    id: CallId,
) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM entry WHERE call = ?",
        "UPDATE call SET plan = NULL WHERE id = ?",
        "UPDATE token SET grant = NULL WHERE call = ?",
    ] {
        sqlx::query(statement)
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
