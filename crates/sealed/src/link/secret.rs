//! The secrets in links and what is derived from them, by HKDF-SHA256 (RFC 5869).
//!
//! ```text
//! call secret ──(call id; seat, link number)──> seat secret ──(call id)──> access token ──SHA-256──> what the server stores
//! ```
//!
//! The call id is the salt everywhere, so nothing derived for one call is good in another. Each
//! derivation has its own label, with a version. A new derivation gets a new label.

use data_encoding::BASE64URL_NOPAD;
use hkdf::Hkdf;
use protocol::{AccessToken, CallId, SeatId, SecretHash, http::SeatToken, limits::SECRET_BYTES};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

const SEAT_SECRET: &[u8] = b"incamera seat secret v1";
const ACCESS_TOKEN: &[u8] = b"incamera access token v1";

/// The platform's random generator does not work; nothing safe can be made.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
#[error("this machine gives no random numbers, so no secret can be made")]
pub struct NoRandomness;

/// Secret of a whole call, made by its convener's machine and carried by the host link alone.
///
/// Wiped from memory when dropped. Has no `Debug`, and no equality that takes its time.
#[derive(Clone)]
pub struct CallSecret(Zeroizing<[u8; SECRET_BYTES]>);

/// Secret of one seat under one link number, carried by that seat's link.
///
/// Wiped from memory when dropped. Has no `Debug`, and no equality that takes its time.
#[derive(Clone)]
pub struct SeatSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl CallSecret {
    /// A new one from the platform's random generator.
    pub fn generate() -> Result<Self, NoRandomness> {
        random().map(Self)
    }

    /// From 32 random bytes.
    pub fn from_bytes(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From its 43 characters of base64url; `None` unless they are exactly 32 bytes.
    pub fn from_text(text: &str) -> Option<Self> {
        from_text(text).map(Self::from_bytes)
    }

    /// Its 43 characters of base64url, as the host link carries them.
    pub fn expose(&self) -> String {
        BASE64URL_NOPAD.encode(&*self.0)
    }

    /// The secret of `seat` under its link number `link` (from 1; a new link has a higher one).
    pub fn seat(&self, call: CallId, seat: SeatId, link: u32) -> SeatSecret {
        let (seat, link) = (seat.0.to_be_bytes(), link.to_be_bytes());
        SeatSecret(derive(&self.0, call, &[SEAT_SECRET, &seat, &link]))
    }

    /// What the server is given for `seat` under its link number `link`.
    pub fn seat_token(&self, call: CallId, seat: SeatId, link: u32) -> SeatToken {
        let hash = hash(self.seat(call, seat, link).access_token(call).as_bytes());
        SeatToken { seat, link, hash }
    }
}

impl SeatSecret {
    /// From the 32 bytes of a seat link.
    pub fn from_bytes(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Its 43 characters of base64url, as the seat link carries them.
    pub fn expose(&self) -> String {
        BASE64URL_NOPAD.encode(&*self.0)
    }

    /// What opens this seat's connection, and nothing else.
    pub fn access_token(&self, call: CallId) -> AccessToken {
        AccessToken::from_bytes(*derive(&self.0, call, &[ACCESS_TOKEN]))
    }
}

/// SHA-256 of a token or key, as the server stores it.
pub fn hash(secret: &[u8; SECRET_BYTES]) -> SecretHash {
    SecretHash::from_bytes(Sha256::digest(secret).into())
}

/// A new call id from the platform's random generator. It is not a secret.
pub fn new_call_id() -> Result<CallId, NoRandomness> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(CallId::from_bytes(bytes))
}

pub(super) fn from_text(text: &str) -> Option<[u8; SECRET_BYTES]> {
    if text.len() != super::SECRET_CHARS {
        return None;
    }
    let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
    bytes.as_slice().try_into().ok()
}

fn random() -> Result<Zeroizing<[u8; SECRET_BYTES]>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
    getrandom::fill(&mut *bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

fn derive(
    secret: &[u8; SECRET_BYTES],
    call: CallId,
    info: &[&[u8]],
) -> Zeroizing<[u8; SECRET_BYTES]> {
    let mut derived = Zeroizing::new([0; SECRET_BYTES]);
    Hkdf::<Sha256>::new(Some(call.as_bytes()), secret)
        .expand_multi_info(info, &mut *derived)
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    derived
}
