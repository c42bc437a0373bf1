//! A manifest inside a sealed frame: which frames its sender sealed before, signed by its leaf. It goes
//! where the frames go, so that whoever gets them can tell whose they are, whatever else is lost.
//!
//! ```text
//! plaintext = frame || manifest, in some frames || marker (1): 0 without, 1 with one
//! manifest  = digests of earlier frames, then of own ones, then zeros up to `slots` of 8 bytes
//!             || earlier: epoch (2) || first counter (8) || how many (1)
//!             || own: how many (1) || slots (1) || signature (64)
//! signed    = circle (4) || call (16) || group (4) || epoch (8) || key id (8) || counter (8)
//!             || manifest without its signature || key frame (1) || SHA-256 of the frame (32)
//! ```
//! *Own* are the frames just before this one under its key id, *earlier* ones of the same stream and
//! layer in the epoch before. The signature binds the frame it is in, so that frame is proven too, and a
//! manifest is of no use in any other.
//!
//! Reads, writes and checks; when one is due, and what follows from it, is the session's.

use protocol::{CallId, GroupRef};
use sha2::{Digest as _, Sha256};

use super::{Digest, kid::KeyId};
use crate::{
    codec::{Malformed, Reader, Writer},
    keys::{BadSignature, PublicKey},
    sabotage::{self, Fault},
};

/// Most digests a manifest has room for.
pub const SLOTS_MAX: usize = u8::MAX as usize;
/// What a manifest has besides its digests.
const FIXED_BYTES: usize = 2 + 8 + 1 + 1 + 1 + SIGNATURE_BYTES;
const SIGNATURE_BYTES: usize = 64;
/// Most bytes a manifest and its marker add to a frame.
pub const BYTES_MAX: usize = SLOTS_MAX * DIGEST_BYTES + FIXED_BYTES + 1;
const DIGEST_BYTES: usize = size_of::<Digest>();

const LABEL: &[u8] = b"incamera manifest v1";
/// The marker of a frame without a manifest.
pub(crate) const NONE: u8 = 0;
const SOME: u8 = 1;

/// Frames sealed under one key id, with counters from `first` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFrames {
    /// The key id, as a number.
    pub kid: u64,
    /// Counter of the first.
    pub first: u64,
    /// Of the whole sealed frames.
    pub digests: Vec<Digest>,
}

/// The frame a manifest is in, and where.
pub struct Carrier<'a> {
    /// Of the call.
    pub call: CallId,
    /// The group, with its circle.
    pub group: GroupRef,
    /// All of it, not what key ids have room for.
    pub epoch: u64,
    /// The frame's.
    pub kid: KeyId,
    /// The frame's.
    pub ctr: u64,
    /// A picture's key frame.
    pub key: bool,
    /// As the encoder made it.
    pub frame: &'a [u8],
}

/// What a manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Epoch (in its low 16 bits) and first counter of frames sealed before those of this epoch.
    pub earlier: (u16, u64),
    /// Their digests.
    pub of_earlier: Vec<Digest>,
    /// Of the frames just before this one.
    pub own: Vec<Digest>,
    /// Its room; what is not used is zeros.
    pub slots: u8,
}

/// A manifest as it came; nobody has looked at its signature.
pub struct Unverified {
    says: Manifest,
    signed: Vec<u8>,
    signature: [u8; SIGNATURE_BYTES],
}

impl Manifest {
    /// What follows the frame in the plaintext: the manifest and its marker.
    pub(crate) fn write(
        &self,
        carrier: &Carrier<'_>,
        sign: impl FnOnce(&[u8], &[u8]) -> [u8; SIGNATURE_BYTES],
    ) -> Vec<u8> {
        let said = self.unsigned();
        let signature = sign(LABEL, &carrier.content(&said));
        Writer(said).fixed(&signature).u8(SOME).0
    }

    fn unsigned(&self) -> Vec<u8> {
        let digests = self.of_earlier.iter().chain(&self.own);
        let mut said: Vec<u8> = digests.flatten().copied().collect();
        said.resize(usize::from(self.slots) * DIGEST_BYTES, 0);
        Writer(said)
            .u16(self.earlier.0)
            .u64(self.earlier.1)
            .u8(self.of_earlier.len() as u8)
            .u8(self.own.len() as u8)
            .u8(self.slots)
            .0
    }

