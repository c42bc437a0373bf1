//! Gathers the facts a permission rests on, and asks the table.

use protocol::{ErrorCode, SeatId, SecretHash, types::SeatKind};

use crate::{
    call::Call,
    output::SessionId,
    permission::{
        Action, Belonging, Denial, MicrophoneRoom, Role, Situation, Standing, Target, permit,
    },
    seat::Place,
};

impl Call {
    /// Asks the table about a live connection.
    pub(crate) fn permit(
        &self,
        action: Action,
        session: SessionId,
        target: Option<SeatId>,
        now: u64,
    ) -> Result<(), Denial> {
        let seat = self.sessions[&session].seat;
        let target = target.filter(|&target| self.has_seat(target));
        let situation = Situation {
            target: target.map(|target| self.target(seat, target)),
            ..self.situation(session, now)
        };
        self.ask(action, &situation)
    }

    /// Asks the table, and says with a denial whom it is about.
    pub(crate) fn ask(&self, action: Action, situation: &Situation) -> Result<(), Denial> {
        permit(action, situation).map_err(|mut denial| {
            denial.seats = self.seats_concerned(denial.code, action);
            denial
        })
    }

    /// The facts about a live connection, wherever it is.
    pub(crate) fn situation(&self, session: SessionId, now: u64) -> Situation {
        let state = &self.sessions[&session];
        let seat = state.seat;
        let outside = self.situation_outside(seat, &state.holder, now);
        let standing = if self.seat(seat).sitting() == Some(session) {
            Standing::Seated
        } else if self.antechamber.who_waits_for(seat) == Some(session) {
            Standing::Waiting
        } else {
            outside.standing
        };
        Situation {
            standing,
            ..outside
        }
    }

    /// Asks the table about a machine that is in no room yet.
    pub(crate) fn permit_outside(
        &self,
        action: Action,
        seat: SeatId,
        holder: &SecretHash,
        now: u64,
    ) -> Result<(), Denial> {
        permit(action, &self.situation_outside(seat, holder, now))
    }

    /// The facts about a machine that neither waits nor sits.
    pub(crate) fn situation_outside(
        &self,
        seat: SeatId,
        holder: &SecretHash,
        now: u64,
    ) -> Situation {
        let standing = if self.seat(seat).place == Place::Removed {
            Standing::Removed
        } else if self.is_admitted(seat, holder) {
            Standing::Returning
        } else if self.antechamber.who_waits_for(seat).is_some() {
            Standing::Second
        } else if self.is_held(seat, now) {
            Standing::Rival
        } else {
            Standing::Newcomer
        };
        Situation {
            phase: self.phase(),
            doors: self.record.doors,
            format: self.shape.info.format,
            role: self.role(seat),
            standing,
            floor: self.record.floor == Some(seat),
            other_host: self.is_other_host_seated(seat),
            microphones: match self.microphones.is_open(seat) {
                true => MicrophoneRoom::Free, // it has one
                false => self.microphones.room(|open| self.is_privileged(open)),
            },
            screen_taken: self.screen.is_some_and(|sharer| sharer != seat),
            target: None,
            belonging: Belonging::Table,
            stale: false,
            hasty: false,
        }
    }

    fn role(&self, seat: SeatId) -> Role {
        let seat = self.planned(seat);
        match (seat.host, seat.kind) {
            (true, _) => Role::Host,
            (false, SeatKind::Observer) => Role::Observer,
            (false, _) => Role::Delegate,
        }
    }

    fn target(&self, actor: SeatId, seat: SeatId) -> Target {
        Target {
            own: actor == seat,
            observer: self.role(seat) == Role::Observer,
            presence: self.presence(seat),
            waiting: self.antechamber.who_waits_for(seat).is_some(),
        }
    }

    /// Whom a denial is about: those who have to act before it can be lifted.
    fn seats_concerned(&self, code: ErrorCode, action: Action) -> Vec<SeatId> {
        match (code, action) {
            (ErrorCode::MicrophonesFull, _) => self
                .microphones
                .first_to_mute(|seat| self.is_privileged(seat)),
            (ErrorCode::WrongState, Action::ShareScreen) => self.screen.into_iter().collect(),
            _ => Vec::new(),
        }
    }
}
