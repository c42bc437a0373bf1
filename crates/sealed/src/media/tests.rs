mod hostile;
mod vectors;

use std::collections::HashSet;

use protocol::CircleId;

use super::{
    envelope::{Kind, clear_bytes},
    kid::{KeyId, LAYER_MAX, LEAF_MAX, Stream},
    open::{KEYS_MAX, Opened, Opener, Refused, peek},
    replay::WIDTH,
    seal::{SealError, Sealed, Sealer},
    sframe::{BaseKey, Header},
    *,
};

const EPOCH: u64 = 9;
const LEAF: u16 = 5;

fn call() -> CallId {
    CallId::from_bytes([1; 16])
}

fn base() -> BaseKey {
    BaseKey::from_bytes(&[2; 32]).unwrap()
}

fn sealer() -> Sealer {
    sealer_of(LEAF)
}

fn sealer_of(leaf: u16) -> Sealer {
    Sealer::new(call(), CircleId::TABLE, base(), EPOCH, leaf).unwrap()
}

fn opener() -> Opener {
    Opener::new(call(), base(), EPOCH)
}

fn seal(sealer: &mut Sealer, stream: Stream, frame: &[u8]) -> Sealed {
    sealer.seal(stream, 0, false, frame).unwrap()
}

/// Opens as a session does that gives out whatever opens.
fn open(opener: &mut Opener, kind: Kind, bytes: &[u8]) -> Result<Opened, Refused> {
    let opened = opener.open(kind, bytes)?;
    if opened.is_seen {
        return Err(Refused::Replayed);
    }
    opener.mark(opened.kid, opened.ctr);
    Ok(opened)
}

fn refusal(result: Result<Opened, Refused>) -> Option<Refused> {
    result.err()
}

#[test]
fn what_is_sealed_opens_for_every_stream_and_layer() {
    let (mut sealer, mut opener) = (sealer(), opener());
    for stream in Stream::ALL {
        for layer in 0..=LAYER_MAX {
            for (key, length) in [(true, 0), (false, 1), (true, 15), (false, 40_000)] {
                let frame = vec![layer; length];
                let sealed = sealer.seal(stream, layer, key, &frame).unwrap();
                let kid = KeyId::new(layer, stream, LEAF, EPOCH).unwrap();
                assert_eq!(sealed.kid, kid);
                assert_eq!(peek(stream.kind(), &sealed.bytes), Ok(kid));
                let opened = open(&mut opener, stream.kind(), &sealed.bytes)
                    .ok()
                    .unwrap();
                assert_eq!((opened.kid, opened.ctr), (kid, sealed.ctr));
                assert_eq!(opened.key, key && stream != Stream::Microphone);
                assert_eq!(opened.digest, sealed.digest);
                assert_eq!(opened.frame, frame);
            }
        }
    }
    assert_eq!(opener.keys(), 3 * 8);
}

#[test]
fn the_digest_is_of_all_bytes_sent() {
    let sealed = sealer().seal(Stream::Camera, 0, true, b"frame").unwrap();
    assert_eq!(sealed.digest[..], Sha256::digest(&sealed.bytes)[..8]);
}

#[test]
fn nothing_of_a_frame_is_sent_in_clear() {
    let frame: Vec<u8> = (0..64).collect();
    for (stream, key) in [(Stream::Microphone, false), (Stream::Camera, true)] {
        let sealed = sealer().seal(stream, 0, key, &frame).unwrap();
        let part = &frame[8..16];
        assert!(sealed.bytes.windows(8).all(|bytes| bytes != part));
        assert!(sealed.bytes.starts_with(clear_bytes(stream.kind(), key)));
    }
}

#[test]
fn no_counter_is_used_twice_under_a_key() {
    let (mut sealer, mut used) = (sealer(), HashSet::new());
    for round in 0..2000_u32 {
        let stream = Stream::ALL[round as usize % 3];
        let (layer, key) = ((round / 3 % 3) as u8, round % 50 == 0);
        // A frame that is refused must not disturb the counters either.
        assert!(sealer.seal(stream, LAYER_MAX + 1, key, b"").is_err());
        let sealed = sealer.seal(stream, layer, key, b"x").unwrap();
        let clear = clear_bytes(stream.kind(), key).len();
        let (header, _) = Header::parse(&sealed.bytes[clear..]).unwrap();
        assert_eq!(header.kid, sealed.kid.to_u64());
        assert_eq!(header.ctr, sealed.ctr);
        assert!(used.insert((header.kid, header.ctr)));
    }
}

#[test]
fn counters_begin_at_0_for_each_key_id() {
    let mut sealer = sealer();
    for stream in Stream::ALL {
        for layer in 0..=LAYER_MAX {
            for ctr in 0..3 {
                let sealed = sealer.seal(stream, layer, false, b"x").unwrap();
                assert_eq!(sealed.ctr, ctr);
            }
        }
    }
}

#[test]
fn the_last_counter_is_the_end() {
    let (mut sealer, mut opener) = (sealer(), opener());
    sealer.skip_to(Stream::Microphone, 0, u64::MAX);
    let last = seal(&mut sealer, Stream::Microphone, b"last");
    assert_eq!(last.ctr, u64::MAX);
    assert!(open(&mut opener, Kind::Voice, &last.bytes).is_ok());
    for _ in 0..3 {
        let next = sealer.seal(Stream::Microphone, 0, false, b"one more");
        assert_eq!(next.err(), Some(SealError::CountersSpent));
    }
    seal(&mut sealer, Stream::Camera, b"another key id goes on");
}

