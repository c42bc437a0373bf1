//! What the members of one circle say to each other, sealed: the log of its group, kept and ordered; who reads it; who
//! asks for a place. It compares numbers and passes bytes on; who is a member, and what a commit does, only members
//! know. Who may do any of it was asked before ([`crate::circles`]).

use std::collections::BTreeMap;

use protocol::{
    CircleId, GroupRef, Sealed, ServerMessage,
    sealed::{Class, Entry, LogState},
};

use crate::{
    log::Log,
    output::{Change, SessionId},
};

/// How soon after a knock a connection may knock again, and after a `catch_up` ask again for what it
/// got. Shorter: one client makes all others look at key packages, and the server write the log, as
/// often. Longer: who is refused a place waits for the next try.
pub(crate) const PACE_MS: u64 = 1_000;

/// One circle's.
#[derive(Clone)]
pub(crate) struct Relay {
    state: LogState,
    log: Log,
    connections: BTreeMap<SessionId, Connection>,
}

/// How one connection stands to the circle.
#[derive(Clone, Default)]
struct Connection {
    /// It has caught up and gets what comes.
    follows: bool,
    /// Place of the last entry it was sent.
    upto: u64,
    /// When it caught up last.
    caught_up_at: Option<u64>,
    /// Its unanswered request for a place in the group.
    knock: Option<Knock>,
    /// When it knocked last, answered or not.
    knocked_at: Option<u64>,
    /// Its last commit that was taken, while the welcome may still come.
    committed: Option<Committed>,
}

/// A request nobody has answered yet.
#[derive(Clone)]
pub(crate) struct Knock {
    pub(crate) sealed: Sealed,
    /// Counts what there was to tell about knocks: who was told of a higher one knows this one.
    pub(crate) number: u64,
}

#[derive(Clone, Copy)]
struct Committed {
    group: GroupRef,
    epoch: u64,
    seq: u64,
}

/// What came of an input: what to store, then what to send.
#[derive(Default)]
pub(crate) struct Relayed {
    pub(crate) changes: Vec<Change>,
    pub(crate) messages: Vec<(SessionId, ServerMessage)>,
}

impl Relay {
    /// Of a circle that has no group yet.
    pub(crate) fn new(circle: CircleId) -> Self {
        let group = GroupRef { circle, number: 0 };
        let state = LogState {
            group,
            ..LogState::default()
        };
        Self::restore(state, Vec::new())
    }

    /// From what was stored: where the log stood, and its entries.
    pub(crate) fn restore(state: LogState, entries: Vec<Entry>) -> Self {
        Self {
            log: Log::restore(entries, &state),
            state,
            connections: BTreeMap::new(),
        }
    }

    /// Where the log stands.
    pub(crate) const fn state(&self) -> LogState {
        self.state
    }

    /// The connection is gone. Whether it may have owed a welcome: then somebody waits for an answer while all members
    /// take it for given.
    pub(crate) fn forget(&mut self, session: SessionId) -> bool {
        let gone = self.connections.remove(&session);
        gone.is_some_and(|gone| gone.committed.is_some())
    }

    /// It has asked for a place in the group and has read nothing of it on this connection yet. One that asked
    /// again while the answer was on its way reads on, and so does one that fell out and asks anew.
    pub(crate) fn is_outside(&self, session: SessionId) -> bool {
        let connection = self.connections.get(&session);
        connection.is_some_and(|at| at.knock.is_some() && !at.follows)
    }

    /// An entry for this group and epoch comes too late, or too early.
    pub(crate) fn is_stale(&self, group: GroupRef, epoch: u64) -> bool {
        group.number == 0 || (group, epoch) != (self.state.group, self.state.epoch)
    }

    /// A new group: nothing of the one before is read any more. Its founder has its place; what it asked for before is
    /// answered.
    pub(crate) fn found(&mut self, founder: SessionId, group: GroupRef) -> Change {
        self.log.clear();
        self.state = LogState {
            group,
            ..LogState::default()
        };
        for at in self.connections.values_mut() {
            (at.follows, at.upto, at.caught_up_at) = (false, 0, None);
        }
        if let Some(at) = self.connections.get_mut(&founder) {
            at.knock = None;
        }
        Change::LogBegins { group, seq: 1 }
    }

    /// Moves the epoch. Of its commit the sender is told the place only.
    pub(crate) fn commit(&mut self, from: SessionId, commit: &Sealed) -> Relayed {
        let (group, epoch) = (self.state.group, self.state.epoch);
        let relayed = self.append(Class::Commit, commit, from);
        self.state.epoch += 1;
        let seq = self.state.seq;
        self.connection(from).committed = Some(Committed { group, epoch, seq });
        relayed
    }

