//! One seat's signalling.

use anyhow::{Result, bail};
use protocol::{AccessToken, ClientMessage, Holder, ServerMessage};
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;

use super::super::websocket::WebSocket;

pub(super) struct Connection {
    socket: WebSocket<ServerMessage>,
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
        let socket = WebSocket::open(runtime, url, |message| {
            let message = serde_json::from_str(message.to_text().ok()?).ok();
            message.filter(is_waited_for)
        })?;
        let mut connection = Self {
            socket,
            lines: None,
        };
        connection.say(ClientMessage::Hello {
            protocol: protocol::VERSION,
            token,
            holder: Holder::from_bytes(holder),
            packed: false,
        })?;
        connection.wait(|m| matches!(m, ServerMessage::Welcome { .. }).then_some(()))?;
        Ok(connection)
    }

    pub(super) fn say(&self, message: ClientMessage) -> Result<()> {
        let text = serde_json::to_string(&message).expect("messages have no odd keys");
        self.socket.say(Message::text(text))
    }

    /// The first message that `wanted` takes.
    pub(super) fn wait<T>(&mut self, wanted: impl Fn(ServerMessage) -> Option<T>) -> Result<T> {
        let lines = &mut self.lines;
        self.socket.wait(|message| match message {
            ServerMessage::Error(error) => bail!("the server refused: {}", error.text),
            ServerMessage::Negotiate { audio, video } => {
                *lines = Some((audio, video));
                Ok(None)
            }
            other => Ok(wanted(other)),
        })
    }

    /// Audio and video lines to have.
    pub(super) fn lines(&mut self) -> Result<(u16, u16)> {
        let lines = match self.lines {
            Some(lines) => lines,
            None => self.socket.wait(|message| {
                Ok(match message {
                    ServerMessage::Negotiate { audio, video } => Some((audio, video)),
                    _ => None,
                })
            })?,
        };
        self.lines = Some(lines);
        Ok(lines)
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
