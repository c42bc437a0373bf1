//! What outlives the process: convener keys, calls, seats, hashes of access tokens, and what clients
//! sealed for each other until the call is adjourned. SQLite.
//!
//! Owns the database file, its migrations and every SQL statement. Leaves to others what the rows
//! mean: `call` decides what changes, `calls` decides when it is written.
//!
//! What a function here acknowledges is on the disk (`synchronous=FULL`, one transaction per call of
//! it); what it refuses is not, and does not come back. [`writer`] says how that holds when the disk
//! does not.

mod conveners;
mod errors;
mod journal;
mod log;
mod reader;
mod readiness;
mod room;
mod rows;
mod writer;

use std::{
    fs::File,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;

use self::{readiness::Readiness, writer::Writer};
use crate::private;
pub(crate) use conveners::is_operator;
pub use conveners::{Convener, ConvenerError};
pub use errors::{OpenError, StoreError};
pub use rows::{SeatLink, StoredCall};

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

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
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

impl Store {
    /// Opens the database in `folder`, making both if needed, and brings its tables up to date.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        prepare(folder)?;
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
        let readiness = Arc::<Readiness>::default();
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

    /// Makes sure that no other server runs on this data folder while what is returned is held: two would
    /// each remember calls that the other changes.
    pub(crate) async fn serve_alone(&self) -> Result<File, OpenError> {
        alone(&self.folder, SERVE_LOCK, SERVE_MAX).await
    }

    /// Writes what SQLite still holds back and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        self.connector.close().await;
        if let Some(anchor) = self.anchor.lock().await.take() {
            // The last one: it empties the journal if it can. If not, the next to open it does.
            let _ = anchor.close().await;
        }
    }
}

/// Makes the file one with a write-ahead log. The rollback journal with which that happens must be off the
/// disk for good (`EXTRA` syncs its folder): found again after a power cut it would undo all that follows.
async fn begin(file: &Path) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Extra)
        .disable_statement_logging();
    let mut first = SqliteConnection::connect_with(&options).await?;
    sqlx::query("PRAGMA journal_mode = WAL")
        .execute(&mut first)
        .await?;
    first.close().await
}

/// Brings the tables up to date.
async fn migrate(connector: &SqlitePool, file: &Path) -> Result<(), OpenError> {
    let file = file.to_owned();
    let migrated = sqlx::migrate!("./migrations").run(connector).await;
    migrated.map_err(|error| match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
            OpenError::Newer { file }
        }
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            OpenError::Database { file, source }
        }
        other => OpenError::Database {
            file,
            source: sqlx::Error::Migrate(Box::new(other)),
        },
    })
}

/// Makes the folder, private to its owner if it is new, and proves that it can be written to.
fn prepare(folder: &Path) -> Result<(), OpenError> {
    private::folder(folder).map_err(|source| OpenError::Folder {
        folder: folder.to_owned(),
        source,
    })?;
    private::write(&folder.join(".writable"), b"incamera")
        .and_then(|()| std::fs::remove_file(folder.join(".writable")))
        .map_err(|source| OpenError::NotWritable {
            folder: folder.to_owned(),
            source,
        })
}

/// Holds a lock file of the folder; waits so long for whoever has it. The lock ends with the process
/// that holds it, however that ends.
async fn alone(folder: &Path, name: &str, longest: Duration) -> Result<File, OpenError> {
    let not_writable = |source| OpenError::NotWritable {
        folder: folder.to_owned(),
        source,
    };
    let file = private::file(&folder.join(name)).map_err(not_writable)?;
    let began = std::time::Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::Error(source)) => return Err(not_writable(source)),
            Err(std::fs::TryLockError::WouldBlock) if began.elapsed() < longest => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(std::fs::TryLockError::WouldBlock) => {
                return Err(OpenError::InUse {
                    folder: folder.to_owned(),
                });
            }
        }
    }
}
