//! One direction of a line, without IO and clock: parcels go in with the time, and come out when they
//! have arrived, or never.
//!
//! Datagrams take their chance. Parcels of a stream (a TCP connection) are sent again until they have
//! passed, and come out in order: what is lost there is time. The pauses grow only while nothing passes
//! at all, as where something does, TCP learns of a loss from what came after it (RFC 8985). Loss, delay and
//! rate are str0m-netem's; both kinds share them, as they share a line.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use str0m_netem::{Input, Netem, Output, WithLen};

use super::profile::Profile;

/// IP and UDP headers, roughly those of a TCP segment too: they take their part of a line's rate.
const HEADER_BYTES: usize = 28;
/// Longest pause between two tries of a stream's parcel.
const RETRY_MAX: Duration = Duration::from_secs(10);

/// What passes a line, and where it goes at its end.
#[derive(Clone)]
pub struct Parcel<X> {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Of which stream, and its place there from 0; `None`: a datagram.
    pub place: Option<(u64, u64)>,
    /// Where it goes.
    pub exit: X,
}

impl<X> WithLen for Parcel<X> {
    fn len(&self) -> usize {
        self.bytes.len() + HEADER_BYTES
    }
}

/// What a direction carried so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Packets that went in, those sent again too.
    pub packets: u64,
    /// Packets that were lost.
    pub lost: u64,
}

/// A stream's parcel that was lost and is tried again.
struct Retry<X> {
    at: Instant,
    pause: Duration,
    parcel: Parcel<X>,
}

/// What of a stream has come out, and what waits for something before it.
struct Stream<X> {
    next: u64,
    early: BTreeMap<u64, Parcel<X>>,
}

/// One direction.
pub struct Direction<X: Clone> {
    netem: Netem<Parcel<X>>,
    udp: bool,
    retry_after: Duration,
    out_until: Option<Instant>,
    retries: Vec<Retry<X>>,
    streams: HashMap<u64, Stream<X>>,
    arrived: std::collections::VecDeque<Parcel<X>>,
    carried: Carried,
}

impl<X: Clone> Direction<X> {
    /// A direction of this profile. The same seed loses the same packets.
    pub fn new(profile: &Profile, seed: u64) -> Self {
        Self {
            netem: Netem::new(profile.direction(seed)),
            udp: profile.udp,
            retry_after: profile.retry_after(),
            out_until: None,
            retries: Vec::new(),
            streams: HashMap::new(),
            arrived: std::collections::VecDeque::new(),
            carried: Carried::default(),
        }
    }

    /// A parcel goes in.
    pub fn send(&mut self, now: Instant, parcel: Parcel<X>) {
        let pause = self.retry_after;
        self.enter(now, parcel, pause);
    }

    /// Nothing goes in until then; what is under way arrives.
    pub fn cut(&mut self, until: Instant) {
        self.out_until = Some(self.out_until.map_or(until, |out| out.max(until)));
    }

    /// The next parcel that has arrived by now.
    pub fn poll(&mut self, now: Instant) -> Option<Parcel<X>> {
        while let Some(due) = self.retries.iter().position(|retry| retry.at <= now) {
            let retry = self.retries.swap_remove(due);
            let out = self.out_until.is_some_and(|until| now < until);
            let pause = if out {
                (retry.pause * 2).min(RETRY_MAX)
            } else {
                self.retry_after
            };
            self.enter(now, retry.parcel, pause);
        }
        self.netem.handle_input(Input::Timeout(now));
        while self.arrived.is_empty() {
            match self.netem.poll_output() {
                Some(Output::Packet(parcel)) => self.arrive(parcel),
                Some(Output::Timeout(_)) | None => break,
            }
        }
        self.arrived.pop_front()
    }

    /// When [`Self::poll`] may have something again; `None`: when something was sent.
    pub fn next_at(&self) -> Option<Instant> {
        let arrival = (!self.netem.is_empty()).then(|| self.netem.poll_timeout());
        let retries = self.retries.iter().map(|retry| retry.at);
        retries.chain(arrival).min()
    }

    /// A stream is over: what of it is under way is of no use.
    pub fn close(&mut self, stream: u64) {
        let of = |parcel: &Parcel<X>| parcel.place.is_some_and(|(s, _)| s == stream);
        self.retries.retain(|retry| !of(&retry.parcel));
        self.streams.remove(&stream);
    }

    /// What it carried so far.
    pub fn carried(&self) -> Carried {
        self.carried
    }

    fn enter(&mut self, now: Instant, parcel: Parcel<X>, pause: Duration) {
        self.carried.packets += 1;
        let blocked = parcel.place.is_none() && !self.udp;
        let out = self.out_until.is_some_and(|until| now < until);
        let again = parcel.place.is_some().then(|| parcel.clone());
        let passes = !blocked && !out && {
            // The emulator does not say what it drops, but its queue does.
            let before = self.netem.queue_len();
            self.netem.handle_input(Input::Packet(now, parcel));
            self.netem.queue_len() > before
        };
        if passes {
            return;
        }
        self.carried.lost += 1;
        if let Some(parcel) = again {
            let at = now + pause;
            self.retries.push(Retry { at, pause, parcel });
        }
    }

