//! The server all calls are on, in this process or in one of its own, and the calls' plans.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use protocol::{CallId, CircleId, DelegationId, http::NewCall, plan::UnverifiedPlan};
use sealed::{
    convene,
    link::{self, CallSecret},
};
use server::{
    Config, Running, config,
    evil::{Passing, Verdict},
};
use tempfile::TempDir;

use crate::apart::Apart;

/// What a case does to the media of its call.
pub type Tap = Box<dyn FnMut(&Passing, &mut Vec<u8>) -> Verdict + Send>;

/// A call's plan, before it has names.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Seats.
    pub seats: u16,
    /// The first so many are hosts.
    pub hosts: u16,
    /// With cameras.
    pub pictures: bool,
    /// It was convened this long ago: its grants may have expired.
    pub age_ms: u64,
    /// So many seats to a delegation. More than one: each of these has a circle, in which its seats take part.
    pub together: u16,
}

/// A call that was convened.
pub struct Convened {
    /// Its id.
    pub id: CallId,
    /// Its secret.
    pub secret: CallSecret,
    /// With names.
    pub plan: UnverifiedPlan,
    /// As the server was given it.
    pub new: NewCall,
}

/// The server.
pub struct Hall {
    server: House,
    folder: TempDir,
    address: SocketAddr,
    key: String,
    taps: Arc<Mutex<HashMap<CallId, Tap>>>,
}

enum House {
    /// In this process, with a tap behind SRTP.
    Tapped(Running),
    /// As it is shipped, in a process of its own.
    Apart(Apart),
}

impl Plan {
    /// Four seats, one of them never taken but by ghosts, and voices only.
    pub const fn voices(hosts: u16) -> Self {
        Self {
            seats: 4,
            hosts,
            pictures: false,
            age_ms: 0,
            together: 1,
        }
    }

    /// Two delegations of two, the first seat of each at the head of its circle, and voices only.
    pub const fn circles() -> Self {
        Self {
            together: 2,
            ..Self::voices(1)
        }
    }

    /// The circle of a seat's delegation.
    pub fn circle(self, seat: u16) -> CircleId {
        CircleId::of_delegation(DelegationId(seat.div_ceil(self.together))).unwrap_or_default()
    }

    fn written(self) -> UnverifiedPlan {
        let seat = |n: u16| serde_json::json!({ "name": name(n), "title": title(n), "host": n <= self.hosts });
        let delegation = |n: u16| {
            let of = (1..=self.seats).filter(|seat| seat.div_ceil(self.together) == n);
            serde_json::json!({ "name": format!("Delegation of Plantland {n}"), "short_name": format!("PL{n}"),
                "seats": of.map(seat).collect::<Vec<_>>() })
        };
        let delegations = 1..=self.seats.div_ceil(self.together);
        let delegations: Vec<_> = delegations.map(delegation).collect();
        let format = if self.pictures { "video" } else { "voice" };
        let plan =
            serde_json::json!({ "title": TITLE, "format": format, "delegations": delegations });
        serde_json::from_value(plan).expect("it is a plan")
    }

    /// Convenes it under another secret.
    pub fn convene(self, id: CallId, secret: &CallSecret) -> Result<Convened, String> {
        let plan = self.written();
        let new = convene::new_call(secret, &plan, id, now_ms() - self.age_ms)
            .map_err(|e| e.to_string())?;
        Ok(Convened {
            id,
            secret: secret.clone(),
            plan,
            new,
        })
    }
}

/// Title of every call.
pub const TITLE: &str = "Consultation on Planted Words";

/// The person of a seat.
pub fn name(seat: u16) -> String {
    format!("Person Plantagenet the {seat}.")
}

/// And its title.
pub fn title(seat: u16) -> String {
    format!("Planted Minister {seat}")
}

impl Hall {
    /// Starts the server on a folder that is thrown away.
    pub async fn open() -> Result<Self, String> {
        Self::open_on(Ipv4Addr::LOCALHOST.into()).await
    }

