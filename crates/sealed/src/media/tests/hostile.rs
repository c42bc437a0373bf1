//! Frames as they come from a network that lies.

use proptest::prelude::*;

use super::*;

/// Voice, a key picture and another picture.
fn samples(sealer: &mut Sealer) -> Vec<(Kind, Vec<u8>)> {
    [
        (Stream::Microphone, false),
        (Stream::Camera, true),
        (Stream::Screen, false),
    ]
    .map(|(stream, key)| {
        let sealed = sealer.seal(stream, 1, key, b"a frame of some length");
        (stream.kind(), sealed.unwrap().bytes)
    })
    .into()
}

#[test]
fn no_change_of_one_byte_is_accepted() {
    let mut opener = opener();
    for (kind, sealed) in samples(&mut sealer()) {
        for at in 0..sealed.len() {
            for change in 1..=255 {
                let mut changed = sealed.clone();
                changed[at] ^= change;
                assert!(opener.open(kind, &changed).is_err(), "byte {at} ^ {change}");
            }
        }
        assert!(
            open(&mut opener, kind, &sealed).is_ok(),
            "the window is untouched"
        );
    }
}

#[test]
fn a_frame_cut_short_is_refused() {
    let (mut sealer, mut opener) = (sealer(), opener());
    for length in [0, 1, 15, 16, 17, 100] {
        let sealed = seal(&mut sealer, Stream::Microphone, &vec![3; length]).bytes;
        for cut in 1..=sealed.len().min(64) {
            let short = &sealed[..sealed.len() - cut];
            assert!(opener.open(Kind::Voice, short).is_err(), "{length} - {cut}");
        }
        assert!(opener.open(Kind::Voice, &sealed).is_ok());
    }
}

#[test]
fn a_tag_of_any_other_length_is_refused() {
    let (mut sealer, mut opener) = (sealer(), opener());
    let sealed = seal(&mut sealer, Stream::Microphone, b"voice").bytes;
    let (ciphertext, tag) = sealed.split_at(sealed.len() - 16);
    for length in (0..=64).filter(|&length| length != 16) {
        let tag = tag.iter().copied().cycle().take(length);
        let other: Vec<u8> = ciphertext.iter().copied().chain(tag).collect();
        assert!(opener.open(Kind::Voice, &other).is_err(), "tag of {length}");
        let zeros = [ciphertext, &vec![0; length]].concat();
        assert!(opener.open(Kind::Voice, &zeros).is_err(), "{length} zeros");
    }
    assert!(opener.open(Kind::Voice, &sealed).is_ok());
}

#[test]
fn a_frame_of_one_thing_is_not_accepted_as_anothers() {
    let sealed = seal(&mut sealer(), Stream::Camera, b"picture");
    let other_call = Opener::new(CallId::from_bytes([9; 16]), base(), EPOCH);
    let other_key = BaseKey::from_bytes(&[3; 32]).unwrap();
    let other_key = Opener::new(call(), other_key, EPOCH);
    for mut opener in [other_call, other_key] {
        let refused = opener.open(Kind::Picture, &sealed.bytes);
        assert_eq!(refusal(refused), Some(Refused::NotAuthentic));
        assert_eq!(opener.keys(), 0);
    }
    let mut next_epoch = Opener::new(call(), base(), EPOCH + 1);
    let refused = next_epoch.open(Kind::Picture, &sealed.bytes);
    assert_eq!(refusal(refused), Some(Refused::WrongEpoch(EPOCH as u16)));
    // The same short epoch 65536 later: the key id agrees, the exporter's secret does not.
    let wrapped = BaseKey::from_bytes(&[4; 32]).unwrap();
    let mut wrapped = Opener::new(call(), wrapped, EPOCH + (1 << 16));
    let refused = wrapped.open(Kind::Picture, &sealed.bytes);
    assert_eq!(refusal(refused), Some(Refused::NotAuthentic));
}

/// The key id in the header is changed, and all else left: each part is bound to the key.
#[test]
fn a_frame_under_another_key_id_is_not_authentic() {
    let sealed = sealer().seal(Stream::Camera, 1, true, b"picture").unwrap();
    let clear = clear_bytes(Kind::Picture, true);
    let (header, body) = Header::parse(&sealed.bytes[clear.len()..]).unwrap();
    let claims = [
        KeyId::new(2, Stream::Camera, LEAF, EPOCH),
        KeyId::new(1, Stream::Screen, LEAF, EPOCH),
        KeyId::new(1, Stream::Camera, LEAF + 1, EPOCH),
    ];
    for claim in claims {
        let kid = claim.unwrap().to_u64();
        let mut bytes = clear.to_vec();
        Header { kid, ..header }.write(&mut bytes);
        bytes.extend_from_slice(body);
        let refused = opener().open(Kind::Picture, &bytes);
        assert_eq!(refusal(refused), Some(Refused::NotAuthentic));
    }
}

