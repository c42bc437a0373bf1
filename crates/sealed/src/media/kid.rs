//! The key id of a frame: circle, layer, stream, leaf and epoch in 42 bits (RFC 9605, 5.2, where circle, layer and
//! stream together are the context, and the leaf is the sender's index).
//!
//! ```text
//! 41    34 33   31 30      26 25        16 15            0
//! | circle | layer | stream  |   leaf     | epoch mod 2^16 |
//! ```
//!
//! The table is circle 0, whose key ids are as short as if there were no others. Each key id has its own key and its own counters. Tracks are drawn by the key id of what opened,
//! never by what the server says of them.

use protocol::CircleId;
use thiserror::Error;

use super::envelope::Kind;

/// Highest layer (3 bits).
pub const LAYER_MAX: u8 = 7;
/// Highest leaf index (10 bits). A group with more leaves cannot send.
pub const LEAF_MAX: u16 = 1023;

/// What a frame is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stream {
    /// Voice.
    Microphone = 0,
    /// The sender's picture.
    Camera = 1,
    /// A shared screen.
    Screen = 2,
}

impl Stream {
    /// Every stream there is.
    pub const ALL: [Self; 3] = [Self::Microphone, Self::Camera, Self::Screen];

    /// From its number; `None` for one we do not know.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|stream| stream.number() == number)
    }

    /// Its number in key ids.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// How its frames are enveloped.
    pub fn kind(self) -> Kind {
        match self {
            Self::Microphone => Kind::Voice,
            Self::Camera | Self::Screen => Kind::Picture,
        }
    }
}

/// Why a number is not a key id of ours.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum BadKeyId {
    /// More than 42 bits.
    #[error("a key id has at most 42 bits")]
    TooLong,
    /// A stream this version does not know.
    #[error("a stream unknown here")]
    UnknownStream,
}

/// Whose key a frame is sealed under, and for what. Made only by checking, so every one is in
/// range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId {
    circle: CircleId,
    layer: u8,
    stream: Stream,
    leaf: u16,
    epoch: u16,
}

impl KeyId {
    /// Of the table. `None` if layer or leaf is over its bits. Of the epoch its low 16 bits are taken.
    pub fn new(layer: u8, stream: Stream, leaf: u16, epoch: u64) -> Option<Self> {
        (layer <= LAYER_MAX && leaf <= LEAF_MAX).then_some(Self {
            circle: CircleId::TABLE,
            layer,
            stream,
            leaf,
            epoch: short_epoch(epoch),
        })
    }

    /// From the number in an SFrame header.
    pub fn from_u64(number: u64) -> Result<Self, BadKeyId> {
        if number >> 42 != 0 {
            return Err(BadKeyId::TooLong);
        }
        let stream = Stream::from_number((number >> 26) as u8 & 0x1f);
        Ok(Self {
            circle: CircleId((number >> 34) as u8),
            layer: (number >> 31) as u8 & LAYER_MAX,
            stream: stream.ok_or(BadKeyId::UnknownStream)?,
            leaf: (number >> 16) as u16 & LEAF_MAX,
            epoch: number as u16,
        })
    }

    /// The number in the SFrame header.
    pub fn to_u64(self) -> u64 {
        u64::from(self.circle.0) << 34
            | u64::from(self.layer) << 31
            | u64::from(self.stream.number()) << 26
            | u64::from(self.leaf) << 16
            | u64::from(self.epoch)
    }

    /// The same in another circle.
    #[must_use]
    pub fn in_circle(self, circle: CircleId) -> Self {
        Self { circle, ..self }
    }

    /// The circle in whose group it is sealed.
    pub fn circle(self) -> CircleId {
        self.circle
    }

    /// Which of a picture's resolutions; 0 where there is one.
    pub fn layer(self) -> u8 {
        self.layer
    }

    /// What it is of.
    pub fn stream(self) -> Stream {
        self.stream
    }

    /// The sender's leaf in the MLS tree.
    pub fn leaf(self) -> u16 {
        self.leaf
    }

    /// The low 16 bits of the MLS epoch whose exporter gave the base key.
    pub fn epoch(self) -> u16 {
        self.epoch
    }
}

/// The part of an epoch's number that key ids carry.
pub fn short_epoch(epoch: u64) -> u16 {
    epoch as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_part_has_its_place() {
        let kid = |layer, stream, leaf, epoch| {
            let kid = KeyId::new(layer, stream, leaf, epoch).unwrap();
            kid.to_u64()
        };
        assert_eq!(kid(0, Stream::Microphone, 0, 0), 0);
        assert_eq!(kid(7, Stream::Microphone, 0, 0), 7 << 31);
        assert_eq!(kid(0, Stream::Screen, 0, 0), 2 << 26);
        assert_eq!(kid(0, Stream::Microphone, 1023, 0), 1023 << 16);
        assert_eq!(kid(0, Stream::Microphone, 0, 0x1_2345), 0x2345);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(KeyId::new(8, Stream::Camera, 0, 0), None);
        assert_eq!(KeyId::new(0, Stream::Camera, 1024, 0), None);
        assert_eq!(KeyId::from_u64(1 << 42), Err(BadKeyId::TooLong));
        assert_eq!(KeyId::from_u64(u64::MAX), Err(BadKeyId::TooLong));
        for stream in 3..32 {
            assert_eq!(KeyId::from_u64(stream << 26), Err(BadKeyId::UnknownStream));
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(number in 0_u64..1 << 43) {
            if let Ok(kid) = KeyId::from_u64(number) {
                prop_assert_eq!(kid.to_u64(), number);
                let again = KeyId::new(kid.layer(), kid.stream(), kid.leaf(), kid.epoch().into());
                prop_assert_eq!(again.map(|again| again.in_circle(kid.circle())), Some(kid));
            }
        }
    }
}
