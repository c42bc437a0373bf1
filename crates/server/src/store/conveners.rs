//! Convener keys: who may convene calls on this server. The key itself is shown once, never kept.

use protocol::{SecretHash, text};
use sqlx::Row as _;
use thiserror::Error;

use super::{Store, StoreError};
use crate::secrets;

/// Begins the names of the keys that the command line on the server's own machine makes for itself.
/// No convener can be named so: `text::check` refuses control characters.
const OPERATOR: &str = "\u{1}operator";

/// No command takes so long: a key of the command line that is older was left by one that was killed.
const OPERATOR_KEY_MS: u64 = 60 * 60 * 1000;

/// How long a convener's name may be.
const NAME: text::Limit = text::Limit {
    letters: 64,
    bytes: 512,
};

/// Somebody who may convene.
#[derive(Clone, PartialEq, Eq)]
pub struct Convener {
    /// As given to `convener add`.
    pub name: String,
    /// Milliseconds since 1970 UTC.
    pub added_at: u64,
}

/// Why a convener was not added.
#[derive(Debug, Error)]
pub enum ConvenerError {
    /// The name cannot be used.
    #[error("the name {0}")]
    Name(text::TextError),
    /// It is taken.
    #[error("there is a convener of that name; remove that one first, or choose another name")]
    Exists,
    /// It could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether this is the server's own machine's command line, which sees every call.
pub(crate) fn is_operator(name: &str) -> bool {
    name.starts_with(OPERATOR)
}

impl Store {
    /// Adds a convener and returns the new key: 43 characters, shown once, not kept.
    pub async fn add_convener(&self, name: &str, now: u64) -> Result<String, ConvenerError> {
        let name = text::check(name, NAME).map_err(ConvenerError::Name)?;
        self.insert_convener(&name, now).await
    }

    /// A key for one command of this machine's own command line; [`Self::remove_operator_key`] it
    /// afterwards.
    pub async fn add_operator_key(&self, now: u64) -> Result<String, ConvenerError> {
        // A name per key, so that two commands at once do not take each other's key away.
        self.insert_convener(&format!("{OPERATOR} {}", secrets::random_text()), now)
            .await
    }

    async fn insert_convener(&self, name: &str, now: u64) -> Result<String, ConvenerError> {
        let key = secrets::random_key();
        let mut writing = self.writer.begin().await?;
        let inserted = sqlx::query(
            "INSERT INTO convener (name, key_hash, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .bind(secrets::hash_text(&key).as_bytes().as_slice())
        .bind(now.cast_signed())
        .execute(writing.db())
        .await
        .map_err(StoreError::from)?;
        if inserted.rows_affected() == 0 {
            writing.undo().await?;
            return Err(ConvenerError::Exists);
        }
        writing.commit().await?;
        Ok(key)
    }

    /// Takes back a key from [`Self::add_operator_key`], and those of commands that ended before they
    /// could.
    pub async fn remove_operator_key(&self, key: &str, now: u64) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        sqlx::query(
            "DELETE FROM convener
             WHERE key_hash = ?1 OR (substr(name, 1, 1) = char(1) AND added_at < ?2)",
        )
        .bind(secrets::hash_text(key).as_bytes().as_slice())
        .bind(now.saturating_sub(OPERATOR_KEY_MS).cast_signed())
        .execute(writing.db())
        .await?;
        writing.commit().await
    }

    /// All conveners but the command line, by name.
    pub async fn conveners(&self) -> Result<Vec<Convener>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sqlx::query(
            "SELECT name, added_at FROM convener WHERE substr(name, 1, 1) <> char(1) ORDER BY name",
        )
        .fetch_all(reading.db())
        .await?;
        reading.end().await?;
        rows.iter()
            .map(|row| {
                let added_at: i64 = row.try_get(1)?;
                Ok(Convener {
                    name: row.try_get(0)?,
                    added_at: added_at.cast_unsigned(),
                })
            })
            .collect()
    }

    /// Removes a convener; its calls stay. `false` if there is none of that name.
    pub async fn remove_convener(&self, name: &str) -> Result<bool, StoreError> {
        let mut writing = self.writer.begin().await?;
        let removed = sqlx::query("DELETE FROM convener WHERE name = ?")
            .bind(name)
            .execute(writing.db())
            .await?;
        writing.commit().await?;
        Ok(removed.rows_affected() > 0)
    }

    /// The name of the convener whose key has this hash. Keys are compared in constant time.
    pub async fn convener_by_key(&self, key: &SecretHash) -> Result<Option<String>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sqlx::query("SELECT name, key_hash FROM convener")
            .fetch_all(reading.db())
            .await?;
        reading.end().await?;
        let mut found = None;
        for row in &rows {
            if secrets::same(row.try_get(1)?, key) {
                found = Some(row.try_get(0)?);
            }
        }
        Ok(found)
    }
}
