//! How long a picture travels between two participants of one process: from one's frame seam to the
//! other's, packetizing, the server and both sockets included.
//!
//! The time of sending follows the encoded picture as eight bytes, which a VP8 decoder never reads
//! (RFC 6386, 9.5: the last partition takes what is left). Only where figures are taken.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

/// Pictures remembered for each participant; older ones are overwritten.
const KEPT: usize = 2048;

/// What a participant has measured.
#[derive(Default)]
pub(crate) struct Delays {
    micros: Vec<u32>,
    next: usize,
}

impl Delays {
    /// Notes the delay of a picture that arrived at `now`.
    pub(crate) fn note(&mut self, now: Instant, picture: &[u8]) {
        let Some((_, stamp)) = picture.split_last_chunk::<8>() else {
            return;
        };
        let sent = Duration::from_micros(u64::from_le_bytes(*stamp));
        let Some(delay) = now.saturating_duration_since(epoch()).checked_sub(sent) else {
            return;
        };
        let delay = u32::try_from(delay.as_micros()).unwrap_or(u32::MAX);
        if self.micros.len() < KEPT {
            self.micros.push(delay);
        } else {
            self.micros[self.next % KEPT] = delay;
            self.next += 1;
        }
    }

    /// Microseconds each, in no order.
    pub(crate) fn micros(&self) -> &[u32] {
        &self.micros
    }
}

/// Appends the time of sending.
pub(crate) fn stamp(now: Instant, picture: &mut Vec<u8>) {
    let since = now.saturating_duration_since(epoch()).as_micros();
    let micros = u64::try_from(since).unwrap_or(u64::MAX);
    picture.extend_from_slice(&micros.to_le_bytes());
}

/// The moment this process first asked; both ends count from it.
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_comes_back_as_the_time_between() {
        let mut picture = vec![1, 2, 3];
        let sent = epoch() + Duration::from_millis(5);
        stamp(sent, &mut picture);
        let mut delays = Delays::default();
        delays.note(sent + Duration::from_micros(1_234), &picture);
        delays.note(sent, &[0; 3]);
        assert_eq!(delays.micros(), [1_234]);
    }
}
