//! What a server is told of a call: its shape. Who has which seat it is not told: names, titles and
//! the call's title travel sealed ([`crate::sealed`]).

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use crate::{
    id::{CallId, DelegationId, SeatId},
    limits,
    types::{Format, SeatKind},
};

/// A seat without its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SeatShape {
    /// Its number.
    pub id: SeatId,
    /// The delegation it belongs to.
    pub delegation: DelegationId,
    /// What it is for.
    pub kind: SeatKind,
    /// Holds the host's powers.
    pub host: bool,
}

/// A call without its title.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallShape {
    /// Its id.
    pub id: CallId,
    /// Video or voice.
    pub format: Format,
    /// Played by synthetic participants; every screen says so.
    pub rehearsal: bool,
    /// Scheduled start, milliseconds since 1970 UTC.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at_ms: Option<u64>,
    /// Scheduled length in minutes.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// A shape as it was sent; nothing about it has been checked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UnverifiedShape {
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
    /// In order of precedence, numbered from 1; delegations likewise, without gaps.
    pub seats: Vec<SeatShape>,
}

/// A shape whose numbers are in order and whose counts are bounded, with at least one host. Only
/// [`UnverifiedShape::verify`] makes one.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[allow(clippy::manual_non_exhaustive)] // this crate may not make one without the check either
pub struct VerifiedShape {
    /// The call.
    pub info: CallShape,
    /// In order of precedence, ids from 1.
    pub seats: Vec<SeatShape>,
    /// How many delegations the seats belong to.
    pub delegations: u16,
    _checked: (),
}

/// What is wrong with a shape.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ShapeError {
    /// Too few or too many seats.
    #[error("a call has 2 to {} seats", limits::SEATS_MAX)]
    Seats,
    /// Too many delegations.
    #[error("a call has at most {} delegations", limits::DELEGATIONS_MAX)]
    Delegations,
    /// A number out of order.
    #[error("seats and delegations are numbered from 1 in order; seat {0} is not")]
    Order(SeatId),
    /// Nobody could admit anyone.
    #[error("no seat is a host's")]
    NoHost,
    /// An observer publishes nothing and cannot preside.
    #[error("seat {0} is an observer and cannot be a host")]
    ObserverHost(SeatId),
}

impl UnverifiedShape {
    /// Checks counts, numbers and that there is a host.
    pub fn verify(&self, id: CallId) -> Result<VerifiedShape, ShapeError> {
        if !(2..=limits::SEATS_MAX).contains(&self.seats.len()) {
            return Err(ShapeError::Seats);
        }
        let mut delegations = 0;
        for (seat, number) in self.seats.iter().zip(1u16..) {
            let next = seat.delegation.0 == delegations + 1;
            if seat.id.0 != number || !(next || (seat.delegation.0 == delegations && number > 1)) {
                return Err(ShapeError::Order(SeatId(number)));
            }
            delegations = seat.delegation.0;
            if seat.host && seat.kind == SeatKind::Observer {
                return Err(ShapeError::ObserverHost(seat.id));
            }
        }
        if usize::from(delegations) > limits::DELEGATIONS_MAX {
            return Err(ShapeError::Delegations);
        }
        if !self.seats.iter().any(|seat| seat.host) {
            return Err(ShapeError::NoHost);
        }
        let (format, rehearsal) = (self.format, self.rehearsal);
        let (starts_at_ms, minutes) = (self.starts_at_ms, self.minutes);
        let info = CallShape {
            id,
            format,
            rehearsal,
            starts_at_ms,
            minutes,
        };
        Ok(VerifiedShape {
            info,
            seats: self.seats.clone(),
            delegations,
            _checked: (),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(id: u16, delegation: u16, host: bool) -> SeatShape {
        SeatShape {
            id: SeatId(id),
            delegation: DelegationId(delegation),
            kind: SeatKind::Principal,
            host,
        }
    }

    fn error(seats: Vec<SeatShape>) -> Option<ShapeError> {
        let shape = UnverifiedShape {
            format: Format::Video,
            rehearsal: false,
            starts_at_ms: None,
            minutes: None,
            seats,
        };
        shape.verify(CallId::from_bytes([0; 16])).err()
    }

    #[test]
    fn each_mistake_of_a_shape_is_named() {
        use ShapeError as E;
        assert_eq!(
            error(vec![seat(1, 1, true), seat(2, 1, false), seat(3, 2, false)]),
            None
        );
        assert_eq!(error(vec![seat(1, 1, true)]), Some(E::Seats));
        assert_eq!(
            error(vec![seat(1, 1, false), seat(2, 2, false)]),
            Some(E::NoHost)
        );
        for seats in [
            vec![seat(2, 1, true), seat(3, 1, false)],
            vec![seat(1, 0, true), seat(2, 1, false)],
            vec![seat(1, 1, true), seat(2, 3, false)],
            vec![seat(1, 2, true), seat(2, 1, false)],
        ] {
            assert!(matches!(error(seats), Some(E::Order(_))));
        }
        let mut observer = seat(1, 1, true);
        observer.kind = SeatKind::Observer;
        assert_eq!(
            error(vec![observer, seat(2, 1, false)]),
            Some(E::ObserverHost(SeatId(1)))
        );
        let many = (1..=101).map(|n| seat(n, n, true)).collect();
        assert_eq!(error(many), Some(E::Delegations));
    }
}
