//! A forwarding unit with one seat at the table.
#![allow(dead_code)] // each target uses a part of it

use std::{net::SocketAddr, sync::LazyLock, time::Instant};

use protocol::{CallId, SeatId};
use sfu::{LocalAddress, Output, PeerId, Protocol, Sfu, SfuConfig};

/// The seat.
pub const SEAT: PeerId = PeerId {
    call: CallId::from_bytes([0; 16]),
    seat: SeatId(1),
};

/// One for all runs: what is found must happen again.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The unit, and the time it is at.
pub fn with_one_seat() -> (Sfu, Instant) {
    let (proto, addr) = (Protocol::Udp, ours());
    let addresses = vec![LocalAddress { proto, addr }];
    let mut sfu = Sfu::new(SfuConfig { addresses }, *START);
    sfu.join(*START, SEAT, true);
    (sfu, *START)
}

/// A datagram from a stranger.
pub fn arrive(sfu: &mut Sfu, now: Instant, datagram: &[u8]) {
    let stranger = SocketAddr::from(([192, 0, 2, 2], 40_000));
    let _ = sfu.handle_datagram(now, Protocol::Udp, stranger, ours(), datagram);
}

/// Until it waits for time to pass.
pub fn drain(sfu: &mut Sfu) {
    while !matches!(sfu.poll_output(), Output::Timeout(_)) {}
}

fn ours() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 3478))
}
