//! Whether what the server says reaches the client in time. A ping (RFC 6455, 5.5.2) goes behind it: as long
//! as its answer does not come, what was said before has perhaps not come either.

use std::time::{Duration, Instant};

use sfu::Backlog as Is;

/// A ping unanswered for so long: longer than any good line takes, and than a far one with nothing in its
/// way.
const LATE: Duration = Duration::from_millis(1_000);
/// Messages of so many bytes are followed by a ping at once; others by the next of those that come anyway.
const LARGE: usize = 2 * 1024;

#[derive(Default)]
pub(super) struct Backlog {
    /// When the ping left that is not answered yet, and whether it follows a large message.
    asked: Option<(Instant, bool)>,
    /// What was told last.
    told: Is,
}

impl Backlog {
    /// A message of so many bytes was written. True if a ping is to follow.
    pub(super) fn wrote(&self, bytes: usize) -> bool {
        bytes >= LARGE && self.asked.is_none()
    }

    /// A ping was written.
    pub(super) fn pinged(&mut self, now: Instant, large: bool) {
        self.asked.get_or_insert((now, large));
    }

    /// A pong came: to the first of the pings under way, and the others are not waited for.
    pub(super) fn answered(&mut self) {
        self.asked = None;
    }

    /// When it may be late.
    pub(super) fn due(&self) -> Option<Instant> {
        let (asked, _) = self.asked.filter(|_| self.told != Is::Late)?;
        Some(asked + LATE)
    }

    /// How it is, if that changed.
    pub(super) fn news(&mut self, now: Instant) -> Option<Is> {
        let is = match self.asked {
            Some((asked, _)) if now >= asked + LATE => Is::Late,
            Some((_, true)) => Is::Large,
            _ => Is::None,
        };
        (std::mem::replace(&mut self.told, is) != is).then_some(is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_answered_within_a_second_is_late_until_it_is() {
        let (mut backlog, start) = (Backlog::default(), Instant::now());
        backlog.pinged(start, false);
        assert_eq!(backlog.news(start + LATE / 2), None);
        backlog.pinged(start + LATE / 2, false);
        assert_eq!(backlog.due(), Some(start + LATE));
        assert_eq!(backlog.news(start + LATE), Some(Is::Late));
        assert_eq!(
            (backlog.due(), backlog.news(start + LATE * 2)),
            (None, None)
        );
        backlog.answered();
        assert_eq!(backlog.news(start + LATE * 3), Some(Is::None));
        assert_eq!(backlog.news(start + LATE * 4), None);
    }

    #[test]
    fn behind_a_large_message_one_is_sent_at_once() {
        let (mut backlog, start) = (Backlog::default(), Instant::now());
        assert!(backlog.wrote(LARGE) && !backlog.wrote(100));
        backlog.pinged(start, true);
        assert!(!backlog.wrote(LARGE), "one at a time");
        assert_eq!(backlog.news(start), Some(Is::Large));
        assert_eq!(backlog.news(start + LATE), Some(Is::Late));
        backlog.answered();
        assert_eq!(backlog.news(start + LATE), Some(Is::None));
    }
}
