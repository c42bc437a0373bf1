//! The one connection that writes, and what becomes of it when it fails.
//!
//! It is taken out of its place for each transaction and put back only after a commit, or a rollback,
//! that SQLite acknowledged. Whatever else happens (an error, a cancelled request, a panic) drops it,
//! and dropping closes it: no later act can find itself inside a transaction that was never ended.
//!
//! When a commit fails in its last step, its pages may stand in the journal all the same, past the end
//! that SQLite knows of: after a crash they would count. So a new connection begins with a small write
//! of its own, which takes their place, and until that has succeeded nobody is told that nothing was
//! kept. For the same reason one idle connection stays open while the store is ([`super::SqliteStore`]): the
//! first to open a database reads the journal to its end.

use std::{sync::Arc, time::Duration};

use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

use super::{Readiness, StoreError};

/// Longest an act waits for those before it. On a disk that hangs, whoever comes later is told so.
const TURN_MAX: Duration = Duration::from_secs(10);
/// SQLite's result codes: no room; a write failed; somebody else has the lock. A commit that failed so
/// has not written its last page, without which the others are worth nothing.
const NOT_WRITTEN: [&str; 3] = ["13", "778", "5"];
const PROOF: &str = "UPDATE health SET writes = writes + 1";

type Place = Option<SqliteConnection>;

/// Gives out the writing connection, one act at a time.
#[derive(Clone)]
pub(super) struct Writer {
    connector: SqlitePool,
    place: Arc<Mutex<Place>>,
    readiness: Arc<Readiness>,
}

/// A transaction. Dropped without [`Self::commit`] or [`Self::undo`] it closes its connection, and
/// nothing of it is kept.
pub(super) struct Writing {
    writer: Writer,
    place: OwnedMutexGuard<Place>,
    /// Gone once the transaction is over.
    connection: Option<SqliteConnection>,
}

impl Writer {
    /// `readiness` hears of every write that failed.
    pub(super) fn new(connector: SqlitePool, readiness: Arc<Readiness>) -> Self {
        let place = Arc::default();
        Self {
            connector,
            place,
            readiness,
        }
    }

    /// Begins a transaction that nobody else's can get in the way of.
    pub(super) async fn begin(&self) -> Result<Writing, StoreError> {
        let mut place = self.turn().await?;
        let connection = place.take();
        let mut writing = Writing {
            writer: self.clone(),
            place,
            connection,
        };
        if writing.connection.is_none() {
            writing.connection = Some(self.proven().await?);
        }
        execute(writing.db(), "BEGIN IMMEDIATE").await?;
        Ok(writing)
    }

    /// A durable write that changes nothing anybody asks for.
    pub(super) async fn prove(&self) -> Result<(), StoreError> {
        let mut writing = self.begin().await?;
        execute(writing.db(), PROOF).await?;
        writing.commit().await
    }

    /// Waits until nobody writes. Nobody does while what is returned is held.
    pub(super) async fn turn(&self) -> Result<OwnedMutexGuard<Place>, StoreError> {
        let turn = timeout(TURN_MAX, self.place.clone().lock_owned()).await;
        turn.map_err(|_| {
            self.readiness.doubt();
            StoreError::Database(sqlx::Error::PoolTimedOut)
        })
    }

    /// A new connection that has written something durably.
    async fn proven(&self) -> Result<SqliteConnection, sqlx::Error> {
        let mut connection = self.connector.acquire().await?.detach();
        for statement in ["BEGIN IMMEDIATE", PROOF, "COMMIT"] {
            execute(&mut connection, statement).await?;
        }
        Ok(connection)
    }

    pub(super) async fn close(&self) {
        if let Some(connection) = self.place.lock().await.take() {
            // There is nothing left to write, and nobody to tell.
            let _ = connection.close().await;
        }
    }
}

impl Writing {
    /// To run statements on.
    pub(super) fn db(&mut self) -> &mut SqliteConnection {
        self.connection
            .as_mut()
            .expect("the transaction is not over")
    }

    /// Makes it durable. With [`StoreError::Database`] nothing of it was kept, now or after a crash.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let Err(error) = execute(self.db(), "COMMIT").await else {
            *self.place = self.connection.take();
            return Ok(());
        };
        self.writer.readiness.doubt();
        if let Some(connection) = self.connection.take() {
            // Waits until its locks are gone. What it says is no news.
            let _ = connection.close_hard().await;
        }
        match self.writer.proven().await {
            Ok(connection) => *self.place = Some(connection),
            Err(_) if !is_certain(&error) => return Err(StoreError::Unsure(error)),
            Err(_) => {} // The next to write tries again.
        }
        Err(error.into())
    }

    /// Makes durable what was done; takes back what we refused. Where the database failed, the connection
    /// goes, and what was done with it.
    pub(super) async fn end<T>(self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        match &done {
            Ok(_) => self.commit().await?,
            Err(refusal) if refusal.is_refusal() => self.undo().await?,
            Err(_) => {}
        }
        done
    }

    /// Ends it as if it had never begun.
    pub(super) async fn undo(mut self) -> Result<(), StoreError> {
        execute(self.db(), "ROLLBACK").await?;
        *self.place = self.connection.take();
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.connection.is_some() {
            self.writer.readiness.doubt();
        }
    }
}

async fn execute(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(connection).await.map(drop)
}

/// Whether a commit that failed so cannot count after a crash.
fn is_certain(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| NOT_WRITTEN.contains(&&*code))
}
