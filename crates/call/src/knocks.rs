//! Knocks: sealed requests for a place in the group, from those who wait and from those who have come
//! back to the table. Each connection has at most one; it is told to whoever may answer it, and again
//! to whoever sits down, until a `group_welcome` answers it. Only members know who really knocks.

use protocol::{Sealed, SeatId, ServerMessage};

use crate::{
    call::Call,
    output::SessionId,
    permission::{self, Action, Denial, Situation},
    relay::PACE_MS,
};

/// A request nobody has answered yet.
#[derive(Clone)]
pub(crate) struct Knock {
    sealed: Sealed,
    /// Counts what there was to tell about knocks: who was told of a higher one knows this one.
    number: u64,
}

impl Call {
    /// A connection asks again, or with a fresh key package.
    pub(crate) fn knock(
        &mut self,
        session: SessionId,
        knock: &Sealed,
        now: u64,
    ) -> Result<(), Denial> {
        let last = self.sessions[&session].knocked_at;
        let situation = Situation {
            hasty: last.is_some_and(|at| now.abs_diff(at) < PACE_MS),
            ..self.situation(session, now)
        };
        permission::permit(Action::Knock, &situation)?;
        self.keep_knock(session, knock, now);
        Ok(())
    }

    /// Keeps a knock in place of the connection's last one.
    pub(crate) fn keep_knock(&mut self, session: SessionId, knock: &Sealed, now: u64) {
        self.knocks += 1;
        let number = self.knocks;
        if let Some(state) = self.sessions.get_mut(&session) {
            let sealed = knock.clone();
            state.knock = Some(Knock { sealed, number });
            state.knocked_at = Some(now);
        }
    }

    /// It is told anew: who knocked in the antechamber has sat down, so everybody at the table may answer now, or
    /// its answer was lost.
    pub(crate) fn renew_knock(&mut self, session: SessionId) {
        let state = self.sessions.get_mut(&session);
        if let Some(knock) = state.and_then(|state| state.knock.as_mut()) {
            self.knocks += 1;
            knock.number = self.knocks;
        }
    }

    /// A connection is gone. If its last commit may still have owed a welcome, whom that commit added waits for an
    /// answer while all members take it for given: so hosts are told of all who wait as if they had just come.
    pub(crate) fn renew_knocks_after(&mut self, gone: &crate::call::Session) {
        if gone.committed.is_none() {
            return;
        }
        let sits = |call: &Self, (session, state): (&SessionId, &crate::call::Session)| {
            call.seat(state.seat).sitting() == Some(*session)
        };
        let knocking = self.sessions.iter().filter(|(_, s)| s.knock.is_some());
        let waiting = knocking.filter(|knocking| !sits(self, *knocking));
        for session in waiting.map(|(session, _)| *session).collect::<Vec<_>>() {
            self.renew_knock(session);
        }
    }

    /// What a connection at the table has to be told about knocks, if it was told of those up to `told`.
    pub(crate) fn knocks_for(
        &self,
        listener: SessionId,
        seat: SeatId,
        told: u64,
    ) -> Vec<ServerMessage> {
        if told == self.knocks {
            return Vec::new();
        }
        let is_host = self.is_host(seat);
        let news = |(&session, state): (&SessionId, &crate::call::Session)| {
            let knock = state.knock.as_ref().filter(|knock| knock.number > told)?;
            let waiting = self.seat(state.seat).sitting() != Some(session);
            let message = ServerMessage::Knocked {
                seat: state.seat,
                waiting,
                knock: knock.sealed.clone(),
            };
            (session != listener && (is_host || !waiting)).then_some((knock.number, message))
        };
        let mut found: Vec<_> = self.sessions.iter().filter_map(news).collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, message)| message).collect()
    }

    /// A commit adds these seats: the newest knock of each is answered, and forgotten. Only a host's
    /// commit answers those who wait. A seat that knocks no more needs no answer.
    pub(crate) fn answer_knocks(
        &mut self,
        seats: &[SeatId],
        by_host: bool,
        group_welcome: &ServerMessage,
    ) {
        for (at, seat) in seats.iter().enumerate() {
            if seats[..at].contains(seat) || !self.has_seat(*seat) {
                continue;
            }
            let sitting = self.seat(*seat).sitting();
            let newest = self
                .sessions
                .iter()
                .filter(|(session, state)| {
                    state.seat == *seat && (by_host || sitting == Some(**session))
                })
                .filter_map(|(session, state)| Some((state.knock.as_ref()?.number, *session)))
                .max();
            let Some((_, session)) = newest else { continue };
            if let Some(state) = self.sessions.get_mut(&session) {
                state.knock = None;
            }
            self.send(session, group_welcome.clone());
        }
    }
}
