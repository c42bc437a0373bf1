//! A still on its way to one receiver, at a pace that its line has room for: all at once it would be more than the
//! line's queue holds. And nothing comes behind it by which the receiver could notice that its last packets
//! were lost (as RFC 8985, 7.1 has it of TCP), nor before it if it is the first of its stream. So its first and
//! its last packet are sent once more, and again; what lacks in between is then asked for.

use std::time::{Duration, Instant};

use crate::packet::Arrived;

/// Bits a second at least, also where next to nothing is left: slower, a still would be old when it is whole,
/// and what is left is a careful guess.
const PACE_MIN: u64 = 96_000;
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
    clear_at: Option<Instant>,
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
            passage.again = 0;
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
                let clear_at = self.clear_at.map_or(now, |at| at.max(now));
                if clear_at > now + AT_ONCE {
                    break;
                }
                let takes = packet.payload.len() as u64 * 8_000_000 / rate.max(PACE_MIN);
                self.clear_at = Some(clear_at + Duration::from_micros(takes));
                passage.sent += 1;
                passage.last = Some(now);
                due.push(passage.due(passage.sent - 1, false));
            }
            if passage.is_to_be_repeated(now) {
                passage.again += 1;
                due.extend(passage.ends().map(|end| passage.due(end, true)));
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

    /// Where its first and its last packet are: they may have come in another order.
    fn ends(&self) -> impl Iterator<Item = usize> {
        let places = || self.packets.iter().enumerate();
        let seq = |(_, packet): &(usize, &Arrived)| packet.incoming.seq;
        let ends = [places().min_by_key(seq), places().max_by_key(seq)];
        ends.into_iter().flatten().map(|(place, _)| place)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::Incoming;

    fn packet(seq: u64, timestamp: u32) -> Arrived {
        let payload = [0; 1_200].into();
        let incoming = Incoming {
            seq,
            timestamp,
            arrival: Instant::now(),
            picture_id: None,
            tl0_pic_idx: None,
        };
        Arrived {
            payload,
            marker: false,
            incoming,
            vp8: None,
            layer: 0,
            epoch: 1,
            in_order: true,
        }
    }

    /// Numbers of what goes out at each tenth of a second, for so many of them.
    fn goes(passages: &mut Passages, start: Instant, tenths: u32) -> Vec<Vec<(u64, bool)>> {
        let at = |tenth| start + Duration::from_millis(100) * tenth;
        let due = |tenth| passages.release(at(tenth), 0);
        let number = |due: Vec<Due>| {
            due.iter()
                .map(|d| (d.packet.incoming.seq, d.again))
                .collect()
        };
        (0..tenths).map(due).map(number).collect()
    }

    #[test]
    fn a_still_goes_at_its_pace_and_then_its_ends_twice_more_whatever_order_it_came_in() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        for seq in [5, 3, 4, 7, 6] {
            passages.hold(start, 0, packet(seq, 9));
        }
        let went = goes(&mut passages, start, 20);
        assert_eq!(went[0], [(5, false), (3, false)], "1200 bytes take a tenth");
        assert_eq!(went[1..4].concat(), [(4, false), (7, false), (6, false)]);
        let again = [(3, true), (7, true)];
        assert_eq!(went[4..].concat(), [again, again].concat());
    }

    #[test]
    fn what_comes_late_is_the_end_anew() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        passages.hold(start, 0, packet(1, 9));
        assert_eq!(goes(&mut passages, start, 20).concat().len(), 5);
        let later = start + Duration::from_secs(2);
        passages.hold(later, 0, packet(2, 9));
        let again = [(1, true), (2, true)];
        let went = goes(&mut passages, later, 20).concat();
        assert_eq!(went, [&[(2, false)][..], &again, &again].concat());
    }

    #[test]
    fn only_what_went_out_is_there_to_be_sent_again_and_not_for_ever() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        (1..=4).for_each(|seq| passages.hold(start, 0, packet(seq, 9)));
        passages.release(start, 0);
        let there = |passages: &Passages| [1, 2, 3].map(|seq| passages.get(0, 1, seq).is_some());
        assert_eq!(there(&passages), [true, true, false]);
        assert!(passages.get(1, 1, 1).is_none() && passages.get(0, 2, 1).is_none());
        assert!(passages.release(start + KEPT, 0).is_empty());
        assert_eq!(there(&passages), [false; 3]);
    }

    #[test]
    fn the_next_still_takes_the_place_of_the_one_before() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        (1..=4).for_each(|seq| passages.hold(start, 0, packet(seq, 9)));
        passages.hold(start, 0, packet(8, 10));
        passages.hold(start, 1, packet(2, 9));
        passages.forget(1);
        let went = goes(&mut passages, start, 2).concat();
        assert_eq!(went, [(8, false)]);
    }
}
