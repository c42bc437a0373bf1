//! Our suite, 0x004F, for mls-rs, which has none with X-Wing under a number of the draft's. What MLS
//! asks of a suite comes from mls-rs's RustCrypto provider, HPKE from mls-rs too; X-Wing is libcrux's.
//! So no code of this suite is ours or OpenMLS's.

use hpke_rs_crypto::{HpkeCrypto as _, types::KemAlgorithm};
use hpke_rs_libcrux::HpkeLibcrux;
use mls_rs::{
    CipherSuite, CipherSuiteProvider, CryptoProvider,
    crypto::{
        HpkeCiphertext, HpkePsk, HpkePublicKey, HpkeSecretKey, SignaturePublicKey,
        SignatureSecretKey,
    },
    error::IntoAnyError,
};
use mls_rs_crypto_rustcrypto::{RustCryptoCipherSuite, RustCryptoError, aead::Aead, kdf::Kdf};
use mls_rs_crypto_traits::{KemResult, KemType};
use shake::{ExtendableOutput as _, Shake256, Update as _, XofReader as _};
use zeroize::Zeroizing;

const KEM: KemAlgorithm = KemAlgorithm::XWingDraft06;
/// Has the same AEAD, hash and signatures.
const CLASSICAL: CipherSuite = CipherSuite::CURVE25519_AES128;

#[derive(Clone)]
pub(super) struct XWingProvider;

#[derive(Clone)]
pub(super) struct XWing;

#[derive(Debug, thiserror::Error)]
#[error("X-Wing: {0}")]
pub(super) struct XWingError(String);

#[derive(Clone)]
pub(super) struct XWingSuite(RustCryptoCipherSuite<XWing, Kdf, Aead>);

type Keys = (HpkeSecretKey, HpkePublicKey);
type Inner = RustCryptoCipherSuite<XWing, Kdf, Aead>;

impl IntoAnyError for XWingError {}

fn failed(error: impl std::fmt::Debug) -> XWingError {
    XWingError(format!("{error:?}"))
}

impl KemType for XWing {
    type Error = XWingError;

    fn kem_id(&self) -> u16 {
        KEM as u16
    }

    fn generate_deterministic(&self, seed: &[u8]) -> Result<Keys, XWingError> {
        let (public, secret) = HpkeLibcrux::kem_key_gen_derand(KEM, seed).map_err(failed)?;
        Ok((secret.into(), public.into()))
    }

    fn generate(&self) -> Result<Keys, XWingError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(failed)?;
        self.generate_deterministic(&seed)
    }

    fn public_key_validate(&self, key: &HpkePublicKey) -> Result<(), XWingError> {
        self.encap(key).map(|_| ())
    }

    fn encap(&self, remote: &HpkePublicKey) -> Result<KemResult, XWingError> {
        let sealed = HpkeLibcrux::kem_encaps(KEM, remote, &mut HpkeLibcrux::prng());
        let (shared, enc) = sealed.map_err(failed)?;
        Ok(KemResult::new(shared, enc))
    }

    fn decap(
        &self,
        enc: &[u8],
        secret: &HpkeSecretKey,
        _: &HpkePublicKey,
    ) -> Result<Vec<u8>, XWingError> {
        HpkeLibcrux::kem_decaps(KEM, enc, secret).map_err(failed)
    }

    fn seed_length_for_derive(&self) -> usize {
        32
    }
}

impl CryptoProvider for XWingProvider {
    type CipherSuiteProvider = XWingSuite;

    fn supported_cipher_suites(&self) -> Vec<CipherSuite> {
        vec![CipherSuite::new(crate::suite::SUITE as u16)]
    }

    fn cipher_suite_provider(&self, suite: CipherSuite) -> Option<XWingSuite> {
        let (kdf, aead) = (Kdf::new(CLASSICAL)?, Aead::new(CLASSICAL)?);
        let known = self.supported_cipher_suites().contains(&suite);
        let inner = RustCryptoCipherSuite::new(CLASSICAL, XWing, kdf, aead)?;
        known.then_some(XWingSuite(inner))
    }
}

/// All is the inner suite's but the number and how a key pair is derived.
impl CipherSuiteProvider for XWingSuite {
    type Error = RustCryptoError;
    type HpkeContextS = <Inner as CipherSuiteProvider>::HpkeContextS;
    type HpkeContextR = <Inner as CipherSuiteProvider>::HpkeContextR;

    fn cipher_suite(&self) -> CipherSuite {
        CipherSuite::new(crate::suite::SUITE as u16)
    }

