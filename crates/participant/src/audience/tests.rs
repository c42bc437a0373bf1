//! What is counted and recognised, with real codecs on fake time.

use super::*;
use crate::{
    frames::{Layer, PlainFrame, Stream},
    picture::Plate,
    publisher::{On, Publisher, Speech, Style},
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

fn arrived(seat: u16, frame: PlainFrame) -> Option<OpenedFrame> {
    let mid = match frame.stream {
        Stream::Microphone => "a",
        Stream::Camera(Layer::Quarter) => "v",
        Stream::Camera(Layer::Half) | Stream::Screen => return None,
    };
    Some(OpenedFrame::pretend(seat, mid, frame))
}

/// Plays `seconds` of seat 5, which looks and sounds like `like`, to `audience`, leaving out
/// milliseconds for which `lost` holds.
fn play(audience: &mut Audience, like: u16, seconds: u64, lost: impl Fn(u64) -> bool) -> Report {
    play_while(audience, like, seconds, lost, |_, _| {})
}

/// The same, with something done to `audience` before what comes at each millisecond.
fn play_while(
    audience: &mut Audience,
    like: u16,
    seconds: u64,
    lost: impl Fn(u64) -> bool,
    mut act: impl FnMut(&mut Audience, u64),
) -> Report {
    let start = Instant::now();
    let style = Style {
        light: audience.light,
        numbered: true,
    };
    let plate = Plate::default();
    let mut publisher = Publisher::new(start, like, &plate, Speech::Always, style).unwrap();
    let on = On {
        microphone: true,
        camera: true,
        screen: false,
    };
    for ms in 0..seconds * 1000 {
        act(audience, ms);
        let now = start + Duration::from_millis(ms);
        let frames = publisher.poll(now, ms, on).unwrap();
        let opened = frames.into_iter().filter_map(|frame| arrived(5, frame));
        for frame in opened.filter(|_| !lost(ms)) {
            audience.handle_frame(now, ms, &frame);
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
    assert!(audience.key_frames_wanted(Instant::now()).is_empty());
    audience.set_focus(Some(5));
    let now = Instant::now();
    assert!(audience.key_frames_wanted(now).is_empty());
    let later = now + KEY_FRAME_PATIENCE;
    assert_eq!(audience.key_frames_wanted(later), ["v"]);
    assert!(audience.key_frames_wanted(later).is_empty());
}

#[test]
fn a_seat_that_never_had_a_key_frame_is_asked_for_one_in_focus_or_not() {
    let mut audience = Audience::default();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    // The key frame was sealed before this client was there.
    let report = play(&mut audience, 5, 1, |ms| ms < 300);
    assert_eq!(report.frames_decoded, 0);
    let now = Instant::now();
    assert!(audience.key_frames_wanted(now).is_empty());
    let later = now + FIRST_KEY_FRAME_PATIENCE;
    assert_eq!(audience.key_frames_wanted(later), ["v"]);
}

#[test]
fn a_paused_screen_that_was_never_seen_is_asked_for_and_a_paused_face_is_not() {
    for (source, wanted) in [(Source::Screen, &["v"][..]), (Source::Camera, &[])] {
        let mut audience = Audience::default();
        let (audio, mut video) = slots(5);
        (video[0].paused, video[0].source) = (true, source);
        audience.set_slots(&audio, &video);
        let now = Instant::now();
        assert!(audience.key_frames_wanted(now).is_empty());
        audience.set_slots(&audio, &video);
        let later = now + SCREEN_PATIENCE;
        assert_eq!(audience.key_frames_wanted(later), wanted);
        assert!(audience.key_frames_wanted(later).is_empty());
    }
}

#[test]
fn a_frame_is_its_seats_whatever_the_server_says() {
    let mut audience = Audience::default();
    let (audio, video) = slots(6);
    audience.set_slots(&audio, &video);
    let report = play(&mut audience, 5, 2, |_| false);
    assert!(report.saw.contains(&5) && report.heard.contains(&5));
    assert!(!report.remotes.contains_key(&6));
}

#[test]
fn lost_pictures_and_voices_are_counted_one_by_one() {
    let mut audience = Audience::default();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    let report = play(&mut audience, 5, 4, |ms| (1000..2000).contains(&ms));
    let remote = &report.remotes[&5];
    assert_eq!((remote.pictures_missed, remote.pictures_late), (10, 0));
    assert_eq!((remote.voices_lost, remote.voices_received), (50, 150));
    assert_eq!(report.delays.count, 30);
    let freeze = remote.freezes.back().unwrap();
    assert!((1_000..1_200).contains(&(freeze.to_ms - freeze.from_ms)));
}

#[test]
fn nothing_is_missed_between_a_still_of_a_paused_picture_and_what_comes_when_it_goes_on() {
    let mut audience = Audience::default();
    let (audio, mut video) = slots(5);
    video[0].paused = true;
    audience.set_slots(&audio, &video);
    // One still at the beginning; the picture goes on after two seconds.
    let between = |ms: u64| (200..2000).contains(&ms);
    let report = play_while(&mut audience, 5, 4, between, |audience, ms| {
        if ms == 1_900 {
            video[0].paused = false;
            audience.set_slots(&audio, &video);
        }
    });
    let remote = &report.remotes[&5];
    assert!(remote.frames_received > 20, "{}", remote.frames_received);
    assert_eq!(remote.pictures_missed, 0);
}

#[test]
fn a_light_audience_counts_all_and_decodes_a_sample() {
    let mut audience = Audience::light();
    let (audio, video) = slots(5);
    audience.set_slots(&audio, &video);
    audience.set_focus(Some(5));
    let report = play(&mut audience, 5, 8, |_| false);
    assert!(report.saw.contains(&5) && report.heard.contains(&5));
    assert_eq!((report.frames_received, report.frames_decoded), (80, 1));
    assert_eq!(report.remotes[&5].voices_received, 400);
    assert!((99..=101).contains(&report.voices_decoded));
}
