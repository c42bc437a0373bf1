//! When this client makes a commit, and what is in it. Whoever may do a thing does it in turn: the
//! lowest host that is here at once, the next three seconds later, after them the others. So one commit
//! comes, and if its maker is gone, the next one's. A commit counts when it was taken into the log.

use std::collections::BTreeMap;

use protocol::{ClientMessage, Sealed, SeatId};

use super::{
    circle::Circle,
    client::Client,
    knocks::Needs,
    membership::{Changes, Made, Membership},
};
use crate::policy;

/// A member waits this long for each that comes before it: on a narrow, far line a commit takes as long, and one
/// that comes second is 40 kB for nothing.
const TURN_MS: u64 = 3_000;
/// A leaf that was not heard for this long may be put in place of by its own knock; twice as long in
/// large calls, where heartbeats are fewer.
const QUIET_MS: u64 = 1_200;
/// A leaf that was not heard for this long is taken out, its seat not closed.
const GONE_MS: u64 = 60_000;
/// Hosts give the group fresh secrets at least this often.
const REFRESH_MS: u64 = 10 * 60_000;
/// A commit that did not come back by then is made anew. Nothing is lost on a connection that stands, and the
/// commit that was given up may come back all the same: whoever made it cannot follow it then. A host that
/// lets eight in says more than a narrow line carries in some seconds.
const LOST_MS: u64 = 30_000;
/// The log is asked for one that is so late, and again after as long: it may be there, and not have been told.
const LATE_MS: u64 = 8_000;

/// What this client wants of the group and has not got yet.
#[derive(Default)]
pub(super) struct Wishes {
    /// Seats to be removed, with the number of the link that is to be closed.
    pub(super) removals: BTreeMap<SeatId, u32>,
    /// When the first of those was asked for.
    pub(super) removing_since: Option<u64>,
    /// Own commits that another one came before: the server has yet to say so.
    pub(super) displaced: u32,
    /// No commit before this time: the last one could not be made.
    pub(super) not_before: u64,
    /// Check the words, in this language.
    pub(super) check: Option<String>,
    /// Leaves that leave, and since when this client knows.
    pub(super) leaving: BTreeMap<u16, u64>,
    pub(super) last_commit_at: u64,
    pub(super) pending: Option<Pending>,
}

/// The own commit, on its way.
pub(super) struct Pending {
    pub(super) commit: Sealed,
    /// In which it was made.
    pub(super) epoch: u64,
    pub(super) at: u64,
    /// When the log was asked for it last.
    pub(super) asked_at: u64,
    /// The connection it was sent on.
    pub(super) connection: u32,
    /// In this language the words are to be checked in the new epoch.
    pub(super) check: Option<String>,
    /// Seats it adds whose machine is in the antechamber: the server has to be told to seat it.
    pub(super) to_seat: Vec<SeatId>,
}

impl Circle {
    /// Commits if there is something to commit and it is this client's turn.
    pub(super) fn commit_if_due(&mut self, client: &mut Client, now: u64) {
        if !(client.seated && self.caught_up) || now < self.wishes.not_before {
            return;
        }
        if let Some(pending) = &mut self.wishes.pending {
            if now < pending.at + LOST_MS {
                if now >= pending.asked_at + LATE_MS {
                    pending.asked_at = now;
                    self.ask_log(client, now);
                }
                return;
            }
            self.drop_pending();
        }
        let Some(changes) = self.changes_due(client, now) else {
            return;
        };
        let check = self.wishes.check.clone().filter(|_| changes.refresh);
        let adds: Vec<SeatId> = changes.adds.iter().map(|(seat, _)| *seat).collect();
        let to_seat = changes.to_seat.clone();
        let Some(member) = self.member.as_mut() else {
            return;
        };
        let Ok(Made { commit, welcome }) = member.commit(&self.me, changes) else {
            // Nothing was sent; the group is as it was. Most likely a key package is of no use: whoever
            // made it knocks again.
            for seat in adds {
                self.knocks.forget(seat);
            }
            self.wishes.not_before = now + TURN_MS;
            self.counters.commits_failed += 1;
            return;
        };
        let (group, epoch) = (member.group(), member.epoch());
        self.wishes.pending = Some(Pending {
            commit: commit.clone(),
            epoch,
            at: now,
            asked_at: now,
            connection: client.connection,
            check,
            to_seat,
        });
        client.send(ClientMessage::Commit {
            group,
            epoch,
            commit,
        });
        if let Some(welcome) = welcome {
            client.send(ClientMessage::GroupWelcome {
                group,
                epoch,
                welcome,
                adds,
            });
        }
    }

    pub(super) fn drop_pending(&mut self) {
        if self.wishes.pending.take().is_some()
            && let Some(member) = self.member.as_mut()
        {
            member.drop_own(&self.me);
        }
    }

