//! Sitting down, rising and going, whatever the reason; and the facts about seats these rest on.

use protocol::{
    Audience, CircleId, ErrorCode, ErrorMessage, Publishing, SeatId, SecretHash, ServerMessage,
    TrackKind, shape::SeatShape, types::Format,
};

use crate::{
    call::Call,
    output::{MediaCommand, Output, SessionId},
    permission::{self, Action},
    record::SeatRecord,
    seat::{HANDOVER_MS, Place, SeatState},
};

impl Call {
    /// Seats a connection that may sit down, in place of whoever held the seat.
    pub(crate) fn sit(&mut self, session: SessionId, now: u64) {
        let Some(state) = self.sessions.get(&session) else {
            return;
        };
        let (seat, holder) = (state.seat, state.holder.clone());
        self.end_mirror(session);
        self.antechamber.leave(session);
        if let Some(old) = self.seat(seat).sitting() {
            self.rise(seat, Place::Lost { since: now });
            let text = "This seat was moved to another machine. If that was not you, tell a host.";
            let moved = ErrorMessage::fatal(ErrorCode::SeatMoved, text);
            self.dismiss(old, ServerMessage::Error(moved));
        }
        let record = self.seat(seat).record.clone();
        self.store(SeatRecord {
            admitted: true,
            holder: Some(holder),
            ..record
        });
        self.seat_mut(seat).place = Place::Seated(session);
        self.renew_knock(session);
        if self.record.opened_at.is_none() {
            self.record.opened_at = Some(self.time_of_day(now));
            self.unsaved_call = true;
        }
        let (audio, video) = self.transceivers();
        self.outputs
            .push_back(Output::Media(MediaCommand::Join { seat, audio, video }));
        self.publish(seat);
    }

    /// Takes a seat from the table, or from its grace, to another place. It stops publishing; it keeps
    /// the floor only while lost.
    pub(crate) fn rise(&mut self, seat: SeatId, to: Place) {
        if self.seat(seat).sitting().is_some() {
            self.microphones.close(seat);
            self.screen = self.screen.filter(|&sharer| sharer != seat);
            self.seat_mut(seat).camera = false;
            self.outputs
                .push_back(Output::Media(MediaCommand::Leave { seat }));
        }
        self.seat_mut(seat).place = to;
        if self.record.floor == Some(seat) && !matches!(to, Place::Lost { .. }) {
            self.set_floor(None);
        }
    }

    /// Waiting machines that need nobody's word any more sit down: a host's newcomer once its seat is
    /// free, or once it was lost for long enough with no other host there to decide.
    pub(crate) fn seat_heirs(&mut self, now: u64) {
        for (session, seat) in self.antechamber.sessions() {
            let Some(holder) = self.sessions.get(&session).map(|s| s.holder.clone()) else {
                continue;
            };
            // As if it had not entered yet: its own waiting must not stand in its way.
            let standing = match self.is_held(seat, now) {
                true => permission::Standing::Rival,
                false => permission::Standing::Newcomer,
            };
            let situation = permission::Situation {
                standing,
                ..self.situation_outside(seat, &holder, now)
            };
            if permission::permit(Action::TakeSeat, &situation).is_ok() {
                self.sit(session, now);
            }
        }
    }

    /// Stores a seat's row if it is not stored like this already.
    pub(crate) fn store(&mut self, record: SeatRecord) {
        let seat = record.seat;
        if self.seat(seat).record != record {
            self.seat_mut(seat).record = record;
            self.unsaved_seats.insert(seat);
        }
    }

    pub(crate) fn set_floor(&mut self, floor: Option<SeatId>) {
        if self.record.floor != floor {
            self.record.floor = floor;
            self.unsaved_call = true;
        }
    }

    /// Says to the media path what may be forwarded from a seat, and to whom: pictures to the table, the voice to
    /// the circle it speaks to.
    pub(crate) fn publish(&mut self, seat: SeatId) {
        let voice = match self.microphones.speaks_to(seat) {
            None => Audience::Nobody,
            Some(CircleId::TABLE) => Audience::Everybody,
            Some(circle) => Audience::Seats(self.seats_in(circle).collect()),
        };
        let picture = Audience::everybody_if;
        let publishing = Publishing::default()
            .with(TrackKind::Microphone, voice)
            .with(TrackKind::Camera, picture(self.seat(seat).camera))
            .with(TrackKind::Screen, picture(self.screen == Some(seat)));
        let publish = MediaCommand::Publish { seat, publishing };
        self.outputs.push_back(Output::Media(publish));
    }

