//! What can go wrong with the data folder, and what it means for whoever waits.

use std::{io, path::PathBuf};

use thiserror::Error;

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
    /// A server runs on it, or another program brings it up to date for longer than it should.
    #[error(
        "the data folder {} is in use by another incamera. Stop that one, or name another folder \
         with --data or `data = …`",
        folder.display()
    )]
    InUse {
        /// Which folder.
        folder: PathBuf,
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

/// Why something was not stored, or not read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite refused: disk full, IO error, lock. Nothing was kept, and nothing of it comes back.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The disk failed in the middle of a commit, and again when that was to be undone. Nothing else is
    /// stored before it is; only if the process ends first does the disk decide.
    #[error("the disk failed in a commit, and again when it was to be undone: {0}")]
    Unsure(sqlx::Error),
    /// A stored row cannot be read: our bug, or a file changed by hand.
    #[error("a stored {0} cannot be read")]
    Damaged(&'static str),
    /// A call with this id is stored already.
    #[error("a call with this id exists")]
    CallExists,
    /// The convener has as many calls here, or as many bytes in them, as one may have.
    #[error("the convener has as much stored as one may have")]
    ConvenerFull,
}
