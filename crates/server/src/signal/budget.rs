//! How much one connection may say: messages in a second, and of what costs others more than that a
//! share of its own: bytes that go into the call's log, bytes that pass to everybody, offers.
//!
//! More messages than allowed end the connection. More of the rest is refused and the connection stays: a host who lets many in at once has only to wait. Each refusal costs as much as a second of
//! messages, so whoever goes on regardless is soon at the end of those.

use std::time::Instant;

use protocol::{ClientMessage, limits};

use crate::pace::Bucket;

pub(super) struct Budget {
    messages: Bucket,
    log: Bucket,
    passing: Bucket,
    offers: Bucket,
}

impl Budget {
    pub(super) fn full(now: Instant) -> Self {
        Self {
            messages: Bucket::full(f64::from(limits::MESSAGE_BURST), now),
            log: Bucket::full(limits::LOG_BYTES_BURST as f64, now),
            passing: Bucket::full(limits::PASSING_BYTES_BURST as f64, now),
            offers: Bucket::full(f64::from(limits::OFFERS_BURST), now),
        }
    }

    /// Counts a message, whatever it is; `false` if there were too many.
    pub(super) fn take_message(&mut self, now: Instant) -> bool {
        let rate = f64::from(limits::MESSAGES_PER_SECOND);
        let burst = f64::from(limits::MESSAGE_BURST);
        self.messages.take(1.0, rate, burst, now)
    }

    /// Counts what a message costs others; `Err` says of what there was too much.
    pub(super) fn take(
        &mut self,
        message: &ClientMessage,
        bytes: usize,
        now: Instant,
    ) -> Result<(), &'static str> {
        use ClientMessage as M;
        let bytes = bytes as f64;
        let (bucket, amount, rate, burst, what) = match message {
            M::Commit { .. } | M::GroupWelcome { .. } | M::Kept { .. } => (
                &mut self.log,
                bytes,
                limits::LOG_BYTES_PER_SECOND as f64,
                limits::LOG_BYTES_BURST as f64,
                "More bytes for the log than the limit allows: wait a second, then try again.",
            ),
            M::Passing { .. } => (
                &mut self.passing,
                bytes,
                limits::PASSING_BYTES_PER_SECOND as f64,
                limits::PASSING_BYTES_BURST as f64,
                "More bytes for the others than the limit allows: this message was dropped.",
            ),
            M::Offer { .. } => (
                &mut self.offers,
                1.0,
                f64::from(limits::OFFERS_PER_SECOND),
                f64::from(limits::OFFERS_BURST),
                "More offers than the limit allows: wait a second, then make another.",
            ),
            _ => return Ok(()),
        };
        if bucket.take(amount, rate, burst, now) {
            return Ok(());
        }
        self.messages.drain(f64::from(limits::MESSAGES_PER_SECOND));
        Err(what)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use protocol::{GroupRef, Sealed};

    use super::*;

    fn kept() -> ClientMessage {
        ClientMessage::Kept {
            group: GroupRef::table(1),
            epoch: 0,
            sealed: Sealed::from_bytes(b"x"),
        }
    }

    #[test]
    fn bytes_for_the_log_run_out_and_come_back() {
        let start = Instant::now();
        let mut budget = Budget::full(start);
        assert!(budget.take(&kept(), limits::LOG_BYTES_BURST, start).is_ok());
        assert!(budget.take(&kept(), 1024, start).is_err());
        assert!(budget.take(&ClientMessage::Leave {}, 1024, start).is_ok());
        let later = start + Duration::from_secs(1);
        assert!(
            budget
                .take(&kept(), limits::LOG_BYTES_PER_SECOND, later)
                .is_ok()
        );
    }

    #[test]
    fn what_goes_to_everybody_and_offers_run_out_and_come_back() {
        let sealed = Sealed::from_bytes(b"x");
        let passing = ClientMessage::Passing {
            group: GroupRef::table(1),
            sealed,
        };
        let sdp = String::new();
        let offer = ClientMessage::Offer { generation: 1, sdp };
        let start = Instant::now();
        let mut budget = Budget::full(start);
        let count = |budget: &mut Budget, message, bytes, now| {
            let tries = 0..1_000;
            tries
                .filter(|_| budget.take(message, bytes, now).is_ok())
                .count()
        };
        let largest = limits::PASSING_CHARS_MAX;
        assert_eq!(count(&mut budget, &passing, largest, start), 21);
        assert_eq!(count(&mut budget, &offer, limits::SDP_BYTES_MAX, start), 20);
        let later = start + Duration::from_secs(3);
        assert_eq!(count(&mut budget, &passing, largest, later), 8);
        assert_eq!(count(&mut budget, &offer, limits::SDP_BYTES_MAX, later), 3);
    }

    /// The most a client of a council of 57 says: a heartbeat of 4 kB twice a second, and all of the last
    /// 20 seconds again after an outage.
    #[test]
    fn an_honest_client_of_a_large_call_never_meets_its_limits() {
        let sealed = Sealed::from_bytes(b"x");
        let passing = ClientMessage::Passing {
            group: GroupRef::table(1),
            sealed,
        };
        let start = Instant::now();
        let mut budget = Budget::full(start);
        for beat in 0..240 {
            let now = start + Duration::from_millis(beat * 500);
            assert!(budget.take_message(now));
            assert_eq!(budget.take(&passing, 4_000, now), Ok(()));
            if beat % 40 == 0 {
                for _ in 0..3 {
                    assert_eq!(
                        budget.take(&passing, limits::PASSING_CHARS_MAX, now),
                        Ok(())
                    );
                }
            }
        }
    }

    #[test]
    fn whoever_does_not_wait_after_refusals_runs_out_of_messages() {
        let start = Instant::now();
        let mut budget = Budget::full(start);
        assert!(budget.take(&kept(), limits::LOG_BYTES_BURST, start).is_ok());
        let mut refused = 0;
        while budget.take_message(start) {
            assert!(
                budget
                    .take(&kept(), limits::MESSAGE_BYTES_MAX, start)
                    .is_err()
            );
            refused += 1;
        }
        assert_eq!(refused, 3);
    }

    #[test]
    fn one_who_tries_again_once_a_second_is_never_cut_off() {
        let start = Instant::now();
        let mut budget = Budget::full(start);
        assert!(budget.take(&kept(), limits::LOG_BYTES_BURST, start).is_ok());
        let mut taken = 0;
        for second in 1..=20 {
            let now = start + Duration::from_secs(second);
            assert!(budget.take_message(now));
            taken += u32::from(budget.take(&kept(), limits::MESSAGE_BYTES_MAX, now).is_ok());
        }
        assert_eq!(taken, 2);
    }
}
