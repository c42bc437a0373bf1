//! What can go wrong with what is kept, and what it means for whoever waits.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why the data folder or the database cannot be used; each says what to do.
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
        "the database {database} was written by a newer version of incamera. Run that version, or \
         restore the backup made before the upgrade"
    )]
    Newer {
        /// Which file, or which database where.
        database: String,
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
    /// Nobody answers there.
    #[error(
        "cannot reach the PostgreSQL server of the database {database}: {source}. Start it, or \
         correct `store = …`"
    )]
    Unreachable {
        /// Which database where.
        database: String,
        /// What the system said.
        source: sqlx::Error,
    },
    /// PostgreSQL knows no such user, password or database.
    #[error(
        "PostgreSQL does not let us into the database {database}: {source}. Make the user and the \
         database (docs/deploy.md), or correct `store = …`"
    )]
    NotAdmitted {
        /// Which database where.
        database: String,
        /// What PostgreSQL said.
        source: sqlx::Error,
    },
    /// A server runs on that database.
    #[error(
        "the database {database} is in use by another incamera. Stop that one, or name another \
         database with `store = …`"
    )]
    Served {
        /// Which database where.
        database: String,
    },
    /// PostgreSQL refused what must be possible.
    #[error(
        "cannot use the database {database}: {source}. The tables must belong to the user in \
         `store = …`, and its server have room (docs/deploy.md)"
    )]
    Postgres {
        /// Which database where.
        database: String,
        /// What PostgreSQL said.
        source: sqlx::Error,
    },
}

/// Why something was not stored, or not read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused, or could not be reached: disk full, IO error, lock. Nothing was kept, and
    /// nothing of it comes back.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// The disk failed in the middle of a commit, and again when that was to be undone. Nothing else is
    /// stored before it is; only if the process ends first does the disk decide.
    #[error("the disk failed in a commit, and again when it was to be undone: {0}")]
    Unsure(sqlx::Error),
    /// The connection to the database was lost in the middle of a commit, and the database could not be
    /// asked since whether it counts. Whoever goes on must read anew.
    #[error("the connection was lost in a commit, and nobody can be asked what became of it: {0}")]
    Unknown(sqlx::Error),
    /// Somebody else changed the call since the version that was named, or deleted it.
    #[error("another writer changed the call first")]
    Overtaken,
    /// A stored row cannot be read: our bug, or one changed by hand.
    #[error("a stored {0} cannot be read")]
    Damaged(&'static str),
    /// A call with this id is stored already.
    #[error("a call with this id exists")]
    CallExists,
    /// The convener has as many calls here, or as many bytes in them, as one may have.
    #[error("the convener has as much stored as one may have")]
    ConvenerFull,
    /// Somebody who may convene has this name.
    #[error("there is a convener of that name")]
    ConvenerExists,
    /// Whoever convenes was removed just now.
    #[error("there is no such convener any more")]
    ConvenerGone,
}

impl StoreError {
    /// Whether the database works, and we refused: the transaction can be taken back in good order.
    pub(super) const fn is_refusal(&self) -> bool {
        match self {
            Self::Overtaken
            | Self::CallExists
            | Self::ConvenerFull
            | Self::ConvenerExists
            | Self::ConvenerGone => true,
            Self::Database(_) | Self::Unsure(_) | Self::Unknown(_) | Self::Damaged(_) => false,
        }
    }
}
