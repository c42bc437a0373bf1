//! What follows an encoded picture inside the sealed frame: whose encoder made it, which picture it
//! is, and when it was sent.
//!
//! A VP8 decoder never reads that far (RFC 6386, 9.5: the last partition takes what is left), and the
//! server cannot: it is sealed. Receivers count late and lost pictures by it without decoding. Only
//! where figures are taken; a browser's pictures have none.

use std::{
    collections::VecDeque,
    sync::OnceLock,
    time::{Duration, Instant},
};

use getrandom::fill;

const MAGIC: [u8; 4] = *b"inca";
const BYTES: usize = 24;
/// Delays remembered for each participant; older ones are forgotten.
const KEPT: usize = 2048;

/// What stands behind a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trailer {
    /// Of the process that sent it: the times of another one mean nothing here.
    process: u32,
    /// Of the encoder: a new one counts from 1 again.
    pub(crate) run: u32,
    /// Which picture of it, from 1; the same in all layers.
    pub(crate) number: u32,
    /// Microseconds by the clock of the process.
    sent_us: u64,
}

impl Trailer {
    /// Of picture `number` of encoder `run`, sent now.
    pub(crate) fn new(now: Instant, run: u32, number: u32) -> Self {
        let (process, epoch) = process();
        let since = now.saturating_duration_since(epoch).as_micros();
        Self {
            process,
            run,
            number,
            sent_us: u64::try_from(since).unwrap_or(u64::MAX),
        }
    }

    /// Appends it.
    pub(crate) fn append(self, picture: &mut Vec<u8>) {
        picture.extend_from_slice(&MAGIC);
        for word in [self.process, self.run, self.number] {
            picture.extend_from_slice(&word.to_le_bytes());
        }
        picture.extend_from_slice(&self.sent_us.to_le_bytes());
    }

    /// Reads it, if there is one.
    pub(crate) fn read(picture: &[u8]) -> Option<Self> {
        let (_, bytes) = picture.split_last_chunk::<BYTES>()?;
        let word = |at: usize| Some(u32::from_le_bytes(bytes[at..at + 4].try_into().ok()?));
        (bytes[..4] == MAGIC).then_some(())?;
        Some(Self {
            process: word(4)?,
            run: word(8)?,
            number: word(12)?,
            sent_us: u64::from_le_bytes(bytes[16..].try_into().ok()?),
        })
    }

    /// How long ago it was sent, if by this process.
    pub(crate) fn age(self, now: Instant) -> Option<Duration> {
        let (own, epoch) = process();
        let sent = Duration::from_micros(self.sent_us);
        let since = now.saturating_duration_since(epoch);
        since.checked_sub(sent).filter(|_| self.process == own)
    }
}

/// Notes one delay among the recent ones.
pub(crate) fn note(delays: &mut VecDeque<u32>, delay: Duration) {
    if delays.len() == KEPT {
        delays.pop_front();
    }
    delays.push_back(u32::try_from(delay.as_micros()).unwrap_or(u32::MAX));
}

/// A number for a new encoder.
pub(crate) fn new_run() -> u32 {
    let mut bytes = [0; 4];
    // Without random numbers a returning seat's losses are misjudged, and nothing else.
    let _ = fill(&mut bytes);
    u32::from_le_bytes(bytes)
}

/// This process's number, and the moment its clock counts from.
fn process() -> (u32, Instant) {
    static PROCESS: OnceLock<(u32, Instant)> = OnceLock::new();
    *PROCESS.get_or_init(|| (new_run(), Instant::now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailer_comes_back_with_the_time_between() {
        let mut picture = vec![1, 2, 3];
        let sent = process().1 + Duration::from_millis(5);
        let trailer = Trailer::new(sent, 9, 77);
        trailer.append(&mut picture);
        let read = Trailer::read(&picture).unwrap();
        assert_eq!(read, trailer);
        let later = sent + Duration::from_micros(1_234);
        assert_eq!(read.age(later), Some(Duration::from_micros(1_234)));
        let of_another = Trailer {
            process: read.process ^ 1,
            ..read
        };
        assert_eq!(of_another.age(later), None);
    }

    #[test]
    fn a_picture_without_one_has_none() {
        assert_eq!(Trailer::read(&[0; 3]), None);
        assert_eq!(Trailer::read(&[7; 300]), None);
    }
}
