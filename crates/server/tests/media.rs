//! The media thread over real sockets: UDP, TCP, and what must not hurt it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    time::{Duration, Instant},
};

use protocol::{
    CallId, Publishing, SeatId, TrackKind,
    types::{Source, Tile},
};
use server::media::{Media, MediaCommand, MediaConfig, MediaEvent, PeerId, Rejection};
use sfu::Protocol;
use testkit::{Client, ClientOptions, Datagram, VideoScript};
use tokio::sync::mpsc::{Receiver, channel};

fn start(udp: bool) -> Media {
    start_threads(udp, 0)
}

fn start_threads(udp: bool, threads: u8) -> Media {
    let loopback: SocketAddr = "127.0.0.1:0".parse().unwrap();
    Media::start(MediaConfig {
        bind: vec![loopback],
        tcp_bind: vec![loopback],
        udp,
        threads,
        ..MediaConfig::default()
    })
    .unwrap()
}

fn peer(seat: u16) -> PeerId {
    PeerId {
        call: CallId::from_bytes([1; 16]),
        seat: SeatId(seat),
    }
}

/// A way to the server.
enum Wire {
    Udp(UdpSocket),
    Tcp { stream: TcpStream, read: Vec<u8> },
}

/// A client on real sockets.
struct Seat {
    client: Client,
    wire: Wire,
    events: Receiver<MediaEvent>,
    told: Vec<MediaEvent>,
}

impl Seat {
    fn join(media: &Media, seat: u16, proto: Protocol) -> Self {
        let addrs = media.local_addrs();
        let wire = match proto {
            Protocol::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.set_nonblocking(true).unwrap();
                Wire::Udp(socket)
            }
            _ => {
                let stream = TcpStream::connect(addrs.tcp[0]).unwrap();
                stream.set_nonblocking(true).unwrap();
                stream.set_nodelay(true).unwrap();
                Wire::Tcp {
                    stream,
                    read: Vec::new(),
                }
            }
        };
        let addr = match &wire {
            Wire::Udp(socket) => socket.local_addr(),
            Wire::Tcp { stream, .. } => stream.local_addr(),
        };
        let options = ClientOptions {
            seat,
            addr: addr.unwrap(),
            proto,
            audio: 2,
            video: 3,
            microphone: true,
            resend_voices: false,
            camera: Some(VideoScript::simulcast()),
            screen: None,
        };
        let mut client = Client::new(Instant::now(), options);
        let (sender, events) = channel(32);
        media.command(MediaCommand::Join {
            peer: peer(seat),
            audio: 2,
            video: 3,
            can_publish: true,
            events: sender,
        });
        media.command(MediaCommand::Publish {
            peer: peer(seat),
            publishing: Publishing::to_everybody(&[TrackKind::Microphone, TrackKind::Camera]),
        });
        media.command(MediaCommand::Offer {
            peer: peer(seat),
            generation: 1,
            sdp: client.offer(Instant::now()),
        });
        Self {
            client,
            wire,
            events,
            told: Vec::new(),
        }
    }

    fn show(media: &Media, seat: u16, others: &[u16]) {
        let tile = |&other: &u16| Tile {
            seat: SeatId(other),
            source: Source::Camera,
            height: 360,
        };
        media.command(MediaCommand::View {
            peer: peer(seat),
            tiles: others.iter().map(tile).collect(),
        });
    }

    fn step(&mut self) {
        let now = Instant::now();
        while let Ok(event) = self.events.try_recv() {
            if let MediaEvent::Answer { sdp, .. } = &event {
                self.client.accept(sdp);
            }
            self.told.push(event);
        }
        for datagram in self.wire.receive(self.client.addr()) {
            self.client.handle_datagram(now, &datagram);
        }
        for datagram in self.client.handle_time(now) {
            self.wire.send(&datagram);
        }
    }

    fn sees(&self, other: u16) -> usize {
        let viewers = self.client.viewers.values();
        viewers
            .map(|v| v.decoded.iter().filter(|(_, m)| m.seat == other).count())
            .sum()
    }

    fn hears(&self, other: u16) -> usize {
        let listeners = self.client.listeners.values();
        listeners
            .map(|l| l.heard.iter().filter(|(.., m)| m.seat == other).count())
            .sum()
    }

    fn was_told(&self, wanted: &MediaEvent) -> bool {
        self.told.contains(wanted)
    }
}

