//! A server in this process, a call on it, and ways to wait for what a participant reports.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use participant::{Options, Participant, RemoteReport, Report};
use protocol::{CallId, SeatId, plan::UnverifiedPlan};
use sealed::{
    convene,
    link::{self, CallSecret, HOST_LINK_NUMBER, Link, LinkKey},
};
use server::{Config, Running, config};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

const PATIENCE: Duration = Duration::from_secs(40);

/// A server in this process that can be started again on the same folder and ports.
pub(crate) struct Scene {
    folder: TempDir,
    pub(crate) http: SocketAddr,
    media: SocketAddr,
    pub(crate) call: CallId,
    secret: CallSecret,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let call = link::new_call_id().unwrap();
        let secret = CallSecret::generate().unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            http: free(),
            media: free(),
            call,
            secret,
        }
    }

    pub(crate) async fn start(&self, udp: bool) -> Running {
        let config = Config {
            listen: vec![self.http],
            data: self.data().to_owned(),
            tls: config::Tls::Localhost,
            media: config::MediaSettings {
                listen: vec![self.media],
                udp,
                ..config::MediaSettings::default()
            },
            metrics: config::Metrics::Off,
            ..Config::default()
        };
        server::start(config).await.unwrap()
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }

    /// A call of `seats` seats, each a delegation; the first is the host's.
    pub(crate) async fn convene(&self, server: &Running, seats: u16) {
        self.convene_delegations(server, &vec![1; seats.into()])
            .await;
    }

    /// A call of delegations of so many seats; the first seat is the host's, those after the first two of a delegation
    /// its staff's.
    pub(crate) async fn convene_delegations(&self, server: &Running, sizes: &[u16]) {
        let mut seats = 0;
        let mut seat = |place: u16| {
            seats += 1;
            let kind = if place < 2 { "principal" } else { "staff" };
            serde_json::json!({ "name": format!("Person {seats}"), "kind": kind, "host": seats == 1 })
        };
        let delegation = |(n, size): (usize, &u16)| {
            let seats: Vec<_> = (0..*size).map(&mut seat).collect();
            serde_json::json!({ "name": format!("Delegation {}", n + 1), "seats": seats })
        };
        let delegations: Vec<_> = sizes.iter().enumerate().map(delegation).collect();
        let plan = serde_json::json!({ "title": "Test", "delegations": delegations });
        let plan: UnverifiedPlan = serde_json::from_value(plan).unwrap();
        let call = convene::new_call(&self.secret, &plan, self.call, now_ms()).unwrap();
        let key = server.store().add_convener("test", 0).await.unwrap();
        let url = format!("http://{}/api/calls", self.http);
        let post = move || {
            ureq::post(url)
                .header("Authorization", format!("Bearer {key}"))
                .send_json(call)
        };
        tokio::task::spawn_blocking(post).await.unwrap().unwrap();
    }

    pub(crate) fn options(&self, seat: u16) -> Options {
        self.options_via(self.http, seat)
    }

    /// The same through another address.
    pub(crate) fn options_via(&self, address: SocketAddr, seat: u16) -> Options {
        let key = LinkKey::Seat(self.secret.seat(self.call, SeatId(seat), HOST_LINK_NUMBER));
        let link = Link {
            call: self.call,
            key,
        }
        .url(&format!("http://{address}"));
        Options {
            auto_host: seat == 1,
            ..Options::new(link, format!("seat {seat}"))
        }
    }
}

pub(crate) fn now_ms() -> u64 {
    clock::wall_ms()
}

/// A port that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
}

/// Waits until `ready` holds for a participant's report.
pub(crate) async fn until(
    participant: &Participant,
    what: &str,
    ready: impl Fn(&Report) -> bool,
) -> Report {
    let mut reports = participant.reports();
    let found = tokio::time::timeout(PATIENCE, reports.wait_for(|report| ready(report))).await;
    match found {
        Ok(report) => report.expect("the participant is still there").clone(),
        Err(_) => panic!(
            "not within {PATIENCE:?}: {what}; {:?}",
            participant.reports().borrow()
        ),
    }
}

pub(crate) fn saw_and_heard(other: u16) -> impl Fn(&Report) -> bool {
    move |report| report.saw.contains(&other) && report.heard.contains(&other)
}

/// What a participant knows of another seat's media: nothing yet, as long as none came.
pub(crate) fn remote(report: &Report, seat: u16) -> RemoteReport {
    report.remotes.get(&seat).cloned().unwrap_or_default()
}

/// A way to the server that can be cut and held up.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
    cut: watch::Sender<u32>,
    held: watch::Sender<bool>,
}

impl Proxy {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let here = (Ipv4Addr::LOCALHOST, 0);
        let listener = tokio::net::TcpListener::bind(here).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, cuts) = watch::channel(0);
        let (held, holds) = watch::channel(false);
        let task = tokio::spawn(async move {
            loop {
                let (here, _) = listener.accept().await.unwrap();
                let Ok(there) = TcpStream::connect(server).await else {
                    continue;
                };
                let (from_here, to_here) = here.into_split();
                let (from_there, to_there) = there.into_split();
                let (up, down) = (
                    pump(from_here, to_there, holds.clone()),
                    pump(from_there, to_here, holds.clone()),
                );
                let mut cuts = cuts.clone();
                cuts.mark_unchanged();
                tokio::spawn(async move {
                    tokio::select! {
                        () = up => {}
                        () = down => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        Self {
            address,
            task,
            cut,
            held,
        }
    }

    /// Ends all connections; new ones pass.
    pub(crate) fn cut(&self) {
        self.cut.send_modify(|n| *n += 1);
    }

    /// Nothing passes for so long, then all of it.
    pub(crate) async fn hold_up(&self, time: Duration) {
        self.held.send_replace(true);
        tokio::time::sleep(time).await;
        self.held.send_replace(false);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut held: watch::Receiver<bool>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length) = from.read(&mut buffer).await {
        let passes = held.wait_for(|held| !held).await.is_ok();
        if length == 0 || !passes || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
