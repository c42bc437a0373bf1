//! `INCAMERA_*` variables: the keys of the file that differ from machine to machine.

use std::str::FromStr;

use super::{Config, ConfigError, Tls};

/// Sets what `variable` gives over what the file gave.
pub(super) fn apply(
    config: &mut Config,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    let read = |name: &'static str| variable(name).map(|text| (name, text));
    if let Some(found) = read("INCAMERA_LISTEN") {
        config.listen = list(found, "addresses with ports, separated by commas")?;
    }
    if let Some((_, url)) = read("INCAMERA_URL") {
        config.url = Some(url);
    }
    if let Some((_, data)) = read("INCAMERA_DATA") {
        config.data = data.into();
    }
    if let Some((name, store)) = read("INCAMERA_STORE") {
        let name = name.to_owned();
        let wrong = |why| ConfigError::Environment { name, why };
        config.store = store.parse().map_err(wrong)?;
    }
    if let Some(found) = read("INCAMERA_MEDIA_LISTEN") {
        config.media.listen = list(found, "addresses with ports, separated by commas")?;
    }
    if let Some(found) = read("INCAMERA_MEDIA_ADVERTISE") {
        config.media.advertise = list(found, "addresses, separated by commas")?;
    }
    if let Some(found) = read("INCAMERA_MEDIA_UDP") {
        config.media.udp = one(found, "`true` or `false`")?;
    }
    if let Some(found) = read("INCAMERA_MEDIA_THREADS") {
        config.media.threads = one(found, "a number of threads, `0` for one a core")?;
    }
    if let Some(found) = read("INCAMERA_METRICS") {
        config.metrics = one(found, "an address with a port, or `off`")?;
    }
    if let Some((_, filter)) = read("INCAMERA_LOG") {
        config.log.filter = filter;
    }
    tls(config, read)
}

fn tls(
    config: &mut Config,
    read: impl Fn(&'static str) -> Option<(&'static str, String)>,
) -> Result<(), ConfigError> {
    let certificate = read("INCAMERA_TLS_CERTIFICATE");
    let key = read("INCAMERA_TLS_KEY");
    match (certificate, key) {
        (Some((_, certificate)), Some((_, key))) => {
            config.tls = Tls::Files {
                certificate: certificate.into(),
                key: key.into(),
            };
        }
        (None, None) => {}
        (Some((name, _)), None) | (None, Some((name, _))) => {
            let why = "set INCAMERA_TLS_CERTIFICATE and INCAMERA_TLS_KEY together".to_owned();
            return Err(ConfigError::Environment {
                name: name.to_owned(),
                why,
            });
        }
    }
    if let Some(found) = read("INCAMERA_ACME_DOMAINS") {
        let contact = read("INCAMERA_ACME_CONTACT").map(|(_, contact)| contact);
        let domains = list(found, "host names, separated by commas")?;
        config.tls = Tls::Acme {
            domains,
            contact,
            directory: None,
        };
    }
    Ok(())
}

fn list<T: FromStr>(
    (name, text): (&'static str, String),
    expected: &str,
) -> Result<Vec<T>, ConfigError> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| one((name, item.to_owned()), expected))
        .collect()
}

fn one<T: FromStr>((name, text): (&'static str, String), expected: &str) -> Result<T, ConfigError> {
    text.parse().map_err(|_| ConfigError::Environment {
        name: name.to_owned(),
        why: format!("expected {expected}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_variable_is_named() {
        let mut config = Config::default();
        let set = |name: &str| (name == "INCAMERA_LISTEN").then(|| "127.0.0.1:1,here".to_owned());
        let error = apply(&mut config, set).unwrap_err().to_string();
        assert!(error.contains("INCAMERA_LISTEN"), "{error}");
    }

    #[test]
    fn a_wrong_store_is_named_without_its_password() {
        let mut config = Config::default();
        let set = |name: &str| {
            (name == "INCAMERA_STORE").then(|| "postgres://u:Planted-7f3a@h".to_owned())
        };
        let error = apply(&mut config, set).unwrap_err().to_string();
        assert!(error.contains("INCAMERA_STORE"), "{error}");
        assert!(!error.contains("Planted"), "{error}");
    }

    #[test]
    fn variables_go_over_the_file() {
        let mut config = Config::default();
        let set = |name: &str| match name {
            "INCAMERA_LISTEN" => Some("127.0.0.1:1, [::1]:1".to_owned()),
            "INCAMERA_METRICS" => Some("off".to_owned()),
            "INCAMERA_STORE" => Some("postgres://u:p@h/calls".to_owned()),
            _ => None,
        };
        apply(&mut config, set).unwrap();
        assert_eq!(config.listen.len(), 2);
        assert_eq!(config.metrics, super::super::Metrics::Off);
        assert!(matches!(config.store, super::super::Storage::Postgres(_)));
    }
}
