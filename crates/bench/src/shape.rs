//! Who sends what and who receives it: the calls that are played, the same for every server.

/// Pictures a second.
pub(crate) const FRAMES_PER_SECOND: u32 = 30;
/// Opus packets a second, of 20 ms each.
pub(crate) const VOICE_PER_SECOND: u32 = 50;
/// RTP payload of a picture's packet.
pub(crate) const PICTURE_BYTES: usize = 1100;
/// RTP payload of a voice packet: 32 kbit/s.
pub(crate) const VOICE_BYTES: usize = 80;

/// What a camera sends. With `simulcast` a smaller layer `q` goes beside the layer `h` that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Of each frame of the layer that is shown.
    pub(crate) packets: usize,
    pub(crate) simulcast: bool,
}

/// One person's place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seat {
    pub(crate) voice: bool,
    pub(crate) picture: Option<Picture>,
    /// May never send.
    pub(crate) observer: bool,
    /// Seats it hears.
    pub(crate) hears: Vec<usize>,
    /// Seats it sees.
    pub(crate) sees: Vec<usize>,
}

/// A call as it is played.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// For commands and JSON.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) about: &'static str,
    pub(crate) seats: Vec<Seat>,
}

impl Shape {
    /// All of them, in the order of the tables.
    pub(crate) fn all() -> Vec<Self> {
        vec![
            table("two-party", "two seats, voice and picture", 2, 2, 2),
            Self::nine(),
            Self::eight_to_eighty(),
            audience(
                "eight-to-forty",
                "eight pictures to 40 receivers",
                (8, 40),
                false,
            ),
            table(
                "council-31",
                "31 seats, one speaks, nine are seen",
                31,
                1,
                9,
            ),
            table(
                "council-57",
                "57 seats, one speaks, nine are seen",
                57,
                1,
                9,
            ),
            audience(
                "observers-300",
                "one seat, voice and picture, to 299 observers",
                (1, 299),
                true,
            ),
            table("voice-57", "57 seats, 16 open microphones", 57, 16, 0),
        ]
    }

    /// The shapes of a quick run.
    pub(crate) fn quick() -> Vec<Self> {
        vec![Self::nine(), Self::eight_to_eighty()]
    }

    fn nine() -> Self {
        table("nine", "nine seats, all to all, voice and picture", 9, 9, 9)
    }

    fn eight_to_eighty() -> Self {
        let about = "eight pictures to 80 receivers";
        audience("eight-to-eighty", about, (8, 80), false)
    }

    /// Packets a second that reach receivers when nothing is withheld.
    pub(crate) fn packets_per_second(&self) -> f64 {
        self.seats.iter().map(|seat| self.to(seat)).sum()
    }

    fn to(&self, seat: &Seat) -> f64 {
        let voices = seat.hears.len() as f64 * f64::from(VOICE_PER_SECOND);
        let packets = |&of: &usize| self.seats[of].picture.map_or(0, |picture| picture.packets);
        let packets: usize = seat.sees.iter().map(packets).sum();
        voices + packets as f64 * f64::from(FRAMES_PER_SECOND)
    }

    /// Streams that are forwarded, of all receivers.
    pub(crate) fn streams(&self) -> usize {
        let seats = self.seats.iter();
        seats.map(|seat| seat.hears.len() + seat.sees.len()).sum()
    }

    /// The middle receiver's number of pictures or voices, and packets of one burst to it: what the
    /// limit is taken for.
    pub(crate) fn burst(&self) -> (usize, usize) {
        let pictures = self.seats.iter().filter_map(|seat| seat.picture);
        let packets = pictures.map(|picture| picture.packets).max().unwrap_or(1);
        let first = 0;
        let receives = |seat: &&Seat| seat.sees.contains(&first) || seat.hears.contains(&first);
        (self.seats.iter().filter(receives).count(), packets)
    }
}

/// Everybody at one table, where the first so many speak and show themselves to all others.
fn table(
    name: &'static str,
    about: &'static str,
    seats: usize,
    speak: usize,
    show: usize,
) -> Shape {
    let others = |count: usize, own: usize| (0..count).filter(|&seat| seat != own).collect();
    let picture = Picture {
        packets: 4,
        simulcast: true,
    };
    let seat = |own: usize| Seat {
        voice: own < speak,
        picture: (own < show).then_some(picture),
        observer: false,
        hears: others(speak, own),
        sees: others(show, own),
    };
    Shape {
        name,
        about,
        seats: (0..seats).map(seat).collect(),
    }
}

/// Some who send and some who only receive.
fn audience(
    name: &'static str,
    about: &'static str,
    (senders, receivers): (usize, usize),
    voice: bool,
) -> Shape {
    let picture = Picture {
        packets: 8,
        simulcast: false,
    };
    let sender = Seat {
        voice,
        picture: Some(picture),
        ..Seat::default()
    };
    let receiver = Seat {
        observer: true,
        hears: if voice {
            (0..senders).collect()
        } else {
            Vec::new()
        },
        sees: (0..senders).collect(),
        ..Seat::default()
    };
    let mut seats = vec![sender; senders];
    seats.resize(senders + receivers, receiver);
    Shape { name, about, seats }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::limits;

    #[test]
    fn rates_are_those_the_documents_name() {
        let rate = |name: &str| {
            let all = Shape::all();
            let shape = all.iter().find(|shape| shape.name == name).unwrap();
            shape.packets_per_second()
        };
        assert_eq!(rate("eight-to-eighty"), 153_600.0);
        assert_eq!(rate("eight-to-forty"), 76_800.0);
        assert_eq!(rate("nine"), 72.0 * (120.0 + 50.0));
        assert_eq!(rate("voice-57"), (41.0 * 16.0 + 16.0 * 15.0) * 50.0);
    }

    #[test]
    fn every_shape_keeps_to_the_limits_of_a_call() {
        for shape in Shape::all() {
            assert!(shape.seats.len() <= limits::SEATS_MAX, "{}", shape.name);
            for seat in &shape.seats {
                assert!(seat.sees.len() <= limits::TILES_MAX);
                assert!(seat.hears.len() <= limits::OPEN_MICROPHONES_MAX);
            }
        }
    }
}
