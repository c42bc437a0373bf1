//! What members say to each other, as MLS application messages (signed by the leaf, sealed for the
//! group). First byte: what it is.
//!
//! ```text
//! 1 heartbeat = number (s) || doors' act (s) || doors (1): 0 unknown, 1 open, 2 closed || code (16)
//!               || echoes <s>( leaf (s) || number of its last heartbeat read (s) )*
//!               || positions <s>( key id (s) || next counter (s) )*
//!               || sent <s>( key id (s) || first counter (s) || digests <s>( first 8 bytes of SHA-256 )* )*
//!               || asked <s>( key id (s) || first counter (s) || how many (s) )*
//! 2 text      = id (8) || UTF-8 <2>
//! 3 leaving
//! 4 check     = epoch (8) || language <2>
//! 5 verdict   = epoch of the check (8) || same (1)
//! 6 letters   = signed grant of the host || <2>( seat (2) || signature (64) )*
//! ```
//! (s): a short number, in as few bytes as it needs ([`crate::codec::Writer::short`]); a heartbeat comes twice a
//! second from everybody. All others end in zeros up to a multiple of 256 bytes: what was written is nobody's
//! business, nor how long it is.
//!
//! Heartbeats go every half second. Frames carry their manifests themselves; heartbeats tell how far each
//! stream is, and the digests that somebody asked for or that no frame will tell any more.

use std::fmt;

use protocol::SeatId;

pub(crate) use crate::media::manifest::SentFrames;
use crate::{
    codec::{Malformed, Reader, Writer},
    grant::SignedGrant,
    link::NoRandomness,
};

/// All but heartbeats are of a multiple of so many bytes.
const PADDING: usize = 256;
/// Longest text in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 8_000;

/// What a text is known by, however often it had to be said: random, the sender's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextId(pub(crate) [u8; 8]);

impl TextId {
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        let mut id = [0; 8];
        getrandom::fill(&mut id).map_err(|_| NoRandomness)?;
        Ok(Self(id))
    }
}

/// Sixteen digits.
impl fmt::Display for TextId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Heartbeat(Heartbeat),
    Text {
        id: TextId,
        text: String,
    },
    Leaving,
    Check {
        epoch: u64,
        language: String,
    },
    Verdict {
        epoch: u64,
        same: bool,
    },
    /// A host's letters for those it let in.
    Letters(Letters),
}

/// What [`crate::letter`] is made of, for several seats.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Letters {
    pub(crate) host: SignedGrant,
    pub(crate) signatures: Vec<(SeatId, [u8; 64])>,
}

/// Without the grant: it has a name in it.
impl std::fmt::Debug for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letters({})", self.signatures.len())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heartbeat {
    pub(crate) number: u32,
    pub(crate) doors: DoorsAct,
    pub(crate) code: [u8; 16],
    pub(crate) echoes: Vec<(u16, u32)>,
    /// Streams that moved since the last heartbeat.
    pub(crate) positions: Vec<Position>,
    /// The end of streams that stopped, and what others asked for.
    pub(crate) sent: Vec<SentFrames>,
    /// Frames that opened, and of which nothing read here has told.
    pub(crate) asked: Vec<AskedFrames>,
}

/// What a host last did with the doors; the highest number counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DoorsAct {
    pub(crate) number: u32,
    pub(crate) closed: Option<bool>,
}

/// How far a stream is: the counter its next frame will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) kid: u64,
    pub(crate) next: u64,
}

/// Frames somebody lacks the proof of: so many from counter `first` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AskedFrames {
    pub(crate) kid: u64,
    pub(crate) first: u64,
    pub(crate) count: u16,
}

impl AskedFrames {
    /// All of these are among its own.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        let end = |frames: &Self| frames.first.saturating_add(u64::from(frames.count));
        self.kid == other.kid && self.first <= other.first && end(other) <= end(self)
    }
}

impl Said {
    /// What somebody wrote, for whoever has the keys.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let w = Writer::default();
        match self {
            Self::Heartbeat(beat) => return beat.write(w.u8(1)).0,
            Self::Text { id, text } => w.u8(2).fixed(&id.0).bytes(text.as_bytes()),
            Self::Leaving => w.u8(3),
            Self::Check { epoch, language } => w.u8(4).u64(*epoch).bytes(language.as_bytes()),
            Self::Verdict { epoch, same } => w.u8(5).u64(*epoch).u8(u8::from(*same)),
            Self::Letters(letters) => letters
                .host
                .write(w.u8(6))
                .list(&letters.signatures, |w, (seat, signature)| {
                    w.u16(seat.0).fixed(signature)
                }),
        }
        .padded(PADDING)
        .0
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(bytes);
        let said = match r.u8()? {
            1 => {
                let beat = Heartbeat::read(&mut r)?;
                return r.end().map(|()| Self::Heartbeat(beat));
            }
            _ if !bytes.len().is_multiple_of(PADDING) => return Err(Malformed),
            2 => Self::Text {
                id: TextId(r.array()?),
                text: text(&mut r)?,
            },
            3 => Self::Leaving,
            4 => Self::Check {
                epoch: r.u64()?,
                language: r.text()?,
            },
            5 => Self::Verdict {
                epoch: r.u64()?,
                same: r.flag()?,
            },
            6 => Self::Letters(Letters {
                host: SignedGrant::read(&mut r)?,
                signatures: r.list(|r| Ok((SeatId(r.u16()?), r.array()?)))?,
            }),
            _ => return Err(Malformed),
        };
        r.end_padded(PADDING)?;
        Ok(said)
    }
}

