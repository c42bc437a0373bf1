//! One PeerConnection of the load. str0m negotiates, does ICE and DTLS and keeps answering STUN; media
//! and RTCP go past it, so that a thousand packets a second cost the load little.

mod negotiation;

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use srtp::{KeySlot, Protect, Unprotect};
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    net::{Protocol, Receive},
};

use crate::{
    outbound::{Outbound, Way},
    receiver::Receiver,
    rtcp::{self, Asked},
    sdp::Numbers,
    socket,
};
use negotiation::Pending;
pub(crate) use negotiation::Spec;

/// One PeerConnection.
pub(crate) struct Pc {
    rtc: Rtc,
    keys: KeySlot,
    pub(crate) socket: UdpSocket,
    local: SocketAddr,
    remote: Option<SocketAddr>,
    spec: Spec,
    pending: Option<Pending>,
    numbers: Numbers,
    secure: Option<(Protect, Unprotect)>,
    pub(crate) timeout: Instant,
    since: Instant,
    pub(crate) connected_after: Option<Duration>,
    pub(crate) failed: bool,
    pub(crate) outbound: Vec<Outbound>,
    pub(crate) receiver: Receiver,
    transport_seq: u16,
    ssrc: u32,
    /// Packets a server asked for again, of those this load sent.
    pub(crate) asked_again: u32,
    next_report: Instant,
}

impl Pc {
    /// `since`: when the joining began that this is part of.
    pub(crate) fn new(address: IpAddr, spec: Spec, since: Instant) -> Result<Self> {
        let socket = socket::bind(address)?;
        let local = socket.local_addr()?;
        let now = Instant::now();
        let (mut rtc, keys) = srtp::tap(|| negotiation::configure().build(now));
        rtc.add_local_candidate(Candidate::host(local, Protocol::Udp)?);
        let mut ssrc = [0; 4];
        getrandom::fill(&mut ssrc).map_err(|_| anyhow!("no random numbers"))?;
        Ok(Self {
            rtc,
            keys,
            socket,
            local,
            remote: None,
            spec,
            pending: None,
            numbers: Numbers::default(),
            secure: None,
            timeout: now,
            since,
            connected_after: None,
            failed: false,
            outbound: Vec::new(),
            receiver: Receiver::new(since),
            transport_seq: 0,
            ssrc: u32::from_be_bytes(ssrc),
            asked_again: 0,
            next_report: now,
        })
    }

    /// A datagram that arrived at `at_ns`.
    pub(crate) fn handle(&mut self, now: Instant, at_ns: u64, from: SocketAddr, data: &mut [u8]) {
        let media = data.first().is_some_and(|first| (128..192).contains(first));
        if !media {
            if let Ok(receive) = Receive::new(Protocol::Udp, from, self.local, data) {
                // What str0m refuses is no worse than a lost datagram.
                let _ = self.rtc.handle_input(Input::Receive(now, receive));
            }
            self.pump();
            return;
        }
        let Some((_, unprotect)) = &mut self.secure else {
            return;
        };
        if data.get(1).is_some_and(|kind| (192..224).contains(kind)) {
            let mut packet = data.to_vec();
            if unprotect.rtcp(&mut packet) {
                let outbound = &mut self.outbound;
                rtcp::read(&packet, |asked| match asked {
                    Asked::Again(packets) => self.asked_again += packets,
                    Asked::KeyFrame(ssrc) => {
                        let stream = outbound.iter_mut().find(|stream| stream.ssrc == ssrc);
                        stream.into_iter().for_each(Outbound::want_key_frame);
                    }
                });
            }
            return;
        }
        self.receiver
            .handle(now, at_ns, data, unprotect, &self.numbers);
    }

    /// Sends what is due; gives the greatest lateness and the frames sent.
    pub(crate) fn send_due(&mut self, now: Instant, thin: bool, late: &mut impl FnMut(Duration)) {
        let (Some((protect, _)), Some(to)) = (&self.secure, self.remote) else {
            return;
        };
        let mut buffer = Vec::new();
        for stream in self
            .outbound
            .iter_mut()
            .filter(|stream| stream.next_at <= now)
        {
            let mut way = Way {
                socket: &self.socket,
                to,
                protect,
                transport_seq: &mut self.transport_seq,
                buffer: &mut buffer,
                thin,
            };
            late(stream.send(now, &mut way));
        }
    }

    /// When the next frame is due.
    pub(crate) fn next_frame(&self) -> Option<Instant> {
        self.secure.as_ref()?;
        self.outbound.iter().map(|stream| stream.next_at).min()
    }

    /// Every 50 ms: feedback and requests; every second reports.
    pub(crate) fn feed_back(&mut self, now: Instant) {
        let mut out = Vec::new();
        let me = self.ssrc;
        self.receiver.feedback(now, me, &mut out);
        if now >= self.next_report {
            self.next_report = now + Duration::from_secs(1);
            self.receiver.reports(me, &mut out);
            let ntp = ntp_now();
            let reports = self.outbound.iter().filter(|stream| stream.packets > 0);
            out.extend(reports.map(|stream| {
                let (packets, bytes) = (stream.packets, stream.bytes);
                rtcp::sender_report(stream.ssrc, ntp, stream.timestamp(), packets, bytes)
            }));
        }
        let (Some((protect, _)), Some(to)) = (&mut self.secure, self.remote) else {
            return;
        };
        for mut packet in out {
            protect.rtcp(&mut packet);
            let _ = self.socket.send_to(&packet, to);
        }
    }

    /// str0m's time has come.
    pub(crate) fn tick(&mut self, now: Instant) {
        let _ = self.rtc.handle_input(Input::Timeout(now));
        self.pump();
    }

    fn pump(&mut self) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.timeout = at;
                    self.failed |= !self.rtc.is_alive();
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    // RTCP of its own would be numbered twice: ours goes out, not its.
                    let media = transmit
                        .contents
                        .first()
                        .is_some_and(|b| (128..192).contains(b));
                    if !media {
                        self.remote = Some(transmit.destination);
                        let _ = self
                            .socket
                            .send_to(&transmit.contents, transmit.destination);
                    }
                }
                Ok(Output::Event(Event::Connected)) => {
                    self.secure = self.keys.get().map(srtp::Keys::contexts);
                    self.connected_after = Some(self.since.elapsed());
                }
                Ok(Output::Event(_)) => {}
                Err(_) => {
                    self.failed = true;
                    return;
                }
            }
        }
    }

    /// How packets are protected, once known.
    pub(crate) fn profile(&self) -> Option<srtp::Profile> {
        self.keys.get().map(srtp::Keys::profile)
    }
}

/// Seconds since 1900 in 32.32 bits (RFC 3550, 4).
fn ntp_now() -> u64 {
    let ns = u128::from(crate::packet::clock_ns()) + 2_208_988_800 * 1_000_000_000;
    ((ns << 32) / 1_000_000_000) as u64
}
