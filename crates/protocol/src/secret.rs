//! Secrets that travel to the server, and the hash it keeps of them. None can be printed.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize, de::Error as _};
use ts_rs::TS;

use crate::limits::SECRET_BYTES;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, TS)]
        #[ts(type = "string")]
        pub struct $name([u8; SECRET_BYTES]);

        impl $name {
            /// From its 32 bytes.
            pub const fn from_bytes(bytes: [u8; SECRET_BYTES]) -> Self {
                Self(bytes)
            }

            /// Its 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
                &self.0
            }

            /// Its 43 characters of base64url without padding, as it travels.
            pub fn expose(&self) -> String {
                BASE64URL_NOPAD.encode(&self.0)
            }

            /// From the 43 characters; `None` unless they are exactly 32 bytes.
            pub fn from_text(text: &str) -> Option<Self> {
                if text.len() != 43 {
                    return None;
                }
                BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.expose())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                Self::from_text(&text)
                    .ok_or_else(|| D::Error::custom("expected 43 characters of base64url"))
            }
        }
    };
}

secret! {
    /// Opens one seat's connection and nothing else. Derived from the link's secret by the client
    /// (`sealed::link`); the server keeps only its [`SecretHash`].
    AccessToken
}
secret! {
    /// Random, made by a client for one seat on one machine: tells a returning client from another
    /// machine with the same link. The server keeps only its [`SecretHash`].
    Holder
}
secret! {
    /// SHA-256 of an [`AccessToken`], a [`Holder`] or a convener key.
    SecretHash
}
