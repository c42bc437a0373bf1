//! One direction's session keys for RTP or for RTCP, and what is done with them.

use aws_lc_rs::{
    aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey},
    cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey},
    hmac,
    iv::FixedLength,
};
use subtle::ConstantTimeEq;

use crate::RTCP_CLEAR;

/// Of AES-GCM (RFC 7714, 5).
const AEAD_TAG: usize = 16;
/// Of HMAC-SHA1, shortened (RFC 3711, 5.2).
const HMAC_TAG: usize = 10;
/// E flag and index at the end of an SRTCP packet.
const INDEX: usize = 4;
const ENCRYPTED: u32 = 1 << 31;

#[allow(clippy::large_enum_variant)] // Five for a connection.
pub(crate) enum Cipher {
    Aead {
        key: LessSafeKey,
        salt: [u8; 12],
    },
    CounterMode {
        key: EncryptingKey,
        authentication: hmac::Key,
        salt: [u8; 14],
    },
}

impl Cipher {
    /// AES-GCM with a key of 16 or 32 bytes and a salt of 12.
    pub(crate) fn aead(key: &[u8], salt: &[u8]) -> Self {
        let algorithm = if key.len() == 32 {
            &AES_256_GCM
        } else {
            &AES_128_GCM
        };
        let key = UnboundKey::new(algorithm, key).expect("the key has the algorithm's length");
        Self::Aead {
            key: LessSafeKey::new(key),
            salt: salt.try_into().expect("a salt of 12 bytes"),
        }
    }

    /// AES-128 in counter mode with HMAC-SHA1: a key of 16 bytes, one of 20, and a salt of 14.
    pub(crate) fn counter_mode(key: &[u8], authentication: &[u8], salt: &[u8]) -> Self {
        let key = UnboundCipherKey::new(&AES_128, key).expect("a key of 16 bytes");
        let sha1 = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        Self::CounterMode {
            key: EncryptingKey::ctr(key).expect("AES has this mode"),
            authentication: hmac::Key::new(sha1, authentication),
            salt: salt.try_into().expect("a salt of 14 bytes"),
        }
    }

    /// Bytes of its tags.
    pub(crate) fn tag_len(&self) -> usize {
        match self {
            Self::Aead { .. } => AEAD_TAG,
            Self::CounterMode { .. } => HMAC_TAG,
        }
    }

    /// Encrypts the RTP packet at the end of `buffer`, from `start` on, behind its header, and appends
    /// the tag. `index`: extended sequence number (RFC 3711, 3.3.1).
    pub(crate) fn seal_rtp(
        &self,
        ssrc: u32,
        index: u64,
        buffer: &mut Vec<u8>,
        start: usize,
        header: usize,
    ) {
        let (clear, body) = buffer[start..].split_at_mut(header);
        match self {
            Self::Aead { key, salt } => {
                let nonce = aead_nonce(salt, ssrc, index);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(clear), body);
                append(buffer, &tag.expect("RTP packets are short"));
            }
            Self::CounterMode {
                key,
                authentication,
                salt,
            } => {
                apply_key_stream(key, salt, ssrc, index, body);
                let tag = rtp_tag(authentication, &buffer[start..], index);
                buffer.extend_from_slice(&tag.as_ref()[..HMAC_TAG]);
            }
        }
    }

    /// Checks and decrypts an RTP packet in place; gives the length of header and payload.
    pub(crate) fn open_rtp(
        &self,
        ssrc: u32,
        index: u64,
        packet: &mut [u8],
        header: usize,
    ) -> Option<usize> {
        match self {
            Self::Aead { key, salt } => {
                let (clear, body) = packet.split_at_mut_checked(header)?;
                let nonce = aead_nonce(salt, ssrc, index);
                let opened = key.open_in_place(nonce, Aad::from(clear), body).ok()?;
                Some(header + opened.len())
            }
            Self::CounterMode {
                key,
                authentication,
                salt,
            } => {
                let end = packet
                    .len()
                    .checked_sub(HMAC_TAG)
                    .filter(|&end| end >= header)?;
                let (signed, tag) = packet.split_at_mut(end);
                let expected = rtp_tag(authentication, signed, index);
                if !bool::from(expected.as_ref()[..HMAC_TAG].ct_eq(tag)) {
                    return None;
                }
                apply_key_stream(key, salt, ssrc, index, &mut signed[header..]);
                Some(end)
            }
        }
    }

    /// Encrypts a compound RTCP packet and appends index and tag.
    pub(crate) fn seal_rtcp(&self, index: u32, packet: &mut Vec<u8>) {
        let ssrc = rtcp_ssrc(packet);
        let word = (ENCRYPTED | index).to_be_bytes();
        let (clear, body) = packet.split_at_mut(RTCP_CLEAR);
        match self {
            Self::Aead { key, salt } => {
                let aad = Aad::from(rtcp_aad(clear, word));
                let nonce = aead_nonce(salt, ssrc, u64::from(index));
                let tag = key.seal_in_place_separate_tag(nonce, aad, body);
                append(packet, &tag.expect("RTCP packets are short"));
                packet.extend_from_slice(&word);
            }
            Self::CounterMode {
                key,
                authentication,
                salt,
            } => {
                apply_key_stream(key, salt, ssrc, u64::from(index), body);
                packet.extend_from_slice(&word);
                let tag = hmac::sign(authentication, packet);
                packet.extend_from_slice(&tag.as_ref()[..HMAC_TAG]);
            }
        }
    }

    /// Checks and decrypts a compound RTCP packet, takes index and tag off, and gives the index.
    pub(crate) fn open_rtcp(&self, packet: &mut Vec<u8>) -> Option<u32> {
        let tail = match self {
            Self::Aead { .. } => INDEX,
            Self::CounterMode { .. } => INDEX + HMAC_TAG,
        };
        let at = packet
            .len()
            .checked_sub(tail)
            .filter(|&at| at >= RTCP_CLEAR)?;
        let word: [u8; INDEX] = packet[at..at + INDEX].try_into().ok()?;
        let ssrc = rtcp_ssrc(packet);
        let index = u32::from_be_bytes(word);
        if index & ENCRYPTED == 0 {
            return None; // Nobody has reason to send it in clear.
        }
        let index = index & !ENCRYPTED;
        let end = match self {
            Self::Aead { key, salt } => {
                let (clear, body) = packet[..at].split_at_mut(RTCP_CLEAR);
                let aad = Aad::from(rtcp_aad(clear, word));
                let nonce = aead_nonce(salt, ssrc, u64::from(index));
                RTCP_CLEAR + key.open_in_place(nonce, aad, body).ok()?.len()
            }
            Self::CounterMode {
                key,
                authentication,
                salt,
            } => {
                let (signed, tag) = packet.split_at(at + INDEX);
                let expected = hmac::sign(authentication, signed);
                if !bool::from(expected.as_ref()[..HMAC_TAG].ct_eq(tag)) {
                    return None;
                }
                apply_key_stream(
                    key,
                    salt,
                    ssrc,
                    u64::from(index),
                    &mut packet[RTCP_CLEAR..at],
                );
                at
            }
        };
        packet.truncate(end);
        Some(index)
    }
}

