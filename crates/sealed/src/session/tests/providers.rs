//! The suite with OpenMLS's two providers of cryptography, RustCrypto and libcrux, in one group.
//! We use the first. The KEM is a draft's: that two implementations of it read each other supports
//! that it is the draft's. Both run the same OpenMLS, so this says nothing about MLS itself: `interop`
//! does.

use openmls::prelude::{Credential, CredentialType, CredentialWithKey, MlsGroup, OpenMlsProvider};
use openmls_libcrux_crypto::Provider as Libcrux;
use openmls_rust_crypto::OpenMlsRustCrypto as RustCrypto;
use protocol::{CallId, GroupRef};

use super::raw::{Change, Client, Shared};
use crate::{
    keys::{PublicKey, SignKey},
    suite::{CREDENTIAL_TYPE, CallExtension, SUITE},
};

fn client<P>(provider: P) -> Client<P> {
    let key = SignKey::generate().unwrap();
    let credential = CredentialWithKey {
        credential: Credential::new(CredentialType::Other(CREDENTIAL_TYPE), b"who".to_vec()),
        signature_key: key.public().0.to_vec().into(),
    };
    Client {
        provider,
        suite: SUITE,
        key,
        credential,
    }
}

fn extension() -> CallExtension {
    CallExtension {
        call: CallId::from_bytes([7; 16]),
        group: GroupRef::table(1),
        root: PublicKey([8; 32]),
        closed: [(protocol::SeatId(3), 1)].into(),
        heads: Vec::new(),
    }
}

fn adding(package: Vec<u8>) -> Change {
    Change {
        adds: vec![package],
        ..Change::default()
    }
}

fn assert_same<A: OpenMlsProvider, B: OpenMlsProvider>(
    (a, in_a): (&Client<A>, &MlsGroup),
    (b, in_b): (&Client<B>, &MlsGroup),
) {
    let same = Shared::of(&a.provider, in_a) == Shared::of(&b.provider, in_b);
    assert!(same, "not in the same epoch of the same group");
    assert!(*in_b.extensions() == extension().extensions());
}

/// One founds, the other joins; commits and messages both ways; then a second one of the founder's
/// kind joins by the other's commit.
fn read_each_other<A: OpenMlsProvider, B: OpenMlsProvider>(
    [first, third]: [Client<A>; 2],
    second: &Client<B>,
) {
    let mut a = first.found(&extension());
    let (_, welcome) = first.commit(&mut a, adding(second.package()));
    let mut b = second.join(&welcome.unwrap());
    assert_same((&first, &a), (second, &b));

    let (commit, _) = second.commit(&mut b, Change::default());
    assert!(first.read(&mut a, &commit).unwrap().is_none());
    assert_same((&first, &a), (second, &b));
    let (commit, _) = first.commit(&mut a, Change::default());
    assert!(second.read(&mut b, &commit).unwrap().is_none());
    assert_same((&first, &a), (second, &b));

    let said = first.say(&mut a, b"from the first");
    let read = second.read(&mut b, &said).unwrap();
    assert_eq!(read.unwrap(), b"from the first");
    let said = second.say(&mut b, b"from the second");
    let read = first.read(&mut a, &said).unwrap();
    assert_eq!(read.unwrap(), b"from the second");

    let (commit, welcome) = second.commit(&mut b, adding(third.package()));
    assert!(first.read(&mut a, &commit).unwrap().is_none());
    let mut c = third.join(&welcome.unwrap());
    let (commit, _) = third.commit(&mut c, Change::default());
    assert!(first.read(&mut a, &commit).unwrap().is_none());
    assert!(second.read(&mut b, &commit).unwrap().is_none());
    assert_same((&third, &c), (&first, &a));
    assert_same((&third, &c), (second, &b));
    assert_eq!(a.epoch().as_u64(), 5);
}

fn ours() -> Client<RustCrypto> {
    client(RustCrypto::default())
}

fn theirs() -> Client<Libcrux> {
    client(Libcrux::new().unwrap())
}

#[test]
fn a_group_of_ours_is_joined_and_changed_with_another_provider() {
    read_each_other([ours(), ours()], &theirs());
}

#[test]
fn a_group_of_another_provider_is_joined_and_changed_with_ours() {
    read_each_other([theirs(), theirs()], &ours());
}
