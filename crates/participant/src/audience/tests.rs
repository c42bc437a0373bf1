//! What is counted and recognised, with real codecs on fake time.

use super::*;
use crate::{
    frames::{Layer, OutgoingFrame, Stream},
    picture::Plate,
    publisher::{Publisher, Speech},
};
use protocol::SeatId;

fn slots(seat: u16) -> ([AudioSlot; 1], [VideoSlot; 1]) {
    let seat = SeatId(seat);
    let (mid, source) = ("v".to_owned(), Source::Camera);
    (
        [AudioSlot {
            mid: "a".into(),
            seat,
        }],
        [VideoSlot {
            mid,
            seat,
            source,
            paused: false,
        }],
    )
}

fn arrived(frame: OutgoingFrame) -> Option<IncomingFrame> {
    let (mid, kind) = match frame.stream {
        Stream::Microphone => ("a", Kind::Voice),
        Stream::Camera(Layer::Quarter) => ("v", Kind::Picture),
        Stream::Camera(Layer::Half) => return None,
    };
    let (time, data) = (frame.time, frame.data.into());
    Some(IncomingFrame {
        mid: mid.into(),
        kind,
        time,
        contiguous: true,
        data,
    })
}

/// Plays `seconds` of seat `seat` to `audience`, leaving out milliseconds for which `lost` holds.
fn play(audience: &mut Audience, seat: u16, seconds: u64, lost: impl Fn(u64) -> bool) -> Report {
    let start = Instant::now();
    let mut publisher = Publisher::new(start, seat, &Plate::default(), Speech::Always).unwrap();
    for ms in 0..seconds * 1000 {
        let now = start + Duration::from_millis(ms);
        let frames = publisher.poll(now, ms, true, true).unwrap();
        for frame in frames.into_iter().filter_map(arrived).filter(|_| !lost(ms)) {
            audience.handle_frame(now, &frame);
        }
    }
    let mut report = Report::default();
    audience.fill(start + Duration::from_secs(seconds), &mut report);
    report
}

#[test]
fn a_seat_in_focus_is_seen_heard_and_decoded_whole() {
    let mut audience = Audience::default();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    audience.set_focus(Some(5));
    let report = play(&mut audience, 5, 3, |_| false);
    assert!(report.saw.contains(&5) && report.heard.contains(&5));
    assert_eq!(
        (
            report.frames_received,
            report.frames_decoded,
            report.frames_wrong
        ),
        (30, 30, 0)
    );
    assert_eq!((report.audio_gaps, report.voices_decoded), (0, 150));
    assert!(
        report.longest_freeze_ms <= 200,
        "{}",
        report.longest_freeze_ms
    );
}

#[test]
fn out_of_focus_only_key_frames_are_decoded() {
    let mut audience = Audience::default();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    let report = play(&mut audience, 5, 2, |_| false);
    assert_eq!((report.frames_received, report.frames_decoded), (20, 1));
    assert!(report.saw.contains(&5));
}

#[test]
fn a_seat_that_shows_and_sounds_like_another_is_neither_seen_nor_heard() {
    let mut audience = Audience::default();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    audience.set_focus(Some(5));
    let report = play(&mut audience, 6, 2, |_| false);
    assert!(report.saw.is_empty() && report.heard.is_empty());
    assert_eq!(report.frames_wrong, report.frames_decoded);
}

#[test]
fn breaks_are_counted_as_freezes_and_gaps() {
    let mut audience = Audience::default();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    let report = play(&mut audience, 5, 4, |ms| (1000..2500).contains(&ms));
    assert_eq!(report.audio_gaps, 1);
    assert!(
        (1500..1800).contains(&report.longest_freeze_ms),
        "{}",
        report.longest_freeze_ms
    );
}

#[test]
fn in_focus_and_out_of_step_a_key_frame_is_asked_for_once_in_a_while() {
    let mut audience = Audience::default();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    play(&mut audience, 5, 1, |_| false);
    audience.set_focus(Some(5));
    let now = Instant::now();
    assert_eq!(audience.key_frame_wanted(now), None);
    let later = now + KEY_FRAME_PATIENCE;
    assert_eq!(audience.key_frame_wanted(later).as_deref(), Some("v"));
    assert_eq!(audience.key_frame_wanted(later), None);
}
