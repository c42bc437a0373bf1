//! One circle of the call, as one client sees it: its place in the circle's group, the keys of its frames, who is heard
//! there, what is wrong. Whatever follows from a group is owned here, once for each; what the circles of one client
//! share is in [`Client`], which every input brings along.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::{CircleId, ClientMessage, GroupRef, Sealed, SeatId, sealed::LogState};

use super::{
    Counters, FrameRefused, MemberState, NotSent, OpenedFrame, Output, ProblemKind, Remembered,
    Sending, Stage,
    check::Checks,
    client::Client,
    committing::Wishes,
    frames::Frames,
    identity::OwnLeaf,
    knocks::Knocks,
    manifest::Judgement,
    membership::Membership,
    outbox::{Outbox, ReadTexts},
    pulses::{Pulse, Pulses},
    witnesses::Witnesses,
};
use crate::{
    credential::VerifiedLeaf,
    media::{envelope::Kind, kid::Stream, open::Refused},
    message::{DoorsAct, Heartbeat, Said},
    policy,
    sabotage::{self, Fault},
};

/// A heartbeat goes this often.
const BEAT_MS: u64 = 500;
/// In large calls those who send frames beat this often: each heartbeat echoes all the others', so what a
/// client hears of them grows with the square.
const LARGE_BEAT_MS: u64 = 1_000;
/// Those who send no frames beat this often in large calls, and in circles beside the table.
const QUIET_BEAT_MS: u64 = 2_000;
/// A heartbeat that asks for what is waited for, or answers, does not wait for its turn; but for this.
const HURRY_MS: u64 = 200;
/// Messages of earlier epochs are read for this long.
pub(super) const PAST_MS: u64 = 5_000;

/// One client in one circle.
pub(super) struct Circle {
    pub(super) me: OwnLeaf,
    /// Of groups before, also of those before this load of the client.
    pub(super) memory: Remembered,
    pub(super) member: Option<Membership>,
    pub(super) frames: Frames,
    pub(super) pulses: Pulses,
    pub(super) witnesses: Witnesses,
    pub(super) knocks: Knocks,
    pub(super) wishes: Wishes,
    pub(super) checks: Checks,
    /// Leaves that were members since this client is here.
    pub(super) known: Vec<VerifiedLeaf>,
    /// Seats whose person came on another machine than before, until accepted.
    pub(super) changed: BTreeSet<SeatId>,
    pub(super) caught_up: bool,
    pub(super) log: LogState,
    // What is under way.
    pub(super) knocked_at: Option<u64>,
    /// Number of the group this client begins.
    pub(super) founding: Option<u32>,
    pub(super) founding_at: Option<u64>,
    pub(super) wedged_at: Option<u64>,
    pub(super) recovered_until: Option<u64>,
    pub(super) expelled: bool,
    /// Since when this client asks for a place.
    pub(super) asking_since: Option<u64>,
    /// Welcomes refused in a row.
    pub(super) refusals: u32,
    /// Messages of an epoch that is on its way.
    pub(super) ahead: VecDeque<Sealed>,
    pub(super) ahead_since: Option<u64>,
    pub(super) asked_log_at: Option<u64>,
    pub(super) epoch_at: u64,
    pub(super) outbox: Outbox,
    pub(super) read: ReadTexts,
    pub(super) next_beat: u64,
    beaten_at: u64,
    sealed_at: u64,
    pub(super) joined_at: u64,
    /// The table's group lets this client send: only then others begin.
    pub(super) table_stands: bool,
    pub(super) seen_problems: BTreeMap<(ProblemKind, Option<SeatId>), u64>,
    summary: Vec<(SeatId, MemberState)>,
    summary_sending: Sending,
    pub(super) counters: Counters,
}

impl Circle {
    pub(super) fn new(now: u64, me: OwnLeaf, memory: Remembered) -> Self {
        let group = GroupRef {
            circle: me.circle,
            number: 0,
        };
        Self {
            pulses: Pulses::new(me.circle),
            me,
            memory,
            member: None,
            frames: Frames::default(),
            witnesses: Witnesses::default(),
            knocks: Knocks::default(),
            wishes: Wishes::default(),
            checks: Checks::default(),
            known: Vec::new(),
            changed: BTreeSet::new(),
            caught_up: false,
            log: LogState {
                group,
                ..LogState::default()
            },
            knocked_at: None,
            founding: None,
            founding_at: None,
            wedged_at: None,
            recovered_until: None,
            expelled: false,
            asking_since: None,
            refusals: 0,
            ahead: VecDeque::new(),
            ahead_since: None,
            asked_log_at: None,
            epoch_at: now,
            outbox: Outbox::default(),
            read: ReadTexts::default(),
            next_beat: now,
            beaten_at: 0,
            sealed_at: 0,
            joined_at: now,
            table_stands: false,
            seen_problems: BTreeMap::new(),
            summary: Vec::new(),
            summary_sending: Sending::Unconfirmed,
            counters: Counters::default(),
        }
    }