    fn read(said: &[u8]) -> Result<Self, Malformed> {
        let fixed = FIXED_BYTES - SIGNATURE_BYTES;
        let at = said.len().checked_sub(fixed).ok_or(Malformed)?;
        let (digests, fixed) = said.split_at(at);
        let mut fixed = Reader::new(fixed);
        let earlier = (fixed.u16()?, fixed.u64()?);
        let (count, own, slots) = (fixed.u8()?, fixed.u8()?, fixed.u8()?);
        let mut digests = Reader::new(digests);
        let mut read = |count: u8| -> Result<Vec<Digest>, Malformed> {
            (0..count).map(|_| digests.array()).collect()
        };
        let manifest = Self {
            earlier,
            of_earlier: read(count)?,
            own: read(own)?,
            slots,
        };
        // One form: zeros where nothing is said.
        (manifest.unsigned() == said)
            .then_some(manifest)
            .ok_or(Malformed)
    }

    /// The frames it tells of. Of a carrier with fewer frames before it than it says: none of them.
    fn lists(self, carrier: &Carrier<'_>) -> Vec<SentFrames> {
        let KeyParts { layer, leaf } = KeyParts::of(carrier.kid);
        let earlier = KeyId::new(layer, carrier.kid.stream(), leaf, self.earlier.0.into());
        let earlier = earlier.map(|kid| kid.in_circle(carrier.kid.circle()));
        let first = carrier.ctr.checked_sub(self.own.len() as u64);
        let lists = [
            (earlier, Some(self.earlier.1), self.of_earlier),
            (Some(carrier.kid), first, self.own),
        ];
        let list = |(kid, first, digests): (Option<KeyId>, Option<u64>, Vec<Digest>)| {
            Some(SentFrames {
                kid: kid?.to_u64(),
                first: first?,
                digests,
            })
        };
        let lists = lists.into_iter().filter_map(list);
        lists.filter(|list| !list.digests.is_empty()).collect()
    }
}

struct KeyParts {
    layer: u8,
    leaf: u16,
}

impl KeyParts {
    fn of(kid: KeyId) -> Self {
        Self {
            layer: kid.layer(),
            leaf: kid.leaf(),
        }
    }
}

impl Carrier<'_> {
    fn content(&self, said: &[u8]) -> Vec<u8> {
        Writer::default()
            .u32(self.group.circle.0.into())
            .fixed(self.call.as_bytes())
            .u32(self.group.number)
            .u64(self.epoch)
            .u64(self.kid.to_u64())
            .u64(self.ctr)
            .fixed(said)
            .u8(u8::from(self.key))
            .fixed(&Sha256::digest(self.frame))
            .0
    }
}

/// Takes the marker and the manifest off a plaintext. Without a marker of ours there is no frame.
pub(crate) fn split(mut plaintext: Vec<u8>) -> Result<(Vec<u8>, Option<Unverified>), Malformed> {
    match plaintext.pop() {
        Some(NONE) => return Ok((plaintext, None)),
        Some(SOME) => {}
        _ => return Err(Malformed),
    }
    let (rest, signature) = plaintext.split_last_chunk().ok_or(Malformed)?;
    let (slots, signature) = (*rest.last().ok_or(Malformed)?, *signature);
    let length = usize::from(slots) * DIGEST_BYTES + FIXED_BYTES - SIGNATURE_BYTES;
    let at = rest.len().checked_sub(length).ok_or(Malformed)?;
    let signed = rest[at..].to_vec();
    let says = Manifest::read(&signed)?;
    plaintext.truncate(at);
    let manifest = Unverified {
        says,
        signed,
        signature,
    };
    Ok((plaintext, Some(manifest)))
}

impl Unverified {
    /// What it says, if this leaf signed it for this frame.
    pub(crate) fn verify(
        self,
        leaf_key: &PublicKey,
        carrier: &Carrier<'_>,
    ) -> Result<Vec<SentFrames>, BadSignature> {
        let content = carrier.content(&self.signed);
        if !sabotage::on(Fault::ManifestSignatureUnchecked) {
            leaf_key.verify(LABEL, &content, &self.signature)?;
        }
        Ok(self.says.lists(carrier))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::CircleId;

    use super::*;
    use crate::{keys::SignKey, media::kid::Stream};

    fn key() -> SignKey {
        SignKey::from_seed(&[5; 32])
    }

    fn carrier(frame: &[u8]) -> Carrier<'_> {
        Carrier {
            call: CallId::from_bytes([7; 16]),
            group: GroupRef::table(2),
            epoch: 65_536 + 9,
            kid: KeyId::new(1, Stream::Camera, 3, 9).unwrap(),
            ctr: 40,
            key: true,
            frame,
        }
    }

