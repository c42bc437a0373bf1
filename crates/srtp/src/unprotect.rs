//! Incoming packets of one connection.

use std::collections::HashMap;

use crate::cipher::{Cipher, rtcp_ssrc};

/// Senders within a connection whose replay windows are kept.
const SENDERS_MAX: usize = 64;

/// Checks and opens what comes on one connection.
pub struct Unprotect {
    rtp: Cipher,
    rtcp: Cipher,
    seen: HashMap<u32, Window>,
}

impl Unprotect {
    pub(crate) fn new(rtp: Cipher, rtcp: Cipher) -> Self {
        Self {
            rtp,
            rtcp,
            seen: HashMap::new(),
        }
    }

    /// Opens an RTP packet in place; gives the length of header and payload. `header`: bytes of its
    /// header with extensions. `index`: its extended sequence number as the caller estimates it
    /// (RFC 3711, 3.3.1). The caller keeps replays out.
    pub fn rtp(&self, ssrc: u32, index: u64, packet: &mut [u8], header: usize) -> Option<usize> {
        self.rtp.open_rtp(ssrc, index, packet, header)
    }

    /// Opens a compound RTCP packet in place. False if it is forged, damaged or came before.
    pub fn rtcp(&mut self, packet: &mut Vec<u8>) -> bool {
        let Some(index) = self.rtcp.open_rtcp(packet) else {
            return false;
        };
        let ssrc = rtcp_ssrc(packet);
        if self.seen.len() >= SENDERS_MAX && !self.seen.contains_key(&ssrc) {
            return false;
        }
        self.seen.entry(ssrc).or_default().accept(index)
    }
}

/// The last 64 indices of a sender (RFC 3711, 3.3.2).
#[derive(Default)]
struct Window {
    /// One more than the highest.
    next: u32,
    /// Bit n: `next - 1 - n` came.
    bits: u64,
}

impl Window {
    fn accept(&mut self, index: u32) -> bool {
        if index >= self.next {
            let ahead = index - self.next + 1;
            self.bits = self.bits.checked_shl(ahead).unwrap_or(0) | 1;
            self.next = index + 1;
            return true;
        }
        let behind = self.next - 1 - index;
        let bit = 1_u64.checked_shl(behind).unwrap_or(0);
        let is_new = bit != 0 && self.bits & bit == 0;
        self.bits |= bit;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_index_is_accepted_twice(indices in proptest::collection::vec(0_u32..300, 0..400)) {
            let (mut window, mut accepted) = (Window::default(), std::collections::HashSet::new());
            for index in indices {
                if window.accept(index) {
                    prop_assert!(accepted.insert(index));
                }
            }
        }
    }

    #[test]
    fn what_is_late_but_new_is_accepted() {
        let mut window = Window::default();
        assert!(
            [0, 1, 5, 3, 4, 2]
                .into_iter()
                .all(|index| window.accept(index))
        );
        assert!(window.accept(1000));
        assert!(!window.accept(936));
        assert!(window.accept(937));
    }
}