    /// The call's own circle, where all are.
    pub(super) fn is_table(&self) -> bool {
        self.me.circle == CircleId::TABLE
    }

    /// Whether this client may let others into the group it is in, and take them out of it.
    pub(super) fn leads(&self) -> bool {
        match &self.member {
            Some(member) => member.leads(member.own_leaf()),
            None => self.is_table() && self.me.is_host(),
        }
    }

    /// Those who send nothing beat so rarely that silence means less.
    pub(super) fn is_sparse(&self) -> bool {
        !self.is_table() || self.member.as_ref().is_some_and(Membership::is_large)
    }

    /// Where this client is.
    pub(super) fn stage(&self, client: &Client) -> Stage {
        match (&self.member, self.wedged_at, self.knocked_at) {
            (_, Some(_), _) => Stage::Recovering,
            (Some(_), ..) if self.is_out(client) => Stage::Recovering,
            (Some(_), None, _) => Stage::Member,
            (None, None, Some(_)) => Stage::Joining,
            (None, None, None) => Stage::Outside,
        }
    }

    /// Time passes.
    pub(super) fn handle_timeout(&mut self, client: &mut Client) {
        let now = client.now;
        self.frames.tick(now, self.pulses.reached(now));
        self.pulses.tick(now);
        if let Some(member) = self.member.as_ref() {
            self.witnesses.tick(now, member, &self.pulses);
        }
        if now >= self.epoch_at + PAST_MS
            && let Some(member) = self.member.as_mut()
        {
            member.forget_past(&self.me);
            self.epoch_at = u64::MAX - PAST_MS;
        }
        if client.connected {
            self.ask_again(client, now);
            self.commit_if_due(client, now);
            self.say_next(client, now);
            if now >= self.beaten_at + HURRY_MS
                && (self.frames.told.is_asked() || self.pulses.needs(now))
            {
                self.next_beat = now;
            }
            self.beat_if_due(client, now);
        }
        self.look(client);
    }

