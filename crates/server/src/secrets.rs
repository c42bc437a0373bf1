//! Random keys and their hashes. Hashes are looked up, not compared: of 256 random bits, the time of a look-up
//! in an index tells nothing that helps to find them.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use protocol::{CallId, SecretHash, limits::SECRET_BYTES};
use sha2::{Digest as _, Sha256};

/// 256 random bits as 43 characters of base64url.
pub(crate) fn random_key() -> String {
    BASE64URL_NOPAD.encode(&random::<SECRET_BYTES>())
}

/// A short random word for a name.
pub(crate) fn random_text() -> String {
    BASE32_NOPAD.encode(&random::<10>()).to_ascii_lowercase()
}

/// An id no call has.
pub(crate) fn random_call_id() -> CallId {
    CallId::from_bytes(random())
}

/// SHA-256 of a secret's bytes.
pub(crate) fn hash(secret: &[u8]) -> SecretHash {
    SecretHash::from_bytes(Sha256::digest(secret).into())
}

/// SHA-256 of a convener key as it is typed.
pub(crate) fn hash_text(key: &str) -> SecretHash {
    hash(key.as_bytes())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the kernel's random source answers once booted");
    bytes
}
