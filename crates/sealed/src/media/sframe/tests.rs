use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

/// 28 of the 289 of RFC 9605, appendix C.1: key id, counter, header. Taken from the working group's
/// `test-vectors/test-vectors.json` (github.com/sframe-wg/sframe at 3d07d8ff); those with a key id
/// over ff were compared with the last text before publication (`auth48-v4` there) as well.
const HEADERS: [(u64, u64, &str); 28] = [
    (0, 0, "00"),
    (0, 1, "01"),
    (0, 0xff, "08ff"),
    (0, 0x100, "090100"),
    (0, 0xffff, "09ffff"),
    (0, 0x1_0000, "0a010000"),
    (0, 0xff_ffff, "0affffff"),
    (0, 0x100_0000, "0b01000000"),
    (0, 0xffff_ffff, "0bffffffff"),
    (0, 0x1_0000_0000, "0c0100000000"),
    (0, 0xff_ffff_ffff, "0cffffffffff"),
    (0, 0x100_0000_0000, "0d010000000000"),
    (0, 0xffff_ffff_ffff, "0dffffffffffff"),
    (0, 0x1_0000_0000_0000, "0e01000000000000"),
    (0, 0xff_ffff_ffff_ffff, "0effffffffffffff"),
    (0, 0x100_0000_0000_0000, "0f0100000000000000"),
    (0, u64::MAX, "0fffffffffffffffff"),
    (1, 0, "10"),
    (1, 0x100, "190100"),
    (0xff, 0, "80ff"),
    (0xff, 0xff, "88ffff"),
    (0x100, 1, "910100"),
    (0xffff, 0xffff, "99ffffffff"),
    (0x1_0000, 0x100, "a90100000100"),
    (0xff_ffff, 0xff_ffff, "aaffffffffffff"),
    (0x100_0000, 0, "b001000000"),
    (0xffff_ffff, u64::MAX, "bfffffffffffffffffffffffff"),
    (0x1_0000_0000, 0x1_0000, "ca0100000000010000"),
];

// RFC 9605, appendix C.3, AES_128_GCM_SHA256_128; from the same repository
// (`test-vectors/sframe.md` at 025d568a).
const KID: u64 = 0x123;
const CTR: u64 = 0x4567;
const BASE_KEY: &str = "000102030405060708090a0b0c0d0e0f";
const FRAME_KEY: &str = "d34f547f4ca4f9a7447006fe7fcbf768";
const SALT: &str = "75234edefe07819026751816";
const NONCE: &str = "75234edefe07819026755d71";
const METADATA: &str = "4945544620534672616d65205747";
const PLAINTEXT: &str = "64726166742d696574662d736672616d652d656e63";
const SEALED: &str =
    "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb";

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn key() -> FrameKey {
    FrameKey::derive(&BaseKey::from_bytes(&hex(BASE_KEY)).unwrap(), KID)
}

fn written(header: Header) -> Vec<u8> {
    let mut bytes = Vec::new();
    header.write(&mut bytes);
    bytes
}

#[test]
fn headers_are_those_of_the_rfc() {
    for (kid, ctr, text) in HEADERS {
        let header = Header { kid, ctr };
        assert_eq!(written(header), hex(text), "{kid:x} {ctr:x}");
        assert_eq!(Header::parse(&hex(text)), Some((header, &[][..])));
    }
}

#[test]
fn keys_are_those_of_the_rfc() {
    let base = BaseKey::from_bytes(&hex(BASE_KEY)).unwrap();
    let secret = Hkdf::<Sha256>::new(None, &base.0);
    assert_eq!(
        expand::<KEY_BYTES>(&secret, KEY_LABEL, KID)[..],
        hex(FRAME_KEY)
    );
    assert_eq!(key().salt[..], hex(SALT));
    assert_eq!(key().nonce(CTR)[..], hex(NONCE));
}

#[test]
fn a_frame_is_sealed_as_in_the_rfc() {
    let mut sealed = b"before".to_vec();
    key()
        .seal(CTR, &hex(METADATA), &hex(PLAINTEXT), &mut sealed)
        .unwrap();
    assert_eq!(sealed, [&b"before"[..], &hex(SEALED)].concat());
}

#[test]
fn a_frame_is_opened_as_in_the_rfc() {
    let sealed = hex(SEALED);
    let (header, body) = Header::parse(&sealed).unwrap();
    assert_eq!(header, Header { kid: KID, ctr: CTR });
    let opened = key().open(header, &hex(METADATA), body);
    assert_eq!(opened, Ok(hex(PLAINTEXT)));
}

#[test]
fn other_metadata_counter_or_key_id_is_not_authentic() {
    let sealed = hex(SEALED);
    let (header, body) = Header::parse(&sealed).unwrap();
    assert_eq!(key().open(header, b"", body), Err(NotAuthentic));
    let (kid, ctr) = (KID + 1, CTR + 1);
    for other in [Header { ctr, ..header }, Header { kid, ..header }] {
        assert_eq!(key().open(other, &hex(METADATA), body), Err(NotAuthentic));
    }
    for short in 0..body.len() {
        let opened = key().open(header, &hex(METADATA), &body[..short]);
        assert_eq!(opened, Err(NotAuthentic));
    }
}

#[test]
fn numbers_written_too_long_are_refused() {
    // 7 beside the first byte; 0 in two bytes; ff in two bytes; the same for the key id.
    for text in [
        "0807", "090000", "0900ff", "8007", "900000", "9000ff", "8000",
    ] {
        assert_eq!(Header::parse(&hex(text)), None, "{text}");
    }
}

#[test]
fn a_header_cut_short_is_refused() {
    for (_, _, text) in HEADERS {
        let bytes = hex(text);
        for short in 0..bytes.len() {
            assert_eq!(Header::parse(&bytes[..short]), None);
        }
    }
}

#[test]
fn base_keys_have_16_to_32_bytes() {
    for length in 0..70 {
        let key = BaseKey::from_bytes(&vec![1; length]);
        assert_eq!(key.is_some(), (16..=32).contains(&length));
    }
}

proptest! {
    #[test]
    fn a_header_that_is_read_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        if let Some((header, rest)) = Header::parse(&bytes) {
            prop_assert_eq!([&written(header), rest].concat(), bytes);
        }
    }

    #[test]
    fn every_header_is_read_again(kid: u64, ctr: u64, shift in 0_u32..64) {
        let header = Header { kid: kid >> shift, ctr: ctr >> (63 - shift) };
        let bytes = written(header);
        prop_assert!(bytes.len() <= Header::BYTES_MAX);
        prop_assert_eq!(Header::parse(&bytes), Some((header, &[][..])));
    }
}
