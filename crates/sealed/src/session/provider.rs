//! What OpenMLS is given to work with: cryptography, and a store that keeps private keys and nothing of
//! a group.
//!
//! OpenMLS writes a group's state to its store at every message, for clients that load the group again
//! later. Ours never do: a group lives in its `MlsGroup` and ends with it. Written down, its secrets
//! outlived their use, and a client of a large call spent more on writing than on all its media.

use openmls_rust_crypto::{MemoryStorage, MemoryStorageError, RustCrypto};
use openmls_traits::{
    OpenMlsProvider,
    storage::{CURRENT_VERSION, StorageProvider, traits},
};

/// Cryptography, and the keys in memory.
#[derive(Default)]
pub(super) struct Provider {
    crypto: RustCrypto,
    keys: Keys,
}

/// Private keys of key packages and of the own leaf, until OpenMLS deletes them. Memory only.
#[derive(Default)]
pub(super) struct Keys(MemoryStorage);

impl Provider {
    /// Whoever still answers one of the own key packages comes too late.
    pub(super) fn forget_packages(&self) {
        // OpenMLS's names of keys begin with what they are of.
        let is_of_package = |name: &[u8]| name.starts_with(b"KeyPackage");
        if let Ok(mut keys) = self.keys.0.values.write() {
            keys.retain(|name, _| !is_of_package(name));
        }
    }
}

#[cfg(test)]
impl Provider {
    /// Under which names something is kept.
    pub(super) fn kept(&self) -> Vec<String> {
        let values = self.keys.0.values.read().unwrap();
        let names = values.keys().map(|name| String::from_utf8_lossy(name));
        names.map(|name| name.into_owned()).collect()
    }
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = Keys;

    fn storage(&self) -> &Keys {
        &self.keys
    }

    fn crypto(&self) -> &RustCrypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        &self.crypto
    }
}

/// Methods about a group: what is written is forgotten, and what is read was never there.
macro_rules! forgotten {
    ($($name:ident<$($T:ident),+>($($Arg:ident),+) -> $Out:ty;)+) => {$(
        fn $name<$($T: traits::$T<CURRENT_VERSION>),+>(
            &self,
            $(_: &$Arg),+
        ) -> Result<$Out, Self::Error> {
            Ok(<$Out>::default())
        }
    )+};
}

/// Methods about keys.
macro_rules! kept {
    ($($name:ident<$($T:ident: $Trait:ident),+>($($arg:ident: $Arg:ty),+) -> $Out:ty;)+) => {$(
        fn $name<$($T: traits::$Trait<CURRENT_VERSION>),+>(
            &self,
            $($arg: $Arg),+
        ) -> Result<$Out, Self::Error> {
            StorageProvider::<CURRENT_VERSION>::$name(&self.0, $($arg),+)
        }
    )+};
}

#[rustfmt::skip] // A table.
impl StorageProvider<CURRENT_VERSION> for Keys {
    type Error = MemoryStorageError;

