//! Reading: one snapshot for all that is read together.

use sqlx::{PgConnection, Postgres, pool::PoolConnection};

use super::{CONNECT_MAX, PostgresStore, StoreError, within};

/// A snapshot. Dropped without [`Self::end`] (an error, a request that went away) it closes its
/// connection: one that failed is not used again.
pub(super) struct Reading {
    connection: PoolConnection<Postgres>,
    is_over: bool,
}

impl PostgresStore {
    /// Sees the database as it is now until it ends, whatever is written meanwhile.
    pub(super) async fn read(&self) -> Result<Reading, StoreError> {
        // The pool asks a connection whether it lives before it gives it out.
        let mut reading = Reading {
            connection: within(CONNECT_MAX, self.readers.acquire()).await?,
            is_over: false,
        };
        let begin = sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        within(CONNECT_MAX, begin.execute(reading.db())).await?;
        Ok(reading)
    }
}

impl Reading {
    /// To run queries on.
    pub(super) fn db(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Gives the connection back, unless what was read failed.
    pub(super) async fn end<T>(mut self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        let read = read?;
        let end = sqlx::query("ROLLBACK");
        within(CONNECT_MAX, end.execute(self.db())).await?;
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
