//! What the loop does with TCP connections: they come, are read and written, move to the thread of their
//! call, and go.

use std::{net::SocketAddr, time::Instant};

use mio::{Interest, Token};
use sfu::Protocol;

use super::{
    sockets::FIRST_LISTENER,
    tcp::{Frame, ReadOutcome},
    thread::MediaThread,
};

/// Connections taken from a listener at a time.
const ACCEPTS_MAX: usize = 64;

impl MediaThread {
    /// One read of each connection that has something. True if some may have more.
    pub(super) fn read_tcp(&mut self) -> bool {
        let now = Instant::now();
        for index in std::mem::take(&mut self.tcp.readable) {
            let (sfu, neighbours) = (&mut self.sfu, &self.neighbours);
            let outcome = self
                .tcp
                .read(now, index, &mut self.tcp_buffer, |from, to, datagram| {
                    if let Some(owner) = neighbours.owner_of_stream(datagram) {
                        return Frame::For(owner);
                    }
                    match sfu.handle_datagram(now, Protocol::Tcp, from, to, datagram) {
                        Ok(()) => Frame::Good,
                        Err(_) => Frame::Bad,
                    }
                });
            match outcome {
                ReadOutcome::More => self.tcp.readable.push(index),
                ReadOutcome::Blocked => {}
                ReadOutcome::Closed => self.close(index),
                ReadOutcome::Elsewhere(owner) => self.move_stream(index, owner),
            }
        }
        !self.tcp.readable.is_empty()
    }

    pub(super) fn accept(&mut self, listener: usize) {
        for _ in 0..ACCEPTS_MAX {
            match self.sockets.listeners[listener].0.accept() {
                Ok((stream, _)) => self.add_stream(stream.into(), &[]),
                Err(_) => return,
            }
        }
        // More are waiting, and the next readiness may not come for them.
        let token = Token(FIRST_LISTENER + listener);
        let (listener, _) = &mut self.sockets.listeners[listener];
        let _ = self
            .poll
            .registry()
            .reregister(listener, token, Interest::READABLE);
    }

    fn move_stream(&mut self, index: usize, owner: u8) {
        if let Some((stream, read)) = self.tcp.take(index, self.poll.registry()) {
            self.neighbours.hand_stream(owner, stream, read);
        }
    }

    pub(super) fn add_stream(&mut self, stream: std::net::TcpStream, read: &[u8]) {
        let registry = self.poll.registry();
        let added = self
            .tcp
            .add(Instant::now(), stream, read, &self.addresses, registry);
        match added {
            Ok(Some(gives_way)) => self.close(gives_way),
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%error, "a TCP connection for media was lost while it was taken");
            }
        }
    }

    pub(super) fn close(&mut self, index: usize) {
        if let Some((remote, told)) = self.tcp.close(index, self.poll.registry()) {
            self.sfu.handle_closed(Protocol::Tcp, remote, told);
        }
    }

    pub(super) fn write_tcp(
        &mut self,
        told: SocketAddr,
        to: SocketAddr,
        contents: &[u8],
        segment: usize,
    ) {
        for datagram in contents.chunks(segment) {
            let sent = self.tcp.send(to, told, datagram);
            self.send_drops += u64::from(!sent);
        }
    }
}
