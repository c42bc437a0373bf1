//! Who really sent a frame. Every member can derive every sender's media keys, so a frame that opens
//! is some member's; whose, the sender's signed manifests say (heartbeats list the digests of all
//! frames sealed since the last one). A frame whose digest differs from its manifest mutes the sender
//! at once; one that no manifest speaks of marks it after 1 s and mutes it after 5 s, until they come.
//!
//! A manifest is lost with the connection it was on, its sender's or this client's. So proofs are asked
//! for ([`Manifests::lacking`]), and told again ([`Manifests::told_again`]): nothing is forgiven, since a
//! service that breaks connections at will would have a forger's frames forgiven too.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::{
    media::{Digest, kid::KeyId},
    message::{AskedFrames, SentFrames},
    sabotage::{self, Fault},
};

const MARK_MS: u64 = 1_000;
const MUTE_MS: u64 = 5_000;
/// For this long at least a sender is muted for frames that no manifest speaks of.
const MUTED_MS: u64 = 10_000;
/// A heartbeat tells of all frames sealed before it. One that came so long after a frame and did not is
/// proof that another one is missing.
const LACKING_MS: u64 = 1_000;
/// Frames that come this long after their manifest are too late to be shown.
const LATE_MS: u64 = 5_000;
/// Digests kept for one key id, on either side.
const KEPT_MAX: usize = 4_000;
/// Key ids one sender has in use: streams and layers in two epochs.
const KEYS_MAX: usize = 64;
/// What is settled is looked for this often: there is much of it in a large call.
const FORGET_MS: u64 = 1_000;

/// What the manifests of one sender say about its frames.
#[derive(Default)]
pub(super) struct Manifests {
    streams: BTreeMap<u64, Told>,
    pub(super) forged: bool,
    /// Since when frames were shown that no manifest speaks of.
    unproven_since: Option<u64>,
    forget_at: u64,
}

#[derive(Default)]
struct Told {
    /// Opened, and not told of yet.
    unproven: BTreeMap<u64, (Digest, u64)>,
    /// Told of, and not opened yet.
    awaited: BTreeMap<u64, (Digest, u64)>,
    /// The counter after the last one told of.
    told_to: u64,
}

