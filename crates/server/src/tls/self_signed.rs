//! A certificate for servers without a public name, made at first start and kept in the data folder,
//! so that its fingerprint stays the same.

use std::{collections::BTreeSet, net::SocketAddr, path::Path, sync::Arc};

use jiff::Timestamp;
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};

use super::{TlsError, files, host, own_addresses};
use crate::private;

/// Name of the certificate in the data folder; the command line of this machine trusts it.
pub const CERTIFICATE: &str = "self-signed.pem";
const KEY: &str = "self-signed.key";
const YEARS: i16 = 10;

/// What the certificate is for: the URL's host, this machine's addresses, localhost.
pub(super) fn names(url: Option<&str>, listening: &[SocketAddr]) -> Vec<String> {
    let addresses = own_addresses()
        .into_iter()
        .chain(listening.iter().map(SocketAddr::ip));
    let named = addresses
        .filter(|a| !a.is_unspecified())
        .map(|a| a.to_string());
    let fixed = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let host = url.and_then(host).map(str::to_owned);
    let all: BTreeSet<String> = named.chain(fixed).chain(host).collect();
    all.into_iter().collect()
}

/// The kept certificate, or a new one; and its fingerprint.
pub(super) fn load_or_make(
    folder: &Path,
    names: Vec<String>,
) -> Result<(Arc<files::Current>, String), TlsError> {
    let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
    if !certificate.exists() || !key.exists() {
        make(&certificate, &key, names).map_err(|why| TlsError::SelfSigned {
            folder: folder.to_owned(),
            why,
        })?;
    }
    let pair = files::read(&certificate, &key)?;
    let fingerprint = fingerprint(&pair);
    Ok((files::Current::new(pair), fingerprint))
}

fn make(certificate: &Path, key: &Path, names: Vec<String>) -> Result<(), String> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let mut params = CertificateParams::new(names).map_err(|e| said(&e))?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Incamera, self-signed");
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let month = u8::try_from(today.month()).unwrap_or(1);
    // From the first of the month: clocks of phones may be a little behind.
    params.not_before = date_time_ymd(i32::from(today.year()), month, 1);
    params.not_after = date_time_ymd(i32::from(today.year() + YEARS), month, 1);
    let pair = KeyPair::generate().map_err(|e| said(&e))?;
    let made = params.self_signed(&pair).map_err(|e| said(&e))?;
    // Stopped between the two, the next start finds one of them and makes both anew.
    private::write(key, pair.serialize_pem().as_bytes())
        .and_then(|()| private::write(certificate, made.pem().as_bytes()))
        .map_err(|e| said(&e))
}

/// SHA-256 of the certificate as browsers show it: pairs of hex digits with colons.
fn fingerprint(pair: &CertifiedKey) -> String {
    let digest = pair
        .cert
        .first()
        .map(|certificate| Sha256::digest(certificate.as_ref()));
    let pairs: Vec<String> = digest
        .iter()
        .flatten()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let names = names(Some("https://calls.example.org"), &[]);
        assert!(names.contains(&"calls.example.org".to_owned()));
        let (_, first) = load_or_make(folder.path(), names).unwrap();
        let (_, second) = load_or_make(folder.path(), vec!["other".to_owned()]).unwrap();
        assert_eq!(first, second);
        assert_eq!(first.len(), 32 * 3 - 1);
    }

    #[test]
    fn a_broken_certificate_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CERTIFICATE), "not PEM").unwrap();
        std::fs::write(folder.path().join(KEY), "not PEM").unwrap();
        let error = load_or_make(folder.path(), Vec::new())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(CERTIFICATE), "{error}");
    }
}
