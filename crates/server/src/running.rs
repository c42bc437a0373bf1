//! Start and stop of a whole server.

use std::{net::SocketAddr, time::Duration};

use clock::Clock;
use thiserror::Error;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    app::{App, SESSIONS_MAX, Shared},
    calls::Calls,
    config::{Config, ConfigError, Metrics, Tls},
    headers::Transport,
    http,
    listen::{self, Crowd, Door, ListenError},
    media::{Media, MediaConfig},
    metrics,
    store::{self, Alone, SharedStore},
    tls::{self, TlsError},
    vital,
};

/// Longest a stop waits for connections to end after everybody was told.
const DRAIN_MAX: Duration = Duration::from_secs(5);

/// Why the server did not start; each text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder, or the database.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// An address for HTTPS or metrics.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The media addresses.
    #[error("media: {0}")]
    Media(ListenError),
}

/// A server that runs. Dropping it without [`Running::stop`] only closes its listeners.
pub struct Running {
    url: String,
    addresses: Vec<SocketAddr>,
    fingerprint: Option<String>,
    app: App,
    media: Media,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// Keeps other servers off what it serves.
    _alone: Alone,
}

/// Starts a server.
pub async fn start(config: Config) -> Result<Running, StartError> {
    start_at(config, Clock::system()).await
}

/// Starts a server by a clock that can be set.
pub async fn start_at(config: Config, clock: Clock) -> Result<Running, StartError> {
    config.check()?;
    // Fails only if a provider was installed already: by another server of this process.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    metrics::install();
    // The certificate is kept there, wherever the calls are.
    store::prepare_folder(&config.data)?;
    let store = store::open(&config).await?;
    let alone = store.serve_alone().await?;
    let listeners = listen::bind(&listen::usable(&config.listen))?;
    let addresses: Vec<SocketAddr> = listeners
        .iter()
        .filter_map(|l| l.local_addr().ok())
        .collect();
    let media = start_media(&config, &addresses)?;
    let certificate = tls::prepare(&config, &addresses)?;
    let calls = Calls::new(store.clone(), media.clone(), clock);
    let app = Shared::new(store, calls);
    let trusted_tls = certificate
        .as_ref()
        .is_some_and(|certificate| certificate.trusted);
    let (stop, stopped) = watch::channel(false);
    let door = Door {
        router: http::router(app.clone(), Transport { trusted_tls }),
        tls: certificate
            .as_ref()
            .map(|certificate| certificate.acceptor.clone()),
        media: media.clone(),
        crowd: Crowd::new(&config.limits),
        stop: stopped,
    };
    let mut running = Running {
        url: public_url(&config, &addresses),
        addresses,
        fingerprint: certificate
            .as_ref()
            .and_then(|certificate| certificate.fingerprint.clone()),
        app,
        media,
        stop,
        tasks: certificate
            .and_then(|certificate| certificate.keeper)
            .into_iter()
            .collect(),
        _alone: alone,
    };
    running.serve(listeners, &door);
    running.serve_metrics(&config).await?;
    for address in &running.addresses {
        tracing::info!(%address, tls = door.tls.is_some(), "listening");
    }
    Ok(running)
}

impl Running {
    /// How a browser reaches it, without a slash at the end: what links begin with.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens for HTTPS (or, on localhost, HTTP).
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// SHA-256 of the self-signed certificate, if that is in use.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// Its database.
    pub fn store(&self) -> &SharedStore {
        &self.app.store
    }

    /// Its media path, for its figures.
    pub fn media(&self) -> &Media {
        &self.media
    }

    /// Tells every seat to come back, closes every connection, writes everything down. Takes at most
    /// a little over five seconds.
    pub async fn stop(self) {
        tracing::info!("stopping");
        self.app.begin_stop();
        // No receiver left would mean that every listener ended already.
        let _ = self.stop.send(true);
        self.app.calls.stop(DRAIN_MAX).await;
        let drained = self.app.sessions.acquire_many(SESSIONS_MAX);
        if tokio::time::timeout(DRAIN_MAX, drained).await.is_err() {
            tracing::warn!("some connections did not end in time and were dropped");
        }
        let (media, store) = (self.media.clone(), self.app.store.clone());
        drop(self);
        // Joins a thread, which takes a moment.
        let _ = tokio::task::spawn_blocking(move || media.stop()).await;
        store.close().await;
        tracing::info!("stopped");
    }

    fn serve(&mut self, listeners: Vec<TcpListener>, door: &Door) {
        for listener in listeners {
            self.tasks.push(tokio::spawn(vital::task(
                "a listener",
                listen::accept(listener, door.clone()),
            )));
        }
    }

    async fn serve_metrics(&mut self, config: &Config) -> Result<(), ListenError> {
        if let Metrics::At(address) = config.metrics {
            let task = metrics::serve(address, self.media.clone())
                .await
                .map_err(|source| {
                    ListenError::new(address, source, "`metrics = …` or `metrics = \"off\"`")
                })?;
            self.tasks.push(task);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn start_media(config: &Config, addresses: &[SocketAddr]) -> Result<Media, StartError> {
    let bind = listen::usable(&config.media.listen);
    let first = bind
        .first()
        .copied()
        .unwrap_or_else(|| ([0, 0, 0, 0], 0).into());
    let media = MediaConfig {
        tcp_bind: bind.clone(),
        bind,
        advertise: config.media.advertise.clone(),
        udp: config.media.udp,
        threads: config.media.threads,
        // Media is not on loopback, so such a listener is no candidate.
        https_port: addresses
            .iter()
            .find(|address| !address.ip().is_loopback())
            .map(SocketAddr::port),
    };
    Media::start(media).map_err(|source| {
        StartError::Media(ListenError::new(
            first,
            source,
            "--media or `media.listen = …`",
        ))
    })
}

/// What links begin with: as configured, or as good a guess as can be made from where it listens.
pub fn public_url(config: &Config, addresses: &[SocketAddr]) -> String {
    if let Some(url) = &config.url {
        return url.trim_end_matches('/').to_owned();
    }
    let (scheme, ordinary) = if config.tls == Tls::Localhost {
        ("http", 80)
    } else {
        ("https", 443)
    };
    let port = addresses.first().map_or(ordinary, SocketAddr::port);
    let host = match (&config.tls, addresses.first()) {
        (Tls::Acme { domains, .. }, _) => domains.first().cloned().unwrap_or_default(),
        (Tls::Localhost, _) | (_, None) => "localhost".to_owned(),
        (_, Some(address)) if !address.ip().is_unspecified() => bracketed(*address),
        _ => {
            let own = tls::own_addresses()
                .into_iter()
                .find(|a| a.is_ipv4() && !a.is_loopback());
            own.map_or_else(|| "localhost".to_owned(), |address| address.to_string())
        }
    };
    if port == ordinary {
        format!("{scheme}://{host}")
    } else {
        format!("{scheme}://{host}:{port}")
    }
}

fn bracketed(address: SocketAddr) -> String {
    if address.is_ipv6() {
        format!("[{}]", address.ip())
    } else {
        address.ip().to_string()
    }
}