impl Wire {
    fn receive(&mut self, own: SocketAddr) -> Vec<Datagram> {
        let mut arrived = Vec::new();
        let mut buffer = [0; 4096];
        match self {
            Self::Udp(socket) => {
                while let Ok((len, from)) = socket.recv_from(&mut buffer) {
                    arrived.push(Datagram {
                        from,
                        to: own,
                        bytes: buffer[..len].to_vec(),
                    });
                }
            }
            Self::Tcp { stream, read } => {
                while let Ok(len @ 1..) = stream.read(&mut buffer) {
                    read.extend_from_slice(&buffer[..len]);
                }
                while read.len() >= 2 {
                    let len = usize::from(u16::from_be_bytes([read[0], read[1]]));
                    if read.len() < 2 + len {
                        break;
                    }
                    let bytes = read.drain(..2 + len).skip(2).collect();
                    let from = stream.peer_addr().unwrap();
                    arrived.push(Datagram {
                        from,
                        to: own,
                        bytes,
                    });
                }
            }
        }
        arrived
    }

    fn send(&mut self, datagram: &Datagram) {
        match self {
            Self::Udp(socket) => {
                socket.send_to(&datagram.bytes, datagram.to).unwrap();
            }
            Self::Tcp { stream, .. } => {
                let mut frame = (datagram.bytes.len() as u16).to_be_bytes().to_vec();
                frame.extend(&datagram.bytes);
                stream.set_nonblocking(false).unwrap();
                // The server may have closed it already.
                let _ = stream.write_all(&frame);
                stream.set_nonblocking(true).unwrap();
            }
        }
    }
}

/// Lets the seats run until it is good, or too late.
fn run(
    seats: &mut [&mut Seat],
    limit: Duration,
    mut good: impl FnMut(&[&mut Seat]) -> bool,
) -> bool {
    let end = Instant::now() + limit;
    while Instant::now() < end {
        seats.iter_mut().for_each(|seat| seat.step());
        if good(seats) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

#[test]
fn two_seats_over_udp_and_one_over_tcp_alone_see_and_hear_each_other() {
    let media = start(true);
    let mut one = Seat::join(&media, 1, Protocol::Udp);
    let mut two = Seat::join(&media, 2, Protocol::Udp);
    let mut three = Seat::join(&media, 3, Protocol::Tcp);
    for seat in 1..=3 {
        let others: Vec<_> = (1..=3).filter(|&other| other != seat).collect();
        Seat::show(&media, seat, &others);
    }
    let pairs = [(0, 2), (0, 3), (1, 1), (1, 3), (2, 1), (2, 2)];
    let everybody = |seats: &[&mut Seat]| {
        let met = |&(seat, other): &(usize, u16)| {
            let seat: &Seat = seats[seat];
            seat.sees(other) >= 30 && seat.hears(other) >= 100
        };
        pairs.iter().all(met)
    };
    let met = run(
        &mut [&mut one, &mut two, &mut three],
        Duration::from_secs(20),
        everybody,
    );
    assert!(met);
    for (seat, number) in [(&one, 1), (&two, 2), (&three, 3)] {
        assert!(seat.was_told(&MediaEvent::Connected {
            seat: SeatId(number)
        }));
        seat.client
            .viewers
            .values()
            .for_each(testkit::Viewer::assert_continuous);
    }
    std::thread::sleep(Duration::from_millis(200));
    let figures = media.figures();
    assert_eq!((figures.sfu.peers, figures.sfu.connected), (3, 3));
    assert_eq!((figures.sfu.panics, figures.tcp_connections), (0, 1));
    assert!(figures.cpu > Duration::ZERO && figures.sfu.forwarded > 1000);

    // A graceful stop says goodbye, so clients need no timeout to notice.
    media.stop();
    let gone = run(
        &mut [&mut one, &mut two, &mut three],
        Duration::from_secs(5),
        |seats| seats.iter().all(|seat| !seat.client.connected),
    );
    assert!(gone);
}

/// A seat whose datagrams, or connection, the kernel gives to a thread that does not have the call.
fn join_by_the_wrong_thread(media: &Media, proto: Protocol) -> Seat {
    for _ in 0..40 {
        // The other seat is silent meanwhile, so what is handed over is this one's.
        let mut seat = Seat::join(media, 1, proto);
        let connected = |seats: &[&mut Seat]| seats[0].client.connected;
        assert!(run(&mut [&mut seat], Duration::from_secs(10), connected));
        std::thread::sleep(Duration::from_millis(150));
        if media.figures().handed_over > 0 {
            return seat;
        }
        media.command(MediaCommand::Leave { peer: peer(1) });
    }
    panic!("the kernel gave 40 clients in a row to the one thread that has the call");
}

#[test]
fn a_seat_that_comes_to_the_wrong_thread_is_served_and_loses_nothing() {
    for proto in [Protocol::Udp, Protocol::Tcp] {
        let media = start_threads(true, 2);
        // The first thread takes all TCP connections, so the call must be on the second: there is
        // another one already. And one who stays keeps it there.
        media.command(MediaCommand::Join {
            peer: PeerId {
                call: CallId::from_bytes([2; 16]),
                seat: SeatId(1),
            },
            audio: 0,
            video: 0,
            can_publish: false,
            events: channel(32).0,
        });
        let mut two = Seat::join(&media, 2, Protocol::Udp);
        let mut one = join_by_the_wrong_thread(&media, proto);
        Seat::show(&media, 1, &[2]);
        Seat::show(&media, 2, &[1]);
        let met = run(
            &mut [&mut one, &mut two],
            Duration::from_secs(15),
            |seats| {
                let [one, two] = seats else { unreachable!() };
                one.sees(2) >= 15 && one.hears(2) >= 50 && two.sees(1) >= 15 && two.hears(1) >= 50
            },
        );
        assert!(met);
        std::thread::sleep(Duration::from_millis(150));
        let figures = media.figures();
        assert_eq!(figures.handed_over_lost, 0);
        // Not even the first DTLS record, which follows close behind the claim for its address.
        assert_eq!(figures.sfu.rejected_for(Rejection::UnknownAddress), 0);
        for seat in [&one, &two] {
            for listener in seat.client.listeners.values() {
                let seqs: Vec<u64> = listener.heard.iter().map(|(_, seq, ..)| *seq).collect();
                assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1));
            }
        }
    }
}

