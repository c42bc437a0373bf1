//! The floor: what str0m costs with no product around it. Forwards every packet to whoever was named
//! when they joined; no bandwidth estimate, no choice of layers, no checks.

use std::{
    collections::HashMap,
    io::{BufRead, ErrorKind, Write},
    net::{SocketAddr, UdpSocket},
    os::fd::AsFd,
    sync::mpsc::{self, Receiver as Lines},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::socket::{
        setsockopt,
        sockopt::{RcvBuf, SndBuf},
    },
};
use serde_json::{Value, json};
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::SdpOffer,
    config::DtlsVersion,
    media::{KeyframeRequestKind, MediaKind, Mid, Pt},
    net::{Protocol, Receive},
    rtp::{RtpPacket, RtpWrite, Ssrc},
};

/// Its name on the command line.
pub(crate) const COMMAND: &str = "plain";
/// Datagrams taken before those they concern are driven.
const READS_MAX: usize = 64;

/// One of a receiver's lines: where a source's packets go.
#[derive(Clone, Copy)]
struct Way {
    to: usize,
    ssrc: Ssrc,
    payload_type: Pt,
}

struct Client {
    rtc: Rtc,
    timeout: Instant,
    /// Lines it sends on.
    mids: HashMap<Mid, MediaKind>,
    /// Whoever receives its voice and its picture.
    ways: HashMap<MediaKind, Vec<Way>>,
    /// Of which seat the picture on a line is.
    pictures: HashMap<Mid, usize>,
    kinds: HashMap<Ssrc, (MediaKind, Mid)>,
    dirty: bool,
}

struct Sfu {
    socket: UdpSocket,
    local: SocketAddr,
    clients: Vec<Client>,
    by_address: HashMap<SocketAddr, usize>,
    /// Ways to seats that come later.
    wanted: HashMap<(usize, MediaKind), Vec<Way>>,
}

/// Serves until its standard input ends.
pub(crate) fn run() -> Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    setsockopt(&socket, RcvBuf, &(4 << 20))?;
    setsockopt(&socket, SndBuf, &(4 << 20))?;
    socket.set_nonblocking(true)?;
    let local = socket.local_addr()?;
    let mut sfu = Sfu {
        socket,
        local,
        clients: Vec::new(),
        by_address: HashMap::new(),
        wanted: HashMap::new(),
    };
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        lines
            .map_while(|line| sender.send(line).ok())
            .for_each(drop);
    });
    sfu.serve(&lines)
}

impl Sfu {
    fn serve(&mut self, lines: &Lines<String>) -> Result<()> {
        let mut buffer = vec![0; 2000];
        let mut next_tick = Instant::now();
        loop {
            self.receive_all(&mut buffer)?;
            let now = Instant::now();
            for index in 0..self.clients.len() {
                let client = &mut self.clients[index];
                let due = now >= next_tick && client.timeout <= now;
                if std::mem::take(&mut client.dirty) || due {
                    self.drive(index, None);
                }
            }
            if now < next_tick {
                continue;
            }
            next_tick = now + Duration::from_millis(1);
            match lines.try_recv() {
                Ok(line) => {
                    let sdp = self.join(&serde_json::from_str(&line)?)?;
                    println!("{}", json!({ "sdp": sdp }));
                    std::io::stdout().flush()?;
                }
                Err(mpsc::TryRecvError::Disconnected) => return Ok(()),
                Err(mpsc::TryRecvError::Empty) => {}
            }
        }
    }

