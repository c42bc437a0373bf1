//! Reading: one snapshot for all that is read together.

use sqlx::{Sqlite, SqliteConnection, pool::PoolConnection};

use super::{Store, StoreError};

/// A snapshot. Dropped without [`Self::end`] (an error, a request that went away) it closes its
/// connection: one that failed is not used again.
pub(super) struct Reading {
    connection: PoolConnection<Sqlite>,
    is_over: bool,
}

impl Store {
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

    /// Gives the connection back.
    pub(super) async fn end(mut self) -> Result<(), StoreError> {
        sqlx::query("ROLLBACK").execute(self.db()).await?;
        self.is_over = true;
        Ok(())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !self.is_over {
            self.connection.close_on_drop();
        }
    }
}
