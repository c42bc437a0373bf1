//! Who really sent a frame. Every member can derive every sender's media keys, so a frame that opens
//! is some member's; whose, its sender's signed manifests say, which come in its frames and, when they
//! were lost, in heartbeats.
//!
//! Three things are kept apart. A frame a manifest tells of is *proven*. One it contradicts is *forged*:
//! only then is anybody told of a forgery, and from then on all frames of that leaf wait for their proof.
//! One nothing tells of is *unproven*, which a lost packet can do as well: it is given out for a moment
//! after the last proof, and then waits, without a word of blame, until the proof comes.
//!
//! What was given out without proof is a debt. It is asked for ([`Manifests::lacking`]); while it is old
//! the stream's frames wait for theirs; and it is never forgotten to make room for more, since a forger
//! would make that room. So a network that goes away costs nothing but time, and a service that hides
//! manifests or breaks connections wins nothing.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    media::{
        Digest,
        kid::{KeyId, Stream},
    },
    message::{AskedFrames, Position, SentFrames},
    sabotage::{self, Fault},
};

/// Frames are given out without their proof for so long after the last one, and the oldest of them is at
/// most so old: three manifests in a row were lost then.
const AHEAD_MS: u64 = 1_500;
/// More frames than a stream has in that time.
const AHEAD_FRAMES: u64 = 128;
/// A manifest comes twice a second. One that is missing for so long is asked for.
const LACKING_MS: u64 = 1_000;
/// Of a key id whose frames do not come any more no manifest does either: the server sends another layer, and
/// what the last one owes would hold that up. What is missing is asked for after this long.
const QUIET_MS: u64 = 500;
/// Frames this much older than the sender's word on how far it is are too late to be shown.
const LATE_MS: u64 = 5_000;
/// Told of and kept, behind the newest: as wide as the replay window.
const TOLD_BEHIND: u64 = 1_024;
/// Told of, at most: a sender cannot make others keep more.
const TOLD_MAX: usize = 2_048;
/// Frames that wait for their proof and are asked for. Whoever holds them is bounded as well.
const WAITING_MAX: usize = 256;
/// A frame that waited so long ago waits no more.
const WAITED_MS: u64 = 2_500;
/// Key ids one sender has in use: streams and layers in two epochs.
const KEYS_MAX: usize = 64;
/// What a heartbeat said of a stream's position is kept for [`LATE_MS`].
const POSITIONS_MAX: usize = 32;
/// A forgery is shown for so long after the last one.
const FORGED_SHOWN_MS: u64 = 60_000;

/// What the manifests of one sender say about its frames.
#[derive(Default)]
pub(super) struct Manifests {
    keys: BTreeMap<KeyId, Frames>,
    /// Frames were contradicted, last at this time.
    forged_at: Option<u64>,
    /// Frames that were given out and were not their sender's.
    disowned: Vec<(KeyId, u64)>,
    /// Frames that waited can be tried again.
    released: bool,
}

/// The frames of one key id.
#[derive(Default)]
struct Frames {
    told: BTreeMap<u64, Digest>,
    /// The counter after the last one told of, and when that was.
    told_to: u64,
    told_at: Option<u64>,
    /// Given out, and not told of: the debt.
    shown: BTreeMap<u64, (Digest, u64)>,
    /// Arrived first at this time, not given out and not told of.
    waiting: BTreeMap<u64, Waiting>,
    /// A second frame came under a number that was given out.
    disputed: bool,
    /// When a frame without proof came last.
    unproven_at: Option<u64>,
    /// When heartbeats said that the stream was so far.
    positions: VecDeque<(u64, u64)>,
    /// Frames below are late.
    late_below: u64,
}

/// A frame that waits for its proof.
struct Waiting {
    /// When it came first.
    at: u64,
    digest: Digest,
    /// It came so far ahead of what was told that the stream could not be there yet. It does not become
    /// better by waiting: only its proof lets it out.
    is_far: bool,
}

/// What to do with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It may be given out.
    Good,
    /// Nothing tells of it; it may be good later.
    Unproven,
    /// Not what its sender said it sent.
    Forged,
    /// Held back by the network or the server for too long.
    Late,
}

impl Manifests {
    /// A frame opened.
    pub(super) fn frame(&mut self, now: u64, kid: KeyId, ctr: u64, digest: Digest) -> Judgement {
        if sabotage::on(Fault::ManifestUnchecked) {
            return Judgement::Good;
        }
        let proof_first = self.is_proof_first(now, kid.stream());
        let Some(frames) = self.of(kid) else {
            return Judgement::Unproven;
        };
        frames.pass(now);
        if ctr < frames.late_below && !sabotage::on(Fault::LateShown) {
            return Judgement::Late;
        }
        match frames.told.get(&ctr) {
            Some(told) if *told == digest => {
                frames.waiting.remove(&ctr);
                return Judgement::Good;
            }
            Some(_) => {
                frames.waiting.remove(&ctr);
                self.forged_at = Some(now);
                return Judgement::Forged;
            }
            None => frames.unproven_at = Some(now),
        }
        let other = |(shown, _): &(Digest, u64)| *shown != digest;
        frames.disputed |= frames.shown.get(&ctr).is_some_and(other);
        if !proof_first && frames.may_go_ahead(now, ctr, digest) {
            frames.waiting.remove(&ctr);
            frames.shown.insert(ctr, (digest, now));
            return Judgement::Good;
        }
        frames.wait(now, ctr, digest);
        Judgement::Unproven
    }

