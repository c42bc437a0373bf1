//! One client's side of a sealed call: the groups it is in, the keys of its frames, who is who. Sans-IO: give it
//! every message of the server, the time, and what the person does; drain [`Session::poll_output`]
//! after each. `now` is milliseconds since 1970 and must not run backwards.
//!
//! - `client`: what all circles share: the connection, who sits where. `identity`: the own leaf, key packages.
//! - `circle`: one circle of the call, in one group at a time; all below is its own.
//! - `provider`: what OpenMLS works with. `membership`: the MLS group, all of OpenMLS's API.
//! - `committing`: when this client commits, and what. `knocks`: who asks in.
//! - `pulses`: heartbeats. `witnesses`: whether frames may leave. `manifest`: whose frames are whose. `told`: the own ones. `frames`: media keys by epoch; `counts`:
//!   how many opened, and why others did not.
//! - `acting`: what the person does. `exchange`: messages of the server. `outbox`: kept messages on their way. `placing`: getting a place in the group and losing it.
//!   `epochs`: from commit to commit. `check`: the words. `view`: what a screen shows.
//!
//! It fails closed: without a group, without the answer of one who leads it (or of enough others, where there is
//! none), after 15 s without one, nothing is sealed; what does not open, or is not what its sender says it sent, is not given out.

mod acting;
mod check;
mod circle;
mod client;
mod committing;
mod counts;
mod epochs;
mod exchange;
#[cfg(feature = "forge")]
pub mod forge;
mod frames;
mod identity;
mod knocks;
mod manifest;
mod membership;
mod outbox;
mod placing;
mod provider;
mod pulses;
mod terms;
mod told;
mod view;
mod witnesses;

use std::{collections::BTreeMap, sync::Arc};

use protocol::{CircleId, ClientMessage, ServerMessage};

use crate::media::{envelope::Kind, kid::Stream, open::peek};
use circle::Circle;
use client::Client;
use exchange::Concerned;
use identity::{Identity, OwnLeaf};

pub use counts::{FrameCounts, RefusedFrames};
pub use identity::Candidate;
pub use terms::{
    Act, ActError, Counters, FrameRefused, Memory, NotSent, OpenedFrame, Output, Remembered,
    SessionError, Stage, TextMessage, UNPROVEN_MS,
};
pub use view::{
    CheckView, CircleView, Claim, ClaimProblem, MemberState, MemberView, People, Problem,
    ProblemKind, Sending, UnsentText, View,
};

/// [`Session::poll_timeout`] asks to be called this often.
const TICK_MS: u64 = 100;

/// One client's side of a sealed call.
pub struct Session {
    client: Client,
    table: Circle,
    /// The others this client has joined.
    circles: BTreeMap<CircleId, Circle>,
    /// Of circles that it may join.
    remembered: BTreeMap<CircleId, Remembered>,
    ticked_at: u64,
}

impl Candidate {
    /// The session, once the device key has signed [`Candidate::to_sign`].
    pub fn into_session(
        self,
        now: u64,
        device_signature: [u8; 64],
        memory: Memory,
    ) -> Result<Session, SessionError> {
        let me = self.into_identity(device_signature)?;
        Ok(Session::new(now, me, memory))
    }
}

impl Session {
    fn new(now: u64, me: Identity, memory: Memory) -> Self {
        let me = Arc::new(me);
        let own = OwnLeaf::new(CircleId::TABLE, Arc::clone(&me));
        Self {
            client: Client::new(now, me),
            table: Circle::new(now, own, memory.table),
            circles: BTreeMap::new(),
            remembered: memory.circles,
            ticked_at: now,
        }
    }

    /// What code this client runs: a byte for its kind and 15 of a hash. Told in heartbeats; it shows
    /// an honest difference, not a lie.
    pub fn set_code(&mut self, code: [u8; 16]) {
        self.client.code = code;
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.client.outputs.pop_front()
    }

    /// When to call [`Session::handle_timeout`].
    pub fn poll_timeout(&self) -> u64 {
        self.ticked_at + TICK_MS
    }

    /// What to keep on disk.
    pub fn memory(&self) -> Memory {
        let mut circles = self.remembered.clone();
        let joined = self.circles.iter();
        circles.extend(joined.map(|(id, circle)| (*id, circle.memory.clone())));
        Memory {
            table: self.table.memory.clone(),
            circles,
        }
    }

    /// Things that should be rare.
    pub fn counters(&self) -> Counters {
        let circles = self.circles.values().map(|circle| circle.counters);
        circles.fold(self.table.counters, Counters::and)
    }

    /// Where this client is at the table.
    pub fn stage(&self) -> Stage {
        self.table.stage(&self.client)
    }

    /// The `enter` of this client: with a knock, unless it is a member still.
    pub fn enter(&mut self, now: u64) -> ClientMessage {
        let now = self.client.pass_to(now);
        self.client.leaving = false;
        for circle in self.circles.values_mut() {
            // Out of it because the person had left: it asks again.
            circle.expelled = false;
        }
        ClientMessage::Enter {
            knock: self.table.knock_at_the_door(now),
        }
    }

