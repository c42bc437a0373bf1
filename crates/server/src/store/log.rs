//! The logs of a call's circles as rows, and how all that was sealed is forgotten.

use protocol::{
    CallId, CircleId, GroupRef, Sealed,
    sealed::{Class, Entry},
};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::StoreError;

/// The logs' entries, each circle's oldest first.
pub(super) async fn entries(
    connection: &mut SqliteConnection,
    id: CallId,
) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query(
        "SELECT circle, number, seq, epoch, class, sealed FROM entry WHERE call = ? ORDER BY circle, number, seq",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(entry).collect()
}

pub(super) async fn insert_entry(
    connection: &mut SqliteConnection,
    id: CallId,
    entry: &Entry,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO entry (call, circle, number, seq, epoch, class, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(i64::from(entry.group.circle.0))
    .bind(i64::from(entry.group.number))
    .bind(entry.seq.cast_signed())
    .bind(entry.epoch.cast_signed())
    .bind(name(entry.class))
    .bind(entry.sealed.as_str())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Forgets entries of the circle's other groups, and those before `seq`.
pub(super) async fn begin_log(
    connection: &mut SqliteConnection,
    id: CallId,
    group: GroupRef,
    seq: u64,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM entry WHERE call = ?1 AND circle = ?2 AND (number <> ?3 OR seq < ?4)")
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

fn entry(row: &SqliteRow) -> Result<Entry, StoreError> {
    let (seq, epoch): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
    let damaged = || StoreError::Damaged("log entry");
    let class = match row.try_get(4)? {
        "commit" => Class::Commit,
        "kept" => Class::Kept,
        _ => return Err(damaged()),
    };
    Ok(Entry {
        group: GroupRef {
            circle: CircleId(row.try_get(0)?),
            number: row.try_get(1)?,
        },
        seq: seq.cast_unsigned(),
        epoch: epoch.cast_unsigned(),
        class,
        sealed: Sealed::from_text(row.try_get(5)?).ok_or_else(damaged)?,
    })
}

const fn name(class: Class) -> &'static str {
    match class {
        Class::Commit => "commit",
        Class::Kept => "kept",
    }
}
