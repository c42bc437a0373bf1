//! A letter of introduction: a host's word that it let this machine in on this seat. Whoever has one
//! shows it to a host that remembers nobody, because its machine is a new one or it was loaded anew: so
//! a group that was lost with its host comes together again without a question to anybody.
//!
//! ```text
//! letter = signed grant of the host || host's seat key's signature over
//!          "incamera letter v1" || call (16) || seat (2) || link number (4) || device key (64)
//! ```
//! It says nothing of who was removed since: that is what closed seats are for.

use std::collections::BTreeSet;

use protocol::{CallId, SeatId};

use crate::{
    codec::{Malformed, Reader, Writer},
    credential::VerifiedLeaf,
    grant::SignedGrant,
    keys::{PublicKey, SignKey},
    policy,
};

const LABEL: &[u8] = b"incamera letter v1";
/// Longest that is looked at.
pub(crate) const BYTES_MAX: usize = 2_048;

/// As it travels; nobody has checked it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UnverifiedLetter {
    host: SignedGrant,
    signature: [u8; 64],
}

fn content(leaf: &VerifiedLeaf) -> Vec<u8> {
    Writer::default()
        .fixed(leaf.grant.call.as_bytes())
        .u16(leaf.seat().0)
        .u32(leaf.grant.link)
        .fixed(&leaf.device.0)
        .0
}

/// The host's signature for this leaf's machine.
pub(crate) fn sign(host: &SignKey, leaf: &VerifiedLeaf) -> [u8; 64] {
    host.sign(LABEL, &content(leaf))
}

impl UnverifiedLetter {
    pub(crate) fn new(host: SignedGrant, signature: [u8; 64]) -> Self {
        Self { host, signature }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        self.host.write(Writer::default()).fixed(&self.signature).0
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > BYTES_MAX {
            return Err(Malformed);
        }
        let mut r = Reader::new(bytes);
        let host = SignedGrant::read(&mut r)?;
        let signature = r.array()?;
        r.end()?;
        Ok(Self { host, signature })
    }

    /// Whether a host of this call, whose link is not closed, wrote it about this leaf's machine.
    pub(crate) fn introduces(
        &self,
        leaf: &VerifiedLeaf,
        root: &PublicKey,
        call: CallId,
        closed: &BTreeSet<(SeatId, u32)>,
    ) -> bool {
        let Ok(host) = self.host.verify(root, call) else {
            return false;
        };
        let signed = host.seat_key.verify(LABEL, &content(leaf), &self.signature);
        host.seat.host && !policy::is_closed(closed, host.seat.id, host.link) && signed.is_ok()
    }
}
