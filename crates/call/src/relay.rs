//! What clients say to each other, sealed: the log of the group, kept and ordered, and messages that
//! only pass. The call compares numbers and passes bytes on; who is a member, and what a commit does,
//! only members know.
//!
//! ```text
//!   found     a new group, if `after` is the current one         log emptied, all told `founded`
//!   commit    moves the epoch, if group and epoch are current    one for each epoch, to all readers; to its
//!                                                                sender that it was taken
//!   group_welcome  of the own last commit                       to those it adds, for their knocks
//!   kept      likewise, without moving it                        to all readers
//!   catch_up  what a connection has missed; it reads on from there
//!   passing   to all at the table but those who wait for their first welcome, never stored
//! ```

use protocol::{
    ClientMessage, Sealed, SeatId, ServerMessage,
    sealed::{Class, Entry, LogState},
};

use crate::{
    call::Call,
    output::{Change, SessionId},
    permission::{self, Action, Denial, Situation},
};

/// How soon after a knock a connection may knock again, and after a `catch_up` ask again for what it
/// got. Shorter: one client makes all others look at key packages, and the server write the log, as
/// often. Longer: who is refused a place waits for the next try.
pub(crate) const PACE_MS: u64 = 1_000;

/// How far a connection has read the log of the current group.
#[derive(Clone, Default)]
pub(crate) struct Reader {
    /// It has caught up and gets what comes.
    follows: bool,
    /// Place of the last entry it was sent.
    upto: u64,
    /// When it caught up last.
    caught_up_at: Option<u64>,
}

/// A connection's last commit that was taken, while its welcome may still come.
#[derive(Clone, Copy)]
pub(crate) struct Committed {
    group: u32,
    epoch: u64,
    seq: u64,
}

