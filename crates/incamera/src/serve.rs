//! `incamera serve`: a server until it is told to stop.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::Args;
use server::{
    Config, StartError,
    config::{Metrics, Tls},
    logs,
};
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Failure;

/// Run the server.
///
/// Without options it listens on ports 443 (HTTPS) and 3478 (media, UDP and TCP), keeps its data in
/// /var/lib/incamera and makes itself a self-signed certificate, which browsers warn about. A config
/// file sets everything else; docs/deploy.md explains each key. Environment variables INCAMERA_… go
/// over the file, options over both.
///
/// Ctrl-C or SIGTERM stops it: every seat is told to come back, and what was acknowledged is on disk.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    incamera serve --config /etc/incamera/incamera.toml\n  \
    incamera serve --http-localhost --data /tmp/incamera        try it on this machine\n  \
    incamera serve --data ./data --listen 0.0.0.0:8443          try it in a local network\n\n\
    Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage or configuration.")]
pub(crate) struct Options {
    /// Config file (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port for HTTPS; repeat for several
    #[arg(long, value_name = "ADDR")]
    listen: Vec<SocketAddr>,
    /// Folder for the database and the self-signed certificate
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address and port for media, UDP and TCP; repeat for several
    #[arg(long, value_name = "ADDR")]
    media: Vec<SocketAddr>,
    /// Public address of this machine if it is behind NAT; repeat for several
    #[arg(long, value_name = "IP")]
    advertise: Vec<IpAddr>,
    /// How people reach this server: what links begin with
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Plain HTTP for a browser on this machine only, on 127.0.0.1:8080 unless --listen says otherwise
    #[arg(long)]
    http_localhost: bool,
    /// Address and port for Prometheus (loopback), or `off`
    #[arg(long, value_name = "ADDR")]
    metrics: Option<Metrics>,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let mut config = Config::load(options.config.as_deref()).map_err(Failure::usage)?;
    options.apply(&mut config);
    logs::init(&config.log).map_err(Failure::usage)?;
    tokio::runtime::Runtime::new()
        .map_err(Failure::failed)?
        .block_on(serve(config))
}

impl Options {
    fn apply(self, config: &mut Config) {
        if self.http_localhost {
            config.tls = Tls::Localhost;
            config.listen = vec![SocketAddr::from(([127, 0, 0, 1], 8080))];
        }
        if !self.listen.is_empty() {
            config.listen = self.listen;
        }
        if let Some(data) = self.data {
            config.data = data;
        }
        if !self.media.is_empty() {
            config.media.listen = self.media;
        }
        if !self.advertise.is_empty() {
            config.media.advertise = self.advertise;
        }
        if let Some(url) = self.url {
            config.url = Some(url);
        }
        if let Some(metrics) = self.metrics {
            config.metrics = metrics;
        }
    }
}

async fn serve(config: Config) -> Result<(), Failure> {
    let running = server::start(config).await.map_err(|error| match error {
        StartError::Config(error) => Failure::usage(error),
        other => Failure::failed(other),
    })?;
    eprintln!("Incamera serves {}", running.url());
    if let Some(fingerprint) = running.fingerprint() {
        eprintln!(
            "Its certificate is self-signed: browsers will warn. Compare the fingerprint they show \
             (SHA-256):\n  {fingerprint}"
        );
    }
    eprintln!("Ctrl-C stops it.");
    stop_asked().await.map_err(Failure::failed)?;
    // A second Ctrl-C does not wait for the seats to be told.
    tokio::select! {
        () = running.stop() => Ok(()),
        again = stop_asked() => again.map_err(Failure::failed),
    }
}

async fn stop_asked() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}
