//! A stream that gives its reader no more bytes than it was allowed.
//!
//! Without limit at first: HTTP has its own. `signal` sets one when a connection becomes a WebSocket and
//! lifts it when a link was found good, since a WebSocket's limit on messages cannot change once it is
//! open: a stranger must not make the server hold what a member may send.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const UNLIMITED: usize = usize::MAX;

/// Sets and lifts the limit of one stream. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Ration(Arc<AtomicUsize>);

/// The error of a read beyond the limit.
#[derive(Debug, Error)]
#[error("more bytes than were allowed so far")]
pub(crate) struct UsedUp;

pub(super) struct Rationed<S> {
    stream: S,
    ration: Ration,
}

impl Ration {
    pub(super) fn unlimited() -> Self {
        Self(Arc::new(AtomicUsize::new(UNLIMITED)))
    }

    /// From now on about this many bytes may be read (the read that reaches it may go beyond).
    pub(crate) fn limit(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    /// Any number of bytes may be read again.
    pub(crate) fn lift(&self) {
        self.0.store(UNLIMITED, Ordering::Relaxed);
    }
}

impl<S> Rationed<S> {
    pub(super) fn new(stream: S, ration: Ration) -> Self {
        Self { stream, ration }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Rationed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = self.ration.0.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Err(io::Error::other(UsedUp)));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if left != UNLIMITED {
            let read = buffer.filled().len() - before;
            self.ration.limit(left.saturating_sub(read));
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rationed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn a_reader_gets_its_ration_and_no_more_until_it_is_lifted() {
        let (near, mut far) = duplex(64);
        let ration = Ration::unlimited();
        let mut near = Rationed::new(near, ration.clone());
        far.write_all(&[7; 30]).await.unwrap();
        let mut ten = [0; 10];
        near.read_exact(&mut ten).await.unwrap();
        ration.limit(10);
        near.read_exact(&mut ten).await.unwrap();
        let error = near.read_exact(&mut ten).await.unwrap_err();
        assert!(error.get_ref().unwrap().is::<UsedUp>());
        near.write_all(&[1]).await.unwrap();
        ration.lift();
        near.read_exact(&mut ten).await.unwrap();
    }
}
