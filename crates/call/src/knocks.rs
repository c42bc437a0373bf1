//! Knocks: sealed requests for a place in the group of a circle, from those who wait and from those who have come
//! back to the table. Each connection has at most one in each circle; it is told to whoever may answer it, and again
//! to whoever sits down, until a `group_welcome` answers it. Only members know who really knocks.

use protocol::{CircleId, Sealed, SeatId, ServerMessage};

use crate::{
    call::Call,
    output::SessionId,
    permission::{self, Action, Denial, Situation},
    relay::{Knock, Relay},
};

impl Call {
    /// A connection asks again, or with a fresh key package.
    pub(crate) fn knock(
        &mut self,
        session: SessionId,
        circle: CircleId,
        knock: &Sealed,
        now: u64,
    ) -> Result<(), Denial> {
        let relay = self.circles.get(&circle);
        let situation = Situation {
            hasty: relay.is_some_and(|relay| relay.knocked_lately(now, session)),
            ..self.situation_in(circle, session, now)
        };
        permission::permit(Action::Knock, &situation)?;
        self.keep_knock(session, circle, knock, now);
        Ok(())
    }

    /// Keeps a knock in place of the connection's last one there.
    pub(crate) fn keep_knock(
        &mut self,
        session: SessionId,
        circle: CircleId,
        knock: &Sealed,
        now: u64,
    ) {
        self.knocks += 1;
        let knock = Knock {
            sealed: knock.clone(),
            number: self.knocks,
        };
        self.relay_mut(circle).knock(now, session, knock);
    }

    /// It is told anew at the table: who knocked in the antechamber has sat down, so everybody at the table may answer
    /// now, or its answer was lost.
    pub(crate) fn renew_knock(&mut self, session: SessionId) {
        self.knocks += 1;
        let number = self.knocks;
        self.relay_mut(CircleId::TABLE).renew_knock(session, number);
    }

    /// A connection is gone. If its last commit at the table may still have owed a welcome, whom that commit added
    /// waits for an answer while all members take it for given: so hosts are told of all who wait as if they had just
    /// come.
    pub(crate) fn forget_in_circles(&mut self, session: SessionId) {
        let mut owed = false;
        for (circle, relay) in &mut self.circles {
            owed |= relay.forget(session) && *circle == CircleId::TABLE;
        }
        if !owed {
            return;
        }
        let knocking = self.circles[&CircleId::TABLE].knocks();
        let knocking: Vec<_> = knocking.map(|(session, _)| session).collect();
        for session in knocking {
            if !self.sits(session) {
                self.renew_knock(session);
            }
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
        let delegation = self.planned(seat).delegation;
        let circles = self
            .circles
            .iter()
            .filter(|(circle, _)| circle.takes(delegation));
        let knocks = circles.flat_map(|(circle, relay)| {
            let of_circle = move |(session, knock)| (*circle, session, knock);
            relay.knocks().map(of_circle)
        });
        let news = |(circle, session, knock): (CircleId, SessionId, &Knock)| {
            let seat = self.sessions.get(&session)?.seat;
            let waiting = !self.sits(session);
            let message = ServerMessage::Knocked {
                circle,
                seat,
                waiting,
                knock: knock.sealed.clone(),
            };
            let is_for = session != listener && (is_host || !waiting) && knock.number > told;
            is_for.then_some((knock.number, message))
        };
        let mut found: Vec<_> = knocks.filter_map(news).collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, message)| message).collect()
    }

    /// A commit adds these seats: the newest knock of each is answered, and forgotten. Only a host's
    /// commit answers those who wait. A seat that knocks no more needs no answer.
    pub(crate) fn answer_knocks(
        &mut self,
        circle: CircleId,
        seats: &[SeatId],
        by_host: bool,
        group_welcome: &ServerMessage,
    ) {
        for (at, seat) in seats.iter().enumerate() {
            if seats[..at].contains(seat) || !self.has_seat(*seat) {
                continue;
            }
            let sitting = self.seat(*seat).sitting();
            let is_of = |session: &SessionId| {
                let state = self.sessions.get(session);
                let of_seat = state.is_some_and(|state| state.seat == *seat);
                of_seat && (by_host || sitting == Some(*session))
            };
            let knocks = self
                .circles
                .get(&circle)
                .into_iter()
                .flat_map(Relay::knocks);
            let numbered = knocks.map(|(session, knock)| (knock.number, session));
            let newest = numbered.filter(|(_, session)| is_of(session)).max();
            let Some((_, session)) = newest else { continue };
            self.relay_mut(circle).answered(session);
            self.send(session, group_welcome.clone());
        }
    }

    fn sits(&self, session: SessionId) -> bool {
        let seat = self.sessions.get(&session).map(|state| state.seat);
        seat.is_some_and(|seat| self.seat(seat).sitting() == Some(session))
    }
}
