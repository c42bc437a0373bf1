//! A peer: one seat's connection, what it publishes, and what it is sent.

use std::time::{Duration, Instant};

use protocol::{
    CallId, Publishing, SeatId, TrackKind,
    types::{AudioSlot, Tile, VideoSlot},
};
use str0m::{
    media::{Mid, Rid},
    rtp::Ssrc,
};

use crate::{
    ceiling::Ceiling, connection::Connection, egress::Egress, flow::Flow, keyframe::KeyframeGate,
    meter::Meter, packet::Store, still::Still,
};

/// Place of a peer in the table of peers.
pub(crate) type Key = usize;

/// A screen that flowed for less was perhaps never seen: its key frame, sent as it came, is longer than the
/// queue of a line on which it only seemed to fit. A face's is not.
const SEEN: Duration = Duration::from_secs(2);
/// A layer that brought nothing for this long is not sent any more: browsers stop layers their
/// network cannot carry without saying so.
const SILENCE: Duration = Duration::from_millis(1500);

/// A seat of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId {
    /// The call.
    pub call: CallId,
    /// The seat.
    pub seat: SeatId,
}

/// What signalling said to a client and has not reached it yet. Where the line is not known to be good, media
/// makes room for it: it says whom one hears, and with which keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backlog {
    /// Nothing.
    #[default]
    None,
    /// Something large, for a moment.
    Large,
    /// Something large, for longer than a near line takes for it.
    Slow,
    /// It should be there by now.
    Late,
}

pub(crate) struct Peer {
    pub(crate) id: PeerId,
    pub(crate) can_publish: bool,
    pub(crate) publishing: Publishing,
    pub(crate) view: Vec<Tile>,
    /// In a box: it is large, and the table of peers grows by doubling.
    pub(crate) connection: Option<Box<Connection>>,
    /// By [`TrackKind`].
    pub(crate) tracks: [Option<Track>; 3],
    pub(crate) audio: Vec<Slot>,
    pub(crate) video: Vec<Slot>,
    /// What the client was last told.
    pub(crate) told: Option<(Vec<AudioSlot>, Vec<VideoSlot>)>,
    /// In the timer heap for this time, at the latest.
    pub(crate) scheduled: Option<Instant>,
    pub(crate) next_tick: Instant,
    /// Written to since it was last drained.
    pub(crate) dirty: bool,
    pub(crate) panic_next: bool,
    /// Whether it was told to send the voice for bad lines, as a new connection does until it is told.
    pub(crate) narrow_voice: Option<bool>,
    /// What signalling said to it and is on its way.
    pub(crate) backlog: Backlog,
    /// In it is perhaps what it needs to open anything, so nothing is sent to it yet.
    pub(crate) has_to_arrive: bool,
    /// All that was said to it had arrived once since it is connected.
    pub(crate) has_begun: bool,
    /// What is forwarded of it is bounded.
    pub(crate) ceiling: Option<Ceiling>,
}

impl Peer {
    pub(crate) fn new(id: PeerId, can_publish: bool, now: Instant) -> Self {
        Self {
            id,
            can_publish,
            publishing: Publishing::default(),
            view: Vec::new(),
            connection: None,
            tracks: [None, None, None],
            audio: Vec::new(),
            video: Vec::new(),
            told: None,
            scheduled: None,
            next_tick: now,
            dirty: false,
            panic_next: false,
            narrow_voice: None,
            backlog: Backlog::None,
            has_to_arrive: false,
            has_begun: false,
            ceiling: None,
        }
    }

    /// When it wants to be looked at; `None` without a connection.
    pub(crate) fn due(&self) -> Option<Instant> {
        let connection = self.connection.as_ref()?;
        Some(connection.timeout().min(self.next_tick))
    }

    /// See [`Connection::is_urgent`].
    pub(crate) fn is_urgent(&self) -> bool {
        self.connection.as_ref().is_some_and(|c| c.is_urgent())
    }

    pub(crate) fn track(&self, kind: TrackKind) -> Option<&Track> {
        self.tracks[kind as usize].as_ref()
    }

    pub(crate) fn track_mut(&mut self, kind: TrackKind) -> Option<&mut Track> {
        self.tracks[kind as usize].as_mut()
    }

    pub(crate) fn publishes(&self, kind: TrackKind) -> bool {
        self.can_publish && self.publishing.includes(kind)
    }
}

/// A published microphone, camera or screen.
pub(crate) struct Track {
    pub(crate) mid: Mid,
    /// From low to high, as the rids were offered.
    pub(crate) layers: Vec<Layer>,
    pub(crate) subscribers: Vec<Subscriber>,
}

