//! Whether frames may leave this client: who has shown lately that no removal is kept from it.
//!
//! Only hosts remove, so a host that echoes this client's heartbeats is witness enough. Without one it
//! takes more than half of the seats that are no hosts', or half of them once all hosts are gone. A seat that is gone must not stop those who
//! are left, and a removal that is withheld looks to its victim as if all but the removed one had gone:
//! so a seat counts no more only if it fell silent for everybody while enough witnesses stayed.
//!
//! Where this says host, in a circle beside the table it is one that leads it.
//!
//! A host needs one other leaf, whichever: nobody but hosts could have removed somebody, and what other
//! hosts did is shown by their absence.

use std::collections::BTreeSet;

use super::{
    Sending,
    circle::Circle,
    membership::Membership,
    pulses::{ABSENT_MS, FRESH_MS, Pulse, Pulses},
};
use crate::sabotage::{self, Fault};

/// A removal that is not in the log after this long is shown as withheld.
const REMOVAL_LATE_MS: u64 = 5_000;

/// Leaves that count no more for whether a removal may be withheld.
#[derive(Default)]
pub(super) struct Witnesses {
    gone: BTreeSet<u16>,
}

impl Witnesses {
    /// Another group.
    pub(super) fn forget(&mut self) {
        self.gone.clear();
    }

    /// Time passes: who was heard again counts again; who was gone before the last proof does not.
    pub(super) fn tick(&mut self, now: u64, member: &Membership, pulses: &Pulses) {
        let stays_away = |leaf: &u16| pulses.leaves.get(leaf).is_some_and(|p| p.is_absent(now));
        self.gone.retain(stays_away);
        let Some(proven) = self.proven_at(now, member, pulses) else {
            return;
        };
        let before = |pulse: &Pulse| {
            let silent = pulse.silent_since().saturating_add(ABSENT_MS) < proven;
            pulse.is_absent(now) && (silent || sabotage::on(Fault::AbsentSeatsNotCounted))
        };
        let gone = pulses.leaves.iter().filter(|(_, pulse)| before(pulse));
        self.gone.extend(gone.map(|(leaf, _)| *leaf));
    }

    /// The latest time at which, as witnesses prove, nothing was kept from this client; none if their
    /// word is too old, or not enough of them speak.
    fn proven_at(&self, now: u64, member: &Membership, pulses: &Pulses) -> Option<u64> {
        let own = member.own_leaf();
        let hosts: BTreeSet<u16> = member.leaders().filter(|leaf| *leaf != own).collect();
        let of_hosts = || hosts.iter().filter_map(|leaf| pulses.leaves.get(leaf));
        if let Some(at) = of_hosts().filter_map(|pulse| pulse.fresh_at(now)).max() {
            return Some(at);
        }
        if !of_hosts().all(|pulse| pulse.is_absent(now)) {
            return None;
        }
        let counts = |(leaf, pulse): &(&u16, &Pulse)| {
            !hosts.contains(leaf) && !self.gone.contains(leaf) && !pulse.is_on_its_way(now)
        };
        let counted = pulses.leaves.iter().filter(counts);
        let mut echoes: Vec<_> = counted.map(|(_, pulse)| pulse.fresh_at(now)).collect();
        echoes.sort_unstable_by(|a, b| b.cmp(a));
        // Where every host was gone before, half of the rest is enough: none is left to remove anybody.
        let hosts_gone = hosts.iter().all(|leaf| self.gone.contains(leaf));
        let last = match hosts_gone {
            true => echoes.len().saturating_sub(1) / 2,
            false => echoes.len() / 2,
        };
        echoes.get(last).copied().flatten()
    }

    /// Whether this client may send, as one that leads or as any other.
    fn stand_by(&self, now: u64, leads: bool, member: &Membership, pulses: &Pulses) -> bool {
        if leads {
            return pulses.leaves.values().any(|pulse| pulse.is_fresh(now));
        }
        self.proven_at(now, member, pulses).is_some()
    }
}

impl Circle {
    /// Whether frames leave this client now.
    pub(super) fn sending(&self, now: u64) -> Sending {
        let Some(member) = self.member.as_ref() else {
            return Sending::Unconfirmed;
        };
        if self.checks.differs(self.me.seat()) || self.removal_is_late(now) {
            return Sending::Stopped;
        }
        let leads = self.leads();
        if member.roster.len() == 1 || self.witnesses.stand_by(now, leads, member, &self.pulses) {
            return Sending::Allowed;
        }
        if now < self.joined_at + FRESH_MS {
            return Sending::Unconfirmed;
        }
        Sending::Stopped
    }

    /// What somebody says, writes or shows may be sealed for the epoch this client is in.
    pub(super) fn may_seal(&self, now: u64) -> bool {
        self.sending(now) == Sending::Allowed && !self.is_removing()
    }

    /// This host has removed a seat that still has the keys: what is sealed waits until it has not.
    pub(super) fn is_removing(&self) -> bool {
        let sits = |seat| {
            self.member
                .as_ref()
                .is_some_and(|m| m.leaf_of(seat).is_some())
        };
        let removing = self.wishes.removals.keys().any(|seat| sits(*seat));
        removing && !sabotage::on(Fault::RemovalWaitsForTheLog)
    }

    /// The removal has not come back in the log for so long that it is kept from the group.
    pub(super) fn removal_is_late(&self, now: u64) -> bool {
        let since = self.wishes.removing_since;
        self.is_removing() && since.is_some_and(|at| now >= at + REMOVAL_LATE_MS)
    }
}