/// What to do with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    Good,
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
        let Some(told) = self.stream(kid.to_u64()) else {
            return Judgement::Forged;
        };
        match told.awaited.remove(&ctr) {
            Some((said, _)) if said != digest => {
                self.forged = true;
                Judgement::Forged
            }
            Some((_, at)) if now > at + LATE_MS => Judgement::Late,
            Some(_) => Judgement::Good,
            None if ctr < told.told_to => Judgement::Late,
            None => {
                bounded(&mut told.unproven);
                told.unproven.insert(ctr, (digest, now));
                self.unproven_since.get_or_insert(now);
                Judgement::Good
            }
        }
    }

    /// The sender says what it sent.
    pub(super) fn told(&mut self, now: u64, sent: &SentFrames) {
        let mut forged = false;
        let Some(told) = self.stream(sent.kid) else {
            return;
        };
        for (digest, at) in sent.digests.iter().zip(0u64..) {
            // Counters end at 2^64: a sender that goes on is not believed.
            let Some(ctr) = sent.first.checked_add(at) else {
                break;
            };
            match told.unproven.entry(ctr) {
                Entry::Occupied(opened) => {
                    if opened.remove().0 != *digest && !sabotage::on(Fault::ManifestUnchecked) {
                        forged = true;
                    }
                }
                Entry::Vacant(_) => {
                    bounded(&mut told.awaited);
                    told.awaited.insert(ctr, (*digest, now));
                }
            }
            told.told_to = told.told_to.max(ctr.saturating_add(1));
        }
        self.forged |= forged;
        self.find_unproven();
    }

    /// The sender says again what it sent. That proves what was shown without proof, and makes no frame
    /// good that comes only now: it was held back.
    pub(super) fn told_again(&mut self, again: &SentFrames) {
        let Some(told) = self.streams.get_mut(&again.kid) else {
            return;
        };
        for (digest, at) in again.digests.iter().zip(0u64..) {
            let Some(ctr) = again.first.checked_add(at) else {
                break;
            };
            let shown = told.unproven.remove(&ctr);
            if shown.is_some_and(|(shown, _)| shown != *digest)
                && !sabotage::on(Fault::ToldAgainUnchecked)
            {
                self.forged = true;
            }
        }
        self.find_unproven();
    }

    /// Whether [`Self::lacking`] has something.
    pub(super) fn lacks(&self, heard_at: u64) -> bool {
        self.overdue(heard_at).next().is_some()
    }

    /// Frames whose proof is missing although a later one was read, of this sender, last at `heard_at`.
    pub(super) fn lacking(&self, heard_at: u64) -> Vec<AskedFrames> {
        let mut lacking: Vec<AskedFrames> = Vec::new();
        for (kid, ctr) in self.overdue(heard_at) {
            match lacking.last_mut() {
                Some(last) if last.is_followed_by(kid, ctr) => last.count += 1,
                _ => lacking.push(AskedFrames {
                    kid,
                    first: ctr,
                    count: 1,
                }),
            }
        }
        lacking
    }

    fn overdue(&self, heard_at: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.streams.iter().flat_map(move |(&kid, told)| {
            let unproven = told.unproven.iter();
            let overdue = unproven
                .filter(move |&(&ctr, &(_, at))| ctr < told.told_to || heard_at >= at + LACKING_MS);
            overdue.map(move |(&ctr, _)| (kid, ctr))
        })
    }

    /// For each word of the sender, not for each question about it.
    fn find_unproven(&mut self) {
        let streams = self.streams.values();
        let times = streams.flat_map(|told| told.unproven.values());
        self.unproven_since = times.map(|(_, at)| *at).min();
    }

    pub(super) fn is_marked(&self, now: u64) -> bool {
        self.unproven_since.is_some_and(|at| now >= at + MARK_MS)
    }

    pub(super) fn is_muted(&self, now: u64) -> bool {
        self.forged || self.unproven_since.is_some_and(|at| now >= at + MUTE_MS)
    }

    /// Forgets what is long settled, and what its sender will never own up to: it was muted for that
    /// for ten seconds. Else one frame of a forger would mute it for good.
    pub(super) fn tick(&mut self, now: u64) {
        if now < self.forget_at {
            return;
        }
        self.forget_at = now + FORGET_MS;
        for told in self.streams.values_mut() {
            told.unproven
                .retain(|_, (_, at)| now <= *at + MUTE_MS + MUTED_MS);
            told.awaited.retain(|_, (_, at)| now <= *at + 2 * LATE_MS);
        }
        self.find_unproven();
    }

    fn stream(&mut self, kid: u64) -> Option<&mut Told> {
        if self.streams.len() >= KEYS_MAX && !self.streams.contains_key(&kid) {
            // Those of an epoch long gone have nothing left to tell.
            self.streams
                .retain(|_, told| !(told.awaited.is_empty() && told.unproven.is_empty()));
        }
        let room = self.streams.len() < KEYS_MAX || self.streams.contains_key(&kid);
        room.then(|| self.streams.entry(kid).or_default())
    }
}

impl AskedFrames {
    fn is_followed_by(&self, kid: u64, ctr: u64) -> bool {
        let next = self.first.checked_add(u64::from(self.count));
        self.kid == kid && next == Some(ctr) && self.count < u16::MAX
    }
}

