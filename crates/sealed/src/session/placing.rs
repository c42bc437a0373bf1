//! Getting a place in the group, losing it, getting it back: knocking, founding, joining, falling out.

use openmls::prelude::Lifetime;
use protocol::{
    ClientMessage, Sealed, SeatId,
    sealed::LogState,
    types::{Doors, Presence},
};

use super::{Output, PAST_MS, Session, epochs::Turned, membership::Membership};

/// A knock that nobody answers is made again: later than the answer needs on a narrow line.
const KNOCK_AGAIN_MS: u64 = 10_000;
/// Half of how long it waits after a first refused welcome.
const REFUSED_MS: u64 = 5_000;
/// A host that nobody lets in begins a new group after this long, and a bit more for each host that
/// could do it instead.
const FOUND_MS: u64 = 4_000;
const FOUND_TURN_MS: u64 = 2_000;
/// One who began and was not answered tries again after this long; one who was refused, after this.
const FOUND_LOST_MS: u64 = 5_000;
const FOUND_AGAIN_MS: u64 = 1_000;
/// Messages of a later epoch arrive and the commit does not: the log is asked for, then a new place.
const AHEAD_ASK_MS: u64 = 2_000;
const AHEAD_WEDGED_MS: u64 = 6_000;
/// The log is not asked for more often.
const ASK_LOG_MS: u64 = 2_000;
/// For this long a group begun anew is shown as such.
const RECOVERED_MS: u64 = 60_000;

impl Session {
    pub(super) fn sit(&mut self, now: u64, log: LogState) {
        (self.seated, self.waiting_since) = (true, None);
        self.log = log;
        match self.member.as_ref().map(Membership::number) {
            Some(number) if number == log.group => self.catch_up(now),
            Some(_) => self.knock(now),
            None if log.group == 0 && self.me.is_host() => self.found(now),
            None => {}
        }
    }

