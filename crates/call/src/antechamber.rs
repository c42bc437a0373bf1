//! Who waits to be admitted: at most one machine per seat, the longest waiting first.

use protocol::{SeatId, types::Waiting};

use crate::output::SessionId;

#[derive(Clone, Copy)]
struct Asking {
    seat: SeatId,
    session: SessionId,
    since: u64,
}

#[derive(Clone, Default)]
pub(crate) struct Antechamber(Vec<Asking>);

impl Antechamber {
    /// Takes its place in the queue by `since`: a machine that reloads keeps the one it had.
    pub(crate) fn enter(&mut self, seat: SeatId, session: SessionId, since: u64) {
        let at = self.0.partition_point(|asking| asking.since <= since);
        self.0.insert(
            at,
            Asking {
                seat,
                session,
                since,
            },
        );
    }

    /// Goes, by whatever way; says since when it waited.
    pub(crate) fn leave(&mut self, session: SessionId) -> Option<u64> {
        let at = self.0.iter().position(|asking| asking.session == session)?;
        Some(self.0.remove(at).since)
    }

    /// Who waits with this seat's link.
    pub(crate) fn who_waits_for(&self, seat: SeatId) -> Option<SessionId> {
        self.0
            .iter()
            .find(|asking| asking.seat == seat)
            .map(|asking| asking.session)
    }

    pub(crate) fn sessions(&self) -> Vec<(SessionId, SeatId)> {
        self.0
            .iter()
            .map(|asking| (asking.session, asking.seat))
            .collect()
    }

    /// As hosts see it.
    pub(crate) fn snapshot(
        &self,
        is_held: impl Fn(SeatId) -> bool,
        time_of_day: impl Fn(u64) -> u64,
    ) -> Vec<Waiting> {
        let line = |asking: &Asking| Waiting {
            seat: asking.seat,
            since_ms: time_of_day(asking.since),
            occupied: is_held(asking.seat),
        };
        self.0.iter().map(line).collect()
    }
}