/// RFC 7714, 8.1 and 9.1: two zero bytes, SSRC, 48 bits of index, xor salt. An RTCP index of 31 bits
/// leaves the upper ones zero.
fn aead_nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> Nonce {
    let number = (u128::from(ssrc) << 48) | u128::from(index & 0xffff_ffff_ffff);
    let mut nonce = *salt;
    for (byte, other) in nonce.iter_mut().zip(&number.to_be_bytes()[4..]) {
        *byte ^= other;
    }
    Nonce::assume_unique_for_key(nonce)
}

/// RFC 3711, 4.1.1.
fn apply_key_stream(key: &EncryptingKey, salt: &[u8; 14], ssrc: u32, index: u64, body: &mut [u8]) {
    let number = (u128::from(ssrc) << 64) | (u128::from(index & 0xffff_ffff_ffff) << 16);
    let mut iv = number.to_be_bytes();
    for (byte, salt) in iv.iter_mut().zip(salt) {
        *byte ^= salt;
    }
    if !body.is_empty() {
        let context = EncryptionContext::Iv128(FixedLength::from(iv));
        key.less_safe_encrypt(body, context)
            .expect("counter mode takes any length");
    }
}

/// Over the packet and the rollover counter (RFC 3711, 4.2).
fn rtp_tag(key: &hmac::Key, packet: &[u8], index: u64) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(packet);
    context.update(&((index >> 16) as u32).to_be_bytes());
    context.sign()
}

fn rtcp_aad(clear: &[u8], word: [u8; INDEX]) -> [u8; RTCP_CLEAR + INDEX] {
    let mut aad = [0; RTCP_CLEAR + INDEX];
    aad[..RTCP_CLEAR].copy_from_slice(clear);
    aad[RTCP_CLEAR..].copy_from_slice(&word);
    aad
}

/// The sender's, from the first header. The packet has at least one.
pub(crate) fn rtcp_ssrc(packet: &[u8]) -> u32 {
    u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]])
}

fn append(buffer: &mut Vec<u8>, tag: &Tag) {
    debug_assert_eq!(tag.as_ref().len(), AEAD_TAG);
    buffer.extend_from_slice(tag.as_ref());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let text: String = text.split_whitespace().collect();
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    /// RFC 7714, 16.1.1.
    #[test]
    fn the_packet_of_rfc_7714_comes_out_as_printed() {
        let salt = hex("51756964 2070726f 2071756f");
        let key: Vec<u8> = (0..16).collect();
        let mut packet = hex(
            "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973
            20646976 69736120 696e2070 61727465 73207472 6573",
        );
        Cipher::aead(&key, &salt).seal_rtp(0x5501_a0b2, 0xf17b, &mut packet, 0, 12);
        let expected = hex(
            "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5
            0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        );
        assert_eq!(packet, expected);
    }
}
