//! Which microphones are open: a bounded number, as in a conference hall.
//!
//! Hosts and the floor holder ("privileged" here) always get one: the ordinary one opened last gives
//! way. Everybody else gets one while there is room, and is told otherwise who has to mute first.

use protocol::{SeatId, limits::OPEN_MICROPHONES_MAX};

use crate::permission::MicrophoneRoom;

/// Open microphones, the longest open first.
#[derive(Clone, Default)]
pub(crate) struct Microphones(Vec<SeatId>);

impl Microphones {
    pub(crate) fn is_open(&self, seat: SeatId) -> bool {
        self.0.contains(&seat)
    }

    pub(crate) fn room(&self, is_privileged: impl Fn(SeatId) -> bool) -> MicrophoneRoom {
        if self.0.len() < OPEN_MICROPHONES_MAX {
            MicrophoneRoom::Free
        } else if self.0.iter().all(|&seat| is_privileged(seat)) {
            MicrophoneRoom::FullOfHosts
        } else {
            MicrophoneRoom::Full
        }
    }

    /// Opens one; says which had to give way. The table has been asked before, so one can.
    pub(crate) fn open(
        &mut self,
        seat: SeatId,
        is_privileged: impl Fn(SeatId) -> bool,
    ) -> Option<SeatId> {
        let gives_way = match self.0.len() < OPEN_MICROPHONES_MAX {
            true => None,
            false => self.0.iter().rposition(|&open| !is_privileged(open)),
        };
        let gives_way = gives_way.map(|at| self.0.remove(at));
        self.0.push(seat);
        gives_way
    }

    /// Closes one; whether it was open.
    pub(crate) fn close(&mut self, seat: SeatId) -> bool {
        let before = self.0.len();
        self.0.retain(|&open| open != seat);
        self.0.len() < before
    }

    /// In the order in which they have to mute for somebody else: the longest open first.
    pub(crate) fn first_to_mute(&self, is_privileged: impl Fn(SeatId) -> bool) -> Vec<SeatId> {
        self.0
            .iter()
            .copied()
            .filter(|&seat| !is_privileged(seat))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Microphones {
        Microphones((1..=16).map(SeatId).collect())
    }

    #[test]
    fn the_ordinary_microphone_opened_last_gives_way() {
        let mut microphones = full();
        let hosts = |seat: SeatId| seat.0 == 16 || seat.0 == 40;
        assert_eq!(microphones.room(hosts), MicrophoneRoom::Full);
        assert_eq!(microphones.open(SeatId(40), hosts), Some(SeatId(15)));
        assert!(microphones.is_open(SeatId(40)) && !microphones.is_open(SeatId(15)));
    }

    #[test]
    fn the_longest_open_has_to_mute_first_and_hosts_never() {
        let order = full().first_to_mute(|seat| seat.0 == 1);
        assert_eq!(order, (2..=16).map(SeatId).collect::<Vec<_>>());
    }

    #[test]
    fn a_hall_full_of_hosts_has_no_room_for_anybody() {
        assert_eq!(full().room(|_| true), MicrophoneRoom::FullOfHosts);
    }
}
