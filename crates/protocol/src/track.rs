//! What a seat sends, and who may be sent it: said by `call`, carried out by the forwarding unit. None of it is on
//! the wire; what a client shows and says of itself is in [`crate::types`].

use std::sync::Arc;

use crate::{id::SeatId, types::Source};

/// What a track of a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum TrackKind {
    /// Its voice, wherever it speaks to.
    Microphone,
    /// The picture of its camera.
    Camera,
    /// The picture of its screen.
    Screen,
}

/// Who may be sent a track.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Audience {
    /// Nobody: it is off.
    #[default]
    Nobody,
    /// All who are at the table.
    Everybody,
    /// Those of them who are named.
    Seats(Arc<[SeatId]>),
}

/// For each of a seat's tracks, who may be sent it; nobody at first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publishing([Audience; TrackKind::ALL.len()]);

impl TrackKind {
    /// All there are, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Microphone, Self::Camera, Self::Screen];

    /// The one of this picture.
    pub const fn of(source: Source) -> Self {
        match source {
            Source::Camera => Self::Camera,
            Source::Screen => Self::Screen,
        }
    }
}

impl Audience {
    /// Everybody, if `on`.
    pub const fn everybody_if(on: bool) -> Self {
        if on { Self::Everybody } else { Self::Nobody }
    }

    /// Whether this seat is one of them.
    pub fn has(&self, seat: SeatId) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Seats(seats) => seats.contains(&seat),
        }
    }
}

impl Publishing {
    /// These tracks, and no other, to everybody.
    pub fn to_everybody(tracks: &[TrackKind]) -> Self {
        let all = Self::default();
        tracks
            .iter()
            .fold(all, |all, &track| all.with(track, Audience::Everybody))
    }

    /// The same, with another audience for one track.
    #[must_use]
    pub fn with(mut self, track: TrackKind, audience: Audience) -> Self {
        self.0[track as usize] = audience;
        self
    }

    /// Who may be sent this track.
    pub const fn audience(&self, track: TrackKind) -> &Audience {
        &self.0[track as usize]
    }

    /// Whether anybody may.
    pub fn includes(&self, track: TrackKind) -> bool {
        *self.audience(track) != Audience::Nobody
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_is_for_its_audience_and_at_first_for_nobody() {
        let few: Arc<[SeatId]> = [SeatId(2), SeatId(5)].into();
        let some = Publishing::default()
            .with(TrackKind::Microphone, Audience::Seats(few))
            .with(TrackKind::Screen, Audience::everybody_if(true));
        let reached = |track| [1, 2, 5].map(|seat| some.audience(track).has(SeatId(seat)));
        assert_eq!(reached(TrackKind::Microphone), [false, true, true]);
        assert_eq!(reached(TrackKind::Camera), [false; 3]);
        assert_eq!(reached(TrackKind::Screen), [true; 3]);
        assert_eq!(
            TrackKind::ALL.map(|track| some.includes(track)),
            [true, false, true]
        );
    }
}
