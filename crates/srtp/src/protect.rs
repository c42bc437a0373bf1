//! Outgoing packets of one connection.

use crate::{RTCP_CLEAR, cipher::Cipher};

/// Indices are 31 bits; they never wrap here, as that would take a year of a thousand packets a second.
const INDEX_MAX: u32 = (1 << 31) - 1;

/// Protects what we send on one connection.
pub struct Protect {
    rtp: Cipher,
    rtcp: Cipher,
    own_rtcp: Cipher,
    rtcp_index: u32,
}

impl Protect {
    pub(crate) fn new(rtp: Cipher, rtcp: Cipher, own_rtcp: Cipher) -> Self {
        Self {
            rtp,
            rtcp,
            own_rtcp,
            rtcp_index: 0,
        }
    }

    /// Protects the RTP packet that begins at `start` and ends at the end of `buffer`, in place, and
    /// appends its tag. `header`: bytes of its header with extensions. `index`: its sequence number,
    /// extended by the rollovers of its SSRC. No two packets of an SSRC may have the same.
    pub fn rtp(&self, ssrc: u32, index: u64, buffer: &mut Vec<u8>, start: usize, header: usize) {
        self.rtp.seal_rtp(ssrc, index, buffer, start, header);
    }

    /// Bytes that [`Protect::rtp`] appends.
    pub fn rtp_overhead(&self) -> usize {
        self.rtp.tag_len()
    }

    /// Protects a compound RTCP packet of at least 8 bytes.
    pub fn rtcp(&mut self, packet: &mut Vec<u8>) {
        debug_assert!(packet.len() >= RTCP_CLEAR);
        let index = self.rtcp_index;
        // Beyond the last index nothing may be sent under this key (RFC 3711, 9.2).
        if index >= INDEX_MAX {
            packet.clear();
            return;
        }
        self.rtcp_index += 1;
        self.rtcp.seal_rtcp(index, packet);
    }

    /// A compound RTCP packet that str0m protected for this connection, numbered anew by us. False if
    /// it is none of this connection.
    pub fn take_over_rtcp(&mut self, packet: &mut Vec<u8>) -> bool {
        let opened = self.own_rtcp.open_rtcp(packet).is_some();
        if opened {
            self.rtcp(packet);
        }
        opened
    }
}
