//! A mirror: before its seat is admitted a client measures the way to the media address, by a call of
//! its own with two seats and a random id. The first sends made-up bytes, the second gets back what
//! came: the same sockets, layers and estimates as at a table, and no table knows of it. When it may
//! begin and when it ends is `call`'s to say; how much comes back is bounded here.

use call::SessionId;
use protocol::{
    CallId, ErrorCode, ErrorMessage, Publishing, SeatId, ServerMessage, TrackKind,
    limits::MIRROR_BITS_PER_SECOND,
    types::{Source, Tile},
};
use tokio::sync::OwnedSemaphorePermit;

use super::{super::outbox::Written, Live};
use crate::{
    media::{MediaCommand, MediaEvent, PeerId},
    secrets,
};

/// Mirrors of all calls at a time. Each may cost the server [`MIRROR_BITS_PER_SECOND`] both ways.
pub(in crate::calls) const MIRRORS_MAX: usize = 32;
/// The seat that sends.
const UP: SeatId = SeatId(1);
/// The seat that gets it back.
const DOWN: SeatId = SeatId(2);
/// Pictures it gets back: what came as camera and as screen.
const PICTURES: u16 = 2;

/// One that runs.
pub(super) struct Mirror {
    session: SessionId,
    call: CallId,
    up: Option<String>,
    down: Option<String>,
    _place: OwnedSemaphorePermit,
}

impl Live {
    pub(super) fn begin_mirror(&mut self, session: SessionId, up: String, down: String) {
        let Ok(place) = self.mirror_places.clone().try_acquire_owned() else {
            let text = "The server measures the networks of many others now; try again in a while.";
            return self.refuse_mirror(session, ErrorMessage::new(ErrorCode::ServerFull, text));
        };
        let (join, events) = self.event_channel();
        let call = secrets::random_call_id();
        let mirror = Mirror {
            session,
            call,
            up: None,
            down: None,
            _place: place,
        };
        self.mirrors.insert(join, mirror);
        for (seat, video) in [(UP, 0), (DOWN, PICTURES)] {
            self.media.command(MediaCommand::Join {
                peer: PeerId { call, seat },
                audio: 0,
                video,
                can_publish: seat == UP,
                events: events.clone(),
            });
        }
        self.open_mirror(call);
        for (seat, sdp) in [(UP, up), (DOWN, down)] {
            self.media.command(MediaCommand::Offer {
                peer: PeerId { call, seat },
                generation: 1,
                sdp,
            });
        }
    }

    /// What the one sends the other is shown, up to the limit.
    fn open_mirror(&self, call: CallId) {
        let (up, down) = (PeerId { call, seat: UP }, PeerId { call, seat: DOWN });
        self.media.command(MediaCommand::Ceiling {
            peer: up,
            bits_per_second: MIRROR_BITS_PER_SECOND,
        });
        self.media.command(MediaCommand::Publish {
            peer: up,
            publishing: Publishing::to_everybody(&[TrackKind::Camera, TrackKind::Screen]),
        });
        let tile = |source| Tile {
            seat: UP,
            source,
            height: 720,
        };
        self.media.command(MediaCommand::View {
            peer: down,
            tiles: [Source::Camera, Source::Screen].map(tile).to_vec(),
        });
    }

    /// Takes what the media path says of a mirror; gives back what is of none.
    pub(super) fn mirror_event(&mut self, join: u64, event: MediaEvent) -> Option<MediaEvent> {
        let Some(mirror) = self.mirrors.get_mut(&join) else {
            return Some(event);
        };
        match event {
            MediaEvent::Answer { seat, sdp, .. } if seat == UP => mirror.up = Some(sdp),
            MediaEvent::Answer { sdp, .. } => mirror.down = Some(sdp),
            MediaEvent::OfferRefused { why, .. } => {
                let session = mirror.session;
                self.end_mirror(session);
                self.refuse_mirror(session, ErrorMessage::new(ErrorCode::BadOffer, why));
                return None;
            }
            MediaEvent::Slots { .. }
            | MediaEvent::Voice { .. }
            | MediaEvent::Connected { .. }
            | MediaEvent::Disconnected { .. } => return None,
        }
        if let (Some(up), Some(down)) = (&mirror.up, &mirror.down) {
            let (up, down) = (up.clone(), down.clone());
            let session = mirror.session;
            self.send(session, &Written::new(ServerMessage::Mirrored { up, down }));
        }
        None
    }

    pub(super) fn end_mirror(&mut self, session: SessionId) {
        let mirrors = std::mem::take(&mut self.mirrors);
        for (join, mirror) in mirrors {
            if mirror.session == session {
                self.close_mirror(&mirror);
            } else {
                self.mirrors.insert(join, mirror);
            }
        }
    }

    /// The call's task ends.
    pub(super) fn end_mirrors(&mut self) {
        for mirror in std::mem::take(&mut self.mirrors).into_values() {
            self.close_mirror(&mirror);
        }
    }

    fn close_mirror(&self, mirror: &Mirror) {
        let call = mirror.call;
        for seat in [UP, DOWN] {
            let peer = PeerId { call, seat };
            self.media.command(MediaCommand::Leave { peer });
        }
    }

    fn refuse_mirror(&self, session: SessionId, error: ErrorMessage) {
        let error = error.answering("mirror");
        self.send(session, &Written::new(ServerMessage::Error(error)));
    }
}