    /// Whether another frame was given out under this number, and nothing tells which is the sender's.
    pub(super) fn disputes(&self, kid: KeyId, ctr: u64, digest: Digest) -> bool {
        let shown = self
            .keys
            .get(&kid)
            .and_then(|frames| frames.shown.get(&ctr));
        shown.is_some_and(|(shown, _)| *shown != digest)
    }

    /// The sender says what it sent, signed.
    pub(super) fn told(&mut self, now: u64, sent: &SentFrames) {
        let Ok(kid) = KeyId::from_u64(sent.kid) else {
            return;
        };
        let Some(frames) = self.of(kid) else {
            return;
        };
        let mut contradicted = Vec::new();
        for (digest, at) in sent.digests.iter().zip(0u64..) {
            // Counters end at 2^64: a sender that goes on is not believed.
            let Some(ctr) = sent.first.checked_add(at) else {
                break;
            };
            contradicted.extend(frames.tell(now, ctr, *digest));
        }
        let settled = frames.shown.is_empty();
        frames.disputed &= !settled;
        frames.trim();
        self.released |= self.releases(now, kid.stream());
        if !contradicted.is_empty() && !sabotage::on(Fault::ManifestUnchecked) {
            self.forged_at = Some(now);
            self.disowned
                .extend(contradicted.into_iter().map(|ctr| (kid, ctr)));
        }
    }

    /// The sender says, signed, how far a stream is.
    pub(super) fn reached(&mut self, now: u64, kid: KeyId, position: &Position) {
        if let Some(frames) = self.of(kid) {
            frames.pass(now);
            if frames.positions.len() < POSITIONS_MAX {
                frames.positions.push_back((now, position.next));
            }
        }
    }

    /// Frames that were given out and were another's, each once.
    pub(super) fn take_disowned(&mut self) -> Vec<(KeyId, u64)> {
        std::mem::take(&mut self.disowned)
    }

    /// Whether frames that waited may be good now; once.
    pub(super) fn take_released(&mut self) -> bool {
        std::mem::take(&mut self.released)
    }

    /// Whether [`Self::lacking`] has something that is due.
    pub(super) fn lacks(&self, now: u64) -> bool {
        self.keys.values().any(|frames| frames.lacks(now))
    }

    /// Frames wait for their proof.
    pub(super) fn is_waited_for(&self) -> bool {
        let waits = |frames: &Frames| !frames.waiting.is_empty();
        self.keys.values().any(waits)
    }

    /// All frames whose proof is missing.
    pub(super) fn lacking(&self, now: u64) -> Vec<AskedFrames> {
        let mut lacking: Vec<AskedFrames> = Vec::new();
        for (kid, frames) in &self.keys {
            let mut unproven: Vec<u64> = frames.unproven(now).map(|(ctr, _)| ctr).collect();
            unproven.sort_unstable();
            for ctr in unproven {
                match lacking.last_mut() {
                    Some(last) if last.is_followed_by(kid.to_u64(), ctr) => last.count += 1,
                    _ => lacking.push(AskedFrames {
                        kid: kid.to_u64(),
                        first: ctr,
                        count: 1,
                    }),
                }
            }
        }
        lacking
    }

    /// Frames come, and nothing has told of any for so long that they are held back.
    pub(super) fn is_unproven(&self, now: u64) -> bool {
        self.keys.values().any(|frames| frames.is_unproven(now))
    }

    /// Frames in this sender's name were another's, a moment ago.
    pub(super) fn is_forged(&self, now: u64) -> bool {
        self.forged_at.is_some_and(|at| now < at + FORGED_SHOWN_MS)
    }

    /// Forgets what waits no more.
    pub(super) fn tick(&mut self, now: u64) {
        for frames in self.keys.values_mut() {
            (frames.waiting).retain(|_, waiting| now < waiting.at + WAITED_MS);
        }
    }

    /// Frames wait for their proof: of a leaf in whose name somebody forged, and of a stream of which
    /// frames were given out whose proof has not come.
    fn is_proof_first(&self, now: u64, stream: Stream) -> bool {
        if self.forged_at.is_some() && !sabotage::on(Fault::ProofFirstOff) {
            return true;
        }
        let mut of_stream = self.keys.iter().filter(|(kid, _)| kid.stream() == stream);
        of_stream.any(|(_, frames)| frames.is_in_debt(now))
    }

    /// A frame of this stream that waits would be given out if it came now. It must not wait on while those
    /// behind it pass: of a picture they are of no use without it.
    fn releases(&self, now: u64, stream: Stream) -> bool {
        let proof_first = self.is_proof_first(now, stream);
        let good = |frames: &Frames, ctr: u64, digest: Digest| {
            frames.told.contains_key(&ctr)
                || (!proof_first && frames.may_go_ahead(now, ctr, digest))
        };
        let mut of_stream = self.keys.iter().filter(|(kid, _)| kid.stream() == stream);
        of_stream.any(|(_, frames)| {
            let mut waiting = frames.waiting.iter();
            waiting.any(|(ctr, waiting)| good(frames, *ctr, waiting.digest))
        })
    }

