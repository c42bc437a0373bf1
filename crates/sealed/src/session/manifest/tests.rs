use super::*;

const FORGED: Digest = [99; 8];

fn kid() -> KeyId {
    of(Stream::Microphone, 7)
}

fn of(stream: Stream, epoch: u64) -> KeyId {
    KeyId::new(0, stream, 3, epoch).unwrap()
}

fn true_one(ctr: u64) -> Digest {
    [(ctr as u8).wrapping_add(1); 8]
}

fn sent(kid: KeyId, counters: std::ops::Range<u64>) -> SentFrames {
    SentFrames {
        kid: kid.to_u64(),
        first: counters.start,
        digests: counters.map(true_one).collect(),
    }
}

/// A voice of which frames up to this one are proven at 0.
fn proven(to: u64) -> Manifests {
    let mut manifests = Manifests::default();
    manifests.told(0, &sent(kid(), 0..to));
    manifests
}

fn frame(manifests: &mut Manifests, now: u64, ctr: u64) -> Judgement {
    manifests.frame(now, kid(), ctr, true_one(ctr))
}

#[test]
fn what_is_told_of_is_good_and_another_is_forged() {
    let mut manifests = proven(3);
    assert_eq!(frame(&mut manifests, 0, 1), Judgement::Good);
    assert!(!manifests.is_forged(0));
    assert_eq!(manifests.frame(0, kid(), 2, FORGED), Judgement::Forged);
    assert!(manifests.is_forged(0) && manifests.is_forged(59_999) && !manifests.is_forged(60_000));
}

#[test]
fn nothing_is_given_out_before_something_is_proven() {
    let mut manifests = Manifests::default();
    assert_eq!(frame(&mut manifests, 0, 0), Judgement::Unproven);
    manifests.told(300, &sent(kid(), 0..1));
    assert!(manifests.take_released() && !manifests.take_released());
    assert_eq!(frame(&mut manifests, 300, 0), Judgement::Good);
}

#[test]
fn frames_go_ahead_of_their_proof_for_a_moment_only() {
    let mut manifests = proven(1);
    assert_eq!(frame(&mut manifests, 20, 1), Judgement::Good);
    assert_eq!(frame(&mut manifests, 1_499, 75), Judgement::Good);
    assert_eq!(frame(&mut manifests, 1_500, 76), Judgement::Unproven);
    assert!(!manifests.is_unproven(1_500) && manifests.is_unproven(1_520));
    manifests.told(1_600, &sent(kid(), 1..77));
    assert!(manifests.take_released());
    assert_eq!(frame(&mut manifests, 1_600, 76), Judgement::Good);
    assert!(!manifests.is_unproven(1_600) && !manifests.is_forged(1_600));
}

#[test]
fn no_more_frames_go_ahead_than_a_stream_has() {
    let mut manifests = proven(1);
    let given = |manifests: &mut Manifests, counters: std::ops::Range<u64>| {
        let frames = counters.map(|ctr| manifests.frame(10, kid(), ctr, FORGED));
        frames.filter(|judged| *judged == Judgement::Good).count() as u64
    };
    assert_eq!(given(&mut manifests, 1..5_000), AHEAD_FRAMES);
    // The oldest debt is still there.
    manifests.told(500, &sent(kid(), 1..2));
    assert!(manifests.is_forged(500));
    assert_eq!(manifests.take_disowned(), [(kid(), 1)]);
}

#[test]
fn a_debt_is_not_forgotten_and_the_stream_waits_until_it_is_settled() {
    let mut manifests = proven(1);
    assert_eq!(frame(&mut manifests, 20, 1), Judgement::Good);
    // Manifests tell of later ones only.
    for now in (500..60_000).step_by(500) {
        manifests.told(now, &sent(kid(), now / 20..now / 20 + 25));
        manifests.tick(now);
    }
    assert_eq!(frame(&mut manifests, 60_000, 3_010), Judgement::Unproven);
    assert_eq!(manifests.lacking(60_000)[0].first, 1);
    let screen = of(Stream::Screen, 7);
    manifests.told(60_000, &sent(screen, 0..1));
    let other = manifests.frame(60_000, screen, 1, true_one(1));
    assert_eq!(other, Judgement::Good, "a stream of its own");
    manifests.told(60_000, &sent(kid(), 1..2));
    manifests.told(60_000, &sent(kid(), 3_000..3_001));
    assert_eq!(frame(&mut manifests, 60_000, 3_010), Judgement::Good);
}

#[test]
fn all_that_is_unproven_is_asked_for_once_some_of_it_is_overdue() {
    let mut manifests = proven(3);
    for ctr in [3, 4, 5, 9] {
        frame(&mut manifests, 100, ctr);
    }
    frame(&mut manifests, 900, 10);
    assert!(!manifests.lacks(1_099), "it may be on its way");
    assert!(manifests.lacks(1_100));
    let asked = |first, count| AskedFrames {
        kid: kid().to_u64(),
        first,
        count,
    };
    assert_eq!(manifests.lacking(1_100), [asked(3, 3), asked(9, 2)]);
    manifests.told(1_200, &sent(kid(), 3..11));
    assert_eq!(manifests.lacking(2_200), []);
}

