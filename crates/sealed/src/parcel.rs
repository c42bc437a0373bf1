//! Small things sealed under one key that several hold: grants, plans, knocks. AES-128-GCM
//! (NIST SP 800-38D) under a fresh random nonce:
//!
//! ```text
//! nonce (12) || ciphertext || tag (16)
//! ```
//!
//! A random nonce is good for 2^32 parcels under one key; a call has some thousands.

use aes_gcm::{
    Aes128Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

use crate::link::NoRandomness;

const NONCE_BYTES: usize = 12;

/// A key for parcels. Wiped when dropped; has no `Debug`.
#[derive(Clone)]
pub(crate) struct ParcelKey(Zeroizing<[u8; 16]>);

/// The parcel was sealed under another key or for another purpose, or it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it does not open: it is another's, or it was changed")]
pub struct NotOurs;

impl ParcelKey {
    /// From the first 16 of 32 derived bytes.
    pub(crate) fn new(derived: &[u8; 32]) -> Self {
        let mut key = Zeroizing::new([0; 16]);
        key.copy_from_slice(&derived[..16]);
        Self(key)
    }

    /// From its 16 bytes, as a grant's parcel carries the knock key.
    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// `purpose` is bound in and must be the same when it is opened.
    pub(crate) fn seal(&self, purpose: &[u8], content: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| NoRandomness)?;
        let payload = Payload {
            msg: content,
            aad: purpose,
        };
        let sealed = Aes128Gcm::new((&*self.0).into())
            .encrypt((&nonce).into(), payload)
            .expect("AES-GCM takes 2^36 bytes; ours are bounded far below");
        Ok([&nonce, sealed.as_slice()].concat())
    }

    pub(crate) fn open(&self, purpose: &[u8], parcel: &[u8]) -> Result<Vec<u8>, NotOurs> {
        let (nonce, sealed) = parcel.split_at_checked(NONCE_BYTES).ok_or(NotOurs)?;
        let payload = Payload {
            msg: sealed,
            aad: purpose,
        };
        Aes128Gcm::new((&*self.0).into())
            .decrypt(nonce.into(), payload)
            .map_err(|_| NotOurs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_opens_with_its_key_and_purpose_only() {
        let key = ParcelKey::from_bytes([1; 16]);
        let parcel = key.seal(b"grant", b"content").unwrap();
        assert_eq!(key.open(b"grant", &parcel).unwrap(), b"content");
        assert!(key.open(b"plan", &parcel).is_err());
        assert!(
            ParcelKey::from_bytes([2; 16])
                .open(b"grant", &parcel)
                .is_err()
        );
        for at in 0..parcel.len() {
            let mut changed = parcel.clone();
            changed[at] ^= 1;
            assert!(key.open(b"grant", &changed).is_err());
            assert!(key.open(b"grant", &parcel[..at]).is_err());
        }
    }
}
