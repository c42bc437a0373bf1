//! Between the calls and the forwarding unit: commands in, events out.

use std::time::Instant;

use sfu::{Event, PeerId};

use super::{MediaCommand, MediaEvent, thread::MediaThread};

impl MediaThread {
    pub(super) fn obey(&mut self, command: MediaCommand) {
        let now = Instant::now();
        match command {
            MediaCommand::Join {
                peer,
                can_publish,
                events,
                ..
            } => {
                self.events.join(peer, events);
                if !self.peers.contains(&peer) {
                    self.peers.push(peer);
                }
                self.sfu.join(now, peer, can_publish);
            }
            MediaCommand::Offer {
                peer,
                generation,
                sdp,
            } => self.sfu.handle_offer(now, peer, generation, &sdp),
            MediaCommand::View { peer, tiles } => self.sfu.set_view(now, peer, tiles),
            MediaCommand::Publish { peer, publishing } => {
                self.sfu.set_publishing(now, peer, publishing);
            }
            MediaCommand::Backlog { peer, backlog } => self.sfu.set_backlog(now, peer, backlog),
            MediaCommand::Ceiling {
                peer,
                bits_per_second,
            } => self.sfu.set_ceiling(now, peer, bits_per_second),
            MediaCommand::Leave { peer } => {
                self.sfu.leave(now, peer);
                self.peers.retain(|other| *other != peer);
                self.events.leave(peer);
            }
        }
    }

    pub(super) fn tell(&mut self, peer: PeerId, event: Event) {
        let seat = peer.seat;
        let event = match event {
            Event::Answer { generation, sdp } => MediaEvent::Answer {
                seat,
                generation,
                sdp,
            },
            Event::OfferRefused { generation, why } => MediaEvent::OfferRefused {
                seat,
                generation,
                why: why.to_owned(),
            },
            Event::Slots { audio, video } => MediaEvent::Slots { seat, audio, video },
            Event::Voice { narrow } => MediaEvent::Voice { seat, narrow },
            Event::Connected => MediaEvent::Connected { seat },
            // To its owner it is the same: the client has to make a new connection.
            Event::Disconnected | Event::Panicked => MediaEvent::Disconnected { seat },
        };
        self.events.send(peer, event);
    }
}
