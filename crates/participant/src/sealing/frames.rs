//! Frames on the way out and on the way in, as types that only sealing makes, and the frames that
//! wait for a key or a proof.

use protocol::CircleId;
use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use sealed::{media::kid, session::UNPROVEN_MS};

use crate::frames::{Stream, UnverifiedFrame};

/// A frame of an epoch not reached yet waits so long: longer than a commit takes from one client to
/// another. Raising it shows pictures later than it shows none.
pub(super) const HOLD_TIME: Duration = Duration::from_millis(500);
/// One that nothing proves yet waits so long.
pub(super) const UNPROVEN_TIME: Duration = Duration::from_millis(UNPROVEN_MS);
/// So many wait on one transceiver: more than a voice has in that time.
pub(super) const HELD_MAX: usize = 128;

/// A frame that may leave this machine.
pub struct SealedFrame {
    stream: Stream,
    time: u64,
    bytes: Vec<u8>,
}

impl SealedFrame {
    /// For sealing alone: `bytes` are what the session sealed.
    pub(super) fn new(stream: Stream, time: u64, bytes: Vec<u8>) -> Self {
        Self {
            stream,
            time,
            bytes,
        }
    }

    /// Bytes that pass for sealed ones, to test what carries them.
    #[cfg(test)]
    pub(crate) fn pretend(stream: Stream, time: u64, bytes: Vec<u8>) -> Self {
        Self::new(stream, time, bytes)
    }

    pub(crate) fn stream(&self) -> Stream {
        self.stream
    }

    /// RTP timestamp in the stream's clock, not yet wrapped to 32 bits.
    pub(crate) fn time(&self) -> u64 {
        self.time
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A frame that opened, and whose it is.
#[allow(clippy::manual_non_exhaustive)] // the rest of this crate may not make one either
pub struct OpenedFrame {
    /// The seat whose leaf sealed it, as the verified group has it.
    pub seat: u16,
    /// The circle it was sealed for.
    pub circle: CircleId,
    /// What it is of, as the seat sealed it.
    pub stream: kid::Stream,
    /// It can be decoded by itself.
    pub key: bool,
    /// `mid` of the transceiver it came on.
    pub mid: String,
    /// RTP timestamp in the stream's clock, extended. The server's word.
    pub time: u64,
    /// No frame was lost or dropped between the last one on this transceiver and this.
    pub contiguous: bool,
    /// As its encoder made it.
    pub data: Vec<u8>,
    /// Without it nobody else can make one.
    _opened: (),
}

impl OpenedFrame {
    /// For sealing alone: `opened` is what the session opened of what came with `carrier`.
    pub(super) fn new(
        opened: sealed::session::OpenedFrame,
        carrier: UnverifiedFrame,
        contiguous: bool,
    ) -> Self {
        Self {
            seat: opened.seat.0,
            circle: opened.circle,
            stream: opened.stream,
            key: opened.key,
            mid: carrier.mid,
            time: carrier.time,
            contiguous,
            data: opened.frame,
            _opened: (),
        }
    }

    /// A frame as if it had been opened, to test what becomes of it.
    #[cfg(test)]
    pub(crate) fn pretend(seat: u16, mid: &str, frame: crate::frames::PlainFrame) -> Self {
        Self {
            seat,
            circle: CircleId::TABLE,
            stream: frame.stream.kid().0,
            key: frame.key,
            mid: mid.to_owned(),
            time: frame.time,
            contiguous: true,
            data: frame.data,
            _opened: (),
        }
    }
}

/// Frames whose key or proof is not there yet, by transceiver, each in the order it came.
#[derive(Default)]
pub(super) struct Held(BTreeMap<String, VecDeque<Waiting>>);

/// One that waits.
pub(super) struct Waiting {
    pub(super) since: Instant,
    pub(super) until: Instant,
    pub(super) frame: UnverifiedFrame,
}

impl Held {
    /// Keeps a frame; gives the oldest of its transceiver if there is no more room.
    pub(super) fn push(&mut self, waiting: Waiting) -> Option<UnverifiedFrame> {
        let queue = self.0.entry(waiting.frame.mid.clone()).or_default();
        queue.push_back(waiting);
        let full = queue.len() > HELD_MAX;
        full.then(|| queue.pop_front().map(|waiting| waiting.frame))?
    }

    /// All frames. Those that are pushed again come behind those pushed before them.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Waiting> + use<> {
        std::mem::take(&mut self.0).into_values().flatten()
    }

    /// Gives up those of a transceiver; says how many.
    pub(super) fn take_of(&mut self, mid: &str) -> usize {
        self.0.remove(mid).map_or(0, |queue| queue.len())
    }

    /// Frames that have waited long enough.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<UnverifiedFrame> {
        let mut expired = Vec::new();
        for queue in self.0.values_mut() {
            let late = |waiting: &mut Waiting| now >= waiting.until;
            while let Some(at) = queue.iter_mut().position(late) {
                expired.extend(queue.remove(at).map(|waiting| waiting.frame));
            }
        }
        self.0.retain(|_, queue| !queue.is_empty());
        expired
    }

    /// When the next one has waited long enough.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.0.values().flatten().map(|waiting| waiting.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::Kind;

    fn frame(mid: &str, time: u64) -> UnverifiedFrame {
        UnverifiedFrame {
            mid: mid.into(),
            kind: Kind::Voice,
            time,
            contiguous: true,
            data: [0].into(),
        }
    }

    #[test]
    fn frames_wait_in_order_so_many_and_so_long() {
        let (mut held, now) = (Held::default(), Instant::now());
        let at = |since, hold: Duration, frame| Waiting {
            since,
            until: since + hold,
            frame,
        };
        for time in 0..HELD_MAX as u64 {
            let hold = [HOLD_TIME, UNPROVEN_TIME][time as usize % 2];
            assert!(held.push(at(now, hold, frame("a", time))).is_none());
        }
        let later = now + Duration::from_millis(1);
        let oldest = held.push(at(later, HOLD_TIME, frame("a", 999)));
        assert_eq!(oldest.map(|f| f.time), Some(0));
        assert!(held.push(at(later, HOLD_TIME, frame("b", 7))).is_none());
        assert_eq!(held.next_at(), Some(now + HOLD_TIME));
        let all: Vec<_> = held.take().collect();
        assert_eq!(all.len(), HELD_MAX + 1);
        assert!(held.next_at().is_none());
        all.into_iter().for_each(|waiting| drop(held.push(waiting)));
        assert_eq!(held.expire(now + HOLD_TIME).len(), HELD_MAX / 2 - 1);
        let times =
            |frames: Vec<UnverifiedFrame>| frames.iter().map(|f| f.time).collect::<Vec<_>>();
        assert_eq!(times(held.expire(later + HOLD_TIME)), [999, 7]);
        assert_eq!(held.expire(now + UNPROVEN_TIME).len(), HELD_MAX / 2);
        assert!(held.next_at().is_none());
    }
}
