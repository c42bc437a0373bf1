//! PostgreSQL: a database named by a URL.
//!
//! Owns its migrations and every SQL statement on it. What is acknowledged was committed with
//! `synchronous_commit` on; [`writer`] says how that holds when the connection or the server does not.
//! Leaves to PostgreSQL and its operator: disks, backups, replicas.

mod conveners;
mod log;
mod reader;
mod room;
mod rows;
mod writer;

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use call::Change;
use futures_util::{FutureExt as _, TryFutureExt as _, future::BoxFuture};
use protocol::{
    CallId, SecretHash,
    http::{NewCall, SeatToken},
};
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool,
    migrate::MigrateError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use self::writer::Writer;
use super::{
    Alone, Convener, ConvenerId, CredentialKind, OpenError, SeatLink, Store, StoreError,
    StoredCall, Version, readiness::Readiness,
};
use crate::config::PostgresUrl;

/// Longest the statements of one act may take, the commit apart.
const ACT_MAX: Duration = Duration::from_secs(15);
/// Longest it may take to get a connection.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Longest another program may take to bring the tables up to date.
const UPDATE_MAX: Duration = Duration::from_secs(60);
/// Longest a server waits for one that is just ending.
const SERVE_MAX: Duration = Duration::from_secs(3);
/// The advisory lock of the server that runs on a database: "incamera".
const SERVE_LOCK: i64 = 0x696e_6361_6d65_7261;

/// The open database. Cheap to clone.
#[derive(Clone)]
pub(super) struct PostgresStore {
    /// What it is called where people read it: without a password.
    shown: Arc<str>,
    options: PgConnectOptions,
    readers: PgPool,
    writer: Writer,
    readiness: Arc<Readiness>,
}

impl PostgresStore {
    /// Connects and brings the tables up to date.
    pub(super) async fn open(url: &PostgresUrl) -> Result<Self, OpenError> {
        let shown: Arc<str> = url.shown().into();
        let options = url
            .options()
            .application_name("incamera")
            .disable_statement_logging();
        let failed = |source| open_error(&shown, source);
        let mut first = connect(&options).await.map_err(failed)?;
        within(UPDATE_MAX, migrate(&options))
            .await
            .map_err(failed)?;
        warn_if_not_durable(&mut first).await.map_err(failed)?;
        writer::forget_old_receipts(&mut first)
            .await
            .map_err(failed)?;
        first.close().await.map_err(failed)?;
        let options = options.options([
            // A machine that is gone keeps nothing locked: neither calls nor the right to serve.
            ("idle_in_transaction_session_timeout", "8s"),
            ("lock_timeout", "10s"),
            ("tcp_keepalives_idle", "20"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ]);
        let readers = PgPoolOptions::new()
            // So that one does not wait for another.
            .max_connections(4)
            .acquire_timeout(CONNECT_MAX)
            .connect_lazy_with(options.clone());
        let readiness = Arc::new(Readiness::of("the database"));
        Ok(Self {
            shown,
            writer: Writer::new(options.clone(), readiness.clone()),
            options,
            readers,
            readiness,
        })
    }
}

/// A new connection, or an error in bounded time.
fn connect(options: &PgConnectOptions) -> BoxFuture<'_, Result<PgConnection, sqlx::Error>> {
    Box::pin(within(CONNECT_MAX, PgConnection::connect_with(options)))
}

/// Brings the tables up to date, alone: sqlx takes an advisory lock for that. Durably: whoever writes next
/// takes them to be there.
async fn migrate(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let one = PgPoolOptions::new()
        .max_connections(1)
        .after_connect(|connection, _| {
            let asked = sqlx::query(writer::DURABLE).execute(connection);
            asked.map_ok(drop).boxed()
        });
    let pool = one.connect_lazy_with(options.clone());
    let migrated = sqlx::migrate!("./migrations/postgres").run(&pool).await;
    pool.close().await;
    migrated.map_err(|error| match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => source,
        other => sqlx::Error::Migrate(Box::new(other)),
    })
}

async fn warn_if_not_durable(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let (fsync,): (String,) = sqlx::query_as("SHOW fsync").fetch_one(connection).await?;
    if fsync != "on" {
        tracing::warn!("PostgreSQL's fsync is {fsync}: a power cut may lose what was acknowledged");
    }
    Ok(())
}

/// Who erred: nobody there, the URL, an old incamera, or the database.
fn open_error(shown: &str, source: sqlx::Error) -> OpenError {
    let database = shown.to_owned();
    let code = source.as_database_error().and_then(|error| error.code());
    let newer = matches!(&source, sqlx::Error::Migrate(error) if matches!(
        **error, MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)));
    match (&source, code.as_deref()) {
        _ if newer => OpenError::Newer { database },
        (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_), _) => {
            OpenError::Unreachable { database, source }
        }
        // invalid_authorization_specification, invalid_password, invalid_catalog_name
        (_, Some("28000" | "28P01" | "3D000")) => OpenError::NotAdmitted { database, source },
        _ => OpenError::Postgres { database, source },
    }
}

