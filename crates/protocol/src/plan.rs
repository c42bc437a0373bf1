//! What a convener writes down to set up a call: the same in TOML files and in JSON. A server gets
//! only its shape ([`crate::shape`]); the rest travels sealed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::{
    id::{CallId, DelegationId, SeatId},
    limits,
    shape::UnverifiedShape,
    text::{self, Limit, TextError},
    types::{CallInfo, Delegation, Format, Seat, SeatKind},
    zones,
};

/// A call plan as written; nothing about it has been checked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UnverifiedPlan {
    /// Title of the call.
    pub title: String,
    /// Video or voice.
    #[serde(default)]
    pub format: Format,
    /// Marked on every screen as played for practice.
    #[serde(default)]
    pub rehearsal: bool,
    /// Scheduled start, milliseconds since 1970 UTC.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at_ms: Option<u64>,
    /// Scheduled length in minutes.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// In order of precedence.
    pub delegations: Vec<PlannedDelegation>,
}

/// A delegation in a plan.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlannedDelegation {
    /// Full name.
    pub name: String,
    /// For nameplates; the full name, however long, if absent or empty.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// IANA time zone.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Its seats, principal first.
    pub seats: Vec<PlannedSeat>,
}

/// A seat in a plan.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PlannedSeat {
    /// The person's name.
    pub name: String,
    /// The person's title.
    #[serde(default)]
    pub title: String,
    /// What the seat is for.
    #[serde(default)]
    pub kind: SeatKind,
    /// Holds the host's powers.
    #[serde(default)]
    pub host: bool,
}

/// A plan whose every text is bounded and safe to show, with numbered delegations and seats and at
/// least one host. Only [`UnverifiedPlan::verify`] makes one.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[allow(clippy::manual_non_exhaustive)] // this crate may not make one without the check either
pub struct VerifiedPlan {
    /// The call.
    pub info: CallInfo,
    /// In order of precedence, ids from 1.
    pub delegations: Vec<Delegation>,
    /// In order of precedence, ids from 1.
    pub seats: Vec<Seat>,
    _checked: (),
}

/// What is wrong with a plan, and where.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PlanError {
    /// A text cannot be used.
    #[error("{place} {why}")]
    Text {
        /// The field, e.g. `the title of seat 2 of delegation 3`.
        place: String,
        /// What is wrong with it.
        why: TextError,
    },
    /// Too few or too many of something.
    #[error("a call has {0}")]
    Count(String),
    /// Nobody could admit anyone.
    #[error("no seat is the host's: mark one with `host = true`")]
    NoHost,
    /// An observer publishes nothing and cannot preside.
    #[error("{0} is an observer and cannot be a host")]
    ObserverHost(String),
    /// No time zone, or one that nobody knows.
    #[error(
        "the time zone of delegation {} is none of the IANA database: write one like Europe/Kyiv",
        .0.0
    )]
    Zone(DelegationId),
    /// Two delegations cannot be told apart.
    #[error("the short name of delegation {later} is that of delegation {earlier} too")]
    SameName {
        /// Who has it.
        earlier: DelegationId,
        /// Who cannot have it as well.
        later: DelegationId,
    },
    /// Each text is within its limit, and all together are not.
    #[error(
        "the names and titles of all seats, each with its delegation's, are {bytes} bytes long; at most {} are allowed: shorten the longest",
        limits::SEAT_TEXTS_BYTES_MAX
    )]
    Together {
        /// Their length in bytes of UTF-8.
        bytes: usize,
    },
    /// No calendar goes so far.
    #[error("the scheduled start is after the year 9999")]
    Start,
}