    fn arrive(&mut self, parcel: Parcel<X>) {
        let Some((stream, place)) = parcel.place else {
            self.arrived.push_back(parcel);
            return;
        };
        let stream = self.streams.entry(stream).or_insert_with(|| Stream {
            next: 0,
            early: BTreeMap::new(),
        });
        if place >= stream.next {
            stream.early.insert(place, parcel);
        }
        while let Some(parcel) = stream.early.remove(&stream.next) {
            stream.next += 1;
            self.arrived.push_back(parcel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends 50 packets a second for `seconds`; gives when each that arrived did, by its number.
    fn run(profile: &str, seed: u64, seconds: u64, stream: bool) -> Vec<(u64, u64)> {
        let profile = Profile::named(profile).unwrap();
        let mut direction = Direction::new(&profile, seed);
        let start = Instant::now();
        let (mut sent, mut arrived) = (0, Vec::new());
        for ms in 0..(seconds + 5) * 1000 {
            let now = start + Duration::from_millis(ms);
            if ms % 20 == 0 && ms < seconds * 1000 {
                let place = stream.then_some((1, sent));
                let bytes = u64::to_be_bytes(sent).repeat(15);
                let exit = ();
                direction.send(now, Parcel { bytes, place, exit });
                sent += 1;
            }
            while let Some(parcel) = direction.poll(now) {
                let number = u64::from_be_bytes(parcel.bytes[..8].try_into().unwrap());
                arrived.push((number, ms));
            }
        }
        arrived
    }

    #[test]
    fn the_same_seed_loses_the_same_packets_at_the_same_times() {
        for profile in ["moderate", "international", "hotel-wifi", "loss-30"] {
            assert_eq!(run(profile, 7, 20, false), run(profile, 7, 20, false));
            assert_ne!(run(profile, 7, 20, false), run(profile, 8, 20, false));
        }
    }

    #[test]
    fn profiles_lose_and_delay_what_they_say() {
        for (profile, lost, delay_ms) in [
            ("clean", 0.0..=0.0, 0..=1),
            ("moderate", 0.03..=0.07, 38..=65),
            ("international", 0.06..=0.14, 105..=150),
            ("satellite", 0.003..=0.02, 270..=335),
            ("loss-30", 0.26..=0.34, 15..=26),
            ("udp-blocked", 1.0..=1.0, 0..=0),
        ] {
            let arrived = run(profile, 1, 100, false);
            let share = 1.0 - arrived.len() as f64 / 5_000.0;
            assert!(lost.contains(&share), "{profile} loses {share}");
            let total: u64 = arrived.iter().map(|(number, ms)| ms - number * 20).sum();
            let mean = total / (arrived.len() as u64).max(1);
            assert!(delay_ms.contains(&mean), "{profile} takes {mean} ms");
        }
    }

    #[test]
    fn a_stream_loses_time_and_nothing_else() {
        for profile in ["loss-30", "international", "udp-blocked"] {
            let arrived = run(profile, 3, 10, true);
            let numbers: Vec<u64> = arrived.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, (0..500).collect::<Vec<_>>(), "{profile}");
        }
        let latest = run("loss-30", 3, 10, true);
        let waits = latest.iter().map(|(number, ms)| ms - number * 20).max();
        assert!(waits.unwrap() > 200, "what was lost came later");
    }

    #[test]
    fn nothing_enters_during_an_outage_and_streams_catch_up() {
        let profile = Profile::named("clean").unwrap();
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut direction = Direction::new(&profile, 1);
        direction.cut(at(1_000));
        let parcel = |place| Parcel {
            bytes: vec![0; 10],
            place,
            exit: (),
        };
        direction.send(at(10), parcel(None));
        direction.send(at(10), parcel(Some((1, 0))));
        assert!(direction.poll(at(999)).is_none());
        let next = direction.next_at().unwrap();
        assert!(next >= at(1_000) && next < at(2_000));
        assert!(direction.poll(next).unwrap().place.is_some());
        assert!(direction.poll(at(5_000)).is_none());
        direction.send(at(5_000), parcel(None));
        assert!(direction.poll(at(5_000)).is_some());
    }

    #[test]
    fn a_rate_is_kept() {
        let profile = Profile::named("international").unwrap();
        let mut direction = Direction::new(&profile, 5);
        let start = Instant::now();
        let mut bytes = 0;
        for ms in 0..10_000 {
            let now = start + Duration::from_millis(ms);
            let parcel = Parcel {
                bytes: vec![0; 1_000],
                place: None,
                exit: (),
            };
            if ms % 10 == 0 {
                direction.send(now, parcel);
            }
            while let Some(parcel) = direction.poll(now) {
                bytes += parcel.bytes.len() + HEADER_BYTES;
            }
        }
        let kilobits = bytes * 8 / 10_000;
        assert!((240..=310).contains(&kilobits), "{kilobits} kbit/s");
    }
}
