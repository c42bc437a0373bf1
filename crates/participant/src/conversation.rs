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
    CircleId, ClientMessage, ErrorCode, ErrorMessage, SeatId, ServerMessage,
    shape::{CallShape, SeatShape},
    types::{AudioSlot, Presence, SeatKind, SeatStatus, Source, Tile, VideoSlot},
};

use crate::{
    media::{Own, Shape},
    publisher::On,
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
    /// Share the screen at the table.
    pub screen: bool,
    /// Look at so many cameras at most.
    pub visible: usize,
}

/// What a participant is told to do at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Open or close the microphone.
    Microphone(bool),
    /// Speak to this circle from now on: the table at first.
    SpeakTo(CircleId),
    /// Turn the camera on or off.
    Camera(bool),
    /// Share the screen, or stop.
    Screen(bool),
    /// Let the tones sound, or be silent.
    Speak(bool),
    /// As a host: give the floor, or take it back.
    Floor(Option<SeatId>),
    /// As a host: end the call for everybody.
    Adjourn,
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
    /// Send the voice for bad lines, or the other one.
    Voice(bool),
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
    /// The circle whose members are to hear it.
    speaks_to: CircleId,
    camera: bool,
    screen: bool,
    cameras: Vec<SeatId>,
    screens: Vec<SeatId>,
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
            speaks_to: CircleId::TABLE,
            camera: false,
            screen: false,
            cameras: Vec::new(),
            screens: Vec::new(),
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

    /// What sends now.
    pub fn publishes(&self) -> On {
        On {
            microphone: self.microphone,
            camera: self.camera,
            screen: self.screen,
        }
    }

    /// Does what it is told; what it cannot do now it does when it sits down.
    pub fn control(&mut self, what: Control) -> Vec<Act> {
        let behaviour = &mut self.behaviour;
        let message = match what {
            Control::Microphone(open) => {
                behaviour.microphone = open;
                self.microphone_message()
            }
            Control::SpeakTo(circle) => {
                self.speaks_to = circle;
                if !behaviour.microphone {
                    return Vec::new();
                }
                self.microphone_message()
            }
            Control::Camera(on) => {
                behaviour.camera = on;
                ClientMessage::Camera { on }
            }
            Control::Screen(on) => {
                behaviour.screen = on;
                ClientMessage::Screen { on }
            }
            Control::Speak(_) => return Vec::new(),
            Control::Floor(seat) => ClientMessage::GiveFloor { seat },
            Control::Adjourn => ClientMessage::Adjourn {},
        };
        if self.stage != Stage::Seated {
            return Vec::new();
        }
        self.set_publishing();
        vec![Act::Send(message)]
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
            ServerMessage::Voice { narrow } => vec![Act::Voice(narrow)],
            ServerMessage::Changed { statuses } => {
                self.statuses
                    .extend(statuses.into_iter().map(|s| (s.seat, s)));
                self.look_again(now)
            }
            ServerMessage::MicrophoneClosed { .. } | ServerMessage::Muted { .. } => {
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
            ErrorCode::WrongState if error.in_reply_to.as_deref() == Some("screen") => {
                self.screen = false;
            }
            ErrorCode::BadOffer => return vec![Act::OfferRefused],
            ErrorCode::TooFast if error.in_reply_to.as_deref() == Some("offer") => {
                return vec![Act::OfferRefused];
            }
            _ => {}
        }
        Vec::new()
    }

    fn sit_down(&mut self, now: Instant, statuses: Vec<SeatStatus>) -> Vec<Act> {
        self.stage = Stage::Seated;
        self.statuses = statuses.into_iter().map(|s| (s.seat, s)).collect();
        self.set_publishing();
        let mut acts = Vec::new();
        if self.microphone {
            acts.push(Act::Send(self.microphone_message()));
        }
        if self.camera {
            acts.push(Act::Send(ClientMessage::Camera { on: true }));
        }
        if self.screen {
            acts.push(Act::Send(ClientMessage::Screen { on: true }));
        }
        self.cameras.clear();
        self.screens.clear();
        acts.extend(self.look_again(now));
        acts
    }

    fn microphone_message(&self) -> ClientMessage {
        ClientMessage::Microphone {
            open: self.behaviour.microphone,
            circle: self.speaks_to,
        }
    }

    fn set_publishing(&mut self) {
        let observes = |me: &Me| me.seat.kind == SeatKind::Observer;
        let may = self.behaviour.publish && !self.me.as_ref().is_none_or(observes);
        let video = self.own() == Own::All;
        self.microphone = may && self.behaviour.microphone;
        self.camera = may && self.behaviour.camera && video;
        self.screen = may && self.behaviour.screen && video;
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

    /// Asks for other pictures if other cameras or screens are on than before.
    fn look_again(&mut self, now: Instant) -> Vec<Act> {
        let own = self.me.as_ref().map(|me| me.seat.id);
        let of = |on: fn(&SeatStatus) -> bool| -> Vec<SeatId> {
            let there = |s: &&SeatStatus| s.presence == Presence::Seated && Some(s.seat) != own;
            let others = self.statuses.values().filter(there);
            others.filter(|s| on(s)).map(|s| s.seat).collect()
        };
        let (mut cameras, screens) = (of(|s| s.camera), of(|s| s.screen));
        if cameras.len() > self.behaviour.visible {
            // Each looks at those after itself, so that all are looked at by somebody.
            let after = cameras.partition_point(|&seat| Some(seat) < own);
            cameras.rotate_left(after);
            cameras.truncate(self.behaviour.visible);
        }
        if (&cameras, &screens) == (&self.cameras, &self.screens) || self.stage != Stage::Seated {
            return Vec::new();
        }
        if self.cameras.is_empty() {
            // Neighbours begin with different seats, so that they do not all ask one for a key frame.
            self.focus = own.map_or(0, |seat| usize::from(seat.0));
        }
        (self.cameras, self.screens) = (cameras, screens);
        self.view(now)
    }

    fn view(&mut self, now: Instant) -> Vec<Act> {
        self.next_focus = (self.cameras.len() > 1).then_some(now + FOCUS_PERIOD);
        let focus = self
            .cameras
            .get(self.focus % self.cameras.len().max(1))
            .copied();
        let camera = |&seat: &SeatId| {
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
        let screen = |&seat: &SeatId| Tile {
            seat,
            source: Source::Screen,
            height: FOCUS_HEIGHT,
        };
        let mut tiles: Vec<_> = self.cameras.iter().map(camera).collect();
        tiles.sort_by_key(|tile| Some(tile.seat) != focus);
        tiles.splice(0..0, self.screens.iter().map(screen));
        tiles.truncate(protocol::limits::TILES_MAX);
        vec![Act::Send(ClientMessage::View { tiles }), Act::Focus(focus)]
    }
}

#[cfg(test)]
mod tests;