impl UnverifiedPlan {
    /// Checks every text and count and numbers delegations and seats from 1 in the order given.
    pub fn verify(&self, id: CallId) -> Result<VerifiedPlan, PlanError> {
        let title = checked(&self.title, text::TITLE, || "the title".into())?;
        if self
            .starts_at_ms
            .is_some_and(|start| start > limits::START_MS_MAX)
        {
            return Err(PlanError::Start);
        }
        if !(1..=limits::DELEGATIONS_MAX).contains(&self.delegations.len()) {
            return Err(PlanError::Count(format!(
                "1 to {} delegations",
                limits::DELEGATIONS_MAX
            )));
        }
        let (mut delegations, mut seats) = (Vec::new(), Vec::new());
        for (planned, number) in self.delegations.iter().zip(1u16..) {
            let delegation = planned.verify(DelegationId(number))?;
            for (seat, place) in planned.seats.iter().zip(1u16..) {
                let id = SeatId(u16::try_from(seats.len() + 1).unwrap_or(u16::MAX));
                seats.push(seat.verify(id, delegation.id, place)?);
                if seats.len() > limits::SEATS_MAX {
                    return Err(PlanError::Count(format!(
                        "at most {} seats",
                        limits::SEATS_MAX
                    )));
                }
            }
            delegations.push(delegation);
        }
        tell_apart(&delegations)?;
        fits_together(&delegations, &seats)?;
        if seats.len() < 2 {
            return Err(PlanError::Count("at least 2 seats".into()));
        }
        if !seats.iter().any(|s| s.host) {
            return Err(PlanError::NoHost);
        }
        let (format, rehearsal) = (self.format, self.rehearsal);
        let (starts_at_ms, minutes) = (self.starts_at_ms, self.minutes);
        let info = CallInfo {
            id,
            title,
            format,
            rehearsal,
            starts_at_ms,
            minutes,
        };
        Ok(VerifiedPlan {
            info,
            delegations,
            seats,
            _checked: (),
        })
    }
}

impl VerifiedPlan {
    /// What a server is told of it: no names, no titles.
    pub fn shape(&self) -> UnverifiedShape {
        UnverifiedShape {
            format: self.info.format,
            rehearsal: self.info.rehearsal,
            starts_at_ms: self.info.starts_at_ms,
            minutes: self.info.minutes,
            seats: self.seats.iter().map(Seat::shape).collect(),
        }
    }
}

impl PlannedDelegation {
    fn verify(&self, id: DelegationId) -> Result<Delegation, PlanError> {
        let of = |what: &str| format!("the {what} of delegation {}", id.0);
        let name = checked(&self.name, text::NAME, || of("name"))?;
        let short_name = match self.short_name.as_deref().unwrap_or("").trim() {
            "" => name.clone(),
            short => checked(short, text::SHORT_NAME, || of("short name"))?,
        };
        let zone = self.time_zone.as_deref().map(|zone| {
            let known = zones::find(zone.trim());
            known.map(str::to_owned).ok_or(PlanError::Zone(id))
        });
        if self.seats.is_empty() {
            return Err(PlanError::Count(format!(
                "at least one seat in delegation {}",
                id.0
            )));
        }
        Ok(Delegation {
            id,
            name,
            short_name,
            time_zone: zone.transpose()?,
        })
    }
}

impl PlannedSeat {
    fn verify(&self, id: SeatId, delegation: DelegationId, place: u16) -> Result<Seat, PlanError> {
        let seat = format!("seat {place} of delegation {}", delegation.0);
        let at = |what: &str| format!("the {what} of {seat}");
        let name = checked(&self.name, text::NAME, || at("name"))?;
        let title = match self.title.trim() {
            "" => String::new(),
            title => checked(title, text::NAME, || at("title"))?,
        };
        if self.host && self.kind == SeatKind::Observer {
            return Err(PlanError::ObserverHost(seat));
        }
        Ok(Seat {
            id,
            delegation,
            kind: self.kind,
            host: self.host,
            name,
            title,
        })
    }
}

/// Each delegation's short name is its own, whatever its capitals.
fn tell_apart(delegations: &[Delegation]) -> Result<(), PlanError> {
    let mut names = HashMap::new();
    for d in delegations {
        if let Some(earlier) = names.insert(d.short_name.to_lowercase(), d.id) {
            return Err(PlanError::SameName {
                earlier,
                later: d.id,
            });
        }
    }
    Ok(())
}

/// What every seat's grant says of it and its delegation, together.
fn fits_together(delegations: &[Delegation], seats: &[Seat]) -> Result<(), PlanError> {
    let of_delegation = |id: DelegationId| {
        let found = delegations.iter().find(|d| d.id == id);
        found.map_or(0, |d| d.name.len() + d.short_name.len())
    };
    let of_seat = |s: &Seat| s.name.len() + s.title.len() + of_delegation(s.delegation);
    let bytes = seats.iter().map(of_seat).sum();
    if bytes > limits::SEAT_TEXTS_BYTES_MAX {
        return Err(PlanError::Together { bytes });
    }
    Ok(())
}

fn checked(text: &str, max: Limit, place: impl Fn() -> String) -> Result<String, PlanError> {
    text::check(text, max).map_err(|why| PlanError::Text {
        place: place(),
        why,
    })
}

#[cfg(test)]
mod tests;
