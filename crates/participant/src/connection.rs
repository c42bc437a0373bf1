//! One PeerConnection with its sockets: [`crate::media`] and [`crate::io`] tied together.

use std::time::Instant;

use crate::{
    frames::{Layer, UnverifiedFrame},
    io::{Datagram, Sockets},
    media::{self, Media, MediaError, Output, Shape},
};

/// What comes out of a PeerConnection besides packets.
pub(crate) enum Happening {
    /// A frame arrived.
    Frame(UnverifiedFrame),
    /// The server wants a key frame of this layer.
    KeyFrameWanted(Layer),
    /// Frames can be sent.
    Connected,
}

/// One PeerConnection at work.
pub(crate) struct Connection {
    media: Media,
    sockets: Sockets,
    generation: u32,
    tcp_only: bool,
    wait: Instant,
}

impl Connection {
    /// A PeerConnection to the server at `authority`, and its offer.
    pub(crate) async fn offer(
        authority: &str,
        shape: Shape,
        generation: u32,
        tcp_only: bool,
    ) -> Result<(Self, String), MediaError> {
        let mut sockets = Sockets::new();
        let local = if tcp_only {
            Vec::new()
        } else {
            // Without a socket the offer has no candidate, and the path is found to be lost.
            sockets.bind_udp(authority).await.unwrap_or_default()
        };
        let now = Instant::now();
        let (media, sdp) = Media::offer(now, shape, &local)?;
        let connection = Self {
            media,
            sockets,
            generation,
            tcp_only,
            wait: now,
        };
        Ok((connection, sdp))
    }

    /// The answer to the offer of `generation`; one to an older offer is ignored.
    pub(crate) async fn accept(&mut self, generation: u32, sdp: &str) -> Result<(), MediaError> {
        if generation != self.generation {
            return Ok(());
        }
        self.media.accept_answer(sdp)?;
        if self.tcp_only {
            let servers = media::tcp_addresses(sdp);
            for local in self.sockets.connect_tcp(&servers).await {
                self.media.add_tcp_path(local)?;
            }
        }
        Ok(())
    }

    /// When it must be driven even if nothing arrives.
    pub(crate) fn wait(&self) -> Instant {
        self.wait
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
                Ok(Output::Transmit(transmit)) => self.sockets.send(&transmit),
                Ok(Output::Frame(frame)) => happens(Happening::Frame(frame)),
                Ok(Output::KeyFrameWanted(layer)) => happens(Happening::KeyFrameWanted(layer)),
                Ok(Output::Connected) => happens(Happening::Connected),
                Ok(Output::Lost) | Err(_) => return false,
            }
        }
    }
}
