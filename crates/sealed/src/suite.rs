//! How we use MLS (RFC 9420): one cipher suite, one credential type, one extension of the group
//! context, everything encrypted, no negotiation.
//!
//! The suite is 0x004F, X25519 with ML-KEM-768 for key agreement, AES-128-GCM, SHA-256, Ed25519
//! (draft-ietf-mls-pq-ciphersuites; a provisional code point). `docs/design/sealing.md` says why.
//!
//! ```text
//! call extension (0xF1CA) = version (1) = 4 || call (16) || suite (2) || circle (1) || group number (4)
//!                           || root key (32) || closed <2>( seat (2) || link number (4) )*
//!                           || heads <2>( device key (32) )*
//! ```

use std::collections::BTreeSet;

use openmls::prelude::{
    Capabilities, Ciphersuite, CredentialType, Extension, ExtensionType, Extensions, GroupContext,
    GroupId, MlsGroupCreateConfig, MlsGroupJoinConfig, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY,
    ProtocolVersion, RequiredCapabilitiesExtension, SenderRatchetConfiguration, UnknownExtension,
};
use protocol::{CallId, CircleId, GroupRef, SeatId};

use crate::{
    codec::{Malformed, Reader, Writer},
    credential::VerifiedLeaf,
    keys::PublicKey,
};

pub(crate) const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519;
/// Machines that may lead a circle at one time.
pub(crate) const HEADS_MAX: usize = 8;
/// From the range for private use (RFC 9420, 17.5).
pub(crate) const CREDENTIAL_TYPE: u16 = 0xF1CA;
pub(crate) const EXTENSION_TYPE: u16 = 0xF1CA;
/// 4: groups of several circles, and who heads one. Clients of another version do not meet in a group.
const VERSION: u8 = 4;
/// Handshakes are padded to multiples of this, so that their length tells less.
const PADDING_BYTES: usize = 32;
/// Messages of a sender that may be missing before one that is read: heartbeats are dropped while a
/// client is away. Deriving that many keys takes some tens of milliseconds, once.
const FORWARD_DISTANCE_MAX: u32 = 100_000;
/// Keys kept for messages that arrive out of order.
const ORDER_TOLERANCE: u32 = 64;
/// Epochs whose application messages can still be read; the session drops them after 5 s.
const PAST_EPOCHS: usize = 2;

/// The extension of the group context: what the group is for, and who may not come back.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CallExtension {
    pub(crate) call: CallId,
    pub(crate) group: GroupRef,
    pub(crate) root: PublicKey,
    /// Seats with the number of the link under which they were removed.
    pub(crate) closed: BTreeSet<(SeatId, u32)>,
    /// Machines that lead a circle beside the table: whose founder's, then those it named. None at the table, which
    /// hosts lead.
    pub(crate) heads: Vec<PublicKey>,
}

impl CallExtension {
    /// Whether this leaf lets others in and takes them out: a host at the table, a head's machine elsewhere.
    pub(crate) fn leads(&self, leaf: &VerifiedLeaf) -> bool {
        match self.group.circle {
            CircleId::TABLE => leaf.is_host(),
            _ => self.heads.contains(&leaf.device),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let closed: Vec<_> = self.closed.iter().copied().collect();
        Writer::default()
            .u8(VERSION)
            .fixed(self.call.as_bytes())
            .u16(SUITE as u16)
            .u8(self.group.circle.0)
            .u32(self.group.number)
            .fixed(&self.root.0)
            .list(&closed, |w, (seat, link)| w.u16(seat.0).u32(*link))
            .list(&self.heads, |w, head| w.fixed(&head.0))
            .0
    }

    fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(bytes);
        if r.u8()? != VERSION {
            return Err(Malformed);
        }
        let call = CallId::from_bytes(r.array()?);
        if r.u16()? != SUITE as u16 {
            return Err(Malformed);
        }
        let circle = CircleId(r.u8()?);
        let number = r.u32()?;
        let group = GroupRef { circle, number };
        let root = PublicKey(r.array()?);
        let closed = r.list(|r| Ok((SeatId(r.u16()?), r.u32()?)))?;
        let heads: Vec<_> = r.list(|r| Ok(PublicKey(r.array()?)))?;
        r.end()?;
        // The table is the hosts'; any other circle has somebody who leads it.
        if (circle == CircleId::TABLE) != heads.is_empty() || heads.len() > HEADS_MAX {
            return Err(Malformed);
        }
        Ok(Self {
            call,
            group,
            root,
            closed: closed.into_iter().collect(),
            heads,
        })
    }

    /// All extensions of a group context that has this one.
    pub(crate) fn extensions(&self) -> Extensions<GroupContext> {
        let call = Extension::Unknown(EXTENSION_TYPE, UnknownExtension(self.encode()));
        let required = RequiredCapabilitiesExtension::new(
            &[ExtensionType::Unknown(EXTENSION_TYPE)],
            &[],
            &[CredentialType::Other(CREDENTIAL_TYPE)],
        );
        Extensions::from_vec(vec![Extension::RequiredCapabilities(required), call])
            .expect("both are extensions of a group context, each once")
    }

    /// From a group context, if it has exactly the extensions of ours.
    pub(crate) fn of(context: &GroupContext) -> Result<Self, Malformed> {
        let unknown = context.extensions().unknown(EXTENSION_TYPE);
        let read = Self::decode(&unknown.ok_or(Malformed)?.0)?;
        let ours = *context.extensions() == read.extensions();
        let suited =
            context.ciphersuite() == SUITE && context.protocol_version() == ProtocolVersion::Mls10;
        (ours && suited && *context.group_id() == group_id(read.call, read.group))
            .then_some(read)
            .ok_or(Malformed)
    }
}

/// Call id, circle and group number.
pub(crate) fn group_id(call: CallId, group: GroupRef) -> GroupId {
    GroupId::from_slice(
        &Writer::default()
            .fixed(call.as_bytes())
            .u8(group.circle.0)
            .u32(group.number)
            .0,
    )
}

/// Of a leaf. `suite` is [`SUITE`], but in tests of interoperability.
pub(crate) fn capabilities(suite: Ciphersuite) -> Capabilities {
    Capabilities::new(
        Some(&[ProtocolVersion::Mls10]),
        Some(&[suite]),
        Some(&[ExtensionType::Unknown(EXTENSION_TYPE)]),
        None,
        Some(&[CredentialType::Other(CREDENTIAL_TYPE)]),
    )
}

pub(crate) fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING_BYTES)
        .max_past_epochs(PAST_EPOCHS)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(ratchet())
        .build()
}

/// Of a new group; `suite` as in [`capabilities`].
pub(crate) fn create_config(suite: Ciphersuite, extension: &CallExtension) -> MlsGroupCreateConfig {
    MlsGroupCreateConfig::builder()
        .ciphersuite(suite)
        .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING_BYTES)
        .max_past_epochs(PAST_EPOCHS)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(ratchet())
        .capabilities(capabilities(suite))
        .with_group_context_extensions(extension.extensions())
        .build()
}

fn ratchet() -> SenderRatchetConfiguration {
    SenderRatchetConfiguration::new(ORDER_TOLERANCE, FORWARD_DISTANCE_MAX)
}
