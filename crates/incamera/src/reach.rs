//! How `incamera call` reaches a server: by URL and convener key, or by the config file on the
//! server's own machine.

use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use protocol::ErrorMessage;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde::{Serialize, de::DeserializeOwned};
use server::{
    Config, SELF_SIGNED_CERTIFICATE,
    config::Tls,
    store::{self, SharedStore},
};
use tokio::runtime::Runtime;
use ureq::{
    Agent, Body,
    http::Response,
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
};

use crate::exit::{Code, Failure};

/// Longest an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Options that say which server.
#[derive(Args, Clone)]
#[group(skip)]
pub(crate) struct Options {
    /// The server, e.g. https://calls.example.org (or set INCAMERA_SERVER)
    #[arg(long, value_name = "URL", global = true)]
    server: Option<String>,
    /// The convener key; better in INCAMERA_KEY, where other users of this machine cannot see it
    #[arg(long, value_name = "KEY", global = true)]
    key: Option<String>,
    /// On the server's own machine: its config file, in place of --server and --key
    #[arg(long, value_name = "FILE", global = true, conflicts_with_all = ["server", "key"])]
    config: Option<PathBuf>,
    /// A certificate (PEM) to trust besides those of this system: a self-signed server's
    #[arg(long, value_name = "FILE", global = true)]
    certificate: Option<PathBuf>,
}

/// A server and the right to convene on it.
pub(crate) struct Server {
    agent: Agent,
    /// Where requests go.
    address: String,
    /// What links begin with.
    pub(crate) origin: String,
    key: String,
    /// The key is for this command only.
    borrowed: Option<(Runtime, SharedStore)>,
}

impl Options {
    /// Whether a server is named on the command line.
    pub(crate) fn is_given(&self) -> bool {
        self.server.is_some() || self.config.is_some()
    }

    /// The certificates (DER) to trust besides those of this system: the one named, or that of the own
    /// machine's self-signed server.
    pub(crate) fn certificates(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let own = match &self.config {
            Some(file) => {
                let config = Config::load(Some(file)).map_err(Failure::usage)?;
                let signed = matches!(config.tls, Tls::SelfSigned);
                signed.then(|| config.data.join(SELF_SIGNED_CERTIFICATE))
            }
            None => None,
        };
        let file = self
            .certificate
            .clone()
            .or(own.filter(|file| file.exists()));
        let certificates = file.map(|file| read_certificates(&file)).transpose()?;
        Ok(certificates
            .unwrap_or_default()
            .into_iter()
            .map(|certificate| certificate.to_vec())
            .collect())
    }

    /// Finds the server; makes a key for this command if only the config file was given.
    pub(crate) fn find(self) -> Result<Server, Failure> {
        // Fails only if it was done already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        if let Some(file) = self.config {
            return Server::by_config(&Config::load(Some(&file)).map_err(Failure::usage)?);
        }
        let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        let missing = |what: &str| {
            Failure::usage(format!(
                "name {what}, or on the server's own machine give --config FILE"
            ))
        };
        let server = self.server.or_else(|| variable("INCAMERA_SERVER"));
        let server = server.ok_or_else(|| missing("the server with --server URL"))?;
        let key = self.key.or_else(|| variable("INCAMERA_KEY"));
        let key = key.ok_or_else(|| missing("the convener key in INCAMERA_KEY"))?;
        let address = server.trim_end_matches('/').to_owned();
        if !address.starts_with("https://") && !address.starts_with("http://") {
            return Err(Failure::usage("the server's URL begins with https://"));
        }
        let agent = agent(self.certificate)?;
        Ok(Server {
            agent,
            origin: address.clone(),
            address,
            key: key.trim().to_owned(),
            borrowed: None,
        })
    }
}

