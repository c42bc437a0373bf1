//! What arrived of one stream of a remote seat, counted by the numbers in its frames: what came, what
//! came late, and what never came.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::{report::Break, trailer::Trailer};

/// Later than the fastest of its stream by more than this, a frame counts as late: jitter buffers of
/// browsers hold about as much.
pub(super) const LATE: Duration = Duration::from_millis(300);
/// A pause longer than this is remembered as a break; shorter ones nobody notices.
const BREAK: Duration = Duration::from_millis(400);
/// Breaks remembered; whoever follows the reports has seen older ones.
const BREAKS_KEPT: usize = 32;

/// Pictures of one source, by their trailers.
#[derive(Default)]
pub(super) struct Account {
    last: Option<Trailer>,
    fastest: Option<Duration>,
}

/// What one picture tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Pictures before it that did not come.
    pub(super) missed: u64,
    /// It came late.
    pub(super) late: bool,
    /// How long it took, if it was sent by this process.
    pub(super) delay: Option<Duration>,
}

impl Account {
    /// A picture came at `now`.
    pub(super) fn note(&mut self, now: Instant, picture: &[u8]) -> Told {
        let Some(trailer) = Trailer::read(picture) else {
            return Told::default();
        };
        let delay = trailer.age(now);
        let before = self.last.filter(|last| last.run == trailer.run);
        let missed = before.map_or(0, |last| {
            trailer.number.saturating_sub(last.number.saturating_add(1))
        });
        if before.is_none() {
            self.fastest = None;
        }
        if before.is_none_or(|last| last.number < trailer.number) {
            self.last = Some(trailer);
        }
        let fastest = [self.fastest, delay].into_iter().flatten().min();
        self.fastest = fastest;
        let late = delay.zip(fastest).is_some_and(|(d, f)| d > f + LATE);
        Told {
            missed: u64::from(missed),
            late,
            delay,
        }
    }

    /// It is paused or no longer asked for: the next picture follows none.
    pub(super) fn interrupt(&mut self) {
        self.last = None;
    }
}

/// Notes a pause that ended at `now`, `now_ms` by the time of day, if it is long enough.
pub(super) fn note_break(breaks: &mut VecDeque<Break>, pause: Duration, now_ms: u64) {
    if pause < BREAK {
        return;
    }
    if breaks.len() == BREAKS_KEPT {
        breaks.pop_front();
    }
    let from_ms = now_ms.saturating_sub(super::millis(pause));
    let to_ms = now_ms;
    breaks.push_back(Break { from_ms, to_ms });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_late_pictures_are_counted_by_their_numbers() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut account = Account::default();
        let mut told = |number: u32, run: u32, sent: u64, came: u64| {
            let mut picture = vec![0; 10];
            Trailer::new(at(sent), run, number).append(&mut picture);
            account.note(at(came), &picture)
        };
        assert_eq!(told(5, 1, 500, 540).missed, 0);
        assert_eq!(told(6, 1, 600, 640).missed, 0);
        let after = told(9, 1, 900, 950);
        assert_eq!((after.missed, after.late), (2, false));
        let late = told(10, 1, 1000, 1400);
        assert_eq!((late.missed, late.late), (0, true));
        // The trailer counts whole microseconds.
        assert_eq!(late.delay.unwrap().as_millis(), 400);
        // Another layer's copy of an old picture, then a new encoder.
        assert_eq!(told(9, 1, 900, 1450).missed, 0);
        assert_eq!(told(11, 1, 1100, 1460).missed, 0);
        let restarted = told(1, 2, 1500, 1540);
        assert_eq!((restarted.missed, restarted.late), (0, false));
        account.interrupt();
    }

    #[test]
    fn pictures_of_browsers_tell_nothing() {
        let mut account = Account::default();
        let now = Instant::now();
        assert_eq!(account.note(now, &[0; 500]), Told::default());
    }

    #[test]
    fn only_long_pauses_are_breaks_and_old_ones_are_forgotten() {
        let mut breaks = VecDeque::new();
        note_break(&mut breaks, Duration::from_millis(399), 1_000);
        assert!(breaks.is_empty());
        for n in 1..=40 {
            note_break(&mut breaks, Duration::from_millis(500), n * 1_000);
        }
        assert_eq!(breaks.len(), BREAKS_KEPT);
        let last = breaks.back().unwrap();
        assert_eq!((last.from_ms, last.to_ms), (39_500, 40_000));
    }
}
