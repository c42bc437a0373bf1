//! Which seat's voice and picture is on which transceiver, and in which layer.
//!
//! Assignments are stable: a seat keeps its transceiver as long as it is heard or shown, so a change
//! elsewhere never makes a picture jump, and nothing is renegotiated.

use std::time::Duration;

use protocol::{
    Audience, CallId, SeatId, TrackKind,
    types::{AudioSlot, Source, Tile, VideoSlot},
};
use str0m::media::{Mid, Rid};

use crate::{
    PeerId,
    allocate::{Offered, Wish, allocate},
    connection::Connection,
    egress::Egress,
    line::Quality,
    offer::Layout,
    output::{Event, Output},
    packet::kept_for,
    peer::{Backlog, Key, Layer, Peer, Slot, Subscriber, Track},
    sfu::Sfu,
};

/// Of the estimate, what pictures may use; the rest is for resends and feedback. Voices are not in
/// the estimate: they bring no congestion feedback, so it measures what they leave.
const USABLE_PERCENT: u64 = 92;
/// A line on which the first words took long is taken to leave this much beside voices, at first.
const SLOW_ESTIMATE: u64 = 100_000;
/// Kept for signalling, bits a second: heartbeats of nine seats, so that what says whom one hears does not wait
/// behind pictures.
const SIGNALLING: u64 = 40_000;
/// More is never needed, and probing for it would only disturb.
const DESIRED_MAX: u64 = 20_000_000;
/// What the estimator looks for even while little is shown, so that a large picture needs no ramp:
/// it probes up to twice this, in bursts of some kilobytes.
const DESIRED_MIN: u64 = 2_500_000;

impl Sfu {
    /// Tracks and slots as the negotiated m-lines have it.
    pub(crate) fn lay_out(&mut self, key: Key, layout: &Layout) {
        let peer = self.peer_mut(key);
        for (place, line) in peer.tracks.iter_mut().zip(layout.published()) {
            match (&place, line) {
                (Some(track), Some(line)) if track.mid == line.mid => {}
                _ => *place = line.map(|line| Track::new(line.mid, &line.rids)),
            }
        }
        let Some(connection) = peer.connection.as_mut() else {
            return;
        };
        let (opus, vp8) = (connection.opus, connection.vp8);
        let lists = [
            (&layout.audio, &mut peer.audio, opus, 48_000),
            (&layout.video, &mut peer.video, vp8, 90_000),
        ];
        for (mids, slots, payload_type, clock_rate) in lists {
            slots.retain(|slot| mids.contains(&slot.egress.mid()));
            for &mid in mids {
                if slots.iter().any(|slot| slot.egress.mid() == mid) {
                    continue;
                }
                let terms = payload_type.and_then(|pt| connection.terms(mid, pt, clock_rate));
                slots.extend(terms.map(|terms| Slot::new(Egress::new(terms))));
            }
        }
        connection.take_streams(layout.audio.iter().chain(&layout.video).copied());
    }

    /// Something about who publishes, shows or has transceivers changed.
    pub(crate) fn refresh(&mut self, call: CallId) {
        let Some(members) = self.calls.get(&call).cloned() else {
            return;
        };
        let on = |kind: TrackKind| -> Vec<(SeatId, Audience)> {
            let peers = members.iter().map(|&key| self.peer(key));
            peers
                .filter(|p| p.publishes(kind))
                .map(|p| (p.id.seat, p.publishing.audience(kind).clone()))
                .collect()
        };
        let sources = TrackKind::ALL.map(on);
        for &key in &members {
            self.peer_mut(key).assign(&sources);
        }
        self.subscribe(&members);
        for &key in &members {
            self.reallocate(key);
            self.tell_slots(key);
        }
    }

    fn subscribe(&mut self, members: &[Key]) {
        for &key in members {
            for track in self.peer_mut(key).tracks.iter_mut().flatten() {
                track.subscribers.clear();
            }
        }
        for &peer in members {
            let receiver = self.peer(peer);
            let call = receiver.id.call;
            let sources: Vec<_> = [&receiver.audio, &receiver.video]
                .into_iter()
                .flat_map(|slots| slots.iter().enumerate())
                .filter_map(|(slot, state)| Some((slot, state.source?)))
                .collect();
            for (slot, (seat, kind)) in sources {
                let publisher = self.key(PeerId { call, seat });
                let track = publisher.and_then(|key| self.peer_mut(key).track_mut(kind));
                if let Some(track) = track {
                    track.subscribers.push(Subscriber { peer, slot });
                }
            }
        }
    }

