//! A forwarding unit with a seat at the table.

use std::{net::SocketAddr, sync::LazyLock, time::Duration, time::Instant};

use protocol::{CallId, SeatId};
use sfu::{LocalAddress, Output, PeerId, Protocol, Sfu, SfuConfig};
use testkit::World;

/// The seat.
pub(crate) const SEAT: PeerId = PeerId {
    call: CallId::from_bytes([0; 16]),
    seat: SeatId(1),
};

/// One for all runs: what is found must happen again.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The unit, and the time it is at.
pub(crate) fn with_one_seat() -> (Sfu, Instant) {
    let (proto, addr) = (Protocol::Udp, ours());
    let addresses = vec![LocalAddress { proto, addr }];
    let config = SfuConfig { addresses, unit: 0 };
    let mut sfu = Sfu::new(config, *START);
    sfu.join(*START, SEAT, true);
    (sfu, *START)
}

/// A datagram from a stranger.
pub(crate) fn arrive(sfu: &mut Sfu, now: Instant, datagram: &[u8]) {
    let stranger = SocketAddr::from(([192, 0, 2, 2], 40_000));
    let _ = sfu.handle_datagram(now, Protocol::Udp, stranger, ours(), datagram);
}

/// Until it waits for time to pass.
pub(crate) fn drain(sfu: &mut Sfu) {
    while !matches!(sfu.poll_output(), Output::Timeout(_)) {}
}

/// Two seats that see and hear each other; the first sends nothing more by itself.
pub(crate) fn connected() -> World {
    let mut world = World::new();
    world.join(1);
    world.join(2);
    world.view(2, &[(1, 720)]);
    world.run(Duration::from_secs(2));
    for track in 0..3 {
        world.client(1).set_sending(track, false);
    }
    world
}

fn ours() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 3478))
}
