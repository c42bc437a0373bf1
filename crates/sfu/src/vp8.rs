//! What of a VP8 packet is read: the payload descriptor (RFC 7741, 4.2) and, at the start of a
//! frame, the key-frame bit (RFC 7741, 4.3).
//!
//! The frame is sealed. It begins with a made-up header that is the same for every picture
//! (`docs/sealed.md`), so nothing here reads further.

use str0m::rtp::Vp8Descriptor;

use crate::rewrite::{Outgoing, PictureId};

/// What was read of a VP8 packet.
#[derive(Clone, Copy)]
pub(crate) struct Vp8Packet {
    pub(crate) picture_id: Option<PictureId>,
    pub(crate) tl0_pic_idx: Option<u8>,
    /// First packet of a key frame.
    pub(crate) starts_key_frame: bool,
}

/// Where the picture id is, if there is one: behind the two bytes that say so.
const PICTURE_ID_AT: usize = 2;

impl Vp8Packet {
    /// `None` if it is not VP8.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let descriptor = Vp8Descriptor::parse(payload).ok()?;
        let starts_key_frame = descriptor.starts_keyframe(payload);
        // str0m keeps the width of the picture id to itself: X, then I, then M.
        let wide = payload[0] & 0x80 != 0
            && payload
                .get(PICTURE_ID_AT)
                .is_some_and(|byte| byte & 0x80 != 0);
        let picture_id = descriptor
            .picture_id()
            .map(|value| PictureId { value, wide });
        Some(Self {
            picture_id,
            tl0_pic_idx: descriptor.tl0_pic_idx(),
            starts_key_frame,
        })
    }

    /// Writes other numbers over those of the payload this was parsed from.
    pub(crate) fn renumber(&self, payload: &mut [u8], out: &Outgoing) {
        let mut at = PICTURE_ID_AT;
        if let (Some(old), Some(new)) = (self.picture_id, out.picture_id) {
            if old.wide {
                payload[at..at + 2].copy_from_slice(&(new | 0x8000).to_be_bytes());
                at += 1;
            } else {
                payload[at] = (new & 0x7f) as u8;
            }
            at += 1;
        }
        if let (Some(_), Some(index)) = (self.tl0_pic_idx, out.tl0_pic_idx) {
            payload[at] = index;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_frame_with_a_long_picture_id_is_read() {
        let mut payload = vec![0x90, 0xE0, 0x81, 0x02, 7, 0x20];
        payload.extend([
            0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xB4, 0x00, 1, 2, 3,
        ]);
        let packet = Vp8Packet::parse(&payload).unwrap();
        let id = packet.picture_id.unwrap();
        assert_eq!((id.value, id.wide), (0x102, true));
        assert_eq!(packet.tl0_pic_idx, Some(7));
        assert!(packet.starts_key_frame);
    }

    #[test]
    fn an_inter_frame_and_a_later_packet_of_a_key_frame_start_none() {
        for payload in [[0x10, 0x01], [0x00, 0x10]] {
            assert!(!Vp8Packet::parse(&payload).unwrap().starts_key_frame);
        }
    }

    #[test]
    fn numbers_are_replaced_where_they_stand_and_nothing_else() {
        let cases: [(&[u8], &[u8]); 4] = [
            (
                &[0x90, 0xE0, 0x81, 0x02, 7, 0x20, 9],
                &[0x90, 0xE0, 0xfe, 0xdc, 0x55, 0x20, 9],
            ),
            (
                &[0x90, 0xE0, 0x01, 7, 0x20, 9],
                &[0x90, 0xE0, 0x5c, 0x55, 0x20, 9],
            ),
            (&[0x90, 0x60, 7, 0x20, 9], &[0x90, 0x60, 0x55, 0x20, 9]),
            (&[0x10, 9, 9, 9], &[0x10, 9, 9, 9]),
        ];
        for (payload, expected) in cases {
            let packet = Vp8Packet::parse(payload).unwrap();
            let out = Outgoing {
                seq: 1,
                timestamp: 1,
                picture_id: packet.picture_id.map(|_| 0x7edc),
                tl0_pic_idx: packet.tl0_pic_idx.map(|_| 0x55),
            };
            let mut payload = payload.to_vec();
            packet.renumber(&mut payload, &out);
            assert_eq!(payload, expected);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_refused_without_panic(payload in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Vp8Packet::parse(&payload);
        }
    }
}