    forgotten! {
        write_mls_join_config<GroupId, MlsGroupJoinConfig>(GroupId, MlsGroupJoinConfig) -> ();
        append_own_leaf_node<GroupId, LeafNode>(GroupId, LeafNode) -> ();
        queue_proposal<GroupId, ProposalRef, QueuedProposal>(GroupId, ProposalRef, QueuedProposal) -> ();
        write_tree<GroupId, TreeSync>(GroupId, TreeSync) -> ();
        write_interim_transcript_hash<GroupId, InterimTranscriptHash>(GroupId, InterimTranscriptHash) -> ();
        write_context<GroupId, GroupContext>(GroupId, GroupContext) -> ();
        write_confirmation_tag<GroupId, ConfirmationTag>(GroupId, ConfirmationTag) -> ();
        write_group_state<GroupState, GroupId>(GroupId, GroupState) -> ();
        write_message_secrets<GroupId, MessageSecrets>(GroupId, MessageSecrets) -> ();
        write_resumption_psk_store<GroupId, ResumptionPskStore>(GroupId, ResumptionPskStore) -> ();
        write_own_leaf_index<GroupId, LeafNodeIndex>(GroupId, LeafNodeIndex) -> ();
        write_group_epoch_secrets<GroupId, GroupEpochSecrets>(GroupId, GroupEpochSecrets) -> ();

        mls_group_join_config<GroupId, MlsGroupJoinConfig>(GroupId) -> Option<MlsGroupJoinConfig>;
        own_leaf_nodes<GroupId, LeafNode>(GroupId) -> Vec<LeafNode>;
        queued_proposal_refs<GroupId, ProposalRef>(GroupId) -> Vec<ProposalRef>;
        queued_proposals<GroupId, ProposalRef, QueuedProposal>(GroupId) -> Vec<(ProposalRef, QueuedProposal)>;
        tree<GroupId, TreeSync>(GroupId) -> Option<TreeSync>;
        group_context<GroupId, GroupContext>(GroupId) -> Option<GroupContext>;
        interim_transcript_hash<GroupId, InterimTranscriptHash>(GroupId) -> Option<InterimTranscriptHash>;
        confirmation_tag<GroupId, ConfirmationTag>(GroupId) -> Option<ConfirmationTag>;
        group_state<GroupState, GroupId>(GroupId) -> Option<GroupState>;
        message_secrets<GroupId, MessageSecrets>(GroupId) -> Option<MessageSecrets>;
        resumption_psk_store<GroupId, ResumptionPskStore>(GroupId) -> Option<ResumptionPskStore>;
        own_leaf_index<GroupId, LeafNodeIndex>(GroupId) -> Option<LeafNodeIndex>;
        group_epoch_secrets<GroupId, GroupEpochSecrets>(GroupId) -> Option<GroupEpochSecrets>;

        remove_proposal<GroupId, ProposalRef>(GroupId, ProposalRef) -> ();
        delete_own_leaf_nodes<GroupId>(GroupId) -> ();
        delete_group_config<GroupId>(GroupId) -> ();
        delete_tree<GroupId>(GroupId) -> ();
        delete_confirmation_tag<GroupId>(GroupId) -> ();
        delete_group_state<GroupId>(GroupId) -> ();
        delete_context<GroupId>(GroupId) -> ();
        delete_interim_transcript_hash<GroupId>(GroupId) -> ();
        delete_message_secrets<GroupId>(GroupId) -> ();
        delete_all_resumption_psk_secrets<GroupId>(GroupId) -> ();
        delete_own_leaf_index<GroupId>(GroupId) -> ();
        delete_group_epoch_secrets<GroupId>(GroupId) -> ();
        clear_proposal_queue<GroupId, ProposalRef>(GroupId) -> ();
    }

    kept! {
        write_signature_key_pair<K: SignaturePublicKey, P: SignatureKeyPair>(key: &K, pair: &P) -> ();
        write_encryption_key_pair<K: EncryptionKey, P: HpkeKeyPair>(key: &K, pair: &P) -> ();
        write_encryption_epoch_key_pairs<G: GroupId, E: EpochKey, P: HpkeKeyPair>(
            group: &G, epoch: &E, leaf: u32, pairs: &[P]) -> ();
        write_key_package<R: HashReference, P: KeyPackage>(reference: &R, package: &P) -> ();
        write_psk<I: PskId, B: PskBundle>(id: &I, psk: &B) -> ();

        signature_key_pair<K: SignaturePublicKey, P: SignatureKeyPair>(key: &K) -> Option<P>;
        encryption_key_pair<P: HpkeKeyPair, K: EncryptionKey>(key: &K) -> Option<P>;
        encryption_epoch_key_pairs<G: GroupId, E: EpochKey, P: HpkeKeyPair>(
            group: &G, epoch: &E, leaf: u32) -> Vec<P>;
        key_package<R: HashReference, P: KeyPackage>(reference: &R) -> Option<P>;
        psk<B: PskBundle, I: PskId>(id: &I) -> Option<B>;

        delete_signature_key_pair<K: SignaturePublicKey>(key: &K) -> ();
        delete_encryption_key_pair<K: EncryptionKey>(key: &K) -> ();
        delete_encryption_epoch_key_pairs<G: GroupId, E: EpochKey>(
            group: &G, epoch: &E, leaf: u32) -> ();
        delete_key_package<R: HashReference>(reference: &R) -> ();
        delete_psk<I: PskId>(id: &I) -> ();
    }
}
