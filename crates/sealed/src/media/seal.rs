//! The sending end of one leaf in one epoch.
//!
//! Owns the counters. RFC 9605 (4.4.1, 9.1) demands that none is used twice under one key, so they
//! begin at 0, only grow, live nowhere but in this object, and this object cannot be copied or
//! stored. The session makes one for each epoch, and one worker of the leaf holds it.

use std::collections::BTreeMap;

use protocol::{CallId, CircleId};
use thiserror::Error;

use super::{
    Digest, FRAME_BYTES_MAX, OVERHEAD_BYTES_MAX, digest,
    envelope::clear_bytes,
    kid::{KeyId, LEAF_MAX, Stream},
    manifest::NONE,
    metadata,
    sframe::{BaseKey, FrameKey},
};
use crate::sabotage::{self, Fault};

/// Why nothing was sealed. All but the last are the caller's mistake.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum SealError {
    /// Leaf indices above [`LEAF_MAX`] do not fit into a key id.
    #[error("a leaf beyond what a key id holds")]
    LeafTooHigh,
    /// Layers above [`LAYER_MAX`](super::kid::LAYER_MAX) do not fit into a key id.
    #[error("a layer beyond what a key id holds")]
    LayerTooHigh,
    /// The frame is longer than [`FRAME_BYTES_MAX`].
    #[error("a frame longer than is sealed")]
    TooLong,
    /// All 2^64 counters of this key id are used. A new epoch has new ones.
    #[error("no counters are left in this epoch")]
    CountersSpent,
}

/// A sealed frame, and what the manifest says of it.
pub struct Sealed {
    /// What goes to the packetiser.
    pub bytes: Vec<u8>,
    /// Which key it is sealed under.
    pub kid: KeyId,
    /// Its number under that key.
    pub ctr: u64,
    /// Of `bytes`.
    pub digest: Digest,
}

/// Seals the frames of one leaf in one epoch. Its keys are wiped when it is dropped.
pub struct Sealer {
    call: CallId,
    circle: CircleId,
    base: BaseKey,
    epoch: u64,
    leaf: u16,
    /// At most one for each stream and layer.
    sending: BTreeMap<KeyId, Sending>,
}

struct Sending {
    key: FrameKey,
    /// The next counter; `None` when the last is used.
    next: Option<u64>,
}

impl Sealer {
    /// A sender whose counters all begin at 0. `base` must be this epoch's, and no other sealer may
    /// ever be made for the same epoch and leaf.
    pub fn new(
        call: CallId,
        circle: CircleId,
        base: BaseKey,
        epoch: u64,
        leaf: u16,
    ) -> Result<Self, SealError> {
        if leaf > LEAF_MAX {
            return Err(SealError::LeafTooHigh);
        }
        Ok(Self {
            call,
            circle,
            base,
            epoch,
            leaf,
            sending: BTreeMap::new(),
        })
    }

    /// Seals one encoded frame. `key` says whether a picture is a key frame; voice has none.
    pub fn seal(
        &mut self,
        stream: Stream,
        layer: u8,
        key: bool,
        frame: &[u8],
    ) -> Result<Sealed, SealError> {
        self.seal_with(stream, layer, key, frame, |_, _| None)
    }

    /// The same, with the manifest that is made for its key id and counter, if one is.
    pub(crate) fn seal_with(
        &mut self,
        stream: Stream,
        layer: u8,
        key: bool,
        frame: &[u8],
        manifest: impl FnOnce(KeyId, u64) -> Option<Vec<u8>>,
    ) -> Result<Sealed, SealError> {
        if frame.len() > FRAME_BYTES_MAX {
            return Err(SealError::TooLong);
        }
        let kid = self.kid(stream, layer).ok_or(SealError::LayerTooHigh)?;
        let sending = (self.sending.entry(kid)).or_insert_with(|| Sending::new(&self.base, kid));
        // Taken before it is used, so that no error can make it be used again.
        let ctr = sending.take()?;

        let clear = clear_bytes(stream.kind(), key);
        let end = manifest(kid, ctr).unwrap_or_else(|| vec![NONE]);
        let plaintext = [frame, &end].concat();
        let mut bytes = Vec::with_capacity(frame.len() + OVERHEAD_BYTES_MAX);
        bytes.extend_from_slice(clear);
        if sabotage::on(Fault::UnsealedSender) {
            bytes.extend_from_slice(frame);
        } else {
            (sending.key)
                .seal(ctr, &metadata(self.call, clear), &plaintext, &mut bytes)
                .map_err(|_| SealError::TooLong)?;
        }
        let digest = digest(&bytes);
        Ok(Sealed {
            bytes,
            kid,
            ctr,
            digest,
        })
    }

    fn kid(&self, stream: Stream, layer: u8) -> Option<KeyId> {
        let kid = KeyId::new(layer, stream, self.leaf, self.epoch);
        kid.map(|kid| kid.in_circle(self.circle))
    }

    /// As if all counters before `ctr` were used.
    #[cfg(test)]
    pub(crate) fn skip_to(&mut self, stream: Stream, layer: u8, ctr: u64) {
        let kid = self.kid(stream, layer).unwrap();
        let sending = (self.sending.entry(kid)).or_insert_with(|| Sending::new(&self.base, kid));
        assert!(sending.next <= Some(ctr));
        sending.next = Some(ctr);
    }
}

impl Sending {
    fn new(base: &BaseKey, kid: KeyId) -> Self {
        Self {
            key: FrameKey::derive(base, kid.to_u64()),
            next: Some(0),
        }
    }

    /// The next counter, which is then used.
    fn take(&mut self) -> Result<u64, SealError> {
        let ctr = self.next.ok_or(SealError::CountersSpent)?;
        self.next = ctr.checked_add(1);
        if sabotage::on(Fault::CounterResumed) && ctr == 7 {
            self.next = Some(0);
        }
        Ok(ctr)
    }
}
