//! Driving one peer's connection: offers, datagrams, time, and the wall that keeps its trouble its
//! own.

use std::{
    cmp::Reverse,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use crate::{
    connection::{Broken, Connection, Happening, OfferError},
    demux::{self, Tuple},
    offer::Layout,
    output::{Event, Output},
    peer::{Key, Peer},
    sfu::Sfu,
};

/// Reports, checks and ticks may be late by so much.
const SLACK: Duration = Duration::from_millis(5);
/// Without peers.
const IDLE: Duration = Duration::from_secs(60);

impl Sfu {
    /// Does something for one peer. `None` if that panicked, which is counted and never ends others.
    pub(crate) fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(|| work(self)));
        self.figures.panics += u64::from(done.is_err());
        done.ok()
    }

    pub(crate) fn negotiate(
        &mut self,
        key: Key,
        generation: u32,
        sdp: &str,
    ) -> Result<String, &'static str> {
        let peer = self.peers[key]
            .as_mut()
            .expect("keys are of peers that are there");
        let layout = Layout::read(sdp, peer.can_publish)?;
        let current = peer.connection.as_ref().map(|c| c.generation);
        if current.is_some_and(|current| generation < current) {
            return Err("A newer connection is in use.");
        }
        let answer = if current == Some(generation) {
            let connection = peer.connection.as_mut().expect("it has a generation");
            if !self.demux.is_from(&connection.ufrag, &layout.remote_ufrag) {
                // New credentials would not say which unit they are of. Nor would they help: what is
                // lost with the network is back as soon with a new connection.
                return Err("Make a new connection instead of restarting ICE.");
            }
            connection.accept(sdp)
        } else {
            let mut connection = self.new_connection(generation);
            let answer = connection.accept(sdp);
            if answer.is_ok() {
                self.disconnect(key);
                self.peer_mut(key).connection = Some(Box::new(connection));
            }
            answer
        };
        let answer = answer.map_err(|error| match error {
            OfferError::Unusable => "The offer is not one this server can use.",
            OfferError::Panicked => {
                self.figures.panics += 1;
                "The server failed on this offer."
            }
        })?;
        self.lay_out(key, &layout);
        let peer = self.peers[key]
            .as_ref()
            .expect("keys are of peers that are there");
        let connection = peer.connection.as_ref().expect("it just answered");
        if self.demux.is_taken(&connection.ufrag) {
            // The same generation without ICE restart: credentials stay.
            return Ok(answer);
        }
        let (ufrag, password) = (&connection.ufrag, &connection.password);
        self.demux
            .expect(key, ufrag, password, &layout.remote_ufrag);
        Ok(answer)
    }

    fn new_connection(&self, generation: u32) -> Connection {
        let (addresses, mark) = (&self.config.addresses, demux::mark_of(self.config.unit));
        loop {
            let connection = Connection::new(self.now, generation, addresses, mark);
            if !self.demux.is_taken(&connection.ufrag) {
                return connection;
            }
        }
    }

    /// One input to a peer's connection, and all that follows.
    pub(crate) fn drive(&mut self, key: Key, datagram: Option<(Tuple, &[u8])>) {
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let was_dirty = std::mem::take(&mut peer.dirty);
        if was_dirty && datagram.is_some() {
            self.drive(key, None);
        }
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let Some(connection) = peer.connection.as_mut() else {
            return;
        };
        let mut happenings = std::mem::take(&mut self.spare);
        let panic_now = std::mem::take(&mut peer.panic_next);
        let mut driven = connection.drive(
            self.now,
            datagram,
            panic_now,
            &mut happenings,
            &mut self.out,
        );
        let handled = self.guarded(|sfu| {
            for happening in happenings.drain(..) {
                sfu.handle_happening(key, happening);
            }
            happenings
        });
        self.figures.panics += u64::from(matches!(driven, Err(Broken::Panicked)));
        match handled {
            Some(spare) => self.spare = spare,
            None => driven = Err(Broken::Panicked),
        }
        match driven {
            Ok(()) => self.schedule(key),
            Err(broken) => self.give_up(key, &broken),
        }
    }

    fn handle_happening(&mut self, key: Key, happening: Happening) {
        let id = self.peer(key).id;
        match happening {
            Happening::Packet(packet) => self.forward(key, &packet),
            Happening::KeyframeRequest(ssrc) => self.pass_on_keyframe_request(key, ssrc),
            Happening::Lost { ssrc, pairs } => self.send_again(key, ssrc, &pairs),
            Happening::Receives(ssrc, lost) => self.is_received(key, ssrc, lost),
            Happening::Connected => {
                self.out.push_back(Output::Event(id, Event::Connected));
                self.reallocate(key);
            }
            Happening::Disconnected => self.out.push_back(Output::Event(id, Event::Disconnected)),
        }
    }

    pub(crate) fn give_up(&mut self, key: Key, broken: &Broken) {
        let id = self.peer(key).id;
        let event = match broken {
            Broken::Failed => Event::Disconnected,
            Broken::Panicked => {
                tracing::error!(call = ?id.call, seat = %id.seat, "handling a peer panicked");
                // Its state cannot be trusted, so it gets no goodbye.
                let connection = self.peer_mut(key).connection.take();
                self.demux
                    .forget_ufrag(&connection.expect("it was being driven").ufrag);
                Event::Panicked
            }
        };
        self.disconnect(key);
        self.out.push_back(Output::Event(id, event));
        self.refresh(id.call);
    }

    /// Ends a peer's connection, if it has one, and forgets all that was negotiated on it.
    pub(crate) fn disconnect(&mut self, key: Key) {
        let peer = self.peer_mut(key);
        peer.dirty = false;
        peer.told = None;
        peer.narrow_voice = None;
        (peer.audio, peer.video) = (Vec::new(), Vec::new());
        peer.tracks = [None, None, None];
        if let Some(connection) = peer.connection.take() {
            self.demux.forget_ufrag(&connection.ufrag);
            connection.close(self.now, &mut self.out);
        }
    }

    /// When to wake at the latest. What is not urgent may be late by [`SLACK`]: where media flows
    /// something comes before, and what is due is done on the way.
    pub(crate) fn next_wake(&mut self) -> Instant {
        let (peers, mut soonest) = (&self.peers, None);
        self.urgent.retain(|&key| {
            let peer = peers[key].as_ref().filter(|peer| peer.is_urgent());
            let due = peer.and_then(Peer::due);
            soonest = due.into_iter().chain(soonest).min();
            due.is_some()
        });
        let next = self.timers.peek().map(|Reverse((at, _))| *at + SLACK);
        let idle = self.now + IDLE;
        next.into_iter().chain(soonest).min().unwrap_or(idle)
    }

    /// Puts a peer into the timer heap, unless it is there early enough. So each peer has few
    /// entries, however often its timeout changes.
    pub(crate) fn schedule(&mut self, key: Key) {
        let Some(peer) = self.peers[key].as_mut() else {
            return;
        };
        let Some(at) = peer.due() else {
            return;
        };
        if peer.is_urgent() && !self.urgent.contains(&key) {
            self.urgent.push(key);
        }
        if peer.scheduled.is_none_or(|scheduled| at < scheduled) {
            peer.scheduled = Some(at);
            self.timers.push(Reverse((at, key)));
        }
    }
}
