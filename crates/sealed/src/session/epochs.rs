//! From epoch to epoch: the log's commits, in order, and what each of them changes.

use protocol::{
    ClientMessage, GroupRef, SeatId,
    sealed::{Class, Entry},
};

use super::{
    Output, Remembered, circle::Circle, client::Client, committing::Pending, frames::Turn,
    membership::Applied,
};
use crate::{
    letter::UnverifiedLetter,
    message::{Letters, Said},
    policy,
};

/// What a new epoch brought.
#[derive(Default)]
pub(super) struct Turned {
    /// Somebody is no longer a member.
    pub(super) removed: bool,
    /// Seats that were added.
    pub(super) added: Vec<SeatId>,
    /// This client made the commit.
    pub(super) mine: bool,
    /// Its own: those whom the server has to be told to seat.
    pub(super) to_seat: Vec<SeatId>,
}

impl Circle {
    pub(super) fn ordered(&mut self, client: &mut Client, now: u64, entry: &Entry) {
        let Some(member) = self.member.as_mut() else {
            return;
        };
        if entry.group != member.group() || entry.seq <= member.seq {
            return;
        }
        if entry.seq != member.seq + 1 {
            // Something is missing before it: an honest server does not skip.
            return self.ask_log(client, now);
        }
        member.seq = entry.seq;
        self.log.seq = self.log.seq.max(entry.seq);
        match entry.class {
            Class::Commit => self.ordered_commit(client, now, entry),
            Class::Kept => self.ordered_kept(client, now, &entry.sealed),
        }
    }

    /// The own commit is the entry at this place. Should the server say so of one that is not there, this client
    /// is alone with it, as it would be if it were sent back to it alone: heartbeats tell.
    pub(super) fn taken(
        &mut self,
        client: &mut Client,
        now: u64,
        (group, epoch): (GroupRef, u64),
        seq: u64,
    ) {
        let pending = self.wishes.pending.as_ref();
        let own = pending.filter(|own| own.connection == client.connection && own.epoch == epoch);
        let Some(sealed) = own.map(|own| own.commit.clone()) else {
            // It was given up before: what was taken is in the log.
            return self.ask_log(client, now);
        };
        let class = Class::Commit;
        let entry = Entry {
            seq,
            group,
            epoch,
            class,
            sealed,
        };
        self.ordered(client, now, &entry);
    }

    pub(super) fn ordered_commit(&mut self, client: &mut Client, now: u64, entry: &Entry) {
        let Some(member) = self.member.as_mut() else {
            return;
        };
        self.log.epoch = entry.epoch.saturating_add(1);
        let own = self.wishes.pending.take();
        let is_own = own
            .as_ref()
            .is_some_and(|pending| pending.commit == entry.sealed);
        self.wishes.displaced += u32::from(own.is_some() && !is_own);
        let applied = match is_own {
            true => member.merge_own(&self.me, now),
            false => member.apply(&self.me, &entry.sealed, now),
        };
        match applied {
            Ok(applied) => {
                self.applied(client, now, applied, own.filter(|_| is_own));
            }
            Err(_) => {
                self.counters.refused += 1;
                self.wedge(client, now);
            }
        }
    }