#[test]
fn a_key_frame_does_not_pass_as_another_nor_the_reverse() {
    for key in [true, false] {
        let sealed = sealer().seal(Stream::Camera, 0, key, b"picture").unwrap();
        let sframe = &sealed.bytes[clear_bytes(Kind::Picture, key).len()..];
        let swapped = [clear_bytes(Kind::Picture, !key), sframe].concat();
        let refused = opener().open(Kind::Picture, &swapped);
        assert_eq!(refusal(refused), Some(Refused::NotAuthentic));
    }
}

#[test]
fn each_refusal_has_its_reason() {
    let voice = seal(&mut sealer(), Stream::Microphone, b"voice").bytes;
    let picture = seal(&mut sealer(), Stream::Camera, b"picture").bytes;
    let enveloped = [clear_bytes(Kind::Picture, true), &voice].concat();
    let header = |kid: u64| {
        let mut bytes = Vec::new();
        Header { kid, ctr: 0 }.write(&mut bytes);
        bytes.extend([0; 20]);
        bytes
    };
    let cases = [
        (Kind::Voice, picture[3..].to_vec(), Refused::WrongKind),
        (Kind::Picture, enveloped, Refused::WrongKind),
        (Kind::Picture, voice.clone(), Refused::Envelope),
        (Kind::Picture, Vec::new(), Refused::Envelope),
        (Kind::Voice, Vec::new(), Refused::Malformed),
        (Kind::Voice, voice[..3].to_vec(), Refused::Malformed),
        (Kind::Voice, header(1 << 42), Refused::Malformed),
        (Kind::Voice, header(31 << 26), Refused::UnknownStream),
    ];
    for (kind, bytes, reason) in cases {
        assert_eq!(peek(kind, &bytes), Err(reason));
        assert_eq!(refusal(opener().open(kind, &bytes)), Some(reason));
    }
}

#[test]
fn of_a_million_changed_frames_none_is_accepted() {
    let (mut sealer, mut opener) = (sealer(), opener());
    let known = samples(&mut sealer);
    for (kind, sealed) in &known {
        assert!(opener.open(*kind, sealed).is_ok());
    }
    // Of the same key ids, but of counters not seen: only the tag stands in the way.
    let fresh = samples(&mut sealer);
    let (mut random, mut up_to_the_tag) = (Random(0x9e37_79b9_7f4a_7c15), 0);
    for round in 0..1_000_000 {
        let (kind, sealed) = &fresh[round % fresh.len()];
        let mut changed = sealed.clone();
        change(&mut changed, &mut random);
        if changed != *sealed {
            let refused = refusal(opener.open(*kind, &changed));
            assert!(refused.is_some(), "round {round}");
            up_to_the_tag += u32::from(refused == Some(Refused::NotAuthentic));
        }
    }
    assert!(up_to_the_tag > 300_000, "only {up_to_the_tag} got that far");
    assert_eq!(opener.keys(), known.len(), "nothing is kept of forgeries");
    for (kind, sealed) in &fresh {
        assert!(opener.open(*kind, sealed).is_ok());
    }
}

/// One to three edits: a bit, a byte, a cut, a byte more, two bytes swapped.
fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(3) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.below(256) as u8,
            2 => bytes.truncate(at),
            3 => bytes.insert(at, random.below(256) as u8),
            _ => {
                let other = random.below(bytes.len());
                bytes.swap(at, other);
            }
        }
    }
}

/// xorshift64 (Marsaglia, 2003): the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Anything; and what gets further: clear bytes, a key id of ours, and then anything.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let rest = prop::collection::vec(any::<u8>(), 0..200);
    let kid = (0_u64..1 << 36, any::<u64>(), 0_u32..64);
    let near = (0_usize..3, kid, rest.clone()).prop_map(|(clear, (kid, ctr, shift), rest)| {
        let (kind, key) = [
            (Kind::Voice, false),
            (Kind::Picture, false),
            (Kind::Picture, true),
        ][clear];
        let mut bytes = clear_bytes(kind, key).to_vec();
        let ctr = ctr >> shift;
        Header { kid, ctr }.write(&mut bytes);
        bytes.extend(rest);
        bytes
    });
    prop_oneof![rest, near]
}

proptest! {
    #[test]
    fn garbage_is_refused_and_never_panics(bytes in garbage()) {
        let mut opener = opener();
        for kind in [Kind::Voice, Kind::Picture] {
            let _ = peek(kind, &bytes);
            prop_assert!(opener.open(kind, &bytes).is_err());
        }
        prop_assert_eq!(opener.keys(), 0);
    }
}
