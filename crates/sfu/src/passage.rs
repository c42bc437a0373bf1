//! A still on its way to one receiver, at a pace that its line has room for: all at once it would be more than the
//! line's queue holds. And nothing comes behind it by which the receiver could notice that its last packets
//! were lost (as RFC 8985, 7.1 has it of TCP), nor before it if it is the first of its stream. So its last packet, and
//! of a new stream the first, are sent once more, and again; what lacks in between is then asked for. A receiver may
//! take nothing any more that comes before the first packet it has got (str0m does not), so of a new stream the first
//! one goes twice before the second.

use std::time::{Duration, Instant};

use crate::packet::Arrived;

/// Bits a second at least, also where next to nothing is left: slower, a still would be old when it is whole,
/// and what is left is a careful guess.
const PACE_MIN: u64 = 96_000;
/// What passes at once.
const AT_ONCE: Duration = Duration::from_millis(100);
/// After its last packet, when the first and the last go again.
const AGAIN: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];
/// A packet is sent again so often: whatever a receiver asks for, a still costs its line no more than so many.
const RESENDS: usize = 4;
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
    /// Which of its packets were sent again because the receiver asked, and when.
    asked: Vec<(usize, Instant)>,
}

/// What is to be done for a receiver that asks for a packet again.
pub(crate) enum Again {
    Now(Arrived),
    /// It is on its way, or went often enough.
    Soon,
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
            asked: Vec::new(),
        });
    }

    /// The picture in this slot is not paused any more, or another's.
    pub(crate) fn forget(&mut self, slot: usize) {
        self.passages.retain(|passage| passage.slot != slot);
    }

    /// What may go out now; stills have `rate` bits a second of the line. `is_new`: the receiver has not said yet that
    /// it gets this slot's stream.
    pub(crate) fn release(
        &mut self,
        now: Instant,
        rate: u64,
        is_new: impl Fn(usize) -> bool,
    ) -> Vec<Due> {
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
                if passage.sent == 1 && is_new(passage.slot) {
                    due.push(passage.due(0, true));
                }
                passage.sent += 1;
                passage.last = Some(now);
                due.push(passage.due(passage.sent - 1, false));
            }
            if passage.is_to_be_repeated(now) {
                passage.again += 1;
                let ends = passage.ends(is_new(passage.slot));
                due.extend(ends.map(|end| passage.due(end, true)));
            }
        }
        due
    }

    /// A packet that was let go and is asked for again, by its source's number. Whoever does not know how far it
    /// is (str0m, if it only receives) asks five times within half a second, before the first answer can be there:
    /// what it was sent within `pause` it is not sent again.
    pub(crate) fn again(
        &mut self,
        now: Instant,
        (slot, epoch, seq): (usize, u64, u64),
        pause: Duration,
    ) -> Option<Again> {
        let passage = self.passages.iter_mut().find(|p| p.slot == slot)?;
        let mut sent = passage.packets[..passage.sent].iter();
        let is_it = |p: &Arrived| (p.epoch, p.incoming.seq) == (epoch, seq);
        let place = sent.position(is_it)?;
        let before = passage.asked.iter().filter(|(at, _)| *at == place);
        let (times, last) = before.fold((0, None), |(n, _), (_, when)| (n + 1, Some(*when)));
        if times == RESENDS || last.is_some_and(|last| now < last + pause) {
            return Some(Again::Soon);
        }
        passage.asked.push((place, now));
        Some(Again::Now(passage.packets[place].clone()))
    }
}

impl Passage {
    fn is_of(&self, packet: &Arrived) -> bool {
        let of = |first: &Arrived| {
            (first.epoch, first.incoming.timestamp) == (packet.epoch, packet.incoming.timestamp)
        };
        self.packets.first().is_some_and(of)
    }