impl Server {
    fn by_config(config: &Config) -> Result<Self, Failure> {
        let runtime = Runtime::new().map_err(Failure::failed)?;
        let store = runtime
            .block_on(store::open(config))
            .map_err(Failure::failed)?;
        let key = runtime
            .block_on(store.add_operator_key(clock::wall_ms()))
            .map_err(Failure::failed)?;
        let origin = server::public_url(config, &config.listen);
        let listening = config.listen.first().copied();
        let near = listening.map(|address| match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => format!("127.0.0.1:{}", address.port()),
            IpAddr::V6(ip) if ip.is_unspecified() => format!("[::1]:{}", address.port()),
            _ => address.to_string(),
        });
        let (address, trusted) = match (&config.tls, near) {
            (Tls::Localhost, Some(near)) => (format!("http://{near}"), None),
            (Tls::SelfSigned, Some(near)) => (
                format!("https://{near}"),
                Some(config.data.join(SELF_SIGNED_CERTIFICATE)),
            ),
            _ => (origin.clone(), None),
        };
        // Without the file the server has not been started yet: the request will say so better.
        let agent = agent(trusted.filter(|file| file.exists()))?;
        Ok(Self {
            agent,
            address,
            origin,
            key,
            borrowed: Some((runtime, store)),
        })
    }

    /// `GET`.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let request = self
            .agent
            .get(self.url(path))
            .header("authorization", self.bearer());
        read(&mut self.answered(request.call())?)
    }

    /// `POST` with a body.
    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .header("authorization", self.bearer());
        read(&mut self.answered(request.send_json(body))?)
    }

    /// `POST` without a body or an answer.
    pub(crate) fn post_empty(&self, path: &str) -> Result<(), Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .header("authorization", self.bearer());
        self.answered(request.send_empty()).map(drop)
    }

    /// `DELETE`.
    pub(crate) fn delete(&self, path: &str) -> Result<(), Failure> {
        let request = self
            .agent
            .delete(self.url(path))
            .header("authorization", self.bearer());
        self.answered(request.call()).map(drop)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api{path}", self.address)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.key)
    }

    fn answered(
        &self,
        result: Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, Failure> {
        let mut response = result.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        Err(match response.body_mut().read_json::<ErrorMessage>() {
            Ok(error) => Failure::new(Code::Refused, error.text),
            Err(_) => Failure::new(
                Code::Refused,
                format!("the server answered {status}: is it Incamera?"),
            ),
        })
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        let address = &self.address;
        let advice = match error {
            ureq::Error::Rustls(_) | ureq::Error::Tls(_) => {
                "its certificate is not trusted here; give a self-signed one with --certificate FILE"
            }
            ureq::Error::Io(e) if e.kind() == io::ErrorKind::InvalidData => {
                "its certificate is not trusted here; give a self-signed one with --certificate FILE"
            }
            ureq::Error::Io(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
                "nothing listens there; start it with `incamera serve`, or check the address"
            }
            ureq::Error::HostNotFound => "no such host; check the address",
            _ => "check the address and the network",
        };
        Failure::new(
            Code::Unreachable,
            format!("cannot reach {address}: {error} ({advice})"),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((runtime, store)) = &self.borrowed {
            // If it fails the key stays until a later command, unknown to anybody: not worth an error.
            let _ = runtime.block_on(store.remove_operator_key(&self.key, clock::wall_ms()));
            runtime.block_on(store.close());
        }
    }
}

fn agent(certificate: Option<PathBuf>) -> Result<Agent, Failure> {
    let mut trusted = rustls_native_certs::load_native_certs().certs;
    if let Some(file) = certificate {
        trusted.extend(read_certificates(&file)?);
    }
    let roots = trusted
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .build();
    Ok(config.into())
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    read.map_err(|error| {
        let file = file.display();
        Failure::usage(format!("cannot read the certificate {file}: {error}"))
    })
}

fn read<T: DeserializeOwned>(response: &mut Response<Body>) -> Result<T, Failure> {
    response.body_mut().read_json().map_err(|error| {
        Failure::failed(format!("the server's answer cannot be understood: {error}"))
    })
}
