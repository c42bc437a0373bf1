//! A client made with mls-rs: another implementation of MLS, with our profile.

use mls_rs::{
    CipherSuite, Client, CryptoProvider, ExtensionList, Group, IdentityProvider, MlsMessage,
    client_builder::MlsConfig,
    error::IntoAnyError,
    group::ReceivedMessage,
    identity::{Credential, CredentialType, CustomCredential, SigningIdentity},
    mls_rs_codec::{MlsDecode as _, MlsEncode as _},
    mls_rules::{CommitOptions, DefaultMlsRules, EncryptionOptions},
    time::MlsTime,
};
use mls_rs_core::identity::MemberValidationContext;
use openmls::prelude::tls_codec::Serialize as _;

use super::{Change, Peer, Shared, text};
use crate::{
    credential::{self, NotVerified},
    keys::PublicKey,
    session::identity::Identity,
    suite::{CREDENTIAL_TYPE, CallExtension, EXTENSION_TYPE, group_id},
};

/// What our knocks leave out: version and wire format of an MLSMessage (RFC 9420, 6).
const KEY_PACKAGE_HEAD: [u8; 4] = [0, 1, 0, 5];
/// As long as OpenMLS's live.
const LIFETIME: std::time::Duration = std::time::Duration::from_secs(84 * 24 * 60 * 60);

struct Theirs<C: MlsConfig> {
    client: Client<C>,
    group: Option<Group<C>>,
}