/// One of a track's simulcast layers; a track without simulcast has one, without rid.
pub(crate) struct Layer {
    pub(crate) rid: Option<Rid>,
    /// Changes whenever the numbering starts anew: another SSRC or another connection.
    pub(crate) epoch: u64,
    pub(crate) ssrc: Option<Ssrc>,
    pub(crate) highest_seq: u64,
    pub(crate) last_packet: Option<Instant>,
    pub(crate) meter: Meter,
    pub(crate) height: u16,
    pub(crate) gate: KeyframeGate,
    pub(crate) store: Store,
}

impl Layer {
    pub(crate) fn new(rid: Option<Rid>, height: u16) -> Self {
        Self {
            rid,
            epoch: 0,
            ssrc: None,
            highest_seq: 0,
            last_packet: None,
            meter: Meter::default(),
            height,
            gate: KeyframeGate::default(),
            store: Store::default(),
        }
    }

    pub(crate) fn is_live(&self, now: Instant) -> bool {
        self.last_packet
            .is_some_and(|last| now.saturating_duration_since(last) < SILENCE)
    }

    /// What it costs to forward this layer, in bits per second: measured, or by rule of thumb at
    /// first. A still picture may grow any moment, hence the floor; it is low enough that a narrow line
    /// (300 kbit/s) shows a still screen.
    pub(crate) fn cost(&mut self, now: Instant) -> u64 {
        let height = u64::from(self.height);
        let typical = (height * height * 3).clamp(100_000, 4_000_000);
        match self.meter.bitrate(now) {
            Some(measured) => measured.max(typical / 32),
            None => typical,
        }
    }
}

/// A receiver of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subscriber {
    pub(crate) peer: Key,
    /// Index of its audio or video slot.
    pub(crate) slot: usize,
}

/// A transceiver of a receiver, and what comes on it.
pub(crate) struct Slot {
    pub(crate) egress: Egress,
    pub(crate) source: Option<(SeatId, TrackKind)>,
    /// Epoch of the layer that is being forwarded.
    pub(crate) current: Option<u64>,
    /// Index of the layer it shall get; `None`: nothing.
    pub(crate) target: Option<usize>,
    /// It is paused: what is seen of it now and then.
    pub(crate) still: Option<Still>,
    flow: Flow,
}

impl Slot {
    pub(crate) fn new(egress: Egress) -> Self {
        Self {
            egress,
            source: None,
            current: None,
            target: None,
            still: None,
            flow: Flow::default(),
        }
    }

    pub(crate) fn assign(&mut self, source: Option<(SeatId, TrackKind)>) {
        self.source = source;
        (self.current, self.target, self.still) = (None, None, None);
        self.flow = Flow::default();
    }

    /// It shows a screen.
    pub(crate) fn is_screen(&self) -> bool {
        matches!(self.source, Some((_, TrackKind::Screen)))
    }

    /// Its picture fits in this layer, or in none; `None`: whether it does is not known, as something else is
    /// to pass first. `smallest` is the layer of its stills. Gives the layer it is to flow in now, if it is
    /// not paused.
    pub(crate) fn aim(
        &mut self,
        now: Instant,
        fits: Option<Option<usize>>,
        smallest: usize,
    ) -> Option<usize> {
        let seen = self.flow.lasts(now) >= SEEN || !self.is_screen();
        let flows = match fits {
            Some(fits) => self.flow.judge(now, fits.is_some()),
            None => {
                self.flow.interrupt();
                false
            }
        };
        let fits = fits.flatten();
        self.target = fits.filter(|_| flows);
        match (&mut self.still, flows) {
            (Some(still), false) => still.layer = smallest,
            (None, true) => {}
            (still, _) => {
                let shown = self.current.take().is_some() && seen;
                *still = (!flows).then(|| Still::new(now, smallest, shown));
            }
        }
        self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::Terms;

    #[test]
    fn a_screen_that_flowed_for_a_moment_only_is_as_good_as_never_seen_and_a_face_is_not() {
        let start = Instant::now();
        for (kind, lasts, seen) in [
            (TrackKind::Screen, SEEN / 2, false),
            (TrackKind::Screen, SEEN, true),
            (TrackKind::Camera, SEEN / 2, true),
        ] {
            let mut slot = Slot::new(Egress::new(Terms {
                mid: "0".into(),
                ssrc: 1,
                payload_type: 96,
                clock_rate: 90_000,
                resend: None,
                mid_id: None,
                transport_id: None,
            }));
            slot.assign(Some((SeatId(2), kind)));
            assert_eq!(slot.aim(start, Some(Some(0)), 0), Some(0));
            slot.current = Some(1);
            assert_eq!(slot.aim(start + lasts, Some(None), 0), None);
            let is_due = slot.still.is_some_and(|still| still.is_due(start + lasts));
            assert_eq!(is_due, !seen);
        }
    }
}
