//! What the operator can set: a TOML file, then `INCAMERA_*` from the environment over it.
//!
//! Every key has a default, unknown keys are refused, and a mistake is named with its line. Command
//! line options go over both; `incamera serve` applies them to the [`Config`] it loaded.

mod environment;
mod storage;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use thiserror::Error;

pub use storage::{PostgresUrl, Storage};

/// Everything `incamera serve` can be told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where HTTPS, WebSocket and ICE-TCP connections arrive.
    pub listen: Vec<SocketAddr>,
    /// How people reach this server, e.g. `https://calls.example.org`. Made up from the host name
    /// of the certificate or the first address if absent.
    pub url: Option<String>,
    /// Folder of the SQLite database, the self-signed certificate and the ACME account.
    pub data: PathBuf,
    /// Where calls and conveners are kept.
    pub store: Storage,
    /// Where the certificate comes from.
    pub tls: Tls,
    /// How media reaches this server.
    pub media: MediaSettings,
    /// Where Prometheus may ask.
    pub metrics: Metrics,
    /// What is logged.
    pub log: Log,
    /// Bounds on load.
    pub limits: Limits,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, tag = "mode", rename_all = "kebab-case")]
pub enum Tls {
    /// Made at first start and kept in the data folder; browsers warn about it.
    #[default]
    SelfSigned,
    /// Fetched and renewed by ACME (RFC 8555, TLS-ALPN-01 of RFC 8737) on the HTTPS port.
    Acme {
        /// Host names of this server.
        domains: Vec<String>,
        /// Where the certificate authority writes about trouble.
        contact: Option<String>,
        /// Directory of another authority than Let's Encrypt.
        directory: Option<String>,
    },
    /// Own files (PEM), read again when they change.
    Files {
        /// The certificate and its chain.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// Plain HTTP for a browser on the same machine. Refused on any address but loopback.
    Localhost,
}

/// How media reaches this server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaSettings {
    /// UDP and TCP addresses for media, in the candidates of every answer.
    pub listen: Vec<SocketAddr>,
    /// Public addresses if this server is behind NAT.
    pub advertise: Vec<IpAddr>,
    /// Offer UDP. Without it all media goes over TCP: for networks and tests without UDP.
    pub udp: bool,
    /// Threads that forward media, each whole calls; 0: one for each core, up to eight.
    pub threads: u8,
}

/// Where Prometheus may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metrics {
    /// Nowhere.
    Off,
    /// `GET /metrics` there.
    At(SocketAddr),
}

/// What is logged, to standard error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// A level, or directives of `tracing`, e.g. `info,server=debug`.
    pub filter: String,
    /// Lines for people or for machines.
    pub format: LogFormat,
}

/// Lines for people or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Bounds on load.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// TCP connections at one time. Each costs about 30 kB, a TLS one about 60 kB.
    pub connections: usize,
    /// TCP connections from one address (IPv6: one /64) at one time. Offices share addresses.
    pub connections_per_address: usize,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the config file {}: {source}. Check the path after --config", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has a mistake.
    #[error("{}, line {line}: {why}\n  {text}\nCorrect that line; docs/deploy.md lists every key", file.display())]
    Line {
        /// Which file.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// The line itself.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A variable has a mistake.
    #[error("the environment variable {name} is wrong: {why}")]
    Environment {
        /// Which variable.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Single keys are right, but not together.
    #[error("{0}")]
    Together(String),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: both_families(443),
            url: None,
            data: PathBuf::from("/var/lib/incamera"),
            store: Storage::default(),
            tls: Tls::default(),
            media: MediaSettings::default(),
            metrics: Metrics::default(),
            log: Log::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for MediaSettings {
    fn default() -> Self {
        // 3478 is the port of STUN: firewalls that let calls through at all know it.
        Self {
            listen: both_families(3478),
            advertise: Vec::new(),
            udp: true,
            threads: 0,
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::At(SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)))
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            format: LogFormat::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: 512,
        }
    }
}

impl<'de> Deserialize<'de> for Metrics {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl std::str::FromStr for Metrics {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            address => address.parse().map(Self::At).map_err(
                |_| "expected an address with a port, e.g. \"127.0.0.1:9464\", or \"off\"",
            ),
        }
    }
}

