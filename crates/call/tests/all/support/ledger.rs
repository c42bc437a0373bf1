//! What holds of sealed messages after every input, in each circle: one gapless log for all who may be in it, stored
//! before it is told; knocks to those who may answer them; nothing to those who are not at the table, or not of the circle.

use std::collections::{BTreeMap, BTreeSet};

use call::{CallRecord, Change, SessionId};
use protocol::{
    CircleId, ClientMessage, ErrorMessage, GroupRef, Sealed, SeatId, ServerMessage,
    limits::LOG_ENTRIES_MAX,
    sealed::{Class, Entry, LogState},
};

use super::{is_host, may_be_in, may_begin};

/// Where a connection is, as the test knows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Room {
    Green,
    Antechamber,
    Table,
}

/// Of all circles.
pub(crate) struct Ledger {
    circles: BTreeMap<CircleId, Account>,
}

/// Of one circle.
#[derive(Default)]
pub(crate) struct Account {
    circle: CircleId,
    /// All that was ever stored.
    written: BTreeMap<(GroupRef, u64), Entry>,
    /// Groups and epochs that had their commit.
    commits: BTreeSet<(GroupRef, u64)>,
    /// What is stored now.
    pub(crate) stored: Vec<Entry>,
    pub(crate) is_forgotten: bool,
    /// Where the stored log stands.
    pub(crate) log: LogState,
    /// Those who have caught up, and the place of their last entry.
    readers: BTreeMap<SessionId, u64>,
    /// Who catches up just now, and the place it has come to.
    catching_up: Option<(SessionId, u64)>,
    pub(crate) knocks: BTreeMap<SessionId, Sealed>,
    /// Who knocks just now, and its knock before.
    knocking: Option<(SessionId, Option<Sealed>)>,
    /// Who was told of which knock, and whether as one that waits.
    told: BTreeSet<(SessionId, String, bool)>,
    /// Who speaks, and who made a commit: when one of these is gone, those who wait may be told of again.
    speaking: Option<SessionId>,
    committed: BTreeSet<SessionId>,
    again: BTreeSet<(SessionId, String, bool)>,
    passing: Option<(SessionId, ClientMessage)>,
    passed: BTreeSet<SessionId>,
}

impl Ledger {
    /// The table and three delegations.
    pub(super) fn new() -> Self {
        let circles = (0..=3).map(CircleId);
        Self {
            circles: circles.map(|id| (id, Account::new(id))).collect(),
        }
    }

    pub(crate) fn of(&self, circle: CircleId) -> &Account {
        &self.circles[&circle]
    }

    /// `None`: it is gone, and nobody listens to it.
    pub(super) fn about_to_hear(&mut self, session: SessionId, message: Option<&ClientMessage>) {
        let about = message.map(|message| message.circle().unwrap_or_default());
        for (circle, account) in &mut self.circles {
            account.about_to_hear(session, message.filter(|_| about == Some(*circle)));
        }
    }

    /// Whom the message just heard went to, if it is one that passes.
    pub(super) fn passed(&self) -> BTreeSet<SessionId> {
        let passed = self.circles.values().flat_map(|account| &account.passed);
        passed.copied().collect()
    }

    pub(super) fn gone(&mut self, session: SessionId) {
        for account in self.circles.values_mut() {
            account.gone(session);
        }
    }

    pub(super) fn restarted(&mut self) {
        for account in self.circles.values_mut() {
            account.restarted();
        }
    }

    pub(super) fn store_call(&mut self, row: &CallRecord) {
        for log in &row.logs {
            assert!(log.group.number > 0, "a log without a group is stored");
        }
        for (circle, account) in &mut self.circles {
            let mut logs = row.logs.iter().filter(|log| log.group.circle == *circle);
            if let Some(log) = logs.next() {
                account.moves_to(*log);
            }
            assert!(logs.next().is_none(), "two logs of one circle");
        }
    }

    pub(super) fn store(&mut self, change: Change) {
        let circle = match &change {
            Change::Entry(entry) => entry.group.circle,
            Change::LogBegins { group, .. } => group.circle,
            _ => {
                for account in self.circles.values_mut() {
                    account.store(change.clone());
                }
                return;
            }
        };
        self.circles
            .get_mut(&circle)
            .expect("a circle of this call")
            .store(change);
    }

