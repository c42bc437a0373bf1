//! The heartbeats of the others: who is here, who has heard me lately, whose frames are proven.
//!
//! A heartbeat is read only by members of the same epoch, so reading one proves that its sender has
//! the same group, members included. It carries the number of the last heartbeat it has read from each
//! other leaf: an echo of a recent one of mine proves that nothing between us is held back.

use std::collections::{BTreeMap, VecDeque};

use protocol::{CircleId, SeatId};

use super::manifest::Manifests;
use crate::{
    keys::PublicKey,
    media::kid::{KeyId, Stream},
    message::{AskedFrames, DoorsAct, Heartbeat, SentFrames},
    policy::Roster,
    sabotage::{self, Fault},
};

/// A leaf not heard for this long is marked.
pub(super) const MARK_MS: u64 = 1_500;
/// The same in large calls, where those who send nothing beat every two seconds.
pub(super) const MARK_LARGE_MS: u64 = 3_500;
/// A leaf not heard for this long is absent.
pub(super) const ABSENT_MS: u64 = 5_000;
/// An echo of a heartbeat older than this proves nothing.
pub(super) const FRESH_MS: u64 = 15_000;
/// Own heartbeats whose times are remembered: more than [`FRESH_MS`] of them.
const SENT_MAX: usize = 64;
/// A sender is asked for its proofs again after this long.
const ASK_AGAIN_MS: u64 = 1_000;
/// Ranges of frames asked for in one heartbeat.
pub(super) const ASKED_MAX: usize = 64;
/// Voice is compared with what its sender says it sent over this long.
const VOICE_WINDOW_MS: u64 = 5_000;
/// Least number of voice frames in a window from which starvation is judged: 3.6 s of packets of 120 ms, less
/// than a second of those of 20.
const VOICE_FRAMES_MIN: u64 = 30;

/// What is known of one leaf.
pub(super) struct Pulse {
    pub(super) seat: SeatId,
    leaf_key: PublicKey,
    since: u64,
    /// It was added while this client was in the group.
    is_newcomer: bool,
    pub(super) last_at: Option<u64>,
    number: u32,
    /// Whom it echoed last.
    echoes: BTreeMap<u16, u32>,
    /// When another leaf first echoed its newest heartbeat: it lives, for that one.
    rumoured_at: u64,
    pub(super) epoch: u64,
    /// When the own heartbeat that it echoed last was sent, or the own key package made.
    echoed_at: Option<u64>,
    pub(super) doors: DoorsAct,
    pub(super) code: Option<[u8; 16]>,
    pub(super) manifests: Manifests,
    asked_at: Option<u64>,
    voice: Voice,
    voice_before: Voice,
    /// The key id and position its voice had last.
    voice_at: Option<(KeyId, u64)>,
}

/// Voice frames in a window: said to be sent, and opened here.
#[derive(Clone, Copy, Default)]
struct Voice {
    told: u64,
    opened: u64,
}

/// All leaves but the own.
pub(super) struct Pulses {
    circle: CircleId,
    pub(super) leaves: BTreeMap<u16, Pulse>,
    number: u32,
    sent: VecDeque<(u32, u64)>,
    /// When the own key package was made, or before.
    knocked_at: Option<u64>,
    window_at: u64,
}

impl Pulses {
    pub(super) fn new(circle: CircleId) -> Self {
        Self {
            circle,
            leaves: BTreeMap::new(),
            number: 0,
            sent: VecDeque::new(),
            knocked_at: None,
            window_at: 0,
        }
    }

    /// Another group: nothing that was heard in the old one counts. The own numbers go on.
    pub(super) fn forget(&mut self) {
        self.leaves.clear();
        self.sent.clear();
        self.knocked_at = None;
    }

    /// The members are these now. A leaf whose key or seat changed is somebody new.
    pub(super) fn follow(&mut self, now: u64, roster: &Roster, own_leaf: u16) {
        self.leaves.retain(|leaf, pulse| {
            roster
                .get(leaf)
                .is_some_and(|l| l.leaf_key == pulse.leaf_key && l.seat() == pulse.seat)
        });
        let joined_before = !self.leaves.is_empty();
        for (leaf, member) in roster.iter().filter(|(leaf, _)| **leaf != own_leaf) {
            self.leaves.entry(*leaf).or_insert_with(|| Pulse {
                seat: member.seat(),
                leaf_key: member.leaf_key,
                since: now,
                is_newcomer: joined_before,
                last_at: None,
                number: 0,
                echoes: BTreeMap::new(),
                rumoured_at: 0,
                epoch: 0,
                echoed_at: None,
                doors: DoorsAct::default(),
                code: None,
                manifests: Manifests::default(),
                asked_at: None,
                voice: Voice::default(),
                voice_before: Voice::default(),
                voice_at: None,
            });
        }
    }

