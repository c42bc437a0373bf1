//! How much one connection may say: messages in a second, and bytes that go into the call's log.
//!
//! More messages than allowed end the connection. More bytes for the log are refused and the connection
//! stays: a host who lets many in at once has only to wait. Each refusal costs as much as a second of
//! messages, so whoever goes on regardless is soon at the end of those.

use std::time::Instant;

use protocol::{ClientMessage, limits};

use crate::pace::Bucket;

pub(super) struct Budget {
    messages: Bucket,
    log: Bucket,
}

impl Budget {
    pub(super) fn full(now: Instant) -> Self {
        Self {
            messages: Bucket::full(f64::from(limits::MESSAGE_BURST), now),
            log: Bucket::full(limits::LOG_BYTES_BURST as f64, now),
        }
    }

    /// Counts a message, whatever it is; `false` if there were too many.
    pub(super) fn take_message(&mut self, now: Instant) -> bool {
        let rate = f64::from(limits::MESSAGES_PER_SECOND);
        let burst = f64::from(limits::MESSAGE_BURST);
        self.messages.take(1.0, rate, burst, now)
    }

    /// Counts the bytes of a message that goes into the log; `false` if there were too many.
    pub(super) fn take_log(&mut self, message: &ClientMessage, bytes: usize, now: Instant) -> bool {
        use ClientMessage as M;
        if !matches!(message, M::Commit { .. } | M::Kept { .. }) {
            return true;
        }
        let rate = limits::LOG_BYTES_PER_SECOND as f64;
        let burst = limits::LOG_BYTES_BURST as f64;
        let enough = self.log.take(bytes as f64, rate, burst, now);
        if !enough {
            self.messages.drain(f64::from(limits::MESSAGES_PER_SECOND));
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use protocol::Sealed;

    use super::*;

    fn kept() -> ClientMessage {
        ClientMessage::Kept {
            group: 1,
            epoch: 0,
            sealed: Sealed::from_bytes(b"x"),
        }
    }

    #[test]
    fn bytes_for_the_log_run_out_and_come_back() {
        let start = Instant::now();
        let mut budget = Budget::full(start);
        assert!(budget.take_log(&kept(), limits::LOG_BYTES_BURST, start));
        assert!(!budget.take_log(&kept(), 1024, start));
        assert!(budget.take_log(&ClientMessage::Leave {}, 1024, start));
        let later = start + Duration::from_secs(1);
        assert!(budget.take_log(&kept(), limits::LOG_BYTES_PER_SECOND, later));
    }

    #[test]
    fn whoever_does_not_wait_after_refusals_runs_out_of_messages() {
        let start = Instant::now();
        let mut budget = Budget::full(start);
        assert!(budget.take_log(&kept(), limits::LOG_BYTES_BURST, start));
        let mut refused = 0;
        while budget.take_message(start) {
            assert!(!budget.take_log(&kept(), limits::MESSAGE_BYTES_MAX, start));
            refused += 1;
        }
        assert_eq!(refused, 3);
    }

    #[test]
    fn one_who_tries_again_once_a_second_is_never_cut_off() {
        let start = Instant::now();
        let mut budget = Budget::full(start);
        assert!(budget.take_log(&kept(), limits::LOG_BYTES_BURST, start));
        let mut taken = 0;
        for second in 1..=20 {
            let now = start + Duration::from_secs(second);
            assert!(budget.take_message(now));
            taken += u32::from(budget.take_log(&kept(), limits::MESSAGE_BYTES_MAX, now));
        }
        assert_eq!(taken, 2);
    }
}
