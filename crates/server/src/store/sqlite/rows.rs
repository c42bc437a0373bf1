//! Calls, seats and tokens: the statements.

use call::Change;
use protocol::{
    CallId, SecretHash,
    http::{NewCall, SeatToken},
};
use sqlx::SqliteConnection;

use super::{ConvenerId, SeatLink, StoreError, StoredCall, Version, log, room};
use crate::store::{
    room::Room,
    rows::{self, CallRow, LinkRow, json},
};

pub(super) async fn insert_call(
    connection: &mut SqliteConnection,
    new: &NewCall,
    convener: ConvenerId,
    now: u64,
) -> Result<(), StoreError> {
    let shape = json(&new.shape);
    room::check(connection, convener.0, rows::room_of(new, &shape)).await?;
    let inserted = sqlx::query(
        "INSERT INTO call (id, convener, convened_at, version, shape, plan) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
    )
    .bind(new.id.to_string())
    .bind(convener.0)
    .bind(now.cast_signed())
    .bind(Version::FIRST.0)
    .bind(shape)
    .bind(new.plan.as_str())
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(StoreError::CallExists);
    }
    for token in &new.tokens {
        insert_token(connection, new.id, token).await?;
    }
    Ok(())
}

pub(super) async fn change(
    connection: &mut SqliteConnection,
    id: CallId,
    from: Version,
    changes: &[Change],
    token: Option<&SeatToken>,
) -> Result<Version, StoreError> {
    // The fence, before anything else: of two who come from the same version one finds the row.
    let convener: Option<(i64,)> = sqlx::query_as(
        "UPDATE call SET version = ? WHERE id = ? AND version = ? RETURNING convener",
    )
    .bind(from.next().0)
    .bind(id.to_string())
    .bind(from.0)
    .fetch_optional(&mut *connection)
    .await?;
    let (convener,) = convener.ok_or(StoreError::Overtaken)?;
    for change in changes {
        write_change(connection, id, change).await?;
    }
    if let Some(token) = token {
        let bytes = token.grant.text_len() as u64;
        room::check(connection, convener, Room { calls: 0, bytes }).await?;
        insert_token(connection, id, token).await?;
    }
    Ok(from.next())
}

async fn write_change(
    connection: &mut SqliteConnection,
    id: CallId,
    change: &Change,
) -> Result<(), StoreError> {
    let query = match change {
        Change::Entry(entry) => return log::insert_entry(connection, id, entry).await,
        Change::LogBegins { group, seq } => {
            return log::begin_log(connection, id, *group, *seq).await;
        }
        Change::SealedForgotten => return log::forget_sealed(connection, id).await,
        Change::Call(record) => sqlx::query("UPDATE call SET record = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(json(record)),
        Change::Seat(record) => sqlx::query(
            "INSERT INTO seat (call, record, seat) VALUES (?1, ?2, ?3)
             ON CONFLICT (call, seat) DO UPDATE SET record = excluded.record",
        )
        .bind(id.to_string())
        .bind(json(record))
        .bind(i64::from(record.seat.0)),
    };
    query.execute(&mut *connection).await?;
    Ok(())
}

async fn insert_token(
    connection: &mut SqliteConnection,
    id: CallId,
    token: &SeatToken,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO token (call, seat, link, hash, grant) VALUES (?, ?, ?, ?, ?)")
        .bind(id.to_string())
        .bind(i64::from(token.seat.0))
        .bind(i64::from(token.link))
        .bind(token.hash.as_bytes().as_slice())
        .bind(token.grant.as_str())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

pub(super) async fn delete_call(
    connection: &mut SqliteConnection,
    id: CallId,
    from: Version,
) -> Result<bool, StoreError> {
    let deleted = sqlx::query("DELETE FROM call WHERE id = ? AND version = ?")
        .bind(id.to_string())
        .bind(from.0)
        .execute(&mut *connection)
        .await?;
    if deleted.rows_affected() > 0 {
        return Ok(true);
    }
    match convener_of(connection, id).await? {
        Some(_) => Err(StoreError::Overtaken),
        None => Ok(false),
    }
}

pub(super) async fn call(
    connection: &mut SqliteConnection,
    id: CallId,
) -> Result<Option<StoredCall>, StoreError> {
    let Some(mut stored) = call_without_log(connection, id).await? else {
        return Ok(None);
    };
    stored.rows.entries = log::entries(connection, id).await?;
    Ok(Some(stored))
}

pub(super) async fn call_without_log(
    connection: &mut SqliteConnection,
    id: CallId,
) -> Result<Option<StoredCall>, StoreError> {
    let row: Option<CallRow> = sqlx::query_as(
        "SELECT convener, version, convened_at, shape, plan, record FROM call WHERE id = ?",
    )
    .bind(id.to_string())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let seats: Vec<(String,)> =
        sqlx::query_as("SELECT record FROM seat WHERE call = ? ORDER BY seat")
            .bind(id.to_string())
            .fetch_all(connection)
            .await?;
    rows::stored_call(id, row, &seats).map(Some)
}

pub(super) async fn convener_of(
    connection: &mut SqliteConnection,
    id: CallId,
) -> Result<Option<ConvenerId>, StoreError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT convener FROM call WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(id,)| ConvenerId(id)))
}

pub(super) async fn call_ids(
    connection: &mut SqliteConnection,
    convener: Option<ConvenerId>,
) -> Result<Vec<CallId>, StoreError> {
    let query = match convener {
        Some(ConvenerId(id)) => {
            sqlx::query_as("SELECT id FROM call WHERE convener = ? ORDER BY convened_at DESC, id")
                .bind(id)
        }
        None => sqlx::query_as("SELECT id FROM call ORDER BY convened_at DESC, id"),
    };
    rows::call_ids(query.fetch_all(connection).await?)
}

/// Answered by the index `token_by_hash` alone, which has these columns in this order.
const LINK: &str = "SELECT seat, link, grant FROM token WHERE call = ? AND hash = ?
    ORDER BY seat DESC, link DESC LIMIT 1";

/// Whoever has no good token makes the disk read an index and nothing else.
pub(super) async fn seat_link(
    connection: &mut SqliteConnection,
    id: CallId,
    token: &SecretHash,
) -> Result<Option<SeatLink>, StoreError> {
    let row: Option<LinkRow> = sqlx::query_as(LINK)
        .bind(id.to_string())
        .bind(token.as_bytes().as_slice())
        .fetch_optional(connection)
        .await?;
    row.map(rows::seat_link).transpose()
}

#[cfg(test)]
mod tests {
    use super::{super::SqliteStore, *};
    use crate::store::Store as _;

    #[tokio::test]
    async fn a_link_is_looked_up_in_the_index_of_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).await.unwrap();
        let mut reading = store.read().await.unwrap();
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {LINK}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
            .bind("call")
            .bind([0_u8; 32].as_slice())
            .fetch_all(reading.db())
            .await
            .unwrap();
        let steps: Vec<_> = plan.into_iter().map(|(.., step)| step).collect();
        let look_up = "SEARCH token USING INDEX token_by_hash (call=? AND hash=?)";
        assert_eq!(steps, [look_up]);
        reading.end(Ok(())).await.unwrap();
        store.close().await;
    }
}
