//! Between what the protocol says of WebSocket messages and the library that carries them.

use protocol::{ServerMessage, Wire};
use tokio_tungstenite::tungstenite::Message;

/// What is sent for this.
pub fn message(wire: Wire) -> Message {
    match wire {
        Wire::Text(text) => Message::text(text),
        Wire::Binary(bytes) => Message::binary(bytes),
    }
}

/// What arrived; `None` for pings and the like.
pub fn wire(message: Message) -> Option<Wire> {
    match message {
        Message::Text(text) => Some(Wire::Text(text.as_str().to_owned())),
        Message::Binary(bytes) => Some(Wire::Binary(bytes.into())),
        _ => None,
    }
}

/// What the server says in it; `None` if this client does not know it.
pub fn said_by_server(wire: &Wire) -> Option<Vec<ServerMessage>> {
    match wire {
        Wire::Text(text) => serde_json::from_str(text).ok().map(|message| vec![message]),
        Wire::Binary(bytes) => ServerMessage::parse_binary(bytes),
    }
}
