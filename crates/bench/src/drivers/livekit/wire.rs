//! Protocol Buffers, as much of them as LiveKit's signalling needs, and its messages: field numbers are
//! those of `livekit_rtc.proto` and `livekit_models.proto`.

use serde_json::Value;

/// What differs between the tracks that are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    Voice,
    /// With a smaller layer beside it or not.
    Picture {
        simulcast: bool,
    },
}

/// Revision of the signalling that is spoken.
const PROTOCOL: u64 = 16;

/// A field with a number.
fn number(field: u64, value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    varint(field << 3, &mut out);
    varint(value, &mut out);
    out
}

/// A field with text, bytes or a message.
fn bytes(field: u64, value: impl AsRef<[u8]>) -> Vec<u8> {
    let (mut out, value) = (Vec::new(), value.as_ref());
    varint(field << 3 | 2, &mut out);
    varint(value.len() as u64, &mut out);
    out.extend(value);
    out
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// `WrappedJoinRequest`, which goes into the address: one PeerConnection for both directions, nothing
/// is received that was not asked for.
pub(super) fn join_request() -> Vec<u8> {
    let client = number(3, PROTOCOL);
    let settings = number(1, 0);
    bytes(2, [bytes(1, client), bytes(2, settings)].concat())
}

/// `AddTrackRequest`: what will be sent on the line whose track has this id.
pub(super) fn add_track(id: &str, media: Media) -> Vec<u8> {
    let mut track = bytes(1, id);
    match media {
        Media::Voice => {
            track.extend(number(8, 2)); // microphone
            track.extend(number(13, 1)); // without RED
            track.extend(bytes(17, [1])); // without DTX
        }
        Media::Picture { simulcast } => {
            let (low, medium, high) = ((0, 320, 180), (1, 640, 360), (2, 640, 360));
            let layers = if simulcast {
                vec![low, medium]
            } else {
                vec![high]
            };
            track.extend([number(3, 1), number(4, 640), number(5, 360), number(8, 1)].concat());
            track.extend(bytes(10, [bytes(1, "vp8"), bytes(2, id)].concat()));
            for (quality, width, height) in layers {
                let size = [number(2, width), number(3, height)].concat();
                track.extend(bytes(9, [number(1, quality), size].concat()));
            }
        }
    }
    bytes(4, track)
}

/// `SessionDescription`
pub(super) fn offer(sdp: &str) -> Vec<u8> {
    bytes(1, [bytes(1, "offer"), bytes(2, sdp)].concat())
}

/// `UpdateSubscription`
pub(super) fn subscribe<'a>(tracks: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut update: Vec<u8> = tracks.flat_map(|track| bytes(1, track)).collect();
    update.extend(number(2, 1));
    bytes(6, update)
}

/// `Ping`, at this time in milliseconds.
pub(super) fn ping(ms: u64) -> Vec<u8> {
    bytes(16, number(1, ms))
}

/// What a server says, if it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    Joined,
    Answer(String),
    /// As in SDP, after `a=`.
    Candidate(String),
    /// The track with this id of ours is called so.
    Published {
        id: String,
        track: String,
    },
    /// So many lines more are needed.
    Lines {
        audio: u64,
        video: u64,
    },
    /// The end of it, or something was refused: field and reason.
    Refused(u64, u64),
}

impl Heard {
    /// Reads a `SignalResponse`. `None` for what is not waited for, and for what is damaged.
    pub(super) fn read(message: &[u8]) -> Option<Self> {
        let (field, Content::Bytes(body)) = Fields(message).next()? else {
            return None;
        };
        let text = |field| Some(String::from_utf8_lossy(bytes_of(body, field)?).into_owned());
        let number = |field| number_of(body, field).unwrap_or(0);
        Some(match field {
            1 => Self::Joined,
            2 => Self::Answer(text(2)?),
            4 => {
                let candidate: Value = serde_json::from_slice(bytes_of(body, 1)?).ok()?;
                Self::Candidate(candidate["candidate"].as_str()?.to_owned())
            }
            6 => {
                let track = bytes_of(bytes_of(body, 2)?, 1)?;
                Self::Published {
                    id: text(1)?,
                    track: String::from_utf8_lossy(track).into_owned(),
                }
            }
            8 | 21 => Self::Refused(field, number(2)),
            22 if number(2) != 0 => Self::Refused(field, number(2)),
            25 => Self::Lines {
                audio: number(1),
                video: number(2),
            },
            _ => return None,
        })
    }
}

/// The first such field of a message.
fn bytes_of(message: &[u8], wanted: u64) -> Option<&[u8]> {
    Fields(message).find_map(|(field, content)| match content {
        Content::Bytes(bytes) if field == wanted => Some(bytes),
        _ => None,
    })
}

fn number_of(message: &[u8], wanted: u64) -> Option<u64> {
    Fields(message).find_map(|(field, content)| match content {
        Content::Number(number) if field == wanted => Some(number),
        _ => None,
    })
}

enum Content<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a kind that is not read.
    Other,
}

/// The fields of a message, up to its end or to where it is damaged.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Content<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.varint()?;
        let content = match key & 7 {
            0 => Content::Number(self.varint()?),
            1 => self.take(8).map(|_| Content::Other)?,
            2 => {
                let len = self.varint()?;
                Content::Bytes(self.take(len)?)
            }
            5 => self.take(4).map(|_| Content::Other)?,
            _ => return None,
        };
        Some((key >> 3, content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let sdp = "v=0\r\n".repeat(100);
        let answer = bytes(
            2,
            [bytes(1, "answer"), bytes(2, &sdp), number(3, 300)].concat(),
        );
        assert_eq!(Heard::read(&answer), Some(Heard::Answer(sdp)));
        let lines = bytes(25, [number(1, 8), number(2, 300)].concat());
        let (audio, video) = (8, 300);
        assert_eq!(Heard::read(&lines), Some(Heard::Lines { audio, video }));
        let init = r#"{"candidate":"candidate:1 1 udp 1 127.0.0.1 5 typ host","sdpMid":""}"#;
        let trickle = bytes(4, [bytes(1, init), number(2, 0)].concat());
        assert!(matches!(Heard::read(&trickle), Some(Heard::Candidate(c)) if c.ends_with("host")));
        let published = bytes(6, [bytes(1, "mine"), bytes(2, bytes(1, "TR_x"))].concat());
        let (id, track) = ("mine".to_owned(), "TR_x".to_owned());
        assert_eq!(
            Heard::read(&published),
            Some(Heard::Published { id, track })
        );
    }

    #[test]
    fn a_join_request_is_as_the_server_reads_it() {
        assert_eq!(
            join_request(),
            [0x12, 8, 0x0a, 2, 0x18, 16, 0x12, 2, 0x08, 0]
        );
    }

    #[test]
    fn damage_is_not_read() {
        let whole = bytes(2, [bytes(1, "answer"), bytes(2, "v=0")].concat());
        for len in 0..whole.len() {
            assert_eq!(Heard::read(&whole[..len]), None, "{len} bytes");
        }
        // A number without end, a length beyond the message and beyond memory, a kind there is not.
        for damaged in [
            &[0xff; 11][..],
            &[0x12, 0x7f, 1],
            &[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x13, 1],
        ] {
            assert_eq!(Heard::read(damaged), None);
        }
        assert_eq!(Heard::read(&bytes(4, bytes(1, "{"))), None, "no JSON");
    }
}
