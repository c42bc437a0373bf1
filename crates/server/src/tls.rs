//! Certificates: by ACME, from files, or self-signed. Gives `listen` what it accepts TLS with.
//!
//! TLS 1.3 only, on rustls with aws-lc-rs. HTTP/2 and HTTP/1.1 by ALPN; ACME's own handshakes
//! (RFC 8737) are answered on the same port.

mod acme_cache;
mod files;
mod self_signed;

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::StreamExt as _;
use rustls::{ServerConfig, server::ResolvesServerCert};
use rustls_acme::{AcmeConfig, is_tls_alpn_challenge};
use self_signed::SelfSigned;
use thiserror::Error;
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use self::acme_cache::AcmeCache;
use crate::config::{Config, Tls};
pub use self_signed::CERTIFICATE as SELF_SIGNED_CERTIFICATE;

/// Why there is no certificate; each says what to do.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read or is not what it should be.
    #[error("cannot use the {what} {}: {why}. Check `tls.certificate` and `tls.key`", file.display())]
    File {
        /// Which of them.
        what: &'static str,
        /// Its path.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Certificate and key do not belong together, or rustls refuses them.
    #[error("the certificate {} and its key cannot be used together: {why}", file.display())]
    Pair {
        /// The certificate's path.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The folder of the ACME account and certificate cannot be made.
    #[error("cannot make the folder {} for what ACME fetches: {why}", folder.display())]
    AcmeFolder {
        /// Which folder.
        folder: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The self-signed certificate could not be made or kept.
    #[error("cannot make the self-signed certificate in {}: {why}", folder.display())]
    SelfSigned {
        /// Where it would be kept.
        folder: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// Accepts TLS connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Acceptor {
    ordinary: Arc<ServerConfig>,
    challenge: Option<Arc<ServerConfig>>,
}

/// A certificate, kept current by `keeper` if it needs keeping.
pub(crate) struct Certificate {
    pub(crate) acceptor: Acceptor,
    /// SHA-256 of a self-signed one, for people to compare.
    pub(crate) fingerprint: Option<String>,
    /// Browsers trust it.
    pub(crate) trusted: bool,
    pub(crate) keeper: Option<JoinHandle<()>>,
}

/// Prepares what `config.tls` asks for. `None`: plain HTTP on loopback.
pub(crate) fn prepare(
    config: &Config,
    listening: &[SocketAddr],
) -> Result<Option<Certificate>, TlsError> {
    let certificate = match &config.tls {
        Tls::Localhost => return Ok(None),
        Tls::SelfSigned => {
            let own = SelfSigned::new(&config.data, config.url.as_deref(), listening);
            let (pair, fingerprint) = own.load_or_make()?;
            let current = files::Current::new(pair);
            let acceptor = Acceptor {
                ordinary: server_config(current.clone()),
                challenge: None,
            };
            Certificate {
                acceptor,
                fingerprint: Some(fingerprint),
                trusted: false,
                keeper: Some(own.keep(current)),
            }
        }
        Tls::Files { certificate, key } => {
            let (resolver, keeper) = files::watch(certificate, key)?;
            let acceptor = Acceptor {
                ordinary: server_config(resolver),
                challenge: None,
            };
            Certificate {
                acceptor,
                fingerprint: None,
                trusted: true,
                keeper: Some(keeper),
            }
        }
        Tls::Acme {
            domains,
            contact,
            directory,
        } => acme(
            domains,
            contact.as_deref(),
            directory.as_deref(),
            &config.data,
        )?,
    };
    Ok(Some(certificate))
}

impl Acceptor {
    /// Shakes hands. `None`: it was the certificate authority's check, and is done.
    pub(crate) async fn accept(
        &self,
        stream: TcpStream,
    ) -> std::io::Result<Option<TlsStream<TcpStream>>> {
        let start = LazyConfigAcceptor::new(Default::default(), stream).await?;
        if let Some(challenge) = &self.challenge
            && is_tls_alpn_challenge(&start.client_hello())
        {
            let mut stream = start.into_stream(challenge.clone()).await?;
            tokio::io::AsyncWriteExt::shutdown(&mut stream).await?;
            return Ok(None);
        }
        start.into_stream(self.ordinary.clone()).await.map(Some)
    }
}

fn server_config(resolver: Arc<dyn ResolvesServerCert>) -> Arc<ServerConfig> {
    let mut config = ServerConfig::builder_with_protocol_versions(&[&rustls::version::TLS13])
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

fn acme(
    domains: &[String],
    contact: Option<&str>,
    directory: Option<&str>,
    data: &Path,
) -> Result<Certificate, TlsError> {
    let folder = data.join("acme");
    let cache = AcmeCache::open(folder.clone()).map_err(|error| TlsError::AcmeFolder {
        folder,
        why: error.to_string(),
    })?;
    let mut acme = AcmeConfig::new(domains)
        .contact(contact.map(|address| format!("mailto:{}", address.trim_start_matches("mailto:"))))
        .cache(cache)
        .directory_lets_encrypt(true);
    if let Some(directory) = directory {
        acme = acme.directory(directory);
    }
    let mut state = acme.state();
    let acceptor = Acceptor {
        ordinary: server_config(state.resolver()),
        challenge: Some(state.challenge_rustls_config()),
    };
    let keeper = tokio::spawn(async move {
        while let Some(event) = state.next().await {
            match event {
                Ok(event) => tracing::info!(?event, "certificate"),
                Err(error) => tracing::error!(
                    %error,
                    "no certificate yet; check that the name's DNS leads here and that port 443 is \
                     reachable from the internet"
                ),
            }
        }
    });
    Ok(Certificate {
        acceptor,
        fingerprint: None,
        trusted: true,
        keeper: Some(keeper),
    })
}

/// Host of a URL, without port and brackets.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => authority.split(':').next(),
    }
}

/// Addresses this machine has, link-local ones left out.
pub(crate) fn own_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces
        .iter()
        .filter(|i| !i.is_link_local())
        .map(if_addrs::Interface::ip)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_urls() {
        assert_eq!(
            host("https://calls.example.org:8443/x"),
            Some("calls.example.org")
        );
        assert_eq!(host("https://[2001:db8::1]:8443"), Some("2001:db8::1"));
        assert_eq!(host("calls.example.org"), None);
    }
}
