//! The stage of a demo or a rehearsal: a server in this process on a folder that is thrown away, or for a demo
//! on a database that is left as it was, and the call convened on it.

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
use server::{
    Config, Running,
    config::{self, Storage},
};
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
    /// The database is not thrown away.
    stays: bool,
    /// In a database that stays, for this call only.
    borrowed: Option<Borrowed>,
}

/// What is to be taken away again.
struct Borrowed {
    convener: String,
    key: String,
}

impl Stage {
    /// Starts the server; `lan`: with HTTPS, for other machines.
    pub(crate) async fn build(
        call: CallId,
        port: Option<u16>,
        lan: bool,
        store: Storage,
    ) -> anyhow::Result<Self> {
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
            store,
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
        let stays = config.store != Storage::Folder;
        let server = server::start(config).await?;
        let secret = CallSecret::generate()?;
        Ok(Self {
            server,
            folder,
            call,
            secret,
            stays,
            borrowed: None,
        })
    }

    /// Convenes the call, as any convener would: over HTTP, with a key.
    pub(crate) async fn convene(&mut self, plan: &UnverifiedPlan) -> anyhow::Result<()> {
        let now = clock::wall_ms();
        // A name nobody has, also where there are other conveners.
        let convener = format!("demo {}", self.call);
        let key = self.server.store().add_convener(&convener, now).await?;
        self.borrowed = self.stays.then(|| Borrowed {
            convener,
            key: key.clone(),
        });
        let call = convene::new_call(&self.secret, plan, self.call, now)?;
        let url = format!("{}/api/calls", self.server.url());
        let posted = tokio::task::spawn_blocking(move || {
            agent()
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

    /// Takes the call and its convener out of a database that stays, stops the server and removes its folder.
    pub(crate) async fn strike(mut self) -> anyhow::Result<()> {
        if let Some(Borrowed { convener, key }) = self.borrowed.take() {
            let url = format!("{}/api/calls/{}", self.server.url(), self.call);
            let delete = move || {
                agent()
                    .delete(url)
                    .header("Authorization", format!("Bearer {key}"))
                    .call()
            };
            let deleted = tokio::task::spawn_blocking(delete).await?;
            deleted.context("the call could not be deleted")?;
            self.server.store().remove_convener(&convener).await?;
        }
        self.server.stop().await;
        self.folder
            .close()
            .context("the temporary folder could not be removed")
    }
}

/// The certificate is the one this process has just made.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .tls_config(TlsConfig::builder().disable_verification(true).build())
        .timeout_global(Some(CONVENE_TIMEOUT))
        .build()
        .new_agent()
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
