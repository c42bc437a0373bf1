//! What stands in clear before a sealed frame, so that browsers and the server take it for what it
//! says it is.
//!
//! Voice (Opus) has nothing. A picture (VP8) has a made-up frame header (RFC 6386, 9.1), since
//! packetisers and the server read the key-frame bit and, in a key frame, a size. It is one of two
//! constants, so it tells nothing but whether this is a key frame: a real size would tell what is
//! shared, a real partition length how much moves in it. It is authenticated with the frame, and
//! never reaches a decoder: what was sealed is the whole VP8 frame, its own header too.

/// How the frames of a stream are enveloped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Opus.
    Voice,
    /// VP8.
    Picture,
}

/// Longest clear bytes of any kind.
pub const CLEAR_BYTES_MAX: usize = 10;

/// Frame tag: a key frame (P = 0), version 0, shown, first partition of 0 bytes; start code;
/// 640x360.
const KEY: &[u8; CLEAR_BYTES_MAX] = &[0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];
/// Frame tag: not a key frame (P = 1), version 0, shown, first partition of 0 bytes.
const OTHER: &[u8; 3] = &[0x11, 0, 0];

/// The clear bytes of a frame. Voice has none, and no key frames.
pub fn clear_bytes(kind: Kind, key: bool) -> &'static [u8] {
    match (kind, key) {
        (Kind::Voice, _) => &[],
        (Kind::Picture, true) => KEY,
        (Kind::Picture, false) => OTHER,
    }
}

/// Whether this is a key frame, and what follows the clear bytes; `None` unless those are, byte for
/// byte, what [`clear_bytes`] gives. Voice is never a key frame.
pub fn parse(kind: Kind, bytes: &[u8]) -> Option<(bool, &[u8])> {
    let candidates: &[bool] = match kind {
        Kind::Voice => &[false],
        Kind::Picture => &[true, false],
    };
    candidates.iter().find_map(|&key| {
        let rest = bytes.strip_prefix(clear_bytes(kind, key))?;
        Some((key, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frame header as the server's and the browsers' VP8 code reads it.
    fn tag(clear: &[u8]) -> (bool, u8, bool, u32) {
        let bits = u32::from_le_bytes([clear[0], clear[1], clear[2], 0]);
        let version = (bits >> 1 & 7) as u8;
        (bits & 1 == 0, version, bits >> 4 & 1 == 1, bits >> 5)
    }

    #[test]
    fn a_picture_looks_like_vp8() {
        let (key, other) = (
            clear_bytes(Kind::Picture, true),
            clear_bytes(Kind::Picture, false),
        );
        assert_eq!(tag(key), (true, 0, true, 0));
        assert_eq!(tag(other), (false, 0, true, 0));
        assert_eq!(key[3..6], [0x9d, 0x01, 0x2a]);
        assert_eq!(u16::from_le_bytes([key[6], key[7]]), 640);
        assert_eq!(u16::from_le_bytes([key[8], key[9]]), 360);
        assert_eq!((key.len(), other.len()), (10, 3));
    }

    #[test]
    fn only_the_constants_are_read() {
        for key in [true, false] {
            let clear = clear_bytes(Kind::Picture, key);
            assert_eq!(parse(Kind::Picture, clear), Some((key, &[][..])));
            for short in 0..clear.len() {
                assert_eq!(parse(Kind::Picture, &clear[..short]), None);
            }
            for (at, change) in (0..clear.len()).flat_map(|at| (1..=255).map(move |c| (at, c))) {
                let mut other = clear.to_vec();
                other[at] ^= change;
                // With its P bit set a key frame's begins like another frame's. The tag tells.
                let other_kind = key && (at, change) == (0, 1);
                assert_eq!(parse(Kind::Picture, &other).is_some(), other_kind);
            }
        }
    }

    #[test]
    fn voice_has_nothing_in_clear() {
        assert_eq!(parse(Kind::Voice, b"abc"), Some((false, &b"abc"[..])));
        assert_eq!(clear_bytes(Kind::Voice, true), b"");
    }
}
