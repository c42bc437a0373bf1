//! One seat's signalling connection: a task that reads all that comes and keeps what is waited for.

use std::{
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use protocol::{AccessToken, ClientMessage, Holder, ServerMessage};
use tokio::{runtime::Runtime, sync::mpsc::UnboundedSender};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) struct Connection {
    say: UnboundedSender<ClientMessage>,
    heard: Receiver<ServerMessage>,
    /// Lines the server told this client to have.
    lines: Option<(u16, u16)>,
}

impl Connection {
    /// Connects, says hello, and has been welcomed.
    pub(super) fn open(
        runtime: &Runtime,
        url: &str,
        token: AccessToken,
        holder: [u8; 32],
    ) -> Result<Self> {
        let (socket, _) = runtime.block_on(connect_async(url))?;
        let (mut sink, mut stream) = socket.split();
        let (say, mut saying) = tokio::sync::mpsc::unbounded_channel::<ClientMessage>();
        let (hear, heard) = mpsc::channel();
        // Both end with the connection; the driver notices by its channels.
        runtime.spawn(async move {
            while let Some(message) = saying.recv().await {
                let text = serde_json::to_string(&message).expect("messages have no odd keys");
                if sink.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
        });
        runtime.spawn(async move {
            // Reading also answers pings.
            while let Some(Ok(message)) = stream.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                let message = serde_json::from_str(text.as_str());
                if let Some(message) = message.ok().filter(is_waited_for)
                    && hear.send(message).is_err()
                {
                    return;
                }
            }
        });
        let mut connection = Self {
            say,
            heard,
            lines: None,
        };
        connection.say(ClientMessage::Hello {
            protocol: protocol::VERSION,
            token,
            holder: Holder::from_bytes(holder),
        })?;
        connection.wait(|m| matches!(m, ServerMessage::Welcome { .. }).then_some(()))?;
        Ok(connection)
    }

    pub(super) fn say(&self, message: ClientMessage) -> Result<()> {
        self.say
            .send(message)
            .ok()
            .context("the server closed the connection")
    }

    /// The first message that `wanted` takes.
    pub(super) fn wait<T>(&mut self, wanted: impl Fn(ServerMessage) -> Option<T>) -> Result<T> {
        let limit = Instant::now() + PATIENCE;
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            let message = self
                .heard
                .recv_timeout(left)
                .context("the server says nothing")?;
            match message {
                ServerMessage::Error(error) => bail!("the server refused: {}", error.text),
                ServerMessage::Negotiate { audio, video } => self.lines = Some((audio, video)),
                other => {
                    if let Some(found) = wanted(other) {
                        return Ok(found);
                    }
                }
            }
        }
    }

    /// Audio and video lines to have.
    pub(super) fn lines(&mut self) -> Result<(u16, u16)> {
        while self.lines.is_none() {
            let message = self
                .heard
                .recv_timeout(PATIENCE)
                .context("nothing to negotiate")?;
            if let ServerMessage::Negotiate { audio, video } = message {
                self.lines = Some((audio, video));
            }
        }
        self.lines.context("nothing to negotiate")
    }
}

fn is_waited_for(message: &ServerMessage) -> bool {
    matches!(
        message,
        ServerMessage::Welcome { .. }
            | ServerMessage::Waiting { .. }
            | ServerMessage::Seated { .. }
            | ServerMessage::Negotiate { .. }
            | ServerMessage::Answer { .. }
            | ServerMessage::Error(_)
    )
}
