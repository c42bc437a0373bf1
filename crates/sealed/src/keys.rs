//! Ed25519 (RFC 8032) keys of a call, and what each may sign. Every signature begins with a label of
//! its own, so none can pass for another:
//!
//! ```text
//! root key    (from the call secret)   signs grants and the plan
//! seat key    (from the seat secret)   signs device keys
//! device key  (made on a machine)      signs leaf keys, one for each load of the client
//! leaf key    (made for each load)     signs MLS messages (RFC 9420's own labels)
//! ```

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use openmls_traits::{signatures, types::SignatureScheme};
use zeroize::Zeroizing;

use crate::link::NoRandomness;

/// A signing key of any of the four kinds. Wiped when dropped; has no `Debug`.
#[derive(Clone)]
pub(crate) struct SignKey(SigningKey);

/// A public key that signatures are checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(pub [u8; 32]);

/// The signature is not this key's over these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signature is not good")]
pub struct BadSignature;

impl SignKey {
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(|_| NoRandomness)?;
        Ok(Self::from_seed(&seed))
    }

    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// For another library's signer.
    #[cfg(test)]
    pub(crate) fn to_keypair_bytes(&self) -> [u8; 64] {
        self.0.to_keypair_bytes()
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, label: &[u8], content: &[u8]) -> [u8; 64] {
        self.sign_whole(&[label, content].concat())
    }

    pub(crate) fn sign_whole(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl PublicKey {
    /// Strict: refuses keys of small order and signatures that are not in their one form.
    pub(crate) fn verify(
        &self,
        label: &[u8],
        content: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), BadSignature> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = Signature::from_bytes(signature);
        key.verify_strict(&[label, content].concat(), &signature)
            .map_err(|_| BadSignature)
    }
}

/// OpenMLS signs through this.
impl signatures::Signer for SignKey {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, signatures::SignerError> {
        Ok(self.sign_whole(payload).to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// A machine's key for one seat: tells a returning machine from another one with the same link. In
/// browsers it is a WebCrypto key that cannot be taken out; this is its native twin.
#[derive(Clone)]
pub struct Device(SignKey);

impl Device {
    /// A new one from the platform's random generator.
    pub fn generate() -> Result<Self, NoRandomness> {
        SignKey::generate().map(Self)
    }

    /// The public half.
    pub fn public(&self) -> [u8; 32] {
        self.0.public().0
    }

    /// Signs what [`crate::session::Candidate::to_sign`] gives.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign_whole(bytes)
    }
}
