//! The receiving end of one epoch: all leaves, all streams.
//!
//! ```text
//! bytes ──envelope, header, key id──> kid ──> key ──authentic?──> window: fresh? ──> frame
//!                                                                     mark, when it is given out
//! ```
//!
//! There is one key per key id and no trial decryption. Nothing is remembered of a frame that is
//! not authentic, so a flood of them costs time, which the caller's limits bound, and no memory.
//! A frame that is authentic is any member's, so it moves no window: [`Opener::mark`] does, when the
//! session gives it out. Dropping the opener of an epoch is what makes its frames unreadable.

use std::collections::BTreeMap;

use protocol::CallId;
use thiserror::Error;

use super::{
    Digest, FRAME_BYTES_MAX, OVERHEAD_BYTES_MAX, digest,
    envelope::{self, Kind, clear_bytes},
    kid::{BadKeyId, KeyId, short_epoch},
    manifest, metadata,
    replay::Window,
    sframe::{BaseKey, FrameKey, Header},
};
use crate::sabotage::{self, Fault};

/// Most key ids an opener keeps keys of: 300 seats with a voice, a camera in three layers and a
/// screen in three come to 2100. One costs about a kilobyte.
pub const KEYS_MAX: usize = 4096;

/// Why a frame is dropped.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum Refused {
    /// Longer than anything a sealer makes.
    #[error("longer than a sealed frame")]
    TooLong,
    /// Not an SFrame ciphertext with a key id of ours.
    #[error("not a sealed frame")]
    Malformed,
    /// The clear bytes are not those of its kind.
    #[error("clear bytes that are not ours")]
    Envelope,
    /// Of another epoch than the opener's: this one, in its low 16 bits.
    #[error("of epoch {0} (mod 65536)")]
    WrongEpoch(u16),
    /// A stream this version does not know.
    #[error("of a stream unknown here")]
    UnknownStream,
    /// A voice's key id on a picture, or the reverse.
    #[error("a key id of another kind of stream")]
    WrongKind,
    /// A counter that was given out before, or is too old to tell.
    #[error("opened before, or too old")]
    Replayed,
    /// Changed on the way, of another call or epoch, or made by nobody in this one.
    #[error("not authentic")]
    NotAuthentic,
    /// There are [`KEYS_MAX`] key ids in use in this epoch. To forget one would forget its window.
    #[error("too many streams in this epoch")]
    TooManyKeys,
}

/// A frame that is what somebody in this epoch sealed. Which leaf is a claim that any member could
/// make: the manifests settle it.
pub struct Opened {
    /// Which key it was sealed under.
    pub kid: KeyId,
    /// Its number under that key.
    pub ctr: u64,
    /// Whether it is a picture's key frame.
    pub key: bool,
    /// Of the whole sealed frame, to compare with the sender's manifests.
    pub digest: Digest,
    /// As the sender's encoder made it.
    pub frame: Vec<u8>,
    /// What the frame says of those before it.
    pub manifest: Option<manifest::Unverified>,
    /// Its counter was given out before, or is too old to tell.
    pub is_seen: bool,
}

/// Opens the frames of one epoch. Its keys are wiped when it is dropped.
pub struct Opener {
    call: CallId,
    base: BaseKey,
    epoch: u16,
    /// Only of key ids under which a frame was authentic.
    receiving: BTreeMap<KeyId, Receiving>,
}

/// A sealed frame in its parts; nothing of it is authentic yet.
struct Unverified<'a> {
    kid: KeyId,
    header: Header,
    key: bool,
    clear: &'static [u8],
    body: &'a [u8],
}

struct Receiving {
    key: FrameKey,
    window: Window,
}

/// The key id a frame claims, without opening it: to choose the epoch's opener, and to refuse
/// leaves that may not send before any work is done for them.
pub fn peek(kind: Kind, bytes: &[u8]) -> Result<KeyId, Refused> {
    Unverified::parse(kind, bytes).map(|frame| frame.kid)
}

