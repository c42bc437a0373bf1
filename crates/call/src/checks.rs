//! Go / no-go: what each client checked of itself, kept for the hosts as long as its connection lives,
//! and the mirror it measures its network with. What a figure means only its readers judge; what goes
//! through a mirror is the media path's. Nothing here is stored.

use std::sync::Arc;

use protocol::{
    SeatId, ServerMessage,
    checks::{Checks, SeatChecks},
    limits::{MIRROR_INTERVAL_MS, MIRROR_MS},
};

use crate::{
    call::Call,
    output::{MediaCommand, Output, SessionId},
    permission::{self, Action, Denial, Situation},
    relay::PACE_MS,
};

/// The go / no-go of one connection.
#[derive(Clone, Default)]
pub(crate) struct Own {
    checks: Option<Arc<Checks>>,
    checked_at: Option<u64>,
    /// It has a mirror, until then.
    mirror_until: Option<u64>,
}

impl Call {
    /// A client says what it found out.
    pub(crate) fn check(
        &mut self,
        session: SessionId,
        checks: &Checks,
        now: u64,
    ) -> Result<(), Denial> {
        let last = self.sessions[&session].own.checked_at;
        let situation = Situation {
            hasty: last.is_some_and(|at| now.abs_diff(at) < PACE_MS),
            ..self.situation(session, now)
        };
        permission::permit(Action::Check, &situation)?;
        if let Some(state) = self.sessions.get_mut(&session) {
            state.own.checks = Some(Arc::new(checks.clone()));
            state.own.checked_at = Some(now);
        }
        Ok(())
    }

    /// A client asks for a mirror. Its seat has one at a time, whatever the number of its connections.
    pub(crate) fn mirror(
        &mut self,
        session: SessionId,
        up: &str,
        down: &str,
        now: u64,
    ) -> Result<(), Denial> {
        let seat = self.sessions[&session].seat;
        let last = self.seat(seat).mirrored_at;
        let situation = Situation {
            hasty: last.is_some_and(|at| now.abs_diff(at) < MIRROR_INTERVAL_MS),
            ..self.situation(session, now)
        };
        permission::permit(Action::Mirror, &situation)?;
        // Only a clock that was set lets one still run.
        self.end_mirrors(|_, of| of == seat);
        self.seat_mut(seat).mirrored_at = Some(now);
        if let Some(state) = self.sessions.get_mut(&session) {
            state.own.mirror_until = Some(now.saturating_add(MIRROR_MS));
        }
        let (up, down) = (up.to_owned(), down.to_owned());
        let command = MediaCommand::Mirror { session, up, down };
        self.outputs.push_back(Output::Media(command));
        Ok(())
    }

    /// A connection sits down, or goes.
    pub(crate) fn end_mirror(&mut self, session: SessionId) {
        let state = self.sessions.get_mut(&session);
        if state.is_some_and(|state| state.own.mirror_until.take().is_some()) {
            let command = MediaCommand::EndMirror { session };
            self.outputs.push_back(Output::Media(command));
        }
    }

    /// Ends those whose time is over.
    pub(crate) fn expire_mirrors(&mut self, now: u64) {
        self.end_mirrors(|until, _| until <= now);
    }

    /// When the next mirror is to end.
    pub(crate) fn mirror_due(&self) -> Option<u64> {
        let mirrors = self.sessions.values().filter_map(|s| s.own.mirror_until);
        mirrors.min()
    }

    fn end_mirrors(&mut self, which: impl Fn(u64, SeatId) -> bool) {
        let ending = |(&id, s): (&SessionId, &crate::call::Session)| {
            let until = s.own.mirror_until?;
            which(until, s.seat).then_some(id)
        };
        for session in self.sessions.iter().filter_map(ending).collect::<Vec<_>>() {
            self.end_mirror(session);
        }
    }

    /// By seat, in the order of the plan: what the connection said that is furthest in, of several in
    /// the green room the newest.
    pub(crate) fn checks(&self) -> Vec<Option<Arc<Checks>>> {
        let mut best = vec![(0, None); self.seats.len()];
        for (&id, state) in &self.sessions {
            let sits = self.seat(state.seat).sitting() == Some(id);
            let waits = self.antechamber.who_waits_for(state.seat) == Some(id);
            let rank = match (sits, waits) {
                (true, _) => 3,
                (false, true) => 2,
                (false, false) => 1,
            };
            let place = &mut best[usize::from(state.seat.0) - 1];
            if rank >= place.0 {
                *place = (rank, state.own.checks.clone());
            }
        }
        best.into_iter().map(|(_, checks)| checks).collect()
    }

    /// Hosts, and nobody else, are told.
    pub(crate) fn may_see_checks(&self, session: SessionId, now: u64) -> bool {
        self.permit(Action::SeeChecks, session, None, now).is_ok()
    }
}

/// What is there of `now` that is not of `before`; nothing if they are the same.
pub(crate) fn news(
    before: &[Option<Arc<Checks>>],
    now: &[Option<Arc<Checks>>],
) -> Option<ServerMessage> {
    let of = |(at, seat): (usize, u16)| {
        let (old, new) = (before.get(at).cloned().flatten(), now[at].clone());
        let checks = new.as_deref().cloned();
        let seat = SeatId(seat);
        (old != new).then_some(SeatChecks { seat, checks })
    };
    let seats: Vec<_> = (0..now.len()).zip(1u16..).filter_map(of).collect();
    (!seats.is_empty()).then_some(ServerMessage::Checked { seats })
}