    pub(super) fn receive(
        &mut self,
        session: SessionId,
        seat: SeatId,
        room: Room,
        message: &ServerMessage,
    ) {
        use ServerMessage as S;
        let about = match message {
            S::Seated { logs, plan, .. } => {
                assert_eq!(*plan, super::plan());
                let has = |(id, account): (&CircleId, &Account)| {
                    let is_there = *id == CircleId::TABLE || account.log.group.number > 0;
                    (is_there && may_be_in(*id, seat)).then_some(account.log)
                };
                let expected: Vec<_> = self.circles.iter().filter_map(has).collect();
                assert_eq!(
                    *logs, expected,
                    "seated with old logs, or with another circle's"
                );
                return;
            }
            S::Ordered(entry) => entry.group.circle,
            S::CaughtUp { log } => log.group.circle,
            S::Taken { group, .. }
            | S::Founded { group, .. }
            | S::GroupWelcome { group, .. }
            | S::Passing { group, .. } => group.circle,
            S::Knocked { circle, .. } => *circle,
            S::Error(error) => error.circle.unwrap_or_default(),
            _ => return,
        };
        let refused = matches!(message, S::Error(_));
        assert!(
            refused || may_be_in(about, seat),
            "told of another's circle"
        );
        if let Some(account) = self.circles.get_mut(&about) {
            account.receive(session, seat, room, message);
        }
    }

    /// What holds between any two inputs. `seats`: of those who are in a room.
    pub(super) fn check(&self, seats: &BTreeMap<SessionId, (SeatId, Room)>) {
        for account in self.circles.values() {
            account.check(seats);
        }
    }

    /// What is stored of all logs, in the order of the circles.
    pub(super) fn stored(&self) -> Vec<Entry> {
        let stored = self.circles.values().flat_map(|account| &account.stored);
        stored.cloned().collect()
    }
}

impl Account {
    fn new(circle: CircleId) -> Self {
        let mut account = Self {
            circle,
            ..Self::default()
        };
        account.log.group.circle = circle;
        account
    }

    fn about_to_hear(&mut self, session: SessionId, message: Option<&ClientMessage>) {
        (self.catching_up, self.knocking, self.passing) = (None, None, None);
        self.passed.clear();
        self.speaking = Some(session);
        let Some(message) = message else { return };
        match message {
            ClientMessage::CatchUp { after, .. } => self.catching_up = Some((session, *after)),
            ClientMessage::Knock { knock, .. } | ClientMessage::Enter { knock: Some(knock) } => {
                let before = self.knocks.insert(session, knock.clone());
                self.knocking = Some((session, before));
            }
            ClientMessage::Passing { .. } => self.passing = Some((session, message.clone())),
            _ => {}
        }
    }

    fn gone(&mut self, session: SessionId) {
        if self.committed.remove(&session) {
            let waiting = self.told.iter().filter(|(_, _, waiting)| *waiting);
            self.again = waiting.cloned().collect();
        }
        self.knocks.remove(&session);
        self.readers.remove(&session);
    }

    fn restarted(&mut self) {
        self.knocks.clear();
        self.readers.clear();
    }

    fn moves_to(&mut self, new: LogState) {
        let old = self.log;
        let place = |log: LogState| (log.group, log.epoch, log.seq);
        assert!(place(old) <= place(new), "the log went back");
        assert!(old.group < new.group || old.seq <= new.seq);
        self.log = new;
    }

    fn store(&mut self, change: Change) {
        match change {
            Change::Entry(entry) => {
                let key = (entry.group, entry.seq);
                assert_eq!(
                    key,
                    (self.log.group, self.log.seq),
                    "the row says otherwise"
                );
                if let Some(last) = self.stored.last() {
                    assert_eq!(last.seq + 1, entry.seq, "a gap in the log");
                }
                if entry.class == Class::Commit {
                    self.committed.extend(self.speaking);
                    let first = self.commits.insert((entry.group, entry.epoch));
                    assert!(first, "two commits of one epoch");
                    assert_eq!(entry.epoch + 1, self.log.epoch);
                } else {
                    assert_eq!(entry.epoch, self.log.epoch);
                }
                assert!(self.written.insert(key, entry.clone()).is_none());
                self.stored.push(entry);
            }
            Change::LogBegins { group, seq } => {
                assert_eq!(group, self.log.group);
                self.stored.retain(|e| e.group == group && e.seq >= seq);
            }
            Change::SealedForgotten => {
                self.stored.clear();
                self.is_forgotten = true;
            }
            Change::Call(_) | Change::Seat(_) => unreachable!("kept by the table"),
        }
    }

    /// A session is told of the entry at this place of a group's log.
    fn reads(&mut self, session: SessionId, room: Room, (group, seq): (GroupRef, u64)) {
        assert!(room == Room::Table, "the log is the table's");
        assert_eq!(group, self.log.group, "of a group that is over");
        let last = match &mut self.catching_up {
            Some((who, last)) if *who == session => last,
            _ => self.readers.get_mut(&session).expect("it did not ask"),
        };
        assert_eq!(*last + 1, seq, "a gap");
        *last = seq;
    }

