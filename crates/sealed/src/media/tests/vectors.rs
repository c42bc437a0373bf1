//! `vectors/media.json`, which other implementations check themselves against.
//!
//! Made with Python's `cryptography` after RFC 9605 (`vectors/media.py`), not with this code.

use data_encoding::HEXLOWER;
use serde_json::Value;

use super::*;

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
        let frame = hex(&vector, "plaintext");

        let mut sealer = Sealer::new(call, base.clone(), epoch, leaf).unwrap();
        sealer.skip_to(stream, layer, ctr);
        let sealed = sealer.seal(stream, layer, key, &frame).unwrap();
        assert_eq!(sealed.kid.to_u64(), long(&vector, "kid"));
        assert_eq!(sealed.ctr, ctr);
        assert_eq!(HEXLOWER.encode(&sealed.bytes), text(&vector, "sealed"));
        assert_eq!(sealed.digest[..], hex(&vector, "digest"));

        let mut opener = Opener::new(call, base, epoch);
        let opened = opener.open(stream.kind(), &hex(&vector, "sealed"));
        assert_eq!(opened.ok().unwrap().frame, frame);
    }
}
