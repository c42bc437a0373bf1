//! Getting a place in the group, losing it, getting it back: knocking, founding, joining, falling out.

use openmls::prelude::Lifetime;
use protocol::{
    ClientMessage, GroupRef, Sealed, SeatId,
    sealed::LogState,
    shape::SeatShape,
    types::{Doors, Presence},
};

use super::{
    Output, Sending,
    circle::{Circle, PAST_MS},
    client::Client,
    epochs::Turned,
    membership::Membership,
};

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

impl Circle {
    /// This client sits at the table, and was told where the logs stand.
    pub(super) fn sit(&mut self, client: &mut Client, now: u64) {
        self.log = client.log_of(self.me.circle);
        match self.member.as_ref().map(Membership::group) {
            Some(group) if group == self.log.group => self.catch_up(client, now),
            Some(_) if self.is_table() => self.knock(client, now),
            None if self.is_table() && self.log.group.number == 0 && self.me.is_host() => {
                self.found(client, now);
            }
            // A circle beside the table waits until the table stands.
            Some(_) | None => {}
        }
    }

    /// The knock that goes with `enter`, at the table's door; none of one that is a member still.
    pub(super) fn knock_at_the_door(&mut self, now: u64) -> Option<Sealed> {
        let knock = match &self.member {
            Some(_) => None,
            None => self.own_knock(),
        };
        if knock.is_some() {
            self.knocked_at = Some(now);
            self.asking_since.get_or_insert(now);
        }
        knock
    }

    /// What the table's group decided holds here: whom it closed out is out of this circle too. And this circle
    /// begins once the table stands: its members come from there.
    pub(super) fn follow_table(&mut self, client: &Client, table: &Self) {
        self.table_stands = table.sending(client.now) == Sending::Allowed;
        let closed = table.member.as_ref().map(|member| &member.closed);
        if let (Some(member), Some(closed)) = (self.member.as_mut(), closed)
            && !closed.is_subset(&member.closed)
        {
            member.closed.extend(closed);
        }
    }

