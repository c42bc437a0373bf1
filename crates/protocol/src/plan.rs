//! What a convener writes down to set up a call: the same in TOML files and in JSON. A server gets
//! only its shape ([`crate::shape`]); the rest travels sealed.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::{
    id::{CallId, DelegationId, SeatId},
    limits,
    shape::{SeatShape, UnverifiedShape},
    text::{self, TextError},
    types::{CallInfo, Delegation, Format, Seat, SeatKind},
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
    /// For nameplates; the full name if absent.
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
        /// e.g. `the name of seat 2 of delegation 3`.
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
    #[error("seat {0} is an observer and cannot be a host")]
    ObserverHost(SeatId),
    /// Two delegations cannot be told apart.
    #[error("two delegations have the short name of delegation {0}")]
    SameName(DelegationId),
}

impl UnverifiedPlan {
    /// Checks every text and count and numbers delegations and seats from 1 in the order given.
    pub fn verify(&self, id: CallId) -> Result<VerifiedPlan, PlanError> {
        let title = checked(&self.title, limits::TITLE_BYTES_MAX, || "the title".into())?;
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
        let mut names = HashSet::new();
        if let Some(d) = delegations
            .iter()
            .find(|d| !names.insert(d.short_name.to_lowercase()))
        {
            return Err(PlanError::SameName(d.id));
        }
        if seats.len() < 2 {
            return Err(PlanError::Count("at least 2 seats".into()));
        }
        if let Some(s) = seats
            .iter()
            .find(|s| s.host && s.kind == SeatKind::Observer)
        {
            return Err(PlanError::ObserverHost(s.id));
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
        let seat = |seat: &Seat| SeatShape {
            id: seat.id,
            delegation: seat.delegation,
            kind: seat.kind,
            host: seat.host,
        };
        UnverifiedShape {
            format: self.info.format,
            rehearsal: self.info.rehearsal,
            starts_at_ms: self.info.starts_at_ms,
            minutes: self.info.minutes,
            seats: self.seats.iter().map(seat).collect(),
        }
    }
}

impl PlannedDelegation {
    fn verify(&self, id: DelegationId) -> Result<Delegation, PlanError> {
        let name = checked(&self.name, limits::NAME_BYTES_MAX, || {
            format!("the name of delegation {}", id.0)
        })?;
        let short = self.short_name.as_ref().unwrap_or(&name);
        let short_name = checked(short, limits::SHORT_NAME_BYTES_MAX, || {
            format!("the short name of delegation {}", id.0)
        })?;
        let zone = self
            .time_zone
            .as_ref()
            .map(|zone| checked(zone, 64, || format!("the time zone of delegation {}", id.0)));
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
        let at = |what: &str| format!("the {what} of seat {place} of delegation {}", delegation.0);
        let name = checked(&self.name, limits::NAME_BYTES_MAX, || at("name"))?;
        let title = match self.title.trim() {
            "" => String::new(),
            title => checked(title, limits::NAME_BYTES_MAX, || at("title"))?,
        };
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

fn checked(text: &str, max: usize, place: impl Fn() -> String) -> Result<String, PlanError> {
    text::check(text, max).map_err(|why| PlanError::Text {
        place: place(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> UnverifiedPlan {
        serde_json::from_value(serde_json::json!({
            "title": "Budget committee",
            "delegations": [
                { "name": "Board", "seats": [{ "name": "A", "host": true }, { "name": "B", "kind": "observer" }] },
                { "name": "Works council", "short_name": "WC", "seats": [{ "name": "C", "title": "Chair" }] },
            ],
        }))
        .unwrap()
    }

    fn id() -> CallId {
        CallId::from_bytes([0; 16])
    }

    #[test]
    fn a_good_plan_is_numbered_in_order_of_precedence() {
        let plan = plan().verify(id()).ok().unwrap();
        assert!(plan.shape().verify(id()).is_ok());
        assert_eq!(
            plan.seats
                .iter()
                .map(|s| (s.id.0, s.delegation.0))
                .collect::<Vec<_>>(),
            [(1, 1), (2, 1), (3, 2)]
        );
        assert_eq!(plan.delegations[0].short_name, "Board");
    }

    #[test]
    fn each_mistake_is_named_with_its_place() {
        type Spoil = fn(&mut UnverifiedPlan);
        let cases: [(Spoil, &str); 6] = [
            (|p| p.title.clear(), "the title is empty"),
            (
                |p| p.delegations[1].seats[0].name = "a\u{202E}b".into(),
                "the name of seat 1 of delegation 2 has a character",
            ),
            (
                |p| p.delegations[0].seats[0].host = false,
                "no seat is the host's",
            ),
            (
                |p| p.delegations[0].seats[1].host = true,
                "seat 2 is an observer",
            ),
            (
                |p| p.delegations[1].short_name = Some("BOARD".into()),
                "two delegations have the short name",
            ),
            (
                |p| p.delegations[0].seats[0].name = "x".repeat(10_000),
                "10000 bytes long; at most 128",
            ),
        ];
        for (spoil, expected) in cases {
            let mut plan = plan();
            spoil(&mut plan);
            let error = plan.verify(id()).err().expect(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
