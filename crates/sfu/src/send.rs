//! What goes to one receiver: packets that wait for it, packets it lost, padding, reports.

use protocol::TrackKind;

use crate::{
    burst::Burst,
    connection::Connection,
    downlink::Waiting,
    egress::Way,
    line::Quality,
    output::{Event, Output},
    packet::Arrived,
    passage::Again,
    peer::{Key, Slot},
    rtcp::{self, SenderReport},
    sfu::Sfu,
};

/// Sender reports in one datagram.
const REPORTS_MAX: usize = 32;
/// Padding of one datagram, all in all about as long as a small picture's packet.
const PADDING: usize = 255;

impl Sfu {
    /// Writes all that waits for a receiver.
    pub(crate) fn flush(&mut self, key: Key) {
        let now = self.now;
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let Some(downlink) = Connection::downlink_of(&mut peer.connection) else {
            return;
        };
        let mut waiting = std::mem::take(&mut downlink.waiting);
        if let Some(route) = downlink.route() {
            let mut burst = Burst::new(route, &mut self.spare_buffers, &mut self.out);
            let mut way = Way {
                now,
                protect: &downlink.protect,
                estimator: &mut downlink.estimator,
                burst: &mut burst,
            };
            for Waiting {
                packet,
                slot,
                audio,
                again,
            } in waiting.drain(..)
            {
                let slots = if audio {
                    &mut peer.audio
                } else {
                    &mut peer.video
                };
                let packet = &self.batch[packet as usize];
                // Something may have changed since it was put here.
                let slot = slots
                    .get_mut(usize::from(slot))
                    .filter(|slot| slot.current == Some(packet.epoch));
                let Some(slot) = slot else { continue };
                if again {
                    self.figures.resent += u64::from(slot.egress.resend(&mut way, packet) > 0);
                } else if slot.egress.send(&mut way, packet) {
                    self.figures.forwarded += 1;
                    self.figures.forwarded_bytes += packet.payload.len() as u64;
                }
            }
            burst.finish();
        }
        waiting.clear();
        downlink.waiting = waiting;
    }

    /// A receiver lost packets of a stream: what is still there goes out again.
    pub(crate) fn send_again(&mut self, key: Key, ssrc: u32, pairs: &[u8]) {
        let now = self.now;
        let peer = self.peer(key);
        let call = peer.id.call;
        let find = |audio, slots: &[Slot]| {
            let index = slots.iter().position(|slot| slot.egress.ssrc() == ssrc)?;
            Some((audio, index))
        };
        let found = find(true, &peer.audio).or_else(|| find(false, &peer.video));
        let found = found.map(|(audio, index)| {
            let slots = if audio { &peer.audio } else { &peer.video };
            (audio, index, &slots[index])
        });
        let Some((audio, index, slot)) = found else {
            return;
        };
        let (Some((seat, kind)), Some(epoch)) = (slot.source, slot.current) else {
            return;
        };
        if !slot.egress.can_resend() {
            return;
        }
        #[cfg(feature = "evil")]
        if audio && !self.tapped.resends_voices() {
            return;
        }
        let wanted: Vec<u64> = rtcp::lost(pairs)
            .filter_map(|seq| slot.egress.source_seq(seq))
            .collect();
        let is_still = slot.still.is_some();
        let (mut packets, mut others) = (Vec::new(), Vec::new());
        for seq in wanted {
            let again = is_still.then(|| self.still_again(key, (index, epoch, seq)));
            match again.flatten() {
                Some(Again::Now(packet)) => packets.push(packet),
                Some(Again::Soon) => {}
                None => others.push(seq),
            }
        }
        let publisher = self.key(crate::PeerId { call, seat });
        let track = publisher.and_then(|publisher| self.peer(publisher).track(kind));
        let mut layers = track.into_iter().flat_map(|track| &track.layers);
        let layer = layers.find(|layer| layer.epoch == epoch);
        let stored = |seq| layer.and_then(|layer| layer.store.get(epoch, seq));
        let stored: Vec<_> = others.into_iter().filter_map(stored).cloned().collect();
        if let Some(downlink) = Connection::downlink_of(&mut self.peer_mut(key).connection) {
            let may = |packet: &Arrived| downlink.may_resend(now, packet.payload.len(), audio);
            packets.extend(stored.into_iter().take_while(may));
        }
        for packet in packets {
            let waiting = Waiting {
                packet: self.batch.len() as u32,
                slot: index as u16,
                audio,
                again: true,
            };
            self.batch.push(packet);
            self.wait(key, waiting);
        }
    }

