//! A still on its way to one receiver, at the pace its line has for it: all at once it would be more than the
//! line's queue holds. And nothing comes behind it by which the receiver could notice that its last packets
//! were lost (as RFC 8985, 7.1 has it of TCP), nor before it if it is the first of its stream. So its first and
//! its last packet are sent once more, and again; what lacks in between is then asked for.

use std::time::{Duration, Instant};

use crate::packet::Arrived;

/// Bits a second at least: slower, a still would be old when it is whole.
const RATE_MIN: u64 = 96_000;
/// What passes at once.
const AT_ONCE: Duration = Duration::from_millis(100);
/// After its last packet, when the first and the last go again.
const AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];
/// Packets of a still are there to be sent again for so long since it began.
const KEPT: Duration = Duration::from_secs(6);

/// Stills under way to one receiver: mostly one.
#[derive(Default)]
pub(crate) struct Passages {
    passages: Vec<Passage>,
    /// When the line has carried what was let go.
    free_at: Option<Instant>,
}

struct Passage {
    /// Of the receiver's pictures.
    slot: usize,
    began: Instant,
    packets: Vec<Arrived>,
    sent: usize,
    /// When the last packet that there is was let go, and how often again.
    last: Option<Instant>,
    again: usize,
}

/// A packet whose time it is.
pub(crate) struct Due {
    pub(crate) slot: usize,
    pub(crate) packet: Arrived,
    /// It went out before.
    pub(crate) again: bool,
}

impl Passages {
    /// One more packet of a still; the first of another one takes the place of the one before.
    pub(crate) fn hold(&mut self, now: Instant, slot: usize, packet: Arrived) {
        let of = |p: &&mut Passage| p.slot == slot && p.is_of(&packet);
        if let Some(passage) = self.passages.iter_mut().find(of) {
            passage.packets.push(packet);
            return;
        }
        self.forget(slot);
        self.passages.push(Passage {
            slot,
            began: now,
            packets: vec![packet],
            sent: 0,
            last: None,
            again: 0,
        });
    }

    /// The picture in this slot is not paused any more, or another's.
    pub(crate) fn forget(&mut self, slot: usize) {
        self.passages.retain(|passage| passage.slot != slot);
    }

    /// What may go out now; stills have `rate` bits a second of the line.
    pub(crate) fn release(&mut self, now: Instant, rate: u64) -> Vec<Due> {
        self.passages.retain(|p| now < p.began + KEPT);
        let mut due = Vec::new();
        for passage in &mut self.passages {
            while let Some(packet) = passage.packets.get(passage.sent) {
                let free_at = self.free_at.map_or(now, |at| at.max(now));
                if free_at > now + AT_ONCE {
                    break;
                }
                let takes = packet.payload.len() as u64 * 8_000_000 / rate.max(RATE_MIN);
                self.free_at = Some(free_at + Duration::from_micros(takes));
                passage.sent += 1;
                passage.last = Some(now);
                due.push(passage.due(passage.sent - 1, false));
            }
            if passage.is_to_be_repeated(now) {
                passage.again += 1;
                due.push(passage.due(0, true));
                due.push(passage.due(passage.sent - 1, true));
            }
        }
        due
    }

    /// A packet that was let go, by its source's number.
    pub(crate) fn get(&self, slot: usize, epoch: u64, seq: u64) -> Option<&Arrived> {
        let passage = self.passages.iter().find(|p| p.slot == slot)?;
        let mut sent = passage.packets[..passage.sent].iter();
        sent.find(|packet| (packet.epoch, packet.incoming.seq) == (epoch, seq))
    }
}

impl Passage {
    fn is_of(&self, packet: &Arrived) -> bool {
        let of = |first: &Arrived| {
            (first.epoch, first.incoming.timestamp) == (packet.epoch, packet.incoming.timestamp)
        };
        self.packets.first().is_some_and(of)
    }

    /// All that there is was let go, and it is time.
    fn is_to_be_repeated(&self, now: Instant) -> bool {
        let wait = AGAIN.get(self.again);
        let all = self.sent == self.packets.len();
        all && self
            .last
            .zip(wait)
            .is_some_and(|(last, wait)| now >= last + *wait)
    }

    fn due(&self, at: usize, again: bool) -> Due {
        Due {
            slot: self.slot,
            packet: self.packets[at].clone(),
            again,
        }
    }
}
