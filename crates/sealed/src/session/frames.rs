//! Media keys from epoch to epoch: which key seals now, which still open, and when they die.
//!
//! After a Remove senders move to the new epoch at once and the old keys die within 2 s. After
//! anything else they move when all members are known to be in the new epoch, or after 1.5 s, so that
//! nobody misses a frame; the old keys die after 5 s. Each epoch has its own 1.5 s: when commits follow
//! each other faster, a sender goes through their epochs one by one, and is never in one whose keys
//! the others have dropped, nor in one they may not have reached.

use std::collections::{BTreeMap, VecDeque};

use protocol::{CallId, GroupRef, SeatId, types::SeatKind};

use super::{FrameCounts, FrameRefused, NotSent, OpenedFrame, told::Told};
use crate::{
    keys::{PublicKey, SignKey},
    media::{
        Digest,
        envelope::Kind,
        kid::{KeyId, Stream, short_epoch},
        manifest::{Carrier, SentFrames, Unverified},
        open::{Opener, Refused, peek},
        seal::Sealer,
        sframe::BaseKey,
        voice::packet_ms,
    },
    policy::Roster,
    sabotage::{self, Fault},
};

const MOVE_MS: u64 = 1_500;
const DIES_AFTER_REMOVE_MS: u64 = 2_000;
const DIES_MS: u64 = 5_000;
/// A frame of an epoch this far ahead belongs to a commit that is on its way.
const AHEAD_MAX: u16 = 16;

#[derive(Default)]
pub(super) struct Frames {
    /// The newest last.
    epochs: VecDeque<EpochKeys>,
    sealer: Option<Sealing>,
    /// Of epochs this client has reached and does not seal in yet; the newest last.
    coming: VecDeque<Coming>,
    /// What of the sealed ones is told.
    pub(super) told: Told,
    pub(super) counts: FrameCounts,
}

/// The keys that seal, and what manifests sign besides.
struct Sealing {
    call: CallId,
    group: GroupRef,
    epoch: u64,
    sealer: Sealer,
}

struct Coming {
    epoch: u64,
    sealer: Sealing,
    /// Moves here even if not everybody was heard in this epoch.
    due: u64,
}

struct EpochKeys {
    call: CallId,
    group: GroupRef,
    epoch: u64,
    opener: Opener,
    /// Who may send: no observers.
    leaves: BTreeMap<u16, (SeatId, PublicKey)>,
    dies_at: Option<u64>,
}

/// A frame that opened: some member's.
pub(super) struct Authentic {
    pub(super) leaf_key: PublicKey,
    pub(super) kid: KeyId,
    pub(super) ctr: u64,
    pub(super) digest: Digest,
    /// A frame was given out under its counter, or it is too old to tell.
    pub(super) is_seen: bool,
    pub(super) frame: OpenedFrame,
    epoch: u64,
    manifest: Option<Unverified>,
}

/// What changes with an epoch.
pub(super) struct Turn<'a> {
    pub(super) call: CallId,
    pub(super) group: GroupRef,
    pub(super) epoch: u64,
    pub(super) leaf: u16,
    pub(super) roster: &'a Roster,
    /// Somebody is no longer a member.
    pub(super) removed: bool,
    pub(super) base: BaseKey,
}

impl Frames {
    /// The group is in a new epoch.
    pub(super) fn turn(&mut self, now: u64, turn: Turn<'_>) {
        let at_once = turn.removed || self.sealer.is_none();
        let lives = if turn.removed {
            DIES_AFTER_REMOVE_MS
        } else {
            DIES_MS
        };
        for old in &mut self.epochs {
            let dies = now + lives;
            old.dies_at = Some(old.dies_at.map_or(dies, |at| at.min(dies)));
        }
        // A leaf beyond what a key id holds cannot send: 2^10 leaves are more than a call has seats.
        let sealer = Sealer::new(
            turn.call,
            turn.group.circle,
            turn.base.clone(),
            turn.epoch,
            turn.leaf,
        );
        let sealer = sealer.ok().map(|sealer| Sealing {
            call: turn.call,
            group: turn.group,
            epoch: turn.epoch,
            sealer,
        });
        if at_once {
            self.coming.clear();
            self.sealer = sealer;
        } else {
            self.coming.extend(sealer.map(|sealer| Coming {
                epoch: turn.epoch,
                sealer,
                due: now + MOVE_MS,
            }));
        }
        let may_send =
            |leaf: &&crate::credential::VerifiedLeaf| leaf.grant.seat.kind != SeatKind::Observer;
        let leaves = turn.roster.iter().filter(|(_, leaf)| may_send(leaf));
        self.epochs.push_back(EpochKeys {
            call: turn.call,
            group: turn.group,
            epoch: turn.epoch,
            opener: Opener::new(turn.call, turn.base, turn.epoch),
            leaves: leaves
                .map(|(n, leaf)| (*n, (leaf.seat(), leaf.leaf_key)))
                .collect(),
            dies_at: None,
        });
    }

    /// Another group, or none: nothing of the old one is good.
    pub(super) fn forget(&mut self) {
        self.epochs.clear();
        self.sealer = None;
        self.coming.clear();
        self.told.forget();
    }

    /// Keys die, and the sealer moves on: to the newest epoch that everybody has reached (`reached`), or
    /// whose time has come.
    pub(super) fn tick(&mut self, now: u64, reached: u64) {
        if !sabotage::on(Fault::OldKeyKept) {
            self.epochs
                .retain(|keys| keys.dies_at.is_none_or(|at| now < at));
        }
        let ready = |coming: &Coming| coming.epoch <= reached || now >= coming.due;
        while let Some(coming) = self.coming.pop_front_if(|coming| ready(coming)) {
            self.sealer = Some(coming.sealer);
        }
    }

