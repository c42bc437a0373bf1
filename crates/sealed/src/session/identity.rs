//! Who this client is: its grant, its keys, its credential, and the store OpenMLS keeps secrets in
//! (memory only). Makes key packages and reads those of others.

use std::{ops::Deref, sync::Arc};

use openmls::prelude::{
    Credential, CredentialWithKey, KeyPackage, KeyPackageIn, KeyPackageVerifyError, Lifetime,
    OpenMlsProvider as _, ProtocolVersion,
    tls_codec::{DeserializeBytes as _, Serialize as _},
};
use protocol::{CallId, CircleId, DelegationId, Sealed, SeatId, shape::SeatShape};

use super::{SessionError, provider::Provider};
use crate::{
    credential::{self, VerifiedLeaf, leaf_binding},
    grant::{Grant, OpenedGrant, SignedGrant},
    keys::{PublicKey, SignKey},
    letter::{self, UnverifiedLetter},
    link::Link,
    message::Letters,
    parcel::ParcelKey,
    policy,
    suite::{SUITE, capabilities},
};

const KNOCK: &[u8] = b"incamera knock v1";

/// A fresh leaf that its device has not vouched for yet: sign [`Candidate::to_sign`] with the device
/// key, then [`Candidate::into_session`]. In two steps because WebCrypto signs asynchronously.
pub struct Candidate {
    call: CallId,
    opened: OpenedGrant,
    seat_key: SignKey,
    device: PublicKey,
    leaf_key: SignKey,
}

/// The own leaf, vouched for.
pub(super) struct Identity {
    pub(super) call: CallId,
    pub(super) grant: Grant,
    pub(super) root: PublicKey,
    pub(super) knock: ParcelKey,
    pub(super) leaf_key: SignKey,
    pub(super) device: PublicKey,
    /// Of the own link: a host's letters are signed with it.
    seat_key: SignKey,
    signed: SignedGrant,
    credential: Credential,
}

/// A key package whose sender was found to be who its grant says. Only [`Identity::read_knock`]
/// makes one.
#[derive(Clone)]
pub(super) struct VerifiedKnock {
    pub(super) leaf: VerifiedLeaf,
    pub(super) package: KeyPackage,
    /// A host's word that it let this machine in.
    pub(super) letter: Option<UnverifiedLetter>,
}

/// What is wrong with a knock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadKnock {
    /// Not sealed under this call's knock key, or not a key package of our suite.
    Package,
    /// Its credential is not one the root key stands behind.
    Grant,
    /// Good, but for another seat than the server said.
    Seat,
    /// Its lifetime has not begun or is over: this clock and its maker's are an hour and more apart.
    Clock,
}

impl Candidate {
    /// A new leaf for the seat of this grant on the device with this public key.
    pub fn new(
        link: &Link,
        grant: OpenedGrant,
        device_public: [u8; 32],
    ) -> Result<Self, SessionError> {
        Ok(Self {
            call: link.call,
            opened: grant,
            seat_key: link.seat_secret().seat_key(link.call),
            device: PublicKey(device_public),
            leaf_key: SignKey::generate().map_err(|_| SessionError::NoRandomness)?,
        })
    }

    /// The bytes the device key signs.
    pub fn to_sign(&self) -> Vec<u8> {
        leaf_binding(self.call, &self.leaf_key.public())
    }

    /// With a leaf key that was somebody else's.
    #[cfg(test)]
    pub(super) fn with_leaf_key(self, leaf_key: SignKey) -> Self {
        Self { leaf_key, ..self }
    }

    pub(super) fn into_identity(self, signature: [u8; 64]) -> Result<Identity, SessionError> {
        let OpenedGrant {
            grant,
            signed,
            root,
            knock,
            ..
        } = self.opened;
        let credential =
            credential::credential(&signed, &grant, &self.seat_key, &self.device, &signature);
        let key = self.leaf_key.public();
        credential::verify(&credential, &key.0, &root, self.call)
            .map_err(|_| SessionError::BadDeviceSignature)?;
        Ok(Identity {
            call: self.call,
            grant,
            root,
            knock,
            leaf_key: self.leaf_key,
            seat_key: self.seat_key,
            device: self.device,
            signed,
            credential,
        })
    }
}

impl Identity {
    pub(super) fn seat(&self) -> SeatId {
        self.grant.seat.id
    }

