//! Long messages travel packed where the other side reads that: a byte 2, then the JSON text, deflated
//! (RFC 1951). What is sealed is text in there that is as long again by a third; an SDP says most things many
//! times.
//!
//! Nothing secret stands in one message with what somebody else wrote, so how well it packs tells nothing.

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

/// First byte.
pub(crate) const PACKED: u8 = 2;
/// Shorter texts fit into a packet as they are.
const TEXT_MIN: usize = 1024;
/// What is packed is at most so many times as long as packed, and a little more: otherwise a few bytes would
/// make the other side work for millions.
const TIMES: usize = 64;
const MORE: usize = 16 * 1024;

/// Why something is not unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpackable {
    /// It is more than allowed.
    TooLarge,
    /// It is not what [`pack`] makes, or no UTF-8.
    Broken,
}

/// The binary message for this text; `None` for a short one, and for one that says nothing.
pub fn pack(text: &str) -> Option<Vec<u8>> {
    if text.len() < TEXT_MIN {
        return None;
    }
    let mut encoder = DeflateEncoder::new(vec![PACKED], Compression::default());
    encoder.write_all(text.as_bytes()).ok()?;
    let packed = encoder.finish().ok()?;
    (text.len() <= longest(&packed)).then_some(packed)
}

/// Bytes that may be in a packed message.
fn longest(packed: &[u8]) -> usize {
    packed.len().saturating_mul(TIMES).saturating_add(MORE)
}

/// Whether a binary message is a packed one.
pub fn is_packed(bytes: &[u8]) -> bool {
    bytes.first() == Some(&PACKED)
}

/// The text in a packed message, of at most so many bytes.
pub fn unpack(bytes: &[u8], most: usize) -> Result<String, Unpackable> {
    let Some((&PACKED, deflated)) = bytes.split_first() else {
        return Err(Unpackable::Broken);
    };
    let most = most.min(longest(bytes));
    let mut decoder = DeflateDecoder::new(deflated);
    let mut text = Vec::new();
    let read = decoder
        .by_ref()
        .take(most as u64 + 1)
        .read_to_end(&mut text);
    match read {
        Ok(_) if text.len() > most => Err(Unpackable::TooLarge),
        // Nothing is left over.
        Ok(_) if decoder.total_in() == deflated.len() as u64 => {
            String::from_utf8(text).map_err(|_| Unpackable::Broken)
        }
        Ok(_) | Err(_) => Err(Unpackable::Broken),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked_as_it_was(text in "[ -~ä]{1024,3000}") {
            let packed = pack(&text).unwrap();
            prop_assert!(unpack(&packed, text.len()) == Ok(text.clone()));
            prop_assert_eq!(unpack(&packed, text.len() - 1), Err(Unpackable::TooLarge));
            prop_assert_eq!(unpack(&packed[..packed.len() - 1], text.len()), Err(Unpackable::Broken));
            prop_assert_eq!(unpack(&[&packed[..], &[0]].concat(), text.len()), Err(Unpackable::Broken));
        }

        #[test]
        fn bytes_of_anybody_are_unpacked_within_the_bound_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(text) = unpack(&[&[PACKED][..], &bytes].concat(), 5_000) {
                prop_assert!(text.len() <= 5_000);
            }
        }
    }

    #[test]
    fn a_thousandfold_is_neither_packed_nor_unpacked() {
        let text = " ".repeat(10_000_000);
        assert_eq!(pack(&text), None);
        let mut encoder = DeflateEncoder::new(vec![PACKED], Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(packed.len() < 20_000);
        assert_eq!(unpack(&packed, text.len()), Err(Unpackable::TooLarge));
    }

    #[test]
    fn short_texts_stay_as_they_are() {
        assert_eq!(pack(&"a".repeat(TEXT_MIN - 1)), None);
    }
}