    /// DeriveKeyPair of draft-connolly-cfrg-xwing-kem (5.7): not RFC 9180's, which mls-rs's HPKE has
    /// for every KEM.
    fn kem_derive(&self, ikm: &[u8]) -> Result<Keys, RustCryptoError> {
        let mut hash = Shake256::default();
        hash.update(ikm);
        let mut seed = [0; 32];
        hash.finalize_xof().read(&mut seed);
        let derived = XWing.generate_deterministic(&seed);
        derived.map_err(|error| RustCryptoError::AeadError(error.into_any_error()))
    }

    fn hash(&self, data: &[u8]) -> Result<Vec<u8>, RustCryptoError> {
        self.0.hash(data)
    }

    fn mac(&self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, RustCryptoError> {
        self.0.mac(key, data)
    }

    fn aead_seal(
        &self,
        key: &[u8],
        data: &[u8],
        aad: Option<&[u8]>,
        nonce: &[u8],
    ) -> Result<Vec<u8>, RustCryptoError> {
        self.0.aead_seal(key, data, aad, nonce)
    }

    fn aead_open(
        &self,
        key: &[u8],
        ciphertext: &[u8],
        aad: Option<&[u8]>,
        nonce: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, RustCryptoError> {
        self.0.aead_open(key, ciphertext, aad, nonce)
    }

    fn aead_key_size(&self) -> usize {
        self.0.aead_key_size()
    }

    fn aead_nonce_size(&self) -> usize {
        self.0.aead_nonce_size()
    }

    fn kdf_extract(&self, salt: &[u8], ikm: &[u8]) -> Result<Zeroizing<Vec<u8>>, RustCryptoError> {
        self.0.kdf_extract(salt, ikm)
    }

    fn kdf_expand(
        &self,
        prk: &[u8],
        info: &[u8],
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, RustCryptoError> {
        self.0.kdf_expand(prk, info, len)
    }

    fn kdf_extract_size(&self) -> usize {
        self.0.kdf_extract_size()
    }

    fn hpke_seal(
        &self,
        key: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
        pt: &[u8],
    ) -> Result<HpkeCiphertext, RustCryptoError> {
        self.0.hpke_seal(key, info, aad, pt)
    }

    fn hpke_seal_psk(
        &self,
        key: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
        pt: &[u8],
        psk: HpkePsk<'_>,
    ) -> Result<HpkeCiphertext, RustCryptoError> {
        self.0.hpke_seal_psk(key, info, aad, pt, psk)
    }

    fn hpke_open(
        &self,
        ciphertext: &HpkeCiphertext,
        secret: &HpkeSecretKey,
        public: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
    ) -> Result<Zeroizing<Vec<u8>>, RustCryptoError> {
        self.0.hpke_open(ciphertext, secret, public, info, aad)
    }

    fn hpke_open_psk(
        &self,
        ciphertext: &HpkeCiphertext,
        secret: &HpkeSecretKey,
        public: &HpkePublicKey,
        info: &[u8],
        aad: Option<&[u8]>,
        psk: HpkePsk<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, RustCryptoError> {
        self.0
            .hpke_open_psk(ciphertext, secret, public, info, aad, psk)
    }

    fn hpke_setup_s(
        &self,
        key: &HpkePublicKey,
        info: &[u8],
    ) -> Result<(Vec<u8>, Self::HpkeContextS), RustCryptoError> {
        self.0.hpke_setup_s(key, info)
    }

    fn hpke_setup_r(
        &self,
        enc: &[u8],
        secret: &HpkeSecretKey,
        public: &HpkePublicKey,
        info: &[u8],
    ) -> Result<Self::HpkeContextR, RustCryptoError> {
        self.0.hpke_setup_r(enc, secret, public, info)
    }

    fn kem_generate(&self) -> Result<Keys, RustCryptoError> {
        self.0.kem_generate()
    }

    fn kem_public_key_validate(&self, key: &HpkePublicKey) -> Result<(), RustCryptoError> {
        self.0.kem_public_key_validate(key)
    }

    fn random_bytes(&self, out: &mut [u8]) -> Result<(), RustCryptoError> {
        self.0.random_bytes(out)
    }

    fn signature_key_generate(
        &self,
    ) -> Result<(SignatureSecretKey, SignaturePublicKey), RustCryptoError> {
        self.0.signature_key_generate()
    }

    fn signature_key_derive_public(
        &self,
        secret: &SignatureSecretKey,
    ) -> Result<SignaturePublicKey, RustCryptoError> {
        self.0.signature_key_derive_public(secret)
    }

    fn sign(&self, secret: &SignatureSecretKey, data: &[u8]) -> Result<Vec<u8>, RustCryptoError> {
        self.0.sign(secret, data)
    }

    fn verify(
        &self,
        public: &SignaturePublicKey,
        signature: &[u8],
        data: &[u8],
    ) -> Result<(), RustCryptoError> {
        self.0.verify(public, signature, data)
    }
}
