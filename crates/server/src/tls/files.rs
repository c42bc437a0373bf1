//! The operator's own certificate and key, read again when the files change: a renewal by another
//! program needs no restart.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::task::JoinHandle;

use super::TlsError;

/// How often the files are looked at. A renewal is good for weeks.
const LOOK: Duration = Duration::from_secs(60);

/// The pair in use.
#[derive(Debug)]
pub(super) struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    pub(super) fn new(pair: CertifiedKey) -> Arc<Self> {
        Arc::new(Self(RwLock::new(Arc::new(pair))))
    }

    /// Another pair is in use from now on.
    pub(super) fn set(&self, pair: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(
            self.0
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }
}

/// Reads the pair, then looks for changes.
pub(super) fn watch(
    certificate: &Path,
    key: &Path,
) -> Result<(Arc<Current>, JoinHandle<()>), TlsError> {
    let current = Current::new(read(certificate, key)?);
    let (files, shared) = ([certificate.to_owned(), key.to_owned()], current.clone());
    let keeper = tokio::spawn(async move {
        let mut seen = changed_at(&files);
        loop {
            tokio::time::sleep(LOOK).await;
            let now = changed_at(&files);
            if now == seen {
                continue;
            }
            match read(&files[0], &files[1]) {
                Ok(pair) => {
                    shared.set(pair);
                    seen = now;
                    tracing::info!("the certificate was read again");
                }
                // Perhaps half written; the old pair serves on and the files are looked at again.
                Err(error) => tracing::error!(%error, "the changed certificate cannot be used"),
            }
        }
    });
    Ok((current, keeper))
}

/// Reads and checks a pair of PEM files.
pub(super) fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let bad = |what, file: &Path, why: String| TlsError::File {
        what,
        file: file.to_owned(),
        why,
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| bad("certificate", certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(bad(
            "certificate",
            certificate,
            "it has no certificate (PEM)".to_owned(),
        ));
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| bad("key", key, error.to_string()))?;
    CertifiedKey::from_der(chain, private, &default_provider()).map_err(|error| TlsError::Pair {
        file: certificate.to_owned(),
        why: error.to_string(),
    })
}

fn changed_at(files: &[PathBuf; 2]) -> [Option<SystemTime>; 2] {
    let at = |file: &PathBuf| {
        std::fs::metadata(file)
            .and_then(|meta| meta.modified())
            .ok()
    };
    [at(&files[0]), at(&files[1])]
}
