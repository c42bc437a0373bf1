//! One WebRTC connection: str0m's `Rtc`, driven and drained, with a wall around it, and beside it the
//! way out, which is ours.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use protocol::TrackKind;
use srtp::KeySlot;
use str0m::{
    IceConnectionState, Input, Rtc,
    change::SdpOffer,
    media::{Mid, Pt},
    net::{Receive, Transmit},
    rtp::{RtpPacket, Ssrc},
};

use crate::{
    demux::Tuple,
    downlink::Downlink,
    line::Quality,
    offer::{self, FIRST_ESTIMATE},
    output::{LocalAddress, Output, Route},
};

/// What a newcomer needs first may take so long on a line of which nothing is known.
const NEW: Duration = Duration::from_secs(5);

pub(crate) struct Connection {
    /// ICE, DTLS, and all that comes in but feedback.
    pub(crate) rtc: Rtc,
    keys: KeySlot,
    /// What goes out; there when the keys are.
    pub(crate) downlink: Option<Downlink>,
    pub(crate) generation: u32,
    /// When str0m wants to be driven again.
    pub(crate) rtc_timeout: Instant,
    pub(crate) connected: bool,
    pub(crate) ufrag: String,
    pub(crate) password: String,
    pub(crate) opus: Option<Pt>,
    pub(crate) vp8: Option<Pt>,
    /// Streams that go out, which str0m must not know of: it would report on each, that nothing was
    /// sent. It gets them back for the time of a negotiation, to name them in the answer.
    pub(crate) outgoing: Vec<(Mid, Ssrc, Option<Ssrc>)>,
    /// Known incoming streams.
    pub(crate) routes: Vec<(Ssrc, TrackKind, usize)>,
}

/// What draining brings, besides datagrams.
#[allow(clippy::large_enum_variant)] // Most are packets; a box for each would cost more.
pub(crate) enum Happening {
    Packet(RtpPacket),
    /// The receiver lost the picture of this stream.
    KeyframeRequest(u32),
    /// It lost packets, see [`crate::rtcp::lost`].
    Lost {
        ssrc: u32,
        pairs: Box<[u8]>,
    },
    /// It receives this stream, and lost so many of 256 packets of late.
    Receives(u32, u8),
    Connected,
    Disconnected,
}

/// A handler panicked, or the connection is beyond repair.
pub(crate) enum Broken {
    Panicked,
    Failed,
}

/// Why an offer was not taken.
pub(crate) enum OfferError {
    Unusable,
    Panicked,
}

impl Connection {
    pub(crate) fn new(
        now: Instant,
        generation: u32,
        addresses: &[LocalAddress],
        mark: char,
    ) -> Self {
        let (mut rtc, keys) = offer::new_rtc(now, mark);
        for address in addresses {
            // Loopback, unspecified and such that ICE refuses are the caller's mistake, not fatal.
            if let Some(candidate) = address.candidate() {
                rtc.add_local_candidate(candidate);
            }
        }
        let mut connection = Self {
            rtc,
            keys,
            downlink: None,
            generation,
            rtc_timeout: now,
            connected: false,
            ufrag: String::new(),
            password: String::new(),
            opus: None,
            vp8: None,
            outgoing: Vec::new(),
            routes: Vec::new(),
        };
        connection.learn();
        connection
    }

    /// Takes an offer and makes the answer.
    pub(crate) fn accept(&mut self, sdp: &str) -> Result<String, OfferError> {
        let (rtc, outgoing) = (&mut self.rtc, &mut self.outgoing);
        let answer = catch_unwind(AssertUnwindSafe(|| {
            for (mid, ssrc, resend) in outgoing.drain(..) {
                let mut direct = rtc.direct_api();
                direct.declare_stream_tx(ssrc, resend, mid, None);
            }
            let sdp = offer::prepared(sdp);
            let offer = SdpOffer::from_sdp_string(&sdp).ok()?;
            let answer = rtc.sdp_api().accept_offer(offer).ok()?;
            Some(answer.to_sdp_string())
        }));
        let answer = answer.map_err(|_| OfferError::Panicked)?;
        let answer = answer.ok_or(OfferError::Unusable)?;
        self.learn();
        Ok(offer::with_opus_parameters(
            &answer,
            self.opus.map(|pt| *pt),
        ))
    }

    /// Credentials and payload types may change with every negotiation.
    fn learn(&mut self) {
        let credentials = self.rtc.direct_api().local_ice_credentials();
        (self.ufrag, self.password) = (credentials.ufrag, credentials.pass);
        let pt_of = |codec| {
            let mut params = self.rtc.codec_config().params().iter();
            params.find(|p| p.spec().codec == codec).map(|p| p.pt())
        };
        (self.opus, self.vp8) = (
            pt_of(str0m::format::Codec::Opus),
            pt_of(str0m::format::Codec::Vp8),
        );
        self.routes.clear();
    }

    /// What goes out on a peer's connection, if it has one and its keys are there.
    pub(crate) fn downlink_of(connection: &mut Option<Box<Self>>) -> Option<&mut Downlink> {
        connection.as_mut()?.downlink.as_mut()
    }

    /// Bits per second to this receiver.
    pub(crate) fn estimate(&self) -> u64 {
        let downlink = self.downlink.as_ref();
        downlink.map_or(FIRST_ESTIMATE, |downlink| downlink.estimator.estimate())
    }

    /// What is known of its receiver's line.
    pub(crate) fn line(&self) -> Quality {
        let downlink = self.downlink.as_ref();
        downlink.map_or(Quality::Unknown, |downlink| downlink.line.quality())
    }

    /// Nothing is known of its line yet, which is not waited for long.
    pub(crate) fn is_new(&self, now: Instant) -> bool {
        let began = self.downlink.as_ref().map(|downlink| downlink.began);
        self.line() == Quality::Unknown
            && began.is_none_or(|began| now.saturating_duration_since(began) < NEW)
    }

