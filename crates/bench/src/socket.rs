//! UDP sockets that tell when a datagram arrived and take a burst in one read.

use std::{
    io::IoSliceMut,
    net::{IpAddr, SocketAddr, UdpSocket},
    os::fd::AsRawFd,
};

use anyhow::{Context, Result};
use nix::{
    cmsg_space,
    sys::{
        socket::{
            ControlMessageOwned, MsgFlags, SockaddrIn, SockaddrIn6, SockaddrLike, SockaddrStorage,
            recvmsg, setsockopt,
            sockopt::{RcvBuf, ReceiveTimestampns, SndBuf, UdpGroSegment},
        },
        time::TimeSpec,
    },
};

/// For a burst that arrives while the load is busy elsewhere; the kernel may give less.
const BUFFER_BYTES: usize = 4 << 20;
/// The largest read with UDP_GRO.
const READ_BYTES: usize = 1 << 16;

/// A socket on a free port of `address`.
pub(crate) fn bind(address: IpAddr) -> Result<UdpSocket> {
    let socket = UdpSocket::bind((address, 0)).with_context(|| format!("no UDP on {address}"))?;
    socket.set_nonblocking(true)?;
    setsockopt(&socket, RcvBuf, &BUFFER_BYTES)?;
    setsockopt(&socket, SndBuf, &BUFFER_BYTES)?;
    setsockopt(&socket, ReceiveTimestampns, &true)?;
    setsockopt(&socket, UdpGroSegment, &true)?;
    Ok(socket)
}

/// Room for one read.
pub(crate) struct Buffers {
    data: Vec<u8>,
    control: Vec<u8>,
}

/// What one read brought: datagrams of equal length, the last may be shorter.
pub(crate) struct Read<'a> {
    pub(crate) from: SocketAddr,
    /// By the clock of [`crate::packet::clock_ns`].
    pub(crate) at_ns: u64,
    pub(crate) segment: usize,
    pub(crate) data: &'a mut [u8],
}

impl Buffers {
    pub(crate) fn new() -> Self {
        Self {
            data: vec![0; READ_BYTES],
            control: cmsg_space!(TimeSpec, i32),
        }
    }

    /// `None` if nothing waits.
    pub(crate) fn read(&mut self, socket: &UdpSocket) -> Option<Read<'_>> {
        let mut slices = [IoSliceMut::new(&mut self.data)];
        let control = Some(&mut self.control[..]);
        let flags = MsgFlags::MSG_DONTWAIT;
        let message =
            recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut slices, control, flags).ok()?;
        let (len, mut segment, mut at_ns) = (message.bytes, message.bytes, 0);
        for control in message.cmsgs().ok()? {
            match control {
                ControlMessageOwned::ScmTimestampns(at) => {
                    at_ns = at.tv_sec() as u64 * 1_000_000_000 + at.tv_nsec() as u64;
                }
                ControlMessageOwned::UdpGroSegments(bytes) => segment = bytes as usize,
                _ => {}
            }
        }
        let from = message.address.as_ref().and_then(address)?;
        Some(Read {
            from,
            at_ns,
            segment: segment.max(1),
            data: &mut self.data[..len],
        })
    }
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage
        .as_sockaddr_in()
        .map(|&a: &SockaddrIn| SocketAddr::V4(a.into()));
    v4.or_else(|| {
        storage
            .as_sockaddr_in6()
            .map(|&a: &SockaddrIn6| SocketAddr::V6(a.into()))
    })
    .filter(|_| storage.len() > 0)
}
