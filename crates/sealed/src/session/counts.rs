//! How many frames went which way, and why those that were refused were: so that a report can tell a
//! lossy path from a dishonest one.

use serde::Serialize;

use super::FrameRefused;
use crate::media::open::Refused;

/// How many frames went which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FrameCounts {
    /// Sealed and given out.
    pub sealed: u64,
    /// Opened and given out.
    pub opened: u64,
    /// Refused; nothing of them was given out. The sum of `reasons`.
    pub refused: u64,
    /// Of epochs before this client came, while it came: they stay closed, and are nobody's fault. Not
    /// among the refused.
    pub early: u64,
    /// Why frames were refused.
    pub reasons: RefusedFrames,
}

/// Refused frames by the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RefusedFrames {
    /// This client was in no group: not admitted yet, or fallen out.
    pub not_a_member: u64,
    /// Of no member that may send: removed, an observer, or never there.
    pub no_such_member: u64,
    /// Of a member whose frames are blocked here: being removed, its words differ, or its machine is
    /// another than before and nobody has accepted it.
    pub blocked: u64,
    /// Of an epoch whose keys are gone, or that never was.
    pub wrong_epoch: u64,
    /// Opened before, or behind the window.
    pub replayed: u64,
    /// The tag is not good: changed on the way, or of another call.
    pub not_authentic: u64,
    /// No sealed frame of ours: length, clear bytes, header, stream or kind.
    pub malformed: u64,
    /// More key ids than an epoch has room for.
    pub too_many_keys: u64,
    /// Not what its sender says it sent.
    pub forged: u64,
    /// Came long after its sender told of it.
    pub late: u64,
    /// With a manifest that its sender did not sign.
    pub bad_manifest: u64,
}

impl FrameCounts {
    /// Those of two circles.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            sealed: self.sealed + other.sealed,
            opened: self.opened + other.opened,
            refused: self.refused + other.refused,
            early: self.early + other.early,
            reasons: self.reasons.and(other.reasons),
        }
    }

    /// A frame was not given out. [`FrameRefused::Later`] and [`FrameRefused::Unproven`] are no refusals:
    /// it may be good yet.
    pub(super) fn refuse(&mut self, why: FrameRefused) {
        if let Some(count) = self.reasons.of(why) {
            *count += 1;
            self.refused += 1;
        }
    }
}

impl RefusedFrames {
    fn and(self, other: Self) -> Self {
        Self {
            not_a_member: self.not_a_member + other.not_a_member,
            no_such_member: self.no_such_member + other.no_such_member,
            blocked: self.blocked + other.blocked,
            wrong_epoch: self.wrong_epoch + other.wrong_epoch,
            replayed: self.replayed + other.replayed,
            not_authentic: self.not_authentic + other.not_authentic,
            malformed: self.malformed + other.malformed,
            too_many_keys: self.too_many_keys + other.too_many_keys,
            forged: self.forged + other.forged,
            late: self.late + other.late,
            bad_manifest: self.bad_manifest + other.bad_manifest,
        }
    }

    fn of(&mut self, why: FrameRefused) -> Option<&mut u64> {
        Some(match why {
            FrameRefused::Later | FrameRefused::Unproven => return None,
            FrameRefused::NotAMember => &mut self.not_a_member,
            FrameRefused::NoSuchMember => &mut self.no_such_member,
            FrameRefused::Blocked => &mut self.blocked,
            FrameRefused::Forged => &mut self.forged,
            FrameRefused::Late => &mut self.late,
            FrameRefused::BadManifest => &mut self.bad_manifest,
            FrameRefused::Frame(frame) => match frame {
                Refused::WrongEpoch(_) => &mut self.wrong_epoch,
                Refused::Replayed => &mut self.replayed,
                Refused::NotAuthentic => &mut self.not_authentic,
                Refused::TooManyKeys => &mut self.too_many_keys,
                Refused::TooLong
                | Refused::Malformed
                | Refused::Envelope
                | Refused::UnknownStream
                | Refused::WrongKind => &mut self.malformed,
            },
        })
    }
}