    /// The number of the own next heartbeat, and what it echoes.
    pub(super) fn beat(&mut self, now: u64) -> (u32, Vec<(u16, u32)>) {
        self.number += 1;
        self.sent.push_back((self.number, now));
        if self.sent.len() > SENT_MAX {
            self.sent.pop_front();
        }
        let heard = self.leaves.iter().filter(|(_, pulse)| pulse.number > 0);
        (
            self.number,
            heard.map(|(leaf, pulse)| (*leaf, pulse.number)).collect(),
        )
    }

    /// A heartbeat of this leaf was read. True if it is the first of it.
    pub(super) fn heard(
        &mut self,
        now: u64,
        leaf: u16,
        epoch: u64,
        own: u16,
        beat: &Heartbeat,
    ) -> bool {
        let sent_at = |number| {
            let found = self.sent.iter().find(|(n, _)| *n == number);
            found.map(|(_, at)| *at)
        };
        let echo = beat.echoes.iter().find(|(echoed, _)| *echoed == own);
        let mut echoed_at = echo.and_then(|(_, number)| sent_at(*number));
        let knocked_at = self.knocked_at;
        let Some(pulse) = self.leaves.get_mut(&leaf) else {
            return false;
        };
        if beat.number <= pulse.number {
            return false;
        }
        let first = pulse.number == 0;
        if first && !pulse.is_newcomer {
            echoed_at = echoed_at.max(knocked_at);
        }
        pulse.number = beat.number;
        pulse.last_at = Some(now);
        pulse.epoch = pulse.epoch.max(epoch);
        pulse.echoed_at = pulse.echoed_at.max(echoed_at);
        pulse.doors = beat.doors;
        pulse.code = Some(beat.code);
        self.rumour(now, leaf, beat);
        let Some(pulse) = self.leaves.get_mut(&leaf) else {
            return false;
        };
        let circle = self.circle;
        for position in &beat.positions {
            if let Some(kid) = key_of(circle, leaf, position.kid) {
                pulse.manifests.reached(now, kid, position);
                pulse.moved(kid, position.next);
            }
        }
        let own = |sent: &&SentFrames| key_of(circle, leaf, sent.kid).is_some();
        for sent in beat.sent.iter().filter(own) {
            pulse.manifests.told(now, sent);
        }
        first
    }

    /// This client was let in by a key package that it made at `knocked_at` or later.
    pub(super) fn welcomed(&mut self, knocked_at: Option<u64>) {
        self.knocked_at = knocked_at;
    }

    /// A leaf says whom it has heard: each whose number moved was heard by it since it last said so.
    fn rumour(&mut self, now: u64, by: u16, beat: &Heartbeat) {
        let echoes: BTreeMap<_, _> = beat.echoes.iter().copied().collect();
        let Some(pulse) = self.leaves.get_mut(&by) else {
            return;
        };
        let before = std::mem::replace(&mut pulse.echoes, echoes.clone());
        let moved = |(leaf, number): &(u16, u32)| before.get(leaf).is_some_and(|b| b != number);
        for (leaf, _) in echoes.into_iter().filter(moved) {
            if let Some(pulse) = self.leaves.get_mut(&leaf) {
                pulse.rumoured_at = now;
            }
        }
    }

    /// The pulse of the leaf with this key.
    pub(super) fn of_key(&mut self, key: &PublicKey) -> Option<&mut Pulse> {
        self.leaves
            .values_mut()
            .find(|pulse| pulse.leaf_key == *key)
    }

    /// The epoch in which everybody else who is here was heard, or a later one.
    pub(super) fn reached(&self, now: u64) -> u64 {
        let here = self.leaves.values().filter(|pulse| !pulse.is_absent(now));
        here.map(|pulse| pulse.epoch).min().unwrap_or(u64::MAX)
    }

    /// Whether somebody is to be asked now for proofs that frames wait for. Others have the time until the
    /// next heartbeat: on a line that loses many, hurrying for each would fill it.
    pub(super) fn needs(&self, now: u64) -> bool {
        let needs = |pulse: &Pulse| pulse.lacks(now) && pulse.manifests.is_waited_for();
        self.leaves.values().any(needs)
    }

    /// Whether anything is to be asked for in the next heartbeat.
    #[cfg(test)]
    pub(super) fn lacks(&self, now: u64) -> bool {
        self.leaves.values().any(|pulse| pulse.lacks(now))
    }

