//! `vectors/media.json`, which other implementations check themselves against.
//!
//! Made with Python's `cryptography` after RFC 9605 (`vectors/media.py`), not with this code.

use data_encoding::HEXLOWER;
use protocol::GroupRef;
use serde_json::Value;

use super::*;
use crate::{
    keys::SignKey,
    media::manifest::{Carrier, Manifest},
};

fn vectors() -> Vec<Value> {
    let file = include_str!("../../../vectors/media.json");
    let Value::Array(vectors) = serde_json::from_str(file).unwrap() else {
        panic!("not a list");
    };
    vectors
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

fn hex(vector: &Value, name: &str) -> Vec<u8> {
    HEXLOWER.decode(text(vector, name).as_bytes()).unwrap()
}

fn number(vector: &Value, name: &str) -> u64 {
    vector[name].as_u64().unwrap()
}

/// Numbers over 2^53 are not safe in JavaScript, so they stand as text.
fn long(vector: &Value, name: &str) -> u64 {
    text(vector, name).parse().unwrap()
}

#[test]
fn frames_are_sealed_and_opened_as_another_implementation_does() {
    let vectors = vectors();
    assert!(vectors.len() >= 8);
    for vector in vectors {
        let call: CallId = text(&vector, "call").parse().unwrap();
        let base = BaseKey::from_bytes(&hex(&vector, "base_key")).unwrap();
        let (epoch, ctr) = (long(&vector, "epoch"), long(&vector, "ctr"));
        let leaf = number(&vector, "leaf") as u16;
        let stream = Stream::from_number(number(&vector, "stream") as u8).unwrap();
        let layer = number(&vector, "layer") as u8;
        let key = vector["key"].as_bool().unwrap();
        let frame = hex(&vector, "frame");

        let mut sealer = Sealer::new(call, CircleId::TABLE, base.clone(), epoch, leaf).unwrap();
        sealer.skip_to(stream, layer, ctr);
        let carrier = |kid| Carrier {
            call,
            group: GroupRef::table(number(&vector, "group") as u32),
            epoch,
            kid,
            ctr,
            key,
            frame: &frame,
        };
        let says = manifest(&vector["manifest"]);
        let write = |kid, _| {
            let (says, leaf_key) = says.as_ref()?;
            Some(says.write(&carrier(kid), |label, content| {
                leaf_key.sign(label, content)
            }))
        };
        let sealed = sealer.seal_with(stream, layer, key, &frame, write).unwrap();
        assert_eq!(sealed.kid.to_u64(), long(&vector, "kid"));
        assert_eq!(sealed.ctr, ctr);
        assert_eq!(HEXLOWER.encode(&sealed.bytes), text(&vector, "sealed"));
        assert_eq!(sealed.digest[..], hex(&vector, "digest"));

        let mut opener = Opener::new(call, base, epoch);
        let opened = opener.open(stream.kind(), &hex(&vector, "sealed"));
        let opened = opened.ok().unwrap();
        assert_eq!(opened.frame, frame);
        assert_eq!(opened.manifest.is_some(), says.is_some());
        if let (Some(read), Some((says, leaf_key))) = (opened.manifest, says) {
            let told = read
                .verify(&leaf_key.public(), &carrier(opened.kid))
                .unwrap();
            let told: Vec<_> = told.into_iter().flat_map(|list| list.digests).collect();
            assert_eq!(told, [says.of_earlier, says.own].concat());
        }
    }
}

fn manifest(says: &Value) -> Option<(Manifest, SignKey)> {
    if says.is_null() {
        return None;
    }
    let digests = |name: &str| {
        let digests = says[name].as_array().unwrap().iter();
        let digest = |text: &Value| HEXLOWER.decode(text.as_str().unwrap().as_bytes()).unwrap();
        digests
            .map(|text| digest(text).try_into().unwrap())
            .collect()
    };
    let seed = hex(says, "leaf_key_seed").try_into().unwrap();
    let manifest = Manifest {
        earlier: (
            number(says, "earlier_epoch") as u16,
            long(says, "earlier_first"),
        ),
        of_earlier: digests("of_earlier"),
        own: digests("own"),
        slots: number(says, "slots") as u8,
    };
    Some((manifest, SignKey::from_seed(&seed)))
}
