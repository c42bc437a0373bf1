//! How long a picture travels between two participants of one process: from one's frame seam to the
//! other's, packetizing, the server and both sockets included.
//!
//! The time of sending follows the encoded picture as eight bytes, which a VP8 decoder never reads
//! (RFC 6386, 9.5: the last partition takes what is left). Only where figures are taken.

use std::{
    collections::VecDeque,
    sync::OnceLock,
    time::{Duration, Instant},
};

/// Pictures remembered for each participant; older ones are forgotten.
const KEPT: usize = 2048;

/// Notes in microseconds how long ago a picture that arrived at `now` was sent.
pub(crate) fn note(delays: &mut VecDeque<u32>, now: Instant, picture: &[u8]) {
    let Some((_, stamp)) = picture.split_last_chunk::<8>() else {
        return;
    };
    let sent = Duration::from_micros(u64::from_le_bytes(*stamp));
    let Some(delay) = now.saturating_duration_since(epoch()).checked_sub(sent) else {
        return;
    };
    if delays.len() == KEPT {
        delays.pop_front();
    }
    delays.push_back(u32::try_from(delay.as_micros()).unwrap_or(u32::MAX));
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
        let mut delays = VecDeque::new();
        note(&mut delays, sent + Duration::from_micros(1_234), &picture);
        note(&mut delays, sent, &[0; 3]);
        assert_eq!(delays, [1_234]);
    }
}
