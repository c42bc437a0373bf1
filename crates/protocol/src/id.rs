//! Identifiers. Ids are public to those in the call; none is a secret.

use std::{fmt, str::FromStr};

use data_encoding::{BASE32_NOPAD, DecodeError};
use serde::{Deserialize, Serialize, de::Error as _};
use ts_rs::TS;

use crate::{limits, shape::SeatShape, types::SeatKind};

/// Number of a seat in its call, from 1, in the order of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct SeatId(pub u16);

/// Number of a delegation in its call, from 1, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct DelegationId(pub u16);

/// A circle of a call: those who hear and read each other in one group of their own. 0 is the table, where all are;
/// 1 to [`limits::DELEGATIONS_MAX`] are the delegations' own. Higher numbers are kept for circles to come.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, TS,
)]
pub struct CircleId(pub u8);

impl CircleId {
    /// Of the whole call.
    pub const TABLE: Self = Self(0);

    /// Whether it is the table.
    pub fn is_table(&self) -> bool {
        *self == Self::TABLE
    }

    /// A delegation's own; `None` for a number that no delegation of a call has.
    pub fn of_delegation(delegation: DelegationId) -> Option<Self> {
        let number = u8::try_from(delegation.0).ok()?;
        (1..=limits::DELEGATIONS_MAX)
            .contains(&usize::from(number))
            .then_some(Self(number))
    }

    /// Whether a seat like this begins its groups: a host's at the table, a principal's in its delegation's circle.
    pub fn is_begun_by(self, seat: &SeatShape) -> bool {
        match self {
            Self::TABLE => seat.host,
            own => own.takes(seat.delegation) && seat.kind == SeatKind::Principal,
        }
    }

    /// Whether seats of this delegation may be in it.
    pub fn takes(self, delegation: DelegationId) -> bool {
        self == Self::TABLE || Self::of_delegation(delegation) == Some(self)
    }
}

impl fmt::Display for CircleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

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
    fn the_table_takes_every_delegation_and_a_delegations_circle_its_own_only() {
        let circle = CircleId::of_delegation(DelegationId(3)).unwrap();
        assert_eq!(circle, CircleId(3));
        for delegation in (1..=limits::DELEGATIONS_MAX as u16).map(DelegationId) {
            assert!(CircleId::TABLE.takes(delegation));
            assert_eq!(circle.takes(delegation), delegation == DelegationId(3));
        }
        let beyond = limits::DELEGATIONS_MAX as u16 + 1;
        for none in [0, beyond, 256, 259, u16::MAX] {
            assert_eq!(CircleId::of_delegation(DelegationId(none)), None);
            assert!(!circle.takes(DelegationId(none)));
        }
    }

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
