//! What holds after every input: panics if it does not.

use std::collections::{BTreeMap, BTreeSet};

use call::{Call, Change, MediaCommand, Output, SessionId};
use protocol::{
    ServerMessage,
    limits::OPEN_MICROPHONES_MAX,
    types::{Presence, SeatKind},
};

use super::{Table, holder, is_host};

impl Table {
    pub(super) fn drain(&mut self) {
        let mut persisting = true;
        while let Some(output) = self.call.poll_output() {
            persisting &= matches!(output, Output::Persist(_));
            match output {
                Output::Persist(change) => {
                    assert!(
                        persisting,
                        "a row to store came after something that rests on it"
                    );
                    match change {
                        Change::Call(row) => {
                            self.ledger.store_call(&row);
                            self.stored_call = row;
                        }
                        Change::Seat(row) => drop(self.stored_seats.insert(row.seat, row)),
                        other => self.ledger.store(other),
                    }
                }
                Output::Send { session, message } => self.receive(session, message),
                Output::Close { session } => {
                    assert!(self.open.remove(&session), "closed twice, or never opened");
                    self.closed.insert(session);
                    self.forget(session);
                }
                Output::Media(command) => self.command(command),
            }
        }
        self.check();
    }

    fn receive(&mut self, session: SessionId, message: ServerMessage) {
        assert!(
            !self.closed.contains(&session),
            "{message:?} sent to a closed connection"
        );
        assert!(
            self.open.contains(&session),
            "{message:?} sent to one that is gone"
        );
        let is_seated = self.seated.contains_key(&session);
        let (seat, room) = (self.sessions[&session].0, self.room(session));
        self.ledger.receive(session, seat, room, &message);
        match &message {
            ServerMessage::Seated { statuses, .. } => {
                assert!(!is_seated, "seated twice");
                self.let_in(session);
                self.seated.insert(session, statuses.clone());
            }
            ServerMessage::Changed { statuses } => {
                assert!(is_seated, "`changed` sent to one who is not at the table");
                let known = self.seated.get_mut(&session).unwrap();
                for status in statuses {
                    known[usize::from(status.seat.0) - 1] = *status;
                }
            }
            ServerMessage::DoorsChanged { .. }
            | ServerMessage::FloorChanged { .. }
            | ServerMessage::Negotiate { .. }
            | ServerMessage::SeatClaimed {}
            | ServerMessage::MicrophoneClosed { .. }
            | ServerMessage::Muted { .. } => assert!(is_seated, "{message:?}"),
            ServerMessage::Antechamber { .. } => {
                let host = is_host(self.sessions[&session].0);
                assert!(
                    is_seated && host,
                    "only hosts at the table see the antechamber"
                );
            }
            ServerMessage::Checked { seats } => {
                let host = is_host(self.sessions[&session].0);
                assert!(is_seated && host, "only hosts at the table see checks");
                assert!(!seats.is_empty());
            }
            ServerMessage::Waiting { .. } => {
                assert!(!is_seated, "waiting at the table");
                self.waiting.insert(self.sessions[&session].0, session);
            }
            ServerMessage::Error(error) => {
                assert!(
                    error.text.ends_with('.') && error.text.len() > 20,
                    "{}",
                    error.text
                );
                assert!(error.fatal || error.in_reply_to.is_some(), "{}", error.text);
            }
            _ => {}
        }
        self.inbox.entry(session).or_default().push(message);
    }

    fn let_in(&mut self, session: SessionId) {
        let (seat, machine) = self.sessions[&session];
        let admitted =
            self.admitted.get(&seat) == Some(&machine) || self.admitting == Some((seat, machine));
        assert!(
            is_host(seat) || admitted,
            "seat {seat} sat down without an admission"
        );
        self.waiting.retain(|_, waiting| *waiting != session);
        self.admitted.insert(seat, machine);
    }

