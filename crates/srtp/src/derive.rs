//! From DTLS keying material to session keys (RFC 5764, 4.2; RFC 3711, 4.3; RFC 7714, 11 and 12).

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use str0m::crypto::dtls::SrtpProfile;
use zeroize::Zeroizing;

use crate::{cipher::Cipher, protect::Protect, unprotect::Unprotect};

/// How packets of a connection are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// RFC 7714. About seven times cheaper than the last one.
    AeadAes256Gcm,
    /// RFC 7714.
    AeadAes128Gcm,
    /// RFC 5764, for clients that have nothing better.
    Aes128CmSha1,
}

impl Profile {
    pub(crate) fn of(profile: SrtpProfile) -> Option<Self> {
        Some(match profile {
            SrtpProfile::AEAD_AES_256_GCM => Self::AeadAes256Gcm,
            SrtpProfile::AEAD_AES_128_GCM => Self::AeadAes128Gcm,
            SrtpProfile::AES128_CM_SHA1_80 => Self::Aes128CmSha1,
            _ => return None,
        })
    }

    const fn key_len(self) -> usize {
        match self {
            Self::AeadAes256Gcm => 32,
            Self::AeadAes128Gcm | Self::Aes128CmSha1 => 16,
        }
    }

    const fn salt_len(self) -> usize {
        match self {
            Self::AeadAes256Gcm | Self::AeadAes128Gcm => 12,
            Self::Aes128CmSha1 => 14,
        }
    }
}

/// Labels of RFC 3711, 4.3.1 and 4.3.2: encryption, authentication, salt.
#[derive(Clone, Copy)]
struct Labels(u8, u8, u8);
const RTP: Labels = Labels(0, 1, 2);
const RTCP: Labels = Labels(3, 4, 5);

/// Master keys and salts of both directions of one connection. Wiped when dropped.
pub struct Keys {
    profile: Profile,
    /// client key, server key, client salt, server salt.
    material: Zeroizing<Vec<u8>>,
    client: bool,
}

impl Keys {
    /// `material` as DTLS exports it; `client`: we were the DTLS client. `None` if it is too short.
    pub fn new(profile: Profile, material: &[u8], client: bool) -> Option<Self> {
        let len = 2 * (profile.key_len() + profile.salt_len());
        Some(Self {
            profile,
            material: Zeroizing::new(material.get(..len)?.to_vec()),
            client,
        })
    }

    /// How packets are protected.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// What protects outgoing packets, and what opens incoming ones.
    pub fn contexts(&self) -> (Protect, Unprotect) {
        let [ours, theirs] = if self.client { [0, 1] } else { [1, 0] };
        let [rtp, rtcp] = [RTP, RTCP].map(|labels| self.cipher(ours, labels));
        let [rtp_in, rtcp_in] = [RTP, RTCP].map(|labels| self.cipher(theirs, labels));
        // To open what str0m protected with our key, see `take_over_rtcp`.
        let own_rtcp = self.cipher(ours, RTCP);
        (
            Protect::new(rtp, rtcp, own_rtcp),
            Unprotect::new(rtp_in, rtcp_in),
        )
    }

    /// `side`: 0 for what the DTLS client sends, 1 for the server.
    fn cipher(&self, side: usize, labels: Labels) -> Cipher {
        let (key_len, salt_len) = (self.profile.key_len(), self.profile.salt_len());
        let key = &self.material[side * key_len..][..key_len];
        let salt = &self.material[2 * key_len + side * salt_len..][..salt_len];
        let derive = |label, len| {
            let mut out = Zeroizing::new(vec![0; len]);
            expand(key, salt, label, &mut out);
            out
        };
        let (key, salt) = (derive(labels.0, key_len), derive(labels.2, salt_len));
        match self.profile {
            Profile::Aes128CmSha1 => Cipher::counter_mode(&key, &derive(labels.1, 20), &salt),
            Profile::AeadAes128Gcm | Profile::AeadAes256Gcm => Cipher::aead(&key, &salt),
        }
    }
}

/// AES in counter mode as a pseudo-random function (RFC 3711, 4.3.3), key derivation rate zero.
fn expand(key: &[u8], salt: &[u8], label: u8, out: &mut [u8]) {
    let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
    let key = UnboundCipherKey::new(algorithm, key).expect("the key has the algorithm's length");
    let aes = EncryptingKey::ecb(key).expect("AES has this mode");
    // A 96-bit salt counts as a 112-bit one that ends in zeros (RFC 7714, 11).
    let mut start = [0; 16];
    start[..salt.len()].copy_from_slice(salt);
    start[7] ^= label;
    for (counter, part) in (0_u16..).zip(out.chunks_mut(16)) {
        start[14..].copy_from_slice(&counter.to_be_bytes());
        let mut block = Zeroizing::new(start);
        aes.less_safe_encrypt(&mut block[..], EncryptionContext::None)
            .expect("it is one whole block");
        part.copy_from_slice(&block[..part.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3711, B.3.
    #[test]
    fn session_keys_are_those_of_the_rfc() {
        let hex = |text: &str| data_encoding::HEXUPPER.decode(text.as_bytes()).unwrap();
        let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt = hex("0EC675AD498AFEEBB6960B3AABE6");
        let cases = [
            (0, "C61E7A93744F39EE10734AFE3FF7A087"),
            (2, "30CBBC08863D8C85D49DB34A9AE1"),
            (1, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"),
        ];
        for (label, expected) in cases {
            let expected = hex(expected);
            let mut out = vec![0; expected.len()];
            expand(&key, &salt, label, &mut out);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn material_that_is_too_short_makes_no_keys() {
        assert!(Keys::new(Profile::AeadAes256Gcm, &[0; 87], true).is_none());
        assert!(Keys::new(Profile::AeadAes256Gcm, &[0; 88], true).is_some());
    }
}
