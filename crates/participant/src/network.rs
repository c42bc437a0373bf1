//! The line between one participant and the server: what a bad network does to its packets, in user
//! space, in both directions, to media and signalling alike.
//!
//! [`profile`] is the table of networks, [`direction`] what happens to packets (seeded, without a
//! clock). Here is the part with IO: datagrams and TCP connections are led through, by the clock. On
//! the machine's own network ([`Network::direct`]) nothing is in between.

pub mod direction;
pub mod profile;
mod stream;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    net::TcpStream,
    sync::{Notify, mpsc, watch},
    task::AbortHandle,
    time,
};

use direction::{Carried, Direction, Parcel};
use profile::Profile;
pub use stream::Stream;

/// Where a parcel goes at the end of the line.
pub(crate) type Exit = Arc<dyn Fn(Vec<u8>) + Send + Sync>;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the server.
    Up,
    /// From it.
    Down,
}

/// A participant's way to the server. Clones are the same one.
#[derive(Clone, Default)]
pub struct Network {
    line: Option<Arc<Line>>,
}

struct Line {
    limited: bool,
    ways: Mutex<[Direction<Exit>; 2]>,
    sent: Arc<Notify>,
    /// Counts the addresses this participant had.
    address: watch::Sender<u32>,
    streams: std::sync::atomic::AtomicU64,
    driver: Mutex<Option<AbortHandle>>,
}

impl Network {
    /// The machine's own network.
    pub fn direct() -> Self {
        Self::default()
    }

    /// A line of this profile; needs a tokio runtime. Two lines with one seed lose the same packets,
    /// if the same are sent.
    pub fn line(profile: &Profile, seed: u64) -> Self {
        let ways = [seed << 1, (seed << 1) | 1].map(|seed| Direction::new(profile, seed));
        let line = Arc::new(Line {
            limited: profile.kilobits.is_some(),
            ways: Mutex::new(ways),
            sent: Arc::new(Notify::new()),
            address: watch::Sender::new(0),
            streams: std::sync::atomic::AtomicU64::new(0),
            driver: Mutex::new(None),
        });
        let driver = tokio::spawn(drive(Arc::downgrade(&line), line.sent.clone()));
        *lock(&line.driver) = Some(driver.abort_handle());
        Self { line: Some(line) }
    }

    /// Nothing passes for so long.
    pub fn cut(&self, time: Duration) {
        if let Some(line) = &self.line {
            let until = Instant::now() + time;
            lock(&line.ways).iter_mut().for_each(|way| way.cut(until));
        }
    }

    /// The participant gets another address: sockets opened before are dead, to the server too, which
    /// is not told.
    pub fn change_address(&self) {
        if let Some(line) = &self.line {
            line.address.send_modify(|address| *address += 1);
        }
    }

    /// What was carried up and down so far, and how much of it was lost; nothing is counted on the
    /// machine's own network.
    pub fn carried(&self) -> [Carried; 2] {
        let line = self.line.as_ref();
        line.map_or_else(Default::default, |line| {
            let ways = lock(&line.ways);
            [ways[0].carried(), ways[1].carried()]
        })
    }

    /// Whether packets need not be led through.
    pub(crate) fn is_direct(&self) -> bool {
        self.line.is_none()
    }

    /// Whether it carries little.
    pub(crate) fn is_limited(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.limited)
    }

    /// The number of the own address; a socket of another number is dead.
    pub(crate) fn address(&self) -> u32 {
        self.line.as_ref().map_or(0, |line| *line.address.borrow())
    }

    /// Leads a datagram through.
    pub(crate) fn carry(&self, way: Way, bytes: Vec<u8>, exit: Exit) {
        self.send(way, bytes, None, exit);
    }

    /// Opens a TCP connection to the server.
    pub(crate) async fn connect(&self, server: SocketAddr) -> io::Result<Stream> {
        let Some(line) = &self.line else {
            let stream = TcpStream::connect(server).await?;
            // Without it, small packets wait for acknowledgements; it works all the same.
            let _ = stream.set_nodelay(true);
            return Ok(Stream::direct(stream));
        };
        let number = line
            .streams
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let attempt = Attempt(self, number);
        // The handshake's round trip, as the first parcels of the stream.
        for way in [Way::Up, Way::Down] {
            let (arrived, mut arrives) = mpsc::unbounded_channel();
            let exit: Exit = Arc::new(move |_| {
                // Nobody waits any more: whoever connected has given up.
                let _ = arrived.send(());
            });
            self.send(way, Vec::new(), Some((number, 0)), exit);
            if arrives.recv().await.is_none() {
                return Err(io::ErrorKind::NotConnected.into());
            }
        }
        let stream = TcpStream::connect(server).await?;
        let _ = stream.set_nodelay(true);
        std::mem::forget(attempt);
        Ok(stream::through(self.clone(), number, stream))
    }

    fn send(&self, way: Way, bytes: Vec<u8>, place: Option<(u64, u64)>, exit: Exit) {
        let Some(line) = &self.line else {
            exit(bytes);
            return;
        };
        let parcel = Parcel { bytes, place, exit };
        lock(&line.ways)[way as usize].send(Instant::now(), parcel);
        line.sent.notify_one();
    }

    fn close(&self, stream: u64) {
        if let Some(line) = &self.line {
            let mut ways = lock(&line.ways);
            ways.iter_mut().for_each(|way| way.close(stream));
        }
    }

    fn addresses(&self) -> Option<watch::Receiver<u32>> {
        self.line.as_ref().map(|line| line.address.subscribe())
    }
}

/// A connection that is being made; given up when dropped.
struct Attempt<'a>(&'a Network, u64);

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.0.close(self.1);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(driver) = lock(&self.driver).take() {
            driver.abort();
        }
    }
}

/// Takes out what has arrived, when it has.
async fn drive(line: std::sync::Weak<Line>, sent: Arc<Notify>) {
    loop {
        let Some(strong) = line.upgrade() else { return };
        let (mut arrived, next) = {
            let (now, mut ways) = (Instant::now(), lock(&strong.ways));
            let mut arrived = Vec::new();
            for way in ways.iter_mut() {
                while let Some(parcel) = way.poll(now) {
                    arrived.push(parcel);
                }
            }
            let next = ways.iter().filter_map(Direction::next_at).min();
            (arrived, next)
        };
        drop(strong);
        // Outside the lock: an exit may send again.
        for parcel in arrived.drain(..) {
            (parcel.exit)(parcel.bytes);
        }
        match next {
            Some(at) => tokio::select! {
                () = time::sleep_until(at.into()) => {}
                () = sent.notified() => {}
            },
            None => sent.notified().await,
        }
    }
}

/// A panic elsewhere leaves the value as it was: it is only ever changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
