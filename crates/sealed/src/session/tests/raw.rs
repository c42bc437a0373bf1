//! A client of OpenMLS with our profile and nothing else: any suite, any provider of cryptography, none
//! of our policy.

use openmls::prelude::{
    Ciphersuite, CredentialWithKey, KeyPackage, KeyPackageIn, LeafNodeIndex, MlsGroup,
    MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, OpenMlsProvider, ProcessedMessageContent,
    ProtocolVersion, StagedWelcome,
    tls_codec::{DeserializeBytes as _, Serialize as _},
};

use crate::{
    keys::SignKey,
    suite::{CallExtension, capabilities, create_config, group_id, join_config},
};

pub(super) struct Client<P> {
    pub(super) provider: P,
    pub(super) suite: Ciphersuite,
    pub(super) key: SignKey,
    pub(super) credential: CredentialWithKey,
}

/// What a commit does; one that does nothing has a fresh path.
#[derive(Default)]
pub(super) struct Change {
    pub(super) adds: Vec<Vec<u8>>,
    pub(super) removes: Vec<u32>,
    pub(super) extension: Option<CallExtension>,
}

/// Only the bytes go from one to the other.
fn bytes(message: &MlsMessageOut) -> Vec<u8> {
    message.tls_serialize_detached().unwrap()
}

fn message(bytes: &[u8]) -> MlsMessageIn {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes).unwrap()
}

impl<P: OpenMlsProvider> Client<P> {
    pub(super) fn found(&self, extension: &CallExtension) -> MlsGroup {
        let config = create_config(self.suite, extension);
        let id = group_id(extension.call, extension.group);
        let credential = self.credential.clone();
        MlsGroup::new_with_group_id(&self.provider, &self.key, &config, id, credential).unwrap()
    }

    pub(super) fn package(&self) -> Vec<u8> {
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(capabilities(self.suite))
            .build(
                self.suite,
                &self.provider,
                &self.key,
                self.credential.clone(),
            )
            .unwrap();
        bundle.key_package().tls_serialize_detached().unwrap()
    }

    /// A commit, merged at once, and its welcome.
    pub(super) fn commit(
        &self,
        group: &mut MlsGroup,
        change: Change,
    ) -> (Vec<u8>, Option<Vec<u8>>) {
        let packages = change.adds.iter().map(|bytes| {
            KeyPackageIn::tls_deserialize_exact_bytes(bytes)
                .unwrap()
                .validate(self.provider.crypto(), ProtocolVersion::Mls10)
                .unwrap()
        });
        let mut builder = group
            .commit_builder()
            .force_self_update(change.adds.is_empty() || !change.removes.is_empty())
            .propose_removals(change.removes.into_iter().map(LeafNodeIndex::new))
            .propose_adds(packages);
        if let Some(extension) = change.extension {
            builder = builder
                .propose_group_context_extensions(extension.extensions())
                .unwrap();
        }
        let bundle = builder
            .load_psks(self.provider.storage())
            .unwrap()
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                &self.key,
                |_| true,
            )
            .unwrap()
            .stage_commit(&self.provider)
            .unwrap();
        let (commit, welcome, _) = bundle.into_messages();
        group.merge_pending_commit(&self.provider).unwrap();
        (bytes(&commit), welcome.as_ref().map(bytes))
    }

    pub(super) fn join(&self, welcome: &[u8]) -> MlsGroup {
        let MlsMessageBodyIn::Welcome(welcome) = message(welcome).extract() else {
            panic!("not a welcome");
        };
        StagedWelcome::build_from_welcome(&self.provider, &join_config(), welcome)
            .unwrap()
            .build()
            .unwrap()
            .into_group(&self.provider)
            .unwrap()
    }

    /// Reads a commit and merges it, or gives what an application message says.
    pub(super) fn read(
        &self,
        group: &mut MlsGroup,
        received: &[u8],
    ) -> Result<Option<Vec<u8>>, String> {
        let received = message(received).try_into_protocol_message().unwrap();
        let processed = group.process_message(&self.provider, received);
        let processed = processed.map_err(|error| error.to_string())?;
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(said) => Ok(Some(said.into_bytes())),
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                group.merge_staged_commit(&self.provider, *staged).unwrap();
                Ok(None)
            }
            _ => panic!("neither a commit nor an application message"),
        }
    }

    pub(super) fn say(&self, group: &mut MlsGroup, said: &[u8]) -> Vec<u8> {
        let message = group.create_message(&self.provider, &self.key, said);
        bytes(&message.unwrap())
    }
}

/// What members of an epoch must have in common.
#[derive(PartialEq, Eq)]
pub(super) struct Shared {
    pub(super) epoch: u64,
    pub(super) base_key: Vec<u8>,
    pub(super) authenticator: Vec<u8>,
    /// Of the group context.
    pub(super) extensions: Vec<u8>,
    /// Leaf indices and signature keys.
    pub(super) members: Vec<(u32, Vec<u8>)>,
}

impl Shared {
    pub(super) fn of(provider: &impl OpenMlsProvider, group: &MlsGroup) -> Self {
        let exported = group.export_secret(provider.crypto(), "SFrame 1.0 Base Key", b"", 16);
        let members = group.members().map(|m| (m.index.u32(), m.signature_key));
        Self {
            epoch: group.epoch().as_u64(),
            base_key: exported.unwrap(),
            authenticator: group.epoch_authenticator().as_slice().to_vec(),
            extensions: group.extensions().tls_serialize_detached().unwrap(),
            members: members.collect(),
        }
    }
}
