//! One WebRTC connection: str0m's `Rtc`, driven and drained, with a wall around it.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use str0m::{
    IceConnectionState, Input, Rtc,
    bwe::BweKind,
    change::SdpOffer,
    media::{Pt, Rid},
    net::Receive,
    rtp::{RtpPacket, Ssrc},
};

use crate::{
    demux::Tuple,
    offer::{self, FIRST_ESTIMATE, Layout},
    output::{LocalAddress, Output},
    peer::TrackKind,
    wanting::Wanting,
};

pub(crate) struct Connection {
    pub(crate) rtc: Rtc,
    pub(crate) generation: u32,
    /// When str0m wants to be driven again.
    pub(crate) timeout: Instant,
    pub(crate) connected: bool,
    pub(crate) ufrag: String,
    pub(crate) password: String,
    pub(crate) opus: Option<Pt>,
    pub(crate) vp8: Option<Pt>,
    /// Bits per second to this receiver.
    pub(crate) estimate: u64,
    /// Last told to the estimator.
    pub(crate) desired: u64,
    /// There while this receiver is shown less than it asks for.
    pub(crate) wanting: Option<Wanting>,
    /// Known incoming streams.
    pub(crate) routes: Vec<(Ssrc, TrackKind, usize)>,
}

/// What draining brings, besides datagrams.
#[allow(clippy::large_enum_variant)] // Most are packets; a box for each would cost more.
pub(crate) enum Happening {
    Packet(RtpPacket),
    /// The receiver lost the picture on this transceiver.
    KeyframeRequest(str0m::media::Mid),
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
        pictures: bool,
    ) -> Self {
        let mut rtc = offer::new_rtc(now, pictures);
        for address in addresses {
            // Loopback, unspecified and such that ICE refuses are the caller's mistake, not fatal.
            if let Some(candidate) = address.candidate() {
                rtc.add_local_candidate(candidate);
            }
        }
        let mut connection = Self {
            rtc,
            generation,
            timeout: now,
            connected: false,
            ufrag: String::new(),
            password: String::new(),
            opus: None,
            vp8: None,
            estimate: FIRST_ESTIMATE,
            desired: 0,
            wanting: None,
            routes: Vec::new(),
        };
        connection.learn();
        connection
    }

    /// Takes an offer and makes the answer.
    pub(crate) fn accept(&mut self, sdp: &str) -> Result<String, OfferError> {
        let rtc = &mut self.rtc;
        let answer = catch_unwind(AssertUnwindSafe(|| {
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

    /// Which track and layer a stream is; asks str0m only for streams not seen before.
    pub(crate) fn route(&mut self, ssrc: Ssrc, layout: &Tracks<'_>) -> Option<(TrackKind, usize)> {
        if let Some(route) = self.routes.iter().find(|route| route.0 == ssrc) {
            return Some((route.1, route.2));
        }
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx(&ssrc)?;
        let (mid, rid) = (stream.mid(), stream.rid());
        let (kind, layer) = layout.find(mid, rid)?;
        self.routes
            .retain(|route| (route.1, route.2) != (kind, layer));
        self.routes.push((ssrc, kind, layer));
        Some((kind, layer))
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
                Some(((proto, source, destination), data)) => {
                    if let Ok(receive) = Receive::new(proto, source, destination, data) {
                        // An error is about this datagram. One with a forged source must not end
                        // the connection; if it is really over, `poll_output` says so.
                        drop(self.rtc.handle_input(Input::Receive(now, receive)));
                    }
                }
            }
            self.drain(happenings, out)
        }));
        driven.unwrap_or(Err(Broken::Panicked))
    }

    /// Says goodbye (RTCP BYE, DTLS close_notify).
    pub(crate) fn close(mut self, now: Instant, out: &mut VecDeque<Output>) {
        let _ = catch_unwind(AssertUnwindSafe(move || {
            let _ = self.rtc.close();
            let _ = self.rtc.handle_input(Input::Timeout(now));
            let _ = self.drain(&mut Vec::new(), out);
        }));
    }

    fn drain(
        &mut self,
        happenings: &mut Vec<Happening>,
        out: &mut VecDeque<Output>,
    ) -> Result<(), Broken> {
        loop {
            match self.rtc.poll_output() {
                Err(_) => return Err(Broken::Failed),
                Ok(str0m::Output::Timeout(at)) => {
                    self.timeout = at;
                    break;
                }
                Ok(str0m::Output::Transmit(transmit)) => out.push_back(Output::Transmit {
                    proto: transmit.proto,
                    source: transmit.source,
                    destination: transmit.destination,
                    contents: transmit.contents.into(),
                }),
                Ok(str0m::Output::Event(event)) => self.note(event, happenings),
            }
        }
        if self.rtc.is_alive() {
            Ok(())
        } else {
            Err(Broken::Failed)
        }
    }

    fn note(&mut self, event: str0m::Event, happenings: &mut Vec<Happening>) {
        use str0m::Event;
        match event {
            Event::RtpPacket(packet) => happenings.push(Happening::Packet(packet)),
            Event::KeyframeRequest(request) => {
                happenings.push(Happening::KeyframeRequest(request.mid));
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                self.estimate = estimate.as_u64();
            }
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

/// Where to look up which track and layer an m-line and rid are.
pub(crate) struct Tracks<'a>(pub(crate) &'a [Option<crate::peer::Track>; 3]);

impl Tracks<'_> {
    fn find(&self, mid: str0m::media::Mid, rid: Option<Rid>) -> Option<(TrackKind, usize)> {
        for kind in TrackKind::ALL {
            let Some(track) = self.0[kind as usize].as_ref().filter(|t| t.mid == mid) else {
                continue;
            };
            let layer = track.layers.iter().position(|layer| layer.rid == rid)?;
            return Some((kind, layer));
        }
        None
    }
}

impl Layout {
    /// Lines in the order of [`TrackKind`].
    pub(crate) fn published(&self) -> [Option<&offer::Line>; 3] {
        [
            self.microphone.as_ref(),
            self.camera.as_ref(),
            self.screen.as_ref(),
        ]
    }
}
