//! What outlives the process: convener keys, calls, seats, hashes of access tokens, and what clients
//! sealed for each other until the call is adjourned. SQLite.
//!
//! Owns the database file, its migrations and every SQL statement. Leaves to others what the rows
//! mean: `call` decides what changes, `calls` decides when it is written. What a function here
//! acknowledges is on the disk (`synchronous=FULL`, one transaction per call of it).

mod conveners;
mod log;
mod rows;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, SqlitePool,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use thiserror::Error;

use crate::private;
pub(crate) use conveners::is_operator;
pub use conveners::{Convener, ConvenerError};
pub use rows::{SeatLink, StoredCall};

/// The database file in the data folder.
pub const FILE_NAME: &str = "incamera.sqlite";

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
}

/// Why the data folder cannot be used; each says what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder is not there and cannot be made.
    #[error(
        "cannot make the data folder {}: {source}. Make it and give it to the user that runs \
         incamera, or name another with --data or `data = …`",
        folder.display()
    )]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder is there but nothing can be written into it.
    #[error(
        "cannot write to the data folder {}: {source}. Give it to the user that runs incamera \
         (chown), free space on its disk, or name another with --data or `data = …`",
        folder.display()
    )]
    NotWritable {
        /// Which folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database was written by a newer incamera.
    #[error(
        "the database {} was written by a newer version of incamera. Run that version, or \
         restore the backup made before the upgrade",
        file.display()
    )]
    Newer {
        /// Which file.
        file: PathBuf,
    },
    /// SQLite refused.
    #[error(
        "cannot use the database {}: {source}. If the disk is full, free space; if the file is \
         damaged, restore a backup (docs/deploy.md)",
        file.display()
    )]
    Database {
        /// Which file.
        file: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
}

/// A statement failed; nothing of it was kept.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite refused: disk full, IO error, lock.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored row cannot be read: our bug, or a file changed by hand.
    #[error("a stored {0} cannot be read")]
    Damaged(&'static str),
    /// A call with this id is stored already.
    #[error("a call with this id exists")]
    CallExists,
}

impl Store {
    /// Opens the database in `folder`, making both if needed, and brings its tables up to date.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        prepare(folder)?;
        let file = folder.join(FILE_NAME);
        private::file(&file).map_err(|source| OpenError::NotWritable {
            folder: folder.to_owned(),
            source,
        })?;
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
        let pool = SqlitePoolOptions::new()
            // One writer at a time anyway; a few more so that reads do not wait for it.
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await
            .map_err(database)?;
        sqlx::migrate!("./migrations")
            .run(&pool)
            .await
            .map_err(|error| match error {
                MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                    OpenError::Newer { file: file.clone() }
                }
                MigrateError::Execute(source) => database(source),
                other => database(sqlx::Error::Migrate(Box::new(other))),
            })?;
        let store = Self { pool };
        // What a migration deleted is gone from now on, not when the server stops.
        store.empty_journal().await;
        Ok(store)
    }

    /// Writes what SQLite still holds back and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether the database answers; for `/readyz`.
    pub async fn answers(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }
}

/// Makes the folder, private to its owner if it is new, and proves that it can be written to.
fn prepare(folder: &Path) -> Result<(), OpenError> {
    private::folder(folder).map_err(|source| OpenError::Folder {
        folder: folder.to_owned(),
        source,
    })?;
    let probe = folder.join(".writable");
    std::fs::write(&probe, b"incamera")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|source| OpenError::NotWritable {
            folder: folder.to_owned(),
            source,
        })
}
