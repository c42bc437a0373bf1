//! The own leaf: from a link, a machine and the server's welcome to a session.

use std::collections::HashMap;

use protocol::{Sealed, shape::SeatShape};
use sealed::{
    grant::{Grant, OpenError, open_grant},
    keys::Device,
    link::Link,
    media::open::peek,
    session::{Candidate, Memory, Session, SessionError},
};
use thiserror::Error;

use crate::{frames::Stream, picture::Plate};

/// A machine with a link: what lasts when its client is loaded again.
pub struct Machine {
    /// The seat's link.
    pub link: Link,
    /// Vouches for every leaf of this machine on this seat.
    pub device: Device,
    /// What was kept of the group.
    pub memory: Memory,
}

/// Why a participant cannot be in the call's group at all.
#[derive(Debug, Error)]
pub enum SealingError {
    /// The grant is not what the link promises.
    #[error(transparent)]
    Grant(#[from] OpenError),
    /// The server speaks of another seat than the grant.
    #[error("the server says another seat than the invitation")]
    OtherSeat,
    /// No leaf could be made.
    #[error("no place in the group can be asked for: {0}")]
    Session(#[from] SessionError),
}

/// A session, and whose.
pub(super) struct Member {
    pub(super) session: Session,
    grant: Grant,
    /// Of the last frame sealed on each stream: the low 16 bits of its epoch.
    sent: HashMap<Stream, u16>,
}

impl Member {
    /// A fresh leaf for the seat of the sealed grant, which must be the one the server speaks of.
    pub(super) fn new(
        machine: &Machine,
        seat: SeatShape,
        sealed: &Sealed,
        ms: u64,
    ) -> Result<Self, SealingError> {
        let opened = open_grant(&machine.link, sealed)?;
        let grant = opened.grant.clone();
        must_be(&grant, seat)?;
        let candidate = Candidate::new(&machine.link, opened, machine.device.public())?;
        let signature = machine.device.sign(&candidate.to_sign());
        Ok(Self {
            session: candidate.into_session(ms, signature, machine.memory.clone())?,
            grant,
            sent: HashMap::new(),
        })
    }

    /// The server speaks of a seat again.
    pub(super) fn must_be(&self, seat: SeatShape) -> Result<(), SealingError> {
        must_be(&self.grant, seat)
    }

    /// What the convener signed.
    pub(super) fn plate(&self) -> Plate {
        Plate {
            short_name: self.grant.delegation.short_name.clone(),
            name: self.grant.seat.name.clone(),
            title: self.grant.seat.title.clone(),
        }
    }

    /// Whether these bytes are the first of their stream in an epoch.
    pub(super) fn is_first(&mut self, stream: Stream, bytes: &[u8]) -> bool {
        let kind = stream.kid().0.kind();
        peek(kind, bytes)
            .is_ok_and(|kid| self.sent.insert(stream, kid.epoch()) != Some(kid.epoch()))
    }
}

fn must_be(grant: &Grant, shape: SeatShape) -> Result<(), SealingError> {
    (grant.seat.shape() == shape)
        .then_some(())
        .ok_or(SealingError::OtherSeat)
}