    /// The call is over for everybody.
    pub(crate) fn adjourn(&mut self, now: u64) {
        self.record.adjourned_at = Some(self.time_of_day(now));
        self.unsaved_call = true;
        self.forget_sealed();
        for seat in self.seats.iter().map(|s| s.record.seat).collect::<Vec<_>>() {
            if self.seat(seat).place != Place::Removed {
                self.rise(seat, Place::Absent);
            }
        }
        for session in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.dismiss(session, ServerMessage::Adjourned {});
        }
    }

    /// Sends a last message and closes.
    pub(crate) fn dismiss(&mut self, session: SessionId, message: ServerMessage) {
        self.send(session, message);
        self.close(session);
    }

    /// Dismisses every connection of a seat, wherever it is.
    pub(crate) fn dismiss_all(&mut self, seat: SeatId, message: &ServerMessage) {
        let of_seat = self
            .sessions
            .iter()
            .filter(|(_, s)| s.seat == seat)
            .map(|(&id, _)| id);
        for session in of_seat.collect::<Vec<_>>() {
            self.dismiss(session, message.clone());
        }
    }

    /// Closes a connection that no longer sits.
    pub(crate) fn close(&mut self, session: SessionId) {
        self.antechamber.leave(session);
        self.end_mirror(session);
        if self.sessions.remove(&session).is_some() {
            self.forget_in_circles(session);
            self.outputs.push_back(Output::Close { session });
        }
    }

    pub(crate) fn send(&mut self, session: SessionId, message: ServerMessage) {
        self.outputs.push_back(Output::Send { session, message });
    }

    pub(crate) fn has_seat(&self, seat: SeatId) -> bool {
        (1..=self.seats.len()).contains(&usize::from(seat.0))
    }

    /// Seats in this crate come from the plan, or were checked with `has_seat`.
    pub(crate) fn seat(&self, seat: SeatId) -> &SeatState {
        &self.seats[usize::from(seat.0) - 1]
    }

    pub(crate) fn seat_mut(&mut self, seat: SeatId) -> &mut SeatState {
        &mut self.seats[usize::from(seat.0) - 1]
    }

    pub(crate) fn planned(&self, seat: SeatId) -> &SeatShape {
        &self.shape.seats[usize::from(seat.0) - 1]
    }

    pub(crate) fn is_host(&self, seat: SeatId) -> bool {
        self.planned(seat).host
    }

    /// Those whom a full call makes room for.
    pub(crate) fn is_privileged(&self, seat: SeatId) -> bool {
        self.is_host(seat) || self.record.floor == Some(seat)
    }

    /// This machine was let in on this seat and has not left.
    pub(crate) fn is_admitted(&self, seat: SeatId, holder: &SecretHash) -> bool {
        let record = &self.seat(seat).record;
        record.admitted && record.holder.as_ref() == Some(holder)
    }

    pub(crate) fn is_other_host_seated(&self, seat: SeatId) -> bool {
        let sits = |s: &SeatState| s.record.seat != seat && s.sitting().is_some();
        self.seats
            .iter()
            .any(|s| sits(s) && self.is_host(s.record.seat))
    }

    pub(crate) fn is_sole_host(&self, seat: SeatId) -> bool {
        self.is_host(seat) && !self.is_other_host_seated(seat)
    }

    /// A machine has this seat, and another one needs a host's word to get it.
    pub(crate) fn is_held(&self, seat: SeatId, now: u64) -> bool {
        match self.seat(seat).place {
            Place::Seated(_) => true,
            Place::Lost { .. } => self.handover_at(seat).is_none_or(|at| now < at),
            Place::Absent | Place::Removed => false,
        }
    }

    /// When a lost seat is free for another machine with its link: a host's, with no other host at the
    /// table to ask.
    pub(crate) fn handover_at(&self, seat: SeatId) -> Option<u64> {
        let Place::Lost { since } = self.seat(seat).place else {
            return None;
        };
        self.is_sole_host(seat)
            .then(|| since.saturating_add(HANDOVER_MS))
    }

    /// Voices and pictures a seat can receive at one time. One picture more than other seats: a screen.
    pub(crate) fn transceivers(&self) -> (u16, u16) {
        let others = u16::try_from(self.seats.len() - 1).unwrap_or(u16::MAX);
        let video = match self.shape.info.format {
            Format::Voice => 0,
            Format::Video => others.min(protocol::limits::TILES_MAX as u16 - 1) + 1,
        };
        (
            others.min(protocol::limits::OPEN_MICROPHONES_MAX as u16),
            video,
        )
    }
}
