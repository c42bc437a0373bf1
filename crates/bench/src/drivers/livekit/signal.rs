//! One participant's signalling: what refuses it, and a ping every few seconds, as its clients send.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;

use super::{
    super::websocket::WebSocket,
    wire::{self, Heard},
};

const PING_EVERY: Duration = Duration::from_secs(5);

pub(super) struct Connection(WebSocket<Heard>);

impl Connection {
    /// Connects, and has joined.
    pub(super) fn open(runtime: &Runtime, url: &str) -> Result<Self> {
        let socket = WebSocket::open(runtime, url, |message| match message {
            Message::Binary(bytes) => Heard::read(&bytes),
            _ => None,
        })?;
        socket.repeat(runtime, PING_EVERY, || {
            Message::binary(wire::ping(now_ms()))
        });
        let connection = Self(socket);
        connection.wait(|heard| (heard == Heard::Joined).then_some(()))?;
        Ok(connection)
    }

    pub(super) fn say(&self, message: Vec<u8>) -> Result<()> {
        self.0.say(Message::binary(message))
    }

    /// Hears until `wanted` has what it wants.
    pub(super) fn wait<T>(&self, mut wanted: impl FnMut(Heard) -> Option<T>) -> Result<T> {
        self.0.wait(|heard| match heard {
            Heard::Refused(field, reason) => {
                bail!("the server refused: message {field}, reason {reason}")
            }
            heard => Ok(wanted(heard)),
        })
    }
}

fn now_ms() -> u64 {
    clock::wall_ms()
}