/// What takes longer has failed. Where it was under way on a connection, that connection must go.
async fn within<T>(
    longest: Duration,
    act: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let late = |_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    timeout(longest, act).await.unwrap_or_else(late)
}

/// The same for the statements of an act.
async fn bounded<T>(act: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let late = |_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()).into());
    timeout(ACT_MAX, act).await.unwrap_or_else(late)
}

#[async_trait]
impl Store for PostgresStore {
    async fn insert_person(
        &self,
        name: &str,
        kind: CredentialKind,
        hash: &SecretHash,
        now: u64,
    ) -> Result<ConvenerId, StoreError> {
        let mut writing = self.writer.begin().await?;
        let act = conveners::insert_person(writing.db(), name, kind, hash, now);
        let done = bounded(act).await;
        writing.end(done).await
    }

    async fn insert_operator_credential(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
        now: u64,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        let act = conveners::insert_operator_credential(writing.db(), kind, hash, now);
        let done = bounded(act).await;
        writing.end(done).await
    }

    async fn delete_operator_credentials(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
        added_before: u64,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        let act = conveners::delete_of_operator(writing.db(), kind, hash, added_before);
        let done = bounded(act).await;
        writing.end(done).await
    }

    async fn conveners(&self) -> Result<Vec<Convener>, StoreError> {
        let mut reading = self.read().await?;
        let found = bounded(conveners::people(reading.db())).await;
        reading.end(found).await
    }

    async fn remove_convener(&self, name: &str) -> Result<bool, StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = bounded(conveners::remove(writing.db(), name)).await;
        writing.end(done).await
    }

    async fn convener_by(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
    ) -> Result<Option<Convener>, StoreError> {
        let mut reading = self.read().await?;
        let found = bounded(conveners::by_credential(reading.db(), kind, hash)).await;
        reading.end(found).await
    }

    async fn insert_call(
        &self,
        new: &NewCall,
        convener: ConvenerId,
        now: u64,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = bounded(rows::insert_call(writing.db(), new, convener, now)).await;
        writing.end(done).await
    }

    async fn commit(
        &self,
        id: CallId,
        from: Version,
        changes: &[Change],
        token: Option<&SeatToken>,
    ) -> Result<Version, StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = bounded(rows::change(writing.db(), id, from, changes, token)).await;
        writing.end(done).await
    }

    async fn delete_call(&self, id: CallId, from: Version) -> Result<bool, StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = bounded(rows::delete_call(writing.db(), id, from)).await;
        writing.end(done).await
    }

    async fn call(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        let mut reading = self.read().await?;
        let found = bounded(rows::call(reading.db(), id)).await;
        reading.end(found).await
    }

    async fn call_without_log(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        let mut reading = self.read().await?;
        let found = bounded(rows::call_without_log(reading.db(), id)).await;
        reading.end(found).await
    }

    async fn convener_of(&self, id: CallId) -> Result<Option<ConvenerId>, StoreError> {
        let mut reading = self.read().await?;
        let found = bounded(rows::convener_of(reading.db(), id)).await;
        reading.end(found).await
    }

    async fn call_ids(&self, convener: Option<ConvenerId>) -> Result<Vec<CallId>, StoreError> {
        let mut reading = self.read().await?;
        let found = bounded(rows::call_ids(reading.db(), convener)).await;
        reading.end(found).await
    }

    async fn seat_link(
        &self,
        id: CallId,
        token: &SecretHash,
    ) -> Result<Option<SeatLink>, StoreError> {
        let mut reading = self.read().await?;
        let found = bounded(rows::seat_link(reading.db(), id, token)).await;
        reading.end(found).await
    }

    async fn can_write(&self) -> bool {
        let attempt = || {
            let writer = self.writer.clone();
            async move { writer.prove().await }
        };
        self.readiness.ask(attempt).await
    }

    async fn serve_alone(&self) -> Result<Alone, OpenError> {
        let failed = |source| open_error(&self.shown, source);
        let mut connection = connect(&self.options).await.map_err(failed)?;
        let began = Instant::now();
        loop {
            let locked = sqlx::query_as("SELECT pg_try_advisory_lock($1)")
                .bind(SERVE_LOCK)
                .fetch_one(&mut connection);
            let (locked,): (bool,) = within(CONNECT_MAX, locked).await.map_err(failed)?;
            if locked {
                // The lock ends with the connection. The mutex is there to be `Sync`.
                return Ok(Box::new(Mutex::new(connection)));
            }
            if began.elapsed() > SERVE_MAX {
                return Err(OpenError::Served {
                    database: self.shown.to_string(),
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
