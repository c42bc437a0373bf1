//! One seat's side of a sealed call: the group, the keys of its frames, who is who. Sans-IO: give it
//! every message of the server, the time, and what the person does; drain [`Session::poll_output`]
//! after each. `now` is milliseconds since 1970 and must not run backwards.
//!
//! - `identity`: the own leaf, key packages. `provider`: what OpenMLS works with. `membership`: the MLS
//!   group, all of OpenMLS's API.
//! - `committing`: when this client commits, and what. `knocks`: who asks in.
//! - `pulses`: heartbeats. `witnesses`: whether frames may leave. `manifest`: whose frames are whose. `told`: the own ones. `frames`: media keys by epoch; `counts`:
//!   how many opened, and why others did not.
//! - `acting`: what the person does. `exchange`: messages of the server. `outbox`: kept messages on their way. `placing`: getting a place in the group and losing it.
//!   `epochs`: from commit to commit. `check`: the words. `view`: what a screen shows.
//!
//! It fails closed: without a group, without the answer of a host (or of enough others, where there is
//! none), after 15 s without one, nothing is sealed; what does not open, or is not what its sender says it sent, is not given out.

mod acting;
mod check;
mod committing;
mod counts;
mod epochs;
mod exchange;
#[cfg(feature = "forge")]
pub mod forge;
mod frames;
mod identity;
mod knocks;
mod manifest;
mod membership;
mod outbox;
mod placing;
mod provider;
mod pulses;
mod terms;
mod told;
mod view;
mod witnesses;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::{
    ClientMessage, Sealed, SeatId,
    sealed::LogState,
    types::{Doors, Presence},
};

use crate::{
    credential::VerifiedLeaf,
    media::{envelope::Kind, kid::Stream, open::Refused},
    message::{DoorsAct, Heartbeat, Said},
    sabotage::{self, Fault},
};
use check::Checks;
use committing::Wishes;
use frames::Frames;
use identity::Identity;
use knocks::Knocks;
use manifest::Judgement;
use membership::Membership;
use outbox::{Outbox, ReadTexts};
use pulses::Pulses;
use witnesses::Witnesses;

pub use counts::{FrameCounts, RefusedFrames};
pub use identity::Candidate;
pub use terms::{
    Act, ActError, Counters, FrameRefused, Memory, NotSent, OpenedFrame, Output, SessionError,
    Stage, TextMessage, UNPROVEN_MS,
};
pub use view::{
    CheckView, Claim, ClaimProblem, MemberState, MemberView, People, Problem, ProblemKind, Sending,
    UnsentText, View,
};

/// [`Session::poll_timeout`] asks to be called this often.
const TICK_MS: u64 = 100;
/// No client is left alone for so long but by sleep: its machine's, or its page's.
const SLEPT_MS: u64 = 5_000;
/// A heartbeat goes this often.
const BEAT_MS: u64 = 500;
/// In large calls those who send frames beat this often: each heartbeat echoes all the others', so what a
/// client hears of them grows with the square.
const LARGE_BEAT_MS: u64 = 1_000;
/// In large calls those who send no frames beat this often.
const QUIET_BEAT_MS: u64 = 2_000;
/// A heartbeat that asks for what is waited for, or answers, does not wait for its turn; but for this.
const HURRY_MS: u64 = 200;
/// Messages of earlier epochs are read for this long.
const PAST_MS: u64 = 5_000;

/// One seat's side of a sealed call.
pub struct Session {
    now: u64,
    me: Identity,
    memory: Memory,
    code: [u8; 16],
    member: Option<Membership>,
    frames: Frames,
    pulses: Pulses,
    witnesses: Witnesses,
    knocks: Knocks,
    wishes: Wishes,
    checks: Checks,
    /// Leaves that were members since this client is here.
    known: Vec<VerifiedLeaf>,
    /// Seats whose person came on another machine than before, until accepted.
    changed: BTreeSet<SeatId>,
    doors: DoorsAct,
    people: Option<People>,
    plan_refused: bool,
    // What the server says.
    connected: bool,
    seated: bool,
    /// In the antechamber, since.
    waiting_since: Option<u64>,
    caught_up: bool,
    log: LogState,
    server_doors: Doors,
    presences: BTreeMap<SeatId, (bool, Presence)>,
    // What is under way.
    knocked_at: Option<u64>,
    founding: Option<u32>,
    founding_at: Option<u64>,
    wedged_at: Option<u64>,
    recovered_until: Option<u64>,
    expelled: bool,
    leaving: bool,
    /// Counts the connections to the server.
    connection: u32,
    /// Since when this client asks for a place.
    asking_since: Option<u64>,
    /// Welcomes refused in a row.
    refusals: u32,
    /// Messages of an epoch that is on its way.
    ahead: VecDeque<Sealed>,
    ahead_since: Option<u64>,
    asked_log_at: Option<u64>,
    epoch_at: u64,
    ticked_at: u64,
    outbox: Outbox,
    read: ReadTexts,
    next_beat: u64,
    beaten_at: u64,
    sealed_at: u64,
    joined_at: u64,
    /// Since when it hears what passes, without a break by sleep or network.
    listening_since: u64,
    seen_problems: BTreeMap<(ProblemKind, Option<SeatId>), u64>,
    summary: Vec<(SeatId, MemberState)>,
    summary_sending: Sending,
    counters: Counters,
    outputs: VecDeque<Output>,
}