    /// The same, with its media on this address.
    pub async fn open_on(media: IpAddr) -> Result<Self, String> {
        let (folder, address) = (folder()?, free(Ipv4Addr::LOCALHOST.into())?);
        let media = free(media)?;
        let config = Config {
            listen: vec![address],
            data: folder.path().to_owned(),
            tls: config::Tls::Localhost,
            media: config::MediaSettings {
                listen: vec![media],
                ..config::MediaSettings::default()
            },
            metrics: config::Metrics::Off,
            ..Config::default()
        };
        let server = server::start(config).await.map_err(|e| e.to_string())?;
        let key = server
            .store()
            .add_convener("evil", 0)
            .await
            .map_err(|e| e.to_string())?;
        let taps = Arc::new(Mutex::new(HashMap::<CallId, Tap>::new()));
        let of_calls = taps.clone();
        server.tap(move |passing: &Passing, payload: &mut Vec<u8>| {
            let mut taps = of_calls.lock().unwrap_or_else(PoisonError::into_inner);
            match taps.get_mut(&passing.call) {
                Some(tap) => tap(passing, payload),
                None => Verdict::Deliver,
            }
        });
        Ok(Self {
            server: House::Tapped(server),
            folder,
            address,
            key,
            taps,
        })
    }

    /// Starts `incamera serve` in a process of its own. Media on it cannot be tapped.
    pub async fn apart() -> Result<Self, String> {
        let (folder, local) = (folder()?, Ipv4Addr::LOCALHOST.into());
        let (path, address, media) = (folder.path().to_owned(), free(local)?, free(local)?);
        let start = move || Apart::start(&path, address, media);
        let started = tokio::task::spawn_blocking(start).await;
        let server = started.map_err(|e| e.to_string())??;
        let key = server.key.clone();
        Ok(Self {
            server: House::Apart(server),
            folder,
            address,
            key,
            taps: Arc::default(),
        })
    }

    /// The process of a server that has one of its own.
    pub fn pid(&self) -> Option<u32> {
        match &self.server {
            House::Tapped(_) => None,
            House::Apart(server) => Some(server.pid()),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it stores.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Convenes a call, as any convener would.
    pub async fn convene(&self, plan: Plan) -> Result<Convened, String> {
        let id = link::new_call_id().map_err(|e| e.to_string())?;
        let secret = CallSecret::generate().map_err(|e| e.to_string())?;
        let call = plan.convene(id, &secret)?;
        let (url, key) = (
            format!("http://{}/api/calls", self.address),
            format!("Bearer {}", self.key),
        );
        let body = call.new.clone();
        let post = move || ureq::post(url).header("Authorization", key).send_json(body);
        let posted = tokio::task::spawn_blocking(post).await;
        let posted = posted.map_err(|e| e.to_string())?;
        posted.map_err(|e| format!("not convened: {e}"))?;
        Ok(call)
    }

    /// Its convener ends a call.
    pub async fn end(&self, call: CallId) -> Result<(), String> {
        let (url, key) = (
            format!("http://{}/api/calls/{call}", self.address),
            format!("Bearer {}", self.key),
        );
        let delete = move || ureq::delete(url).header("Authorization", key).call();
        let deleted = tokio::task::spawn_blocking(delete).await;
        let deleted = deleted.map_err(|e| e.to_string())?;
        deleted.map_err(|e| format!("not ended: {e}"))?;
        Ok(())
    }

    /// All media of a call goes through this from now on.
    pub fn tap(&self, call: CallId, tap: Tap) {
        self.taps
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(call, tap);
    }

    /// The media of a call goes on unharmed.
    pub fn untap(&self, call: CallId) {
        self.taps
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&call);
    }

    /// Stops it; the folder goes with it.
    pub async fn close(self) {
        match self.server {
            House::Tapped(server) => {
                server.stop().await;
            }
            House::Apart(server) => drop(server),
        }
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    clock::wall_ms()
}

fn folder() -> Result<TempDir, String> {
    let folder = tempfile::Builder::new().prefix("incamera-evil-").tempdir();
    folder.map_err(|e| e.to_string())
}

/// Ports below those that Linux gives to sockets of no port of their own (`ip_local_port_range`): seventy cases open
/// hundreds, and one of them could take what was free a moment ago.
const PORTS: std::ops::Range<u16> = 20_000..32_768;
const TRIES: usize = 20;

/// A port that nobody has.
fn free(address: IpAddr) -> Result<SocketAddr, String> {
    let mut failed = String::new();
    for _ in 0..TRIES {
        let mut random = [0; 2];
        getrandom::fill(&mut random).map_err(|e| e.to_string())?;
        let port = PORTS.start + u16::from_ne_bytes(random) % (PORTS.end - PORTS.start);
        let at = SocketAddr::new(address, port);
        match (TcpListener::bind(at), UdpSocket::bind(at)) {
            (Ok(_), Ok(_)) => return Ok(at),
            (Err(error), _) | (_, Err(error)) => failed = error.to_string(),
        }
    }
    Err(format!("no port is free at {address}: {failed}"))
}
