//! The counters seen under one key id, so that no frame is accepted twice (RFC 9605, 9.3).
//!
//! A bitmap of the last [`WIDTH`] counters slides with the highest one. Counters may be missing for
//! good (the server thins a stream: layers, temporal layers, silent microphones) and may come late
//! (retransmissions, a jitter buffer), so a gap means nothing and only what is far behind is
//! refused.

use crate::sabotage::{self, Fault};

/// How far behind the highest counter a frame may be. At 50 voice frames a second 20 s, at 30
/// pictures 34 s: far longer than any retransmission, so it never costs an honest frame. A wider
/// one costs memory per key id (this one 128 bytes) and accepts older frames; it makes no replay
/// possible.
pub const WIDTH: u64 = 1024;

const WORDS: usize = (WIDTH / 64) as usize;

/// Which counters were seen under one key id.
#[derive(Default)]
pub struct Window {
    /// Of the counters marked; `None` before the first.
    highest: Option<u64>,
    /// Bit `counter % WIDTH` of those in the window.
    seen: [u64; WORDS],
}

impl Window {
    /// A window that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a frame with this counter may be opened. Changes nothing: ask before decryption.
    #[must_use]
    pub fn check(&self, ctr: u64) -> bool {
        if sabotage::on(Fault::NoReplayWindow) {
            return true;
        }
        match self.highest {
            Some(highest) if ctr <= highest => highest - ctr < WIDTH && !self.bit(ctr),
            _ => true,
        }
    }

    /// Notes that a frame with this counter was authentic. Only then: a forged counter must not
    /// move the window, or anyone could shut out the sender.
    pub fn mark(&mut self, ctr: u64) {
        match self.highest {
            Some(highest) if ctr <= highest => {
                if highest - ctr >= WIDTH {
                    return;
                }
            }
            Some(highest) => self.slide(highest, ctr),
            None => self.highest = Some(ctr),
        }
        self.seen[word(ctr)] |= mask(ctr);
    }

    /// What was accepted with this counter was not what its sender sent: the true one may come yet.
    pub fn unmark(&mut self, ctr: u64) {
        let highest = self.highest.unwrap_or(0);
        if ctr <= highest && highest - ctr < WIDTH {
            self.seen[word(ctr)] &= !mask(ctr);
        }
    }

    fn slide(&mut self, highest: u64, ctr: u64) {
        if ctr - highest >= WIDTH {
            self.seen = [0; WORDS];
        } else {
            for skipped in highest + 1..=ctr {
                self.seen[word(skipped)] &= !mask(skipped);
            }
        }
        self.highest = Some(ctr);
    }

    fn bit(&self, ctr: u64) -> bool {
        self.seen[word(ctr)] & mask(ctr) != 0
    }
}

fn word(ctr: u64) -> usize {
    (ctr % WIDTH / 64) as usize
}

fn mask(ctr: u64) -> u64 {
    1 << (ctr % 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_ends_of_the_range_are_counters_too() {
        let mut window = Window::new();
        for ctr in [0, u64::MAX - 1, u64::MAX] {
            assert!(window.check(ctr));
            window.mark(ctr);
            assert!(!window.check(ctr));
        }
        assert!(!window.check(u64::MAX - WIDTH));
        assert!(window.check(u64::MAX - WIDTH + 1));
    }

    #[test]
    fn a_check_marks_nothing() {
        let mut window = Window::new();
        window.mark(10);
        assert!(window.check(5000) && window.check(5000) && window.check(9));
    }

    #[test]
    fn what_is_unmarked_may_come_again_and_nothing_else() {
        let mut window = Window::new();
        (0..2 * WIDTH).for_each(|ctr| window.mark(ctr));
        for ctr in [0, WIDTH - 1, WIDTH + 5, 2 * WIDTH, u64::MAX] {
            window.unmark(ctr);
        }
        assert!(window.check(WIDTH + 5) && !window.check(5));
        assert!(
            !window.check(WIDTH + 4) && !window.check(WIDTH + 6) && !window.check(2 * WIDTH - 1)
        );
    }

    #[test]
    fn marking_what_is_too_old_changes_nothing() {
        let mut window = Window::new();
        window.mark(2 * WIDTH);
        window.mark(1);
        assert!(window.check(WIDTH + 1), "1 and WIDTH + 1 share a bit");
    }

    /// Small steps, jumps over the whole window, and the neighbourhood of what was highest.
    fn counters() -> impl Strategy<Value = Vec<u64>> {
        let near = prop_oneof![0_u64..100, 0_u64..5000, 1000_u64..1100, Just(u64::MAX)];
        prop::collection::vec(near, 1..400)
    }

    proptest! {
        #[test]
        fn the_window_agrees_with_a_list_of_all_seen(counters in counters()) {
            let (mut window, mut seen) = (Window::new(), BTreeSet::new());
            for ctr in counters {
                let highest = seen.last().copied().unwrap_or(0_u64);
                let fresh = !seen.contains(&ctr) && highest.saturating_sub(ctr) < WIDTH;
                prop_assert_eq!(window.check(ctr), fresh);
                if fresh {
                    window.mark(ctr);
                    seen.insert(ctr);
                }
            }
        }
    }
}
