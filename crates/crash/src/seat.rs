//! One person's connection: in JSON, without media.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, anyhow, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    AccessToken, ClientMessage, ErrorMessage, GroupRef, Holder, ServerMessage, sealed::LogState,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// Longest one message may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Seat {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The machine that was let in may come back by itself.
    pub(crate) returning: bool,
}

/// Why a connection came to nothing.
pub(crate) enum Closed {
    /// The server said why.
    Told(ErrorMessage),
    /// The server is gone.
    Lost(anyhow::Error),
}

impl Seat {
    /// Says hello for a seat, from a machine of the same number.
    pub(crate) async fn connect(
        address: SocketAddr,
        call: &str,
        seat: u16,
        token: AccessToken,
    ) -> Result<Self, Closed> {
        let url = format!("ws://{address}/api/calls/{call}/signal");
        let connected = timeout(PATIENCE, connect_async(url)).await;
        let (socket, _) = connected.map_err(lost)?.map_err(lost)?;
        let returning = false;
        let mut client = Self { socket, returning };
        let machine = u8::try_from(seat).unwrap_or_default();
        let hello = ClientMessage::Hello {
            protocol: protocol::VERSION,
            token,
            holder: Holder::from_bytes([machine; 32]),
            packed: false,
        };
        client.send(&hello).await?;
        let welcome = client.until(|message| match message {
            ServerMessage::Welcome { returning, .. } => Some(*returning),
            _ => None,
        });
        client.returning = welcome.await?;
        Ok(client)
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) -> Result<(), Closed> {
        let text = serde_json::to_string(message).map_err(lost)?;
        self.socket.send(Message::text(text)).await.map_err(lost)
    }

    /// Sits down; where the log of the table's group stands.
    pub(crate) async fn sit(&mut self) -> Result<LogState, Closed> {
        self.send(&ClientMessage::Enter { knock: None }).await?;
        self.until(|message| match message {
            ServerMessage::Seated { logs, .. } => logs.first().copied(),
            _ => None,
        })
        .await
    }

    /// The log from its beginning: the epoch of each entry and what was sealed.
    pub(crate) async fn catch_up(&mut self, number: u32) -> Result<Vec<(u64, String)>, Closed> {
        let group = GroupRef::table(number);
        self.send(&ClientMessage::CatchUp { group, after: 0 })
            .await?;
        let mut entries = Vec::new();
        self.until(|message| match message {
            ServerMessage::Ordered(entry) => {
                entries.push((entry.epoch, entry.sealed.as_str().to_owned()));
                None
            }
            ServerMessage::CaughtUp { .. } => Some(()),
            _ => None,
        })
        .await?;
        Ok(entries)
    }

    /// Skips to a message of which this is something.
    pub(crate) async fn until<T>(
        &mut self,
        mut of: impl FnMut(&ServerMessage) -> Option<T>,
    ) -> Result<T, Closed> {
        loop {
            let message = self.next().await?;
            if let Some(found) = of(&message) {
                return Ok(found);
            }
            if let ServerMessage::Error(error) = message {
                return Err(Closed::Told(error));
            }
        }
    }

    async fn next(&mut self) -> Result<ServerMessage, Closed> {
        loop {
            let frame = timeout(PATIENCE, self.socket.next()).await.map_err(lost)?;
            let frame = frame
                .context("the connection ended")
                .map_err(Closed::Lost)?;
            if let Message::Text(text) = frame.map_err(lost)? {
                return serde_json::from_str(&text).map_err(lost);
            }
        }
    }
}

fn lost(error: impl Into<anyhow::Error>) -> Closed {
    Closed::Lost(error.into())
}

impl Closed {
    /// For what must come to something.
    pub(crate) fn unexpected(self) -> anyhow::Error {
        match self {
            Self::Told(error) => anyhow!("{:?}: {}", error.code, error.text),
            Self::Lost(error) => error,
        }
    }
}

/// `Ok` if the server said no, with an error that is not about its storage.
pub(crate) fn refused(closed: Closed) -> Result<ErrorMessage> {
    match closed {
        Closed::Told(error) => Ok(error),
        Closed::Lost(error) => bail!("instead of a refusal: {error:#}"),
    }
}
