//! What a participant does by itself when the group changes: as a host it lets in whoever is who the
//! invitation says, and it answers when the words are checked.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use protocol::SeatId;
use sealed::session::{Act, Claim, View};

/// A seat that still waits after this long is admitted again.
const ADMIT_AGAIN: Duration = Duration::from_secs(3);

/// What it does, and what it has done.
pub(super) struct Habits {
    /// Lets everybody in whose claim is verified.
    admit_verified: bool,
    /// Its answer when the words are checked; `None`: none.
    verdict: Option<bool>,
    admitted: BTreeMap<SeatId, Instant>,
    /// Digits of the check it answered last.
    answered: String,
}

impl Habits {
    pub(super) fn new(admit_verified: bool, verdict: Option<bool>) -> Self {
        Self {
            admit_verified,
            verdict,
            admitted: BTreeMap::new(),
            answered: String::new(),
        }
    }

    /// What to do now that the group looks like this.
    pub(super) fn look(&mut self, now: Instant, view: &View) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.admit_verified && self.anybody_new(now, &view.waiting) {
            acts.push(Act::AdmitAllVerified {});
        }
        if let (Some(same), Some(check)) = (self.verdict, &view.check)
            && check.own.is_none()
            && check.digits != self.answered
        {
            self.answered.clone_from(&check.digits);
            acts.push(Act::Verdict { same });
        }
        acts
    }

    /// Whether somebody may be let in who was not yet, or not lately.
    fn anybody_new(&mut self, now: Instant, waiting: &[Claim]) -> bool {
        let good = waiting.iter().filter(|c| c.verified && c.problem.is_none());
        let good: BTreeSet<_> = good.map(|claim| claim.seat).collect();
        self.admitted
            .retain(|seat, at| good.contains(seat) && now < *at + ADMIT_AGAIN);
        let before = self.admitted.len();
        for seat in good {
            self.admitted.entry(seat).or_insert(now);
        }
        self.admitted.len() > before
    }

    /// When to look again although nothing has changed.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.admitted.values().min().map(|at| *at + ADMIT_AGAIN)
    }
}
