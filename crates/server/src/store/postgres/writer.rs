//! The connections that write, and what becomes of an act when one of them fails.
//!
//! A connection is taken out of its place for each transaction and put back only after a commit, or a
//! rollback, that PostgreSQL acknowledged. Whatever else happens (an error, a cancelled request, a panic)
//! drops it, and dropping closes it: PostgreSQL takes back what was not committed.
//!
//! A connection can be lost after `COMMIT` was sent and before anything came back. Then nobody knows
//! whether the act counts, and nobody is told anything before it is known. Each connection has a row of its
//! own (`receipt`), which each of its transactions sets to the number of the act: the number is there if and
//! only if the act is, after a crash of PostgreSQL too. It is read on a new connection with `FOR UPDATE`,
//! which waits for the lost one's lock: until its commit is over, or PostgreSQL has given it up
//! (`idle_in_transaction_session_timeout`), so that it cannot come true later.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

use super::{CONNECT_MAX, Readiness, StoreError, connect, within};
use crate::secrets;

/// Connections that write at one time: their commits share syncs of the disk.
const WRITERS: usize = 4;
/// Longest an act waits for those before it.
const TURN_MAX: Duration = Duration::from_secs(10);
/// Longest a commit may take before it is asked for on another connection.
const COMMIT_MAX: Duration = Duration::from_secs(10);
/// Longest it is asked what became of a commit: PostgreSQL may be starting again meanwhile.
const OUTCOME_MAX: Duration = Duration::from_secs(30);
/// How long to wait before asking again.
const RETRY: Duration = Duration::from_millis(100);
/// Acknowledged means on the disk, whatever is set for others; what waits for replicas is left as it is.
pub(super) const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')";

/// Gives out connections that write, one act at a time on each.
#[derive(Clone)]
pub(super) struct Writer {
    options: PgConnectOptions,
    idle: Arc<Mutex<Vec<Session>>>,
    turns: Arc<Semaphore>,
    readiness: Arc<Readiness>,
}

/// A connection that writes, and its receipt.
struct Session {
    connection: PgConnection,
    /// Names the row of its receipts.
    name: String,
    /// Of the last act it began.
    act: i64,
}

/// A transaction. Dropped without [`Self::end`] it closes its connection, and nothing of it is kept.
pub(super) struct Writing {
    writer: Writer,
    /// Gone once the transaction is over.
    session: Option<Session>,
    _turn: OwnedSemaphorePermit,
}

/// Forgets receipts that nobody will ask for.
pub(super) async fn forget_old_receipts(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM receipt WHERE used_at < now() - interval '1 day'")
        .execute(connection)
        .await
        .map(drop)
}

