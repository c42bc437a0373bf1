//! Stills: of a picture that a receiver's line cannot carry, a key frame now and then.
//!
//! So nobody whose camera is on stays a grey tile, and a shared page can be read, on a line that carries
//! voices and little more. A still takes only what nothing else needs, and the next one waits until it has
//! passed. It is bounded in bytes and in time, whatever its publisher calls one frame.

use std::time::{Duration, Instant};

use crate::{
    packet::Arrived,
    passage::{Due, Passages},
    peer::Slot,
};

/// A picture's next still is asked for after this long...
const EVERY: Duration = Duration::from_secs(8);
/// ...and one that somebody else has asked for is taken after this long, so that all receivers share few.
const SOON: Duration = Duration::from_secs(4);
/// A still has at most so many bytes: more is no still, or does not get through a narrow line in time.
const BYTES_MAX: usize = 32 * 1024;
/// What a packet counts at least: so a still is no more than 64 of them, however little is in each.
const PACKET_MIN: usize = 512;
/// It passes within this time.
const PASSES: Duration = Duration::from_secs(2);
/// Whoever asks for a key frame so long after the line could have carried one, and did so shortly before, has
/// not got it whole. Who has asks as well, but once in 3 s: a browser does when nothing comes any more.
const LOST: Duration = Duration::from_millis(500);
const PRESSING: Duration = Duration::from_millis(1_500);
/// A stream whose key frame was larger is not tried again for so long.
const TOO_LARGE: Duration = Duration::from_secs(60);
/// The next still waits for this long at most.
const PACE_MAX: Duration = Duration::from_secs(10);
/// Bits a second that stills may have of a line with nothing to spare: a small face in two seconds.
const RATE_MIN: u64 = 20_000;

/// Of a picture that is paused: which layer's key frames may pass, and which one did last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Still {
    pub(crate) layer: usize,
    last: Option<Instant>,
    /// RTP timestamp of the frame that passes, or has passed, and its bytes so far.
    frame: Option<(u32, usize)>,
    /// It was larger than a still may be.
    too_large: bool,
    /// When its receiver asked for a key frame last.
    asked: Option<Instant>,
}

impl Still {
    /// The picture is paused now; `shown`: it was not before.
    pub(crate) fn new(now: Instant, layer: usize, shown: bool) -> Self {
        Self {
            layer,
            last: shown.then_some(now),
            frame: None,
            too_large: false,
            asked: None,
        }
    }

    /// For how long there was nothing new to see; `None`: there never was.
    fn age(&self, now: Instant) -> Option<Duration> {
        self.last.map(|last| now.saturating_duration_since(last))
    }

    /// Whether a frame that comes by may begin to pass with this packet.
    fn may_begin(&self, now: Instant, packet: &Arrived) -> bool {
        let wait = if self.too_large { TOO_LARGE } else { SOON };
        packet.layer == self.layer
            && packet.can_begin()
            && self.age(now).is_none_or(|age| age >= wait)
    }

    fn begin(&mut self, now: Instant, packet: &Arrived) {
        (self.last, self.frame) = (Some(now), Some((packet.incoming.timestamp, 0)));
        self.too_large = false;
    }

    /// Whether a packet is of the frame that passes, and the frame is still a still with it.
    fn takes(&mut self, now: Instant, packet: &Arrived) -> bool {
        let passes = self.age(now).is_some_and(|age| age < PASSES);
        let Some((timestamp, bytes)) = &mut self.frame else {
            return false;
        };
        if packet.layer != self.layer || *timestamp != packet.incoming.timestamp || !passes {
            return false;
        }
        *bytes += packet.payload.len().max(PACKET_MIN);
        self.too_large |= *bytes > BYTES_MAX;
        !self.too_large
    }

    /// Somebody may be asked for another.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let wait = if self.too_large { TOO_LARGE } else { EVERY };
        self.age(now).is_none_or(|age| age >= wait)
    }
}

