//! A stream that ends when its peer neither sends nor takes a byte for too long.
//!
//! hyper times out slow headers and dead HTTP/2 peers; not those who never say which HTTP they speak,
//! nor those who do not read their answer. Connections that are in use are never this quiet: HTTP/2
//! and WebSocket peers are pinged every few seconds.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

pub(super) struct Lively<S> {
    stream: S,
    quiet_max: Duration,
    moved: Instant,
    timer: Pin<Box<Sleep>>,
}

impl<S> Lively<S> {
    pub(super) fn new(stream: S, quiet_max: Duration) -> Self {
        Self {
            stream,
            quiet_max,
            moved: Instant::now(),
            timer: Box::pin(sleep(quiet_max)),
        }
    }

    /// Whether what is awaited has been awaited for too long.
    fn or_quiet<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            return polled;
        }
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let due = self.moved + self.quiet_max;
            if Instant::now() >= due {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            // Set anew only when it fires, not for every byte.
            self.timer.as_mut().reset(due);
        }
    }

    /// As [`Self::or_quiet`], for what shows that the peer is there.
    fn or_quiet_moving<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.moved = Instant::now();
        }
        self.or_quiet(cx, polled)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lively<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.or_quiet_moving(cx, polled)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lively<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.or_quiet_moving(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.or_quiet_moving(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Ready whenever there is nothing to flush: that shows nothing.
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.or_quiet(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.or_quiet(cx, polled)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const QUIET: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn a_peer_that_says_nothing_is_given_up() {
        let (near, _far) = duplex(64);
        let error = Lively::new(near, QUIET).read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_peer_that_does_not_read_is_given_up() {
        let (near, _far) = duplex(64);
        let error = Lively::new(near, QUIET)
            .write_all(&[0; 4096])
            .await
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_peer_that_says_a_little_now_and_then_is_kept() {
        let (near, mut far) = duplex(64);
        let mut near = Lively::new(near, QUIET);
        let talk = async {
            for _ in 0..8 {
                tokio::time::sleep(QUIET / 4).await;
                far.write_u8(1).await.unwrap();
            }
        };
        let hear = async {
            for _ in 0..8 {
                near.read_u8().await.unwrap();
            }
        };
        tokio::join!(talk, hear);
    }
}
