//! The ACME account and certificate on the disk. `rustls-acme` writes its files in place: stopped in the
//! middle, an account's key would be half there, and no certificate to be had until somebody deletes it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use rustls_acme::{AccountCache, CertCache, caches::DirCache};

use crate::private;

/// Where files are written before they take their places.
const NEW: &str = "new";

/// A folder whose files are whole whenever the machine stops.
pub(super) struct AcmeCache {
    folder: PathBuf,
    kept: DirCache<PathBuf>,
    new: DirCache<PathBuf>,
}

impl AcmeCache {
    /// Makes the folder, private to this user: private keys go into it.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        let new = folder.join(NEW);
        private::own_folder(&folder)?;
        // Left by a process that was stopped in the middle: perhaps not whole.
        let _ = fs::remove_dir_all(&new);
        private::own_folder(&new)?;
        Ok(Self {
            kept: DirCache::new(folder.clone()),
            new: DirCache::new(new),
            folder,
        })
    }

    async fn take_over(&self) -> io::Result<()> {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || take_over(&folder))
            .await
            .map_err(io::Error::other)?
    }
}

/// Puts what was written whole into its place.
fn take_over(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder.join(NEW))? {
        let entry = entry?;
        private::write(&folder.join(entry.file_name()), &fs::read(entry.path())?)?;
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

#[async_trait]
impl CertCache for AcmeCache {
    type EC = io::Error;

    async fn load_cert(&self, domains: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        self.kept.load_cert(domains, directory).await
    }

    async fn store_cert(&self, domains: &[String], directory: &str, pem: &[u8]) -> io::Result<()> {
        self.new.store_cert(domains, directory, pem).await?;
        self.take_over().await
    }
}

#[async_trait]
impl AccountCache for AcmeCache {
    type EA = io::Error;

    async fn load_account(
        &self,
        contact: &[String],
        directory: &str,
    ) -> io::Result<Option<Vec<u8>>> {
        self.kept.load_account(contact, directory).await
    }

    async fn store_account(
        &self,
        contact: &[String],
        directory: &str,
        account: &[u8],
    ) -> io::Result<()> {
        self.new.store_account(contact, directory, account).await?;
        self.take_over().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_stored_is_found_where_it_always_was_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (names, directory) = (["calls.example.org".to_owned()], "https://ca.example.org");
        let cache = AcmeCache::open(folder.path().to_owned()).unwrap();
        cache
            .store_account(&names, directory, b"key")
            .await
            .unwrap();
        cache.store_cert(&names, directory, b"old").await.unwrap();
        cache.store_cert(&names, directory, b"pem").await.unwrap();
        // As it was found until now.
        let plain = DirCache::new(folder.path());
        let found = plain.load_account(&names, directory).await.unwrap();
        assert_eq!(found.as_deref(), Some(&b"key"[..]));
        let found = plain.load_cert(&names, directory).await.unwrap();
        assert_eq!(found.as_deref(), Some(&b"pem"[..]));
        assert_eq!(fs::read_dir(folder.path().join(NEW)).unwrap().count(), 0);
        for entry in fs::read_dir(folder.path()).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
    }

    #[tokio::test]
    async fn what_was_half_written_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let (names, directory) = (["calls.example.org".to_owned()], "https://ca.example.org");
        private::own_folder(&folder.path().join(NEW)).unwrap();
        let half = DirCache::new(folder.path().join(NEW));
        half.store_account(&names, directory, b"").await.unwrap();
        let cache = AcmeCache::open(folder.path().to_owned()).unwrap();
        assert_eq!(cache.load_account(&names, directory).await.unwrap(), None);
        cache.store_cert(&names, directory, b"pem").await.unwrap();
        assert_eq!(cache.load_account(&names, directory).await.unwrap(), None);
    }
}
