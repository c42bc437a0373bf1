//! The secrets in links and what is derived from them, by HKDF-SHA256 (RFC 5869).
//!
//! ```text
//! call secret ─┬─(seat, link number)─> seat secret ─┬─> access token ──SHA-256──> what the server stores
//!              ├─> root key (signs grants)          ├─> seat key (signs device keys)
//!              └─> knock key ──> plan key           └─> grant key (opens the seat's grant)
//! ```
//!
//! The call id is the salt everywhere, so nothing derived for one call is good in another. Each
//! derivation has its own label, with a version. A new derivation gets a new label.

use data_encoding::BASE64URL_NOPAD;
use hkdf::Hkdf;
use protocol::{AccessToken, CallId, SeatId, SecretHash, limits::SECRET_BYTES};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{keys::SignKey, parcel::ParcelKey};

const SEAT_SECRET: &[u8] = b"incamera seat secret v1";
const ACCESS_TOKEN: &[u8] = b"incamera access token v1";
const ROOT_KEY: &[u8] = b"incamera root key v1";
const KNOCK_KEY: &[u8] = b"incamera knock key v1";
const SEAT_KEY: &[u8] = b"incamera seat key v1";
const GRANT_KEY: &[u8] = b"incamera grant key v1";
const PLAN_KEY: &[u8] = b"incamera plan key v1";

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
        SeatSecret(derive(&*self.0, call, &[SEAT_SECRET, &seat, &link]))
    }

    /// Signs the grants and the plan of the call.
    pub(crate) fn root_key(&self, call: CallId) -> SignKey {
        SignKey::from_seed(&derive(&*self.0, call, &[ROOT_KEY]))
    }

    /// Seals key packages; every link of the call gives it.
    pub(crate) fn knock_key(&self, call: CallId) -> ParcelKey {
        ParcelKey::new(&derive(&*self.0, call, &[KNOCK_KEY]))
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
        AccessToken::from_bytes(*derive(&*self.0, call, &[ACCESS_TOKEN]))
    }

    /// Vouches for the device keys of this seat.
    pub(crate) fn seat_key(&self, call: CallId) -> SignKey {
        SignKey::from_seed(&derive(&*self.0, call, &[SEAT_KEY]))
    }

    /// Opens this seat's grant.
    pub(crate) fn grant_key(&self, call: CallId) -> ParcelKey {
        ParcelKey::new(&derive(&*self.0, call, &[GRANT_KEY]))
    }
}

/// Seals the plan: derived from the knock key, so every link of the call gives it.
pub(crate) fn plan_key(knock: &ParcelKey, call: CallId) -> ParcelKey {
    ParcelKey::new(&derive(knock.as_bytes(), call, &[PLAN_KEY]))
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

fn derive(secret: &[u8], call: CallId, info: &[&[u8]]) -> Zeroizing<[u8; SECRET_BYTES]> {
    let mut derived = Zeroizing::new([0; SECRET_BYTES]);
    Hkdf::<Sha256>::new(Some(call.as_bytes()), secret)
        .expand_multi_info(info, &mut *derived)
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    derived
}