    fn manifest() -> Manifest {
        Manifest {
            earlier: (8, 100),
            of_earlier: vec![[1; 8], [2; 8]],
            own: vec![[3; 8]],
            slots: 5,
        }
    }

    fn plaintext(frame: &[u8], manifest: &Manifest) -> Vec<u8> {
        let written = manifest.write(&carrier(frame), |label, content| key().sign(label, content));
        [frame, &written].concat()
    }

    #[test]
    fn a_manifest_tells_of_the_frames_before_it_in_its_epoch_and_the_one_before() {
        let (frame, read) = split(plaintext(b"picture", &manifest())).unwrap();
        assert_eq!(frame, b"picture");
        let lists = read.unwrap().verify(&key().public(), &carrier(&frame));
        let earlier = KeyId::new(1, Stream::Camera, 3, 8).unwrap().to_u64();
        let expected = [
            (earlier, 100, vec![[1; 8], [2; 8]]),
            (carrier(b"").kid.to_u64(), 39, vec![[3; 8]]),
        ];
        let expected = expected.map(|(kid, first, digests)| SentFrames {
            kid,
            first,
            digests,
        });
        assert_eq!(lists.ok().unwrap(), expected);
    }

    #[test]
    fn a_manifest_has_one_length_whatever_it_tells() {
        let empty = Manifest {
            slots: 5,
            ..Manifest::default()
        };
        let [full, empty] = [manifest(), empty].map(|says| plaintext(b"", &says).len());
        assert_eq!(full, empty);
        assert_eq!(full, 5 * 8 + FIXED_BYTES + 1);
    }

    /// Of another call, group, epoch, key id, counter, frame, or by another leaf.
    #[test]
    fn a_manifest_is_good_in_its_own_frame_only() {
        type Change = fn(&mut Carrier<'_>);
        let changes: [Change; 8] = [
            |c| c.call = CallId::from_bytes([8; 16]),
            |c| c.group = GroupRef::table(3),
            |c| c.group.circle = CircleId(1),
            |c| c.epoch += 65_536,
            |c| c.kid = KeyId::new(2, Stream::Camera, 3, 9).unwrap(),
            |c| c.ctr += 1,
            |c| c.key = false,
            |c| c.frame = b"another",
        ];
        let read = || {
            split(plaintext(b"picture", &manifest()))
                .unwrap()
                .1
                .unwrap()
        };
        for (at, change) in changes.into_iter().enumerate() {
            let mut other = carrier(b"picture");
            change(&mut other);
            assert!(read().verify(&key().public(), &other).is_err(), "{at}");
        }
        let another = SignKey::from_seed(&[6; 32]).public();
        assert!(read().verify(&another, &carrier(b"picture")).is_err());
        assert!(read().verify(&key().public(), &carrier(b"picture")).is_ok());
    }

    #[test]
    fn what_is_cut_short_or_says_more_than_it_has_is_no_frame() {
        let whole = plaintext(b"", &manifest());
        for end in 0..whole.len() {
            let mut short = whole[..end].to_vec();
            *short.last_mut().unwrap_or(&mut 0) = SOME;
            // What is left may look like another frame; it is not signed as one.
            if let Ok((frame, Some(read))) = split(short) {
                assert!(
                    read.verify(&key().public(), &carrier(&frame)).is_err(),
                    "{end}"
                );
            }
        }
        let mut marker = whole.clone();
        *marker.last_mut().unwrap() = 2;
        assert!(split(marker).is_err());
        let more = Manifest {
            slots: 2,
            ..manifest()
        };
        assert!(split(plaintext(b"", &more)).is_err());
        // Zeros are zeros.
        let mut other = whole;
        other[4 * 8] = 1;
        assert!(split(other).is_err());
        assert!(split(Vec::new()).is_err());
    }

    #[test]
    fn counters_before_the_first_are_not_told_of() {
        let early = Carrier {
            ctr: 0,
            ..carrier(b"")
        };
        assert_eq!(manifest().lists(&early).len(), 1);
    }

    proptest! {
        #[test]
        fn anything_is_read_without_a_panic(bytes: Vec<u8>) {
            let length = bytes.len();
            if let Ok((frame, _)) = split(bytes) {
                prop_assert!(frame.len() < length);
            }
        }
    }
}
