//! One seat of a rehearsal: who takes it, through which network, and what must hold for it.

use participant::network::profile::Profile;

use super::limits::Limits;
use crate::scenario::Thresholds;

/// One seat to be played.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) seat: u16,
    pub(super) delegation: String,
    pub(super) host: bool,
    pub(super) observer: bool,
    pub(super) link: String,
    pub(super) network: Profile,
    pub(super) thresholds: Thresholds,
}

impl Place {
    /// What must hold for it.
    pub(super) fn limits(&self) -> Limits {
        Limits::of(&self.network).but(&self.thresholds)
    }

    /// What must hold for what it sees and hears of another seat.
    pub(super) fn limits_towards(&self, sender: &Self) -> Limits {
        Limits::between(&self.network, &sender.network, &self.thresholds)
    }
}
