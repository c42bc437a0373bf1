//! What no client may ever show, looked for in every report of every client of a call; and what was
//! wrong at any time, for the runs in which nothing may be.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use participant::{Participant, Report};
use sealed::session::{MemberState, ProblemKind};

use crate::hall::{self, Plan};

/// Notes of one call.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    ghosts: BTreeSet<u16>,
    /// Whoever is in a group at all must have this one in it.
    company: BTreeSet<(u16, u16)>,
    broken: Vec<String>,
    problems: BTreeSet<(u16, ProblemKind, Option<u16>)>,
    plan: Option<Plan>,
    /// Members that were not, or no longer, what they should be, at whom.
    states: Vec<(u16, u16, MemberState)>,
}

impl Watch {
    /// Of a call of this plan.
    pub fn of(plan: Plan) -> Self {
        let watch = Self::default();
        watch.lock().plan = Some(plan);
        watch
    }

    /// Looks at all that this client reports, until it is gone.
    pub fn follow(&self, participant: &Participant) {
        let (watch, mut reports) = (self.clone(), participant.reports());
        tokio::spawn(async move {
            while reports.changed().await.is_ok() {
                watch.lock().look(&reports.borrow_and_update());
            }
        });
    }

    /// Nobody is on this seat: it must never be a member of anything, and nothing of it may open.
    pub fn ghost(&self, seat: u16) {
        self.lock().ghosts.insert(seat);
    }

    /// Somebody may be there from now on.
    pub fn admit(&self, seat: u16) {
        self.lock().ghosts.remove(&seat);
    }

    /// This seat is in no group without that one: any other is a made-up one.
    pub fn company(&self, seat: u16, other: u16) {
        self.lock().company.insert((seat, other));
    }

    /// The first thing that should never have been.
    pub fn broken(&self) -> Option<String> {
        self.lock().broken.first().cloned()
    }

    /// All that any client called wrong at any time.
    pub fn problems(&self) -> Vec<String> {
        let notes = self.lock();
        let of = |seat: &Option<u16>| seat.map_or_else(String::new, |seat| format!(" of {seat}"));
        notes
            .problems
            .iter()
            .map(|(by, kind, seat)| format!("{kind:?}{} at {by}", of(seat)))
            .collect()
    }

    /// How members stood that were not verified, at any time.
    pub fn states(&self) -> Vec<String> {
        let notes = self.lock();
        notes
            .states
            .iter()
            .map(|(by, seat, state)| format!("{state:?} {seat} at {by}"))
            .collect()
    }

    /// A client called this wrong at some time.
    pub fn saw(&self, by: u16, kind: ProblemKind) -> bool {
        self.lock()
            .problems
            .iter()
            .any(|problem| (problem.0, problem.1) == (by, kind))
    }

    /// As if a client had reported this: for the suite's own tests.
    pub fn note(&self, report: &Report) {
        self.lock().look(report);
    }

    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn look(&mut self, report: &Report) {
        let by = report.seat;
        for seat in &self.ghosts {
            if report.group.verified.contains(seat) {
                self.broken.push(format!(
                    "seat {by} calls seat {seat} verified, where nobody is"
                ));
            }
            if report.remotes.contains_key(seat) {
                self.broken.push(format!(
                    "seat {by} opened a frame of seat {seat}, where nobody is"
                ));
            }
        }
        let Some(view) = &report.group.view else {
            return;
        };
        if let Some(plan) = self.plan {
            let circles = view.circles.iter();
            let members = circles.flat_map(|c| c.members.iter().map(|m| (c.circle, m.seat.0)));
            for (circle, seat) in members.filter(|(circle, seat)| plan.circle(*seat) != *circle) {
                self.broken.push(format!(
                    "seat {by} has seat {seat} of another delegation in circle {circle}"
                ));
            }
        }
        for member in &view.members {
            let seat = member.seat.0;
            let stands = (by, seat, member.state);
            if member.state != MemberState::Verified && !self.states.contains(&stands) {
                self.states.push(stands);
            }
            if member.name != hall::name(seat) || member.title != hall::title(seat) {
                self.broken
                    .push(format!("seat {by} shows another name for seat {seat}"));
            }
            if self.ghosts.contains(&seat) {
                self.broken.push(format!(
                    "seat {by} has seat {seat} in its group, where nobody is"
                ));
            }
        }
        let seats: Vec<u16> = view.members.iter().map(|member| member.seat.0).collect();
        if seats.iter().collect::<BTreeSet<_>>().len() < seats.len() {
            self.broken.push(format!(
                "seat {by} shows two members on one seat: {seats:?}"
            ));
        }
        for (_, other) in self.company.iter().filter(|(seat, _)| *seat == by) {
            if !seats.is_empty() && !seats.contains(other) {
                self.broken.push(format!(
                    "seat {by} is in a group without seat {other}: {seats:?}"
                ));
            }
        }
        let problems = view.problems.iter();
        self.problems
            .extend(problems.map(|p| (by, p.kind, p.seat.map(|seat| seat.0))));
    }
}
