//! SFrame (RFC 9605) with AES_128_GCM_SHA256_128: headers, key derivation (4.4.2), encryption
//! (4.4.3) and decryption (4.4.4). Tags have 128 bits; there is no other suite to be talked into.
//!
//! Leaves to others what a key id means ([`super::kid`]), which counters are fresh
//! ([`super::seal`], [`super::replay`]), and what the metadata is.

mod header;

#[cfg(test)]
mod tests;

pub use header::Header;

use aes_gcm::{
    Aes128Gcm,
    aead::{AeadInPlace, KeyInit},
};
use hkdf::Hkdf;
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::sabotage::{self, Fault};

/// Length of the tag behind a ciphertext (Nt).
pub const TAG_BYTES: usize = 16;

const SUITE: u16 = 0x0004;
const KEY_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
const KEY_LABEL: &[u8] = b"SFrame 1.0 Secret key ";
const SALT_LABEL: &[u8] = b"SFrame 1.0 Secret salt ";

/// The frame is longer than the cipher takes (64 GiB).
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
#[error("a frame longer than the cipher takes")]
pub struct TooLong;

/// Nobody who holds the key made this frame as it is.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
#[error("the frame is not authentic")]
pub struct NotAuthentic;

/// What all keys of an epoch are derived from: the MLS exporter's secret (RFC 9605, 5.2).
///
/// Wiped from memory when dropped. Has no `Debug`.
#[derive(Clone)]
pub struct BaseKey(Zeroizing<Vec<u8>>);

impl BaseKey {
    /// From 16 to 32 bytes; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (16..=32)
            .contains(&bytes.len())
            .then(|| Self(Zeroizing::new(bytes.to_vec())))
    }
}

/// The key and salt of one key id.
///
/// Wiped from memory when dropped. Has no `Debug`, and cannot be copied.
pub struct FrameKey {
    kid: u64,
    cipher: Aes128Gcm,
    salt: Zeroizing<[u8; NONCE_BYTES]>,
}

impl FrameKey {
    /// The key of `kid` (4.4.2).
    pub fn derive(base: &BaseKey, kid: u64) -> Self {
        let secret = Hkdf::<Sha256>::new(None, &base.0);
        let key = expand::<KEY_BYTES>(&secret, KEY_LABEL, kid);
        Self {
            kid,
            cipher: Aes128Gcm::new((&*key).into()),
            salt: expand(&secret, SALT_LABEL, kid),
        }
    }

    /// Writes header, ciphertext and tag at the end of `out` (4.4.3). On an error `out` is as it
    /// was.
    ///
    /// The caller must never use a counter twice under one key.
    pub fn seal(
        &self,
        ctr: u64,
        metadata: &[u8],
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), TooLong> {
        let (start, header) = (out.len(), Header { kid: self.kid, ctr });
        header.write(out);
        let body = out.len();
        out.extend_from_slice(plaintext);
        let (nonce, aad) = (self.nonce(ctr), associated_data(header, metadata));
        let sealed = (self.cipher).encrypt_in_place_detached(&nonce.into(), &aad, &mut out[body..]);
        let Ok(tag) = sealed else {
            out.truncate(start);
            return Err(TooLong);
        };
        out.extend_from_slice(&tag);
        Ok(())
    }

    /// The plaintext of `body`, which is what followed `header` in the frame (4.4.4).
    pub fn open(
        &self,
        header: Header,
        metadata: &[u8],
        body: &[u8],
    ) -> Result<Vec<u8>, NotAuthentic> {
        let (nonce, aad) = (self.nonce(header.ctr), associated_data(header, metadata));
        let opened = self.open_tagged(header, &nonce, &aad, body);
        if opened.is_err() && sabotage::on(Fault::EmptyTag) {
            let mut plaintext = body.to_vec();
            let keystream = &mut plaintext[..];
            let _ = (self.cipher).encrypt_in_place_detached(&nonce.into(), &aad, keystream);
            return Ok(plaintext);
        }
        opened
    }

    fn open_tagged(
        &self,
        header: Header,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        body: &[u8],
    ) -> Result<Vec<u8>, NotAuthentic> {
        let (ciphertext, tag) = body.split_last_chunk::<TAG_BYTES>().ok_or(NotAuthentic)?;
        if header.kid != self.kid {
            return Err(NotAuthentic);
        }
        let mut plaintext = ciphertext.to_vec();
        // Checks the tag first, in constant time, and decrypts only then.
        self.cipher
            .decrypt_in_place_detached(nonce.into(), aad, &mut plaintext, tag.into())
            .map_err(|_| NotAuthentic)?;
        Ok(plaintext)
    }

    /// The salt, with the counter as 12 bytes XORed onto it (4.4.3).
    fn nonce(&self, ctr: u64) -> [u8; NONCE_BYTES] {
        let mut nonce = *self.salt;
        for (byte, ctr) in nonce[NONCE_BYTES - 8..].iter_mut().zip(ctr.to_be_bytes()) {
            *byte ^= ctr;
        }
        nonce
    }
}

fn associated_data(header: Header, metadata: &[u8]) -> Vec<u8> {
    let mut aad = Vec::with_capacity(Header::BYTES_MAX + metadata.len());
    header.write(&mut aad);
    aad.extend_from_slice(metadata);
    aad
}

fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: &[u8], kid: u64) -> Zeroizing<[u8; N]> {
    let mut derived = Zeroizing::new([0; N]);
    let info = [label, &kid.to_be_bytes(), &SUITE.to_be_bytes()];
    secret
        .expand_multi_info(&info, &mut *derived)
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    derived
}
