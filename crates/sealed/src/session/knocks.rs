//! Who asks for a place in the group, and whether a person has to say yes.

use std::collections::BTreeMap;

use protocol::{Sealed, SeatId};

use super::{
    identity::{BadKnock, Identity, VerifiedKnock},
    membership::Membership,
};
use crate::credential::VerifiedLeaf;

/// Knocks of the seats of a call: at most one for each.
#[derive(Default)]
pub(super) struct Knocks {
    knocks: BTreeMap<SeatId, Knock>,
}

pub(super) struct Knock {
    /// In the antechamber: the server seats it when a host says `admit`.
    pub(super) waiting: bool,
    pub(super) at: u64,
    pub(super) read: Result<VerifiedKnock, BadKnock>,
    /// The host clicked *Admit*.
    pub(super) admitted: bool,
}

/// What has to happen for a knock to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Any member may put it in place of its former self.
    Replacement,
    /// A host has to add it, and need not ask anybody: it was here before, or is a host itself.
    Host,
    /// A host has to be asked.
    Asking,
    /// It can never be added.
    Refusal(Refused),
}

/// Why a knock leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Bad(BadKnock),
    Closed,
    Expired,
}

impl Knocks {
    pub(super) fn heard(
        &mut self,
        now: u64,
        me: &Identity,
        seat: SeatId,
        waiting: bool,
        sealed: &Sealed,
    ) {
        let read = me.read_knock(seat, sealed);
        let knock = Knock {
            waiting,
            at: now,
            read,
            admitted: false,
        };
        self.knocks.insert(seat, knock);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (SeatId, &Knock)> {
        self.knocks.iter().map(|(seat, knock)| (*seat, knock))
    }

    pub(super) fn get_mut(&mut self, seat: SeatId) -> Option<&mut Knock> {
        self.knocks.get_mut(&seat)
    }

    /// The seat sits, went away or was refused: nobody asks any more.
    pub(super) fn forget(&mut self, seat: SeatId) {
        self.knocks.remove(&seat);
    }

    pub(super) fn clear(&mut self) {
        self.knocks.clear();
    }

    /// A commit added these seats: their knocks are answered. Gives those a host admitted, who are
    /// still in the antechamber: the server has to be told to seat them.
    pub(super) fn take_answered(&mut self, added: &[SeatId]) -> Vec<SeatId> {
        let answered = added
            .iter()
            .filter_map(|seat| self.knocks.remove(seat).map(|k| (*seat, k)));
        let to_seat = answered.filter(|(_, knock)| knock.waiting && knock.admitted);
        to_seat.map(|(seat, _)| seat).collect()
    }
}

impl Knock {
    /// What it needs. `known`: leaves that were members since this client is here.
    pub(super) fn needs(&self, now: u64, member: &Membership, known: &[VerifiedLeaf]) -> Needs {
        let leaf = match &self.read {
            Ok(read) => &read.leaf,
            Err(bad) => return Needs::Refusal(Refused::Bad(*bad)),
        };
        let closed = (leaf.seat(), leaf.grant.link);
        if member.closed.contains(&closed) {
            return Needs::Refusal(Refused::Closed);
        }
        let sitting = member.leaf_of(leaf.seat()).map(|(_, sitting)| sitting);
        // Who waits in the antechamber is let in by a person's yes, whoever it was before.
        let by_itself = self.admitted || !self.waiting;
        match sitting {
            Some(sitting) if by_itself && sitting.is_same_device(leaf) => Needs::Replacement,
            Some(sitting) if sitting.is_same_device(leaf) => Needs::Asking,
            _ if leaf.grant.not_after_ms <= now => Needs::Refusal(Refused::Expired),
            _ if self.admitted => Needs::Host,
            _ if by_itself && known.iter().any(|k| k.is_same_device(leaf)) => Needs::Host,
            None if by_itself && leaf.is_host() => Needs::Host,
            _ => Needs::Asking,
        }
    }
}
