//! A packet on its way from a publisher to those who want it, and key frame requests back.

use protocol::TrackKind;
use str0m::{media::KeyframeRequestKind, rtp::RtpPacket};

use crate::{
    ceiling::Ceiling,
    connection::Connection,
    downlink::{Downlink, Waiting},
    packet::Arrived,
    peer::{Key, Subscriber},
    rewrite::Incoming,
    sfu::Sfu,
    streams::Tracks,
    vp8::Vp8Packet,
};

impl Sfu {
    /// Forwards a publisher's packet.
    pub(crate) fn forward(&mut self, from: Key, packet: &RtpPacket) {
        self.figures.packets_in += 1;
        let Some(peer) = self.peers[from].as_mut() else {
            return;
        };
        let Some(connection) = peer.connection.as_mut() else {
            return;
        };
        let Some((kind, layer)) = connection.route(packet.header.ssrc, &Tracks(&peer.tracks))
        else {
            return;
        };
        let now = self.now;
        let too_much = |ceiling: &mut Ceiling| !ceiling.takes(now, packet.payload.len());
        if !peer.publishes(kind) || peer.ceiling.as_mut().is_some_and(too_much) {
            self.figures.withheld += 1;
            return;
        }
        let vp8 = match kind {
            TrackKind::Microphone => None,
            _ => Vp8Packet::parse(&packet.payload),
        };
        let Some(arrived) = self.observe(from, kind, layer, packet, vp8) else {
            return;
        };
        let subscribers = match self.peer_mut(from).track_mut(kind) {
            Some(track) => std::mem::take(&mut track.subscribers),
            None => return,
        };
        let place = self.batch.len();
        self.batch.push(arrived);
        let mut is_wanted = false;
        for &subscriber in &subscribers {
            is_wanted |= self.deliver(subscriber, kind, place);
        }
        if let Some(track) = self.peers[from].as_mut().and_then(|p| p.track_mut(kind)) {
            track.subscribers = subscribers;
            if is_wanted {
                track.layers[layer].store.keep(&self.batch[place]);
            }
        }
    }

    /// Keeps the books of the layer.
    fn observe(
        &mut self,
        from: Key,
        kind: TrackKind,
        layer: usize,
        packet: &RtpPacket,
        vp8: Option<Vp8Packet>,
    ) -> Option<Arrived> {
        let now = self.now;
        let epochs = &mut self.epochs;
        let track = self.peers[from].as_mut()?.track_mut(kind)?;
        let state = track.layers.get_mut(layer)?;
        let seq = *packet.seq_no;
        if state.ssrc != Some(packet.header.ssrc) {
            *epochs += 1;
            (state.epoch, state.highest_seq) = (*epochs, seq);
            state.ssrc = Some(packet.header.ssrc);
        }
        let in_order = seq >= state.highest_seq;
        state.highest_seq = state.highest_seq.max(seq);
        state.meter.add(now, packet.payload.len() + 40);
        let was_live = state.is_live(now);
        state.last_packet = Some(now);
        if vp8.is_some_and(|vp8| vp8.starts_key_frame) {
            state.gate.satisfied();
        }
        let arrived = Arrived {
            payload: packet.payload.clone(),
            marker: packet.header.marker,
            incoming: Incoming {
                seq,
                timestamp: packet.header.timestamp,
                arrival: packet.timestamp,
                picture_id: vp8.and_then(|vp8| vp8.picture_id),
                tl0_pic_idx: vp8.and_then(|vp8| vp8.tl0_pic_idx),
            },
            vp8,
            layer,
            epoch: state.epoch,
            in_order,
        };
        if kind != TrackKind::Microphone && !was_live {
            // A layer appeared: choose now, so that this very packet can be the first.
            let subscribers = track.subscribers.clone();
            for subscriber in subscribers {
                self.reallocate(subscriber.peer);
            }
        }
        Some(arrived)
    }

