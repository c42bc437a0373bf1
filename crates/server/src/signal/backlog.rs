//! Whether what the server says reaches the client in time. A ping (RFC 6455, 5.5.2) goes behind it: as long
//! as its answer does not come, what was said before has perhaps not come either.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use sfu::Backlog as Is;

/// Messages of so many bytes are followed by a ping at once; others by the next of those that come anyway.
pub(super) const LARGE: usize = 2 * 1024;
/// One behind a large message that is unanswered for so long: longer than a near line takes, or a client that
/// has to make something of the message.
const SLOW: Duration = Duration::from_millis(250);
/// A ping unanswered for so long: longer than any good line takes, and than a far one with nothing in its
/// way.
const LATE: Duration = Duration::from_millis(1_000);
/// Pings under way; more would tell nothing new.
const ASKED_MAX: usize = 16;

struct Ping {
    number: u64,
    at: Instant,
    /// It is behind a large message.
    large: bool,
}

#[derive(Default)]
pub(super) struct Backlog {
    next: u64,
    /// Pings that are not answered yet, the oldest first.
    asked: VecDeque<Ping>,
    /// What was told last.
    told: Is,
}

impl Backlog {
    /// A message goes out, large or not: what is in the ping to send behind it. `None`: no more of them.
    pub(super) fn ping(&mut self, now: Instant, large: bool) -> Option<[u8; 8]> {
        if self.asked.len() >= ASKED_MAX {
            return None;
        }
        let number = self.next;
        self.next += 1;
        self.asked.push_back(Ping {
            number,
            at: now,
            large,
        });
        Some(number.to_be_bytes())
    }

    /// A pong came: to the ping it names, and to those before it (RFC 6455, 5.5.3). False if to none.
    pub(super) fn answered(&mut self, pong: &[u8]) -> bool {
        let Ok(number) = pong.try_into().map(u64::from_be_bytes) else {
            return false;
        };
        let before = self.asked.len();
        if self.asked.iter().any(|ping| ping.number == number) {
            self.asked.retain(|ping| ping.number > number);
        }
        self.asked.len() < before
    }

    /// When it may be slow or late.
    pub(super) fn due(&self) -> Option<Instant> {
        let (slow, late) = self.limits();
        let slow = slow.filter(|_| self.told < Is::Slow);
        let late = late.filter(|_| self.told < Is::Late);
        [slow, late].into_iter().flatten().min()
    }

    /// How it is, if that changed.
    pub(super) fn news(&mut self, now: Instant) -> Option<Is> {
        let is = match self.limits() {
            (_, Some(late)) if now >= late => Is::Late,
            (Some(slow), _) if now >= slow => Is::Slow,
            (Some(_), _) => Is::Large,
            (None, _) => Is::None,
        };
        (std::mem::replace(&mut self.told, is) != is).then_some(is)
    }

    /// When what is under way is slow, and when late.
    fn limits(&self) -> (Option<Instant>, Option<Instant>) {
        let large = self.asked.iter().find(|ping| ping.large);
        let slow = large.map(|ping| ping.at + SLOW);
        (slow, self.asked.front().map(|ping| ping.at + LATE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_answered_within_a_second_is_late_until_it_is() {
        let (mut backlog, start) = (Backlog::default(), Instant::now());
        let first = backlog.ping(start, false).unwrap();
        assert_eq!(backlog.news(start + LATE / 2), None);
        let second = backlog.ping(start + LATE / 2, false).unwrap();
        assert_eq!(backlog.due(), Some(start + LATE));
        assert_eq!(backlog.news(start + LATE), Some(Is::Late));
        assert_eq!(
            (backlog.due(), backlog.news(start + LATE * 2)),
            (None, None)
        );
        assert!(backlog.answered(&first));
        assert_eq!(backlog.news(start + LATE * 2), None, "the second is late");
        assert!(backlog.answered(&second));
        assert_eq!(backlog.news(start + LATE * 3), Some(Is::None));
        assert_eq!(backlog.news(start + LATE * 4), None);
    }

    #[test]
    fn behind_a_large_message_it_is_known_at_once_and_whatever_was_asked_before() {
        let (mut backlog, start) = (Backlog::default(), Instant::now());
        backlog.ping(start, false);
        let behind = backlog.ping(start, true).unwrap();
        assert_eq!(backlog.news(start), Some(Is::Large));
        assert_eq!(backlog.due(), Some(start + SLOW));
        assert_eq!(backlog.news(start + SLOW), Some(Is::Slow));
        assert_eq!(backlog.due(), Some(start + LATE));
        assert!(backlog.answered(&behind), "and what was before it");
        assert_eq!(backlog.news(start + LATE * 2), Some(Is::None));
    }

    #[test]
    fn only_an_answer_is_one_and_pings_are_bounded() {
        let (mut backlog, start) = (Backlog::default(), Instant::now());
        for nothing in [&[][..], &[0; 7], &[0; 8], &[9; 8]] {
            assert!(!backlog.answered(nothing));
        }
        let pings = (0..100).filter_map(|_| backlog.ping(start, true)).count();
        assert_eq!(pings, ASKED_MAX);
        assert!(!backlog.answered(&[9; 8]));
        assert!(backlog.answered(&[0; 8]));
        assert!(!backlog.answered(&[0; 8]), "once");
    }
}
