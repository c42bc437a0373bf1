//! Sealing of encoded media: what a sender does to a frame before it is packetised, and a receiver
//! after it is whole again (`docs/sealed.md`; SFrame, RFC 9605).
//!
//! ```text
//! on the wire    clear bytes || SFrame header (key id, counter) || ciphertext || tag of 16 bytes
//! plaintext      frame || manifest, in some frames || marker of 1 byte
//! authenticated  SFrame header || "incamera media v2" || call id || clear bytes, and the plaintext
//! ```
//!
//! This module seals and opens; it decides nothing about people. Which epoch is in use and when an
//! old one dies, which leaf may send, whether a frame is in a signed manifest: that is the
//! session's. There is no way through here for a frame that is not sealed, and none for one that
//! does not open.
//!
//! - [`sframe`]: RFC 9605 itself, for the one cipher suite in use.
//! - [`kid`]: the key id, which says who sent what in which epoch.
//! - [`envelope`]: the clear bytes that make a sealed picture pass as VP8.
//! - [`manifest`]: what a sender signs of the frames before, inside some of them.
//! - [`replay`]: the window of counters seen.
//! - [`seal`] and [`open`]: the two ends.

pub mod envelope;
pub mod kid;
pub mod manifest;
pub mod open;
pub mod replay;
pub mod seal;
pub mod sframe;
pub(crate) mod voice;

#[cfg(test)]
mod tests;

use protocol::CallId;
use sha2::{Digest as _, Sha256};

/// Longest frame that is sealed or opened, before sealing; no key frame of ours comes near it.
/// Raising it raises what one frame from the network may make a receiver allocate.
pub const FRAME_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Most bytes sealing adds to a frame.
pub const OVERHEAD_BYTES_MAX: usize =
    envelope::CLEAR_BYTES_MAX + sframe::Header::BYTES_MAX + manifest::BYTES_MAX + sframe::TAG_BYTES;

/// First bytes of the SHA-256 of a whole sealed frame, clear bytes included, as manifests list it.
pub type Digest = [u8; 8];

const DOMAIN: &[u8] = b"incamera media v2";

/// What is authenticated besides the SFrame header. `DOMAIN` and the call id have fixed lengths, so
/// no two pairs of call and clear bytes give the same.
fn metadata(call: CallId, clear: &[u8]) -> Vec<u8> {
    [DOMAIN, call.as_bytes(), clear].concat()
}

fn digest(sealed: &[u8]) -> Digest {
    let mut digest = Digest::default();
    digest.copy_from_slice(&Sha256::digest(sealed)[..8]);
    digest
}