    fn receive(&mut self, session: SessionId, seat: SeatId, room: Room, message: &ServerMessage) {
        use ServerMessage as S;
        match message {
            S::Ordered(entry) => {
                let written = self.written.get(&(entry.group, entry.seq));
                assert_eq!(written, Some(entry), "told before it was stored");
                self.reads(session, room, (entry.group, entry.seq));
            }
            S::Taken { seq, group, epoch } => {
                let written = self.written.get(&(*group, *seq));
                let is_it = |e: &Entry| (e.epoch, e.class) == (*epoch, Class::Commit);
                assert!(written.is_some_and(is_it), "told before it was stored");
                self.reads(session, room, (*group, *seq));
            }
            S::CaughtUp { log } => {
                assert!(room == Room::Table && *log == self.log);
                let (who, last) = self.catching_up.take().expect("it did not ask");
                assert_eq!((who, last), (session, log.seq), "not all of the log");
                self.readers.insert(session, last);
            }
            S::Founded { group, by } => {
                assert!(room >= Room::Antechamber && may_begin(self.circle, *by));
                assert!(room == Room::Table || self.circle == CircleId::TABLE);
                assert_eq!(*group, self.log.group, "founded before it was stored");
                self.readers.remove(&session);
                if room == Room::Table && seat == *by {
                    // The founder has its place: what it asked for before is answered.
                    self.knocks.remove(&session);
                }
            }
            S::GroupWelcome { group, seq, .. } => {
                assert!(room >= Room::Antechamber, "it is in no room");
                let answered = self.knocks.remove(&session).is_some();
                assert!(answered, "an answer to one who did not knock");
                let commit = &self.written[&(*group, *seq)];
                assert!(commit.class == Class::Commit && *group == self.log.group);
            }
            S::Knocked { waiting, knock, .. } => {
                assert!(room == Room::Table, "knocks are told at the table");
                assert!(!waiting || is_host(seat), "hosts decide on those who wait");
                assert!(!waiting || self.circle == CircleId::TABLE);
                let known = self
                    .knocks
                    .iter()
                    .any(|(who, k)| k == knock && *who != session);
                assert!(known, "nobody else knocks like this");
                let told = (session, knock.as_str().to_owned(), *waiting);
                let again = self.again.remove(&told);
                assert!(self.told.insert(told) || again, "told twice");
            }
            S::Passing { group, sealed } => {
                assert!(room == Room::Table && *group == self.log.group);
                let (from, said) = self.passing.as_ref().expect("nobody said this");
                let same = matches!(said, ClientMessage::Passing { sealed: s, .. } if s == sealed);
                assert!(same && *from != session);
                assert!(self.passed.insert(session), "passed twice");
            }
            S::Error(error) => self.refused(session, error),
            _ => {}
        }
    }

    fn refused(&mut self, session: SessionId, error: &ErrorMessage) {
        let knocked = matches!(error.in_reply_to.as_deref(), Some("knock" | "enter"));
        if let Some((who, before)) = self.knocking.take_if(|(who, _)| knocked && *who == session) {
            match before {
                Some(before) => self.knocks.insert(who, before),
                None => self.knocks.remove(&who),
            };
        }
    }

    /// What holds between any two inputs. `seats`: of those who are in a room.
    fn check(&self, seats: &BTreeMap<SessionId, (SeatId, Room)>) {
        let at_table = |session: &SessionId| seats.get(session).map(|s| s.1) == Some(Room::Table);
        for (reader, last) in &self.readers {
            assert!(at_table(reader));
            assert_eq!(*last, self.log.seq, "a reader was left behind");
        }
        for (who, knock) in &self.knocks {
            let room = seats.get(who).map_or(Room::Green, |s| s.1);
            let waiting = room == Room::Antechamber;
            assert!(room != Room::Green, "a knock from one who is in no room");
            for (listener, (seat, _)) in seats.iter().filter(|(s, _)| at_table(s) && *s != who) {
                let told = (*listener, knock.as_str().to_owned(), waiting);
                let concerns = may_be_in(self.circle, *seat) && (!waiting || is_host(*seat));
                assert!(!concerns || self.told.contains(&told), "a knock was missed");
            }
        }
        assert!(self.stored.len() <= LOG_ENTRIES_MAX);
        if !self.is_forgotten {
            let last = self.stored.last().map(|entry| entry.seq);
            assert_eq!(last.unwrap_or(0), self.log.seq);
        }
    }
}