#[test]
fn without_udp_everything_goes_over_tcp() {
    let media = start(false);
    assert!(media.local_addrs().udp.is_empty());
    let mut one = Seat::join(&media, 1, Protocol::Tcp);
    let mut two = Seat::join(&media, 2, Protocol::Tcp);
    Seat::show(&media, 1, &[2]);
    let met = run(
        &mut [&mut one, &mut two],
        Duration::from_secs(15),
        |seats| seats[0].sees(2) >= 15 && seats[0].hears(2) >= 50,
    );
    assert!(met);
}

#[test]
fn a_stream_of_the_https_listener_is_taken_over() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let https = listener.local_addr().unwrap();
    let loopback: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let media = Media::start(MediaConfig {
        tcp_bind: vec![loopback],
        udp: false,
        https_port: Some(https.port()),
        ..MediaConfig::default()
    })
    .unwrap();
    let handle = media.clone();
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            handle.accept_tcp(stream);
        }
    });
    let mut one = Seat::join(&media, 1, Protocol::Tcp);
    let stream = TcpStream::connect(https).unwrap();
    stream.set_nonblocking(true).unwrap();
    // The same client, but its only connection is the one to the HTTPS port.
    one = one.over(&media, stream);
    let connected = run(&mut [&mut one], Duration::from_secs(10), |s| {
        s[0].client.connected
    });
    assert!(connected);
}

impl Seat {
    /// A new PeerConnection of the seat, over this stream.
    fn over(self, media: &Media, stream: TcpStream) -> Self {
        let options = ClientOptions {
            seat: 1,
            addr: stream.local_addr().unwrap(),
            proto: Protocol::Tcp,
            audio: 1,
            video: 1,
            microphone: true,
            resend_voices: false,
            camera: None,
            screen: None,
        };
        let mut client = Client::new(Instant::now(), options);
        media.command(MediaCommand::Offer {
            peer: peer(1),
            generation: 2,
            sdp: client.offer(Instant::now()),
        });
        let mut events = self.events;
        let answer = loop {
            match events.blocking_recv() {
                Some(MediaEvent::Answer {
                    generation: 2, sdp, ..
                }) => break sdp,
                Some(_) => {}
                None => panic!("the media thread ended"),
            }
        };
        client.accept(&answer);
        let read = Vec::new();
        Self {
            client,
            wire: Wire::Tcp { stream, read },
            events,
            told: self.told,
        }
    }
}

/// True once the other side closed.
fn is_closed(stream: &mut TcpStream, limit: Duration) -> bool {
    stream.set_read_timeout(Some(limit)).unwrap();
    matches!(stream.read(&mut [0; 64]), Ok(0) | Err(_)) && {
        stream
            .set_read_timeout(Some(Duration::from_millis(10)))
            .unwrap();
        !matches!(stream.read(&mut [0; 64]), Err(e) if e.kind() == std::io::ErrorKind::WouldBlock)
    }
}

#[test]
fn strangers_on_tcp_are_closed_and_cost_others_nothing() {
    let media = start(true);
    let addr = media.local_addrs().tcp[0];
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0x00, 0x00],
        &[0xff, 0xff, 1, 2, 3],
        &[
            0x00, 0x14, 0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ],
    ] {
        let mut stream = TcpStream::connect(addr).unwrap();
        stream.write_all(bytes).unwrap();
        assert!(is_closed(&mut stream, Duration::from_secs(3)), "{bytes:?}");
    }
    // One that says nothing is closed after ten seconds; meanwhile a call goes on.
    let mut silent = TcpStream::connect(addr).unwrap();
    let mut one = Seat::join(&media, 1, Protocol::Tcp);
    let mut two = Seat::join(&media, 2, Protocol::Udp);
    Seat::show(&media, 1, &[2]);
    let met = run(
        &mut [&mut one, &mut two],
        Duration::from_secs(12),
        |seats| seats[0].hears(2) >= 500,
    );
    assert!(met);
    assert!(is_closed(&mut silent, Duration::from_secs(4)));
}

