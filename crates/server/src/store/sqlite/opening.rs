//! What is done to the data folder and the database file before and beside the tables: making and moving
//! them, locks, room.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::Duration,
};

use rustix::fs::{FallocateFlags, fallocate};
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use super::OpenError;
use crate::private;

/// Room there must be for readiness: an ordinary act's.
const ROOM_BYTES: u64 = 64 * 1024;

/// Makes the file one with a write-ahead log. The rollback journal with which that happens must be off the
/// disk for good (`EXTRA` syncs its folder): found again after a power cut it would undo all that follows.
pub(super) async fn begin(file: &Path) -> Result<(), sqlx::Error> {
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
pub(super) async fn migrate(connector: &SqlitePool, file: &Path) -> Result<(), OpenError> {
    let file = file.to_owned();
    let migrated = sqlx::migrate!("./migrations/sqlite").run(connector).await;
    migrated.map_err(|error| match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => OpenError::Newer {
            database: file.display().to_string(),
        },
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            OpenError::Database { file, source }
        }
        other => OpenError::Database {
            file,
            source: sqlx::Error::Migrate(Box::new(other)),
        },
    })
}

/// Holds a lock file of the folder; waits so long for whoever has it. The lock ends with the process
/// that holds it, however that ends.
pub(super) async fn alone(folder: &Path, name: &str, longest: Duration) -> Result<File, OpenError> {
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

/// An error unless there is room. The journal has some of its own, which one small write may still fit
/// into when the next act does not.
pub(super) fn has_room(file: &Path) -> io::Result<()> {
    let made = private::scratch(file).and_then(|room| {
        match fallocate(&room, FallocateFlags::empty(), 0, ROOM_BYTES) {
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                let length = usize::try_from(ROOM_BYTES).unwrap_or_default();
                io::Write::write_all(&mut &room, &vec![0; length])?;
                room.sync_data()
            }
            reserved => reserved.map_err(io::Error::from),
        }
    });
    let removed = fs::remove_file(file);
    made.and(removed)
}