    pub(super) fn is_host(&self) -> bool {
        self.grant.seat.host
    }

    pub(super) fn leaf_public(&self) -> PublicKey {
        self.leaf_key.public()
    }

    pub(super) fn credential(&self) -> CredentialWithKey {
        CredentialWithKey {
            credential: self.credential.clone(),
            signature_key: self.leaf_public().0.to_vec().into(),
        }
    }

    pub(super) fn delegation(&self) -> DelegationId {
        self.grant.delegation.id
    }

    /// The seat as the server knows it.
    pub(super) fn shape(&self) -> SeatShape {
        self.grant.seat.shape()
    }

    /// The own letters for these leaves: that this host let them in.
    pub(super) fn letters<'a>(&self, leaves: impl Iterator<Item = &'a VerifiedLeaf>) -> Letters {
        let sign = |leaf: &VerifiedLeaf| (leaf.seat(), letter::sign(&self.seat_key, leaf));
        Letters {
            host: self.signed.clone(),
            signatures: leaves.map(sign).collect(),
        }
    }
}

/// This client as a member of one circle: the same person and leaf key in all of them, and a store for the keys of
/// this one's groups.
pub(super) struct OwnLeaf {
    pub(super) circle: CircleId,
    identity: Arc<Identity>,
    pub(super) provider: Provider,
}

impl Deref for OwnLeaf {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

impl OwnLeaf {
    pub(super) fn new(circle: CircleId, identity: Arc<Identity>) -> Self {
        Self {
            circle,
            identity,
            provider: Provider::default(),
        }
    }

    /// A fresh key package, sealed for those who have a link of this call.
    #[cfg(any(test, feature = "forge"))]
    pub(super) fn knock(&self) -> Result<Sealed, SessionError> {
        self.knock_with(Lifetime::default(), None)
    }

    /// The same, with a host's letter if there is one.
    pub(super) fn knock_with(
        &self,
        lifetime: Lifetime,
        letter: Option<&UnverifiedLetter>,
    ) -> Result<Sealed, SessionError> {
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(capabilities(SUITE))
            .key_package_lifetime(lifetime)
            .build(SUITE, &self.provider, &self.leaf_key, self.credential())
            .map_err(|_| SessionError::Mls)?;
        let mut bytes = bundle
            .key_package()
            .tls_serialize_detached()
            .map_err(|_| SessionError::Mls)?;
        if let Some(letter) = letter {
            bytes.extend(letter.encode());
        }
        let parcel = self.knock.seal(&self.knock_label(), &bytes);
        Ok(Sealed::from_bytes(
            &parcel.map_err(|_| SessionError::NoRandomness)?,
        ))
    }

    /// Opens and checks somebody's knock for `seat`.
    pub(super) fn read_knock(
        &self,
        seat: SeatId,
        knock: &Sealed,
    ) -> Result<VerifiedKnock, BadKnock> {
        let parcel = knock.to_bytes().ok_or(BadKnock::Package)?;
        let bytes = self
            .knock
            .open(&self.knock_label(), &parcel)
            .map_err(|_| BadKnock::Package)?;
        let (package, rest) =
            KeyPackageIn::tls_deserialize_bytes(&bytes).map_err(|_| BadKnock::Package)?;
        let letter = match rest {
            [] => None,
            letter => Some(UnverifiedLetter::decode(letter).map_err(|_| BadKnock::Package)?),
        };
        let package = package
            .validate(self.provider.crypto(), ProtocolVersion::Mls10)
            .map_err(|error| match error {
                // Looked at last: all else is good.
                KeyPackageVerifyError::LifetimeError(_) => BadKnock::Clock,
                _ => BadKnock::Package,
            })?;
        if package.ciphersuite() != SUITE {
            return Err(BadKnock::Package);
        }
        let leaf =
            policy::verify_package(&package, &self.root, self.call).map_err(|_| BadKnock::Grant)?;
        if leaf.seat() != seat || !self.circle.takes(leaf.delegation()) {
            return Err(BadKnock::Seat);
        }
        Ok(VerifiedKnock {
            leaf,
            package,
            letter,
        })
    }

    /// What knocks of this circle are sealed for: one that was made for another is none here.
    fn knock_label(&self) -> Vec<u8> {
        match self.circle {
            CircleId::TABLE => KNOCK.to_vec(),
            CircleId(number) => [KNOCK, b" of circle ", &[number]].concat(),
        }
    }
}