impl Opener {
    /// An opener that has seen nothing. `base` must be this epoch's.
    pub fn new(call: CallId, base: BaseKey, epoch: u64) -> Self {
        Self {
            call,
            base,
            epoch: short_epoch(epoch),
            receiving: BTreeMap::new(),
        }
    }

    /// Opens a frame that arrived on a track of this kind. Whoever gives it out marks it then.
    pub fn open(&mut self, kind: Kind, bytes: &[u8]) -> Result<Opened, Refused> {
        let sealed = Unverified::parse(kind, bytes)?;
        let plaintext = match self.open_parsed(&sealed) {
            Err(Refused::NotAuthentic) if sabotage::on(Fault::FailOpenDecrypt) => {
                [bytes, &[manifest::NONE]].concat()
            }
            opened => opened?,
        };
        let (frame, manifest) = manifest::split(plaintext).map_err(|_| Refused::Malformed)?;
        let known = self.receiving.get(&sealed.kid);
        Ok(Opened {
            kid: sealed.kid,
            ctr: sealed.header.ctr,
            key: sealed.key,
            digest: digest(bytes),
            frame,
            manifest,
            is_seen: known.is_some_and(|known| !known.window.check(sealed.header.ctr)),
        })
    }

    /// A frame that opened is given out: no other with its counter is.
    pub fn mark(&mut self, kid: KeyId, ctr: u64) {
        if let Some(known) = self.receiving.get_mut(&kid) {
            known.window.mark(ctr);
        }
    }

    /// What was given out with this counter was not its sender's: the true one may be.
    pub fn unmark(&mut self, kid: KeyId, ctr: u64) {
        if let Some(known) = self.receiving.get_mut(&kid) {
            known.window.unmark(ctr);
        }
    }

    fn open_parsed(&mut self, sealed: &Unverified<'_>) -> Result<Vec<u8>, Refused> {
        if sealed.kid.epoch() != self.epoch {
            return Err(Refused::WrongEpoch(sealed.kid.epoch()));
        }
        if let Some(known) = self.receiving.get(&sealed.kid) {
            return known.open(self.call, sealed);
        }
        if self.receiving.len() >= KEYS_MAX {
            return Err(Refused::TooManyKeys);
        }
        let new = Receiving {
            key: FrameKey::derive(&self.base, sealed.header.kid),
            window: Window::new(),
        };
        let plaintext = new.open(self.call, sealed)?;
        self.receiving.insert(sealed.kid, new);
        Ok(plaintext)
    }

    /// How many keys are kept.
    #[cfg(test)]
    pub(super) fn keys(&self) -> usize {
        self.receiving.len()
    }
}

impl<'a> Unverified<'a> {
    fn parse(kind: Kind, bytes: &'a [u8]) -> Result<Self, Refused> {
        if bytes.len() > FRAME_BYTES_MAX + OVERHEAD_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        let (key, sframe) = envelope::parse(kind, bytes).ok_or(Refused::Envelope)?;
        let (header, body) = Header::parse(sframe).ok_or(Refused::Malformed)?;
        let kid = KeyId::from_u64(header.kid).map_err(|bad| match bad {
            BadKeyId::TooLong => Refused::Malformed,
            BadKeyId::UnknownStream => Refused::UnknownStream,
        })?;
        if kid.stream().kind() != kind {
            return Err(Refused::WrongKind);
        }
        Ok(Self {
            kid,
            header,
            key,
            clear: clear_bytes(kind, key),
            body,
        })
    }
}

impl Receiving {
    fn open(&self, call: CallId, sealed: &Unverified<'_>) -> Result<Vec<u8>, Refused> {
        let metadata = metadata(call, sealed.clear);
        (self.key)
            .open(sealed.header, &metadata, sealed.body)
            .map_err(|_| Refused::NotAuthentic)
    }
}
