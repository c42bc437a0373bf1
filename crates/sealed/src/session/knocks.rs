//! Who asks for a place in the group, and whether a person has to say yes.

use std::collections::BTreeMap;

use protocol::{Sealed, SeatId};

use super::{
    identity::{BadKnock, OwnLeaf, VerifiedKnock},
    membership::Membership,
};
use crate::{
    credential::VerifiedLeaf,
    policy,
    sabotage::{self, Fault},
    suite::CallExtension,
};

/// Knocks of the seats of a call: at most one from the table and one from the antechamber for each, as
/// those are two machines.
#[derive(Default)]
pub(super) struct Knocks {
    knocks: BTreeMap<(SeatId, bool), Knock>,
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
        me: &OwnLeaf,
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
        // The same machine may have gone from one room to the other.
        if let Ok(read) = &knock.read {
            let leaf = read.leaf.clone();
            self.answered(&leaf);
        }
        self.knocks.insert((seat, waiting), knock);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (SeatId, &Knock)> {
        self.knocks.iter().map(|((seat, _), knock)| (*seat, knock))
    }

    /// Whom a host is asked about: who waits, else who sits.
    pub(super) fn get_mut(&mut self, seat: SeatId) -> Option<&mut Knock> {
        let waits = self.knocks.contains_key(&(seat, true));
        self.knocks.get_mut(&(seat, waits))
    }

    /// The same: of two machines for a seat the one that waits is asked about.
    pub(super) fn asked_about(&self) -> impl Iterator<Item = (SeatId, &Knock)> {
        let hidden = |seat: &SeatId, knock: &Knock| {
            !knock.waiting && self.knocks.contains_key(&(*seat, true))
        };
        self.iter()
            .filter(move |(seat, knock)| !hidden(seat, knock))
    }

    /// The seat was removed: nobody asks any more.
    pub(super) fn forget(&mut self, seat: SeatId) {
        self.knocks.retain(|(of, _), _| *of != seat);
    }

    /// In the antechamber are these; others went away or were refused, or sit.
    pub(super) fn retain_waiting(&mut self, waits: impl Fn(SeatId) -> bool) {
        self.knocks
            .retain(|(seat, waiting), _| !waiting || waits(*seat));
    }

    /// Whoever sits on it asks no more.
    pub(super) fn forget_seated(&mut self, seat: SeatId) {
        self.knocks.remove(&(seat, false));
    }

    pub(super) fn clear(&mut self) {
        self.knocks.clear();
    }

    /// This leaf was added: its knock is answered. Another machine's for the same seat is not.
    pub(super) fn answered(&mut self, leaf: &VerifiedLeaf) {
        let of_it = |knock: &Knock| {
            let read = knock.read.as_ref();
            read.is_ok_and(|read| read.leaf.leaf_key == leaf.leaf_key)
        };
        self.knocks
            .retain(|(seat, _), knock| *seat != leaf.seat() || !of_it(knock));
    }
}

fn is_known(known: &[VerifiedLeaf], leaf: &VerifiedLeaf) -> bool {
    known.iter().any(|known| known.seat() == leaf.seat())
}

impl Knock {
    /// It comes with a host's letter, in a group that was begun anew.
    fn is_introduced(&self, member: &Membership) -> bool {
        let Some(CallExtension { call, root, .. }) = member.begun_anew() else {
            return false;
        };
        let Ok(read) = &self.read else { return false };
        let letter = read.letter.as_ref();
        letter.is_some_and(|letter| {
            letter.introduces(&read.leaf, root, *call, &member.closed)
                || sabotage::on(Fault::LetterUnchecked)
        })
    }

    /// What it needs. `known`: leaves that were members since this client is here.
    pub(super) fn needs(&self, now: u64, member: &Membership, known: &[VerifiedLeaf]) -> Needs {
        let leaf = match &self.read {
            Ok(read) => &read.leaf,
            Err(bad) => return Needs::Refusal(Refused::Bad(*bad)),
        };
        if policy::is_closed(&member.closed, leaf.seat(), leaf.grant.link) {
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
            None if by_itself && member.extension.leads(leaf) => Needs::Host,
            // The group is one this host began because the one before was lost: whoever a host let in
            // there comes back, if this client knows of no other machine on that seat.
            None if by_itself && self.is_introduced(member) && !is_known(known, leaf) => {
                Needs::Host
            }
            _ => Needs::Asking,
        }
    }
}