    fn command(&mut self, command: MediaCommand) {
        match &command {
            MediaCommand::Join { seat, .. } => assert!(self.joined.insert(*seat), "joined twice"),
            MediaCommand::Leave { seat } => assert!(self.joined.remove(seat), "left twice"),
            MediaCommand::Offer { seat, .. }
            | MediaCommand::View { seat, .. }
            | MediaCommand::Publish { seat, .. } => {
                assert!(self.joined.contains(seat), "{command:?} without a join");
            }
            MediaCommand::Mirror { session, .. } => {
                assert!(self.open.contains(session) && !self.seated.contains_key(session));
                let seat = self.sessions[session].0;
                let until = self.now + protocol::limits::MIRROR_MS;
                assert!(
                    self.mirrors.insert(*session, (seat, until)).is_none(),
                    "a second mirror"
                );
            }
            MediaCommand::EndMirror { session } => {
                assert!(self.mirrors.remove(session).is_some(), "ended twice");
            }
        }
        self.media.push(command);
    }

    /// What holds between any two inputs.
    fn check(&mut self) {
        let detail = self.call.detail();
        let seated: BTreeSet<_> = self.seated.keys().map(|s| self.sessions[s].0).collect();
        assert_eq!(
            seated.len(),
            self.seated.len(),
            "two connections sit on one seat"
        );
        assert_eq!(seated, self.joined, "the media path and the table disagree");
        for status in &detail.statuses {
            let sits = seated.contains(&status.seat);
            assert_eq!(
                status.presence == Presence::Seated,
                sits,
                "seat {}",
                status.seat
            );
            let publishes = status.microphone || status.camera || status.screen;
            assert!(
                sits || !publishes,
                "seat {} publishes and is not there",
                status.seat
            );
            let observer = detail.seats[usize::from(status.seat.0) - 1].kind == SeatKind::Observer;
            assert!(!(observer && publishes), "an observer publishes");
        }
        for known in self.seated.values() {
            assert_eq!(
                known, &detail.statuses,
                "a seat's view of the table is out of date"
            );
        }
        let mirrored: BTreeSet<_> = self.mirrors.values().map(|(seat, _)| seat).collect();
        assert_eq!(mirrored.len(), self.mirrors.len(), "two mirrors of a seat");
        for (session, (_, until)) in &self.mirrors {
            assert!(self.open.contains(session), "a mirror of nobody");
            assert!(!self.seated.contains_key(session), "a mirror at the table");
            assert!(self.now <= *until, "a mirror that stays");
        }
        assert!(self.microphones().len() <= OPEN_MICROPHONES_MAX);
        assert!(detail.statuses.iter().filter(|s| s.screen).count() <= 1);
        let open = self.open.iter().map(|&session| {
            let seat = self.sessions[&session].0;
            (session, (seat, self.room(session)))
        });
        self.ledger.check(&open.collect());
        self.check_restart();
    }

    /// A process that restarted now would let the same machines come back.
    fn check_restart(&self) {
        let restored = Call::restore(self.stored(), self.now);
        let (live, stored) = (self.call.detail(), restored.detail());
        assert!(live.links == stored.links && live.doors == stored.doors);
        assert_eq!(live.plan, stored.plan);
        assert_eq!(live.plan.is_none(), self.call.is_adjourned());
        assert_eq!(live.summary.phase, stored.summary.phase);
        for (a, b) in live.statuses.iter().zip(&stored.statuses) {
            assert_eq!(
                a.presence == Presence::Removed,
                b.presence == Presence::Removed
            );
            let here = matches!(a.presence, Presence::Seated | Presence::Lost);
            assert!(
                !here || b.presence == Presence::Lost,
                "seat {} is forgotten",
                a.seat
            );
        }
        if self.call.is_adjourned() {
            return;
        }
        let stored: BTreeMap<_, _> = self
            .stored_seats
            .values()
            .filter(|r| r.admitted)
            .map(|r| (r.seat, r.holder.clone()))
            .collect();
        let known: BTreeMap<_, _> = self
            .admitted
            .iter()
            .map(|(&seat, &machine)| (seat, Some(holder(machine))))
            .collect();
        assert_eq!(stored, known, "stored admissions");
    }
}
