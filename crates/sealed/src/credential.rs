//! Who a leaf of the group is: our MLS credential type (RFC 9420, 5.3), and its check. Every member
//! and every joiner makes this check for every leaf.
//!
//! ```text
//! credential = version (1) = 1 || signed grant || device key (32)
//!              || seat key's signature over "incamera device v1" || call (16) || seat (2) || link (4) || device key (64)
//!              || device key's signature over "incamera leaf v1" || call (16) || leaf key (64)
//! ```

use openmls::prelude::{Credential, CredentialType};
use protocol::{CallId, DelegationId, SeatId, limits};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{
    codec::{Reader, Writer},
    grant::{Grant, SignedGrant},
    keys::{PublicKey, SignKey},
    suite::CREDENTIAL_TYPE,
};

const DEVICE_LABEL: &[u8] = b"incamera device v1";
const LEAF_LABEL: &[u8] = b"incamera leaf v1";
const VERSION: u8 = 1;
/// Longest credential looked at: four texts of a grant at their longest (a delegation's full name stands
/// in for a short one), and what is signed around them.
const BYTES_MAX: usize = 4 * limits::NAME_BYTES_MAX + 1024;

/// A leaf whose chain from the root key to its leaf key is good. Only [`verify`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VerifiedLeaf {
    pub(crate) grant: Grant,
    pub(crate) device: PublicKey,
    pub(crate) leaf_key: PublicKey,
    /// SHA-256 of the credential: tells whose message it is that was sent in an earlier epoch.
    pub(crate) credential: [u8; 32],
    _checked: (),
}

/// Why a leaf is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum NotVerified {
    #[error("its credential is not one of ours")]
    Malformed,
    #[error("its grant is not signed by the root key")]
    NoGrant,
    #[error("its device is not vouched for by the seat")]
    Device,
    #[error("its leaf key is not vouched for by the device")]
    Leaf,
}

impl VerifiedLeaf {
    pub(crate) fn seat(&self) -> SeatId {
        self.grant.seat.id
    }

    pub(crate) fn delegation(&self) -> DelegationId {
        self.grant.delegation.id
    }

    pub(crate) fn is_host(&self) -> bool {
        self.grant.seat.host
    }

    /// The same person on the same machine: a reload.
    pub(crate) fn is_same_device(&self, other: &Self) -> bool {
        self.grant == other.grant && self.device == other.device
    }
}

/// What the device key signs for one leaf key.
pub(crate) fn leaf_binding(call: CallId, leaf: &PublicKey) -> Vec<u8> {
    Writer::default()
        .fixed(LEAF_LABEL)
        .fixed(call.as_bytes())
        .fixed(&leaf.0)
        .0
}

fn device_binding(grant: &Grant, device: &PublicKey) -> Vec<u8> {
    Writer::default()
        .fixed(grant.call.as_bytes())
        .u16(grant.seat.id.0)
        .u32(grant.link)
        .fixed(&device.0)
        .0
}

/// The credential of the own leaf.
pub(crate) fn credential(
    signed: &SignedGrant,
    grant: &Grant,
    seat_key: &SignKey,
    device: &PublicKey,
    leaf_signature: &[u8; 64],
) -> Credential {
    let content = signed
        .write(Writer::default().u8(VERSION))
        .fixed(&device.0)
        .fixed(&seat_key.sign(DEVICE_LABEL, &device_binding(grant, device)))
        .fixed(leaf_signature);
    Credential::new(CredentialType::Other(CREDENTIAL_TYPE), content.0)
}

/// Checks the chain of a leaf: root key, grant, seat key, device key, leaf key.
pub(crate) fn verify(
    credential: &Credential,
    leaf_key: &[u8],
    root: &PublicKey,
    call: CallId,
) -> Result<VerifiedLeaf, NotVerified> {
    use NotVerified as N;
    let content = credential.serialized_content();
    let ours = credential.credential_type() == CredentialType::Other(CREDENTIAL_TYPE);
    if !ours || content.len() > BYTES_MAX {
        return Err(N::Malformed);
    }
    let leaf_key = PublicKey(leaf_key.try_into().map_err(|_| N::Malformed)?);
    let (signed, device, seat_signature, leaf_signature) =
        read(content).map_err(|_| N::Malformed)?;
    let grant = signed.verify(root, call).map_err(|_| N::NoGrant)?;
    grant
        .seat_key
        .verify(
            DEVICE_LABEL,
            &device_binding(&grant, &device),
            &seat_signature,
        )
        .map_err(|_| N::Device)?;
    device
        .verify(b"", &leaf_binding(call, &leaf_key), &leaf_signature)
        .map_err(|_| N::Leaf)?;
    Ok(VerifiedLeaf {
        grant,
        device,
        leaf_key,
        credential: digest(credential),
        _checked: (),
    })
}

/// What [`VerifiedLeaf::credential`] is of.
pub(crate) fn digest(credential: &Credential) -> [u8; 32] {
    Sha256::digest(credential.serialized_content()).into()
}

type Parts = (SignedGrant, PublicKey, [u8; 64], [u8; 64]);

fn read(content: &[u8]) -> Result<Parts, crate::codec::Malformed> {
    let mut r = Reader::new(content);
    if r.u8()? != VERSION {
        return Err(crate::codec::Malformed);
    }
    let signed = SignedGrant::read(&mut r)?;
    let parts = (signed, PublicKey(r.array()?), r.array()?, r.array()?);
    r.end()?;
    Ok(parts)
}

/// Reads a leaf without checking anything: what the faults of [`crate::sabotage`] need, and nobody else.
#[cfg_attr(not(feature = "sabotage"), allow(unused))]
pub(crate) fn believe(
    credential: &Credential,
    leaf_key: &[u8],
) -> Result<VerifiedLeaf, NotVerified> {
    let leaf_key = PublicKey(leaf_key.try_into().map_err(|_| NotVerified::Malformed)?);
    let (signed, device, _, _) =
        read(credential.serialized_content()).map_err(|_| NotVerified::Malformed)?;
    Ok(VerifiedLeaf {
        grant: signed.believe().map_err(|_| NotVerified::Malformed)?,
        device,
        leaf_key,
        credential: digest(credential),
        _checked: (),
    })
}