    /// Chooses layers for everything a receiver shows.
    pub(crate) fn reallocate(&mut self, key: Key) {
        let (now, (slots, wishes)) = (self.now, self.wishes(key));
        let peer = self.peer_mut(key);
        let Some(connection) = peer.connection.as_mut() else {
            return;
        };
        let connected = connection.connected;
        peer.has_begun = connected && (peer.has_begun || peer.backlog == Backlog::None);
        // Once it has begun, what passes in a moment interrupts nothing.
        let hinders = match peer.has_begun {
            true => Backlog::Slow,
            false => Backlog::Large,
        };
        peer.has_to_arrive = peer.backlog >= hinders && connection.is_new(now);
        let makes_room = peer.has_to_arrive
            || match connection.line() {
                // It is not pictures that hold signalling up.
                Quality::Good => false,
                Quality::Unknown => peer.backlog == Backlog::Late,
                Quality::Bad => peer.backlog != Backlog::None,
            };
        let budget = match makes_room {
            true => 0,
            false => (connection.estimate() * USABLE_PERCENT / 100).saturating_sub(SIGNALLING),
        };
        let allocation = allocate(budget, &wishes);
        if let Some(downlink) = &mut connection.downlink {
            // What the estimator shall find out, lest it takes our modesty for the network's limit.
            let gross = allocation.ideal * 12 / 10 * 100 / USABLE_PERCENT;
            let desired = gross.clamp(DESIRED_MIN, DESIRED_MAX);
            let desired = if makes_room { 0 } else { desired };
            downlink.estimator.set_desired(desired);
            if peer.has_to_arrive && peer.backlog == Backlog::Late {
                downlink.estimator.begin_at_most(SLOW_ESTIMATE);
            }
        }

        let mut needs = Vec::new();
        for ((&index, wish), layer) in slots.iter().zip(&wishes).zip(&allocation.layers) {
            let slot = &mut peer.video[index];
            let layer = slot.aim(now, (!makes_room).then_some(*layer), wish.layers[0].layer);
            // Before anything can be sent there, a key frame would come in vain, and the next one only
            // after the gate's long interval.
            if connected {
                needs.extend(layer.zip(slot.source).map(|(l, s)| (l, s, slot.current)));
            }
        }
        if let Some(downlink) = connection.downlink.as_mut().filter(|_| connected) {
            let left = budget - allocation.spent;
            downlink.stills.leaves((!makes_room).then_some(left));
            let slot = downlink
                .stills
                .next(now, slots.iter().map(|&index| &peer.video[index]));
            needs.extend(slot.and_then(|slot| Some((slot.still?.layer, slot.source?, None))));
        }
        let call = peer.id.call;
        for (layer, (seat, kind), current) in needs {
            let Some(publisher) = self.key(PeerId { call, seat }) else {
                continue;
            };
            let track = self.peer(publisher).track(kind);
            let epoch = track.map(|track| track.layers[layer].epoch);
            if current.is_none() || current != epoch {
                self.request_keyframe(publisher, kind, layer);
            }
        }
    }

    /// What a receiver shows and could get now, in its order, with the slots it is shown in.
    fn wishes(&mut self, key: Key) -> (Vec<usize>, Vec<Wish>) {
        let now = self.now;
        let peer = self.peer(key);
        let call = peer.id.call;
        let shown: Vec<_> = peer
            .view
            .iter()
            .filter_map(|tile| {
                let source = (tile.seat, TrackKind::of(tile.source));
                let slot = peer
                    .video
                    .iter()
                    .position(|slot| slot.source == Some(source))?;
                let shown = &peer.video[slot];
                let current = shown.current.filter(|_| shown.still.is_none());
                Some((slot, source, tile.height, current))
            })
            .collect();
        let (mut slots, mut wishes) = (Vec::new(), Vec::new());
        for (slot, (seat, kind), height, current) in shown {
            let publisher = self.key(PeerId { call, seat });
            let track = publisher.and_then(|key| self.peers[key].as_mut()?.track_mut(kind));
            let Some(track) = track else { continue };
            let layers = track.offered(now);
            if layers.is_empty() {
                continue;
            }
            let current = track
                .layers
                .iter()
                .position(|layer| Some(layer.epoch) == current);
            slots.push(slot);
            wishes.push(Wish {
                layers,
                height,
                current,
            });
        }
        (slots, wishes)
    }

    /// Every tenth of a second, for each peer.
    pub(crate) fn tick(&mut self, key: Key) {
        let now = self.now;
        self.forget_packets(key);
        let peer = self.peer_mut(key);
        let voices = peer.audio.iter().filter(|slot| slot.source.is_some());
        let (voices, pictures) = (voices.count(), !peer.video.is_empty());
        if let Some(downlink) = Connection::downlink_of(&mut peer.connection) {
            downlink.tick(now, voices, pictures);
        }
        self.reallocate(key);
        self.release_stills(key);
        self.tell_slots(key);
        self.tell_voice(key);
        self.retry_keyframe_requests(key);
        self.report(key);
    }

