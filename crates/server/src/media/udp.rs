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
    /// There may be more to read.
    pub(super) readable: bool,
}

/// Buffers shared by all sockets of the thread.
pub(super) struct ReadBuffers(Vec<Vec<u8>>);

impl ReadBuffers {
    pub(super) fn new() -> Self {
        Self(vec![vec![0; READ_BYTES]; READS])
    }
}

impl Udp {
    /// `shared`: other threads have sockets on the same address.
    pub(super) fn bind(
        address: SocketAddr,
        shared: bool,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_reuse_port(shared)?;
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
        // The kernel stops early only when there is no more, and says so when there is again.
        self.readable = count == READS;
        for (meta, buffer) in metas.iter().zip(&buffers.0).take(count) {
            let ip = meta.dst_ip.unwrap_or(self.local.ip());
            let to = SocketAddr::new(ip, self.local.port());
            for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                each(meta.addr, to, datagram);
            }
        }
    }

    /// Sends datagrams of `segment` bytes, of which the last may be shorter. Gives how many were
    /// dropped, as the kernel had no room for them.
    pub(super) fn send(
        &mut self,
        src_ip: Option<IpAddr>,
        destination: SocketAddr,
        contents: &[u8],
        segment: usize,
    ) -> u64 {
        // Where the kernel cannot split (it was not built with UDP_SEGMENT), one at a time.
        let at_once = segment * self.state.max_gso_segments();
        let mut dropped = 0;
        for contents in contents.chunks(at_once) {
            let transmit = Transmit {
                destination,
                ecn: None,
                contents,
                segment_size: (contents.len() > segment).then_some(segment),
                src_ip,
            };
            let sent = self
                .state
                .try_send(UdpSockRef::from(&self.socket), &transmit);
            if sent.is_err() {
                dropped += contents.len().div_ceil(segment) as u64;
            }
        }
        dropped
    }
}