/// When a line has carried the stills it was given.
pub(crate) struct Pace {
    free_at: Instant,
    pub(crate) passages: Passages,
    /// Bits a second.
    rate: u64,
    is_held: bool,
}

impl Pace {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            free_at: now,
            passages: Passages::default(),
            rate: RATE_MIN,
            is_held: false,
        }
    }

    /// Pictures that flow leave so many bits a second; `None`: no still is to begin.
    pub(crate) fn leaves(&mut self, left: Option<u64>) {
        self.is_held = left.is_none();
        self.rate = left.unwrap_or(0).max(RATE_MIN);
    }

    /// What of the stills under way goes out now. `slots`: the receiver's pictures.
    pub(crate) fn release(&mut self, now: Instant, slots: &[Slot]) -> Vec<Due> {
        for (index, slot) in slots.iter().enumerate() {
            if slot.still.is_none() {
                self.passages.forget(index);
            }
        }
        match self.is_held {
            true => Vec::new(),
            false => {
                let is_new = |index| {
                    slots
                        .get(index)
                        .is_some_and(|slot: &Slot| slot.egress.is_new())
                };
                self.passages.release(now, self.rate, is_new)
            }
        }
    }

    /// Of these, the one whose still is to be asked for now: the oldest.
    pub(crate) fn next<'a>(
        &self,
        now: Instant,
        slots: impl DoubleEndedIterator<Item = &'a Slot>,
    ) -> Option<&'a Slot> {
        let age = |slot: &&Slot| match &slot.still {
            Some(still) => still.age(now).unwrap_or(Duration::MAX),
            None => Duration::ZERO,
        };
        let due = |slot: &&Slot| slot.still.is_some_and(|still| still.is_due(now));
        let free = |slot: &&Slot| self.is_free_for(now, slot);
        slots.filter(due).filter(free).rev().max_by_key(age)
    }

    /// A screen that was not seen yet does not wait for faces: what is said is about it.
    fn is_free_for(&self, now: Instant, slot: &Slot) -> bool {
        let is_new = slot.still.is_some_and(|still| still.last.is_none());
        !self.is_held && (now >= self.free_at || slot.is_screen() && is_new)
    }

    /// The receiver of a paused screen asks for a key frame: if its still got lost, the next does not wait for
    /// its time. Of a face another comes soon enough.
    pub(crate) fn asked(&self, now: Instant, slot: &mut Slot) {
        let is_screen = slot.is_screen();
        let Some(still) = slot.still.as_mut().filter(|_| is_screen) else {
            return;
        };
        let before = still.asked.replace(now);
        let presses = before.is_some_and(|before| now < before + PRESSING);
        let began = still.last.filter(|_| presses && !still.too_large);
        if began.is_some_and(|began| now >= self.free_at.max(began) + LOST) {
            (still.last, still.frame) = (None, None);
        }
    }

    /// Whether a packet of a paused picture is of a still whose time it is. If so it goes to the passages.
    /// `index`: which of the receiver's pictures it is.
    pub(crate) fn pass(
        &mut self,
        now: Instant,
        (index, slot): (usize, &mut Slot),
        packet: &Arrived,
    ) -> bool {
        let is_free = self.is_free_for(now, slot);
        let Some(still) = &mut slot.still else {
            return false;
        };
        let goes_on = slot.current == Some(packet.epoch) && still.takes(now, packet);
        if still.too_large {
            // What is left of it would be of no use.
            self.passages.forget(index);
        }
        if !goes_on {
            if !is_free || !still.may_begin(now, packet) {
                return false;
            }
            still.begin(now, packet);
            if !still.takes(now, packet) {
                return false;
            }
            slot.egress.switch(&packet.incoming);
            slot.current = Some(packet.epoch);
        }
        let takes = packet.payload.len() as u64 * 8_000_000 / self.rate;
        let free_at = self.free_at.max(now) + Duration::from_micros(takes);
        self.free_at = free_at.min(now + PACE_MAX);
        true
    }
}
