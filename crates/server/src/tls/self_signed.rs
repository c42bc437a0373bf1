//! A certificate for servers without a public name, made at first start and kept in the data folder,
//! so that its fingerprint stays the same for as long as it can: until it soon expires, or the server's
//! name is another. It keeps to what macOS and iOS ask of one that a person trusts by hand
//! (support.apple.com/103769): at most 825 days, for TLS servers, names in the SAN.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

use super::{TlsError, files, host, own_addresses};
use crate::private;

/// Name of the certificate in the data folder; the command line of this machine trusts it.
pub const CERTIFICATE: &str = "self-signed.pem";
const KEY: &str = "self-signed.key";
/// What is to be known of it without reading X.509.
const ABOUT: &str = "self-signed.json";
/// From the first of a month.
const DAYS: i32 = 820;
/// It is made anew so long before it expires.
const DAYS_LEFT_MIN: i32 = 45;
/// How often it is looked at while the server runs.
const LOOK: Duration = Duration::from_secs(12 * 60 * 60);

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

/// What is kept beside it.
#[derive(Serialize, Deserialize)]
struct About {
    names: Vec<String>,
    /// Its last day.
    until: Date,
}

/// The certificate and where it is kept.
pub(super) struct SelfSigned {
    folder: PathBuf,
    names: Vec<String>,
    /// It must be for this one. Addresses of a machine come and go, and make no new certificate: people
    /// have compared its fingerprint.
    host: Option<String>,
}

impl SelfSigned {
    pub(super) fn new(folder: &Path, url: Option<&str>, listening: &[SocketAddr]) -> Self {
        Self {
            folder: folder.to_owned(),
            names: names(url, listening),
            host: url.and_then(host).map(str::to_owned),
        }
    }

    /// The kept certificate, or a new one; and its fingerprint.
    pub(super) fn load_or_make(&self) -> Result<(CertifiedKey, String), TlsError> {
        let (certificate, key) = (self.folder.join(CERTIFICATE), self.folder.join(KEY));
        if self.is_due(today()) {
            self.make(today()).map_err(|why| TlsError::SelfSigned {
                folder: self.folder.clone(),
                why,
            })?;
        }
        let pair = files::read(&certificate, &key)?;
        let fingerprint = fingerprint(&pair);
        Ok((pair, fingerprint))
    }

    /// Looks after the certificate while the server runs.
    pub(super) fn keep(self, current: Arc<files::Current>) -> JoinHandle<()> {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                if !self.is_due(today()) {
                    continue;
                }
                match self.load_or_make() {
                    Ok((pair, fingerprint)) => {
                        current.set(pair);
                        tracing::warn!(%fingerprint, "a new self-signed certificate is in use");
                    }
                    Err(error) => tracing::error!(%error, "the certificate will expire"),
                }
            }
        })
    }

    /// There is none, it is an old one without these rules, it is for another name, or soon over.
    fn is_due(&self, today: Date) -> bool {
        let kept = |name| self.folder.join(name).exists();
        let about = std::fs::read(self.folder.join(ABOUT)).ok();
        let about = about.and_then(|text| serde_json::from_slice::<About>(&text).ok());
        let Some(about) = about.filter(|_| kept(CERTIFICATE) && kept(KEY)) else {
            // A file that is there and was not made by us is the operator's to mend.
            return !kept(CERTIFICATE) || !kept(KEY) || self.is_ours();
        };
        let serves = |host: &String| about.names.contains(host);
        let last = about.until.saturating_sub(DAYS_LEFT_MIN.days());
        today > last || !self.host.as_ref().is_none_or(serves)
    }

    /// The pair that is there can be used: then it is one of an earlier version.
    fn is_ours(&self) -> bool {
        files::read(&self.folder.join(CERTIFICATE), &self.folder.join(KEY)).is_ok()
    }

    fn make(&self, today: Date) -> Result<(), String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let mut params = CertificateParams::new(self.names.clone()).map_err(|e| said(&e))?;
        params
            .distinguished_name
            .push(DnType::CommonName, "Incamera, self-signed");
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // From the first of the month: clocks of phones may be a little behind.
        let from = today.first_of_month();
        let until = from.saturating_add(DAYS.days());
        let date = |day: Date| {
            let month = u8::try_from(day.month()).unwrap_or(1);
            date_time_ymd(
                day.year().into(),
                month,
                u8::try_from(day.day()).unwrap_or(1),
            )
        };
        (params.not_before, params.not_after) = (date(from), date(until));
        let pair = KeyPair::generate().map_err(|e| said(&e))?;
        let made = params.self_signed(&pair).map_err(|e| said(&e))?;
        let names = self.names.clone();
        let about = serde_json::to_vec(&About { names, until }).map_err(|e| said(&e))?;
        // Last what says that the others are there.
        let _ = std::fs::remove_file(self.folder.join(ABOUT));
        let write = |name, bytes: &[u8]| private::write(&self.folder.join(name), bytes);
        write(KEY, pair.serialize_pem().as_bytes())
            .and_then(|()| write(CERTIFICATE, made.pem().as_bytes()))
            .and_then(|()| write(ABOUT, &about))
            .map_err(|e| said(&e))
    }
}