    /// What is asked for again is of a still. Those have their pace, so no allowance.
    fn still_again(&mut self, key: Key, wanted: (usize, u64, u64)) -> Option<Again> {
        let now = self.now;
        let downlink = Connection::downlink_of(&mut self.peer_mut(key).connection)?;
        // Half a round trip: of five times in half a second three are answered on a line of 250 ms.
        let pause = downlink.estimator.round_trip().unwrap_or_default() / 2;
        downlink.stills.passages.again(now, wanted, pause)
    }

    /// Puts a packet of the batch where its receiver's next burst takes it.
    pub(crate) fn wait(&mut self, key: Key, waiting: Waiting) {
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        if let Some(downlink) = Connection::downlink_of(&mut peer.connection) {
            if downlink.waiting.is_empty() {
                self.flushing.push(key);
            }
            downlink.waiting.push(waiting);
        }
    }

    /// Sends the padding of a probe that is due.
    pub(crate) fn pad(&mut self, key: Key) {
        let now = self.now;
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let Some(downlink) = Connection::downlink_of(&mut peer.connection) else {
            return;
        };
        let slot = peer.video.iter_mut().find(|slot| slot.egress.can_resend());
        let (Some(slot), Some(route)) = (slot, downlink.route()) else {
            downlink.drop_probe();
            return;
        };
        let Some((probe, due)) = downlink.padding_due(now) else {
            return;
        };
        let mut burst = Burst::new(route, &mut self.spare_buffers, &mut self.out);
        let mut way = Way {
            now,
            protect: &downlink.protect,
            estimator: &mut downlink.estimator,
            burst: &mut burst,
        };
        let mut sent = 0;
        while sent < due {
            sent += slot.egress.pad(&mut way, PADDING, probe.id);
        }
        burst.finish();
        downlink.padded(now, sent);
    }

    /// Tells a receiver what was sent to it, once a second.
    pub(crate) fn report(&mut self, key: Key) {
        let now = self.now;
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let Some(downlink) = Connection::downlink_of(&mut peer.connection) else {
            return;
        };
        let (Some(route), true) = (downlink.route(), downlink.report_is_due(now)) else {
            return;
        };
        let slots = peer.audio.iter().chain(&peer.video);
        let is_playing = slots.filter(|slot| slot.source.is_some());
        let reports: Vec<SenderReport> = is_playing
            .filter_map(|slot| slot.egress.report(now, downlink.began))
            .collect();
        for some in reports.chunks(REPORTS_MAX) {
            let mut compound =
                Vec::with_capacity(REPORTS_MAX * SenderReport::LEN + srtp::RTCP_OVERHEAD);
            some.iter().for_each(|report| report.write(&mut compound));
            downlink.protect.rtcp(&mut compound);
            if !compound.is_empty() {
                let len = compound.len();
                self.out.push_back(route.transmit(compound, len));
            }
        }
    }

    /// A receiver has told that it receives a stream, and how much of it was lost.
    pub(crate) fn is_received(&mut self, key: Key, ssrc: u32, lost: u8) {
        let now = self.now;
        let peer = self.peer_mut(key);
        let of = |slot: &&mut Slot| slot.egress.ssrc() == ssrc;
        let voice = peer.audio.iter_mut().find(of);
        let is_voice = voice.is_some();
        if let Some(slot) = voice.or_else(|| peer.video.iter_mut().find(of)) {
            slot.egress.is_known();
        }
        if is_voice && let Some(downlink) = Connection::downlink_of(&mut peer.connection) {
            downlink.line.lost(now, lost);
        }
    }

    /// Tells a publisher which voice those who hear it need.
    pub(crate) fn tell_voice(&mut self, key: Key) {
        let track = self.peer(key).track(TrackKind::Microphone);
        let hearers = track.into_iter().flat_map(|track| &track.subscribers);
        let mut narrow = None;
        for hearer in hearers {
            match self.line_of(hearer.peer) {
                Some(Quality::Bad) => {
                    narrow = Some(true);
                    break;
                }
                Some(Quality::Good) => narrow = narrow.or(Some(false)),
                // Of somebody who is on its way.
                Some(Quality::Unknown) | None => {}
            }
        }
        let peer = self.peer_mut(key);
        let before = peer.narrow_voice;
        if let Some(narrow) = narrow.filter(|narrow| before != Some(*narrow)) {
            peer.narrow_voice = Some(narrow);
            let output = Output::Event(peer.id, Event::Voice { narrow });
            self.out.push_back(output);
        }
    }

    fn line_of(&self, receiver: Key) -> Option<Quality> {
        let connection = self.peers[receiver].as_ref()?.connection.as_ref()?;
        Some(connection.line())
    }
}
