//! How a [`View`] comes about.

use std::collections::BTreeSet;

use protocol::{SeatId, types::Doors};

use super::{
    CheckView, CircleView, Claim, ClaimProblem, Me, MemberState, MemberView, Problem, ProblemKind,
    Sending, UnsentText, Verdict, View,
};
use crate::{
    credential::VerifiedLeaf,
    message::TextId,
    session::{
        FrameCounts, Session,
        circle::Circle,
        client::Client,
        identity::BadKnock,
        knocks::{Knock, Needs, Refused},
        pulses::Pulse,
    },
};

impl Session {
    /// What there is to show.
    pub fn view(&self) -> View {
        let client = &self.client;
        let circles = self.circles.values();
        let counts = circles.clone().map(|circle| circle.frames.counts);
        View {
            table: self.table.view(client),
            circles: circles.map(|circle| circle.view(client)).collect(),
            doors: client
                .doors
                .closed
                .map(|closed| if closed { Doors::Closed } else { Doors::Open }),
            frames: counts.fold(self.table.frames.counts, FrameCounts::and),
            people: client.people.clone(),
            code: hex(&client.code),
        }
    }

    /// The words of the table's last check, also when its two minutes are over; for reports.
    pub fn last_words(&self) -> Option<(Vec<String>, String)> {
        let check = self.table.checks.last()?;
        Some((check.words.words.clone(), check.words.digits.clone()))
    }
}

impl Circle {
    fn view(&self, client: &Client) -> CircleView {
        let now = client.now;
        let members = self.member_views(client);
        let verified = members
            .iter()
            .filter(|m| m.state == MemberState::Verified)
            .count();
        CircleView {
            circle: self.me.circle,
            stage: self.stage(client),
            group: self
                .member
                .as_ref()
                .map_or(0, |member| member.group().number),
            epoch: self.member.as_ref().map_or(0, |member| member.epoch()),
            me: Me {
                seat: self.me.seat(),
                leaf: self.member.as_ref().map(|member| member.own_leaf()),
            },
            leads: self.leads(),
            sending: self.sending(now),
            verified,
            members,
            waiting: self.claims(now),
            check: self.check_view(now),
            unsent: self.unsent(),
            problems: self.problems(client),
        }
    }

    fn unsent(&self) -> Vec<UnsentText> {
        let texts = self.outbox.texts();
        let view = |(id, text, since_ms): (TextId, &str, u64)| UnsentText {
            id: id.to_string(),
            since_ms,
            text: text.to_owned(),
        };
        texts.map(view).collect()
    }

    fn member_views(&self, client: &Client) -> Vec<MemberView> {
        let Some(member) = self.member.as_ref() else {
            return Vec::new();
        };
        let now = client.now;
        let view = |(leaf, who): (&u16, &VerifiedLeaf)| {
            let pulse = self.pulses.leaves.get(leaf);
            MemberView {
                seat: who.seat(),
                leaf: *leaf,
                name: who.grant.seat.name.clone(),
                title: who.grant.seat.title.clone(),
                delegation: who.grant.delegation.name.clone(),
                short_name: who.grant.delegation.short_name.clone(),
                kind: who.grant.seat.kind,
                host: who.is_host(),
                leads: member.leads(*leaf),
                state: self.member_state(now, who.seat(), pulse),
                vouched_by: member.vouched.get(&who.seat()).copied(),
                code: match pulse {
                    Some(pulse) => pulse.code.map(|code| hex(&code)),
                    None => Some(hex(&client.code)),
                },
            }
        };
        member.roster.iter().map(view).collect()
    }

    /// No pulse: the own leaf.
    pub(in crate::session) fn member_state(
        &self,
        now: u64,
        seat: SeatId,
        pulse: Option<&Pulse>,
    ) -> MemberState {
        if self.checks.differs(seat) {
            return MemberState::Different;
        }
        if self.changed.contains(&seat) {
            return MemberState::Changed;
        }
        let Some(pulse) = pulse else {
            return MemberState::Verified;
        };
        let sparse = self.is_sparse();
        match () {
            () if pulse.manifests.is_forged(now) => MemberState::Forged,
            () if !pulse.is_known() && !pulse.is_absent(now) => MemberState::Joining,
            () if pulse.is_absent(now) => MemberState::Absent,
            () if pulse.manifests.is_unproven(now) => MemberState::Unproven,
            () if pulse.is_silent(now, sparse) => MemberState::Silent,
            () if pulse.is_fresh(now) => MemberState::Verified,
            () => MemberState::Joining,
        }
    }

    pub(in crate::session) fn claims(&self, now: u64) -> Vec<Claim> {
        let claim = |(seat, knock): (SeatId, &Knock)| self.claim(now, seat, knock);
        self.knocks.asked_about().filter_map(claim).collect()
    }