/// Asks the same of every leaf as our own clients.
#[derive(Clone)]
struct Identities {
    call: protocol::CallId,
    root: PublicKey,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotOurs(#[from] NotVerified);

impl IntoAnyError for NotOurs {}

impl IdentityProvider for Identities {
    type Error = NotOurs;

    fn validate_member(
        &self,
        identity: &SigningIdentity,
        _: Option<MlsTime>,
        _: MemberValidationContext<'_>,
    ) -> Result<(), NotOurs> {
        let Credential::Custom(custom) = &identity.credential else {
            return Err(NotVerified::Malformed.into());
        };
        let credential = openmls::prelude::Credential::new(
            custom.credential_type.raw_value().into(),
            custom.data.clone(),
        );
        let key = identity.signature_key.as_bytes();
        credential::verify(&credential, key, &self.root, self.call)?;
        Ok(())
    }

    fn validate_external_sender(
        &self,
        _: &SigningIdentity,
        _: Option<MlsTime>,
        _: Option<&ExtensionList>,
    ) -> Result<(), NotOurs> {
        Err(NotVerified::Malformed.into())
    }

    fn identity(&self, identity: &SigningIdentity, _: &ExtensionList) -> Result<Vec<u8>, NotOurs> {
        Ok(identity.signature_key.as_bytes().to_vec())
    }

    fn valid_successor(
        &self,
        before: &SigningIdentity,
        after: &SigningIdentity,
        _: &ExtensionList,
    ) -> Result<bool, NotOurs> {
        Ok(before == after)
    }

    fn supported_types(&self) -> Vec<CredentialType> {
        vec![CredentialType::new(CREDENTIAL_TYPE)]
    }
}

/// A client of this leaf.
pub(super) fn theirs(
    me: &Identity,
    suite: u16,
    crypto: impl CryptoProvider + Clone + 'static,
) -> Box<dyn Peer> {
    let own = me.credential();
    let credential = CustomCredential::new(
        CredentialType::new(CREDENTIAL_TYPE),
        own.credential.serialized_content().to_vec(),
    );
    let identity = SigningIdentity::new(
        Credential::Custom(credential),
        own.signature_key.as_slice().to_vec().into(),
    );
    let rules = DefaultMlsRules::new()
        .with_commit_options(CommitOptions::new().with_ratchet_tree_extension(true))
        .with_encryption_options(EncryptionOptions::new(true, Default::default()));
    let client = Client::builder()
        .identity_provider(Identities {
            call: me.call,
            root: me.root,
        })
        .mls_rules(rules)
        .extension_type(EXTENSION_TYPE.into())
        .key_package_lifetime(LIFETIME)
        .crypto_provider(crypto)
        .signing_identity(
            identity,
            me.leaf_key.to_keypair_bytes().to_vec().into(),
            CipherSuite::new(suite),
        )
        .build();
    Box::new(Theirs {
        client,
        group: None,
    })
}

/// The same bytes, as mls-rs has them.
fn extensions(extension: &CallExtension) -> ExtensionList {
    let bytes = extension.extensions().tls_serialize_detached().unwrap();
    ExtensionList::mls_decode(&mut &*bytes).unwrap()
}

impl<C: MlsConfig> Theirs<C> {
    fn group(&mut self) -> &mut Group<C> {
        self.group.as_mut().unwrap()
    }

    fn process(&mut self, message: &[u8]) -> Result<ReceivedMessage, String> {
        let message = MlsMessage::from_bytes(message).map_err(|error| error.to_string())?;
        let read = self.group().process_incoming_message(message);
        read.map_err(|error| error.to_string())
    }
}

impl<C: MlsConfig> Peer for Theirs<C> {
    fn found(&mut self, extension: &CallExtension) {
        let id = group_id(extension.call, extension.group).to_vec();
        let group = self.client.create_group_with_id(
            id,
            extensions(extension),
            ExtensionList::default(),
            None,
        );
        self.group = Some(group.unwrap());
    }

    fn package(&mut self) -> Vec<u8> {
        let none = ExtensionList::default;
        let message = self
            .client
            .generate_key_package_message(none(), none(), None);
        let bytes = message.unwrap().to_bytes().unwrap();
        bytes.strip_prefix(&KEY_PACKAGE_HEAD).unwrap().to_vec()
    }

    fn commit(&mut self, change: Change) -> (Vec<u8>, Option<Vec<u8>>) {
        let mut builder = self.group().commit_builder();
        for (_, package) in change.adds {
            let bytes = [&KEY_PACKAGE_HEAD[..], &package].concat();
            let message = MlsMessage::from_bytes(&bytes).unwrap();
            builder = builder.add_member(message).unwrap();
        }
        for leaf in change.removes {
            builder = builder.remove_member(leaf).unwrap();
        }
        if let Some(extension) = change.extension {
            builder = builder
                .set_group_context_ext(extensions(&extension))
                .unwrap();
        }
        let output = builder.build().unwrap();
        self.group().apply_pending_commit().unwrap();
        let welcome = output.welcome_messages().first();
        (
            output.commit_message().to_bytes().unwrap(),
            welcome.map(|welcome| welcome.to_bytes().unwrap()),
        )
    }

    fn join(&mut self, welcome: &[u8]) {
        let welcome = MlsMessage::from_bytes(welcome).unwrap();
        let (group, _) = self.client.join_group(None, &welcome, None).unwrap();
        self.group = Some(group);
    }

    fn apply(&mut self, commit: &[u8]) -> Result<(), String> {
        match self.process(commit)? {
            ReceivedMessage::Commit(_) => Ok(()),
            _ => Err("not a commit".to_owned()),
        }
    }

    fn read(&mut self, message: &[u8]) -> Result<String, String> {
        match self.process(message)? {
            ReceivedMessage::ApplicationMessage(said) => text(said.data()),
            _ => Err("not an application message".to_owned()),
        }
    }

    fn say(&mut self, text: &str) -> Vec<u8> {
        let said = super::text_of(text).encode();
        let message = self.group().encrypt_application_message(&said, Vec::new());
        message.unwrap().to_bytes().unwrap()
    }

    fn shared(&self) -> Shared {
        let group = self.group.as_ref().unwrap();
        let exported = group.export_secret(b"SFrame 1.0 Base Key", b"", 16);
        let members = group.roster().members_iter().map(|member| {
            let key = member.signing_identity.signature_key.as_bytes();
            (member.index, key.to_vec())
        });
        Shared {
            epoch: group.current_epoch(),
            base_key: exported.unwrap().as_bytes().to_vec(),
            authenticator: group.epoch_authenticator().unwrap().as_bytes().to_vec(),
            extensions: group.context().extensions.mls_encode_to_vec().unwrap(),
            members: members.collect(),
        }
    }

    fn leaf(&self) -> u32 {
        self.group.as_ref().unwrap().current_member_index()
    }
}