    /// Seals a frame to send. An error means: drop it.
    pub(super) fn seal(
        &mut self,
        client: &Client,
        (stream, layer): (Stream, u8),
        key: bool,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotSent> {
        if self.member.is_none() {
            return Err(NotSent::NotAMember);
        }
        let now = client.now;
        let allowed = self.may_seal(now) && !client.leaving;
        if !allowed && !sabotage::on(Fault::SendWithoutEcho) {
            return Err(NotSent::NotConfirmed);
        }
        self.sealed_at = now;
        // Who sends beats as senders do.
        self.next_beat = self.next_beat.min(now + self.beat_every(now));
        let leaf_key = &self.me.leaf_key;
        (self.frames).seal(now, leaf_key, (stream, layer), key, frame)
    }

    /// Opens a frame that arrived. An error means: drop it (or hold it for a while, if it is
    /// [`FrameRefused::Later`] or [`FrameRefused::Unproven`]).
    pub(super) fn open(
        &mut self,
        client: &mut Client,
        kind: Kind,
        bytes: &[u8],
    ) -> Result<OpenedFrame, FrameRefused> {
        let now = client.now;
        let opened = self.open_frame(now, kind, bytes);
        self.settle_proofs(client);
        match &opened {
            Ok(_) => self.frames.counts.opened += 1,
            // Sealed before this client came: nobody's fault.
            Err(FrameRefused::Frame(Refused::WrongEpoch(_))) if now < self.joined_at + PAST_MS => {
                self.frames.counts.early += 1;
            }
            Err(why) => self.frames.counts.refuse(*why),
        }
        opened
    }

    fn open_frame(
        &mut self,
        now: u64,
        kind: Kind,
        bytes: &[u8],
    ) -> Result<OpenedFrame, FrameRefused> {
        let member = self.member.as_ref().ok_or(FrameRefused::NotAMember)?;
        let (removals, checks) = (&self.wishes.removals, &self.checks);
        let is_closed = |seat: SeatId| {
            let leaf = member.leaf_of(seat);
            leaf.is_some_and(|(_, leaf)| policy::is_closed(&member.closed, seat, leaf.grant.link))
                && !sabotage::on(Fault::ClosedAtTableHeardElsewhere)
        };
        let is_blocked = |seat: SeatId| {
            removals.contains_key(&seat)
                || checks.differs(seat)
                || self.changed.contains(&seat)
                || is_closed(seat)
        };
        let mut authentic = self
            .frames
            .open(now, kind, bytes, &member.roster, is_blocked)?;
        let pulse = self
            .pulses
            .of_key(&authentic.leaf_key)
            .ok_or(FrameRefused::NoSuchMember)?;
        let manifests = &mut pulse.manifests;
        let (kid, ctr, digest) = (authentic.kid, authentic.ctr, authentic.digest);
        if authentic.is_seen && !manifests.disputes(kid, ctr, digest) {
            return Err(FrameRefused::Frame(Refused::Replayed));
        }
        for told in self.frames.read_manifest(&mut authentic)?.iter().flatten() {
            manifests.told(now, told);
        }
        for (kid, ctr) in manifests.take_disowned() {
            self.frames.unmark(kid, ctr);
        }
        let judgement = manifests.frame(now, kid, ctr, digest);
        if judgement == Judgement::Good || sabotage::on(Fault::UnprovenMovesWindow) {
            self.frames.mark(&authentic);
        }
        match judgement {
            Judgement::Good => {
                // Only what is given out counts as heard: a voice that comes too late is a missing one.
                pulse.opened(kid);
                Ok(authentic.frame)
            }
            Judgement::Unproven => Err(FrameRefused::Unproven),
            Judgement::Forged => Err(FrameRefused::Forged),
            Judgement::Late => Err(FrameRefused::Late),
        }
    }

    /// What manifests that were read settle: frames that wait may be good now, and the number of one that
    /// was another's is free for its sender's.
    pub(super) fn settle_proofs(&mut self, client: &mut Client) {
        let mut released = false;
        for pulse in self.pulses.leaves.values_mut() {
            released |= pulse.manifests.take_released();
            for (kid, ctr) in pulse.manifests.take_disowned() {
                self.frames.unmark(kid, ctr);
            }
        }
        if released {
            client.outputs.push_back(Output::Proven);
        }
    }

    /// How often this client beats now.
    fn beat_every(&self, now: u64) -> u64 {
        match self.is_sparse() {
            false => BEAT_MS,
            true if now > self.sealed_at + QUIET_BEAT_MS => QUIET_BEAT_MS,
            true if self.is_table() => LARGE_BEAT_MS,
            true => BEAT_MS,
        }
    }

    pub(super) fn beat_if_due(&mut self, client: &mut Client, now: u64) {
        if now < self.next_beat || !client.seated {
            return;
        }
        let every = self.beat_every(now);
        let tells_doors = self.is_table() && self.me.is_host();
        let Some(member) = self.member.as_mut() else {
            return;
        };
        self.next_beat = now + every;
        self.beaten_at = now;
        let (number, echoes) = self.pulses.beat(now);
        let (positions, sent) = (self.frames.told.positions(), self.frames.told.take(now));
        let said = Said::Heartbeat(Heartbeat {
            number,
            doors: if tells_doors {
                client.doors
            } else {
                DoorsAct::default()
            },
            code: client.code,
            echoes,
            positions,
            sent,
            asked: self.pulses.ask(now),
        });
        let group = member.group();
        match member.say(&self.me, &said) {
            Ok(sealed) => client.send(ClientMessage::Passing { group, sealed }),
            Err(_) => self.counters.commits_failed += 1,
        }
    }

    /// After any input from outside: what is due is done, and what changed for the eye is noted.
    pub(super) fn settle(&mut self, client: &mut Client) {
        let now = client.now;
        if client.connected {
            self.commit_if_due(client, now);
            self.say_next(client, now);
            self.beat_if_due(client, now);
        }
        self.look(client);
    }

    /// Notes what changed for the eye, and remembers since when what is wrong is wrong.
    pub(super) fn look(&mut self, client: &mut Client) {
        let now = client.now;
        let found = self.problems_now(client);
        let before = self.seen_problems.len();
        self.seen_problems.retain(|key, _| found.contains(key));
        let mut changed = self.seen_problems.len() != before;
        for key in found {
            changed |= !self.seen_problems.contains_key(&key);
            self.seen_problems.entry(key).or_insert(now);
        }
        let state = |pulse: &Pulse| (pulse.seat, self.member_state(now, pulse.seat, Some(pulse)));
        let summary: Vec<_> = self.pulses.leaves.values().map(state).collect();
        let sending = self.sending(now);
        if changed || summary != self.summary || sending != self.summary_sending {
            (self.summary, self.summary_sending) = (summary, sending);
            client.outputs.push_back(Output::ViewChanged);
        }
    }
}
