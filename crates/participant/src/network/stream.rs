//! A TCP connection that is led through a line: what its two ends write goes in as parcels, and a
//! change of address leaves it dead.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf},
    net::TcpStream,
    sync::{Semaphore, mpsc},
    time,
};

use super::{Exit, Network, Way};

/// Bytes of one parcel: what a segment carries.
const SEGMENT: usize = 1_400;
/// Segments under way before the writer waits: about the window TCP begins to need on a far line.
const WINDOW: usize = 48;
/// A connection whose client has moved is kept open for the server, which cannot know.
const HAUNT: Duration = Duration::from_secs(60);

/// One end of a connection to the server.
pub struct Stream(Inner);

enum Inner {
    Direct(TcpStream),
    Through(DuplexStream, Option<SocketAddr>),
}

impl Stream {
    pub(super) fn direct(stream: TcpStream) -> Self {
        Self(Inner::Direct(stream))
    }

    /// The own address.
    pub(crate) fn local_addr(&self) -> Option<SocketAddr> {
        match &self.0 {
            Inner::Direct(stream) => stream.local_addr().ok(),
            Inner::Through(_, local) => *local,
        }
    }
}

/// Leads `server` through the line as stream `number`, whose parcels 0 have passed.
pub(super) fn through(network: Network, number: u64, server: TcpStream) -> Stream {
    let local = server.local_addr().ok();
    let (near, far) = tokio::io::duplex(SEGMENT * WINDOW);
    tokio::spawn(async move {
        let mut server = Some(server);
        let mut moved = network.addresses();
        let gone = async {
            match &mut moved {
                // The line cannot go before this, which holds it.
                Some(moved) => moved.changed().await.unwrap_or(()),
                None => std::future::pending().await,
            }
        };
        {
            let Some(server) = server.as_mut() else {
                return;
            };
            let (client_reads, client_writes) = tokio::io::split(far);
            let (server_reads, server_writes) = server.split();
            let up = pump(&network, (Way::Up, number), client_reads, server_writes);
            let down = pump(&network, (Way::Down, number), server_reads, client_writes);
            tokio::select! {
                _ = async { tokio::join!(up, down) } => {
                    network.close(number);
                    return;
                }
                () = gone => {}
            }
        }
        // The client's end is dropped, so it knows at once, as a browser is told by its system.
        network.close(number);
        time::sleep(HAUNT).await;
        drop(server.take());
    });
    Stream(Inner::Through(near, local))
}

/// Leads one direction through, until its reader ends or its writer fails.
async fn pump(
    network: &Network,
    (way, number): (Way, u64),
    mut reader: impl AsyncRead + Unpin,
    mut writer: impl AsyncWrite + Unpin,
) {
    let window = Arc::new(Semaphore::new(WINDOW));
    let (out, mut outs) = mpsc::unbounded_channel::<Vec<u8>>();
    let read = async {
        let (mut buffer, mut place) = (vec![0; SEGMENT], 1);
        while let Ok(length) = reader.read(&mut buffer).await {
            let Ok(permit) = window.acquire().await else {
                return;
            };
            permit.forget();
            let (window, out) = (window.clone(), out.clone());
            let exit: Exit = Arc::new(move |bytes| {
                window.add_permits(1);
                // The other end is gone: nothing is written any more.
                let _ = out.send(bytes);
            });
            network.send(way, buffer[..length].to_vec(), Some((number, place)), exit);
            place += 1;
            if length == 0 {
                return; // the end passes like everything before it
            }
        }
    };
    let write = async {
        while let Some(bytes) = outs.recv().await {
            if bytes.is_empty() || writer.write_all(&bytes).await.is_err() {
                break;
            }
            // A stream of ours keeps nothing back.
            let _ = writer.flush().await;
        }
        // It may be closed already.
        let _ = writer.shutdown().await;
    };
    tokio::join!(read, write);
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Inner::Direct(stream) => Pin::new(stream).poll_read(context, buffer),
            Inner::Through(stream, _) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.0 {
            Inner::Direct(stream) => Pin::new(stream).poll_write(context, bytes),
            Inner::Through(stream, _) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Inner::Direct(stream) => Pin::new(stream).poll_flush(context),
            Inner::Through(stream, _) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Inner::Direct(stream) => Pin::new(stream).poll_shutdown(context),
            Inner::Through(stream, _) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
