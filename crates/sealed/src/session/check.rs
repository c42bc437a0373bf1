//! *Check the words*: a host's client makes a fresh epoch and says so; everybody shows that epoch's
//! words for two minutes and says whether they are the same.

use std::collections::{BTreeMap, VecDeque};

use protocol::SeatId;
use zeroize::Zeroizing;

use crate::{
    sabotage::Fault,
    words::{Words, language, words},
};

const VALID_MS: u64 = 120_000;
/// Epochs whose words can still be shown: a commit may come between the check and its announcement.
const EPOCHS_KEPT: usize = 4;

/// The check at hand and those seats whose words differed in the last one they answered.
#[derive(Default)]
pub(super) struct Checks {
    authenticators: VecDeque<(u64, Zeroizing<Vec<u8>>)>,
    current: Option<Check>,
    /// With the epoch of the check they answered so.
    different: BTreeMap<SeatId, u64>,
}

pub(super) struct Check {
    pub(super) epoch: u64,
    pub(super) chair: SeatId,
    pub(super) language: &'static str,
    pub(super) words: Words,
    pub(super) until: u64,
    pub(super) verdicts: BTreeMap<SeatId, bool>,
}

impl Checks {
    /// The group is in this epoch now.
    pub(super) fn turn(&mut self, epoch: u64, authenticator: Zeroizing<Vec<u8>>) {
        self.authenticators.push_back((epoch, authenticator));
        if self.authenticators.len() > EPOCHS_KEPT {
            self.authenticators.pop_front();
        }
    }

    /// Another group: its words are others. Whose words differed has yet to say that they do not: else a
    /// service that makes a group fall apart would lift the block.
    pub(super) fn forget(&mut self) {
        self.authenticators.clear();
        self.current = None;
        // Any check to come is a later one.
        self.different.values_mut().for_each(|epoch| *epoch = 0);
    }

    /// A host asks. False if this client was never in that epoch.
    pub(super) fn begin(&mut self, now: u64, chair: SeatId, epoch: u64, asked: &str) -> bool {
        // Said again, as its first saying seemed lost: the answers since then count.
        if self
            .current
            .as_ref()
            .is_some_and(|at_hand| at_hand.epoch == epoch)
        {
            return true;
        }
        let known = self.authenticators.iter().find(|(e, _)| *e == epoch);
        let Some((_, authenticator)) = known else {
            return false;
        };
        let language = language(asked);
        // Who asks counts as same; but not if its own words differed: it has to say so.
        let same = (!self.different.contains_key(&chair)).then_some((chair, true));
        self.current = Some(Check {
            epoch,
            chair,
            language,
            words: words(authenticator, language),
            until: now + VALID_MS,
            verdicts: same.into_iter().collect(),
        });
        true
    }

    /// A seat answers. Answers to another check, or too late, count for nothing; nor does *same* after
    /// *different* to the same check: that takes a later one.
    pub(super) fn answer(&mut self, now: u64, seat: SeatId, epoch: u64, same: bool) {
        let Some(check) = self.current.as_mut() else {
            return;
        };
        if check.epoch != epoch || now >= check.until {
            return;
        }
        let lifted = match self.different.get(&seat) {
            Some(at) => *at < epoch || crate::sabotage::on(Fault::SameLiftsDifferent),
            None => true,
        };
        if !same {
            self.different.insert(seat, epoch);
        } else if lifted {
            self.different.remove(&seat);
        } else {
            return;
        }
        check.verdicts.insert(seat, same);
    }

    /// The check, while it counts.
    pub(super) fn current(&self, now: u64) -> Option<&Check> {
        self.current.as_ref().filter(|check| now < check.until)
    }

    /// The last check, also when its time is over: for reports.
    pub(super) fn last(&self) -> Option<&Check> {
        self.current.as_ref()
    }

    /// Seats that said that theirs differ.
    pub(super) fn different(&self) -> impl Iterator<Item = SeatId> + '_ {
        self.different.keys().copied()
    }

    /// Whether this seat's differ.
    pub(super) fn differs(&self, seat: SeatId) -> bool {
        self.different.contains_key(&seat)
    }

    /// The seat left, or was loaded anew.
    pub(super) fn forget_seat(&mut self, seat: SeatId) {
        self.different.remove(&seat);
    }
}