    fn changes_due(&self, client: &Client, now: u64) -> Option<Changes> {
        let member = self.member.as_ref()?;
        let mut changes = Changes::default();
        self.add_knocks(now, &mut changes);
        if self.leads() {
            for (seat, link) in &self.wishes.removals {
                changes
                    .removes
                    .extend(member.leaf_of(*seat).map(|(leaf, _)| leaf));
                changes.closes.insert((*seat, *link));
            }
            self.clean_up(client, now, &mut changes);
            // Told again to a group that was begun without them; not worth a commit of its own.
            changes
                .closes
                .extend(member.closed.difference(&member.extension.closed));
        }
        if !self.is_table() {
            self.put_out_closed(now, member, &mut changes);
        }
        for (leaf, since) in &self.wishes.leaving {
            let known = member.leaving.contains(leaf) && *leaf != member.own_leaf();
            if known && self.is_my_turn(now, *since, Some(*leaf), false) {
                changes.removes.push(*leaf);
            }
        }
        changes.removes.sort_unstable();
        changes.removes.dedup();
        let old = self.leads()
            && member.roster.len() > 1
            && self.is_my_turn(now, self.wishes.last_commit_at + REFRESH_MS, None, true);
        changes.refresh = self.wishes.check.is_some() || old;
        let to_close = !self.wishes.removals.is_empty();
        let nothing =
            changes.adds.is_empty() && changes.removes.is_empty() && !changes.refresh && !to_close;
        (!nothing).then_some(changes)
    }

    /// Whom the table closed out, its host's machine included, is taken out of every other circle by whoever is first.
    fn put_out_closed(&self, now: u64, member: &Membership, changes: &mut Changes) {
        let closed = member.roster.iter().filter(|(leaf, of)| {
            **leaf != member.own_leaf()
                && policy::is_closed(&member.closed, of.seat(), of.grant.link)
        });
        let since = self.wishes.last_commit_at;
        let due = closed.filter(|(leaf, _)| self.is_my_turn(now, since, Some(**leaf), false));
        changes.removes.extend(due.map(|(leaf, _)| *leaf));
    }

    fn add_knocks(&self, now: u64, changes: &mut Changes) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        for (seat, knock) in self.knocks.iter() {
            let Ok(read) = &knock.read else { continue };
            let sitting = member.leaf_of(seat).map(|(leaf, _)| leaf);
            // Of two machines for one seat one after the other.
            let added = changes.adds.iter().any(|(other, _)| *other == seat);
            let removing = self.wishes.removals.contains_key(&seat);
            if sitting == Some(member.own_leaf()) || removing || added {
                continue;
            }
            let due = match knock.needs(now, member, &self.known) {
                Needs::Replacement => {
                    self.is_quiet(now, knock.at, sitting)
                        && self.is_my_turn(now, knock.at, sitting, false)
                }
                Needs::Host if knock.admitted && self.leads() => true,
                Needs::Host => self.leads() && self.is_my_turn(now, knock.at, sitting, true),
                Needs::Asking | Needs::Refusal(_) => false,
            };
            if due {
                changes.removes.extend(sitting);
                changes.adds.push((seat, read.package.clone()));
                changes.to_seat.extend(knock.waiting.then_some(seat));
            }
        }
    }

    /// Whether a leaf fell silent when it knocked, as one does whose page was loaded anew. A member that
    /// spoke since is not replaced: the knock is an old one, shown again or answered long ago.
    fn is_quiet(&self, now: u64, knocked_at: u64, leaf: Option<u16>) -> bool {
        let quiet = match self.is_sparse() {
            true => 2 * QUIET_MS,
            false => QUIET_MS,
        };
        let pulse = leaf.and_then(|leaf| self.pulses.leaves.get(&leaf));
        pulse.is_none_or(|pulse| {
            let spoke = pulse.last_at.is_some_and(|at| at > knocked_at + quiet);
            !spoke && pulse.absent_for(now) >= quiet
        })
    }

    /// Takes out leaves that have been gone for long, as far as this client was there to hear them.
    fn clean_up(&self, client: &Client, now: u64, changes: &mut Changes) {
        for (leaf, pulse) in &self.pulses.leaves {
            let silent = pulse.absent_for(now).min(now - client.listening_since);
            let since = now.saturating_sub(silent) + GONE_MS;
            if silent >= GONE_MS && self.is_my_turn(now, since, Some(*leaf), true) {
                changes.removes.push(*leaf);
            }
        }
    }

    /// Whether all who come before this client have had their chance since `since`. `without` is the
    /// leaf it is about; it does nothing about itself.
    fn is_my_turn(&self, now: u64, since: u64, without: Option<u16>, hosts_only: bool) -> bool {
        let Some(member) = self.member.as_ref() else {
            return false;
        };
        let here = |leaf: &u16| {
            let pulse = self.pulses.leaves.get(leaf);
            *leaf == member.own_leaf() || pulse.is_some_and(|p| p.is_known() && !p.is_absent(now))
        };
        let hosts: Vec<u16> = member.leaders().collect();
        let others = member
            .roster
            .keys()
            .filter(|leaf| !hosts_only && !hosts.contains(leaf));
        let order = hosts.iter().chain(others).copied();
        let mut order = order.filter(|leaf| Some(*leaf) != without && here(leaf));
        let Some(place) = order.position(|leaf| leaf == member.own_leaf()) else {
            return false;
        };
        now >= since.saturating_add(place as u64 * TURN_MS)
    }
}