    fn claim(&self, now: u64, seat: SeatId, knock: &Knock) -> Option<Claim> {
        let member = self.member.as_ref()?;
        let needs = knock.needs(now, member, &self.known);
        let leaf = knock.read.as_ref().ok().map(|read| &read.leaf);
        let occupied = member
            .leaf_of(seat)
            .is_some_and(|(_, sitting)| leaf.is_some_and(|leaf| !sitting.is_same_device(leaf)));
        let problem = match needs {
            Needs::Refusal(Refused::Bad(BadKnock::Package)) => Some(ClaimProblem::BadPackage),
            Needs::Refusal(Refused::Bad(BadKnock::Grant)) => Some(ClaimProblem::NotAGrant),
            Needs::Refusal(Refused::Bad(BadKnock::Seat)) => Some(ClaimProblem::WrongSeat),
            Needs::Refusal(Refused::Bad(BadKnock::Clock)) => Some(ClaimProblem::WrongClock),
            Needs::Refusal(Refused::Closed) => Some(ClaimProblem::Closed),
            Needs::Refusal(Refused::Expired) => Some(ClaimProblem::Expired),
            Needs::Asking | Needs::Host if occupied => Some(ClaimProblem::OtherDevice),
            Needs::Asking | Needs::Host | Needs::Replacement => None,
        };
        let text = |of: fn(&VerifiedLeaf) -> &String| {
            leaf.map_or_else(String::new, |leaf| of(leaf).clone())
        };
        Some(Claim {
            seat,
            name: text(|leaf| &leaf.grant.seat.name),
            title: text(|leaf| &leaf.grant.seat.title),
            delegation: text(|leaf| &leaf.grant.delegation.name),
            verified: !matches!(needs, Needs::Refusal(_)),
            asks_at_table: self.leads()
                && !knock.waiting
                && !knock.admitted
                && needs == Needs::Asking,
            by_itself: !knock.waiting && matches!(needs, Needs::Replacement | Needs::Host),
            problem,
        })
    }

    fn check_view(&self, now: u64) -> Option<CheckView> {
        let check = self.checks.current(now)?;
        let verdict = |(seat, same): (&SeatId, &bool)| Verdict {
            seat: *seat,
            same: *same,
        };
        Some(CheckView {
            words: check.words.words.clone(),
            digits: check.words.digits.clone(),
            language: check.language.to_owned(),
            chair: check.chair,
            until_ms: check.until,
            own: check.verdicts.get(&self.me.seat()).copied(),
            verdicts: check.verdicts.iter().map(verdict).collect(),
        })
    }

    /// All that is wrong now. `since_ms` is of the first time it was seen, kept in `seen_problems`.
    pub(in crate::session) fn problems(&self, client: &Client) -> Vec<Problem> {
        let now = client.now;
        let found = self.problems_now(client);
        let since = |key| self.seen_problems.get(&key).copied().unwrap_or(now);
        let problem = |key: (ProblemKind, Option<SeatId>)| Problem {
            kind: key.0,
            seat: key.1,
            since_ms: since(key),
        };
        found.into_iter().map(problem).collect()
    }

    pub(in crate::session) fn problems_now(
        &self,
        client: &Client,
    ) -> Vec<(ProblemKind, Option<SeatId>)> {
        use ProblemKind as K;
        let now = client.now;
        let mut found = Vec::new();
        if self.expelled {
            found.push((K::Removed, None));
        }
        if client.plan_refused && self.is_table() {
            found.push((K::BadPlan, None));
        }
        if self.wedged_at.is_some() || (self.member.is_some() && self.is_out(client)) {
            found.push((K::Wedged, None));
        }
        if self.recovered_until.is_some_and(|until| now < until) {
            found.push((K::Recovered, None));
        }
        let late = self.removal_is_late(now);
        if late {
            let still_in = |seat: &&SeatId| {
                let member = self.member.as_ref();
                member.is_some_and(|member| member.leaf_of(**seat).is_some())
            };
            let late = self.wishes.removals.keys().filter(still_in);
            found.extend(late.map(|seat| (K::RemovalWithheld, Some(*seat))));
        }
        let own = self.checks.differs(self.me.seat()) || late;
        if self.member.is_some() && self.sending(now) == Sending::Stopped && !own {
            let kind = match self.leads() {
                true => K::Unanswered,
                false => K::NoHost,
            };
            found.push((kind, None));
        }
        let different = self.checks.different();
        found.extend(different.map(|seat| (K::WordsDifferent, Some(seat))));
        found.extend(
            self.changed
                .iter()
                .map(|seat| (K::DeviceChanged, Some(*seat))),
        );
        let starved: BTreeSet<_> = self.pulses.starved().collect();
        for pulse in self.pulses.leaves.values() {
            let seat = Some(pulse.seat);
            if pulse.manifests.is_forged(now) {
                found.push((K::ForgedMedia, seat));
            }
            if pulse.manifests.is_unproven(now) {
                found.push((K::Unproven, seat));
            }
            if pulse.is_absent(now) {
                found.push((K::Silent, seat));
            }
            if starved.contains(&pulse.seat) {
                found.push((K::Frozen, seat));
            }
            if pulse
                .code
                .is_some_and(|code| code[0] == client.code[0] && code != client.code)
            {
                found.push((K::CodeDiffers, seat));
            }
        }
        found
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
