//! The circles of a call, and what clients ask of them: each has a [`Relay`] of its own, made when it is first used.
//!
//! ```text
//!   found     a new group, if `after` is the current one         log emptied, all told `founded`
//!   commit    moves the epoch, if group and epoch are current    one for each epoch, to all readers; to its
//!                                                                sender that it was taken
//!   group_welcome  of the own last commit                       to those it adds, for their knocks
//!   kept      likewise, without moving it                        to all readers
//!   catch_up  what a connection has missed; it reads on from there
//!   passing   to all at the table who may be in the circle, but those who wait for their first welcome; never stored
//! ```

use protocol::{CircleId, ClientMessage, GroupRef, Sealed, SeatId, ServerMessage};

use crate::{
    call::Call,
    output::{Change, SessionId},
    permission::{self, Action, Belonging, Denial, Situation},
    relay::{Relay, Relayed},
};

impl Call {
    /// Who gets a passing message of this connection. Changes nothing, so that the caller can spare a
    /// copy of the call: heartbeats are most of what a call hears. A message of another group than the
    /// circle's current one is for nobody; nor is any for who waits for a place in the group, and perhaps on a line on
    /// which it would wait longer for them.
    pub fn pass(
        &self,
        now: u64,
        session: SessionId,
        group: GroupRef,
    ) -> Result<impl Iterator<Item = SessionId> + '_, Denial> {
        let known = self.sessions.contains_key(&session);
        if known {
            permission::permit(Action::Pass, &self.situation_in(group.circle, session, now))?;
        }
        let relay = self.circles.get(&group.circle);
        let current = relay.filter(|relay| group.number > 0 && relay.state().group == group);
        let all = self.seated_in(group.circle);
        let is_for = move |&to: &SessionId| {
            known && to != session && current.is_some_and(|relay| !relay.is_outside(to))
        };
        Ok(all.filter(is_for))
    }

    /// One of the messages this module is about.
    pub(crate) fn relay(
        &mut self,
        now: u64,
        session: SessionId,
        message: &ClientMessage,
    ) -> Result<(), Denial> {
        use ClientMessage as M;
        match message {
            M::Found { group, after } => self.found(now, session, *group, *after),
            M::Commit {
                group,
                epoch,
                commit,
            } => {
                self.permit_entry(Action::Commit, now, session, (*group, *epoch))?;
                let relayed = self.relay_mut(group.circle).commit(session, commit);
                self.carry_out(relayed);
                Ok(())
            }
            M::GroupWelcome {
                group,
                epoch,
                welcome,
                adds,
            } => self.welcome_to_group(now, session, (*group, *epoch), welcome, adds),
            M::Kept {
                group,
                epoch,
                sealed,
            } => {
                self.permit_entry(Action::Keep, now, session, (*group, *epoch))?;
                let relayed = self.relay_mut(group.circle).keep(session, sealed);
                self.carry_out(relayed);
                Ok(())
            }
            M::Passing { group, sealed } => {
                let group = *group;
                let message = ServerMessage::Passing {
                    group,
                    sealed: sealed.clone(),
                };
                let receivers: Vec<_> = self.pass(now, session, group)?.collect();
                for to in receivers {
                    self.send(to, message.clone());
                }
                Ok(())
            }
            M::CatchUp { group, after } => self.catch_up(now, session, *group, *after),
            _ => Ok(()), // `conduct` hands over no other
        }
    }

    fn found(
        &mut self,
        now: u64,
        session: SessionId,
        group: GroupRef,
        after: u32,
    ) -> Result<(), Denial> {
        let relay = self.circles.get(&group.circle);
        let before = relay.map_or(0, |relay| relay.state().group.number);
        let situation = Situation {
            stale: after != before || group.number <= after,
            ..self.situation_in(group.circle, session, now)
        };
        permission::permit(Action::Found, &situation)?;
        let change = self.relay_mut(group.circle).found(session, group);
        self.unsaved_call = true;
        self.unsaved_log.push_back(change);
        let by = self.sessions[&session].seat;
        let mut told: Vec<_> = self.seated_in(group.circle).collect();
        if group.circle == CircleId::TABLE {
            told.extend(self.antechamber.sessions().into_iter().map(|(s, _)| s));
        }
        for to in told {
            self.send(to, ServerMessage::Founded { group, by });
        }
        Ok(())
    }

    fn permit_entry(
        &self,
        action: Action,
        now: u64,
        session: SessionId,
        (group, epoch): (GroupRef, u64),
    ) -> Result<(), Denial> {
        let relay = self.circles.get(&group.circle);
        let situation = Situation {
            stale: relay.is_none_or(|relay| relay.is_stale(group, epoch)),
            ..self.situation_in(group.circle, session, now)
        };
        permission::permit(action, &situation)
    }

    fn carry_out(&mut self, relayed: Relayed) {
        self.unsaved_call = true;
        self.unsaved_log.extend(relayed.changes);
        for (to, message) in relayed.messages {
            self.send(to, message);
        }
    }

    /// Whoever made a commit welcomes those it added: once, and whatever else was said meanwhile.
    fn welcome_to_group(
        &mut self,
        now: u64,
        session: SessionId,
        (group, epoch): (GroupRef, u64),
        welcome: &Sealed,
        adds: &[SeatId],
    ) -> Result<(), Denial> {
        let relay = self.circles.get(&group.circle);
        let situation = Situation {
            stale: relay.is_none_or(|relay| !relay.owes_welcome(session, group, epoch)),
            ..self.situation_in(group.circle, session, now)
        };
        permission::permit(Action::Commit, &situation)?;
        let message = ServerMessage::GroupWelcome {
            group,
            seq: self.relay_mut(group.circle).take_welcome(session),
            welcome: welcome.clone(),
        };
        let by_host = self.is_host(self.sessions[&session].seat);
        self.answer_knocks(group.circle, adds, by_host, &message);
        Ok(())
    }

    fn catch_up(
        &mut self,
        now: u64,
        session: SessionId,
        group: GroupRef,
        after: u64,
    ) -> Result<(), Denial> {
        let relay = self.circles.get(&group.circle);
        let lacks = relay.map(|relay| relay.lacks(now, session, group, after));
        let (stale, hasty) = lacks.unwrap_or((true, false));
        let situation = Situation {
            stale,
            hasty,
            ..self.situation_in(group.circle, session, now)
        };
        permission::permit(Action::CatchUp, &situation)?;
        for message in self.relay_mut(group.circle).catch_up(now, session, after) {
            self.send(session, message);
        }
        Ok(())
    }

    /// The facts about a live connection that wants something of a circle.
    pub(crate) fn situation_in(&self, circle: CircleId, session: SessionId, now: u64) -> Situation {
        let seat = self.planned(self.sessions[&session].seat);
        Situation {
            belonging: match circle {
                CircleId::TABLE => Belonging::Table,
                own if own.takes(seat.delegation) => Belonging::Delegation {
                    principal: own.is_begun_by(seat),
                },
                _ => Belonging::Foreign,
            },
            ..self.situation(session, now)
        }
    }

    /// Who sits at the table and may be in the circle.
    pub(crate) fn seated_in(&self, circle: CircleId) -> impl Iterator<Item = SessionId> + '_ {
        self.seats_in(circle)
            .filter_map(|seat| self.seat(seat).sitting())
    }

    /// The seats that may be in the circle.
    pub(crate) fn seats_in(&self, circle: CircleId) -> impl Iterator<Item = SeatId> + '_ {
        let seats = self.shape.seats.iter();
        seats.filter_map(move |seat| circle.takes(seat.delegation).then_some(seat.id))
    }

    /// Only after a permission: nobody makes circles that no seat of the call may be in.
    pub(crate) fn relay_mut(&mut self, circle: CircleId) -> &mut Relay {
        let relay = self.circles.entry(circle);
        relay.or_insert_with(|| Relay::new(circle))
    }

    /// The call is over: nothing that clients sealed outlives it here.
    pub(crate) fn forget_sealed(&mut self) {
        for relay in self.circles.values_mut() {
            *relay = Relay::restore(relay.state(), Vec::new());
        }
        self.plan = None;
        self.unsaved_log.clear();
        self.unsaved_log.push_back(Change::SealedForgotten);
    }
}
