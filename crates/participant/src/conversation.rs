//! What a participant says to the server and when: the conversation of `docs/protocol.md`.
//!
//! Owns where the participant is, who is at the table, which pictures to ask for. Without IO: a
//! message in, [`Act`]s out; takes `now`. Leaves media to [`crate::media`], and who is in the group
//! and who is let in to [`crate::sealing`].

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use protocol::{
    ClientMessage, ErrorCode, ErrorMessage, SeatId, ServerMessage,
    shape::{CallShape, SeatShape},
    types::{AudioSlot, Presence, SeatKind, SeatStatus, Source, Tile, VideoSlot},
};

use crate::{
    media::{Own, Shape},
    report::Stage,
};

/// The seat in focus changes this often. Shorter exercises layer switches more.
const FOCUS_PERIOD: Duration = Duration::from_secs(4);
/// Height of the tile in focus, and of all others: one for each layer.
const FOCUS_HEIGHT: u16 = 360;
const TILE_HEIGHT: u16 = 180;

/// What a participant is told to do; parts of [`crate::Options`].
#[derive(Debug, Clone, Copy)]
pub struct Behaviour {
    /// Send voice and pictures at all.
    pub publish: bool,
    /// Open the microphone at the table.
    pub microphone: bool,
    /// Turn the camera on at the table.
    pub camera: bool,
}

/// What to do because of a message or the time.
pub enum Act {
    /// Ask to be let in.
    Enter,
    /// Send to the server.
    Send(ClientMessage),
    /// Make a PeerConnection and offer it.
    Negotiate(Shape),
    /// The answer to an offer.
    Answer {
        /// Which offer.
        generation: u32,
        /// RFC 8866 text.
        sdp: String,
    },
    /// What arrives where.
    Slots(Vec<AudioSlot>, Vec<VideoSlot>),
    /// This seat's pictures are to be decoded whole.
    Focus(Option<SeatId>),
    /// The offer was refused: make another after a while.
    OfferRefused,
}

/// Who this participant is: as `welcome` said, and [`crate::sealing`] checked it against the grant.
pub struct Me {
    /// The call.
    pub call: CallShape,
    /// The seat.
    pub seat: SeatShape,
}

/// One participant's side of the conversation.
pub struct Conversation {
    behaviour: Behaviour,
    me: Option<Me>,
    stage: Stage,
    statuses: BTreeMap<SeatId, SeatStatus>,
    microphone: bool,
    camera: bool,
    cameras: Vec<SeatId>,
    focus: usize,
    next_focus: Option<Instant>,
}

impl Conversation {
    /// A conversation that has not begun.
    pub fn new(behaviour: Behaviour) -> Self {
        Self {
            behaviour,
            me: None,
            stage: Stage::Connecting,
            statuses: BTreeMap::new(),
            microphone: false,
            camera: false,
            cameras: Vec::new(),
            focus: 0,
            next_focus: None,
        }
    }

    /// Where this participant is.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Who it is, once welcomed.
    pub fn me(&self) -> Option<&Me> {
        self.me.as_ref()
    }

    /// Whether its microphone and its camera send now.
    pub fn publishes(&self) -> (bool, bool) {
        (self.microphone, self.camera)
    }

    /// When [`Self::handle_timeout`] has something to do.
    pub fn next_at(&self) -> Option<Instant> {
        self.next_focus
    }

    /// The connection broke: the next one begins with `welcome` again.
    pub fn handle_break(&mut self) {
        self.stage = Stage::Connecting;
    }

    /// The server said something.
    pub fn handle_message(&mut self, now: Instant, message: ServerMessage) -> Vec<Act> {
        match message {
            ServerMessage::Welcome { call, seat, .. } => {
                self.stage = Stage::GreenRoom;
                self.me = Some(Me { call, seat });
                vec![Act::Enter]
            }
            ServerMessage::Waiting { .. } => {
                self.stage = Stage::Waiting;
                Vec::new()
            }
            ServerMessage::Seated { statuses, .. } => self.sit_down(now, statuses),
            ServerMessage::Negotiate { audio, video } => self.negotiate(audio, video),
            ServerMessage::Answer { generation, sdp } => vec![Act::Answer { generation, sdp }],
            ServerMessage::Slots { audio, video } => vec![Act::Slots(audio, video)],
            ServerMessage::Changed { statuses } => {
                self.statuses
                    .extend(statuses.into_iter().map(|s| (s.seat, s)));
                self.look_again(now)
            }
            ServerMessage::MicrophoneClosed { .. } => {
                self.microphone = false;
                Vec::new()
            }
            ServerMessage::Error(error) => self.handle_error(&error),
            _ => Vec::new(),
        }
    }

