//! The sockets of one media thread.

use std::{io, net::SocketAddr};

use mio::{Interest, Registry, Token, net::TcpListener};
use socket2::{Domain, Socket, Type};

use super::{MediaAddrs, MediaConfig, udp::Udp};
use crate::listen::bind_tcp;

/// Token of the first UDP socket.
pub(super) const FIRST_UDP: usize = 1;
/// Token of the first TCP listener.
pub(super) const FIRST_LISTENER: usize = 500;
/// Connections the kernel holds for us until they are accepted.
const BACKLOG: i32 = 128;

/// UDP sockets, and on the first thread TCP listeners.
pub(super) struct Sockets {
    pub(super) udp: Vec<Udp>,
    pub(super) listeners: Vec<(TcpListener, SocketAddr)>,
}

impl Sockets {
    /// Those of the first thread, as configured. `shared`: other threads follow.
    pub(super) fn bind(
        config: &MediaConfig,
        shared: bool,
        registry: &Registry,
    ) -> io::Result<Self> {
        let mut udp = Vec::new();
        for &address in config.bind.iter().filter(|_| config.udp) {
            if shared {
                nobody_is_on(address).map_err(named("UDP", address))?;
            }
            let token = Token(FIRST_UDP + udp.len());
            let socket = Udp::bind(address, shared, registry, token);
            udp.push(socket.map_err(named("UDP", address))?);
        }
        let mut listeners = Vec::new();
        for &address in &config.tcp_bind {
            let token = Token(FIRST_LISTENER + listeners.len());
            let bound = bind_tcp(address, BACKLOG).map_err(named("TCP", address))?;
            let mut listener = TcpListener::from_std(bound);
            registry.register(&mut listener, token, Interest::READABLE)?;
            let local = listener.local_addr()?;
            listeners.push((listener, local));
        }
        Ok(Self { udp, listeners })
    }

    /// Those of another thread: UDP, where the first one is.
    pub(super) fn beside(first: &MediaAddrs, registry: &Registry) -> io::Result<Self> {
        let mut udp = Vec::new();
        for &address in &first.udp {
            let token = Token(FIRST_UDP + udp.len());
            let socket = Udp::bind(address, true, registry, token);
            udp.push(socket.map_err(named("UDP", address))?);
        }
        let listeners = Vec::new();
        Ok(Self { udp, listeners })
    }

    /// Where they are, with the ports chosen for port 0.
    pub(super) fn addrs(&self) -> MediaAddrs {
        MediaAddrs {
            udp: self.udp.iter().map(Udp::local).collect(),
            tcp: self.listeners.iter().map(|(_, local)| *local).collect(),
        }
    }

    /// The socket bound to this address; else, as behind address translation, to its port.
    pub(super) fn udp_for(&mut self, told: SocketAddr) -> Option<&mut Udp> {
        let position =
            |fits: &dyn Fn(SocketAddr) -> bool| self.udp.iter().position(|udp| fits(udp.local()));
        let index = position(&|local| local == told).or_else(|| {
            position(&|local| local.port() == told.port() && local.is_ipv4() == told.is_ipv4())
        });
        index.map(|index| &mut self.udp[index])
    }
}

/// Sockets that share an address would let another server of the same user on it, and the kernel would
/// deal clients out to both. So first as if it were ours alone.
fn nobody_is_on(address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())
}

/// For the operator: which address, and that it is media's.
fn named(kind: &'static str, address: SocketAddr) -> impl Fn(io::Error) -> io::Error {
    move |error| {
        let text = format!("media cannot listen on {kind} {address}: {error}");
        io::Error::new(error.kind(), text)
    }
}