#[test]
fn what_does_not_fit_is_not_sealed() {
    let too_high = Sealer::new(call(), CircleId::TABLE, base(), EPOCH, LEAF_MAX + 1);
    assert_eq!(too_high.err(), Some(SealError::LeafTooHigh));
    let mut sealer = sealer();
    let layer = sealer.seal(Stream::Camera, LAYER_MAX + 1, false, b"x");
    assert_eq!(layer.err(), Some(SealError::LayerTooHigh));
    let long = vec![0; FRAME_BYTES_MAX + 1];
    let too_long = sealer.seal(Stream::Camera, 0, true, &long);
    assert_eq!(too_long.err(), Some(SealError::TooLong));
}

#[test]
fn the_longest_frame_opens_and_a_longer_one_is_not_looked_at() {
    let (mut sealer, mut opener) = (sealer_of(LEAF_MAX), opener());
    sealer.skip_to(Stream::Screen, LAYER_MAX, u64::MAX);
    let frame = vec![7; FRAME_BYTES_MAX];
    let sealed = sealer
        .seal(Stream::Screen, LAYER_MAX, true, &frame)
        .unwrap();
    assert!(sealed.bytes.len() <= FRAME_BYTES_MAX + OVERHEAD_BYTES_MAX);
    assert!(open(&mut opener, Kind::Picture, &sealed.bytes).is_ok());
    let long = vec![0; FRAME_BYTES_MAX + OVERHEAD_BYTES_MAX + 1];
    for kind in [Kind::Voice, Kind::Picture] {
        assert_eq!(peek(kind, &long), Err(Refused::TooLong));
        assert_eq!(
            refusal(open(&mut opener, kind, &long)),
            Some(Refused::TooLong)
        );
    }
}

#[test]
fn a_replayed_frame_is_refused() {
    let (mut sealer, mut opener) = (sealer(), opener());
    let frames: Vec<_> = (0..3 * WIDTH)
        .map(|_| seal(&mut sealer, Stream::Microphone, b"voice").bytes)
        .collect();
    for frame in &frames {
        assert!(open(&mut opener, Kind::Voice, frame).is_ok());
        let again = open(&mut opener, Kind::Voice, frame);
        assert_eq!(refusal(again), Some(Refused::Replayed));
    }
    for frame in &frames {
        let again = open(&mut opener, Kind::Voice, frame);
        assert_eq!(refusal(again), Some(Refused::Replayed));
    }
}

#[test]
fn a_frame_that_was_not_given_out_moves_no_window() {
    let (mut sealer, mut opener) = (sealer(), opener());
    let first = seal(&mut sealer, Stream::Microphone, b"one");
    sealer.skip_to(Stream::Microphone, 0, 1 << 40);
    let far = seal(&mut sealer, Stream::Microphone, b"far ahead");
    for _ in 0..2 {
        assert!(
            opener
                .open(Kind::Voice, &far.bytes)
                .is_ok_and(|opened| !opened.is_seen)
        );
    }
    assert!(open(&mut opener, Kind::Voice, &first.bytes).is_ok());
}

#[test]
fn frames_in_another_order_are_accepted_within_the_window() {
    let (mut sealer, mut opener) = (sealer(), opener());
    let frames: Vec<_> = (0..=WIDTH)
        .map(|_| seal(&mut sealer, Stream::Camera, b"picture").bytes)
        .collect();
    let (oldest, rest) = frames.split_first().unwrap();
    for frame in rest.iter().rev() {
        assert!(open(&mut opener, Kind::Picture, frame).is_ok());
    }
    let late = open(&mut opener, Kind::Picture, oldest);
    assert_eq!(
        refusal(late),
        Some(Refused::Replayed),
        "never seen, but too old"
    );
}

#[test]
fn a_forged_counter_does_not_move_the_window() {
    let (mut sealer, mut opener) = (sealer(), opener());
    let first = seal(&mut sealer, Stream::Microphone, b"one");
    let second = seal(&mut sealer, Stream::Microphone, b"two");
    assert!(open(&mut opener, Kind::Voice, &first.bytes).is_ok());
    let mut forged = Vec::new();
    let (kid, ctr) = (first.kid.to_u64(), u64::MAX);
    Header { kid, ctr }.write(&mut forged);
    forged.extend([0; 40]);
    let refused = open(&mut opener, Kind::Voice, &forged);
    assert_eq!(refusal(refused), Some(Refused::NotAuthentic));
    assert!(open(&mut opener, Kind::Voice, &second.bytes).is_ok());
}

#[test]
fn the_cache_of_keys_is_bounded_and_forgets_nobody() {
    let mut opener = opener();
    let first = seal(&mut sealer_of(0), Stream::Camera, b"x").bytes;
    assert!(open(&mut opener, Kind::Picture, &first).is_ok());
    'full: for leaf in 1..=LEAF_MAX {
        let mut sealer = sealer_of(leaf);
        for layer in 0..=LAYER_MAX {
            let sealed = sealer.seal(Stream::Camera, layer, false, b"x").unwrap();
            let opened = open(&mut opener, Kind::Picture, &sealed.bytes);
            if opener.keys() == KEYS_MAX && opened.is_err() {
                assert_eq!(refusal(opened), Some(Refused::TooManyKeys));
                break 'full;
            }
            assert!(opened.is_ok());
        }
    }
    assert_eq!(opener.keys(), KEYS_MAX);
    let again = open(&mut opener, Kind::Picture, &first);
    assert_eq!(refusal(again), Some(Refused::Replayed));
}