    /// What waits now, or else what comes within a millisecond. Receivers are driven after it, so that
    /// a frame's packets cost one round of each.
    fn receive_all(&mut self, buffer: &mut [u8]) -> Result<()> {
        let mut readable = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        poll(&mut readable, PollTimeout::from(1_u8))?;
        for _ in 0..READS_MAX {
            match self.socket.recv_from(buffer) {
                Ok((len, from)) => self.receive(from, &buffer[..len]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn join(&mut self, request: &Value) -> Result<String> {
        let index = self.clients.len();
        let now = Instant::now();
        let config = Rtc::builder().set_ice_lite(true).set_rtp_mode(true);
        let config = config.set_dtls_version(DtlsVersion::Dtls12).clear_codecs();
        let mut rtc = config.enable_opus(true, false).enable_vp8(true).build(now);
        rtc.add_local_candidate(Candidate::host(self.local, Protocol::Udp)?);
        let sdp = request["sdp"].as_str().context("no sdp")?;
        let answer = rtc
            .sdp_api()
            .accept_offer(SdpOffer::from_sdp_string(sdp)?)?;
        let (mut mids, mut receiving) = (HashMap::new(), Vec::new());
        for (mid, kind, sends) in lines(sdp) {
            if sends {
                mids.insert(mid, kind);
            } else {
                receiving.push((mid, kind));
            }
        }
        let mut pictures = HashMap::new();
        for (kind, sources) in [(MediaKind::Audio, "hears"), (MediaKind::Video, "sees")] {
            let wanted = request[sources].as_array().context("no sources")?;
            let payload_type = rtc.codec_config().params().iter();
            let payload_type = payload_type.filter(|p| p.spec().codec.kind() == kind);
            let payload_type = payload_type.map(|p| p.pt()).next().context("no codec")?;
            let mids = receiving
                .iter()
                .filter(|(_, of)| *of == kind)
                .map(|(mid, _)| *mid);
            for (source, mid) in wanted.iter().filter_map(Value::as_u64).zip(mids) {
                let mut direct = rtc.direct_api();
                let stream = direct.stream_tx_by_mid(mid, None).context("no stream")?;
                let (to, ssrc) = (index, stream.ssrc());
                let way = Way {
                    to,
                    ssrc,
                    payload_type,
                };
                self.wanted
                    .entry((source as usize, kind))
                    .or_default()
                    .push(way);
                pictures.insert(mid, source as usize);
            }
        }
        self.clients.push(Client {
            rtc,
            timeout: now,
            mids,
            ways: HashMap::new(),
            pictures,
            kinds: HashMap::new(),
            dirty: true,
        });
        for (seat, client) in self.clients.iter_mut().enumerate() {
            for kind in [MediaKind::Audio, MediaKind::Video] {
                let new = self.wanted.remove(&(seat, kind)).unwrap_or_default();
                client.ways.entry(kind).or_default().extend(new);
            }
        }
        Ok(answer.to_sdp_string())
    }

    fn receive(&mut self, from: SocketAddr, data: &[u8]) {
        let Ok(receive) = Receive::new(Protocol::Udp, from, self.local, data) else {
            return;
        };
        let input = Input::Receive(Instant::now(), receive);
        let known = self.by_address.get(&from).copied();
        let found = known.or_else(|| self.clients.iter().position(|c| c.rtc.accepts(&input)));
        if let Some(index) = found {
            self.by_address.insert(from, index);
            self.drive(index, Some(input));
        }
    }

    fn drive(&mut self, index: usize, input: Option<Input<'_>>) {
        let client = &mut self.clients[index];
        let input = input.unwrap_or(Input::Timeout(Instant::now()));
        let _ = client.rtc.handle_input(input);
        loop {
            match self.clients[index].rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.clients[index].timeout = at;
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    let _ = self
                        .socket
                        .send_to(&transmit.contents, transmit.destination);
                }
                Ok(Output::Event(Event::RtpPacket(packet))) => self.forward(index, packet),
                Ok(Output::Event(Event::KeyframeRequest(request))) => {
                    self.ask_key_frame(index, request.mid);
                }
                Ok(Output::Event(_)) => {}
                Err(_) => return,
            }
        }
    }

    fn forward(&mut self, from: usize, packet: RtpPacket) {
        let client = &mut self.clients[from];
        let ssrc = packet.header.ssrc;
        let known = client.kinds.get(&ssrc).copied().or_else(|| {
            let mid = client.rtc.direct_api().stream_rx(&ssrc)?.mid();
            let kind = *client.mids.get(&mid)?;
            client.kinds.insert(ssrc, (kind, mid));
            Some((kind, mid))
        });
        let Some((kind, _)) = known else { return };
        let ways = std::mem::take(client.ways.entry(kind).or_default());
        for way in &ways {
            let receiver = &mut self.clients[way.to];
            let mut direct = receiver.rtc.direct_api();
            if let Some(stream) = direct.stream_tx(&way.ssrc) {
                let (header, time) = (&packet.header, packet.header.timestamp);
                let (seq, payload) = (packet.seq_no, packet.payload.clone());
                let write = RtpWrite::new(way.payload_type, seq, time, packet.timestamp, payload);
                let nackable = kind == MediaKind::Video;
                stream.write_rtp(write.marker(header.marker).nackable(nackable));
                receiver.dirty = true;
            }
        }
        self.clients[from].ways.insert(kind, ways);
    }

    fn ask_key_frame(&mut self, receiver: usize, mid: Mid) {
        let Some(&source) = self.clients[receiver].pictures.get(&mid) else {
            return;
        };
        let Some(client) = self.clients.get_mut(source) else {
            return;
        };
        let pictures = client
            .kinds
            .values()
            .filter(|(kind, _)| *kind == MediaKind::Video);
        for (_, mid) in pictures {
            let mut direct = client.rtc.direct_api();
            if let Some(stream) = direct.stream_rx_by_mid(*mid, None) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
                client.dirty = true;
            }
        }
    }
}

/// Media lines of an offer: mid, kind, and whether its client sends on it.
fn lines(sdp: &str) -> Vec<(Mid, MediaKind, bool)> {
    let mut lines = Vec::new();
    for section in sdp.split("\r\nm=").skip(1) {
        let kind = if section.starts_with("audio") {
            MediaKind::Audio
        } else {
            MediaKind::Video
        };
        let mid = section.lines().find_map(|line| line.strip_prefix("a=mid:"));
        let sends = section.lines().any(|line| line == "a=sendonly");
        lines.extend(mid.map(|mid| (Mid::from(mid), kind, sends)));
    }
    lines
}