    /// What to ask for in the next heartbeat.
    pub(super) fn ask(&mut self, now: u64) -> Vec<AskedFrames> {
        let mut asked = Vec::new();
        for pulse in self.leaves.values_mut() {
            if asked.len() >= ASKED_MAX {
                break;
            }
            if pulse.lacks(now) {
                pulse.asked_at = Some(now);
                asked.extend(pulse.manifests.lacking(now));
            }
        }
        asked.truncate(ASKED_MAX);
        asked
    }

    pub(super) fn tick(&mut self, now: u64) {
        for pulse in self.leaves.values_mut() {
            pulse.manifests.tick(now);
        }
        if now >= self.window_at + VOICE_WINDOW_MS {
            self.window_at = now;
            for pulse in self.leaves.values_mut() {
                pulse.voice_before = std::mem::take(&mut pulse.voice);
            }
        }
    }

    /// Seats that speak by their own word and of which nothing arrives, while others' voices do.
    pub(super) fn starved(&self) -> impl Iterator<Item = SeatId> + '_ {
        let all: u64 = self
            .leaves
            .values()
            .map(|pulse| pulse.voice_before.opened)
            .sum();
        let starves = move |pulse: &&Pulse| {
            let voice = pulse.voice_before;
            let hearing = all - voice.opened > VOICE_FRAMES_MIN;
            hearing && voice.told >= VOICE_FRAMES_MIN && voice.opened * 10 < voice.told
        };
        self.leaves.values().filter(starves).map(|pulse| pulse.seat)
    }
}

impl Pulse {
    pub(super) fn opened(&mut self, kid: KeyId) {
        if kid.stream() == Stream::Microphone {
            self.voice.opened += 1;
        }
    }

    /// Its voice has come to this counter, by its own word.
    fn moved(&mut self, kid: KeyId, next: u64) {
        if kid.stream() != Stream::Microphone {
            return;
        }
        let before = match self.voice_at {
            Some((last, before)) if last == kid => before,
            // Counters begin at 0 in each epoch; where this client came into one, it cannot know.
            _ if self.voice_at.is_some() => 0,
            _ => next,
        };
        self.voice.told += next.saturating_sub(before);
        self.voice_at = Some((kid, next));
    }

    fn silence(&self, now: u64) -> u64 {
        now.saturating_sub(self.last_at.unwrap_or(self.since))
    }

    /// It is to be asked for proofs, and was not just now.
    fn lacks(&self, now: u64) -> bool {
        let asked = self.asked_at.is_some_and(|at| now < at + ASK_AGAIN_MS);
        !asked && self.manifests.lacks(now)
    }

    /// Heard at least once.
    pub(super) fn is_known(&self) -> bool {
        self.last_at.is_some()
    }

    pub(super) fn is_absent(&self, now: u64) -> bool {
        self.silence(now) > ABSENT_MS
    }

    /// Added a moment ago, and has not answered yet.
    pub(super) fn is_on_its_way(&self, now: u64) -> bool {
        self.is_newcomer && self.echoed_at.is_none() && now <= self.since + ABSENT_MS
    }

    pub(super) fn is_silent(&self, now: u64, large: bool) -> bool {
        self.silence(now) > if large { MARK_LARGE_MS } else { MARK_MS }
    }

    /// Since when it has been silent, milliseconds.
    pub(super) fn absent_for(&self, now: u64) -> u64 {
        self.silence(now)
    }

    /// It has heard me lately, or answered my key package lately, and I know because it said so.
    pub(super) fn is_fresh(&self, now: u64) -> bool {
        self.fresh_at(now).is_some()
    }

    /// When the own heartbeat was sent that it echoed last, if that is lately.
    pub(super) fn fresh_at(&self, now: u64) -> Option<u64> {
        let fresh = |at: &u64| now <= *at + FRESH_MS || sabotage::on(Fault::HeartbeatAgeUnchecked);
        self.echoed_at.filter(fresh)
    }

    /// Since when neither this client nor another leaf, by its own word, has heard it.
    pub(super) fn silent_since(&self) -> u64 {
        let heard = self.last_at.unwrap_or(self.since);
        match sabotage::on(Fault::HiddenSeatsAreGone) {
            true => heard,
            false => heard.max(self.rumoured_at),
        }
    }
}

/// The key id, if it is one of this leaf's in this circle.
fn key_of(circle: CircleId, leaf: u16, kid: u64) -> Option<KeyId> {
    let kid = KeyId::from_u64(kid).ok()?;
    (kid.circle() == circle && kid.leaf() == leaf).then_some(kid)
}
