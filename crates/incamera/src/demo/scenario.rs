//! The scenario that is played, and who plays which seat.

use std::path::Path;

use anyhow::Context;
use protocol::{
    CallId,
    plan::{UnverifiedPlan, VerifiedPlan},
    types::{Seat, SeatKind},
};

/// Played unless another file is named; in the binary, so that `demo` needs no files.
const TRANSATLANTIC: &str = include_str!("../../../../scenarios/2022-01-24-transatlantic.toml");
/// Native participants one machine plays in a demo.
const NATIVE_MAX: usize = 60;

/// A plan, checked, and how its seats are cast.
pub(super) struct Scenario {
    /// As it is written; the server gets it sealed.
    pub(super) plan: UnverifiedPlan,
    /// The same, checked, for names and numbers.
    pub(super) verified: VerifiedPlan,
    /// The seat that presides.
    pub(super) host: Seat,
    /// The seat left for a second person, if there is one to spare.
    pub(super) free: Option<Seat>,
    /// Seats played by native participants, without the host's.
    pub(super) cast: Vec<Seat>,
}

impl Scenario {
    /// Reads a scenario; without a file the built-in one.
    pub(super) fn load(file: Option<&Path>, id: CallId) -> anyhow::Result<Self> {
        let (text, place) = match file {
            None => (TRANSATLANTIC.to_owned(), "the built-in scenario".to_owned()),
            Some(file) => {
                let place = file.display().to_string();
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("cannot read the scenario {place}"))?;
                (text, place)
            }
        };
        Self::parse(&text, id).with_context(|| format!("{place} cannot be played"))
    }

    fn parse(text: &str, id: CallId) -> anyhow::Result<Self> {
        let plan: UnverifiedPlan = toml::from_str(text)?;
        let verified = plan.verify(id)?;
        let is_host = |seat: &&Seat| seat.host;
        let host = verified
            .seats
            .iter()
            .find(is_host)
            .cloned()
            .context("no seat is the host's")?;
        let others = || verified.seats.iter().filter(|seat| seat.id != host.id);
        // A seat beside a principal is the one to spare; a principal only if more than two sit.
        let spare = others()
            .find(|seat| seat.kind == SeatKind::Staff)
            .or_else(|| others().next_back().filter(|_| others().count() > 1));
        let free = spare.cloned();
        let kept_free = |seat: &&Seat| free.as_ref().is_none_or(|free| free.id != seat.id);
        let cast: Vec<_> = others().filter(kept_free).cloned().collect();
        anyhow::ensure!(
            cast.len() <= NATIVE_MAX,
            "it has {} seats to play; one machine plays up to {NATIVE_MAX}",
            cast.len()
        );
        Ok(Self {
            plan,
            verified,
            host,
            free,
            cast,
        })
    }

    /// The short name of a seat's delegation.
    pub(super) fn delegation(&self, seat: &Seat) -> &str {
        let of = self
            .verified
            .delegations
            .iter()
            .find(|d| d.id == seat.delegation);
        of.map_or("", |delegation| &delegation.short_name)
    }

    /// A seat as people call it: delegation, title, name.
    pub(super) fn describe(&self, seat: &Seat) -> String {
        let title = if seat.title.is_empty() {
            String::new()
        } else {
            format!(", {}", seat.title)
        };
        format!("{}: {}{title}", self.delegation(seat), seat.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_scenario_has_nine_delegations_eight_of_them_played() {
        let scenario = Scenario::load(None, CallId::from_bytes([0; 16])).unwrap();
        assert_eq!(scenario.verified.delegations.len(), 9);
        assert_eq!(scenario.cast.len(), 8);
        assert_eq!(scenario.delegation(&scenario.host), "United States");
        assert_eq!(scenario.free.as_ref().unwrap().name, "Guest");
        assert!(scenario.verified.info.rehearsal);
        let start = scenario.verified.info.starts_at_ms.unwrap();
        let start = jiff::Timestamp::from_millisecond(start.cast_signed()).unwrap();
        assert_eq!(start.to_string(), "2022-01-24T20:00:00Z");
    }

    #[test]
    fn a_scenario_with_a_mistake_is_refused_with_its_place() {
        let error = Scenario::parse("title = 3", CallId::from_bytes([0; 16]))
            .err()
            .unwrap();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