    /// Lets a packet of the batch wait for a receiver, if it is to get it. False if it is not.
    fn deliver(&mut self, to: Subscriber, kind: TrackKind, place: usize) -> bool {
        let Some(peer) = self.peers[to.peer].as_mut() else {
            return false;
        };
        let audio = kind == TrackKind::Microphone;
        let slots = if audio {
            &mut peer.audio
        } else {
            &mut peer.video
        };
        let Some(slot) = slots.get_mut(to.slot) else {
            return false;
        };
        if !peer.connection.as_ref().is_some_and(|c| c.connected) || peer.has_to_arrive {
            return false;
        }
        let arrived = &self.batch[place];
        if slot.still.is_some() {
            let downlink = Connection::downlink_of(&mut peer.connection);
            if !downlink
                .is_some_and(|downlink| downlink.stills.pass(self.now, (to.slot, slot), arrived))
            {
                return false;
            }
        } else if slot.current != Some(arrived.epoch) {
            let is_target = audio || slot.target == Some(arrived.layer);
            if !is_target || !arrived.can_begin() {
                return false;
            }
            slot.egress.switch(&arrived.incoming);
            slot.current = Some(arrived.epoch);
        }
        #[cfg(feature = "evil")]
        let place = {
            let Some((from, _)) = slot.source else {
                return false;
            };
            let Some(passed) = self.tapped.pass(from, peer.id, kind, arrived) else {
                return false;
            };
            self.batch.push(passed);
            self.batch.len() - 1
        };
        if slot.still.is_some() {
            let packet = self.batch[place].clone();
            if let Some(downlink) = Connection::downlink_of(&mut peer.connection) {
                downlink.stills.passages.hold(self.now, to.slot, packet);
            }
            self.release_stills(to.peer);
            return true;
        }
        let waiting = Waiting {
            packet: place as u32,
            slot: to.slot as u16,
            audio,
            again: false,
        };
        self.wait(to.peer, waiting);
        true
    }

    /// Lets go of as much of a receiver's stills as its line has room for now.
    pub(crate) fn release_stills(&mut self, receiver: Key) {
        let now = self.now;
        let Some(peer) = self.peers[receiver].as_mut() else {
            return;
        };
        let ready = |_: &&mut Downlink| !peer.has_to_arrive;
        let downlink = Connection::downlink_of(&mut peer.connection).filter(ready);
        let Some(downlink) = downlink else {
            return;
        };
        for due in downlink.stills.release(now, &peer.video) {
            let waiting = Waiting {
                packet: self.batch.len() as u32,
                slot: due.slot as u16,
                audio: false,
                again: due.again,
            };
            self.batch.push(due.packet);
            self.wait(receiver, waiting);
        }
    }

    /// A receiver lost the picture of a stream.
    pub(crate) fn pass_on_keyframe_request(&mut self, from: Key, ssrc: u32) {
        let now = self.now;
        let peer = self.peer_mut(from);
        let call = peer.id.call;
        let mut slots = peer.video.iter_mut();
        let Some(slot) = slots.find(|slot| slot.egress.ssrc() == ssrc) else {
            return;
        };
        if slot.still.is_some() {
            if let Some(downlink) = Connection::downlink_of(&mut peer.connection) {
                downlink.stills.asked(now, slot);
            }
            return;
        }
        let (Some((seat, kind)), current, target) = (slot.source, slot.current, slot.target) else {
            return;
        };
        let publisher = self.key(crate::PeerId { call, seat });
        let Some(publisher) = publisher else { return };
        let track = self.peer(publisher).track(kind);
        let layers = track.map(|track| track.layers.iter());
        let playing = layers.and_then(|mut l| l.position(|layer| Some(layer.epoch) == current));
        if let Some(layer) = playing.or(target) {
            self.request_keyframe(publisher, kind, layer);
        }
    }

    /// Asks a publisher for a key frame of a layer, now or when its gate opens.
    pub(crate) fn request_keyframe(&mut self, publisher: Key, kind: TrackKind, layer: usize) {
        let now = self.now;
        let track = self.peer_mut(publisher).track_mut(kind);
        let Some(state) = track.and_then(|track| track.layers.get_mut(layer)) else {
            return;
        };
        if state.gate.request(now) {
            self.send_keyframe_request(publisher, kind, layer);
        }
    }

    /// Sends requests that had to wait.
    pub(crate) fn retry_keyframe_requests(&mut self, publisher: Key) {
        let now = self.now;
        for kind in [TrackKind::Camera, TrackKind::Screen] {
            let layers = self
                .peer(publisher)
                .track(kind)
                .map_or(0, |t| t.layers.len());
            for layer in 0..layers {
                let track = self
                    .peer_mut(publisher)
                    .track_mut(kind)
                    .expect("it has layers");
                let state = &mut track.layers[layer];
                if state.is_live(now) && state.gate.retry(now) {
                    self.send_keyframe_request(publisher, kind, layer);
                }
            }
        }
    }

    fn send_keyframe_request(&mut self, publisher: Key, kind: TrackKind, layer: usize) {
        let peer = self.peer_mut(publisher);
        let (Some(track), Some(connection)) = (
            peer.tracks[kind as usize].as_ref(),
            peer.connection.as_mut(),
        ) else {
            return;
        };
        let rid = track.layers[layer].rid;
        let mut direct = connection.rtc.direct_api();
        if let Some(stream) = direct.stream_rx_by_mid(track.mid, rid) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.figures.keyframe_requests += 1;
            self.mark_dirty(publisher);
        }
    }
}
