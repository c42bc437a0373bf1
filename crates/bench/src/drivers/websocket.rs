//! A seat's signalling connection, as servers with WebSockets have it: tasks that say what is to be said,
//! read all that comes, and keep what is waited for.

use std::{
    io,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc::{UnboundedSender, unbounded_channel},
    time,
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where the tasks of a driver's connections run.
pub(super) fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// One connection, of which `T` is kept.
pub(super) struct WebSocket<T> {
    say: UnboundedSender<Message>,
    heard: Receiver<T>,
}

impl<T: Send + 'static> WebSocket<T> {
    /// Connects. `read`: what is kept of a message.
    pub(super) fn open(
        runtime: &Runtime,
        url: &str,
        read: impl Fn(Message) -> Option<T> + Send + 'static,
    ) -> Result<Self> {
        let (socket, _) = runtime.block_on(connect_async(url))?;
        let (mut sink, mut stream) = socket.split();
        let (say, mut saying) = unbounded_channel();
        let (hear, heard) = mpsc::channel();
        // Both end with the connection; the driver notices by its channels.
        runtime.spawn(async move {
            while let Some(message) = saying.recv().await {
                if sink.send(message).await.is_err() {
                    return;
                }
            }
        });
        runtime.spawn(async move {
            // Reading also answers the pings of the WebSocket.
            while let Some(Ok(message)) = stream.next().await {
                if let Some(message) = read(message)
                    && hear.send(message).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self { say, heard })
    }

    /// Says something now and then, for as long as this connection is held.
    pub(super) fn repeat(
        &self,
        runtime: &Runtime,
        every: Duration,
        message: impl Fn() -> Message + Send + 'static,
    ) {
        let say = self.say.downgrade();
        runtime.spawn(async move {
            let mut interval = time::interval(every);
            loop {
                interval.tick().await;
                match say.upgrade() {
                    Some(say) if say.send(message()).is_ok() => {}
                    _ => return,
                }
            }
        });
    }

    pub(super) fn say(&self, message: Message) -> Result<()> {
        self.say
            .send(message)
            .ok()
            .context("the server closed the connection")
    }

    /// Hears until `wanted` has what it wants.
    pub(super) fn wait<W>(&self, mut wanted: impl FnMut(T) -> Result<Option<W>>) -> Result<W> {
        let limit = Instant::now() + PATIENCE;
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            let heard = self.heard.recv_timeout(left);
            if let Some(found) = wanted(heard.context("the server says nothing")?)? {
                return Ok(found);
            }
        }
    }
}
