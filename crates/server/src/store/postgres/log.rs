//! The logs of a call's circles, and how all that was sealed is forgotten: the statements.

use protocol::{CallId, GroupRef, sealed::Entry};
use sqlx::PgConnection;

use super::StoreError;
use crate::store::log::{EntryRow, class, entry};

/// The logs' entries, each circle's oldest first.
pub(super) async fn entries(
    connection: &mut PgConnection,
    id: CallId,
) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<EntryRow> = sqlx::query_as(
        "SELECT circle, number, seq, epoch, class, sealed FROM entry WHERE call = $1 ORDER BY circle, number, seq",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(entry).collect()
}

pub(super) async fn insert_entry(
    connection: &mut PgConnection,
    id: CallId,
    entry: &Entry,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO entry (call, circle, number, seq, epoch, class, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.to_string())
    .bind(i64::from(entry.group.circle.0))
    .bind(i64::from(entry.group.number))
    .bind(entry.seq.cast_signed())
    .bind(entry.epoch.cast_signed())
    .bind(class(entry.class))
    .bind(entry.sealed.as_str())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Forgets entries of the circle's other groups, and those before `seq`.
pub(super) async fn begin_log(
    connection: &mut PgConnection,
    id: CallId,
    group: GroupRef,
    seq: u64,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM entry WHERE call = $1 AND circle = $2 AND (number <> $3 OR seq < $4)")
        .bind(id.to_string())
        .bind(i64::from(group.circle.0))
        .bind(i64::from(group.number))
        .bind(seq.cast_signed())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Forgets the log, the plan, and the grants of all links.
pub(super) async fn forget_sealed(
    connection: &mut PgConnection,
    id: CallId,
) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM entry WHERE call = $1",
        "UPDATE call SET plan = NULL WHERE id = $1",
        "UPDATE token SET \"grant\" = NULL WHERE call = $1",
    ] {
        sqlx::query(statement)
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
