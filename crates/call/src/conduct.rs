//! Carries out what clients ask for, after the table was asked.

use protocol::{
    CircleId, ClientMessage, ErrorCode, ErrorMessage, Sealed, SeatId, ServerMessage, types::Tile,
};

use crate::{
    call::{Call, Session},
    output::{MediaCommand, Output, SessionId},
    permission::{Action, Denial},
    record::SeatRecord,
    seat::Place,
};

impl Call {
    /// One message of a live connection.
    pub(crate) fn conduct(
        &mut self,
        now: u64,
        session: SessionId,
        message: &ClientMessage,
    ) -> Result<(), Denial> {
        use ClientMessage as M;
        let seat = self.sessions[&session].seat;
        let check = |action, target| self.permit(action, session, target, now);
        match message {
            M::Hello { .. } => return Err(second_hello()),
            M::Enter { knock } => return self.enter(session, knock.as_ref(), now),
            M::Knock { circle, knock } => return self.knock(session, *circle, knock, now),
            M::Found { .. }
            | M::Commit { .. }
            | M::GroupWelcome { .. }
            | M::Kept { .. }
            | M::Passing { .. }
            | M::CatchUp { .. } => return self.relay(now, session, message),
            M::Checks { checks } => return self.check(session, checks, now),
            M::Mirror { up, down } => return self.mirror(session, up, down, now),
            // The connection's own; it has answered.
            M::Ping {} => {}
            M::Leave {} => {
                check(Action::Leave, None)?;
                self.leave(session, seat);
            }
            M::Microphone { open: true, circle } => {
                let situation = self.situation_in(*circle, session, now);
                self.ask(Action::OpenMicrophone, &situation)?;
                self.open_microphone(seat, *circle);
            }
            M::Camera { on: true } => {
                check(Action::StartCamera, None)?;
                self.set_camera(seat, true);
            }
            M::Screen { on: true } => {
                check(Action::ShareScreen, None)?;
                self.share_screen(seat);
            }
            M::Microphone { open: false, .. }
            | M::Camera { on: false }
            | M::Screen { on: false } => {
                check(Action::StopPublishing, None)?;
                self.stop_publishing(seat, message);
            }
            M::Mute { seat: target } => {
                check(Action::Mute, Some(*target))?;
                self.mute(*target, seat);
            }
            M::Admit { seat: target } => {
                check(Action::Admit, Some(*target))?;
                self.admit(*target, now);
            }
            M::Refuse { seat: target } => {
                check(Action::Refuse, Some(*target))?;
                self.refuse(*target);
            }
            M::Remove { seat: target } => {
                check(Action::Remove, Some(*target))?;
                self.remove(*target);
            }
            M::SetDoors { doors } => {
                check(Action::SetDoors, None)?;
                self.unsaved_call |= self.record.doors != *doors;
                self.record.doors = *doors;
            }
            M::GiveFloor { seat: Some(target) } => {
                check(Action::GiveFloor, Some(*target))?;
                self.set_floor(Some(*target));
            }
            M::GiveFloor { seat: None } => {
                check(Action::TakeFloorBack, None)?;
                self.set_floor(None);
            }
            M::Adjourn {} => {
                check(Action::Adjourn, None)?;
                self.adjourn(now);
            }
            M::Offer { generation, sdp } => {
                check(Action::Negotiate, None)?;
                let (generation, sdp) = (*generation, sdp.clone());
                self.outputs.push_back(Output::Media(MediaCommand::Offer {
                    seat,
                    generation,
                    sdp,
                }));
            }
            M::View { tiles } => {
                check(Action::Negotiate, None)?;
                let others = |tile: &&Tile| tile.seat != seat && self.has_seat(tile.seat);
                let tiles = tiles.iter().filter(others).copied().collect();
                self.outputs
                    .push_back(Output::Media(MediaCommand::View { seat, tiles }));
            }
        }
        Ok(())
    }

