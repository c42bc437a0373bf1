//! Whether a receiver's line is too bad for voices as they are: it has next to nothing left beside them,
//! or loses many of them.
//!
//! Until a line has shown that it is good, voices are the small ones: where they are too much, the word
//! that they are would come last. Quick to say that a line is bad, slow to take it back: what was too narrow
//! for eight voices has room as soon as they are smaller, and each time that room was no sign of a better
//! line the next time has to last longer.

use std::time::{Duration, Instant};

use crate::offer::FIRST_ESTIMATE;

/// Voices leave less than this for pictures, bits a second.
const LITTLE: u64 = 100_000;
/// A line is good with this much left, and so much more for each voice: what it will grow by.
const ENOUGH: u64 = 150_000;
const ENOUGH_PER_VOICE: u64 = 40_000;
/// Lost packets of 256: many, and few.
const MANY: f32 = 20.0;
const FEW: f32 = 8.0;
/// A line is bad when it was so for this long.
const SOON: Duration = Duration::from_secs(1);
/// It is good when it was so from the first for this long...
const AT_FIRST: Duration = Duration::from_secs(2);
/// ...and again when it was so for this long, once it was bad; at most.
const LATER: Duration = Duration::from_secs(20);
const LATER_MAX: Duration = Duration::from_secs(320);
/// A report counts so much against those before.
const WEIGHT: f32 = 0.25;
/// Of a line that reports nothing, nothing is known.
const STALE: Duration = Duration::from_secs(20);

/// What is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    Unknown,
    Good,
    Bad,
}

/// One receiver's.
pub(crate) struct Line {
    quality: Quality,
    /// What it has seemed to be since.
    seems: Option<(Quality, Instant)>,
    /// How long it has to be good to be called good again.
    later: Duration,
    /// When it was called good last.
    good_at: Option<Instant>,
    /// Of 256 voice packets, and when that was reported last.
    lost: Option<(f32, Instant)>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            quality: Quality::Unknown,
            seems: None,
            later: LATER,
            good_at: None,
            lost: None,
        }
    }
}

impl Line {
    pub(crate) fn quality(&self) -> Quality {
        self.quality
    }

    /// The receiver reports a voice: so many of 256 packets were lost since its last report.
    pub(crate) fn lost(&mut self, now: Instant, lost: u8) {
        let lost = f32::from(lost);
        let mean = self
            .lost
            .map_or(lost, |(mean, _)| mean + (lost - mean) * WEIGHT);
        self.lost = Some((mean, now));
    }

    /// Every tenth of a second. `left`: bits a second for pictures, if that is measured, beside so many voices.
    pub(crate) fn judge(&mut self, now: Instant, left: Option<u64>, voices: usize) {
        let seems = self.seems(now, left, voices);
        let other = seems.filter(|seems| *seems != self.quality);
        let Some(other) = other else {
            self.seems = None;
            return;
        };
        let since = match self.seems {
            Some((before, since)) if before == other => since,
            _ => now,
        };
        self.seems = Some((other, since));
        let wait = match (self.quality, other) {
            (_, Quality::Bad) => SOON,
            (Quality::Unknown, _) => AT_FIRST,
            _ => self.later,
        };
        if now.saturating_duration_since(since) >= wait {
            self.turn(now, other);
        }
    }

    fn seems(&self, now: Instant, left: Option<u64>, voices: usize) -> Option<Quality> {
        let fresh = |(_, at): &(f32, Instant)| now.saturating_duration_since(*at) < STALE;
        let lost = self.lost.filter(fresh).map_or(0.0, |(lost, _)| lost);
        // More than what every line is taken for at first: that is no sign of anything.
        let needed = (ENOUGH + ENOUGH_PER_VOICE * voices as u64).max(FIRST_ESTIMATE);
        if voices == 0 {
            None
        } else if left.is_some_and(|left| left < LITTLE) || lost > MANY {
            Some(Quality::Bad)
        } else if left.is_none_or(|left| left > needed) && lost < FEW {
            Some(Quality::Good)
        } else {
            None
        }
    }

    fn turn(&mut self, now: Instant, quality: Quality) {
        let soon = |at: Instant| now.saturating_duration_since(at) < self.later;
        if quality == Quality::Good {
            self.good_at = Some(now);
        } else if self.quality == Quality::Good {
            self.later = match self.good_at.is_some_and(soon) {
                true => (self.later * 2).min(LATER_MAX),
                false => LATER,
            };
        }
        (self.quality, self.seems) = (quality, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a line, with what it leaves for pictures and how many of 256 it loses: after how many tenths of
    /// a second it is called otherwise.
    fn play(line: &mut Line, from: Instant, left: u64, lost: u8) -> Option<(u64, Quality)> {
        let before = line.quality();
        (0..6_000).find_map(|tenth| {
            let now = from + Duration::from_millis(tenth * 100);
            if tenth % 10 == 0 {
                line.lost(now, lost);
            }
            line.judge(now, Some(left), 8);
            (line.quality() != before).then(|| (tenth, line.quality()))
        })
    }

    fn first(left: u64, lost: u8) -> Option<(u64, Quality)> {
        play(&mut Line::default(), Instant::now(), left, lost)
    }

    #[test]
    fn a_line_is_bad_when_voices_leave_nothing_or_are_lost_and_good_when_they_leave_much() {
        assert_eq!(first(1_000_000, 0), Some((20, Quality::Good)));
        assert_eq!(first(30_000, 0), Some((10, Quality::Bad)));
        assert_eq!(first(1_000_000, 77), Some((10, Quality::Bad)));
        assert_eq!(first(1_000_000, 13), None);
        assert_eq!(first(300_000, 0), None);
    }

    #[test]
    fn a_moment_without_room_is_nothing() {
        let mut line = Line::default();
        let start = Instant::now();
        play(&mut line, start, 1_000_000, 0);
        for second in 60..120 {
            let at = start + Duration::from_secs(second);
            line.judge(at, Some(30_000), 8);
            line.judge(at + Duration::from_millis(500), Some(400_000), 8);
        }
        assert_eq!(line.quality(), Quality::Good);
    }

    #[test]
    fn where_nobody_is_heard_no_voice_is_too_large() {
        let mut line = Line::default();
        let start = Instant::now();
        (0..60).for_each(|s| line.judge(start + Duration::from_secs(s), Some(0), 0));
        assert_eq!(line.quality(), Quality::Unknown);
    }

    #[test]
    fn room_that_was_no_sign_of_a_better_line_has_to_last_longer_the_next_time() {
        let (mut line, mut now) = (Line::default(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..6 {
            play(&mut line, now, 30_000, 0).expect("it is too narrow");
            now += Duration::from_secs(10);
            let (wait, _) = play(&mut line, now, 600_000, 0).expect("it has room");
            waits.push(wait / 10);
            now += Duration::from_millis(wait * 100 + 1_000);
        }
        assert_eq!(waits, [20, 40, 80, 160, 320, 320]);
    }
}
