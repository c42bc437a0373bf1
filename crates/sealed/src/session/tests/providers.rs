//! The suite with OpenMLS's two providers of cryptography, RustCrypto and libcrux, in one group.
//! We use the first. The KEM is a draft's: that two implementations of it read each other supports
//! that it is the draft's. Both run the same OpenMLS, so this says nothing about MLS itself.

use openmls::prelude::{
    Credential, CredentialType, CredentialWithKey, KeyPackage, KeyPackageIn, MlsGroup,
    MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, OpenMlsProvider, ProcessedMessageContent,
    ProtocolVersion, StagedWelcome,
    tls_codec::{DeserializeBytes as _, Serialize as _},
};
use openmls_libcrux_crypto::Provider as Libcrux;
use openmls_rust_crypto::OpenMlsRustCrypto as RustCrypto;
use protocol::CallId;

use crate::{
    keys::{PublicKey, SignKey},
    suite::{
        CREDENTIAL_TYPE, CallExtension, SUITE, capabilities, create_config, group_id, join_config,
    },
};

const CALL: CallId = CallId::from_bytes([7; 16]);

struct Client<P> {
    provider: P,
    key: SignKey,
}

/// Only the bytes go from one to the other.
fn bytes(message: &MlsMessageOut) -> Vec<u8> {
    message.tls_serialize_detached().unwrap()
}

fn message(bytes: &[u8]) -> MlsMessageIn {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes).unwrap()
}

impl<P: OpenMlsProvider> Client<P> {
    fn new(provider: P) -> Self {
        let key = SignKey::generate().unwrap();
        Self { provider, key }
    }

    fn credential(&self, name: &[u8]) -> CredentialWithKey {
        CredentialWithKey {
            credential: Credential::new(CredentialType::Other(CREDENTIAL_TYPE), name.to_vec()),
            signature_key: self.key.public().0.to_vec().into(),
        }
    }

    fn found(&self) -> MlsGroup {
        let extension = CallExtension {
            call: CALL,
            group: 1,
            root: PublicKey([8; 32]),
            closed: [(protocol::SeatId(3), 1)].into(),
        };
        let config = create_config(&extension);
        let id = group_id(CALL, 1);
        let credential = self.credential(b"founder");
        MlsGroup::new_with_group_id(&self.provider, &self.key, &config, id, credential).unwrap()
    }

    fn package(&self) -> Vec<u8> {
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .build(SUITE, &self.provider, &self.key, self.credential(b"joiner"))
            .unwrap();
        bundle.key_package().tls_serialize_detached().unwrap()
    }

    /// A commit with a fresh path that adds these packages, merged at once, and its welcome.
    fn commit(&self, group: &mut MlsGroup, packages: &[Vec<u8>]) -> (Vec<u8>, Option<Vec<u8>>) {
        let packages = packages.iter().map(|bytes| {
            KeyPackageIn::tls_deserialize_exact_bytes(bytes)
                .unwrap()
                .validate(self.provider.crypto(), ProtocolVersion::Mls10)
                .unwrap()
        });
        let bundle = group
            .commit_builder()
            .force_self_update(true)
            .propose_adds(packages)
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

    fn join(&self, welcome: &[u8]) -> MlsGroup {
        let MlsMessageBodyIn::Welcome(welcome) = message(welcome).extract() else {
            panic!("not a welcome");
        };
        let staged = StagedWelcome::build_from_welcome(&self.provider, &join_config(), welcome)
            .unwrap()
            .build()
            .unwrap();
        assert!(CallExtension::of(staged.group_context()).is_ok());
        staged.into_group(&self.provider).unwrap()
    }

    /// Reads a commit and merges it, or gives what an application message says.
    fn read(&self, group: &mut MlsGroup, received: &[u8]) -> Option<Vec<u8>> {
        let received = message(received).try_into_protocol_message().unwrap();
        let processed = group.process_message(&self.provider, received).unwrap();
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(said) => Some(said.into_bytes()),
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                group.merge_staged_commit(&self.provider, *staged).unwrap();
                None
            }
            _ => panic!("neither a commit nor an application message"),
        }
    }

    fn say(&self, group: &mut MlsGroup, said: &[u8]) -> Vec<u8> {
        let message = group.create_message(&self.provider, &self.key, said);
        bytes(&message.unwrap())
    }

    /// What members of an epoch must have in common.
    fn secrets(&self, group: &MlsGroup) -> (u64, Vec<u8>, Vec<u8>) {
        let exported = group.export_secret(self.provider.crypto(), "SFrame 1.0 Base Key", b"", 16);
        let authenticator = group.epoch_authenticator().as_slice().to_vec();
        (group.epoch().as_u64(), exported.unwrap(), authenticator)
    }
}

/// One founds, the other joins; commits and messages both ways; then a second one of the founder's
/// kind joins by the other's commit.
fn read_each_other<A: OpenMlsProvider, B: OpenMlsProvider>(
    [first, third]: [Client<A>; 2],
    second: &Client<B>,
) {
    let mut a = first.found();
    let (_, welcome) = first.commit(&mut a, &[second.package()]);
    let mut b = second.join(&welcome.unwrap());
    assert_eq!(first.secrets(&a), second.secrets(&b));

    let (commit, _) = second.commit(&mut b, &[]);
    assert_eq!(first.read(&mut a, &commit), None);
    assert_eq!(first.secrets(&a), second.secrets(&b));
    let (commit, _) = first.commit(&mut a, &[]);
    assert_eq!(second.read(&mut b, &commit), None);
    assert_eq!(first.secrets(&a), second.secrets(&b));

    let said = first.say(&mut a, b"from the first");
    assert_eq!(second.read(&mut b, &said).unwrap(), b"from the first");
    let said = second.say(&mut b, b"from the second");
    assert_eq!(first.read(&mut a, &said).unwrap(), b"from the second");

    let (commit, welcome) = second.commit(&mut b, &[third.package()]);
    assert_eq!(first.read(&mut a, &commit), None);
    let mut c = third.join(&welcome.unwrap());
    let (commit, _) = third.commit(&mut c, &[]);
    assert_eq!(first.read(&mut a, &commit), None);
    assert_eq!(second.read(&mut b, &commit), None);
    assert_eq!(third.secrets(&c), first.secrets(&a));
    assert_eq!(third.secrets(&c), second.secrets(&b));
    assert_eq!(a.epoch().as_u64(), 5);
}

fn ours() -> Client<RustCrypto> {
    Client::new(RustCrypto::default())
}

fn theirs() -> Client<Libcrux> {
    Client::new(Libcrux::new().unwrap())
}

#[test]
fn a_group_of_ours_is_joined_and_changed_with_another_provider() {
    read_each_other([ours(), ours()], &theirs());
}

#[test]
fn a_group_of_another_provider_is_joined_and_changed_with_ours() {
    read_each_other([theirs(), theirs()], &ours());
}