impl Candidate {
    /// The session, once the device key has signed [`Candidate::to_sign`].
    pub fn into_session(
        self,
        now: u64,
        device_signature: [u8; 64],
        memory: Memory,
    ) -> Result<Session, SessionError> {
        Ok(Session::new(
            now,
            self.into_identity(device_signature)?,
            memory,
        ))
    }
}

impl Session {
    fn new(now: u64, me: Identity, memory: Memory) -> Self {
        Self {
            now,
            me,
            memory,
            code: [0; 16],
            member: None,
            frames: Frames::default(),
            pulses: Pulses::default(),
            witnesses: Witnesses::default(),
            knocks: Knocks::default(),
            wishes: Wishes::default(),
            checks: Checks::default(),
            known: Vec::new(),
            changed: BTreeSet::new(),
            doors: DoorsAct::default(),
            people: None,
            plan_refused: false,
            connected: true,
            seated: false,
            waiting_since: None,
            caught_up: false,
            log: LogState::default(),
            server_doors: Doors::Open,
            presences: BTreeMap::new(),
            knocked_at: None,
            founding: None,
            founding_at: None,
            wedged_at: None,
            recovered_until: None,
            expelled: false,
            leaving: false,
            connection: 0,
            asking_since: None,
            refusals: 0,
            ahead: VecDeque::new(),
            ahead_since: None,
            asked_log_at: None,
            epoch_at: now,
            ticked_at: now,
            outbox: Outbox::default(),
            read: ReadTexts::default(),
            next_beat: now,
            beaten_at: 0,
            sealed_at: 0,
            joined_at: now,
            listening_since: now,
            seen_problems: BTreeMap::new(),
            summary: Vec::new(),
            summary_sending: Sending::Unconfirmed,
            counters: Counters::default(),
            outputs: VecDeque::new(),
        }
    }

