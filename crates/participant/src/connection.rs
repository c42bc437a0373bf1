//! One PeerConnection with its sockets: [`crate::media`] and [`crate::io`] tied together.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::net::Protocol;

use crate::{
    frames::{Stream, UnverifiedFrame},
    io::{Datagram, Sockets, Traffic},
    media::{self, Media, MediaError, Output, Shape},
    network::Network,
};

/// Without a path by UDP after this long, TCP is tried as well.
const UDP_PATIENCE: Duration = Duration::from_secs(2);

/// A participant's way to the server's media.
#[derive(Clone)]
pub(crate) struct Route {
    /// Host and port of the server.
    pub(crate) authority: String,
    /// What lies between.
    pub(crate) network: Network,
    /// Do not try UDP.
    pub(crate) tcp_only: bool,
    /// Where what passes is counted.
    pub(crate) traffic: Arc<Traffic>,
}

/// What comes out of a PeerConnection besides packets.
pub(crate) enum Happening {
    /// A frame arrived.
    Frame(UnverifiedFrame),
    /// The server wants a key frame of this stream.
    KeyFrameWanted(Stream),
    /// The network is thought to carry so many bits a second of pictures.
    Estimate(u64),
    /// Frames can be sent.
    Connected,
}

/// One PeerConnection at work.
pub(crate) struct Connection {
    media: Media,
    sockets: Sockets,
    generation: u32,
    tcp_only: bool,
    /// The server's TCP addresses, and when to try them.
    fallback: Option<(Instant, Vec<SocketAddr>)>,
    wait: Instant,
    by_tcp: bool,
}

impl Connection {
    /// A PeerConnection to the server, and its offer.
    pub(crate) async fn offer(
        route: &Route,
        shape: Shape,
        generation: u32,
    ) -> Result<(Self, String), MediaError> {
        let mut sockets = Sockets::new(route.network.clone(), route.traffic.clone());
        let (authority, tcp_only) = (&route.authority, route.tcp_only);
        let local = if tcp_only {
            Vec::new()
        } else {
            // Without a socket the offer has no candidate, and the path is found to be lost.
            sockets.bind_udp(authority).await.unwrap_or_default()
        };
        let now = Instant::now();
        let (media, sdp) = if route.network.is_limited() {
            Media::offer_with_estimate(now, shape, &local)?
        } else {
            Media::offer(now, shape, &local)?
        };
        let connection = Self {
            media,
            sockets,
            generation,
            tcp_only,
            fallback: None,
            wait: now,
            by_tcp: false,
        };
        Ok((connection, sdp))
    }

    /// The answer to the offer of `generation`; one to an older offer is ignored.
    pub(crate) async fn accept(&mut self, generation: u32, sdp: &str) -> Result<(), MediaError> {
        if generation != self.generation {
            return Ok(());
        }
        self.media.accept_answer(sdp)?;
        let patience = if self.tcp_only {
            Duration::ZERO
        } else {
            UDP_PATIENCE
        };
        self.fallback = Some((Instant::now() + patience, media::tcp_addresses(sdp)));
        self.fall_back(Instant::now()).await
    }

    /// When [`Self::fall_back`] has something to do.
    pub(crate) fn fallback_at(&self) -> Option<Instant> {
        self.fallback.as_ref().map(|(at, _)| *at)
    }

    /// Tries TCP if it is time and there is no path by UDP.
    pub(crate) async fn fall_back(&mut self, now: Instant) -> Result<(), MediaError> {
        if self.fallback_at().is_none_or(|at| now < at) {
            return Ok(());
        }
        let Some((_, servers)) = self.fallback.take().filter(|_| !self.media.has_path()) else {
            return Ok(());
        };
        for local in self.sockets.connect_tcp(&servers).await {
            self.media.add_tcp_path(local)?;
        }
        Ok(())
    }

    /// When it must be driven even if nothing arrives.
    pub(crate) fn wait(&self) -> Instant {
        self.wait
    }

    /// Whether the last packet went by TCP.
    pub(crate) fn is_by_tcp(&self) -> bool {
        self.by_tcp
    }

    /// Whether frames can be sent.
    pub(crate) fn is_connected(&self) -> bool {
        self.media.is_connected()
    }

    /// The next datagram.
    pub(crate) async fn receive(&mut self) -> Option<Datagram> {
        self.sockets.receive().await
    }

    /// The next datagram if one waits.
    pub(crate) fn try_receive(&mut self) -> Option<Datagram> {
        self.sockets.try_receive()
    }

    /// Does one thing, then everything that follows from it, as str0m demands. `false` if the
    /// connection is lost.
    pub(crate) fn drive(
        &mut self,
        now: Instant,
        thing: impl FnOnce(&mut Media) -> Result<(), MediaError>,
        mut happens: impl FnMut(Happening),
    ) -> bool {
        if thing(&mut self.media).is_err() {
            return false;
        }
        loop {
            match self.media.poll(now) {
                Ok(Output::Wait(at)) => {
                    self.wait = at;
                    return true;
                }
                Ok(Output::Transmit(transmit)) => {
                    self.by_tcp = transmit.proto != Protocol::Udp;
                    self.sockets.send(&transmit);
                }
                Ok(Output::Frame(frame)) => happens(Happening::Frame(frame)),
                Ok(Output::KeyFrameWanted(stream)) => happens(Happening::KeyFrameWanted(stream)),
                Ok(Output::Estimate(bits)) => happens(Happening::Estimate(bits)),
                Ok(Output::Connected) => happens(Happening::Connected),
                Ok(Output::Lost) | Err(_) => return false,
            }
        }
    }
}