fn today() -> Date {
    let now = i64::try_from(clock::wall_ms()).unwrap_or(i64::MAX);
    let now = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
    now.to_zoned(TimeZone::UTC).date()
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

    const URL: &str = "https://calls.example.org";

    fn in_folder(folder: &Path, url: &str) -> SelfSigned {
        SelfSigned::new(folder, Some(url), &[])
    }

    #[test]
    fn the_certificate_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let one = in_folder(folder.path(), URL);
        assert!(one.names.contains(&"calls.example.org".to_owned()));
        let (_, first) = one.load_or_make().unwrap();
        let elsewhere = SelfSigned::new(folder.path(), Some(URL), &[([10, 9, 8, 7], 443).into()]);
        let (_, second) = elsewhere.load_or_make().unwrap();
        assert_eq!(first, second, "another address is no other name");
        let (_, third) = SelfSigned::new(folder.path(), None, &[])
            .load_or_make()
            .unwrap();
        assert_eq!(first, third);
        assert_eq!(first.len(), 32 * 3 - 1);
    }

    #[test]
    fn another_name_an_old_certificate_and_one_that_soon_expires_are_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let one = in_folder(folder.path(), URL);
        let (_, first) = one.load_or_make().unwrap();
        let other = in_folder(folder.path(), "https://talks.example.org");
        let (_, second) = other.load_or_make().unwrap();
        assert_ne!(first, second);
        let today = today();
        for (days, due) in [(0_i32, false), (740, false), (790, true), (2_000, true)] {
            let then = today.saturating_add(days.days());
            assert_eq!(other.is_due(then), due, "after {days} days");
        }
        // One of a version that kept nothing beside it, and broke the rules.
        std::fs::remove_file(folder.path().join(ABOUT)).unwrap();
        let (_, third) = other.load_or_make().unwrap();
        assert_ne!(second, third);
    }

    #[test]
    fn the_certificate_keeps_to_the_rules_of_macos() {
        let folder = tempfile::tempdir().unwrap();
        let (pair, _) = in_folder(folder.path(), URL).load_or_make().unwrap();
        let der = pair.cert[0].as_ref();
        // RFC 5280, 4.2.1.12: serverAuth.
        let server_auth = [0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 1];
        assert!(der.windows(10).any(|bytes| bytes == server_auth));
        // 4.1.2.5: two times, YYMMDDHHMMSSZ.
        let times = der
            .windows(15)
            .filter(|b| b[..2] == [0x17, 13] && b[14] == b'Z');
        let days: Vec<Date> = times.map(|b| day(&b[2..8])).collect();
        let [from, until] = days[..] else {
            panic!("{days:?}")
        };
        let length = from.until(until).unwrap().get_days();
        assert!((800..=825).contains(&length), "{length} days");
    }

    fn day(digits: &[u8]) -> Date {
        let number =
            |at: usize| i16::from(digits[at] - b'0') * 10 + i16::from(digits[at + 1] - b'0');
        jiff::civil::date(2000 + number(0), number(2) as i8, number(4) as i8)
    }

    #[test]
    fn a_broken_certificate_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CERTIFICATE), "not PEM").unwrap();
        std::fs::write(folder.path().join(KEY), "not PEM").unwrap();
        let error = in_folder(folder.path(), URL)
            .load_or_make()
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(CERTIFICATE), "{error}");
    }
}
