//! The stage of a demo or a rehearsal: a server in this process on a folder that is thrown away, and the call
//! convened on it.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    time::Duration,
};

use anyhow::Context;
use protocol::{CallId, SeatId, plan::UnverifiedPlan};
use sealed::{
    convene,
    link::{CallSecret, HOST_LINK_NUMBER, Link, LinkKey},
};
use server::{Config, Running, config};
use tempfile::TempDir;
use ureq::tls::TlsConfig;

/// Tried first, so that a link stays the same size from demo to demo.
const PORT: u16 = 4480;
/// Convening on the own machine takes milliseconds.
const CONVENE_TIMEOUT: Duration = Duration::from_secs(20);

/// A server with one call on it. [`Stage::strike`] ends it; the folder goes with it.
pub(crate) struct Stage {
    server: Running,
    folder: TempDir,
    call: CallId,
    secret: CallSecret,
}

impl Stage {
    /// Starts the server; `lan`: with HTTPS, for other machines.
    pub(crate) async fn build(call: CallId, port: Option<u16>, lan: bool) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("incamera-demo-").tempdir();
        let folder = folder.context("no temporary folder can be made")?;
        let port = match port {
            Some(port) => {
                anyhow::ensure!(
                    is_free(port, lan),
                    "port {port} is in use; choose another with --port"
                );
                port
            }
            None => free_port(lan).context("no free port was found")?,
        };
        let config = Config {
            listen: addresses(lan, port),
            data: folder.path().to_owned(),
            tls: if lan {
                config::Tls::SelfSigned
            } else {
                config::Tls::Localhost
            },
            // Any free port, on all addresses: Firefox uses no loopback address for media.
            media: config::MediaSettings {
                listen: vec![
                    (Ipv4Addr::UNSPECIFIED, 0).into(),
                    (Ipv6Addr::UNSPECIFIED, 0).into(),
                ],
                ..config::MediaSettings::default()
            },
            metrics: config::Metrics::Off,
            ..Config::default()
        };
        let server = server::start(config).await?;
        let secret = CallSecret::generate()?;
        Ok(Self {
            server,
            folder,
            call,
            secret,
        })
    }

    /// Convenes the call, as any convener would: over HTTP, with a key.
    pub(crate) async fn convene(&self, plan: &UnverifiedPlan) -> anyhow::Result<()> {
        let now = clock::wall_ms();
        let key = self.server.store().add_convener("demo", now).await?;
        let call = convene::new_call(&self.secret, plan, self.call, now)?;
        let url = format!("{}/api/calls", self.server.url());
        let posted = tokio::task::spawn_blocking(move || {
            // The certificate is the one this process has just made.
            let tls = TlsConfig::builder().disable_verification(true).build();
            let agent = ureq::Agent::config_builder()
                .tls_config(tls)
                .timeout_global(Some(CONVENE_TIMEOUT))
                .build()
                .new_agent();
            agent
                .post(url)
                .header("Authorization", format!("Bearer {key}"))
                .send_json(call)
        });
        posted.await?.context("the call could not be convened")?;
        Ok(())
    }

    /// The link of one seat.
    pub(crate) fn seat_link(&self, seat: SeatId) -> String {
        let key = LinkKey::Seat(self.secret.seat(self.call, seat, HOST_LINK_NUMBER));
        Link {
            call: self.call,
            key,
        }
        .url(self.server.url())
    }

    /// The host's link, which makes all others.
    pub(crate) fn host_link(&self, seat: SeatId) -> String {
        let key = LinkKey::Host {
            seat,
            secret: self.secret.clone(),
        };
        Link {
            call: self.call,
            key,
        }
        .url(self.server.url())
    }

    /// The server, for its figures and fingerprint.
    pub(crate) fn server(&self) -> &Running {
        &self.server
    }

    /// Stops the server and removes its folder.
    pub(crate) async fn strike(self) -> anyhow::Result<()> {
        self.server.stop().await;
        self.folder
            .close()
            .context("the temporary folder could not be removed")
    }
}

/// A port that is free on this machine: rehearsals may be played side by side.
pub(crate) fn any_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

fn addresses(lan: bool, port: u16) -> Vec<SocketAddr> {
    if lan {
        vec![
            (Ipv4Addr::UNSPECIFIED, port).into(),
            (Ipv6Addr::UNSPECIFIED, port).into(),
        ]
    } else {
        vec![
            (Ipv4Addr::LOCALHOST, port).into(),
            (Ipv6Addr::LOCALHOST, port).into(),
        ]
    }
}

fn is_free(port: u16, lan: bool) -> bool {
    addresses(lan, port)
        .first()
        .is_some_and(|address| TcpListener::bind(address).is_ok())
}

/// The usual port if nobody has it, else any that is free: both address families need the same one.
fn free_port(lan: bool) -> std::io::Result<u16> {
    let address = if lan {
        Ipv4Addr::UNSPECIFIED
    } else {
        Ipv4Addr::LOCALHOST
    };
    let usual = TcpListener::bind((address, PORT));
    let listener = usual.or_else(|_| TcpListener::bind((address, 0)))?;
    Ok(listener.local_addr()?.port())
}