    pub(super) fn catch_up(&mut self, now: u64) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        let (group, after) = (member.number(), member.seq);
        self.asked_log_at = Some(now);
        self.send(ClientMessage::CatchUp { group, after });
    }

    pub(super) fn ask_log(&mut self, now: u64) {
        if self.seated && self.asked_log_at.is_none_or(|at| now >= at + ASK_LOG_MS) {
            self.catch_up(now);
        }
    }

    /// A fresh key package, with a host's letter if this machine has one. Without random numbers there
    /// is none; it is tried again.
    pub(super) fn own_knock(&self) -> Option<Sealed> {
        let letter = self.memory.letter();
        self.me
            .knock_with(Lifetime::default(), letter.as_ref())
            .ok()
    }

    /// In no group, or in one that the server says is not the current one any more.
    pub(super) fn is_out(&self) -> bool {
        let number = self.member.as_ref().map(Membership::number);
        number.is_none_or(|number| self.seated && number != self.log.group)
    }

    pub(super) fn knock(&mut self, now: u64) {
        if let Some(knock) = self.own_knock() {
            self.send(ClientMessage::Knock { knock });
        }
        self.knocked_at = Some(now);
        self.asking_since.get_or_insert(now);
    }

    pub(super) fn found(&mut self, now: u64) {
        let group = self.log.group.max(self.memory.group).saturating_add(1);
        let after = self.log.group;
        self.founding = Some(group);
        self.founding_at = Some(now);
        self.send(ClientMessage::Found { group, after });
    }

    pub(super) fn founded(&mut self, now: u64, group: u32, by: SeatId) {
        self.log = LogState {
            group,
            epoch: 0,
            seq: 0,
        };
        // Nothing more is ordered in the group before. What is said there may be heard until the next.
        self.caught_up = false;
        if by != self.me.seat() || self.founding.take() != Some(group) {
            if self
                .member
                .as_ref()
                .is_none_or(|member| member.number() != group)
                && self.seated
            {
                self.knock(now);
            }
            return;
        }
        match Membership::found(&self.me, group, self.memory.closed_seats()) {
            Ok(member) => self.enter_group(now, member),
            Err(_) => self.counters.commits_failed += 1,
        }
    }

    pub(super) fn join(&mut self, now: u64, group: u32, seq: u64, welcome: &Sealed) {
        let current = self.member.as_ref().map(Membership::number);
        if current == Some(group) {
            return;
        }
        match Membership::join(&self.me, welcome, (group, seq), &self.memory) {
            Ok(member) => {
                // Older key packages are forgotten, so the one that was used is as new as this.
                let asked_at = self.asking_since;
                self.enter_group(now, member);
                self.pulses.welcomed(asked_at);
            }
            Err(_) => {
                self.counters.refused += 1;
                // The key package is spent. Each new one costs the others a commit: less and less often.
                self.refusals += 1;
                self.knocked_at = Some(now);
            }
        }
    }

    /// A member of this group from now on, and of no other.
    pub(super) fn enter_group(&mut self, now: u64, member: Membership) {
        self.me.provider.forget_packages();
        let before = self.memory.group;
        if let Some(old) = self.member.replace(member) {
            old.forget(&self.me);
        }
        if before != 0 && self.member.as_ref().is_some_and(|m| m.number() > before) {
            self.recovered_until = Some(now + RECOVERED_MS);
        }
        (self.wedged_at, self.knocked_at, self.ahead_since) = (None, None, None);
        (self.asking_since, self.refusals) = (None, 0);
        self.pulses.forget();
        self.witnesses.forget();
        self.ahead.clear();
        self.wishes.displaced = 0;
        self.expelled = false;
        self.caught_up = false;
        self.joined_at = now;
        self.wishes.pending = None;
        self.wishes.leaving.clear();
        self.wishes.last_commit_at = now;
        self.frames.forget();
        self.checks.forget();
        self.outbox.change_group();
        self.turn(now, Turned::default());
        if self.seated {
            self.catch_up(now);
        }
    }

    /// This client cannot follow the group any more: it forgets it and asks for a new place.
    pub(super) fn wedge(&mut self, now: u64) {
        if let Some(member) = self.member.take() {
            member.forget(&self.me);
        }
        self.counters.wedged += 1;
        self.frames.forget();
        self.wishes.pending = None;
        self.caught_up = false;
        self.wedged_at = Some(now);
        if self.seated {
            self.knock(now);
        }
        self.outputs.push_back(Output::ViewChanged);
    }

    pub(super) fn expelled(&mut self) {
        if let Some(member) = self.member.take() {
            member.forget(&self.me);
        }
        self.frames.forget();
        self.outbox.clear();
        self.expelled = true;
        self.outputs.push_back(Output::ViewChanged);
    }

    /// What was asked for and did not come is asked for again.
    pub(super) fn ask_again(&mut self, now: u64) {
        if !self.seated {
            return self.ask_in_again(now);
        }
        if self.is_out() && !self.expelled && !self.leaving {
            let wait = self.knock_again_after();
            if self.knocked_at.is_none_or(|at| now >= at + wait) {
                self.knock(now);
            }
            let since = self.wedged_at.or(self.asking_since).unwrap_or(now);
            if self.me.is_host() && !self.founds(now) && self.may_found(now, since) {
                self.found(now);
            }
        }
        match self.ahead_since {
            Some(at) if now >= at + AHEAD_WEDGED_MS => {
                self.ahead_since = None;
                self.wedge(now);
            }
            Some(at) if now >= at + AHEAD_ASK_MS => self.ask_log(now),
            _ => {}
        }
        let stuck = |at| now >= at + ASK_LOG_MS + PAST_MS;
        if !self.is_out() && !self.caught_up && self.asked_log_at.is_none_or(stuck) {
            self.catch_up(now);
        }
        self.adopt_doors(now);
    }

    fn knock_again_after(&self) -> u64 {
        match self.refusals {
            0 => KNOCK_AGAIN_MS,
            refusals => REFUSED_MS << refusals.min(4),
        }
    }

    /// In the antechamber a knock stands until somebody answers it. But if what came of it was another
    /// machine's welcome, or a place in the group and none at the table, nobody is asked about it any more.
    fn ask_in_again(&mut self, now: u64) {
        let Some(since) = self.waiting_since else {
            return;
        };
        let since = since.max(self.joined_at).max(self.knocked_at.unwrap_or(0));
        let wait = self.knock_again_after();
        let unanswered = self.member.is_some() || self.refusals > 0;
        if unanswered && now >= since + wait {
            if self.member.is_some() {
                self.wedge(now);
            }
            self.knock(now);
        }
    }

    /// Its word that it begins a group is on its way; without an answer, for so long only.
    fn founds(&self, now: u64) -> bool {
        let wait = match self.founding {
            Some(_) => FOUND_LOST_MS,
            None => FOUND_AGAIN_MS,
        };
        self.founding_at.is_some_and(|at| now < at + wait)
    }

    /// Whether a host that nobody lets in may begin a new group: there is none; no other host is at
    /// the table to ask; or it was a member and nobody who is lets it back, in turn.
    pub(super) fn may_found(&self, now: u64, since: u64) -> bool {
        if self.log.group == 0 {
            return true;
        }
        let is_there = |(_, (host, presence)): &(&SeatId, &(bool, Presence))| {
            *host && *presence == Presence::Seated
        };
        let hosts: Vec<_> = self
            .presences
            .iter()
            .filter(is_there)
            .map(|(seat, _)| *seat)
            .collect();
        let before = hosts.iter().filter(|seat| **seat < self.me.seat()).count() as u64;
        // Hosts that ask for a place themselves let nobody in.
        let asks = |seat: &SeatId| {
            let mut knocks = self.knocks.iter();
            knocks.any(|(asking, knock)| asking == *seat && !knock.waiting)
        };
        let others = hosts
            .iter()
            .any(|seat| *seat != self.me.seat() && !asks(seat));
        let was_member = self.memory.group == self.log.group;
        (!others || was_member) && now >= since + FOUND_MS + before * FOUND_TURN_MS
    }

    /// A host that knows of no word about the doors gives its own: what it told the server.
    pub(super) fn adopt_doors(&mut self, now: u64) {
        let unknown = self.doors.closed.is_none() && now >= self.joined_at + FOUND_MS;
        let alone = self.doors.closed.is_none()
            && self.member.as_ref().is_some_and(|m| m.hosts().count() == 1);
        if self.me.is_host() && self.member.is_some() && (unknown || alone) {
            self.set_doors(self.server_doors == Doors::Closed);
        }
    }
}
