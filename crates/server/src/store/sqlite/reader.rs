//! Reading: one snapshot for all that is read together.

use sqlx::{Sqlite, SqliteConnection, pool::PoolConnection};

use super::{SqliteStore, StoreError};

/// A snapshot. Dropped without [`Self::end`] (an error, a request that went away) it closes its
/// connection: one that failed is not used again.
pub(super) struct Reading {
    connection: PoolConnection<Sqlite>,
    is_over: bool,
}

impl SqliteStore {
    /// Sees the database as it is now until it ends, whatever is written meanwhile.
    pub(super) async fn read(&self) -> Result<Reading, StoreError> {
        let mut reading = Reading {
            connection: self.readers.acquire().await?,
            is_over: false,
        };
        sqlx::query("BEGIN").execute(reading.db()).await?;
        Ok(reading)
    }
}

impl Reading {
    /// To run queries on.
    pub(super) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Gives the connection back, unless what was read failed.
    pub(super) async fn end<T>(mut self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        let read = read?;
        sqlx::query("ROLLBACK").execute(self.db()).await?;
        self.is_over = true;
        Ok(read)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !self.is_over {
            self.connection.close_on_drop();
        }
    }
}
