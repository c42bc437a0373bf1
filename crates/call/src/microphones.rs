//! Which microphones are open: a bounded number, as in a conference hall.
//!
//! Hosts and the floor holder ("privileged" here) always get one: the ordinary one opened last gives
//! way. Everybody else gets one while there is room, and is told otherwise who has to mute first. One that
//! speaks to a delegation's circle only is one of them.

use protocol::{CircleId, SeatId, limits::OPEN_MICROPHONES_MAX};

use crate::permission::MicrophoneRoom;

/// Open microphones, the longest open first, and which circle each speaks to.
#[derive(Clone, Default)]
pub(crate) struct Microphones(Vec<(SeatId, CircleId)>);

impl Microphones {
    pub(crate) fn is_open(&self, seat: SeatId) -> bool {
        self.speaks_to(seat).is_some()
    }

    /// The circle that hears it; `None` while it is closed.
    pub(crate) fn speaks_to(&self, seat: SeatId) -> Option<CircleId> {
        let open = self.0.iter().find(|(open, _)| *open == seat);
        open.map(|(_, circle)| *circle)
    }

    pub(crate) fn room(&self, is_privileged: impl Fn(SeatId) -> bool) -> MicrophoneRoom {
        if self.0.len() < OPEN_MICROPHONES_MAX {
            MicrophoneRoom::Free
        } else if self.0.iter().all(|&(seat, _)| is_privileged(seat)) {
            MicrophoneRoom::FullOfHosts
        } else {
            MicrophoneRoom::Full
        }
    }

    /// Opens one to a circle, or turns one that is open to it; says which had to give way. The table has been asked
    /// before, so one can.
    pub(crate) fn open(
        &mut self,
        seat: SeatId,
        circle: CircleId,
        is_privileged: impl Fn(SeatId) -> bool,
    ) -> Option<SeatId> {
        if let Some(open) = self.0.iter_mut().find(|(open, _)| *open == seat) {
            open.1 = circle;
            return None;
        }
        let gives_way = match self.0.len() < OPEN_MICROPHONES_MAX {
            true => None,
            false => self.0.iter().rposition(|&(open, _)| !is_privileged(open)),
        };
        let gives_way = gives_way.map(|at| self.0.remove(at).0);
        self.0.push((seat, circle));
        gives_way
    }

    /// Closes one; whether it was open.
    pub(crate) fn close(&mut self, seat: SeatId) -> bool {
        let before = self.0.len();
        self.0.retain(|&(open, _)| open != seat);
        self.0.len() < before
    }

    /// In the order in which they have to mute for somebody else: the longest open first.
    pub(crate) fn first_to_mute(&self, is_privileged: impl Fn(SeatId) -> bool) -> Vec<SeatId> {
        self.0
            .iter()
            .map(|&(seat, _)| seat)
            .filter(|&seat| !is_privileged(seat))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Microphones {
        Microphones(
            (1..=16)
                .map(|seat| (SeatId(seat), CircleId::TABLE))
                .collect(),
        )
    }

    #[test]
    fn the_ordinary_microphone_opened_last_gives_way() {
        let mut microphones = full();
        let hosts = |seat: SeatId| seat.0 == 16 || seat.0 == 40;
        assert_eq!(microphones.room(hosts), MicrophoneRoom::Full);
        assert_eq!(
            microphones.open(SeatId(40), CircleId::TABLE, hosts),
            Some(SeatId(15))
        );
        assert!(microphones.is_open(SeatId(40)) && !microphones.is_open(SeatId(15)));
    }

    #[test]
    fn the_longest_open_has_to_mute_first_and_hosts_never() {
        let order = full().first_to_mute(|seat| seat.0 == 1);
        assert_eq!(order, (2..=16).map(SeatId).collect::<Vec<_>>());
    }

    #[test]
    fn one_that_is_open_turns_to_another_circle_and_keeps_its_place() {
        let (mut microphones, nobody) = (full(), |_: SeatId| false);
        let own = CircleId(3);
        assert_eq!(microphones.open(SeatId(2), own, nobody), None);
        assert_eq!(microphones.speaks_to(SeatId(2)), Some(own));
        assert_eq!(microphones.first_to_mute(nobody)[1], SeatId(2));
        assert!(microphones.close(SeatId(2)) && !microphones.is_open(SeatId(2)));
    }

    #[test]
    fn a_hall_full_of_hosts_has_no_room_for_anybody() {
        assert_eq!(full().room(|_| true), MicrophoneRoom::FullOfHosts);
    }
}
