//! UDP sockets: many datagrams in one read (GRO), several of one receiver in one write (GSO), and
//! answers from the address they were sent to.

use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, SocketAddr},
};

use mio::{Interest, Registry, Token, net::UdpSocket};
use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use socket2::{Domain, Socket, Type};

/// Room for a read of the largest bundle the kernel makes.
const READ_BYTES: usize = 64 * 1024;
/// Reads at a time.
const READS: usize = 4;
/// Asked of the kernel; it gives what its limits allow. A key frame to 30 receivers is 1 MB.
const SOCKET_BUFFER_BYTES: usize = 4 << 20;

/// One bound socket.
pub(super) struct Udp {
    socket: UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
    /// Datagrams for one receiver, gathered for one write.
    run: Run,
    /// There may be more to read.
    pub(super) readable: bool,
}

/// Datagrams of one size (the last may be shorter) between the same addresses.
#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    size: usize,
    count: usize,
    route: Option<(Option<IpAddr>, SocketAddr)>,
    closed: bool,
}

/// Buffers shared by all sockets of the thread.
pub(super) struct ReadBuffers(Vec<Vec<u8>>);

impl ReadBuffers {
    pub(super) fn new() -> Self {
        Self(vec![vec![0; READ_BYTES]; READS])
    }
}

impl Udp {
    pub(super) fn bind(address: SocketAddr, registry: &Registry, token: Token) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.bind(&address.into())?;
        // The default of 200 kB loses packets in every burst; less than asked for still works.
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES);
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER_BYTES);
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        let mut socket = UdpSocket::from_std(socket.into());
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self {
            local: socket.local_addr()?,
            socket,
            state,
            run: Run::default(),
            readable: true,
        })
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Reads what one system call gives: `each(from, to, datagram)`.
    pub(super) fn read(
        &mut self,
        buffers: &mut ReadBuffers,
        mut each: impl FnMut(SocketAddr, SocketAddr, &[u8]),
    ) {
        let mut metas = [RecvMeta::default(); READS];
        let read = {
            let [a, b, c, d] = &mut buffers.0[..] else {
                unreachable!("there are as many buffers as reads")
            };
            let mut slices = [a, b, c, d].map(|buffer| IoSliceMut::new(buffer));
            self.state
                .recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas)
        };
        let count = match read {
            Ok(count) => count,
            Err(error) => {
                // Anything but "no more" is about one datagram or an ICMP message.
                self.readable = error.kind() != io::ErrorKind::WouldBlock;
                return;
            }
        };
        for (meta, buffer) in metas.iter().zip(&buffers.0).take(count) {
            let ip = meta.dst_ip.unwrap_or(self.local.ip());
            let to = SocketAddr::new(ip, self.local.port());
            for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                each(meta.addr, to, datagram);
            }
        }
    }

    /// Sends a datagram, or keeps it for [`Udp::flush`]. Gives the number of datagrams dropped.
    pub(super) fn send(&mut self, from: Option<IpAddr>, to: SocketAddr, datagram: &[u8]) -> u64 {
        let route = Some((from, to));
        let fits = self.run.route == route
            && !self.run.closed
            && datagram.len() <= self.run.size
            && self.run.count < self.state.max_gso_segments()
            && self.run.bytes.len() + datagram.len() <= 60_000;
        let dropped = if fits { 0 } else { self.flush() };
        let run = &mut self.run;
        if !fits {
            (run.route, run.size, run.count, run.closed) = (route, datagram.len(), 0, false);
        }
        run.closed = datagram.len() < run.size;
        run.bytes.extend_from_slice(datagram);
        run.count += 1;
        dropped
    }

    /// Sends what was kept.
    pub(super) fn flush(&mut self) -> u64 {
        let run = &mut self.run;
        let Some((src_ip, destination)) = run.route.take() else {
            return 0;
        };
        let transmit = Transmit {
            destination,
            ecn: None,
            contents: &run.bytes,
            segment_size: (run.count > 1).then_some(run.size),
            src_ip,
        };
        let sent = self
            .state
            .try_send(UdpSockRef::from(&self.socket), &transmit);
        let dropped = if sent.is_ok() { 0 } else { run.count as u64 };
        run.bytes.clear();
        dropped
    }
}