    /// Where its last packet is, and its first if `both`: they may have come in another order.
    fn ends(&self, both: bool) -> impl Iterator<Item = usize> {
        let places = || self.packets.iter().enumerate();
        let seq = |(_, packet): &(usize, &Arrived)| packet.incoming.seq;
        let first = both.then(|| places().min_by_key(seq)).flatten();
        let ends = [first, places().max_by_key(seq)];
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

    /// Numbers of what goes out at each tenth of a second, for so many of them, on a stream that is new or is not.
    fn goes(
        passages: &mut Passages,
        start: Instant,
        tenths: u32,
        new: bool,
    ) -> Vec<Vec<(u64, bool)>> {
        let at = |tenth| start + Duration::from_millis(100) * tenth;
        let due = |tenth| passages.release(at(tenth), 0, |_| new);
        let number = |due: Vec<Due>| {
            due.iter()
                .map(|d| (d.packet.incoming.seq, d.again))
                .collect()
        };
        (0..tenths).map(due).map(number).collect()
    }

    #[test]
    fn a_still_goes_at_its_pace_and_then_its_end_twice_more_whatever_order_it_came_in() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        for seq in [5, 3, 4, 7, 6] {
            passages.hold(start, 0, packet(seq, 9));
        }
        let went = goes(&mut passages, start, 20, false);
        assert_eq!(went[0], [(5, false), (3, false)], "1200 bytes take a tenth");
        assert_eq!(went[1..4].concat(), [(4, false), (7, false), (6, false)]);
        assert_eq!(went[4..].concat(), [(7, true), (7, true)]);
    }

    #[test]
    fn of_a_new_stream_the_first_packet_goes_twice_before_the_second_and_again_with_the_last() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        (1..=3).for_each(|seq| passages.hold(start, 0, packet(seq, 9)));
        let went = goes(&mut passages, start, 20, true).concat();
        let ends = [(1, true), (3, true)];
        let first = [(1, false), (1, true), (2, false), (3, false)];
        assert_eq!(went, [&first[..], &ends, &ends].concat());
    }

    #[test]
    fn what_comes_late_is_the_end_anew() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        passages.hold(start, 0, packet(1, 9));
        assert_eq!(goes(&mut passages, start, 20, false).concat().len(), 3);
        let later = start + Duration::from_secs(2);
        passages.hold(later, 0, packet(2, 9));
        let went = goes(&mut passages, later, 20, false).concat();
        assert_eq!(went, [(2, false), (2, true), (2, true)]);
    }

    #[test]
    fn only_what_went_out_is_there_to_be_sent_again_and_not_for_ever() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        (1..=4).for_each(|seq| passages.hold(start, 0, packet(seq, 9)));
        passages.release(start, 0, |_| false);
        let there = |passages: &mut Passages, at| {
            [1, 2, 3].map(|seq| passages.again(at, (0, 1, seq), Duration::ZERO).is_some())
        };
        assert_eq!(there(&mut passages, start), [true, true, false]);
        assert!(passages.again(start, (1, 1, 1), Duration::ZERO).is_none());
        assert!(passages.again(start, (0, 2, 1), Duration::ZERO).is_none());
        let later = start + KEPT;
        assert!(passages.release(later, 0, |_| false).is_empty());
        assert_eq!(there(&mut passages, later), [false; 3]);
    }

    #[test]
    fn who_asks_before_the_answer_can_be_there_gets_one_and_no_more_than_four_in_all() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        passages.hold(start, 0, packet(1, 9));
        passages.release(start, 0, |_| false);
        let pause = Duration::from_millis(125);
        let answered = (0..20).filter(|tenth| {
            let now = start + Duration::from_millis(105) * *tenth;
            let again = passages.again(now, (0, 1, 1), pause);
            matches!(again.expect("it went out"), Again::Now(_))
        });
        assert_eq!(answered.collect::<Vec<_>>(), [0, 2, 4, 6]);
    }

    #[test]
    fn the_next_still_takes_the_place_of_the_one_before() {
        let (mut passages, start) = (Passages::default(), Instant::now());
        (1..=4).for_each(|seq| passages.hold(start, 0, packet(seq, 9)));
        passages.hold(start, 0, packet(8, 10));
        passages.hold(start, 1, packet(2, 9));
        passages.forget(1);
        let went = goes(&mut passages, start, 2, false).concat();
        assert_eq!(went, [(8, false)]);
    }
}
