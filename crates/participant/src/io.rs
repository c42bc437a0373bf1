//! Sockets for one PeerConnection: UDP, or TCP with the framing of RFC 4571, through the participant's
//! [`Network`].
//!
//! Reads end in one queue of [`Datagram`]s; writes never wait: what a full socket does not take is
//! lost, as on any network. What passes is counted in a [`Traffic`].

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use str0m::net::{Protocol, Transmit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, ReadHalf},
    net::{UdpSocket, lookup_host},
    sync::mpsc,
    task::JoinSet,
    time::{Duration, sleep, timeout},
};

use crate::network::{Exit, Network, Stream, Way};

/// Datagrams waiting to be read; more than a burst of key frames of nine seats.
const QUEUE: usize = 1024;
/// Largest datagram read.
const DATAGRAM_BYTES_MAX: usize = 2000;
/// A TCP address that does not answer within this time is left out.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// One datagram and its way here.
pub struct Datagram {
    /// By UDP or TCP.
    pub proto: Protocol,
    /// Who sent it.
    pub source: SocketAddr,
    /// The own address it came to.
    pub destination: SocketAddr,
    /// What is in it.
    pub data: Vec<u8>,
}

/// Bytes of media sent and received so far.
#[derive(Default)]
pub struct Traffic {
    up: AtomicU64,
    down: AtomicU64,
}

impl Traffic {
    /// Bytes up, bytes down.
    pub fn bytes(&self) -> (u64, u64) {
        let read = |bytes: &AtomicU64| bytes.load(Ordering::Relaxed);
        (read(&self.up), read(&self.down))
    }

