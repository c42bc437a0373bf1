//! How often a publisher may be asked for a key frame of one layer, whoever asks.
//!
//! A key frame costs ten ordinary frames; a receiver that loses packets, or means ill, must not make
//! every other receiver pay for it.

use std::time::{Duration, Instant};

/// After a quiet time: the answer to the first request may have been lost.
const FIRST: Duration = Duration::from_millis(300);
/// While requests keep coming.
const REPEATED: Duration = Duration::from_secs(1);
/// Without a request for this long, it is quiet again.
const QUIET: Duration = Duration::from_secs(3);

/// Gate of one published layer.
#[derive(Debug, Default)]
pub(crate) struct KeyframeGate {
    last: Option<Instant>,
    streak: u32,
    /// Somebody waits for a key frame.
    wanted: bool,
}

impl KeyframeGate {
    /// Somebody needs a key frame. True if it is to be asked for now; otherwise later, by
    /// [`KeyframeGate::retry`].
    pub(crate) fn request(&mut self, now: Instant) -> bool {
        self.wanted = true;
        self.retry(now)
    }

    /// True if a key frame is still wanted and may be asked for again.
    pub(crate) fn retry(&mut self, now: Instant) -> bool {
        if !self.wanted {
            return false;
        }
        let since = self.last.map(|last| now.saturating_duration_since(last));
        let interval = if self.streak == 0 { FIRST } else { REPEATED };
        match since {
            Some(since) if since < interval => return false,
            Some(since) if since < QUIET => self.streak += 1,
            _ => self.streak = 0,
        }
        self.last = Some(now);
        true
    }

    /// A key frame came.
    pub(crate) fn satisfied(&mut self) {
        self.wanted = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_coalesced_first_to_300_ms_then_to_one_second() {
        let (mut gate, start) = (KeyframeGate::default(), Instant::now());
        let sent: Vec<u64> = (0..4000)
            .step_by(10)
            .filter(|&ms| gate.request(start + Duration::from_millis(ms)))
            .collect();
        assert_eq!(sent, [0, 300, 1300, 2300, 3300]);
    }

    #[test]
    fn nothing_is_asked_for_once_a_key_frame_came() {
        let (mut gate, start) = (KeyframeGate::default(), Instant::now());
        assert!(gate.request(start));
        gate.satisfied();
        assert!(!gate.retry(start + Duration::from_secs(2)));
    }

    #[test]
    fn after_a_quiet_time_the_first_interval_is_short_again() {
        let (mut gate, start) = (KeyframeGate::default(), Instant::now());
        for ms in [0, 300, 1300] {
            assert!(gate.request(start + Duration::from_millis(ms)));
        }
        let later = start + Duration::from_secs(60);
        assert!(gate.request(later));
        assert!(gate.request(later + Duration::from_millis(300)));
    }
}