#[test]
fn a_slow_reader_loses_its_own_media_and_nobody_elses() {
    let media = start(true);
    let mut slow = Seat::join(&media, 1, Protocol::Tcp);
    let mut two = Seat::join(&media, 2, Protocol::Udp);
    let mut three = Seat::join(&media, 3, Protocol::Udp);
    Seat::show(&media, 1, &[2, 3]);
    Seat::show(&media, 2, &[3]);
    let began = run(
        &mut [&mut slow, &mut two, &mut three],
        Duration::from_secs(10),
        |seats| seats[0].sees(2) > 5 && seats[1].sees(3) > 5,
    );
    assert!(began);
    // From now on it reads nothing.
    let (seen, heard) = (two.sees(3), two.hears(3));
    run(&mut [&mut two, &mut three], Duration::from_secs(4), |_| {
        false
    });
    assert!(two.sees(3) > seen + 45, "{}", two.sees(3) - seen);
    assert!(two.hears(3) > heard + 180, "{}", two.hears(3) - heard);
}

#[cfg(feature = "evil")]
#[test]
fn a_tap_sees_swaps_and_drops_payloads() {
    use server::evil::{Passing, Verdict};

    let media = start(true);
    let mut last_of_two = Vec::new();
    // Whoever listens to seat 1 hears seat 2 in its place, and nobody sees seat 1.
    media.tap(move |passing: &Passing, payload: &mut Vec<u8>| {
        match (passing.from.0, passing.is_video) {
            (2, false) => last_of_two.clone_from(payload),
            (1, false) => payload.clone_from(&last_of_two),
            (1, true) => return Verdict::Drop,
            _ => {}
        }
        Verdict::Deliver
    });
    let mut one = Seat::join(&media, 1, Protocol::Udp);
    let mut two = Seat::join(&media, 2, Protocol::Udp);
    let mut three = Seat::join(&media, 3, Protocol::Udp);
    Seat::show(&media, 3, &[1, 2]);
    let heard = run(
        &mut [&mut one, &mut two, &mut three],
        Duration::from_secs(15),
        |seats| seats[2].hears(2) >= 300 && seats[2].sees(2) >= 15,
    );
    assert!(heard);
    assert_eq!((three.hears(1), three.sees(1)), (0, 0));
    assert_eq!((two.hears(1), two.hears(3) > 50), (0, true));
}

#[test]
fn strangers_on_udp_get_no_answer() {
    let media = start(true);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = media.local_addrs().udp[0];
    for len in 1..100 {
        socket.send_to(&vec![len as u8; len], addr).unwrap();
    }
    socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    assert!(socket.recv(&mut [0; 100]).is_err());
    // A silent media thread publishes its figures every half second.
    let counted = || media.figures().sfu.rejected;
    let deadline = Instant::now() + Duration::from_secs(10);
    while counted().iter().sum::<u64>() < 99 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    let rejected = counted();
    assert_eq!(rejected.iter().sum::<u64>(), 99);
    assert!(rejected[Rejection::Malformed as usize] > 0);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let error = Media::start(MediaConfig {
        bind: vec![addr],
        udp: true,
        ..MediaConfig::default()
    })
    .err()
    .expect("the port is taken");
    assert!(error.to_string().contains(&addr.to_string()), "{error}");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn a_flood_of_tcp_connections_from_one_address_takes_its_share_and_a_seat_joins_through_it() {
    let media = start(true);
    let addr = media.local_addrs().tcp[0];
    let mut flood: Vec<_> = (0..600)
        .map(|_| TcpStream::connect(addr).unwrap())
        .collect();
    let mut one = Seat::join(&media, 1, Protocol::Tcp);
    let mut two = Seat::join(&media, 2, Protocol::Tcp);
    Seat::show(&media, 1, &[2]);
    let met = run(
        &mut [&mut one, &mut two],
        Duration::from_secs(20),
        |seats| seats[0].hears(2) >= 100,
    );
    assert!(met);
    let held = media.figures().tcp_connections;
    assert!(held <= 512, "{held} of 3,000 places for one address");
    // It goes on, and those who proved themselves stay.
    flood.extend((0..600).map(|_| TcpStream::connect(addr).unwrap()));
    let met = run(
        &mut [&mut one, &mut two],
        Duration::from_secs(20),
        |seats| seats[0].hears(2) >= 300,
    );
    assert!(met);
}
