//! Frames from the network: opened, held for a moment if their key or proof is on its way, or dropped and
//! counted. What is dropped here no decoder misses unknowingly: the next frame is no longer
//! contiguous.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use sealed::{
    media::{kid::Stream, open::Refused},
    session::{FrameRefused, Session, View},
};

use super::frames::{HOLD_TIME, Held, OpenedFrame, UNPROVEN_TIME, Waiting};
use crate::frames::UnverifiedFrame;

/// Frames that arrived, counted by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Opened.
    pub opened: u64,
    /// Of before this client was in the group: they stay closed.
    pub early: u64,
    /// Dropped because they, or their keys or proofs, came too late.
    pub late: u64,
    /// Refused although they should have opened: changed, forged, repeated, of nobody here. By the
    /// reason.
    pub refused: BTreeMap<String, u64>,
}

/// The way in.
#[derive(Default)]
pub(super) struct Incoming {
    held: Held,
    /// Transceivers on which a frame was dropped since the last one that opened.
    gaps: BTreeSet<String>,
    joined: Option<Joined>,
    pub(super) arrived: Arrived,
}

/// Where this client came into the group.
struct Joined {
    /// Number of the group, and leaf.
    place: (u32, u16),
    /// The first epoch it has keys of.
    epoch: u64,
}

/// What became of an attempt to open a frame.
enum Tried {
    Opened(OpenedFrame),
    /// Its key or its proof may come yet, within this time.
    Ahead(Duration, UnverifiedFrame),
    Dropped,
}

impl Incoming {
    /// A frame arrived. `None` if it has to wait or is not to be shown.
    pub(super) fn open(
        &mut self,
        session: &mut Session,
        (now, ms): (Instant, u64),
        frame: UnverifiedFrame,
    ) -> Option<OpenedFrame> {
        match self.attempt(session, ms, frame) {
            Tried::Opened(opened) => Some(opened),
            Tried::Ahead(hold, frame) => {
                self.hold(now, hold, frame);
                None
            }
            Tried::Dropped => None,
        }
    }

    /// There are new keys or proofs: the frames that waited for them, in order.
    pub(super) fn release(&mut self, session: &mut Session, ms: u64) -> Vec<OpenedFrame> {
        let mut opened = Vec::new();
        for Waiting { since, frame, .. } in self.held.take() {
            match self.attempt(session, ms, frame) {
                Tried::Opened(mut frame) => {
                    self.pass_over(&mut frame);
                    opened.push(frame);
                }
                Tried::Ahead(hold, frame) => self.hold(since, hold, frame),
                Tried::Dropped => {}
            }
        }
        opened
    }

    /// A picture goes out while older ones of its transceiver still wait: they are of no use any more, and
    /// the decoder has to know that they are missing.
    pub(super) fn pass_over(&mut self, frame: &mut OpenedFrame) {
        if frame.stream == Stream::Microphone {
            return;
        }
        let passed = self.held.take_of(&frame.mid);
        frame.contiguous &= passed == 0;
        self.arrived.late += passed as u64;
    }

    fn hold(&mut self, since: Instant, hold: Duration, frame: UnverifiedFrame) {
        let until = since + hold;
        let oldest = self.held.push(Waiting {
            since,
            until,
            frame,
        });
        self.give_up(oldest);
    }

    /// A frame arrived before there was a session.
    pub(super) fn drop_early(&mut self, frame: UnverifiedFrame) {
        self.arrived.early += 1;
        self.gaps.insert(frame.mid);
    }

    /// The group has changed: notes where this client came into it.
    pub(super) fn follow(&mut self, view: &View) {
        let place = view.me.leaf.map(|leaf| (view.group, leaf));
        if place != self.joined.as_ref().map(|joined| joined.place) {
            let epoch = view.epoch;
            self.joined = place.map(|place| Joined { place, epoch });
        }
    }

    /// Drops what has waited in vain.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        let expired = self.held.expire(now);
        self.give_up(expired);
    }

    /// When the next frame has waited long enough.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.held.next_at()
    }

    fn attempt(&mut self, session: &mut Session, ms: u64, frame: UnverifiedFrame) -> Tried {
        match session.open(ms, frame.kind, &frame.data) {
            Ok(opened) => {
                self.arrived.opened += 1;
                let contiguous = !self.gaps.remove(&frame.mid) && frame.contiguous;
                Tried::Opened(OpenedFrame::new(opened, frame, contiguous))
            }
            Err(FrameRefused::Later) => Tried::Ahead(HOLD_TIME, frame),
            Err(FrameRefused::Unproven) => Tried::Ahead(UNPROVEN_TIME, frame),
            Err(refused) => {
                tracing::debug!(?refused, ?frame, "not opened");
                *self.count_of(refused) += 1;
                self.gaps.insert(frame.mid);
                Tried::Dropped
            }
        }
    }

    /// Where a frame counts that was not opened for this reason.
    fn count_of(&mut self, refused: FrameRefused) -> &mut u64 {
        let arrived = &mut self.arrived;
        match (refused, &self.joined) {
            (FrameRefused::NotAMember, _) => &mut arrived.early,
            (FrameRefused::Late, _) => &mut arrived.late,
            (FrameRefused::Frame(Refused::WrongEpoch(of)), Some(joined)) => {
                // An epoch this client was in, if it is not of before, is one whose keys have died.
                let before = (joined.epoch as u16).wrapping_sub(of);
                if (1..0x8000).contains(&before) {
                    &mut arrived.early
                } else {
                    &mut arrived.late
                }
            }
            (FrameRefused::Frame(why), _) => arrived.refused.entry(why.to_string()).or_default(),
            (other, _) => arrived.refused.entry(other.to_string()).or_default(),
        }
    }

    fn give_up(&mut self, frames: impl IntoIterator<Item = UnverifiedFrame>) {
        for frame in frames {
            self.arrived.late += 1;
            self.gaps.insert(frame.mid);
        }
    }
}