    pub(super) fn catch_up(&mut self, client: &mut Client, now: u64) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        let (group, after) = (member.group(), member.seq);
        self.asked_log_at = Some(now);
        client.send(ClientMessage::CatchUp { group, after });
    }

    pub(super) fn ask_log(&mut self, client: &mut Client, now: u64) {
        if client.seated && self.asked_log_at.is_none_or(|at| now >= at + ASK_LOG_MS) {
            self.catch_up(client, now);
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
    pub(super) fn is_out(&self, client: &Client) -> bool {
        let group = self.member.as_ref().map(Membership::group);
        group.is_none_or(|group| client.seated && group != self.log.group)
    }

    pub(super) fn knock(&mut self, client: &mut Client, now: u64) {
        if let Some(knock) = self.own_knock() {
            let circle = self.me.circle;
            client.send(ClientMessage::Knock { circle, knock });
        }
        self.knocked_at = Some(now);
        self.asking_since.get_or_insert(now);
    }

    pub(super) fn found(&mut self, client: &mut Client, now: u64) {
        let after = self.log.group.number;
        let number = after.max(self.memory.group).saturating_add(1);
        self.founding = Some(number);
        self.founding_at = Some(now);
        let group = GroupRef {
            circle: self.me.circle,
            number,
        };
        client.send(ClientMessage::Found { group, after });
    }

    pub(super) fn founded(&mut self, client: &mut Client, now: u64, group: GroupRef, by: SeatId) {
        self.log = LogState {
            group,
            epoch: 0,
            seq: 0,
        };
        // Nothing more is ordered in the group before. What is said there may be heard until the next.
        self.caught_up = false;
        // Whoever begins a group asks for no place in it any more.
        self.knocks.forget_seated(by);
        if by != self.me.seat() || self.founding.take() != Some(group.number) {
            if self
                .member
                .as_ref()
                .is_none_or(|member| member.group() != group)
                && client.seated
                && self.may_ask()
            {
                self.knock(client, now);
            }
            return;
        }
        match Membership::found(&self.me, group, self.memory.closed_seats()) {
            Ok(member) => self.enter_group(client, now, member),
            Err(_) => self.counters.commits_failed += 1,
        }
    }

    pub(super) fn join(
        &mut self,
        client: &mut Client,
        now: u64,
        group: GroupRef,
        seq: u64,
        welcome: &Sealed,
    ) {
        let current = self.member.as_ref().map(Membership::group);
        if current == Some(group) {
            return;
        }
        match Membership::join(&self.me, welcome, (group, seq), &self.memory) {
            Ok(member) => {
                // Older key packages are forgotten, so the one that was used is as new as this.
                let asked_at = self.asking_since;
                self.enter_group(client, now, member);
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
    pub(super) fn enter_group(&mut self, client: &mut Client, now: u64, member: Membership) {
        self.me.provider.forget_packages();
        let before = self.memory.group;
        if let Some(old) = self.member.replace(member) {
            old.forget(&self.me);
        }
        if before != 0
            && self
                .member
                .as_ref()
                .is_some_and(|m| m.group().number > before)
        {
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
        self.turn(client, now, Turned::default());
        if client.seated {
            self.catch_up(client, now);
        }
    }

    /// This client cannot follow the group any more: it forgets it and asks for a new place.
    pub(super) fn wedge(&mut self, client: &mut Client, now: u64) {
        if let Some(member) = self.member.take() {
            member.forget(&self.me);
        }
        self.counters.wedged += 1;
        self.frames.forget();
        self.wishes.pending = None;
        self.caught_up = false;
        self.wedged_at = Some(now);
        if client.seated {
            self.knock(client, now);
        }
        client.outputs.push_back(Output::ViewChanged);
    }

    pub(super) fn expelled(&mut self, client: &mut Client) {
        if let Some(member) = self.member.take() {
            member.forget(&self.me);
        }
        self.frames.forget();
        self.outbox.clear();
        self.expelled = true;
        client.outputs.push_back(Output::ViewChanged);
    }

    /// What was asked for and did not come is asked for again.
    pub(super) fn ask_again(&mut self, client: &mut Client, now: u64) {
        if !client.seated {
            return self.ask_in_again(client, now);
        }
        if self.is_out(client) && !self.expelled && !client.leaving && self.may_ask() {
            let wait = self.knock_again_after();
            if self.knocked_at.is_none_or(|at| now >= at + wait) {
                self.knock(client, now);
            }
            let since = self.wedged_at.or(self.asking_since).unwrap_or(now);
            if self.may_lead() && !self.founds(now) && self.may_found(client, now, since) {
                self.found(client, now);
            }
        }
        match self.ahead_since {
            Some(at) if now >= at + AHEAD_WEDGED_MS => {
                self.ahead_since = None;
                self.wedge(client, now);
            }
            Some(at) if now >= at + AHEAD_ASK_MS => self.ask_log(client, now),
            _ => {}
        }
        let stuck = |at| now >= at + ASK_LOG_MS + PAST_MS;
        if !self.is_out(client) && !self.caught_up && self.asked_log_at.is_none_or(stuck) {
            self.catch_up(client, now);
        }
        self.adopt_doors(client, now);
    }

    fn knock_again_after(&self) -> u64 {
        match self.refusals {
            0 => KNOCK_AGAIN_MS,
            refusals => REFUSED_MS << refusals.min(4),
        }
    }

    /// In the antechamber a knock stands until somebody answers it. But if what came of it was another
    /// machine's welcome, or a place in the group and none at the table, nobody is asked about it any more.
    fn ask_in_again(&mut self, client: &mut Client, now: u64) {
        let Some(since) = client.waiting_since else {
            return;
        };
        let since = since.max(self.joined_at).max(self.knocked_at.unwrap_or(0));
        let wait = self.knock_again_after();
        let unanswered = self.member.is_some() || self.refusals > 0;
        if unanswered && now >= since + wait {
            if self.member.is_some() {
                self.wedge(client, now);
            }
            self.knock(client, now);
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

    /// This client may ask for a place: at the table always, in another circle once the table stands.
    fn may_ask(&self) -> bool {
        self.is_table() || self.table_stands
    }

    /// This seat is one of those that begin a group of this circle: a host's at the table, a principal's in its
    /// delegation's circle.
    fn may_lead(&self) -> bool {
        self.me.circle.is_begun_by(&self.me.shape())
    }

    /// Whether one that may lead and that nobody lets in may begin a new group: there is none; no other such seat is
    /// at the table to ask; or it was a member and nobody who is lets it back, in turn.
    pub(super) fn may_found(&self, client: &Client, now: u64, since: u64) -> bool {
        let is_there = |(shape, presence): &&(SeatShape, Presence)| {
            self.me.circle.is_begun_by(shape) && *presence == Presence::Seated
        };
        let leaders: Vec<_> = client
            .seats
            .values()
            .filter(is_there)
            .map(|(shape, _)| shape.id)
            .collect();
        let before = leaders
            .iter()
            .filter(|seat| **seat < self.me.seat())
            .count() as u64;
        if self.log.group.number == 0 {
            // At the table whoever comes first may; in a delegation its first principal, others after a while.
            return self.is_table()
                || before == 0
                || now >= since + FOUND_MS + before * FOUND_TURN_MS;
        }
        // Those that ask for a place themselves let nobody in.
        let asks = |seat: &SeatId| {
            let mut knocks = self.knocks.iter();
            knocks.any(|(asking, knock)| asking == *seat && !knock.waiting)
        };
        let others = leaders
            .iter()
            .any(|seat| *seat != self.me.seat() && !asks(seat));
        let was_member = self.memory.group == self.log.group.number;
        (!others || was_member) && now >= since + FOUND_MS + before * FOUND_TURN_MS
    }

    /// A host that knows of no word about the doors gives its own: what it told the server.
    pub(super) fn adopt_doors(&mut self, client: &mut Client, now: u64) {
        let unknown = client.doors.closed.is_none() && now >= self.joined_at + FOUND_MS;
        let alone = client.doors.closed.is_none()
            && self
                .member
                .as_ref()
                .is_some_and(|m| m.leaders().count() == 1);
        if self.is_table() && self.me.is_host() && self.member.is_some() && (unknown || alone) {
            client.set_doors(client.server_doors == Doors::Closed);
            self.next_beat = now;
        }
    }
}
