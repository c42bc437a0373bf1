//! Between a call and the media path: commands one way, events the other.
//!
//! Events find the connection that sits on their seat now; those meant for one that sat there before
//! are dropped.

use call::SessionId;
use protocol::{ErrorCode, ErrorMessage, SeatId, ServerMessage, types::SeatKind};
use sfu::Backlog;
use tokio::sync::mpsc;

use super::{super::outbox::Written, Live};
use crate::media::{self, MediaEvent, PeerId};

/// Media events of one seat waiting for the task.
const SEAT_EVENTS_MAX: usize = 32;

impl Live {
    pub(super) fn command(&mut self, command: call::MediaCommand) {
        use call::MediaCommand as C;
        use media::MediaCommand as M;
        let call = self.id;
        let peer = move |seat| PeerId { call, seat };
        let command = match command {
            C::Join { seat, audio, video } => {
                let can_publish = self
                    .call
                    .shape()
                    .seats
                    .iter()
                    .any(|s| s.id == seat && s.kind != SeatKind::Observer);
                let events = self.join(seat);
                M::Join {
                    peer: peer(seat),
                    audio,
                    video,
                    can_publish,
                    events,
                }
            }
            C::Offer {
                seat,
                generation,
                sdp,
            } => M::Offer {
                peer: peer(seat),
                generation,
                sdp,
            },
            C::View { seat, tiles } => M::View {
                peer: peer(seat),
                tiles,
            },
            C::Publish { seat, publishing } => M::Publish {
                peer: peer(seat),
                publishing,
            },
            C::Leave { seat } => M::Leave { peer: peer(seat) },
            C::Mirror { session, up, down } => return self.begin_mirror(session, up, down),
            C::EndMirror { session } => return self.end_mirror(session),
        };
        self.media.command(command);
    }

    /// What was said to a connection has not reached it yet, or has.
    pub(super) fn note_backlog(&mut self, session: SessionId, backlog: Backlog) {
        if !self.sessions.contains_key(&session) {
            return; // it is gone
        }
        self.backlogs.insert(session, backlog);
        let sits = self.sitting.iter().find(|(_, sits)| **sits == session);
        if let Some((&seat, _)) = sits {
            self.tell_backlog(seat);
        }
    }

    pub(super) fn tell_backlog(&self, seat: SeatId) {
        let call = self.id;
        let session = self.sitting.get(&seat);
        let backlog = session.and_then(|session| self.backlogs.get(session));
        self.media.command(media::MediaCommand::Backlog {
            peer: PeerId { call, seat },
            backlog: backlog.copied().unwrap_or_default(),
        });
    }

    /// A channel for one stay of a seat at the table. The connection that sits there later must not
    /// get what was meant for the one before.
    fn join(&mut self, seat: SeatId) -> mpsc::Sender<MediaEvent> {
        let (join, sender) = self.event_channel();
        self.joined.insert(seat, join);
        sender
    }

    /// The number of a joining, and where the media path says what becomes of it.
    pub(super) fn event_channel(&mut self) -> (u64, mpsc::Sender<MediaEvent>) {
        self.joins += 1;
        let (sender, mut receiver) = mpsc::channel(SEAT_EVENTS_MAX);
        let (join, events) = (self.joins, self.events.clone());
        tokio::spawn(async move {
            while let Some(event) = receiver.recv().await {
                if events.send((join, event)).await.is_err() {
                    break;
                }
            }
        });
        (join, sender)
    }

    pub(super) fn media_event(&mut self, join: u64, event: MediaEvent) {
        let Some(event) = self.mirror_event(join, event) else {
            return;
        };
        let (seat, message) = match event {
            MediaEvent::Answer {
                seat,
                generation,
                sdp,
            } => (seat, ServerMessage::Answer { generation, sdp }),
            MediaEvent::OfferRefused {
                seat,
                generation: _,
                why,
            } => {
                let error = ErrorMessage::new(ErrorCode::BadOffer, why).answering("offer");
                (seat, ServerMessage::Error(error))
            }
            MediaEvent::Slots { seat, audio, video } => {
                (seat, ServerMessage::Slots { audio, video })
            }
            MediaEvent::Voice { seat, narrow } => (seat, ServerMessage::Voice { narrow }),
            MediaEvent::Connected { seat } => {
                return tracing::debug!(call = ?self.id, %seat, "media connected");
            }
            MediaEvent::Disconnected { seat } => {
                return tracing::debug!(call = ?self.id, %seat, "media lost");
            }
        };
        if self.joined.get(&seat) == Some(&join)
            && let Some(session) = self.sitting.get(&seat)
        {
            self.send(*session, &Written::new(message));
        }
    }

    /// The task ends: the media path forgets whoever is left.
    pub(super) fn leave_all(&mut self) {
        self.end_mirrors();
        for (_, outbox) in std::mem::take(&mut self.sessions).into_values() {
            outbox.close();
        }
        for seat in self.call.shape().seats.iter().map(|seat| seat.id) {
            self.media.command(media::MediaCommand::Leave {
                peer: PeerId {
                    call: self.id,
                    seat,
                },
            });
        }
    }
}
