//! A scenario as it is written: a call plan, and how it is played. `docs/rehearsals.md` describes it.
//!
//! Unknown fields are errors, with their line and what is allowed there.

use std::{fmt, time::Duration};

use participant::network::profile::{Incident, PROFILES, Profile};
use protocol::{
    plan::{PlannedDelegation, PlannedSeat, UnverifiedPlan},
    types::Format,
};
use serde::{Deserialize, Deserializer, de};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    title: String,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    rehearsal: bool,
    starts_at_ms: Option<u64>,
    minutes: Option<u32>,
    /// The scenario of the call that follows this one, beside this file.
    pub(super) next: Option<String>,
    delegations: Vec<Delegation>,
    #[serde(default)]
    pub(super) script: Script,
    #[serde(default)]
    pub(super) thresholds: Thresholds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delegation {
    name: String,
    short_name: Option<String>,
    time_zone: Option<String>,
    network: Option<Network>,
    seats: Vec<PlannedSeat>,
}

/// A profile by its name.
struct Network(Profile);

/// How the call goes.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// By when the last delegation has arrived; they come one after another.
    pub(crate) arrivals: Option<At>,
    /// How long each speaks before the next does.
    pub(crate) turn: Option<At>,
    /// Whose microphones are open.
    pub(crate) microphones: Option<Microphones>,
    /// So many cameras does each seat look at, at most.
    pub(crate) visible: Option<usize>,
    /// Pictures are recorded once for all seats, and only a sample is decoded.
    pub(crate) light: Option<bool>,
    /// What happens when.
    #[serde(default)]
    pub(crate) acts: Vec<Act>,
}

/// Whose microphones are open.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Microphones {
    /// All seats', all the time.
    All,
    /// The host's, and that of whoever has the floor.
    Floor,
}

/// Something that happens.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    /// When, from the start.
    pub(crate) at: At,
    /// What.
    pub(crate) act: Kind,
    /// To or by whom: its short name, or its name.
    pub(crate) delegation: Option<String>,
    /// For how long.
    pub(crate) lasts: Option<At>,
}

impl Act {
    /// What it is for its delegation's network, if it is an outage.
    pub(crate) fn outage(&self) -> Option<Incident> {
        let lasts = self.lasts.filter(|_| self.act == Kind::Outage)?;
        Some(Incident::Outage(lasts.0))
    }
}

/// What can happen.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// The host closes the doors.
    CloseDoors,
    /// The host opens them again.
    OpenDoors,
    /// The host has the words checked.
    CheckWords,
    /// A delegation shares its screen.
    Share,
    /// A delegation's machine dies and is started again.
    Drop,
    /// Nothing passes on a delegation's line.
    Outage,
    /// A delegation gets another address.
    NewAddress,
    /// A delegation leaves for good.
    Leave,
}

/// What must hold for every seat; what is not given follows from the seat's network.
#[derive(Deserialize, Default, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thresholds {
    /// From being at the table with somebody to the first frame, milliseconds.
    pub(crate) first_frame_ms: Option<u64>,
    /// Of the voice packets that should have come, so many percent may be lost.
    pub(crate) voice_lost_percent: Option<f64>,
    /// Likewise pictures that never came or could not be shown.
    pub(crate) pictures_missed_percent: Option<f64>,
    /// Likewise pictures that came late.
    pub(crate) pictures_late_percent: Option<f64>,
    /// No picture may stand still for longer, milliseconds.
    pub(crate) longest_freeze_ms: Option<u64>,
    /// After an outage or a drop all is back in this time, milliseconds.
    pub(crate) recovery_ms: Option<u64>,
    /// Connections that broke without being planned.
    pub(crate) reconnects: Option<u32>,
}

/// A time, `minutes:seconds` or `hours:minutes:seconds`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct At(pub(crate) Duration);

impl File {
    /// The call plan in it, and each delegation's network.
    pub(super) fn plan(self) -> (UnverifiedPlan, Vec<Option<Profile>>) {
        let networks = self.delegations.iter();
        let networks = networks.map(|d| d.network.as_ref().map(|n| n.0)).collect();
        let delegations = self.delegations.into_iter().map(|d| PlannedDelegation {
            name: d.name,
            short_name: d.short_name,
            time_zone: d.time_zone,
            seats: d.seats,
        });
        let plan = UnverifiedPlan {
            title: self.title,
            format: self.format,
            rehearsal: self.rehearsal,
            starts_at_ms: self.starts_at_ms,
            minutes: self.minutes,
            delegations: delegations.collect(),
        };
        (plan, networks)
    }
}

/// The profile of this name; the error lists all.
pub(crate) fn profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| {
        let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
        format!("there is no network `{name}`: one of {}", names.join(", "))
    })
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        profile(&name).map(Self).map_err(de::Error::custom)
    }
}

impl At {
    fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<u64> = text
            .split(':')
            .map(|part| part.parse().ok().filter(|_| part.len() <= 4))
            .collect::<Option<_>>()?;
        let (hours, minutes, seconds) = match numbers[..] {
            [minutes, seconds] => (0, minutes, seconds),
            [hours, minutes, seconds] if minutes < 60 => (hours, minutes, seconds),
            _ => return None,
        };
        let whole = hours * 3600 + minutes * 60 + seconds;
        (seconds < 60).then_some(Self(Duration::from_secs(whole)))
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no time: \"minutes:seconds\" or \"hours:minutes:seconds\""
            ))
        })
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.0.as_secs();
        write!(f, "{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_minutes_and_seconds() {
        let seconds = |text| At::parse(text).map(|at| at.0.as_secs());
        assert_eq!(seconds("0:30"), Some(30));
        assert_eq!(seconds("80:00"), Some(4_800));
        assert_eq!(seconds("1:20:05"), Some(4_805));
        for bad in ["", "5", "1:60", "1:75:00", "a:b", "1:2:3:4", "-1:00", "1:"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
