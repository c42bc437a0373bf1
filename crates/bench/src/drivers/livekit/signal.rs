//! One participant's signalling connection: tasks that read all that comes and say what is to be said,
//! a ping among it every few seconds, as its clients do.

use std::{
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::{runtime::Runtime, sync::mpsc::UnboundedSender, time};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::wire::{self, Heard};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
const PING_EVERY: Duration = Duration::from_secs(5);

pub(super) struct Connection {
    say: UnboundedSender<Vec<u8>>,
    heard: Receiver<Heard>,
}

impl Connection {
    /// Connects, and has joined.
    pub(super) fn open(runtime: &Runtime, url: &str) -> Result<Self> {
        let (socket, _) = runtime.block_on(connect_async(url))?;
        let (mut sink, mut stream) = socket.split();
        let (say, mut saying) = tokio::sync::mpsc::unbounded_channel::<Vec<u8>>();
        let (hear, heard) = mpsc::channel();
        // Both end with the connection; the driver notices by its channels.
        runtime.spawn(async move {
            let mut ping = time::interval(PING_EVERY);
            loop {
                let message = tokio::select! {
                    said = saying.recv() => said,
                    _ = ping.tick() => Some(wire::ping(now_ms())),
                };
                let Some(message) = message else { return };
                if sink.send(Message::binary(message)).await.is_err() {
                    return;
                }
            }
        });
        runtime.spawn(async move {
            // Reading also answers the pings of the WebSocket.
            while let Some(Ok(message)) = stream.next().await {
                let Message::Binary(bytes) = message else {
                    continue;
                };
                if let Some(message) = Heard::read(&bytes)
                    && hear.send(message).is_err()
                {
                    return;
                }
            }
        });
        let connection = Self { say, heard };
        connection.wait(|heard| (heard == Heard::Joined).then_some(()))?;
        Ok(connection)
    }

    pub(super) fn say(&self, message: Vec<u8>) -> Result<()> {
        self.say
            .send(message)
            .ok()
            .context("the server closed the connection")
    }

    /// Hears until `wanted` has what it wants.
    pub(super) fn wait<T>(&self, mut wanted: impl FnMut(Heard) -> Option<T>) -> Result<T> {
        let limit = Instant::now() + PATIENCE;
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            let heard = self.heard.recv_timeout(left);
            match heard.context("the server says nothing")? {
                Heard::Refused(field, reason) => {
                    bail!("the server refused: message {field}, reason {reason}")
                }
                heard => {
                    if let Some(found) = wanted(heard) {
                        return Ok(found);
                    }
                }
            }
        }
    }
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_millis() as u64
}
