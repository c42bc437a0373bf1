//! What a store is opened on: a folder of its own, or a database of its own.

use std::{path::Path, sync::Arc};

use crash::cluster::Cluster;
use server::store::{SharedStore, open_database, open_folder};
use tempfile::TempDir;

pub(crate) enum Ground {
    Folder(TempDir),
    Database { cluster: Arc<Cluster>, name: String },
}

impl Ground {
    pub(crate) fn folder() -> Self {
        // In memory, where there is some: syncing for real is not what is tried here.
        let memory = Path::new("/dev/shm");
        Self::Folder(match memory.is_dir() {
            true => tempfile::tempdir_in(memory).unwrap(),
            false => tempfile::tempdir().unwrap(),
        })
    }

    /// `None`, said in a sentence, where there is no PostgreSQL.
    pub(crate) fn database() -> Option<Self> {
        let cluster = Cluster::shared()?;
        let name = cluster.create(None);
        Some(Self::Database { cluster, name })
    }

    pub(crate) async fn open(&self) -> SharedStore {
        match self {
            Self::Folder(folder) => open_folder(folder.path()).await.unwrap(),
            Self::Database { cluster, name } => at(&cluster.url(name)).await,
        }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Self::Database { cluster, name } = self {
            cluster.forget(name);
        }
    }
}

/// The store in the database of this URL.
pub(crate) async fn at(url: &str) -> SharedStore {
    open_database(&url.parse().unwrap()).await.unwrap()
}