    /// Seals a frame; some carry a manifest, which the leaf signs.
    pub(super) fn seal(
        &mut self,
        now: u64,
        leaf_key: &SignKey,
        (stream, layer): (Stream, u8),
        key: bool,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotSent> {
        let sealing = self.sealer.as_mut().ok_or(NotSent::NotAMember)?;
        let (told, mut has_manifest) = (&mut self.told, false);
        let (call, group, epoch) = (sealing.call, sealing.group, sealing.epoch);
        let manifest = |kid, ctr| {
            let manifest = match stream.kind() {
                Kind::Voice => told.voice_manifest(now, kid, ctr, packet_ms(frame)),
                Kind::Picture => told.picture_manifest(now, kid, ctr, key),
            }?;
            has_manifest = true;
            let carrier = Carrier {
                call,
                group,
                epoch,
                kid,
                ctr,
                key: key && stream.kind() == Kind::Picture,
                frame,
            };
            Some(manifest.write(&carrier, |label, content| leaf_key.sign(label, content)))
        };
        let sealed = sealing
            .sealer
            .seal_with(stream, layer, key, frame, manifest);
        let sealed = sealed.map_err(|_| NotSent::Frame)?;
        self.counts.sealed += 1;
        self.told
            .note(now, sealed.kid, sealed.ctr, sealed.digest, has_manifest);
        Ok(sealed.bytes)
    }

    /// What the manifest in a frame tells of others, and of the frame itself; `None` if it has none. An
    /// error: the leaf did not sign it for this frame.
    pub(super) fn read_manifest(
        &self,
        authentic: &mut Authentic,
    ) -> Result<Option<Vec<SentFrames>>, FrameRefused> {
        let Some(manifest) = authentic.manifest.take() else {
            return Ok(None);
        };
        let keys = self
            .epochs
            .iter()
            .find(|keys| keys.epoch == authentic.epoch);
        let keys = keys.ok_or(FrameRefused::NotAMember)?;
        let carrier = Carrier {
            call: keys.call,
            group: keys.group,
            epoch: keys.epoch,
            kid: authentic.kid,
            ctr: authentic.ctr,
            key: authentic.frame.key,
            frame: &authentic.frame.frame,
        };
        let told = manifest.verify(&authentic.leaf_key, &carrier);
        let mut told = told.map_err(|_| FrameRefused::BadManifest)?;
        told.push(SentFrames {
            kid: authentic.kid.to_u64(),
            first: authentic.ctr,
            digests: vec![authentic.digest],
        });
        Ok(Some(told))
    }

    /// A frame is given out: none with its counter is after it.
    pub(super) fn mark(&mut self, authentic: &Authentic) {
        let keys = self
            .epochs
            .iter_mut()
            .find(|keys| keys.epoch == authentic.epoch);
        if let Some(keys) = keys {
            keys.opener.mark(authentic.kid, authentic.ctr);
        }
    }

    /// What was given out under this counter was another's: its sender's frame may come yet.
    pub(super) fn unmark(&mut self, kid: KeyId, ctr: u64) {
        let of_epoch = |keys: &&mut EpochKeys| short_epoch(keys.epoch) == kid.epoch();
        if let Some(keys) = self.epochs.iter_mut().rev().find(of_epoch) {
            keys.opener.unmark(kid, ctr);
        }
    }

    /// Opens a frame with the keys of its epoch, if its leaf is one that may send and is still there.
    pub(super) fn open(
        &mut self,
        now: u64,
        kind: Kind,
        bytes: &[u8],
        roster: &Roster,
        is_blocked: impl Fn(SeatId) -> bool,
    ) -> Result<Authentic, FrameRefused> {
        let kid = peek(kind, bytes).map_err(FrameRefused::Frame)?;
        let newest = self.epochs.back().ok_or(FrameRefused::NotAMember)?.epoch;
        let ahead = kid.epoch().wrapping_sub(short_epoch(newest));
        if (1..=AHEAD_MAX).contains(&ahead) {
            return Err(FrameRefused::Later);
        }
        let alive = |keys: &&mut EpochKeys| {
            short_epoch(keys.epoch) == kid.epoch()
                && (keys.dies_at.is_none_or(|at| now < at) || sabotage::on(Fault::OldKeyKept))
        };
        let keys = self.epochs.iter_mut().rev().find(alive);
        let keys = keys.ok_or(FrameRefused::Frame(Refused::WrongEpoch(kid.epoch())))?;
        let (seat, leaf_key) = *keys
            .leaves
            .get(&kid.leaf())
            .ok_or(FrameRefused::NoSuchMember)?;
        let is_it = |leaf: &crate::credential::VerifiedLeaf| {
            leaf.leaf_key == leaf_key && leaf.seat() == seat
        };
        let still_there = roster.values().any(is_it);
        if !sabotage::on(Fault::OldKeyKept) {
            if !still_there {
                return Err(FrameRefused::NoSuchMember);
            }
            if is_blocked(seat) {
                return Err(FrameRefused::Blocked);
            }
        }
        let opened = keys.opener.open(kind, bytes).map_err(FrameRefused::Frame)?;
        Ok(Authentic {
            leaf_key,
            kid: opened.kid,
            ctr: opened.ctr,
            digest: opened.digest,
            is_seen: opened.is_seen,
            epoch: keys.epoch,
            manifest: opened.manifest,
            frame: OpenedFrame {
                circle: opened.kid.circle(),
                seat,
                stream: opened.kid.stream(),
                key: opened.key,
                frame: opened.frame,
            },
        })
    }
}