    fn applied(&mut self, client: &mut Client, now: u64, applied: Applied, own: Option<Pending>) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        if applied.expelled {
            let removed = policy::is_closed(&member.closed, self.me.seat(), self.me.grant.link);
            return match removed || client.leaving {
                true => self.expelled(client),
                // Taken out after a minute of silence: it may come back.
                false => self.wedge(client, now),
            };
        }
        for leaf in &applied.removed {
            let seat = leaf.seat();
            // The same load of the client in a new place is no other person: what stood against it stands.
            let sitting = member.leaf_of(seat).map(|(_, sitting)| sitting);
            if sitting.is_none_or(|sitting| sitting.leaf_key != leaf.leaf_key) {
                self.checks.forget_seat(seat);
            }
            if sitting.is_none_or(|sitting| sitting.device != leaf.device) {
                self.changed.remove(&seat);
            }
            let closed = policy::is_closed(&member.closed, seat, leaf.grant.link);
            if closed || applied.left.contains(leaf) {
                self.known.retain(|known| known.seat() != seat);
            }
        }
        self.wishes
            .removals
            .retain(|seat, link| !member.closed.contains(&(*seat, *link)));
        self.wishes
            .leaving
            .retain(|leaf, _| member.leaving.contains(leaf));
        self.wishes.last_commit_at = now;
        let (check, to_seat) = own.map_or_else(Default::default, |own| (own.check, own.to_seat));
        if let Some(language) = check {
            self.wishes.check = None;
            let epoch = member.epoch();
            self.outbox.push_first(now, Said::Check { epoch, language });
        }
        self.turn(
            client,
            now,
            Turned {
                removed: !applied.removed.is_empty(),
                added: applied.added,
                mine: applied.committer == self.me.seat(),
                to_seat,
            },
        );
    }

    /// The group is in a new epoch.
    pub(super) fn turn(&mut self, client: &mut Client, now: u64, turned: Turned) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        let Ok(base) = member.base_key(&self.me) else {
            return self.wedge(client, now);
        };
        let (epoch, leaf) = (member.epoch(), member.own_leaf());
        self.frames.turn(
            now,
            Turn {
                call: self.me.call,
                group: member.group(),
                epoch,
                leaf,
                roster: &member.roster,
                removed: turned.removed,
                base,
            },
        );
        self.pulses.follow(now, &member.roster, leaf);
        self.checks.turn(epoch, member.authenticator());
        self.remember_members(client, turned.mine);
        let Some(member) = self.member.as_ref() else {
            return;
        };
        for seat in &turned.added {
            if let Some((_, leaf)) = member.leaf_of(*seat) {
                self.knocks.answered(leaf);
            }
        }
        // As they were when the commit was made: another machine may have knocked since.
        for seat in turned.to_seat {
            client.send(ClientMessage::Admit { seat });
        }
        if turned.mine && self.is_table() && self.leads() {
            self.introduce(now, &turned.added);
        }
        self.epoch_at = now;
        self.next_beat = now;
        self.ahead_since = None;
        client
            .outputs
            .extend([Output::EpochChanged, Output::ViewChanged]);
        // What came before its commit can be read now, or later still.
        let group = self.log.group;
        for sealed in std::mem::take(&mut self.ahead) {
            self.passing(client, now, group, &sealed);
        }
    }

    /// Gives letters to those this host's commit let in.
    fn introduce(&mut self, now: u64, added: &[SeatId]) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        let leaves = added.iter().filter_map(|seat| member.leaf_of(*seat));
        let letters = self.me.letters(leaves.map(|(_, leaf)| leaf));
        if !letters.signatures.is_empty() {
            self.outbox.push(now, Said::Letters(letters));
        }
    }

    /// A host gave letters; the own one, if it is good, is kept.
    pub(super) fn take_letter(&mut self, client: &mut Client, letters: Letters) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        let own = member.roster.get(&member.own_leaf());
        let given = letters.signatures.iter();
        let mut given = given.filter(|(seat, _)| *seat == self.me.seat());
        let (Some(own), Some((_, signature))) = (own, given.next()) else {
            return;
        };
        let letter = UnverifiedLetter::new(letters.host, *signature);
        if letter.introduces(own, &self.me.root, self.me.call, &member.closed) {
            self.memory.keep_letter(&letter);
            client.outputs.push_back(Output::MemoryChanged);
        }
    }

    /// Who is a member now may be put back later without anybody's yes; and what goes to the disk.
    pub(super) fn remember_members(&mut self, client: &mut Client, mine: bool) {
        let Some(member) = self.member.as_ref() else {
            return;
        };
        for leaf in member.roster.values() {
            let seat = leaf.seat();
            let before = self.known.iter().position(|k| k.seat() == seat);
            if let Some(at) = before {
                let old = self.known.swap_remove(at);
                if old.device != leaf.device && old.grant.link == leaf.grant.link && !mine {
                    self.changed.insert(seat);
                }
            }
            self.known.push(leaf.clone());
        }
        let closed = member.closed.iter().map(|(seat, link)| (seat.0, *link));
        let memory = Remembered {
            group: member.group().number,
            epoch: member.epoch(),
            closed: closed.collect(),
            letter: self.memory.letter.clone(),
        };
        if memory != self.memory {
            self.memory = memory;
            client.outputs.push_back(Output::MemoryChanged);
        }
    }
}