impl Writer {
    /// `readiness` hears of every write that failed.
    pub(super) fn new(options: PgConnectOptions, readiness: Arc<Readiness>) -> Self {
        Self {
            options,
            idle: Arc::default(),
            turns: Arc::new(Semaphore::new(WRITERS)),
            readiness,
        }
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<Writing, StoreError> {
        let turn = timeout(TURN_MAX, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            self.readiness.doubt();
            return Err(StoreError::Database(sqlx::Error::PoolTimedOut));
        };
        let session = self.begun().await;
        let session = session.inspect_err(|_| self.readiness.doubt())?;
        Ok(Writing {
            writer: self.clone(),
            session: Some(session),
            _turn: turn,
        })
    }

    /// An idle one may have died without a word. Nothing was written on it yet, so a new one takes its place.
    async fn begun(&self) -> Result<Session, sqlx::Error> {
        let idle = self.idle().pop();
        if let Some(mut session) = idle
            && session.begin().await.is_ok()
        {
            return Ok(session);
        }
        let mut session = self.session().await?;
        session.begin().await?;
        Ok(session)
    }

    /// A new connection with a receipt of its own: it has written something durably.
    async fn session(&self) -> Result<Session, sqlx::Error> {
        let name = secrets::random_text();
        let mut connection = connect(&self.options).await?;
        let prepare = async {
            sqlx::query(DURABLE).execute(&mut connection).await?;
            sqlx::query("INSERT INTO receipt (writer, act) VALUES ($1, 0)")
                .bind(&name)
                .execute(&mut connection)
                .await
        };
        within(CONNECT_MAX, prepare).await?;
        Ok(Session {
            connection,
            name,
            act: 0,
        })
    }

    /// A durable write that changes nothing anybody asks for: a receipt for no act.
    pub(super) async fn prove(&self) -> Result<(), StoreError> {
        self.begin().await?.commit().await
    }

    /// Whether an act whose connection was lost counts.
    async fn outcome(&self, name: &str, act: i64) -> Result<bool, sqlx::Error> {
        let began = Instant::now();
        loop {
            match self.ask(name, act).await {
                Ok(counts) => return Ok(counts),
                Err(error) if began.elapsed() > OUTCOME_MAX => return Err(error),
                Err(_) => sleep(RETRY).await,
            }
        }
    }

    async fn ask(&self, name: &str, act: i64) -> Result<bool, sqlx::Error> {
        let mut session = self.session().await?;
        let receipt = sqlx::query_as("SELECT act FROM receipt WHERE writer = $1 FOR UPDATE")
            .bind(name)
            .fetch_optional(&mut session.connection);
        let receipt: Option<(i64,)> = within(OUTCOME_MAX, receipt).await?;
        self.idle().push(session);
        // There is no row where a replica took over that never heard of the act: it does not count there.
        Ok(receipt.is_some_and(|(last,)| last == act))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for session in idle {
            // There is nothing left to write, and nobody to tell.
            let _ = within(CONNECT_MAX, session.close()).await;
        }
    }
}

impl Session {
    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.act += 1;
        within(CONNECT_MAX, async {
            execute(&mut self.connection, "BEGIN").await?;
            let noted =
                sqlx::query("UPDATE receipt SET act = $2, used_at = now() WHERE writer = $1")
                    .bind(&self.name)
                    .bind(self.act)
                    .execute(&mut self.connection)
                    .await?;
            match noted.rows_affected() {
                1 => Ok(()),
                _ => Err(sqlx::Error::RowNotFound), // it was idle for a day, and forgotten
            }
        })
        .await
    }

    async fn close(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM receipt WHERE writer = $1")
            .bind(&self.name)
            .execute(&mut self.connection)
            .await?;
        self.connection.close().await
    }
}

impl Writing {
    /// To run statements on.
    pub(super) fn db(&mut self) -> &mut PgConnection {
        let session = self.session.as_mut();
        &mut session.expect("the transaction is not over").connection
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

    /// Makes it durable. With [`StoreError::Database`] nothing of it was kept; with
    /// [`StoreError::Unknown`] nobody knows.
    async fn commit(mut self) -> Result<(), StoreError> {
        let error = match within(COMMIT_MAX, execute(self.db(), "COMMIT")).await {
            Ok(()) => {
                self.give_back();
                return Ok(());
            }
            Err(error) => error,
        };
        self.writer.readiness.doubt();
        let Some(Session { name, act, .. }) = self.session.take() else {
            return Err(StoreError::Unknown(error));
        };
        match self.writer.outcome(&name, act).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::Database(error)),
            Err(_) => Err(StoreError::Unknown(error)),
        }
    }

    /// Ends it as if it had never begun.
    async fn undo(mut self) -> Result<(), StoreError> {
        within(CONNECT_MAX, execute(self.db(), "ROLLBACK")).await?;
        self.give_back();
        Ok(())
    }

    fn give_back(&mut self) {
        self.writer.idle().extend(self.session.take());
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.session.is_some() {
            self.writer.readiness.doubt();
        }
    }
}

async fn execute(
    connection: &mut PgConnection,
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(connection).await.map(drop)
}
