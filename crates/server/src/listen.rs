//! TCP: one port for everything. The first byte of a connection says what it is.
//!
//! ```text
//!   0x16         TLS handshake record (RFC 8446, 5.1)      -> TLS -> HTTP or WebSocket
//!   0x00..=0x05  length of a framed STUN message (RFC 4571) -> media (ICE-TCP)
//!   A..=Z        an HTTP method: served on plain localhost, answered with advice otherwise
//! ```
//!
//! Owns the limits before a request is understood: connections, time to say something, time to shake
//! hands. HTTP itself is hyper's, routes are `http`'s.

mod crowd;
mod holder;
mod lively;
mod ration;
mod rest;
mod web;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{Extension, Router, extract::ConnectInfo};
use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};
use tower::Layer as _;

use crate::{media::Media, metrics as figures, tls::Acceptor};
pub(crate) use crowd::{Crowd, Place};
pub(crate) use holder::who_listens;
use ration::Rationed;
pub(crate) use ration::{Ration, UsedUp};

/// Time to send the first byte, and again to finish the TLS handshake, and again for each request's
/// headers.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections the kernel holds for us until they are accepted.
const BACKLOG: i32 = 1024;

/// An address cannot be listened on.
#[derive(Debug, Error)]
pub enum ListenError {
    /// Somebody else does.
    #[error(
        "{address} is in use{}. Stop that program, or choose another port with {option}",
        holder.as_ref().map(|who| format!(" by {who}")).unwrap_or_default()
    )]
    InUse {
        /// Which address.
        address: SocketAddr,
        /// Who listens there, if that can be known.
        holder: Option<String>,
        /// The option that changes it.
        option: &'static str,
    },
    /// A port below 1024 without the right to it.
    #[error(
        "no right to listen on {address}: ports below 1024 need it. Run by the systemd unit (which \
         grants CAP_NET_BIND_SERVICE), or choose a higher port with {option}"
    )]
    NoRight {
        /// Which address.
        address: SocketAddr,
        /// The option that changes it.
        option: &'static str,
    },
    /// Anything else.
    #[error("cannot listen on {address}: {source}. Choose another address with {option}")]
    Other {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
        /// The option that changes it.
        option: &'static str,
    },
}

impl ListenError {
    /// From what the system said about binding `address`.
    pub(crate) fn new(address: SocketAddr, source: io::Error, option: &'static str) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::InUse {
                address,
                holder: who_listens(address.port()),
                option,
            },
            io::ErrorKind::PermissionDenied => Self::NoRight { address, option },
            _ => Self::Other {
                address,
                source,
                option,
            },
        }
    }
}

/// What a new connection meets. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) router: Router,
    /// `None`: plain HTTP on loopback.
    pub(crate) tls: Option<Acceptor>,
    pub(crate) media: Media,
    pub(crate) crowd: Crowd,
    pub(crate) stop: watch::Receiver<bool>,
}

/// Listens on every address.
pub(crate) fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, ListenError> {
    addresses
        .iter()
        .map(|&address| {
            bind_tcp(address, BACKLOG)
                .and_then(TcpListener::from_std)
                .map_err(|source| ListenError::new(address, source, "--listen or `listen = …`"))
        })
        .collect()
}

/// Listens on one address, without blocking, also for media's TCP port. `backlog`: connections the
/// kernel holds until they are accepted.
pub(crate) fn bind_tcp(address: SocketAddr, backlog: i32) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        // IPv4 has an address of its own in the list.
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket.into())
}

/// `addresses` without `[::]` if this machine has no IPv6 at all and there are others.
pub(crate) fn usable(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let everywhere = |a: &SocketAddr| a.is_ipv6() && a.ip().is_unspecified();
    let has_v6 = || {
        Socket::new(Domain::IPV6, Type::DGRAM, None)
            .and_then(|socket| socket.bind(&SocketAddr::from(([0u16; 8], 0)).into()))
            .is_ok()
    };
    if addresses.iter().all(everywhere) || !addresses.iter().any(everywhere) || has_v6() {
        return addresses.to_vec();
    }
    tracing::warn!("this machine has no IPv6; listening on IPv4 only");
    addresses
        .iter()
        .copied()
        .filter(|a| !everywhere(a))
        .collect()
}

/// Accepts until the stop.
pub(crate) async fn accept(listener: TcpListener, mut door: Door) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = door.stop.changed() => return,
        };
        match accepted {
            Ok((stream, from)) => match door.crowd.admit(from.ip()) {
                Some(place) => {
                    let door = door.clone();
                    tokio::spawn(async move {
                        tokio::select! {
                            () = door.welcome(stream, from, place.clone()) => {}
                            () = place.given_away() => figures::connection("gave_way"),
                        }
                    });
                }
                None => figures::connection("turned_away"),
            },
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to come back.
                tracing::warn!(%error, "cannot accept connections; raise LimitNOFILE");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

impl Door {
    async fn welcome(self, stream: TcpStream, from: SocketAddr, place: Place) {
        // Small messages should leave at once; without it they only leave later.
        let _ = stream.set_nodelay(true);
        let mut first = [0];
        let Ok(Ok(1)) = timeout(PATIENCE, stream.peek(&mut first)).await else {
            return figures::connection("silent");
        };
        match (first[0], &self.tls) {
            (0x16, Some(acceptor)) => {
                figures::connection("tls");
                let accepted = timeout(PATIENCE, acceptor.accept(stream)).await;
                if let Ok(Ok(Some(stream))) = accepted {
                    self.http(stream, from, place).await;
                }
            }
            (0x00..=0x05, _) => {
                figures::connection("media");
                self.media.accept_tcp(stream);
            }
            (b'A'..=b'Z', None) => {
                figures::connection("http");
                self.http(stream, from, place).await;
            }
            (b'A'..=b'Z', Some(_)) => {
                figures::connection("http_on_tls");
                advise_https(stream).await;
            }
            _ => figures::connection("unknown"),
        }
    }

    async fn http<S>(self, stream: S, from: SocketAddr, place: Place)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = Extension(ConnectInfo(canonical(from))).layer(self.router);
        let service = Extension(place).layer(service);
        let ration = Ration::unlimited();
        let service = Extension(ration.clone()).layer(service);
        web::serve(Rationed::new(stream, ration), service, self.stop).await;
    }
}

/// An IPv4 address that came in through an IPv6 socket is an IPv4 address.
fn canonical(from: SocketAddr) -> SocketAddr {
    let ip: IpAddr = from.ip().to_canonical();
    (ip, from.port()).into()
}

async fn advise_https(mut stream: TcpStream) {
    let body = "This port speaks HTTPS: use an address that begins with https://\n";
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\
         content-security-policy: default-src 'none'\r\nconnection: close\r\n\r\n{body}"
    );
    let write = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    };
    let _ = timeout(PATIENCE, write).await;
}
