//! Media keys from epoch to epoch: which key seals now, which still open, and when they die.
//!
//! After a Remove senders move to the new epoch at once and the old keys die within 2 s. After
//! anything else they move when all members are known to be in the new epoch, or after 1.5 s, so that
//! nobody misses a frame; the old keys die after 5 s. Each epoch has its own 1.5 s: when commits follow
//! each other faster, a sender goes through their epochs one by one, and is never in one whose keys
//! the others have dropped, nor in one they may not have reached.

use std::collections::{BTreeMap, VecDeque};

use protocol::{CallId, SeatId, types::SeatKind};

use super::{FrameCounts, FrameRefused, NotSent, OpenedFrame, told::Told};
use crate::{
    keys::PublicKey,
    media::{
        Digest,
        envelope::Kind,
        kid::{KeyId, Stream, short_epoch},
        open::{Opener, Refused, peek},
        seal::Sealer,
        sframe::BaseKey,
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
    sealer: Option<Sealer>,
    /// Of epochs this client has reached and does not seal in yet; the newest last.
    coming: VecDeque<Coming>,
    /// What of the sealed ones is told.
    pub(super) told: Told,
    pub(super) counts: FrameCounts,
}

struct Coming {
    epoch: u64,
    sealer: Sealer,
    /// Moves here even if not everybody was heard in this epoch.
    due: u64,
}

struct EpochKeys {
    epoch: u64,
    opener: Opener,
    /// Who may send: no observers.
    leaves: BTreeMap<u16, (SeatId, PublicKey)>,
    dies_at: Option<u64>,
}

/// A frame that opened, before its manifest was seen.
pub(super) struct Authentic {
    pub(super) leaf_key: PublicKey,
    pub(super) kid: KeyId,
    pub(super) ctr: u64,
    pub(super) digest: Digest,
    pub(super) frame: OpenedFrame,
}

/// What changes with an epoch.
pub(super) struct Turn<'a> {
    pub(super) call: CallId,
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
        let sealer = Sealer::new(turn.call, turn.base.clone(), turn.epoch, turn.leaf).ok();
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

    pub(super) fn seal(
        &mut self,
        stream: Stream,
        layer: u8,
        key: bool,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotSent> {
        let sealer = self.sealer.as_mut().ok_or(NotSent::NotAMember)?;
        let sealed = sealer
            .seal(stream, layer, key, frame)
            .map_err(|_| NotSent::Frame)?;
        self.counts.sealed += 1;
        self.told
            .note(sealed.kid.to_u64(), sealed.ctr, sealed.digest);
        Ok(sealed.bytes)
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
            frame: OpenedFrame {
                seat,
                stream: opened.kid.stream(),
                key: opened.key,
                frame: opened.frame,
            },
        })
    }
}