    /// Takes part in a circle beside the table, from now on: that of the own delegation.
    pub fn join_circle(&mut self, now: u64, circle: CircleId) -> Result<(), ActError> {
        let now = self.client.pass_to(now);
        if circle == CircleId::TABLE || !circle.takes(self.client.me.delegation()) {
            return Err(ActError::NoCircle);
        }
        if !self.circles.contains_key(&circle) {
            let own = OwnLeaf::new(circle, Arc::clone(&self.client.me));
            let memory = self.remembered.get(&circle).cloned().unwrap_or_default();
            let mut joined = Circle::new(now, own, memory);
            joined.log = self.client.log_of(circle);
            for (seat, knock) in self
                .client
                .knocks_before
                .remove(&circle)
                .unwrap_or_default()
            {
                joined.knocks.heard(now, &joined.me, seat, false, &knock);
            }
            self.circles.insert(circle, joined);
            self.settle();
        }
        Ok(())
    }

    /// The connection to the server broke.
    pub fn handle_disconnected(&mut self, now: u64) {
        self.client.pass_to(now);
        self.client.disconnected();
        for circle in self.all() {
            circle.disconnected();
        }
    }

    /// A message of the server; those that do not concern the sealing are ignored.
    pub fn handle_message(&mut self, now: u64, message: &ServerMessage) {
        self.client.pass_to(now);
        match self.take_message(message) {
            Concerned::Nobody => {}
            Concerned::All => self.settle(),
            Concerned::One(CircleId::TABLE) => {
                self.table.settle(&mut self.client);
                for circle in self.circles.values_mut() {
                    circle.follow_table(&self.client, &self.table);
                }
            }
            Concerned::One(id) => {
                if let Some((client, circle)) = self.circle(id) {
                    circle.settle(client);
                }
            }
        }
    }

    /// Time passes.
    pub fn handle_timeout(&mut self, now: u64) {
        self.ticked_at = self.client.pass_to(now);
        let Self {
            client,
            table,
            circles,
            ..
        } = self;
        table.handle_timeout(client);
        for circle in circles.values_mut() {
            circle.follow_table(client, table);
            circle.handle_timeout(client);
        }
    }

    /// Seals a frame for the table. An error means: drop it.
    pub fn seal(
        &mut self,
        now: u64,
        stream: Stream,
        layer: u8,
        key: bool,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotSent> {
        self.seal_for(now, CircleId::TABLE, (stream, layer), key, frame)
    }

    /// Seals a frame for a circle. An error means: drop it.
    pub fn seal_for(
        &mut self,
        now: u64,
        circle: CircleId,
        (stream, layer): (Stream, u8),
        key: bool,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotSent> {
        self.client.pass_to(now);
        let (client, circle) = self.circle(circle).ok_or(NotSent::NotAMember)?;
        circle.seal(client, (stream, layer), key, frame)
    }

    /// Opens a frame that arrived, with the keys of the circle it says. An error means: drop it (or hold it for a
    /// while, if it is [`FrameRefused::Later`] or [`FrameRefused::Unproven`]).
    pub fn open(
        &mut self,
        now: u64,
        kind: Kind,
        bytes: &[u8],
    ) -> Result<OpenedFrame, FrameRefused> {
        self.client.pass_to(now);
        // What cannot be read at all is the table's to count.
        let circle = peek(kind, bytes).map_or(CircleId::TABLE, |kid| kid.circle());
        if let Some((client, circle)) = self.circle(circle) {
            return circle.open(client, kind, bytes);
        }
        self.table.frames.counts.refuse(FrameRefused::NotAMember);
        Err(FrameRefused::NotAMember)
    }

    /// The table first.
    fn all(&mut self) -> impl Iterator<Item = &mut Circle> {
        std::iter::once(&mut self.table).chain(self.circles.values_mut())
    }

    /// This circle, with what it needs.
    fn circle(&mut self, id: CircleId) -> Option<(&mut Client, &mut Circle)> {
        let circle = match id {
            CircleId::TABLE => Some(&mut self.table),
            other => self.circles.get_mut(&other),
        };
        circle.map(|circle| (&mut self.client, circle))
    }

    /// After any input: each circle does what is due.
    fn settle(&mut self) {
        let Self {
            client,
            table,
            circles,
            ..
        } = self;
        table.settle(client);
        for circle in circles.values_mut() {
            circle.follow_table(client, table);
            circle.settle(client);
        }
    }
}

#[cfg(test)]
impl Session {
    /// A knock at the door of a circle, whether this seat may be in it or not.
    fn knock_for(&self, circle: CircleId) -> protocol::Sealed {
        let own = OwnLeaf::new(circle, Arc::clone(&self.client.me));
        own.knock().ok().unwrap()
    }
}

#[cfg(test)]
mod tests;
