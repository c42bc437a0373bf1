//! The scenario that is played, and who plays which seat: for the demo and for rehearsals.
//!
//! [`file`] is how it is written; here it is checked and given meaning.

mod file;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, ensure};
use participant::network::profile::Profile;
use protocol::{
    CallId, SeatId,
    plan::{UnverifiedPlan, VerifiedPlan},
    types::{Seat, SeatKind},
};

/// Played unless another file is named; in the binary, so that `demo` needs no files.
const TRANSATLANTIC: &str = include_str!("../../../scenarios/2022-01-24-transatlantic.toml");
/// Native participants one machine plays in a demo.
const NATIVE_MAX: usize = 60;

pub(crate) use self::file::{Act, Kind, Microphones, Script, Thresholds, profile};

/// Minutes of a call whose file names none.
const MINUTES: u32 = 60;

/// A plan, checked, and how its seats are cast.
pub(crate) struct Scenario {
    /// As it is written; the server gets it sealed.
    pub(crate) plan: UnverifiedPlan,
    /// The same, checked, for names and numbers.
    pub(crate) verified: VerifiedPlan,
    /// The seat that presides.
    pub(crate) host: Seat,
    /// The seat left for a second person, if there is one to spare.
    pub(crate) free: Option<Seat>,
    /// Seats played by native participants, without the host's.
    pub(crate) cast: Vec<Seat>,
    /// How it goes, for a rehearsal.
    pub(crate) script: Script,
    /// What must hold, for a rehearsal.
    pub(crate) thresholds: Thresholds,
    /// The network of each delegation that has one.
    networks: Vec<Option<Profile>>,
    /// The scenario of the call that follows this one.
    pub(crate) next: Option<PathBuf>,
}