    fn enter(
        &mut self,
        session: SessionId,
        knock: Option<&Sealed>,
        now: u64,
    ) -> Result<(), Denial> {
        if self.permit(Action::TakeSeat, session, None, now).is_ok() {
            self.sit(session, now);
        } else {
            self.permit(Action::Wait, session, None, now)?;
            let Session {
                seat, waited_since, ..
            } = self.sessions[&session];
            self.antechamber
                .enter(seat, session, waited_since.unwrap_or(now));
        }
        if let Some(knock) = knock {
            self.keep_knock(session, CircleId::TABLE, knock, now);
        }
        Ok(())
    }

    fn leave(&mut self, session: SessionId, seat: SeatId) {
        if self.is_admitted(seat, &self.sessions[&session].holder) {
            let record = self.seat(seat).record.clone();
            self.rise(seat, Place::Absent);
            self.store(SeatRecord {
                admitted: false,
                holder: None,
                ..record
            });
        }
        self.close(session);
    }

    fn open_microphone(&mut self, seat: SeatId, circle: CircleId) {
        if self.microphones.speaks_to(seat) == Some(circle) {
            return;
        }
        let mut microphones = std::mem::take(&mut self.microphones);
        let gives_way = microphones.open(seat, circle, |open| self.is_privileged(open));
        self.microphones = microphones;
        self.publish(seat);
        if let Some(other) = gives_way {
            self.publish(other);
            if let Some(session) = self.seat(other).sitting() {
                self.send(session, ServerMessage::MicrophoneClosed { by: seat });
            }
        }
    }

    /// The seat may have muted itself meanwhile: then it is told nothing.
    fn mute(&mut self, seat: SeatId, by: SeatId) {
        if self.microphones.close(seat) {
            self.publish(seat);
            if let Some(session) = self.seat(seat).sitting() {
                self.send(session, ServerMessage::Muted { by });
            }
        }
    }

    fn set_camera(&mut self, seat: SeatId, on: bool) {
        if self.seat(seat).camera != on {
            self.seat_mut(seat).camera = on;
            self.publish(seat);
        }
    }

    fn share_screen(&mut self, seat: SeatId) {
        let before = self.screen.replace(seat);
        if before == Some(seat) {
            return;
        }
        self.publish(seat);
        if let Some(other) = before {
            self.publish(other);
        }
    }

    fn stop_publishing(&mut self, seat: SeatId, message: &ClientMessage) {
        match message {
            ClientMessage::Camera { .. } => self.set_camera(seat, false),
            ClientMessage::Screen { .. } if self.screen == Some(seat) => {
                self.screen = None;
                self.publish(seat);
            }
            ClientMessage::Microphone { .. } if self.microphones.close(seat) => self.publish(seat),
            _ => {}
        }
    }

    fn admit(&mut self, seat: SeatId, now: u64) {
        if let Some(session) = self.antechamber.who_waits_for(seat) {
            self.sit(session, now);
        }
    }

    fn refuse(&mut self, seat: SeatId) {
        if let Some(session) = self.antechamber.who_waits_for(seat) {
            let text = "A host did not admit you. Your link stays good: you may ask again.";
            let refused = ErrorMessage::fatal(ErrorCode::Refused, text);
            self.dismiss(session, ServerMessage::Error(refused));
        }
    }

    fn remove(&mut self, seat: SeatId) {
        self.rise(seat, Place::Removed);
        self.dismiss_all(seat, &ServerMessage::Removed {});
        let link = self.seat(seat).record.link;
        self.store(SeatRecord {
            link,
            removed: true,
            ..SeatRecord::new(seat)
        });
    }
}

fn second_hello() -> Denial {
    Denial {
        code: ErrorCode::OutOfOrder,
        text: "This connection said `hello` before: open another one for another seat.",
        fatal: false,
        seats: Vec::new(),
    }
}