    /// Lets go of what nobody will ask a publisher's tracks for any more.
    fn forget_packets(&mut self, publisher: Key) {
        let now = self.now;
        for kind in TrackKind::ALL {
            let track = self.peer(publisher).track(kind);
            let receivers = track.into_iter().flat_map(|track| &track.subscribers);
            let kept_for = kept_for(receivers.map(|receiver| self.round_trip(receiver.peer)));
            let track = self.peer_mut(publisher).track_mut(kind);
            for layer in track.into_iter().flat_map(|track| &mut track.layers) {
                layer.store.forget(now, kept_for);
            }
        }
    }

    fn round_trip(&self, receiver: Key) -> Option<Duration> {
        let connection = self.peers[receiver].as_ref()?.connection.as_ref()?;
        connection.downlink.as_ref()?.estimator.round_trip()
    }

    pub(crate) fn tell_slots(&mut self, key: Key) {
        let peer = self.peer_mut(key);
        if peer.connection.is_none() {
            return;
        }
        let slots = (peer.audio_slots(), peer.video_slots());
        if peer.told.as_ref() != Some(&slots) {
            peer.told = Some(slots.clone());
            let (audio, video) = slots;
            let output = Output::Event(peer.id, Event::Slots { audio, video });
            self.out.push_back(output);
        }
    }
}

impl Peer {
    /// `sources`: for each kind of track, whose are on, and for whom.
    fn assign(&mut self, sources: &[Vec<(SeatId, Audience)>; TrackKind::ALL.len()]) {
        let own = self.id.seat;
        let may_get = |(seat, audience): &(SeatId, Audience)| *seat != own && audience.has(own);
        let heard = &sources[TrackKind::Microphone as usize];
        let voices = heard.iter().filter(|source| may_get(source));
        let voices: Vec<_> = voices
            .map(|(seat, _)| (*seat, TrackKind::Microphone))
            .collect();
        fill(&mut self.audio, &voices);

        let is_there = |tile: &&Tile| {
            let of_kind = &sources[TrackKind::of(tile.source) as usize];
            let source = of_kind.iter().find(|(seat, _)| *seat == tile.seat);
            source.is_some_and(may_get)
        };
        let shown = self.view.iter().filter(is_there);
        let mut pictures: Vec<_> = shown.map(|t| (t.seat, TrackKind::of(t.source))).collect();
        // More than there are transceivers: the least important are not shown.
        pictures.truncate(self.video.len());
        fill(&mut self.video, &pictures);
    }

    fn audio_slots(&self) -> Vec<AudioSlot> {
        let taken = self
            .audio
            .iter()
            .filter_map(|slot| Some((slot, slot.source?)));
        taken
            .map(|(slot, (seat, _))| AudioSlot {
                mid: slot.egress.mid().to_string(),
                seat,
            })
            .collect()
    }

    fn video_slots(&self) -> Vec<VideoSlot> {
        let taken = self
            .video
            .iter()
            .filter_map(|slot| Some((slot, slot.source?)));
        taken
            .map(|(slot, (seat, kind))| VideoSlot {
                mid: slot.egress.mid().to_string(),
                seat,
                source: match kind {
                    TrackKind::Screen => Source::Screen,
                    _ => Source::Camera,
                },
                paused: slot.still.is_some(),
            })
            .collect()
    }
}

/// Frees slots of what is no longer wanted, then gives what is new a free one.
fn fill(slots: &mut [Slot], wanted: &[(SeatId, TrackKind)]) {
    for slot in slots.iter_mut() {
        if slot.source.is_some_and(|source| !wanted.contains(&source)) {
            slot.assign(None);
        }
    }
    for &source in wanted {
        if slots.iter().any(|slot| slot.source == Some(source)) {
            continue;
        }
        if let Some(slot) = slots.iter_mut().find(|slot| slot.source.is_none()) {
            slot.assign(Some(source));
        }
    }
}

impl Track {
    fn new(mid: Mid, rids: &[String]) -> Self {
        let layers = match rids {
            [] => vec![Layer::new(None, 720)],
            rids => rids
                .iter()
                .enumerate()
                .map(|(index, rid)| Layer::new(Some(Rid::from(rid.as_str())), 180 << index))
                .collect(),
        };
        Self {
            mid,
            layers,
            subscribers: Vec::new(),
        }
    }

    /// Layers that are being sent, from low to high.
    fn offered(&mut self, now: std::time::Instant) -> Vec<Offered> {
        let mut offered: Vec<_> = self
            .layers
            .iter_mut()
            .enumerate()
            .filter(|(_, layer)| layer.is_live(now))
            .map(|(index, layer)| Offered {
                layer: index,
                height: layer.height,
                bitrate: layer.cost(now),
            })
            .collect();
        offered.sort_by_key(|offered| offered.height);
        offered
    }
}