    /// The time of [`Self::next_at`] has come: another seat is in focus.
    pub fn handle_timeout(&mut self, now: Instant) -> Vec<Act> {
        if self.next_focus.is_none_or(|at| now < at) {
            return Vec::new();
        }
        self.focus = self.focus.wrapping_add(1);
        self.view(now)
    }

    fn handle_error(&mut self, error: &ErrorMessage) -> Vec<Act> {
        tracing::debug!(code = ?error.code, "the server says no");
        match error.code {
            ErrorCode::Refused => self.stage = Stage::GreenRoom,
            ErrorCode::MicrophonesFull => self.microphone = false,
            ErrorCode::BadOffer => return vec![Act::OfferRefused],
            _ => {}
        }
        Vec::new()
    }

    fn sit_down(&mut self, now: Instant, statuses: Vec<SeatStatus>) -> Vec<Act> {
        self.stage = Stage::Seated;
        self.statuses = statuses.into_iter().map(|s| (s.seat, s)).collect();
        let may = self.behaviour.publish
            && self
                .me
                .as_ref()
                .is_some_and(|me| me.seat.kind != SeatKind::Observer);
        let video = self.own() == Own::All;
        self.microphone = may && self.behaviour.microphone;
        self.camera = may && self.behaviour.camera && video;
        let mut acts = Vec::new();
        if self.microphone {
            acts.push(Act::Send(ClientMessage::Microphone { open: true }));
        }
        if self.camera {
            acts.push(Act::Send(ClientMessage::Camera { on: true }));
        }
        self.cameras.clear();
        acts.extend(self.look_again(now));
        acts
    }

    fn own(&self) -> Own {
        self.me
            .as_ref()
            .map_or(Own::Nothing, |me| Own::of(me.call.format, me.seat.kind))
    }

    fn negotiate(&mut self, audio: u16, video: u16) -> Vec<Act> {
        vec![Act::Negotiate(Shape {
            audio,
            video,
            own: self.own(),
        })]
    }

    /// Asks for other pictures if other cameras are on than before.
    fn look_again(&mut self, now: Instant) -> Vec<Act> {
        let own = self.me.as_ref().map(|me| me.seat.id);
        let on =
            |s: &&SeatStatus| s.presence == Presence::Seated && s.camera && Some(s.seat) != own;
        let cameras: Vec<_> = self.statuses.values().filter(on).map(|s| s.seat).collect();
        if cameras == self.cameras || self.stage != Stage::Seated {
            return Vec::new();
        }
        if self.cameras.is_empty() {
            // Neighbours begin with different seats, so that they do not all ask one for a key frame.
            self.focus = own.map_or(0, |seat| usize::from(seat.0));
        }
        self.cameras = cameras;
        self.view(now)
    }

    fn view(&mut self, now: Instant) -> Vec<Act> {
        self.next_focus = (self.cameras.len() > 1).then_some(now + FOCUS_PERIOD);
        let focus = self
            .cameras
            .get(self.focus % self.cameras.len().max(1))
            .copied();
        let tile = |&seat: &SeatId| {
            let height = if Some(seat) == focus {
                FOCUS_HEIGHT
            } else {
                TILE_HEIGHT
            };
            Tile {
                seat,
                source: Source::Camera,
                height,
            }
        };
        let mut tiles: Vec<_> = self.cameras.iter().map(tile).collect();
        tiles.sort_by_key(|tile| Some(tile.seat) != focus);
        tiles.truncate(protocol::limits::TILES_MAX);
        vec![Act::Send(ClientMessage::View { tiles }), Act::Focus(focus)]
    }
}

#[cfg(test)]
mod tests;