    /// When this connection wants to be looked at again.
    pub(crate) fn timeout(&self) -> Instant {
        let padding = self.padding_at().unwrap_or(self.rtc_timeout);
        padding.min(self.rtc_timeout)
    }

    /// It cannot wait: it is being made, or padding goes out at intervals.
    pub(crate) fn is_urgent(&self) -> bool {
        !self.connected || self.padding_at().is_some()
    }

    fn padding_at(&self) -> Option<Instant> {
        self.downlink.as_ref().and_then(Downlink::wake)
    }

    /// One input, then everything that comes of it.
    pub(crate) fn drive(
        &mut self,
        now: Instant,
        datagram: Option<(Tuple, &[u8])>,
        panic_now: bool,
        happenings: &mut Vec<Happening>,
        out: &mut VecDeque<Output>,
    ) -> Result<(), Broken> {
        let driven = catch_unwind(AssertUnwindSafe(|| {
            assert!(!panic_now, "asked for by a test");
            match datagram {
                None => drop(self.rtc.handle_input(Input::Timeout(now))),
                Some((tuple, data)) if !self.is_for_rtc(now, tuple, data, happenings) => {}
                Some(((proto, source, destination), data)) => {
                    if let Ok(receive) = Receive::new(proto, source, destination, data) {
                        // An error is about this datagram. One with a forged source must not end
                        // the connection; if it is really over, `poll_output` says so.
                        drop(self.rtc.handle_input(Input::Receive(now, receive)));
                    }
                }
            }
            let before = happenings.len();
            let drained = self.drain(now, happenings, out);
            let is_packet = |happening: &Happening| matches!(happening, Happening::Packet(_));
            if let Some((from, _)) = datagram
                && happenings[before..].iter().any(is_packet)
                && let Some(downlink) = &mut self.downlink
            {
                downlink.heard(now, from);
            }
            drained
        }));
        driven.unwrap_or(Err(Broken::Panicked))
    }

    /// Feedback about what we send is read here.
    fn is_for_rtc(
        &mut self,
        now: Instant,
        from: Tuple,
        datagram: &[u8],
        happenings: &mut Vec<Happening>,
    ) -> bool {
        match &mut self.downlink {
            Some(downlink) if is_rtcp(datagram) => {
                downlink.receive(now, from, datagram, happenings)
            }
            _ => true,
        }
    }

    /// Says goodbye (RTCP BYE, DTLS close_notify).
    pub(crate) fn close(mut self, now: Instant, out: &mut VecDeque<Output>) {
        let _ = catch_unwind(AssertUnwindSafe(move || {
            let _ = self.rtc.close();
            let _ = self.rtc.handle_input(Input::Timeout(now));
            let _ = self.drain(now, &mut Vec::new(), out);
        }));
    }

    fn drain(
        &mut self,
        now: Instant,
        happenings: &mut Vec<Happening>,
        out: &mut VecDeque<Output>,
    ) -> Result<(), Broken> {
        loop {
            match self.rtc.poll_output() {
                Err(_) => return Err(Broken::Failed),
                Ok(str0m::Output::Timeout(at)) => {
                    self.rtc_timeout = at;
                    break;
                }
                Ok(str0m::Output::Transmit(transmit)) => out.extend(self.pass_on(now, transmit)),
                Ok(str0m::Output::Event(event)) => self.note(event, happenings),
            }
        }
        if self.rtc.is_alive() {
            Ok(())
        } else {
            Err(Broken::Failed)
        }
    }

    /// What str0m sends. Its RTCP is under the same key as ours, so it must be numbered by us; RTP it
    /// has none to send.
    fn pass_on(&mut self, now: Instant, transmit: Transmit) -> Option<Output> {
        if self.downlink.is_none()
            && let Some(keys) = self.keys.get()
        {
            self.downlink = Some(Downlink::new(now, keys));
        }
        let mut route = Route {
            proto: transmit.proto,
            source: transmit.source,
            destination: transmit.destination,
        };
        let mut contents: Vec<u8> = transmit.contents.into();
        let is_stun = contents.first().is_some_and(|&byte| byte < 4);
        if let Some(downlink) = self.downlink.as_mut().filter(|_| !is_stun) {
            route = downlink.spoken_to(route);
            let is_media = contents.first().is_some_and(|&byte| byte >= 128);
            if is_media && !(is_rtcp(&contents) && downlink.take_over(&mut contents)) {
                return None;
            }
        }
        let len = contents.len();
        Some(route.transmit(contents, len))
    }

    fn note(&mut self, event: str0m::Event, happenings: &mut Vec<Happening>) {
        use str0m::Event;
        match event {
            Event::RtpPacket(packet) => happenings.push(Happening::Packet(packet)),
            Event::Connected => self.set_connected(true, happenings),
            Event::IceConnectionStateChange(state) => {
                if state == IceConnectionState::Disconnected {
                    self.set_connected(false, happenings);
                } else if state.is_connected() && self.rtc.is_connected() {
                    self.set_connected(true, happenings);
                }
            }
            _ => {}
        }
    }

    fn set_connected(&mut self, connected: bool, happenings: &mut Vec<Happening>) {
        if self.connected != connected {
            self.connected = connected;
            happenings.push(match connected {
                true => Happening::Connected,
                false => Happening::Disconnected,
            });
        }
    }
}

/// RFC 5761, 4: payload types that RTP does not use.
fn is_rtcp(datagram: &[u8]) -> bool {
    let is_media = datagram.first().is_some_and(|&byte| byte >= 128);
    is_media
        && datagram
            .get(1)
            .is_some_and(|byte| (192..=223).contains(byte))
}