impl Call {
    /// Who gets a passing message of this connection. Changes nothing, so that the caller can spare a
    /// copy of the call: heartbeats are most of what a call hears. A message of another group than the
    /// current one is for nobody; nor is any for who waits for a place in the group, and perhaps on a line on
    /// which it would wait longer for them.
    pub fn pass(
        &self,
        now: u64,
        session: SessionId,
        group: u32,
    ) -> Result<impl Iterator<Item = SessionId> + '_, Denial> {
        let (current, known) = (self.record.log.group, self.sessions.contains_key(&session));
        if known {
            permission::permit(Action::Pass, &self.situation(session, now))?;
        }
        let all = self.seats.iter().filter_map(|seat| seat.sitting());
        let is_for = move |&to: &SessionId| {
            known && to != session && group == current && group > 0 && !self.is_outside(to)
        };
        Ok(all.filter(is_for))
    }

    /// It has asked for a place in the group and has read nothing of it on this connection yet. One that asked
    /// again while the answer was on its way reads on, and so does one that fell out and asks anew.
    fn is_outside(&self, session: SessionId) -> bool {
        let state = self.sessions.get(&session);
        state.is_some_and(|state| state.knock.is_some() && !state.reader.follows)
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
                self.append(Class::Commit, commit, session);
                let seq = self.record.log.seq;
                self.record.log.epoch += 1;
                if let Some(state) = self.sessions.get_mut(&session) {
                    state.committed = Some(Committed {
                        group: *group,
                        epoch: *epoch,
                        seq,
                    });
                }
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
                self.append(Class::Kept, sealed, session);
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
        group: u32,
        after: u32,
    ) -> Result<(), Denial> {
        let situation = Situation {
            stale: after != self.record.log.group || group <= after,
            ..self.situation(session, now)
        };
        permission::permit(Action::Found, &situation)?;
        self.log.clear();
        self.record.log = LogState {
            group,
            ..LogState::default()
        };
        self.unsaved_call = true;
        self.unsaved_log
            .push_back(Change::LogBegins { group, seq: 1 });
        let by = self.sessions[&session].seat;
        for state in self.sessions.values_mut() {
            state.reader = Reader::default();
        }
        // The founder has its place; what it asked for before is answered.
        if let Some(founder) = self.sessions.get_mut(&session) {
            founder.knock = None;
        }
        let waiting = self.antechamber.sessions().into_iter().map(|(s, _)| s);
        let seated = self.seats.iter().filter_map(|seat| seat.sitting());
        for to in waiting.chain(seated).collect::<Vec<_>>() {
            self.send(to, ServerMessage::Founded { group, by });
        }
        Ok(())
    }

    fn permit_entry(
        &self,
        action: Action,
        now: u64,
        session: SessionId,
        (group, epoch): (u32, u64),
    ) -> Result<(), Denial> {
        let log = &self.record.log;
        let situation = Situation {
            stale: group == 0 || (group, epoch) != (log.group, log.epoch),
            ..self.situation(session, now)
        };
        permission::permit(action, &situation)
    }

    /// The next entry of the log: to the disk, then to all who read on. Of its commit the sender is told its place.
    fn append(&mut self, class: Class, sealed: &Sealed, from: SessionId) {
        let log = &mut self.record.log;
        log.seq += 1;
        let entry = Entry {
            seq: log.seq,
            group: log.group,
            epoch: log.epoch,
            class,
            sealed: sealed.clone(),
        };
        let (group, seq) = (log.group, log.seq);
        self.unsaved_call = true;
        self.unsaved_log.push_back(Change::Entry(entry.clone()));
        if self.log.push(entry.clone()) {
            let seq = self.log.first().unwrap_or(seq);
            self.unsaved_log.push_back(Change::LogBegins { group, seq });
        }
        let mut readers = Vec::new();
        for (&session, state) in &mut self.sessions {
            if state.reader.follows {
                state.reader.upto = seq;
                readers.push(session);
            }
        }
        for to in readers {
            let message = match class {
                Class::Commit if to == from => ServerMessage::Taken {
                    seq,
                    group,
                    epoch: entry.epoch,
                },
                _ => ServerMessage::Ordered(entry.clone()),
            };
            self.send(to, message);
        }
    }

    /// Whoever made a commit welcomes those it added: once, and whatever else was said meanwhile.
    fn welcome_to_group(
        &mut self,
        now: u64,
        session: SessionId,
        (group, epoch): (u32, u64),
        welcome: &Sealed,
        adds: &[SeatId],
    ) -> Result<(), Denial> {
        let committed = self.sessions[&session].committed;
        let own = committed.filter(|own| (own.group, own.epoch) == (group, epoch));
        let situation = Situation {
            stale: own.is_none() || group != self.record.log.group,
            ..self.situation(session, now)
        };
        permission::permit(Action::Commit, &situation)?;
        if let Some(state) = self.sessions.get_mut(&session) {
            state.committed = None;
        }
        let message = ServerMessage::GroupWelcome {
            group,
            seq: own.map_or(0, |own| own.seq),
            welcome: welcome.clone(),
        };
        let by_host = self.is_host(self.sessions[&session].seat);
        self.answer_knocks(adds, by_host, &message);
        Ok(())
    }

    fn catch_up(
        &mut self,
        now: u64,
        session: SessionId,
        group: u32,
        after: u64,
    ) -> Result<(), Denial> {
        let log = self.record.log;
        let reader = &self.sessions[&session].reader;
        let again = after < reader.upto; // who lacks nothing costs nothing
        let lately = |at: u64| now.abs_diff(at) < PACE_MS;
        let situation = Situation {
            stale: group == 0 || group != log.group || !self.log.reaches(after, log.seq),
            hasty: again && reader.caught_up_at.is_some_and(lately),
            ..self.situation(session, now)
        };
        permission::permit(Action::CatchUp, &situation)?;
        let missed: Vec<_> = self.log.after(after).cloned().collect();
        for entry in missed {
            self.send(session, ServerMessage::Ordered(entry));
        }
        self.send(session, ServerMessage::CaughtUp { log });
        if let Some(state) = self.sessions.get_mut(&session) {
            state.reader = Reader {
                follows: true,
                upto: log.seq,
                caught_up_at: Some(now),
            };
        }
        Ok(())
    }

    /// The call is over: nothing that clients sealed outlives it here.
    pub(crate) fn forget_sealed(&mut self) {
        self.log.clear();
        self.plan = None;
        self.unsaved_log.clear();
        self.unsaved_log.push_back(Change::SealedForgotten);
    }
}
