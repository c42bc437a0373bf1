//! Sealed bytes: what clients say to each other through the server. The server bounds them, orders
//! some of them and stores them; it holds no key to any.

use std::{fmt, sync::Arc};

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize, de::Error as _};
use ts_rs::TS;

use crate::id::CircleId;

/// Bytes sealed by a client, as base64url without padding. Kept as text: the server never looks in.
#[derive(Clone, PartialEq, Eq, Hash, TS)]
#[ts(type = "string")]
pub struct Sealed(Arc<str>);

impl Sealed {
    /// From what was sealed.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(BASE64URL_NOPAD.encode(bytes).into())
    }

    /// What was sealed; `None` if the text is not base64url.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        BASE64URL_NOPAD.decode(self.0.as_bytes()).ok()
    }

    /// From base64url text; `None` if it has other characters or is empty.
    pub fn from_text(text: &str) -> Option<Self> {
        let belongs = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (!text.is_empty() && text.bytes().all(belongs)).then(|| Self(text.into()))
    }

    /// As it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Length of its text in bytes: four thirds of what was sealed.
    pub fn text_len(&self) -> usize {
        self.0.len()
    }
}

/// Its length only.
impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom("expected base64url"))
    }
}

/// How the server treats a sealed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// An MLS commit: one for each epoch, ordered, replayed.
    Commit,
    /// Ordered among the commits and replayed to those who were away.
    Kept,
}

/// One MLS group: which circle's, and which of those that followed each other there.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, TS,
)]
#[serde(deny_unknown_fields)]
pub struct GroupRef {
    /// The circle.
    pub circle: CircleId,
    /// From 1 in each circle; a later group follows one that cannot go on. 0: none yet.
    pub number: u32,
}

impl GroupRef {
    /// Of the table.
    pub const fn table(number: u32) -> Self {
        Self {
            circle: CircleId::TABLE,
            number,
        }
    }
}

/// An entry of a circle's ordered log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Entry {
    /// Place in the log, from 1 within a group, without gaps.
    #[ts(type = "number")]
    pub seq: u64,
    /// The group.
    pub group: GroupRef,
    /// Epoch it was made in.
    #[ts(type = "number")]
    pub epoch: u64,
    /// How it is treated.
    pub class: Class,
    /// The sealed MLS message.
    pub sealed: Sealed,
}

/// Where a circle's log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct LogState {
    /// The newest group of the circle.
    pub group: GroupRef,
    /// Epoch the next commit must be made in.
    #[ts(type = "number")]
    pub epoch: u64,
    /// Place of the last entry; 0 in an empty log.
    #[ts(type = "number")]
    pub seq: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_travel_as_base64url_and_nothing_else_is_taken() {
        let sealed = Sealed::from_bytes(&[0, 255, 7]);
        assert_eq!(serde_json::to_string(&sealed).unwrap(), r#""AP8H""#);
        assert_eq!(sealed.to_bytes().unwrap(), [0, 255, 7]);
        for bad in ["\"\"", "\"A=\"", "\"A A\"", "\"\u{e9}\"", "7"] {
            assert!(serde_json::from_str::<Sealed>(bad).is_err(), "{bad}");
        }
    }
}
