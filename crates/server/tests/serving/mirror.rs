//! Go / no-go over real sockets: what a mirror sends back, and what it does not.

use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};

use protocol::{ClientMessage, ErrorCode, SeatId, ServerMessage, checks::Checks};
use sfu::Protocol;
use testkit::{Client as Rtc, ClientOptions, Datagram, VideoScript};

use crate::harness::{Client, Host};

/// One connection of a mirror on a socket of its own.
struct Leg {
    rtc: Rtc,
    socket: UdpSocket,
}

impl Leg {
    fn new(sends: bool) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let options = ClientOptions {
            seat: 7,
            addr: socket.local_addr().unwrap(),
            proto: Protocol::Udp,
            audio: 0,
            video: if sends { 0 } else { 2 },
            microphone: false,
            resend_voices: false,
            camera: sends.then(|| VideoScript::single(360, 500_000)),
            screen: None,
        };
        let rtc = Rtc::new(Instant::now(), options);
        Self { rtc, socket }
    }

    fn step(&mut self) {
        let now = Instant::now();
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let datagram = Datagram {
                from,
                to: self.rtc.addr(),
                bytes: buffer[..length].to_vec(),
            };
            self.rtc.handle_datagram(now, &datagram);
        }
        for datagram in self.rtc.handle_time(now) {
            self.socket.send_to(&datagram.bytes, datagram.to).unwrap();
        }
    }

    fn decoded(&self) -> usize {
        self.rtc.viewers.values().map(|v| v.decoded.len()).sum()
    }
}

async fn begin(client: &mut Client) -> [Leg; 2] {
    let mut legs = [Leg::new(true), Leg::new(false)];
    let [up, down] = legs.each_mut().map(|leg| leg.rtc.offer(Instant::now()));
    client.send(&ClientMessage::Mirror { up, down }).await;
    legs
}

async fn answered(client: &mut Client, legs: &mut [Leg; 2]) {
    let ServerMessage::Mirrored { up, down } = client.until("mirrored").await else {
        unreachable!()
    };
    legs[0].rtc.accept(&up);
    legs[1].rtc.accept(&down);
}

/// Frames that come back within this time, until there are enough.
async fn frames(legs: &mut [Leg; 2], enough: usize, longest: Duration) -> usize {
    let (before, end) = (legs[1].decoded(), Instant::now() + longest);
    loop {
        legs.iter_mut().for_each(Leg::step);
        let now = legs[1].decoded() - before;
        if now >= enough || Instant::now() > end {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_mirror_sends_back_what_it_gets_until_its_client_goes() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut guest = server.hello(&call, 3, 3).await;
    guest.until("welcome").await;
    let mut legs = begin(&mut guest).await;
    answered(&mut guest, &mut legs).await;
    let came = frames(&mut legs, 20, Duration::from_secs(8)).await;
    assert!(came >= 20, "{came} frames came back");
    drop(guest);
    // What was on its way, and the time it takes to notice.
    frames(&mut legs, usize::MAX, Duration::from_secs(1)).await;
    let after = frames(&mut legs, usize::MAX, Duration::from_secs(1)).await;
    assert_eq!(after, 0, "frames of a client that is gone");
}

#[tokio::test]
async fn an_offer_that_cannot_be_used_and_a_second_mirror_are_refused() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut guest = server.hello(&call, 3, 3).await;
    guest.until("welcome").await;
    let nonsense = || "v=0\r\n".to_owned();
    let mirror = ClientMessage::Mirror {
        up: nonsense(),
        down: nonsense(),
    };
    guest.send(&mirror).await;
    let error = guest.error(ErrorCode::BadOffer).await;
    assert_eq!(error.in_reply_to.as_deref(), Some("mirror"));
    assert!(!error.fatal);
    begin(&mut guest).await;
    guest.error(ErrorCode::TooFast).await;
    let mut host = server.seat_host(&call).await;
    begin(&mut host).await;
    host.error(ErrorCode::OutOfOrder).await;
}

#[tokio::test]
async fn a_host_is_told_what_a_guest_in_the_green_room_checked() {
    let server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.hello(&call, 3, 3).await;
    guest.until("welcome").await;
    let checks = Checks {
        delay_ms: Some(40),
        ..Checks::default()
    };
    guest
        .send(&ClientMessage::Checks {
            checks: checks.clone(),
        })
        .await;
    let ServerMessage::Checked { seats } = host.until("checked").await else {
        unreachable!()
    };
    assert_eq!(seats[0].seat, SeatId(3));
    assert_eq!(seats[0].checks, Some(checks));
    drop(guest);
    let ServerMessage::Checked { seats } = host.until("checked").await else {
        unreachable!()
    };
    assert_eq!(seats[0].checks, None, "forgotten with its connection");
}
