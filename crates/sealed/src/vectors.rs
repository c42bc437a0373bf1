//! `vectors/keys.json`, which other implementations check themselves against.
//!
//! Made with Python's `hmac`, `hashlib` and `cryptography` after `docs/sealed.md` (`vectors/keys.py`),
//! not with this code.

use data_encoding::HEXLOWER;
use openmls::prelude::{Credential, CredentialType};
use protocol::{
    CallId, DelegationId, SeatId,
    types::{Delegation, Seat, SeatKind},
};
use serde_json::Value;

use crate::{
    codec::{Reader, Writer},
    credential::{credential, leaf_binding, verify},
    grant::{Grant, SignedGrant},
    keys::{PublicKey, SignKey},
    link::{CallSecret, SeatSecret, plan_key},
    suite::CREDENTIAL_TYPE,
    words::words,
};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/keys.json")).unwrap()
}

fn hex(vectors: &Value, name: &str) -> Vec<u8> {
    let text = vectors[name].as_str().unwrap();
    HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn array<const N: usize>(vectors: &Value, name: &str) -> [u8; N] {
    hex(vectors, name).try_into().unwrap()
}

fn number<T: TryFrom<u64>>(vectors: &Value, name: &str) -> T {
    let number = vectors[name].as_u64().unwrap();
    T::try_from(number).ok().unwrap()
}

fn call(vectors: &Value) -> CallId {
    CallId::from_bytes(array(vectors, "call"))
}

fn call_secret(vectors: &Value) -> CallSecret {
    CallSecret::from_bytes(array(vectors, "call_secret"))
}

/// The seat's secret, derived here from the call's.
fn seat_secret(vectors: &Value) -> SeatSecret {
    let (seat, link) = (SeatId(number(vectors, "seat")), number(vectors, "link"));
    call_secret(vectors).seat(call(vectors), seat, link)
}

fn sign_key(vectors: &Value, name: &str) -> SignKey {
    SignKey::from_seed(&array(vectors, name))
}

fn grant(vectors: &Value) -> Grant {
    let says = &vectors["grant_says"];
    let text = |name: &str| says[name].as_str().unwrap().to_owned();
    let delegation = DelegationId(number(says, "delegation"));
    Grant {
        call: call(vectors),
        seat: Seat {
            id: SeatId(number(vectors, "seat")),
            delegation,
            kind: serde_json::from_value::<SeatKind>(says["kind"].clone()).unwrap(),
            host: says["host"].as_bool().unwrap(),
            name: text("name"),
            title: text("title"),
        },
        link: number(vectors, "link"),
        delegation: Delegation {
            id: delegation,
            name: text("delegation_name"),
            short_name: text("delegation_short_name"),
            time_zone: None,
        },
        not_after_ms: text("not_after_ms").parse().unwrap(),
        seat_key: seat_secret(vectors).seat_key(call(vectors)).public(),
    }
}

#[test]
fn keys_are_derived_as_another_implementation_does() {
    let v = vectors();
    let (call, secret) = (call(&v), call_secret(&v));
    let knock = secret.knock_key(call);
    assert_eq!(knock.as_bytes()[..], hex(&v, "knock_key"));
    assert_eq!(plan_key(&knock, call).as_bytes()[..], hex(&v, "plan_key"));

    let seat = seat_secret(&v);
    let text = data_encoding::BASE64URL_NOPAD.encode(&hex(&v, "seat_secret"));
    assert_eq!(seat.expose(), text);
    assert_eq!(seat.grant_key(call).as_bytes()[..], hex(&v, "grant_key"));
    assert_eq!(
        seat.access_token(call).as_bytes()[..],
        hex(&v, "access_token")
    );

    // Signatures are a function of the seed: equal ones mean that the seed is the same.
    for (derived, name) in [
        (secret.root_key(call), "root_key"),
        (seat.seat_key(call), "seat_key"),
    ] {
        let given = sign_key(&v, &format!("{name}_seed"));
        assert_eq!(derived.public().0[..], hex(&v, &format!("{name}_public")));
        assert_eq!(derived.sign_whole(b"x"), given.sign_whole(b"x"), "{name}");
    }
}

#[test]
fn grants_are_written_and_signed_as_another_implementation_does() {
    let v = vectors();
    let root = call_secret(&v).root_key(call(&v));
    let written = SignedGrant::sign(&root, &grant(&v))
        .write(Writer::default())
        .0;
    let theirs = Writer::default()
        .bytes(&hex(&v, "grant"))
        .fixed(&hex(&v, "grant_signature"));
    assert_eq!(HEXLOWER.encode(&written), HEXLOWER.encode(&theirs.0));

    let mut reader = Reader::new(&theirs.0);
    let read = SignedGrant::read(&mut reader).unwrap();
    let public = PublicKey(array(&v, "root_key_public"));
    assert!(
        read.verify(&public, call(&v))
            .is_ok_and(|read| read == grant(&v))
    );
}

#[test]
fn credentials_are_written_and_believed_as_another_implementation_does() {
    let v = vectors();
    let (call, grant) = (call(&v), grant(&v));
    let root = call_secret(&v).root_key(call);
    let seat_key = seat_secret(&v).seat_key(call);
    let (device, leaf) = (
        sign_key(&v, "device_key_seed"),
        sign_key(&v, "leaf_key_seed"),
    );
    assert_eq!(device.public().0[..], hex(&v, "device_key_public"));
    assert_eq!(leaf.public().0[..], hex(&v, "leaf_key_public"));

    let binding = leaf_binding(call, &leaf.public());
    let theirs = [b"incamera leaf v1", hex(&v, "leaf_binding").as_slice()].concat();
    assert_eq!(binding, theirs);
    let leaf_signature = device.sign_whole(&binding);
    assert_eq!(leaf_signature[..], hex(&v, "leaf_signature"));
    let device_signature = seat_key.sign(b"incamera device v1", &hex(&v, "device_binding"));
    assert_eq!(device_signature[..], hex(&v, "device_signature"));

    let signed = SignedGrant::sign(&root, &grant);
    let made = credential(
        &signed,
        &grant,
        &seat_key,
        &device.public(),
        &leaf_signature,
    );
    assert_eq!(
        HEXLOWER.encode(made.serialized_content()),
        HEXLOWER.encode(&hex(&v, "credential"))
    );

    let theirs = Credential::new(
        CredentialType::Other(CREDENTIAL_TYPE),
        hex(&v, "credential"),
    );
    let root = PublicKey(array(&v, "root_key_public"));
    let verified = verify(&theirs, &hex(&v, "leaf_key_public"), &root, call);
    assert!(verified.is_ok_and(|leaf| leaf.grant == grant && leaf.device == device.public()));
}

#[test]
fn words_are_those_of_another_implementation() {
    let v = vectors();
    let words = words(&hex(&v, "epoch_authenticator"), "en");
    assert_eq!(words.digits, v["words_digits"].as_str().unwrap());
    let list: Vec<_> = include_str!("words/en.txt").lines().collect();
    let places = v["words_places"].as_array().unwrap().iter();
    let theirs: Vec<_> = places
        .map(|place| list[place.as_u64().unwrap() as usize])
        .collect();
    assert_eq!(words.words, theirs);
}
