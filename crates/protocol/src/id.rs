//! Identifiers. Ids are public to those in the call; none is a secret.

use std::{fmt, str::FromStr};

use data_encoding::{BASE32_NOPAD, DecodeError};
use serde::{Deserialize, Serialize, de::Error as _};
use ts_rs::TS;

/// Number of a seat in its call, from 1, in the order of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct SeatId(pub u16);

/// Number of a delegation in its call, from 1, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct DelegationId(pub u16);

impl fmt::Display for DelegationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SeatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// 128 random bits chosen by the convener's machine; 26 lower-case base32 characters as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub struct CallId([u8; 16]);

/// The text is not 26 characters of base32.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a call id is 26 characters of a-z and 2-7")]
pub struct BadCallId;

impl CallId {
    /// From 16 random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes, as bound into key derivation.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32_NOPAD.encode(&self.0).to_ascii_lowercase())
    }
}

/// Shortened: enough to follow one call through a log.
impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({}…)", &self.to_string()[..6])
    }
}

impl FromStr for CallId {
    type Err = BadCallId;

    fn from_str(text: &str) -> Result<Self, BadCallId> {
        if text.len() != 26 || text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(BadCallId);
        }
        let bytes = BASE32_NOPAD
            .decode(text.to_ascii_uppercase().as_bytes())
            .map_err(|_: DecodeError| BadCallId)?;
        bytes.try_into().map(Self).map_err(|_| BadCallId)
    }
}

impl Serialize for CallId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_id_survives_text() {
        let id = CallId::from_bytes([0xa7; 16]);
        assert_eq!(id.to_string().len(), 26);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn cut_or_foreign_call_ids_are_refused() {
        let text = CallId::from_bytes([7; 16]).to_string();
        for bad in [
            "",
            &text[..25],
            &text.to_uppercase(),
            &text.replace('a', "!"),
            &(text.clone() + "a"),
        ] {
            if bad != text {
                assert_eq!(bad.parse::<CallId>(), Err(BadCallId), "{bad}");
            }
        }
    }

    #[test]
    fn debug_shows_only_a_prefix() {
        let id = CallId::from_bytes([1; 16]);
        assert!(!format!("{id:?}").contains(&id.to_string()));
    }
}
