//! Calls, seats and tokens as rows. Records travel as JSON: their shape belongs to `call`.

use call::{CallRecord, Change, Stored};
use protocol::{
    CallId, Sealed, SeatId, SecretHash,
    http::{NewCall, SeatToken},
    shape::UnverifiedShape,
};
use serde::de::DeserializeOwned;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError, log, room};
use crate::secrets;

/// A call as it was last written.
pub struct StoredCall {
    /// Whose call it is.
    pub convener: String,
    /// All that `call` stored; the shape was checked again after reading.
    pub rows: Stored,
}

/// Whose link an access token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatLink {
    /// The seat.
    pub seat: SeatId,
    /// Number of the link. Whether the seat has a newer one is for `call` to say.
    pub link: u32,
    /// The grant it opens; absent once the call is adjourned.
    pub grant: Option<Sealed>,
}

impl Store {
    /// Keeps a new call with the tokens of its links.
    pub async fn insert_call(
        &self,
        new: &NewCall,
        convener: &str,
        now: u64,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        match insert_call(writing.db(), new, convener, now).await {
            Ok(()) => writing.commit().await,
            Err(denied @ (StoreError::CallExists | StoreError::ConvenerFull)) => {
                writing.undo().await?;
                Err(denied)
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps everything one input changed about a call, and a new link's token if there is one.
    pub async fn commit(
        &self,
        id: CallId,
        changes: &[Change],
        token: Option<&SeatToken>,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        for change in changes {
            write_change(writing.db(), id, change).await?;
        }
        if let Some(token) = token {
            let denied = room::check_link(writing.db(), id, token.grant.text_len()).await;
            if let Err(StoreError::ConvenerFull) = denied {
                writing.undo().await?;
                return denied;
            }
            denied?;
            insert_token(writing.db(), id, token).await?;
        }
        writing.commit().await?;
        if changes
            .iter()
            .any(|change| matches!(change, Change::SealedForgotten))
        {
            self.empty_journal().await;
        }
        Ok(())
    }

    /// The call of this id, whole.
    pub async fn call(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        let mut reading = self.read().await?;
        let Some(mut stored) = call_without_log(reading.db(), id).await? else {
            reading.end().await?;
            return Ok(None);
        };
        stored.rows.entries = log::entries(reading.db(), id).await?;
        reading.end().await?;
        Ok(Some(stored))
    }

    /// The call of this id without its log, which may be long: enough to tell where it stands.
    pub async fn call_without_log(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        let mut reading = self.read().await?;
        let stored = call_without_log(reading.db(), id).await?;
        reading.end().await?;
        Ok(stored)
    }

    /// Who convened the call of this id.
    pub async fn convener_of(&self, id: CallId) -> Result<Option<String>, StoreError> {
        let mut reading = self.read().await?;
        let row = sqlx::query("SELECT convener FROM call WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(reading.db())
            .await?;
        reading.end().await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Ids of the calls `convener` convened, or of all, newest first.
    pub async fn call_ids(&self, convener: Option<&str>) -> Result<Vec<CallId>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sqlx::query(
            "SELECT id FROM call WHERE ?1 IS NULL OR convener = ?1 ORDER BY convened_at DESC, id",
        )
        .bind(convener)
        .fetch_all(reading.db())
        .await?;
        reading.end().await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get(0)?;
                id.parse().map_err(|_| StoreError::Damaged("call id"))
            })
            .collect()
    }

    /// Forgets a call, its seats, its tokens and its log. `false` if there was none.
    pub async fn delete_call(&self, id: CallId) -> Result<bool, StoreError> {
        let mut writing = self.writer.begin().await?;
        let deleted = sqlx::query("DELETE FROM call WHERE id = ?")
            .bind(id.to_string())
            .execute(writing.db())
            .await?;
        writing.commit().await?;
        self.empty_journal().await;
        Ok(deleted.rows_affected() > 0)
    }

    /// Whose link this token belongs to; `None` if there is no such call or the token is none of its
    /// links'. Every token of the call is compared, in constant time.
    pub async fn seat_link(
        &self,
        id: CallId,
        token: &SecretHash,
    ) -> Result<Option<SeatLink>, StoreError> {
        let mut reading = self.read().await?;
        let found = seat_link(reading.db(), id, token).await?;
        reading.end().await?;
        Ok(found)
    }
}

async fn insert_call(
    connection: &mut SqliteConnection,
    new: &NewCall,
    convener: &str,
    now: u64,
) -> Result<(), StoreError> {
    let shape = json(&new.shape);
    let grants = new.tokens.iter().map(|token| token.grant.text_len());
    let bytes = shape.len() + new.plan.text_len() + grants.sum::<usize>();
    room::check_call(connection, convener, bytes).await?;
    let inserted = sqlx::query(
        "INSERT INTO call (id, convener, convened_at, shape, plan) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
    )
    .bind(new.id.to_string())
    .bind(convener)
    .bind(now.cast_signed())
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

async fn call_without_log(
    connection: &mut SqliteConnection,
    id: CallId,
) -> Result<Option<StoredCall>, StoreError> {
    let row =
        sqlx::query("SELECT convener, convened_at, shape, plan, record FROM call WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&mut *connection)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let seats = sqlx::query("SELECT record FROM seat WHERE call = ? ORDER BY seat")
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    stored_call(id, &row, &seats).map(Some)
}

async fn seat_link(
    connection: &mut SqliteConnection,
    id: CallId,
    token: &SecretHash,
) -> Result<Option<SeatLink>, StoreError> {
    let rows = sqlx::query("SELECT seat, link, hash FROM token WHERE call = ?")
        .bind(id.to_string())
        .fetch_all(&mut *connection)
        .await?;
    let mut found = None;
    for row in &rows {
        if secrets::same(row.try_get(2)?, token) {
            found = Some((row.try_get(0)?, row.try_get(1)?));
        }
    }
    let Some((seat, link)) = found else {
        return Ok(None);
    };
    // What whoever has no good token must not make the disk read.
    let row = sqlx::query("SELECT grant FROM token WHERE call = ? AND seat = ? AND link = ?")
        .bind(id.to_string())
        .bind(i64::from(seat))
        .bind(i64::from(link))
        .fetch_one(connection)
        .await?;
    Ok(Some(SeatLink {
        seat: SeatId(seat),
        link,
        grant: sealed(row.try_get(0)?, "grant")?,
    }))
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
    match query.execute(&mut *connection).await?.rows_affected() {
        0 => Err(StoreError::Damaged("call")), // it is not there: nothing to acknowledge
        _ => Ok(()),
    }
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

fn stored_call(id: CallId, row: &SqliteRow, seats: &[SqliteRow]) -> Result<StoredCall, StoreError> {
    let shape: UnverifiedShape = parse(row.try_get(2)?, "shape")?;
    let record: Option<&str> = row.try_get(4)?;
    let record: Option<CallRecord> = record.map(|text| parse(text, "call")).transpose()?;
    let record = record.unwrap_or_default(); // a call nobody touched yet has none
    let plan = sealed(row.try_get(3)?, "plan")?;
    if plan.is_none() != record.adjourned_at.is_some() {
        return Err(StoreError::Damaged("plan"));
    }
    let convened_at: i64 = row.try_get(1)?;
    Ok(StoredCall {
        convener: row.try_get(0)?,
        rows: Stored {
            shape: shape.verify(id).map_err(|_| StoreError::Damaged("shape"))?,
            plan,
            convened_at: convened_at.cast_unsigned(),
            record,
            seats: seats
                .iter()
                .map(|row| parse(row.try_get(0)?, "seat"))
                .collect::<Result<_, StoreError>>()?,
            entries: Vec::new(),
        },
    })
}

fn sealed(text: Option<&str>, what: &'static str) -> Result<Option<Sealed>, StoreError> {
    let read = |text| Sealed::from_text(text).ok_or(StoreError::Damaged(what));
    text.map(read).transpose()
}

fn parse<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged(what))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("rows are plain structs and maps with string keys")
}
