//! The way between a client and the server, each direction by itself.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m_netem::{
    Bitrate, DataSize, Input, Netem, NetemConfig, Output, Probability, RandomLoss, WithLen,
};

/// A datagram under way.
#[derive(Clone)]
pub struct Datagram {
    /// Whose.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

impl WithLen for Datagram {
    fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// What a network does to datagrams.
#[derive(Debug, Clone, Copy, Default)]
pub struct Conditions {
    /// One way.
    pub delay_ms: u64,
    /// Varies the delay.
    pub jitter_ms: u64,
    /// Share of datagrams lost, 0.0 to 1.0.
    pub loss: f32,
    /// Bits per second it carries, if limited; what does not fit waits up to 300 ms.
    pub limit: Option<u64>,
}

/// One direction.
pub struct Network {
    netem: Netem<Datagram>,
    seed: u64,
}

impl Network {
    /// With a seed, so that every run loses the same datagrams.
    pub fn new(conditions: Conditions, seed: u64) -> Self {
        let netem = Netem::new(config(conditions).seed(seed));
        Self { netem, seed }
    }

    /// Changes the conditions for what comes later.
    pub fn set(&mut self, conditions: Conditions) {
        self.netem.set_config(config(conditions).seed(self.seed));
    }

    /// A datagram enters.
    pub fn send(&mut self, now: Instant, datagram: Datagram) {
        self.netem.handle_input(Input::Packet(now, datagram));
    }

    /// What arrived by now.
    pub fn arrived(&mut self, now: Instant) -> Vec<Datagram> {
        self.netem.handle_input(Input::Timeout(now));
        let mut arrived = Vec::new();
        while let Some(output) = self.netem.poll_output() {
            match output {
                Output::Packet(datagram) => arrived.push(datagram),
                Output::Timeout(_) => break,
            }
        }
        arrived
    }
}

fn config(conditions: Conditions) -> NetemConfig {
    let mut config = NetemConfig::new()
        .latency(Duration::from_millis(conditions.delay_ms))
        .jitter(Duration::from_millis(conditions.jitter_ms));
    if conditions.loss > 0.0 {
        config = config.loss(RandomLoss::new(Probability::new(conditions.loss)));
    }
    if let Some(limit) = conditions.limit {
        let queue = DataSize::from((limit * 3 / 80) as usize);
        config = config.link(Bitrate::from(limit), queue);
    }
    config
}