impl Config {
    /// Defaults, then `file` if one is named, then `INCAMERA_*` from the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut config = match file {
            Some(file) => Self::read(file)?,
            None => Self::default(),
        };
        environment::apply(&mut config, |name| std::env::var(name).ok())?;
        Ok(config)
    }

    fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|source| ConfigError::Read {
            file: file.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
            ConfigError::Line {
                file: file.to_owned(),
                line,
                text: without_password(text.lines().nth(line - 1).unwrap_or_default().trim()),
                why: error.message().to_owned(),
            }
        })
    }

    /// Checks what no single key can tell.
    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |why: &str| Err(ConfigError::Together(why.to_owned()));
        if self.listen.is_empty() {
            return wrong("`listen` is empty: name at least one address, e.g. [\"0.0.0.0:443\"]");
        }
        if self.tls == Tls::Localhost && self.listen.iter().any(|a| !a.ip().is_loopback()) {
            return wrong(
                "plain HTTP is for a browser on this machine only: with `tls.mode = \"localhost\"` \
                 (--http-localhost) `listen` must be a loopback address such as 127.0.0.1:8080. \
                 For others to reach it use another tls.mode",
            );
        }
        if let Tls::Acme { domains, .. } = &self.tls
            && domains.is_empty()
        {
            return wrong("`tls.domains` is empty: ACME needs the host names of this server");
        }
        if let Some(url) = &self.url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            return wrong("`url` must begin with https://, e.g. https://calls.example.org");
        }
        if let Metrics::At(address) = self.metrics
            && !address.ip().is_loopback()
        {
            return wrong(
                "`metrics` must be a loopback address: what it tells is not for the network",
            );
        }
        if self.media.listen.is_empty() {
            return wrong(
                "`media.listen` is empty: name at least one address, e.g. [\"0.0.0.0:3478\"]",
            );
        }
        Ok(())
    }
}

/// A line of the file as it may be shown: a URL may have a password in it.
fn without_password(line: &str) -> String {
    let key = line.split('=').next().unwrap_or_default().trim();
    if key.trim_matches(['"', '\'']) == "store" || line.contains("://") && line.contains('@') {
        return format!("{key} = …");
    }
    line.to_owned()
}

fn both_families(port: u16) -> Vec<SocketAddr> {
    vec![
        (Ipv4Addr::UNSPECIFIED, port).into(),
        (Ipv6Addr::UNSPECIFIED, port).into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("incamera.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file)
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(load("").unwrap(), Config::default());
        assert!(Config::default().check().is_ok());
    }

    #[test]
    fn the_example_in_deploy_is_read() {
        let config = load(include_str!("../../../deploy/incamera.toml")).unwrap();
        assert!(config.check().is_ok());
    }

    #[test]
    fn a_broken_line_is_named_with_its_number_and_text() {
        for (text, line, part) in [
            ("data = \"/x\"\nlisten = [\"nowhere\"]\n", 2, "nowhere"),
            ("\n\n[media]\nupd = true\n", 4, "upd"),
            ("data = \n", 1, "data"),
            ("[tls]\nmode = \"acne\"\n", 2, "acne"),
        ] {
            let error = load(text).expect_err(text);
            let shown = error.to_string();
            let ConfigError::Line { line: found, .. } = error else {
                panic!("{shown}")
            };
            assert_eq!(found, line, "{text}: {shown}");
            assert!(shown.contains(part), "{shown}");
        }
    }

    #[test]
    fn a_password_in_a_broken_line_is_not_shown() {
        for text in [
            "store = \"postgress://u:Planted-7f3a@host/calls\"\n",
            "store = \"postgres://u:Planted-7f3a@host/calls?what=1\"\n",
            "store = \"postgres://u:Planted-7f3a@host/calls\n",
            "store = postgres://u:Planted-7f3a@host/calls\n",
            "stor = \"postgres://u:Planted-7f3a@host/calls\"\n",
            "\"store\" = [\"Planted-7f3a\"]\n",
        ] {
            let error = load(text).expect_err(text);
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("Planted"), "{shown}");
            assert!(shown.contains("line 1"), "{shown}");
        }
    }

    #[test]
    fn plain_http_is_refused_on_an_open_address() {
        let config = Config {
            tls: Tls::Localhost,
            ..Config::default()
        };
        let why = config.check().unwrap_err().to_string();
        assert!(why.contains("127.0.0.1"), "{why}");
    }
}