impl Scenario {
    /// Reads a scenario; without a file the built-in one.
    pub(crate) fn load(file: Option<&Path>, id: CallId) -> anyhow::Result<Self> {
        let (text, place) = match file {
            None => (TRANSATLANTIC.to_owned(), "the built-in scenario".to_owned()),
            Some(file) => {
                let place = file.display().to_string();
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("cannot read the scenario {place}"))?;
                (text, place)
            }
        };
        let mut scenario =
            Self::parse(&text, id).with_context(|| format!("{place} cannot be played"))?;
        if let (Some(next), Some(file)) = (&mut scenario.next, file) {
            *next = file.with_file_name(&*next);
        }
        Ok(scenario)
    }

    fn parse(text: &str, id: CallId) -> anyhow::Result<Self> {
        let file: file::File = toml::from_str(text)?;
        let (script, thresholds, next) = (file.script.clone(), file.thresholds, file.next.clone());
        let (plan, networks) = file.plan();
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
        let scenario = Self {
            plan,
            verified,
            host,
            free,
            cast,
            script,
            thresholds,
            networks,
            next: next.map(PathBuf::from),
        };
        scenario.check_script()?;
        Ok(scenario)
    }

    /// How long the call takes.
    pub(crate) fn length(&self) -> Duration {
        let minutes = self.verified.info.minutes.unwrap_or(MINUTES);
        Duration::from_secs(60 * u64::from(minutes))
    }

    /// The seats of a rehearsal, the host's first: all but one that stands ready for a person.
    pub(crate) fn played(&self) -> Vec<Seat> {
        let ready = |seat: &&Seat| {
            let spare = self.free.as_ref().is_some_and(|free| free.id == seat.id);
            !(spare && seat.kind == SeatKind::Staff && self.verified.info.rehearsal)
        };
        let others = self.verified.seats.iter().filter(|s| s.id != self.host.id);
        let host = std::iter::once(&self.host);
        host.chain(others.filter(ready)).cloned().collect()
    }

    /// What a seat's delegation has for a network, if the file says so.
    pub(crate) fn network(&self, seat: &Seat) -> Option<Profile> {
        let delegation = usize::from(seat.delegation.0).checked_sub(1)?;
        self.networks.get(delegation).copied().flatten()
    }

    /// The same by the seat's number.
    pub(crate) fn network_of(&self, number: u16) -> Option<Profile> {
        let mut seats = self.verified.seats.iter();
        self.network(seats.find(|seat| seat.id.0 == number)?)
    }

    /// The principal's seat of the delegation that an act names.
    pub(crate) fn seat_of(&self, act: &Act) -> Option<SeatId> {
        let name = act.delegation.as_ref()?;
        let mut delegations = self.verified.delegations.iter();
        let named = delegations.find(|d| d.short_name == *name || d.name == *name)?;
        let mut seats = self.verified.seats.iter();
        seats.find(|s| s.delegation == named.id).map(|s| s.id)
    }

    fn check_script(&self) -> anyhow::Result<()> {
        let length = self.length();
        let minutes = length.as_secs() / 60;
        if let Some(arrivals) = self.script.arrivals {
            ensure!(
                arrivals.0 < length,
                "the script's `arrivals` end at {arrivals}: the call takes {minutes} minutes"
            );
        }
        for (number, act) in (1..).zip(&self.script.acts) {
            let place = format!("act {number} of the script, at {}", act.at);
            ensure!(
                act.at.0 < length,
                "{place}: the call takes {minutes} minutes"
            );
            let lasts = act.lasts.map_or(Duration::ZERO, |lasts| lasts.0);
            ensure!(
                act.at.0 + lasts < length,
                "{place}: it is not over when the call is, after {minutes} minutes"
            );
            let (of_one, takes_time) = match act.act {
                Kind::CloseDoors | Kind::OpenDoors | Kind::CheckWords => (false, false),
                Kind::NewAddress | Kind::Leave => (true, false),
                Kind::Share | Kind::Drop | Kind::Outage => (true, true),
            };
            ensure!(of_one == act.delegation.is_some(), {
                let what = if of_one { "it needs a" } else { "it takes no" };
                format!("{place}: {what} `delegation`")
            });
            ensure!(takes_time == act.lasts.is_some(), {
                let what = if takes_time {
                    "it needs"
                } else {
                    "it takes no"
                };
                format!("{place}: {what} `lasts`")
            });
            ensure!(
                !of_one || self.seat_of(act).is_some(),
                "{place}: no delegation has that name"
            );
            let leaves = act.act == Kind::Leave && self.seat_of(act) == Some(self.host.id);
            ensure!(!leaves, "{place}: the host stays until the end");
        }
        Ok(())
    }

    /// The short name of a seat's delegation.
    pub(crate) fn delegation(&self, seat: &Seat) -> &str {
        let of = self
            .verified
            .delegations
            .iter()
            .find(|d| d.id == seat.delegation);
        of.map_or("", |delegation| &delegation.short_name)
    }

    /// A seat as people call it: delegation, title, name.
    pub(crate) fn describe(&self, seat: &Seat) -> String {
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

    fn parse(text: &str) -> anyhow::Result<Scenario> {
        Scenario::parse(text, CallId::from_bytes([0; 16]))
    }

    fn refusal(text: &str) -> String {
        format!("{:#}", parse(text).err().expect("it was taken"))
    }

    const TWO: &str = "title = \"Talks\"\nminutes = 10\n\
        [[delegations]]\nname = \"A\"\nseats = [{ name = \"Ada\", host = true }]\n\
        [[delegations]]\nname = \"B\"\nseats = [{ name = \"Ben\" }]\n";

    #[test]
    fn every_scenario_that_comes_with_incamera_can_be_played() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");
        let mut seats = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let scenario = Scenario::load(Some(&path), CallId::from_bytes([0; 16]));
            let scenario = scenario.unwrap_or_else(|error| panic!("{error:#}"));
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(scenario.verified.info.rehearsal, "{name} is a rehearsal");
            assert!(scenario.verified.info.starts_at_ms.is_some(), "{name}");
            assert!(scenario.next.iter().all(|next| next.exists()), "{name}");
            seats.push((name[..10].to_owned(), scenario.played().len()));
        }
        seats.sort();
        let of = |day: &str| -> Vec<usize> {
            let on = seats.iter().filter(|(name, _)| name == day);
            on.map(|(_, seats)| *seats).collect()
        };
        assert_eq!(of("2021-12-06"), [5]);
        assert_eq!(of("2021-12-07"), [2]);
        assert_eq!(of("2021-12-09"), [2, 10]);
        assert_eq!(of("2021-12-29"), [2]);
        assert_eq!(of("2021-12-30"), [2]);
        assert_eq!(of("2022-01-10"), [2]);
        assert_eq!(of("2022-01-12"), [32]); // 31 and the one in the chair
        assert_eq!(of("2022-01-13"), [57]);
        assert_eq!(of("2022-01-24"), [9]);
    }

    #[test]
    fn an_unknown_field_is_refused_with_its_line_and_what_is_allowed() {
        for (wrong, line, allowed) in [
            ("[script]\narrivasl = \"0:10\"\n", "line 10", "`arrivals`"),
            (
                "[thresholds]\nfreeze = 3\n",
                "line 10",
                "`longest_freeze_ms`",
            ),
            ("colour = 3\n", "line 9", "`time_zone`"),
            (
                "[[script.acts]]\nat = \"1:00\"\nact = \"dance\"\n",
                "line 11",
                "`close-doors`",
            ),
            ("network = \"dial-up\"\n", "line 9", "satellite"),
            ("[script]\nturn = \"soon\"\n", "line 10", "minutes:seconds"),
        ] {
            let text = refusal(&format!("{TWO}{wrong}"));
            assert!(text.contains(line) && text.contains(allowed), "{text}");
        }
    }

    #[test]
    fn an_act_that_cannot_be_played_is_refused() {
        let act = |rest: &str| format!("{TWO}[[script.acts]]\n{rest}");
        for (wrong, why) in [
            ("at = \"12:00\"\nact = \"close-doors\"", "takes 10 minutes"),
            (
                "at = \"9:00\"\nact = \"drop\"\ndelegation = \"B\"\nlasts = \"1:00\"",
                "not over",
            ),
            ("at = \"1:00\"\nact = \"drop\"", "needs a `delegation`"),
            (
                "at = \"1:00\"\nact = \"outage\"\ndelegation = \"B\"",
                "needs `lasts`",
            ),
            (
                "at = \"1:00\"\nact = \"leave\"\ndelegation = \"C\"",
                "no delegation",
            ),
            (
                "at = \"1:00\"\nact = \"leave\"\ndelegation = \"A\"",
                "the host stays",
            ),
            (
                "at = \"1:00\"\nact = \"open-doors\"\ndelegation = \"A\"",
                "takes no `delegation`",
            ),
        ] {
            let text = refusal(&act(wrong));
            assert!(text.contains(why), "{text}");
        }
        let late = refusal(&format!("{TWO}[script]\narrivals = \"10:00\"\n"));
        assert!(late.contains("`arrivals`"), "{late}");
        let good = "at = \"1:00\"\nact = \"drop\"\ndelegation = \"B\"\nlasts = \"0:05\"";
        let scenario = parse(&act(good)).unwrap();
        let seat = scenario.seat_of(&scenario.script.acts[0]);
        assert_eq!(seat, Some(SeatId(2)));
    }
}