    fn of(&mut self, kid: KeyId) -> Option<&mut Frames> {
        if self.keys.len() >= KEYS_MAX && !self.keys.contains_key(&kid) {
            // Of an epoch long gone, and settled. A debt stays.
            let old = |other: &KeyId| kid.epoch().wrapping_sub(other.epoch()) > 1;
            self.keys
                .retain(|other, frames| !(old(other) && frames.shown.is_empty()));
        }
        let room = self.keys.len() < KEYS_MAX || self.keys.contains_key(&kid);
        room.then(|| self.keys.entry(kid).or_default())
    }
}

impl Frames {
    /// Time passes: what heartbeats told long ago of the position makes frames late.
    fn pass(&mut self, now: u64) {
        while let Some((_, next)) = self.positions.pop_front_if(|(at, _)| now > *at + LATE_MS) {
            self.late_below = self.late_below.max(next);
        }
    }

    fn may_go_ahead(&self, now: u64, ctr: u64, digest: Digest) -> bool {
        if sabotage::on(Fault::UnprovenPlaysForEver) {
            return true;
        }
        let lately = self.told_at.is_some_and(|at| now < at + AHEAD_MS);
        // What is behind was told, or its manifest was lost: it waits for the answer.
        !self.disputed
            && lately
            && self.is_near(ctr)
            && !self.came_too_soon(ctr, digest)
            && ctr >= self.told_to
            && (self.shown.len() as u64) < AHEAD_FRAMES
    }

    fn is_in_debt(&self, now: u64) -> bool {
        if sabotage::on(Fault::UnprovenPlaysForEver) {
            return false;
        }
        let old = |at: &u64| now >= at + AHEAD_MS;
        self.disputed || self.shown.values().any(|(_, at)| old(at))
    }

    fn is_near(&self, ctr: u64) -> bool {
        ctr < self.told_to.saturating_add(AHEAD_FRAMES)
    }

    fn came_too_soon(&self, ctr: u64, digest: Digest) -> bool {
        let waiting = self.waiting.get(&ctr);
        waiting.is_some_and(|waiting| waiting.is_far && waiting.digest == digest)
    }

    fn wait(&mut self, now: u64, ctr: u64, digest: Digest) {
        if self.waiting.len() < WAITING_MAX {
            let is_far = !self.is_near(ctr);
            let waiting = Waiting {
                at: now,
                digest,
                is_far,
            };
            self.waiting.entry(ctr).or_insert(waiting);
        }
    }

    /// Gives the counter if another frame was given out under it.
    fn tell(&mut self, now: u64, ctr: u64, digest: Digest) -> Option<u64> {
        if ctr >= self.told_to {
            self.told_to = ctr.saturating_add(1);
            self.told_at = Some(now);
        }
        // The first word counts: a sender that says another thing later is not believed.
        let told = *self.told.entry(ctr).or_insert(digest);
        let shown = self.shown.remove(&ctr);
        shown.is_some_and(|(shown, _)| shown != told).then_some(ctr)
    }

    fn trim(&mut self) {
        let behind = self.told_to.saturating_sub(TOLD_BEHIND);
        while self.told.len() > TOLD_MAX || self.told.keys().next().is_some_and(|ctr| *ctr < behind)
        {
            self.told.pop_first();
        }
    }

    fn unproven(&self, now: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let shown = self.shown.iter().map(|(ctr, (_, at))| (*ctr, *at));
        let waiting = self.waiting.iter().map(|(ctr, it)| (*ctr, it.at));
        let waiting = waiting.filter(move |(ctr, at)| {
            now < at + WAITED_MS && !self.told.contains_key(ctr) && !self.shown.contains_key(ctr)
        });
        shown.chain(waiting)
    }

    fn lacks(&self, now: u64) -> bool {
        let oldest = self.unproven(now).map(|(_, at)| at).min();
        let quiet = self.unproven_at.is_none_or(|at| now >= at + QUIET_MS);
        let patience = if quiet { QUIET_MS } else { LACKING_MS };
        oldest.is_some_and(|at| now >= at + patience)
    }

    fn is_unproven(&self, now: u64) -> bool {
        let lately = |since: Option<u64>, ms| since.is_some_and(|at| now < at + ms);
        let oldest = self.unproven(now).map(|(_, at)| at).min();
        lately(self.unproven_at, LACKING_MS)
            && !lately(self.told_at, AHEAD_MS)
            && oldest.is_some_and(|at| now >= at + AHEAD_MS)
    }
}

impl AskedFrames {
    fn is_followed_by(&self, kid: u64, ctr: u64) -> bool {
        let next = self.first.checked_add(u64::from(self.count));
        self.kid == kid && next == Some(ctr) && self.count < u16::MAX
    }
}

#[cfg(test)]
mod tests;
