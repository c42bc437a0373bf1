//! SQLite: a file in the data folder.
//!
//! Owns the database file, its migrations and every SQL statement on it. What is acknowledged is on the
//! disk (`synchronous=FULL`, one transaction per act); [`writer`] says how that holds when the disk does
//! not.

mod conveners;
mod journal;
mod log;
mod opening;
mod reader;
mod room;
mod rows;
mod writer;

use std::{
    io,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use async_trait::async_trait;
use call::Change;
use protocol::{
    CallId, SecretHash,
    http::{NewCall, SeatToken},
};
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;

use self::{
    opening::{alone, begin, has_room, migrate},
    writer::Writer,
};
use super::{
    Alone, Convener, ConvenerId, CredentialKind, OpenError, SeatLink, Store, StoreError,
    StoredCall, Version, prepare_folder, readiness::Readiness,
};
use crate::private;

/// The database file in the data folder.
pub const FILE_NAME: &str = "incamera.sqlite";
/// Held while the tables are brought up to date.
const UPDATE_LOCK: &str = "updating.lock";
/// Held by the server as long as it runs.
const SERVE_LOCK: &str = "serving.lock";
/// Longest a server waits for one that is just ending, or a command that is just beginning.
const SERVE_MAX: Duration = Duration::from_secs(3);
/// Longest another program may take to bring the tables up to date.
const UPDATE_MAX: Duration = Duration::from_secs(60);
const ROOM_FILE: &str = ".room";

/// The open database. Cheap to clone.
#[derive(Clone)]
pub(super) struct SqliteStore {
    folder: Arc<Path>,
    /// Opens connections for whoever keeps one; none comes back.
    connector: SqlitePool,
    readers: SqlitePool,
    writer: Writer,
    readiness: Arc<Readiness>,
    /// Somebody tries to empty the journal.
    emptying: Arc<AtomicBool>,
    /// Does nothing but stay open; see [`writer`].
    anchor: Arc<Mutex<Option<SqliteConnection>>>,
}

impl SqliteStore {
    /// Opens the database in `folder`, making both if needed, and brings its tables up to date.
    pub(super) async fn open(folder: &Path) -> Result<Self, OpenError> {
        prepare_folder(folder)?;
        let not_writable = |source| OpenError::NotWritable {
            folder: folder.to_owned(),
            source,
        };
        let file = folder.join(FILE_NAME);
        private::file(&file).map_err(not_writable)?;
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            // Deleted means overwritten: what is forgotten is not left in the file's free pages.
            .pragma("secure_delete", "ON")
            .disable_statement_logging();
        let database = |source| OpenError::Database {
            file: file.clone(),
            source,
        };
        // Two that find the same old tables would both change them.
        let updating = alone(folder, UPDATE_LOCK, UPDATE_MAX).await?;
        begin(&file).await.map_err(database)?;
        let pool = || SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(5));
        let connector = pool().connect_lazy_with(options.clone());
        migrate(&connector, &file).await?;
        drop(updating);
        let anchor = connector.acquire().await.map_err(database)?.detach();
        let readers = pool()
            // So that one does not wait for another, nor any for who writes.
            .max_connections(4)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        let readiness = Arc::new(Readiness::of("the data folder"));
        let store = Self {
            folder: folder.into(),
            writer: Writer::new(connector.clone(), readiness.clone()),
            connector,
            readers,
            readiness,
            emptying: Arc::default(),
            anchor: Arc::new(Mutex::new(Some(anchor))),
        };
        // What a migration deleted is gone from now on, not when the server stops. One that runs has done
        // this when it started, and is writing.
        if let Ok(_alone) = alone(folder, SERVE_LOCK, Duration::ZERO).await {
            store.empty_journal().await;
        }
        Ok(store)
    }

    async fn try_to_write(&self) -> Result<(), StoreError> {
        let file = self.folder.join(ROOM_FILE);
        tokio::task::spawn_blocking(move || has_room(&file))
            .await
            .map_err(|_| io::Error::other("the check for room panicked"))
            .flatten()
            .map_err(|error| StoreError::Database(error.into()))?;
        self.writer.prove().await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn insert_person(
        &self,
        name: &str,
        kind: CredentialKind,
        hash: &SecretHash,
        now: u64,
    ) -> Result<ConvenerId, StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = conveners::insert_person(writing.db(), name, kind, hash, now).await;
        writing.end(done).await
    }

    async fn insert_operator_credential(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
        now: u64,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = conveners::insert_operator_credential(writing.db(), kind, hash, now).await;
        writing.end(done).await
    }

    async fn delete_operator_credentials(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
        added_before: u64,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = conveners::delete_of_operator(writing.db(), kind, hash, added_before).await;
        writing.end(done).await
    }

    async fn conveners(&self) -> Result<Vec<Convener>, StoreError> {
        let mut reading = self.read().await?;
        let found = conveners::people(reading.db()).await;
        reading.end(found).await
    }

    async fn remove_convener(&self, name: &str) -> Result<bool, StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = conveners::remove(writing.db(), name).await;
        writing.end(done).await
    }

    async fn convener_by(
        &self,
        kind: CredentialKind,
        hash: &SecretHash,
    ) -> Result<Option<Convener>, StoreError> {
        let mut reading = self.read().await?;
        let found = conveners::by_credential(reading.db(), kind, hash).await;
        reading.end(found).await
    }

    async fn insert_call(
        &self,
        new: &NewCall,
        convener: ConvenerId,
        now: u64,
    ) -> Result<(), StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = rows::insert_call(writing.db(), new, convener, now).await;
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
        let done = rows::change(writing.db(), id, from, changes, token).await;
        let version = writing.end(done).await?;
        let forgets = |change: &Change| matches!(change, Change::SealedForgotten);
        if changes.iter().any(forgets) {
            self.empty_journal().await;
        }
        Ok(version)
    }

    async fn delete_call(&self, id: CallId, from: Version) -> Result<bool, StoreError> {
        let mut writing = self.writer.begin().await?;
        let done = rows::delete_call(writing.db(), id, from).await;
        let deleted = writing.end(done).await?;
        self.empty_journal().await;
        Ok(deleted)
    }

    async fn call(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        let mut reading = self.read().await?;
        let found = rows::call(reading.db(), id).await;
        reading.end(found).await
    }

    async fn call_without_log(&self, id: CallId) -> Result<Option<StoredCall>, StoreError> {
        let mut reading = self.read().await?;
        let found = rows::call_without_log(reading.db(), id).await;
        reading.end(found).await
    }

    async fn convener_of(&self, id: CallId) -> Result<Option<ConvenerId>, StoreError> {
        let mut reading = self.read().await?;
        let found = rows::convener_of(reading.db(), id).await;
        reading.end(found).await
    }

    async fn call_ids(&self, convener: Option<ConvenerId>) -> Result<Vec<CallId>, StoreError> {
        let mut reading = self.read().await?;
        let found = rows::call_ids(reading.db(), convener).await;
        reading.end(found).await
    }

    async fn seat_link(
        &self,
        id: CallId,
        token: &SecretHash,
    ) -> Result<Option<SeatLink>, StoreError> {
        let mut reading = self.read().await?;
        let found = rows::seat_link(reading.db(), id, token).await;
        reading.end(found).await
    }

    async fn can_write(&self) -> bool {
        let attempt = || {
            let store = self.clone();
            async move { store.try_to_write().await }
        };
        self.readiness.ask(attempt).await
    }

    async fn serve_alone(&self) -> Result<Alone, OpenError> {
        let lock = alone(&self.folder, SERVE_LOCK, SERVE_MAX).await?;
        Ok(Box::new(lock))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        self.connector.close().await;
        if let Some(anchor) = self.anchor.lock().await.take() {
            // The last one: it empties the journal if it can. If not, the next to open it does.
            let _ = anchor.close().await;
        }
    }
}