    /// What code this client runs: a byte for its kind and 15 of a hash. Told in heartbeats; it shows
    /// an honest difference, not a lie.
    pub fn set_code(&mut self, code: [u8; 16]) {
        self.code = code;
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Session::handle_timeout`].
    pub fn poll_timeout(&self) -> u64 {
        self.ticked_at + TICK_MS
    }

    /// What to keep on disk.
    pub fn memory(&self) -> Memory {
        self.memory.clone()
    }

    /// Things that should be rare.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Where this client is.
    pub fn stage(&self) -> Stage {
        match (&self.member, self.wedged_at, self.knocked_at) {
            (_, Some(_), _) => Stage::Recovering,
            (Some(_), ..) if self.is_out() => Stage::Recovering,
            (Some(_), None, _) => Stage::Member,
            (None, None, Some(_)) => Stage::Joining,
            (None, None, None) => Stage::Outside,
        }
    }

    /// Every input comes with the time; it never goes back. Who slept has heard nobody meanwhile, and
    /// draws no conclusions from that.
    fn pass_to(&mut self, now: u64) {
        if now > self.now.saturating_add(SLEPT_MS) {
            self.listening_since = now;
        }
        self.now = self.now.max(now);
    }

    /// Time passes.
    pub fn handle_timeout(&mut self, now: u64) {
        self.pass_to(now);
        let now = self.now;
        self.ticked_at = now;
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
        if self.connected {
            self.ask_again(now);
            self.commit_if_due(now);
            self.say_next(now);
            if now >= self.beaten_at + HURRY_MS
                && (self.frames.told.is_asked() || self.pulses.needs(now))
            {
                self.next_beat = now;
            }
            self.beat_if_due(now);
        }
        self.look(now);
    }

    /// Seals a frame to send. An error means: drop it.
    pub fn seal(
        &mut self,
        now: u64,
        stream: Stream,
        layer: u8,
        key: bool,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotSent> {
        self.pass_to(now);
        if self.member.is_none() {
            return Err(NotSent::NotAMember);
        }
        let allowed = self.may_seal(self.now) && !self.leaving;
        if !allowed && !sabotage::on(Fault::SendWithoutEcho) {
            return Err(NotSent::NotConfirmed);
        }
        self.sealed_at = self.now;
        // Who sends beats as senders do.
        self.next_beat = self.next_beat.min(self.now + self.beat_every(self.now));
        let (now, leaf_key) = (self.now, &self.me.leaf_key);
        (self.frames).seal(now, leaf_key, (stream, layer), key, frame)
    }

    /// Opens a frame that arrived. An error means: drop it (or hold it for a while, if it is
    /// [`FrameRefused::Later`] or [`FrameRefused::Unproven`]).
    pub fn open(
        &mut self,
        now: u64,
        kind: Kind,
        bytes: &[u8],
    ) -> Result<OpenedFrame, FrameRefused> {
        self.pass_to(now);
        let opened = self.open_frame(self.now, kind, bytes);
        self.settle_proofs();
        match &opened {
            Ok(_) => self.frames.counts.opened += 1,
            // Sealed before this client came: nobody's fault.
            Err(FrameRefused::Frame(Refused::WrongEpoch(_)))
                if self.now < self.joined_at + PAST_MS =>
            {
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
        let is_blocked = |seat: SeatId| {
            removals.contains_key(&seat) || checks.differs(seat) || self.changed.contains(&seat)
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
    fn settle_proofs(&mut self) {
        let mut released = false;
        for pulse in self.pulses.leaves.values_mut() {
            released |= pulse.manifests.take_released();
            for (kid, ctr) in pulse.manifests.take_disowned() {
                self.frames.unmark(kid, ctr);
            }
        }
        if released {
            self.outputs.push_back(Output::Proven);
        }
    }

    /// How often this client beats now.
    fn beat_every(&self, now: u64) -> u64 {
        match self.member.as_ref().is_some_and(Membership::is_large) {
            false => BEAT_MS,
            true if now > self.sealed_at + QUIET_BEAT_MS => QUIET_BEAT_MS,
            true => LARGE_BEAT_MS,
        }
    }

    fn beat_if_due(&mut self, now: u64) {
        if now < self.next_beat || !self.seated {
            return;
        }
        let every = self.beat_every(now);
        let Some(member) = self.member.as_mut() else {
            return;
        };
        self.next_beat = now + every;
        self.beaten_at = now;
        let (number, echoes) = self.pulses.beat(now);
        let (positions, sent) = (self.frames.told.positions(), self.frames.told.take(now));
        let said = Said::Heartbeat(Heartbeat {
            number,
            doors: if self.me.is_host() {
                self.doors
            } else {
                DoorsAct::default()
            },
            code: self.code,
            echoes,
            positions,
            sent,
            asked: self.pulses.ask(now),
        });
        let group = member.number();
        match member.say(&self.me, &said) {
            Ok(sealed) => {
                self.send(ClientMessage::Passing { group, sealed });
            }
            Err(_) => self.counters.commits_failed += 1,
        }
    }

    fn send(&mut self, message: ClientMessage) {
        self.outputs.push_back(Output::Send(message));
    }

    /// Notes what changed for the eye, and remembers since when what is wrong is wrong.
    fn look(&mut self, now: u64) {
        let found = self.problems_now(now);
        let before = self.seen_problems.len();
        self.seen_problems.retain(|key, _| found.contains(key));
        let mut changed = self.seen_problems.len() != before;
        for key in found {
            changed |= !self.seen_problems.contains_key(&key);
            self.seen_problems.entry(key).or_insert(now);
        }
        let state =
            |pulse: &pulses::Pulse| (pulse.seat, self.member_state(now, pulse.seat, Some(pulse)));
        let summary: Vec<_> = self.pulses.leaves.values().map(state).collect();
        let sending = self.sending(now);
        if changed || summary != self.summary || sending != self.summary_sending {
            (self.summary, self.summary_sending) = (summary, sending);
            self.outputs.push_back(Output::ViewChanged);
        }
    }
}

#[cfg(test)]
mod tests;