/// The server changes from one layer to another: what is owed for the first is settled by word alone.
#[test]
fn a_frame_that_waits_for_a_debt_goes_out_before_those_behind_it() {
    let camera = |layer| KeyId::new(layer, Stream::Camera, 3, 7).unwrap();
    let (small, large) = (camera(0), camera(2));
    let mut manifests = Manifests::default();
    manifests.told(0, &sent(small, 0..1));
    manifests.told(100, &sent(large, 0..1));
    assert_eq!(manifests.frame(10, small, 1, true_one(1)), Judgement::Good);
    manifests.told(1_300, &sent(large, 1..2));
    let next = |manifests: &mut Manifests| manifests.frame(1_510, large, 2, true_one(2));
    assert_eq!(next(&mut manifests), Judgement::Unproven);
    manifests.told(1_550, &sent(small, 1..2));
    assert!(manifests.take_released());
    assert_eq!(next(&mut manifests), Judgement::Good);
}

/// It may be a forger's, who wants to be played before the sender's own frame comes.
#[test]
fn a_frame_that_came_too_far_ahead_does_not_go_out_because_it_waited() {
    let mut manifests = proven(1);
    let far = AHEAD_FRAMES + 50;
    let forged = |manifests: &mut Manifests, now| manifests.frame(now, kid(), far, FORGED);
    assert_eq!(forged(&mut manifests, 10), Judgement::Unproven);
    manifests.told(500, &sent(kid(), 1..100));
    assert!(!manifests.take_released());
    assert_eq!(forged(&mut manifests, 500), Judgement::Unproven);
    // The sender's own, on time, is not held up by it.
    manifests.told(1_000, &sent(kid(), 100..far));
    assert_eq!(frame(&mut manifests, 1_000, far), Judgement::Good);
    assert!(!manifests.is_forged(1_000));
}

#[test]
fn a_layer_that_does_not_come_any_more_is_asked_about_sooner() {
    let mut manifests = proven(1);
    frame(&mut manifests, 100, 1);
    frame(&mut manifests, 400, 2);
    assert!(!manifests.lacks(899) && manifests.lacks(900));
    frame(&mut manifests, 890, 3);
    assert!(!manifests.lacks(900), "it comes: so will what proves it");
    assert!(manifests.lacks(1_100));
}

#[test]
fn what_waits_is_asked_for_too_and_not_for_ever() {
    let mut manifests = Manifests::default();
    frame(&mut manifests, 0, 0);
    assert!(!manifests.lacks(499) && manifests.lacks(500));
    assert!(!manifests.lacks(2_500), "whoever held it has dropped it");
    manifests.tick(2_500);
    assert!(manifests.keys[&kid()].waiting.is_empty());
}

#[test]
fn two_frames_with_one_number_make_the_stream_wait_and_the_true_one_play() {
    let mut manifests = proven(1);
    assert_eq!(manifests.frame(10, kid(), 1, FORGED), Judgement::Good);
    assert!(!manifests.disputes(kid(), 1, FORGED), "the same again");
    assert!(manifests.disputes(kid(), 1, true_one(1)));
    assert_eq!(frame(&mut manifests, 20, 1), Judgement::Unproven);
    assert_eq!(frame(&mut manifests, 20, 2), Judgement::Unproven);
    assert!(!manifests.is_forged(20), "nothing signed says so yet");
    manifests.told(500, &sent(kid(), 1..3));
    assert_eq!(manifests.take_disowned(), [(kid(), 1)]);
    assert_eq!(frame(&mut manifests, 500, 1), Judgement::Good);
    assert_eq!(frame(&mut manifests, 500, 2), Judgement::Good);
    assert_eq!(
        frame(&mut manifests, 520, 3),
        Judgement::Unproven,
        "proof first"
    );
}

#[test]
fn frames_are_late_by_the_senders_word_and_not_by_lost_proofs() {
    let mut manifests = proven(10);
    let position = Position {
        kid: kid().to_u64(),
        next: 5,
    };
    manifests.reached(1_000, kid(), &position);
    assert_eq!(frame(&mut manifests, 6_000, 4), Judgement::Good);
    assert_eq!(frame(&mut manifests, 6_001, 3), Judgement::Late);
    assert_eq!(frame(&mut manifests, 6_001, 5), Judgement::Good);
}

#[test]
fn what_is_kept_is_bounded_whatever_comes() {
    let mut manifests = proven(1);
    for ctr in 0..10_000 {
        manifests.frame(10, kid(), ctr, FORGED);
        manifests.told(10, &sent(of(Stream::Camera, ctr), ctr..ctr + 1));
    }
    manifests.told(20, &sent(of(Stream::Screen, 7), 0..60_000));
    let far = SentFrames {
        first: u64::MAX,
        ..sent(kid(), 0..3)
    };
    manifests.told(20, &far);
    assert!(manifests.keys.len() <= KEYS_MAX);
    for frames in manifests.keys.values() {
        assert!(frames.told.len() <= TOLD_MAX && frames.waiting.len() <= WAITING_MAX);
        assert!(frames.shown.len() as u64 <= AHEAD_FRAMES);
    }
}