fn text(r: &mut Reader<'_>) -> Result<String, Malformed> {
    r.text().and_then(|text| {
        (text.len() <= TEXT_BYTES_MAX)
            .then_some(text)
            .ok_or(Malformed)
    })
}

impl Heartbeat {
    fn write(&self, w: Writer) -> Writer {
        let doors = match self.doors.closed {
            None => 0,
            Some(false) => 1,
            Some(true) => 2,
        };
        w.short(self.number.into())
            .short(self.doors.number.into())
            .u8(doors)
            .fixed(&self.code)
            .short_list(&self.echoes, |w, (leaf, number)| {
                w.short((*leaf).into()).short((*number).into())
            })
            .short_list(&self.positions, |w, position| {
                w.short(position.kid).short(position.next)
            })
            .short_list(&self.sent, write_frames)
            .short_list(&self.asked, |w, asked| {
                w.short(asked.kid)
                    .short(asked.first)
                    .short(asked.count.into())
            })
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        let number = r.short_as()?;
        let act = r.short_as()?;
        let closed = match r.u8()? {
            0 => None,
            1 => Some(false),
            2 => Some(true),
            _ => return Err(Malformed),
        };
        let code = r.array()?;
        let echoes = r.short_list(|r| Ok((r.short_as()?, r.short_as()?)))?;
        let positions = r.short_list(|r| {
            Ok(Position {
                kid: r.short()?,
                next: r.short()?,
            })
        })?;
        let sent = r.short_list(read_frames)?;
        let asked = r.short_list(|r| {
            Ok(AskedFrames {
                kid: r.short()?,
                first: r.short()?,
                count: r.short_as()?,
            })
        })?;
        let doors = DoorsAct {
            number: act,
            closed,
        };
        Ok(Self {
            number,
            doors,
            code,
            echoes,
            positions,
            sent,
            asked,
        })
    }
}

fn write_frames(w: Writer, sent: &SentFrames) -> Writer {
    w.short(sent.kid)
        .short(sent.first)
        .short_list(&sent.digests, |w, digest| w.fixed(digest))
}

fn read_frames(r: &mut Reader<'_>) -> Result<SentFrames, Malformed> {
    Ok(SentFrames {
        kid: r.short()?,
        first: r.short()?,
        digests: r.short_list(Reader::array)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heartbeat() -> Heartbeat {
        Heartbeat {
            number: 7,
            doors: DoorsAct {
                number: 2,
                closed: Some(true),
            },
            code: [9; 16],
            echoes: vec![(0, 5), (3, 1)],
            positions: vec![Position { kid: 3, next: 77 }],
            sent: vec![SentFrames {
                kid: 1 << 33,
                first: 40,
                digests: vec![[1; 8], [2; 8]],
            }],
            asked: vec![AskedFrames {
                kid: 5,
                first: 1 << 40,
                count: 300,
            }],
        }
    }

    #[test]
    fn every_message_reads_back_and_in_one_form_only() {
        let messages = [
            Said::Heartbeat(heartbeat()),
            Said::Text {
                id: TextId([5; 8]),
                text: "Grüße, пані".into(),
            },
            Said::Leaving,
            Said::Check {
                epoch: 9,
                language: "uk".into(),
            },
            Said::Verdict {
                epoch: 9,
                same: false,
            },
        ];
        for message in messages {
            let bytes = message.encode();
            assert_eq!(Said::decode(&bytes), Ok(message));
            assert!(Said::decode(&[bytes.as_slice(), &[0]].concat()).is_err());
            for end in 0..bytes.len() {
                assert!(Said::decode(&bytes[..end]).is_err());
            }
        }
    }

    #[test]
    fn a_heartbeat_at_nine_seats_has_less_than_a_hundred_bytes() {
        let beat = Heartbeat {
            number: 10_000,
            echoes: (0..8).map(|leaf| (leaf, 10_000)).collect(),
            positions: (0..3)
                .map(|n| Position {
                    kid: n << 32,
                    next: 270_000,
                })
                .collect(),
            ..Heartbeat::default()
        };
        let length = Said::Heartbeat(beat).encode().len();
        assert!(length < 100, "{length}");
    }

    #[test]
    fn what_is_written_has_a_length_that_tells_little() {
        let length = |text: &str| {
            let (id, text) = (TextId([5; 8]), text.to_owned());
            Said::Text { id, text }.encode().len()
        };
        assert_eq!([length("no"), length("yes, by all means")], [256, 256]);
        assert_eq!(length(&"x".repeat(300)), 512);
        assert_eq!(Said::Leaving.encode().len(), 256);
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_written_back_the_same(bytes: Vec<u8>) {
            if let Ok(said) = Said::decode(&bytes) {
                prop_assert_eq!(said.encode(), bytes);
            }
        }
    }
}