    /// Takes a message for all members, those who are away included.
    pub(crate) fn keep(&mut self, from: SessionId, sealed: &Sealed) -> Relayed {
        self.append(Class::Kept, sealed, from)
    }

    /// The next entry of the log: to the disk, then to all who read on.
    fn append(&mut self, class: Class, sealed: &Sealed, from: SessionId) -> Relayed {
        self.state.seq += 1;
        let (group, seq, epoch) = (self.state.group, self.state.seq, self.state.epoch);
        let entry = Entry {
            seq,
            group,
            epoch,
            class,
            sealed: sealed.clone(),
        };
        let mut relayed = Relayed::default();
        relayed.changes.push(Change::Entry(entry.clone()));
        if self.log.push(entry.clone()) {
            let seq = self.log.first().unwrap_or(seq);
            relayed.changes.push(Change::LogBegins { group, seq });
        }
        for (&to, at) in self.connections.iter_mut().filter(|(_, at)| at.follows) {
            at.upto = seq;
            let message = match class {
                Class::Commit if to == from => ServerMessage::Taken { seq, group, epoch },
                _ => ServerMessage::Ordered(entry.clone()),
            };
            relayed.messages.push((to, message));
        }
        relayed
    }

    /// Whether this connection's last commit was this one, and its welcome has not come.
    pub(crate) fn owes_welcome(&self, session: SessionId, group: GroupRef, epoch: u64) -> bool {
        let committed = self.connections.get(&session).and_then(|at| at.committed);
        let is_it = |own: Committed| (own.group, own.epoch) == (group, epoch);
        group == self.state.group && committed.is_some_and(is_it)
    }

    /// The welcome has come: the place of its commit.
    pub(crate) fn take_welcome(&mut self, session: SessionId) -> u64 {
        let committed = self.connection(session).committed.take();
        committed.map_or(0, |own| own.seq)
    }

    /// Whether the log does not reach back so far, or is another's; and whether this connection asks too soon for what
    /// it was sent.
    pub(crate) fn lacks(
        &self,
        now: u64,
        session: SessionId,
        group: GroupRef,
        after: u64,
    ) -> (bool, bool) {
        let at = self.connections.get(&session);
        let upto = at.map_or(0, |at| at.upto);
        let lately = at.and_then(|at| at.caught_up_at);
        let lately = lately.is_some_and(|at| now.abs_diff(at) < PACE_MS);
        let stale = group.number == 0
            || group != self.state.group
            || !self.log.reaches(after, self.state.seq);
        // Who lacks nothing costs nothing.
        (stale, after < upto && lately)
    }

    /// What a connection has missed; it reads on from there.
    pub(crate) fn catch_up(
        &mut self,
        now: u64,
        session: SessionId,
        after: u64,
    ) -> Vec<ServerMessage> {
        let log = self.state;
        let missed = self.log.after(after).cloned().map(ServerMessage::Ordered);
        let end = ServerMessage::CaughtUp { log };
        let messages = missed.chain([end]).collect();
        let at = self.connection(session);
        (at.follows, at.upto, at.caught_up_at) = (true, log.seq, Some(now));
        messages
    }

    /// Whether this connection knocked a moment ago.
    pub(crate) fn knocked_lately(&self, now: u64, session: SessionId) -> bool {
        let last = self.connections.get(&session).and_then(|at| at.knocked_at);
        last.is_some_and(|at| now.abs_diff(at) < PACE_MS)
    }

    /// Keeps a knock in place of the connection's last one.
    pub(crate) fn knock(&mut self, now: u64, session: SessionId, knock: Knock) {
        let at = self.connection(session);
        (at.knock, at.knocked_at) = (Some(knock), Some(now));
    }

    /// Its knock is told anew, under this number: who knocked in the antechamber has sat down, or its answer was lost.
    pub(crate) fn renew_knock(&mut self, session: SessionId, number: u64) {
        let at = self.connections.get_mut(&session);
        if let Some(knock) = at.and_then(|at| at.knock.as_mut()) {
            knock.number = number;
        }
    }

    /// Unanswered knocks.
    pub(crate) fn knocks(&self) -> impl Iterator<Item = (SessionId, &Knock)> {
        let connections = self.connections.iter();
        connections.filter_map(|(session, at)| Some((*session, at.knock.as_ref()?)))
    }

    /// Its knock is answered.
    pub(crate) fn answered(&mut self, session: SessionId) {
        if let Some(at) = self.connections.get_mut(&session) {
            at.knock = None;
        }
    }

    fn connection(&mut self, session: SessionId) -> &mut Connection {
        self.connections.entry(session).or_default()
    }
}
