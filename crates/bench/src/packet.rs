//! RTP packets as the load makes and reads them: header fields, and a payload that tells when it was
//! made and whether it is whole.

use nix::time::{ClockId, clock_gettime};

/// VP8 payload descriptor (RFC 7741, 4.2) with a picture id of 15 bits, TL0PICIDX and TID.
const DESCRIPTOR: usize = 6;
/// A mark in front of the stamp.
const MARK_AT: usize = 16;
const MARK: [u8; 8] = *b"incamera";
const STAMP_AT: usize = MARK_AT + MARK.len();
const FILL_AT: usize = STAMP_AT + 8;

/// Nanoseconds of the clock that the kernel stamps arrivals with.
pub(crate) fn clock_ns() -> u64 {
    // It is one of the clocks every Linux has.
    let now = clock_gettime(ClockId::CLOCK_REALTIME).expect("there is a time of day");
    now.tv_sec() as u64 * 1_000_000_000 + now.tv_nsec() as u64
}

/// A payload of `len` bytes, the same for every packet but for descriptor and stamp.
pub(crate) fn payload(len: usize) -> Vec<u8> {
    let mut payload: Vec<u8> = (0..len).map(fill).collect();
    payload[MARK_AT..STAMP_AT].copy_from_slice(&MARK);
    payload
}

fn fill(at: usize) -> u8 {
    (at as u8).wrapping_mul(31).wrapping_add(7)
}

/// Writes the time into a payload.
pub(crate) fn stamp(payload: &mut [u8], ns: u64) {
    payload[STAMP_AT..FILL_AT].copy_from_slice(&ns.to_be_bytes());
}

/// The stamp of a payload that arrived whole.
pub(crate) fn read_stamp(payload: &[u8]) -> Option<u64> {
    let whole = payload.get(MARK_AT..STAMP_AT)? == MARK
        && payload[FILL_AT.min(payload.len())..]
            .iter()
            .zip(FILL_AT..)
            .all(|(&byte, at)| byte == fill(at));
    let stamp = payload.get(STAMP_AT..FILL_AT)?.try_into().ok()?;
    whole.then(|| u64::from_be_bytes(stamp))
}

/// Writes descriptor and, where a frame begins, the header with the key-frame bit.
pub(crate) fn describe(payload: &mut [u8], first: bool, key: bool, picture: u16, tl0: u8) {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let start = if first { 0x90 } else { 0x80 };
    payload[..DESCRIPTOR].copy_from_slice(&[start, 0xe0, high, low, tl0, 0x20]);
    if first {
        // Of a picture of 640 by 360 (RFC 6386, 9.1): servers look for it.
        let tag = if key { 0x10 } else { 0x11 };
        let header = [tag, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];
        payload[DESCRIPTOR..MARK_AT].copy_from_slice(&header);
    }
}

/// Whether a VP8 payload begins a key frame.
pub(crate) fn starts_key_frame(payload: &[u8]) -> bool {
    str0m::rtp::Vp8Descriptor::parse(payload)
        .is_ok_and(|descriptor| descriptor.starts_keyframe(payload))
}

/// What is read of a packet without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) seq: u16,
    pub(crate) padded: bool,
    /// Transport-wide sequence number.
    pub(crate) transport_seq: Option<u16>,
    /// Bytes before the payload.
    pub(crate) len: usize,
}

impl Header {
    /// `None` if it is no RTP packet. `transport_id`: of the header extension.
    pub(crate) fn read(packet: &[u8], transport_id: Option<u8>) -> Option<Self> {
        let word = |at: usize| Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]));
        let first = *packet.first()?;
        let mut len = 12 + 4 * usize::from(first & 0x0f);
        let mut transport_seq = None;
        if first & 0x10 != 0 {
            let end = len + 4 + 4 * usize::from(word(len + 2)?);
            if word(len)? == 0xbede {
                transport_seq = transport_id.and_then(|id| find(packet.get(len + 4..end)?, id));
            }
            len = end;
        }
        let ssrc = packet.get(8..12)?.try_into().ok()?;
        (len <= packet.len()).then_some(Self {
            ssrc: u32::from_be_bytes(ssrc),
            payload_type: packet[1] & 0x7f,
            seq: word(2)?,
            padded: first & 0x20 != 0,
            transport_seq,
            len,
        })
    }
}

/// A two-byte value among one-byte header extensions (RFC 8285, 4.2).
fn find(mut block: &[u8], id: u8) -> Option<u16> {
    while let Some((&head, rest)) = block.split_first() {
        if head == 0 {
            block = rest;
            continue;
        }
        let len = usize::from(head & 0x0f) + 1;
        if head >> 4 == id {
            return Some(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?));
        }
        block = rest.get(len..)?;
    }
    None
}

/// The number congruent to `seq` that lies nearest to `highest`.
pub(crate) fn extend(highest: u64, seq: u16) -> u64 {
    let ahead = i64::from(seq.wrapping_sub(highest as u16) as i16);
    highest.saturating_add_signed(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_tells_its_stamp_only_if_it_is_whole() {
        let mut packet = payload(1100);
        describe(&mut packet, true, true, 5, 6);
        stamp(&mut packet, 42);
        assert_eq!(read_stamp(&packet), Some(42));
        assert!(starts_key_frame(&packet));
        packet[700] ^= 1;
        assert_eq!(read_stamp(&packet), None);
        assert_eq!(read_stamp(&packet[..20]), None);
    }

    #[test]
    fn a_header_with_extensions_is_read() {
        let mut packet = vec![0x90, 96, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 9];
        packet.extend([
            0xbe, 0xde, 0, 2, 0x10, b'0', 0x31, 0xab, 0xcd, 0, 0, 0, 1, 2, 3,
        ]);
        let header = Header::read(&packet, Some(3)).unwrap();
        assert_eq!((header.seq, header.ssrc, header.len), (0x1234, 9, 24));
        assert_eq!(header.transport_seq, Some(0xabcd));
        assert_eq!(Header::read(&packet[..20], Some(3)), None);
    }

    #[test]
    fn numbers_are_extended_to_the_nearest() {
        assert_eq!(extend(0x1_fffe, 3), 0x2_0003);
        assert_eq!(extend(0x2_0003, 0xfffe), 0x1_fffe);
    }
}