fn bounded(digests: &mut BTreeMap<u64, (Digest, u64)>) {
    if digests.len() >= KEPT_MAX {
        digests.pop_first();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::kid::Stream;

    fn kid() -> KeyId {
        KeyId::new(0, Stream::Camera, 3, 7).unwrap()
    }

    fn sent(first: u64, digests: &[u8]) -> SentFrames {
        SentFrames {
            kid: kid().to_u64(),
            first,
            digests: digests.iter().map(|byte| [*byte; 8]).collect(),
        }
    }

    #[test]
    fn frames_told_before_or_after_are_good() {
        let mut manifests = Manifests::default();
        assert_eq!(manifests.frame(0, kid(), 0, [1; 8]), Judgement::Good);
        manifests.told(500, &sent(0, &[1, 2]));
        assert_eq!(manifests.frame(600, kid(), 1, [2; 8]), Judgement::Good);
        assert!(!manifests.is_marked(10_000) && !manifests.is_muted(10_000));
    }

    #[test]
    fn a_frame_another_member_made_mutes_whichever_comes_first() {
        let mut manifests = Manifests::default();
        manifests.frame(0, kid(), 0, [9; 8]);
        manifests.told(500, &sent(0, &[1]));
        assert!(manifests.is_muted(500));
        let mut manifests = Manifests::default();
        manifests.told(500, &sent(0, &[1]));
        assert_eq!(manifests.frame(600, kid(), 0, [9; 8]), Judgement::Forged);
        assert!(manifests.is_muted(600));
    }

    #[test]
    fn frames_no_manifest_speaks_of_mark_then_mute_until_it_comes() {
        let mut manifests = Manifests::default();
        manifests.frame(0, kid(), 0, [1; 8]);
        assert!(!manifests.is_marked(999) && manifests.is_marked(1_000));
        assert!(!manifests.is_muted(4_999) && manifests.is_muted(5_000));
        manifests.told(6_000, &sent(0, &[1]));
        assert!(!manifests.is_muted(6_000));
    }

    #[test]
    fn proofs_that_were_skipped_or_are_overdue_are_asked_for() {
        let mut manifests = Manifests::default();
        for ctr in [3, 4, 5, 9] {
            manifests.frame(100, kid(), ctr, [1; 8]);
        }
        assert_eq!(manifests.lacking(1_099), [], "they may be on their way");
        manifests.told(500, &sent(5, &[1]));
        let asked = |first, count| AskedFrames {
            kid: kid().to_u64(),
            first,
            count,
        };
        assert_eq!(
            manifests.lacking(500),
            [asked(3, 2)],
            "the next one is here"
        );
        assert_eq!(manifests.lacking(1_100), [asked(3, 2), asked(9, 1)]);
        manifests.told_again(&sent(0, &[7, 7, 7, 1, 1, 7]));
        assert_eq!(manifests.lacking(1_100), [asked(9, 1)]);
        assert!(!manifests.is_muted(5_000) && manifests.is_muted(5_100));
    }

    #[test]
    fn what_is_told_again_settles_frames_and_brings_none() {
        let mut manifests = Manifests::default();
        manifests.told(0, &sent(4, &[4]));
        manifests.told_again(&sent(0, &[1, 2, 3, 3]));
        assert_eq!(manifests.frame(100, kid(), 1, [2; 8]), Judgement::Late);
        manifests.told_again(&sent(4, &[4]));
        assert_eq!(manifests.frame(5_001, kid(), 4, [4; 8]), Judgement::Late);
        manifests.frame(5_001, kid(), 5, [5; 8]);
        manifests.told_again(&sent(5, &[6]));
        assert!(manifests.is_muted(5_001), "another frame than was sent");
        let other = SentFrames {
            kid: 1,
            ..sent(u64::MAX, &[1, 2])
        };
        manifests.told_again(&other);
        assert_eq!(manifests.streams.len(), 1);
    }

    #[test]
    fn frames_held_back_are_late() {
        let mut manifests = Manifests::default();
        manifests.told(0, &sent(0, &[1, 2]));
        assert_eq!(manifests.frame(5_001, kid(), 0, [1; 8]), Judgement::Late);
        manifests.tick(20_000);
        assert_eq!(manifests.frame(20_000, kid(), 1, [2; 8]), Judgement::Late);
    }
}
