//! How messages become WebSocket messages: JSON text, [packed](crate::packed) if it is long, but for `passing`. Each client hears as many of
//! those in a second as there are others at the table, so they travel as binary, several in one where
//! they come together:
//!
//! ```text
//! ( 1 (1) || circle (1) || number of the group (4) || length (2) || sealed bytes )*       numbers are big-endian
//! ```
//! A client sends one at a time. As JSON they would be half as long again, on the line of whoever has
//! the least.

use crate::{
    error::{ErrorCode, ErrorMessage},
    id::CircleId,
    limits,
    message::{ClientMessage, ServerMessage, too_large},
    packed::{Unpackable, is_packed, pack, unpack},
    sealed::{GroupRef, Sealed},
};

/// First byte of each part.
const PASSING: u8 = 1;
/// Kind, circle, number, length.
const HEAD_BYTES: usize = 8;
/// Longest part.
const SEALED_BYTES_MAX: usize = limits::PASSING_CHARS_MAX / 4 * 3;

/// One WebSocket message.
#[derive(Clone, PartialEq, Eq)]
pub enum Wire {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
}

impl Wire {
    /// Bytes of its payload.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Never so: every message has a type.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ClientMessage {
    /// As it travels.
    pub fn to_wire(&self) -> Wire {
        match self {
            Self::Passing { group, sealed } => {
                passing(*group, sealed).map_or_else(|| text(self), Wire::Binary)
            }
            _ => packed(text(self)),
        }
    }

    /// Parses a binary message. Bounds the size before looking at it.
    pub fn parse_binary(bytes: &[u8]) -> Result<Self, ErrorMessage> {
        if is_packed(bytes) {
            return Self::parse(&Self::unpack(bytes)?);
        }
        if bytes.len() > HEAD_BYTES + SEALED_BYTES_MAX {
            let why = format!("A message that passes has at most {SEALED_BYTES_MAX} bytes.");
            return Err(ErrorMessage::new(ErrorCode::TooLarge, why).answering("passing"));
        }
        match parts(bytes).as_deref() {
            Some([(group, sealed)]) => Ok(Self::Passing {
                group: *group,
                sealed: Sealed::from_bytes(sealed),
            }),
            _ => Err(ErrorMessage::new(
                ErrorCode::BadMessage,
                "The binary message is not one this server knows; see docs/protocol.md.",
            )),
        }
    }

    /// The text in a packed message, as long as a message may be.
    pub fn unpack(bytes: &[u8]) -> Result<String, ErrorMessage> {
        unpack(bytes, limits::MESSAGE_BYTES_MAX).map_err(|unpackable| match unpackable {
            Unpackable::TooLarge => too_large(limits::MESSAGE_BYTES_MAX),
            Unpackable::Broken => {
                let why = "The packed message is not deflated JSON; see docs/protocol.md.";
                ErrorMessage::new(ErrorCode::BadMessage, why)
            }
        })
    }
}

impl ServerMessage {
    /// As it travels.
    pub fn to_wire(&self) -> Wire {
        match self {
            Self::Passing { group, sealed } => {
                passing(*group, sealed).map_or_else(|| text(self), Wire::Binary)
            }
            _ => text(self),
        }
    }

    /// The messages in a binary message of the server. `None`: it is not one this client knows.
    pub fn parse_binary(bytes: &[u8]) -> Option<Vec<Self>> {
        if is_packed(bytes) {
            let text = unpack(bytes, limits::SERVER_MESSAGE_BYTES_MAX).ok()?;
            return serde_json::from_str(&text)
                .ok()
                .map(|message| vec![message]);
        }
        let message = |(group, sealed): (GroupRef, &[u8])| Self::Passing {
            group,
            sealed: Sealed::from_bytes(sealed),
        };
        Some(parts(bytes)?.into_iter().map(message).collect())
    }
}

fn text(message: &impl serde::Serialize) -> Wire {
    Wire::Text(
        serde_json::to_string(message).expect("messages are structs and enums with string keys"),
    )
}

fn packed(wire: Wire) -> Wire {
    match &wire {
        Wire::Text(text) => pack(text).map_or(wire, Wire::Binary),
        Wire::Binary(_) => wire,
    }
}

/// `None` if it is not what a client could have sealed.
fn passing(group: GroupRef, sealed: &Sealed) -> Option<Vec<u8>> {
    let sealed = sealed.to_bytes().filter(|sealed| !sealed.is_empty())?;
    let length = u16::try_from(sealed.len()).ok()?;
    let mut bytes = Vec::with_capacity(HEAD_BYTES + sealed.len());
    bytes.push(PASSING);
    bytes.push(group.circle.0);
    bytes.extend(group.number.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(sealed);
    Some(bytes)
}

/// All of a message; `None` if anything is left over.
fn parts(mut bytes: &[u8]) -> Option<Vec<(GroupRef, &[u8])>> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
        let [PASSING, circle, n0, n1, n2, n3, l0, l1] = *head else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let (sealed, rest) = rest.split_at_checked(length)?;
        if sealed.is_empty() {
            return None;
        }
        let group = GroupRef {
            circle: CircleId(circle),
            number: u32::from_be_bytes([n0, n1, n2, n3]),
        };
        parts.push((group, sealed));
        bytes = rest;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn binary(message: &ServerMessage) -> Vec<u8> {
        match message.to_wire() {
            Wire::Binary(bytes) => bytes,
            Wire::Text(_) => panic!("it passes as binary"),
        }
    }

    proptest! {
        #[test]
        fn what_passes_arrives_as_it_was_however_many_come_together(
            said in proptest::collection::vec((any::<(u8, u32)>(), proptest::collection::vec(any::<u8>(), 1..600)), 1..9),
        ) {
            let messages: Vec<_> = said.iter()
                .map(|((circle, number), bytes)| ServerMessage::Passing {
                    group: GroupRef { circle: CircleId(*circle), number: *number },
                    sealed: Sealed::from_bytes(bytes),
                })
                .collect();
            let together: Vec<u8> = messages.iter().flat_map(binary).collect();
            prop_assert!(ServerMessage::parse_binary(&together) == Some(messages));
            prop_assert!(ServerMessage::parse_binary(&together[..together.len() - 1]).is_none());
        }

        #[test]
        fn bytes_of_anybody_are_refused_or_read_as_what_they_say(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(message) = ClientMessage::parse_binary(&bytes) {
                prop_assert!(message.to_wire() == Wire::Binary(bytes));
            }
        }
    }

    #[test]
    fn a_client_sends_one_at_a_time_and_none_that_is_too_long() {
        let sealed = Sealed::from_bytes(&[7; 300]);
        let message = ClientMessage::Passing {
            group: GroupRef::table(1),
            sealed,
        };
        let Wire::Binary(one) = message.to_wire() else {
            panic!("it passes as binary")
        };
        assert!(ClientMessage::parse_binary(&one).is_ok_and(|read| read == message));
        let twice = [one.as_slice(), &one].concat();
        let refused = ClientMessage::parse_binary(&twice).unwrap_err();
        assert_eq!(refused.code, ErrorCode::BadMessage);
        let long = vec![1; HEAD_BYTES + SEALED_BYTES_MAX + 1];
        let refused = ClientMessage::parse_binary(&long).unwrap_err();
        assert_eq!(refused.code, ErrorCode::TooLarge);
    }
}
