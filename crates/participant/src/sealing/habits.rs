//! What a participant does by itself when the group changes: as a host it lets in whoever is who the
//! invitation says, and it answers when the words are checked; likewise in its delegation's circle.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use protocol::{CircleId, SeatId, shape::SeatShape};
use sealed::session::{Act, CircleView, View};

/// A seat that still waits after this long is admitted again.
const ADMIT_AGAIN: Duration = Duration::from_secs(3);

/// What it does, and what it has done.
pub struct Habits {
    /// Lets everybody in whose claim is verified.
    admit_verified: bool,
    /// Its answer when the words are checked; `None`: none.
    verdict: Option<bool>,
    /// Takes part in its delegation's circle.
    own_circle: bool,
    admitted: BTreeMap<(CircleId, SeatId), Instant>,
    /// Digits of the check it answered last.
    answered: BTreeMap<CircleId, String>,
}

impl Habits {
    /// See [`crate::Options`]: `auto_host`, `verdict`, `own_circle`.
    pub fn new(admit_verified: bool, verdict: Option<bool>, own_circle: bool) -> Self {
        Self {
            admit_verified,
            verdict,
            own_circle,
            admitted: BTreeMap::new(),
            answered: BTreeMap::new(),
        }
    }

    /// The circle that this seat takes part in of the own accord.
    pub(super) fn circle_of(&self, seat: SeatShape) -> Option<CircleId> {
        CircleId::of_delegation(seat.delegation).filter(|_| self.own_circle)
    }

    /// What to do, and in which circle, now that the groups look like this.
    pub(super) fn look(&mut self, now: Instant, view: &View) -> Vec<(CircleId, Act)> {
        let circles = std::iter::once(&view.table).chain(&view.circles);
        let mut acts = Vec::new();
        for circle in circles {
            let due = self.acts_in(now, circle).into_iter();
            acts.extend(due.map(|act| (circle.circle, act)));
        }
        acts
    }

    fn acts_in(&mut self, now: Instant, view: &CircleView) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.admit_verified && self.anybody_new(now, view) {
            acts.push(Act::AdmitAllVerified {});
        }
        let answered = self.answered.entry(view.circle).or_default();
        if let (Some(same), Some(check)) = (self.verdict, &view.check)
            && check.own.is_none()
            && check.digits != *answered
        {
            answered.clone_from(&check.digits);
            acts.push(Act::Verdict { same });
        }
        acts
    }

    /// Whether somebody may be let in who was not yet, or not lately.
    fn anybody_new(&mut self, now: Instant, view: &CircleView) -> bool {
        let good = view.waiting.iter();
        let good = good.filter(|c| c.verified && c.problem.is_none());
        let good: BTreeSet<_> = good.map(|claim| (view.circle, claim.seat)).collect();
        self.admitted.retain(|key, at| {
            key.0 != view.circle || (good.contains(key) && now < *at + ADMIT_AGAIN)
        });
        let before = self.admitted.len();
        for key in good {
            self.admitted.entry(key).or_insert(now);
        }
        self.admitted.len() > before
    }

    /// When to look again although nothing has changed.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.admitted.values().min().map(|at| *at + ADMIT_AGAIN)
    }
}
