//! The networks that can be rehearsed: a table, as `docs/rehearsals.md` prints it.
//!
//! A profile says what one seat's line to the server does to packets, both ways alike. Delays are
//! round trips between the seat and the server, half of it each way, so that two seats on the same
//! profile hear each other after about that time.

use std::time::Duration;

use str0m_netem::{Bitrate, DataSize, GilbertElliot, NetemConfig, Probability, RandomLoss};

/// A line holds this much before it drops: modems queue about as long.
const QUEUE: Duration = Duration::from_millis(400);

/// How packets are lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// None are.
    None,
    /// Each with this probability, whatever happened to the one before.
    Even(f32),
    /// In bursts (Gilbert and Elliott's model; durations counted in packets).
    Bursts {
        /// Packets from burst to burst, on average.
        apart: f32,
        /// Packets a burst lasts, on average.
        long: f32,
        /// Share of a burst's packets that are lost.
        share: f32,
    },
}

/// What is planned to happen to the line in the middle of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incident {
    /// Nothing.
    None,
    /// Nothing passes for so long, media or signalling.
    Outage(Duration),
    /// The seat gets another address: its UDP port changes and its connections are dead.
    NewAddress,
}

/// One network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// As on the command line and in scenarios.
    pub name: &'static str,
    /// In one line.
    pub about: &'static str,
    /// Round trip, milliseconds.
    pub delay_ms: u32,
    /// By how much half of it varies, up and down, milliseconds.
    pub jitter_ms: u32,
    /// What is lost, each way.
    pub loss: Loss,
    /// Kilobits a second, each way, if limited.
    pub kilobits: Option<u32>,
    /// Whether UDP passes.
    pub udp: bool,
    /// What happens in the middle of the call.
    pub incident: Incident,
}

const CLEAN: Profile = Profile {
    name: "clean",
    about: "the machine's own network, nothing added",
    delay_ms: 0,
    jitter_ms: 0,
    loss: Loss::None,
    kilobits: None,
    udp: true,
    incident: Incident::None,
};

const fn outage(name: &'static str, about: &'static str, seconds: u64) -> Profile {
    let incident = Incident::Outage(Duration::from_secs(seconds));
    Profile {
        name,
        about,
        incident,
        ..CLEAN
    }
}

/// All of them.
pub const PROFILES: [Profile; 13] = [
    CLEAN,
    Profile {
        name: "moderate",
        about: "100 ms, 5 % of packets lost",
        delay_ms: 100,
        jitter_ms: 12,
        loss: Loss::Even(0.05),
        ..CLEAN
    },
    Profile {
        name: "international",
        about: "250 ms, 10 % lost in bursts, 300 kbit/s",
        delay_ms: 250,
        jitter_ms: 20,
        loss: Loss::Bursts {
            apart: 27.0,
            long: 3.0,
            share: 1.0,
        },
        kilobits: Some(300),
        ..CLEAN
    },
    Profile {
        name: "satellite",
        about: "600 ms that vary, 1 % lost",
        delay_ms: 600,
        jitter_ms: 30,
        loss: Loss::Even(0.01),
        ..CLEAN
    },
    Profile {
        name: "hotel-wifi",
        about: "60 ms that vary much, short bursts of loss, 2 Mbit/s",
        delay_ms: 60,
        jitter_ms: 28,
        loss: Loss::Bursts {
            apart: 300.0,
            long: 8.0,
            share: 0.6,
        },
        kilobits: Some(2_000),
        ..CLEAN
    },
    Profile {
        name: "loss-30",
        about: "40 ms, 30 % of packets lost",
        delay_ms: 40,
        jitter_ms: 5,
        loss: Loss::Even(0.30),
        ..CLEAN
    },
    outage("outage-1", "nothing passes for 1 s in mid-call", 1),
    outage("outage-5", "nothing passes for 5 s in mid-call", 5),
    outage("outage-15", "nothing passes for 15 s in mid-call", 15),
    outage("outage-30", "nothing passes for 30 s in mid-call", 30),
    Profile {
        name: "address-change",
        about: "another address in mid-call: new UDP port, old connections dead",
        incident: Incident::NewAddress,
        ..CLEAN
    },
    Profile {
        name: "udp-blocked",
        about: "no UDP at all: media goes over TCP",
        udp: false,
        ..CLEAN
    },
    Profile {
        name: "residence",
        about: "a house's line: 80 ms, 2 % lost in bursts, 700 kbit/s",
        delay_ms: 80,
        jitter_ms: 10,
        loss: Loss::Bursts {
            apart: 150.0,
            long: 4.0,
            share: 0.75,
        },
        kilobits: Some(700),
        ..CLEAN
    },
];

impl Profile {
    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        PROFILES.into_iter().find(|profile| profile.name == name)
    }

    /// Nothing is added to the machine's own network, at any time.
    pub fn is_clean(&self) -> bool {
        *self
            == Self {
                name: self.name,
                about: self.about,
                ..CLEAN
            }
    }

    /// One direction of it, for the emulator.
    pub(super) fn direction(&self, seed: u64) -> NetemConfig {
        let config = NetemConfig::new()
            .latency(Duration::from_millis(u64::from(self.delay_ms)) / 2)
            .jitter(Duration::from_millis(u64::from(self.jitter_ms)))
            .seed(seed);
        let config = match self.loss {
            Loss::None => config,
            Loss::Even(share) => config.loss(RandomLoss::new(Probability::new(share))),
            Loss::Bursts { apart, long, share } => config.loss(
                GilbertElliot::new()
                    .good_duration(apart)
                    .bad_duration(long)
                    .loss_in_bad(Probability::new(share)),
            ),
        };
        match self.kilobits {
            None => config,
            Some(kilobits) => {
                let bits = u64::from(kilobits) * 1000;
                let bytes = QUEUE.mul_f64(bits as f64 / 8.0).as_secs_f64() as usize;
                config.link(Bitrate::from(bits), DataSize::from(bytes))
            }
        }
    }

    /// From something lost to its being sent again, at the first try: as TCP does (RFC 6298).
    pub(super) fn retry_after(&self) -> Duration {
        Duration::from_millis(200 + u64::from(self.delay_ms) + 4 * u64::from(self.jitter_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_differ() {
        for profile in PROFILES {
            assert_eq!(Profile::named(profile.name), Some(profile));
        }
        assert_eq!(Profile::named("dial-up"), None);
        let clean: Vec<_> = PROFILES.iter().filter(|p| p.is_clean()).collect();
        assert_eq!(clean.len(), 1);
    }
}