    /// Counts `bytes` more that went up.
    pub(crate) fn sent(&self, bytes: usize) {
        self.up.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Counts `bytes` more that came down.
    pub(crate) fn received(&self, bytes: usize) {
        self.down.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// The sockets of one PeerConnection; dropping it closes them.
pub struct Sockets {
    network: Network,
    /// Number of the address they belong to.
    address: u32,
    traffic: Arc<Traffic>,
    udp: Vec<(SocketAddr, Arc<UdpSocket>)>,
    tcp: Vec<(SocketAddr, SocketAddr, mpsc::Sender<Vec<u8>>)>,
    queue: mpsc::Sender<Datagram>,
    received: mpsc::Receiver<Datagram>,
    tasks: JoinSet<()>,
}

impl Sockets {
    /// No sockets yet.
    pub fn new(network: Network, traffic: Arc<Traffic>) -> Self {
        let (queue, received) = mpsc::channel(QUEUE);
        Self {
            address: network.address(),
            network,
            traffic,
            udp: Vec::new(),
            tcp: Vec::new(),
            queue,
            received,
            tasks: JoinSet::new(),
        }
    }

    /// Opens a UDP socket on each own address that reaches the server. Returns the addresses.
    pub async fn bind_udp(&mut self, authority: &str) -> io::Result<Vec<SocketAddr>> {
        for server in lookup_host(authority).await? {
            let Some(socket) = bind_towards(server).await else {
                continue;
            };
            let Ok(local) = socket.local_addr() else {
                continue;
            };
            if self.udp.iter().any(|(bound, _)| bound.ip() == local.ip()) {
                continue;
            }
            let socket = Arc::new(socket);
            let read = read_udp(
                socket.clone(),
                local,
                self.queue.clone(),
                self.network.clone(),
                self.address,
            );
            self.tasks.spawn(read);
            self.udp.push((local, socket));
        }
        Ok(self.udp.iter().map(|(local, _)| *local).collect())
    }

    /// Connects by TCP to those of `servers` that answer. Returns the own addresses.
    pub async fn connect_tcp(&mut self, servers: &[SocketAddr]) -> Vec<SocketAddr> {
        let network = &self.network;
        let attempts = servers.iter().map(|&server| async move {
            let stream = timeout(CONNECT_TIMEOUT, network.connect(server)).await;
            Some((server, stream.ok()?.ok()?))
        });
        let connected = futures_util::future::join_all(attempts).await;
        let mut locals = Vec::new();
        for (server, stream) in connected.into_iter().flatten() {
            let Some(local) = stream.local_addr() else {
                continue;
            };
            let (reader, mut writer) = tokio::io::split(stream);
            let (sender, mut frames) = mpsc::channel::<Vec<u8>>(QUEUE);
            self.tasks
                .spawn(read_tcp(reader, server, local, self.queue.clone()));
            self.tasks.spawn(async move {
                while let Some(frame) = frames.recv().await {
                    if writer.write_all(&frame).await.is_err() {
                        return;
                    }
                }
            });
            self.tcp.push((local, server, sender));
            locals.push(local);
        }
        locals
    }

    /// Sends one datagram if the socket takes it now.
    pub fn send(&self, transmit: &Transmit) {
        self.traffic.sent(transmit.contents.len());
        if transmit.proto == Protocol::Udp {
            let socket = self.udp.iter().find(|(local, _)| *local == transmit.source);
            if let Some((_, socket)) = socket {
                self.send_udp(socket, transmit);
            }
            return;
        }
        let path = |p: &&(SocketAddr, SocketAddr, _)| {
            (p.0, p.1) == (transmit.source, transmit.destination)
        };
        let Some((_, _, sender)) = self.tcp.iter().find(path) else {
            return;
        };
        let Ok(length) = u16::try_from(transmit.contents.len()) else {
            return;
        };
        let frame = [&length.to_be_bytes()[..], &transmit.contents[..]].concat();
        let _ = sender.try_send(frame);
    }

    /// The next datagram.
    pub async fn receive(&mut self) -> Option<Datagram> {
        let datagram = self.received.recv().await?;
        self.traffic.received(datagram.data.len());
        Some(datagram)
    }

    /// The next datagram if one waits.
    pub fn try_receive(&mut self) -> Option<Datagram> {
        let datagram = self.received.try_recv().ok()?;
        self.traffic.received(datagram.data.len());
        Some(datagram)
    }

    fn send_udp(&self, socket: &Arc<UdpSocket>, transmit: &Transmit) {
        if self.network.is_direct() {
            // A full socket buffer loses the packet: media is sent again on request.
            let _ = socket.try_send_to(&transmit.contents, transmit.destination);
            return;
        }
        if self.network.address() != self.address {
            return;
        }
        let (socket, destination) = (socket.clone(), transmit.destination);
        let exit: Exit = Arc::new(move |bytes| {
            let _ = socket.try_send_to(&bytes, destination);
        });
        self.network
            .carry(Way::Up, transmit.contents.to_vec(), exit);
    }
}

/// A socket on the own address from which `server` is reached: a candidate needs a real address.
async fn bind_towards(server: SocketAddr) -> Option<UdpSocket> {
    let any: SocketAddr = if server.is_ipv4() {
        ([0; 4], 0).into()
    } else {
        ([0u16; 8], 0).into()
    };
    let probe = UdpSocket::bind(any).await.ok()?;
    // Connecting a UDP socket sends nothing; it only asks the routing table.
    probe.connect(server).await.ok()?;
    let local = probe.local_addr().ok()?.ip();
    UdpSocket::bind((local, 0)).await.ok()
}

async fn read_udp(
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    queue: mpsc::Sender<Datagram>,
    network: Network,
    address: u32,
) {
    let mut buffer = [0; DATAGRAM_BYTES_MAX];
    loop {
        let Ok((length, source)) = socket.recv_from(&mut buffer).await else {
            // Mostly the answer to something sent (ICMP); should it last, do not spin.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let data = buffer[..length].to_vec();
        let datagram = move |data| Datagram {
            proto: Protocol::Udp,
            source,
            destination: local,
            data,
        };
        if network.is_direct() {
            if queue.send(datagram(data)).await.is_err() {
                return;
            }
        } else if network.address() == address {
            let queue = queue.clone();
            let exit: Exit = Arc::new(move |data| {
                // What a full queue does not take is lost, as in a router.
                let _ = queue.try_send(datagram(data));
            });
            network.carry(Way::Down, data, exit);
        }
    }
}

async fn read_tcp(
    mut reader: ReadHalf<Stream>,
    server: SocketAddr,
    local: SocketAddr,
    queue: mpsc::Sender<Datagram>,
) {
    while let Ok(length) = reader.read_u16().await {
        let mut data = vec![0; usize::from(length)];
        if reader.read_exact(&mut data).await.is_err() {
            return;
        }
        let datagram = Datagram {
            proto: Protocol::Tcp,
            source: server,
            destination: local,
            data,
        };
        if queue.send(datagram).await.is_err() {
            return;
        }
    }
}
