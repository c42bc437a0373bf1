//! Between what a participant says and shows, and the call's group: every server message goes through
//! the [`Session`], every frame that leaves was sealed by it, every frame that is shown was opened by
//! it. There is no other way through: see [`SealedFrame`] and [`OpenedFrame`]. A plain frame cannot be
//! sent, by its type:
//!
//! ```compile_fail,E0308
//! use participant::{frames::PlainFrame, media::Media};
//! fn send(media: &mut Media, frame: PlainFrame) {
//!     media.send(std::time::Instant::now(), frame);
//! }
//! ```
//!
//! Owns the session, the frames that wait for a key, and what an automatic participant does by itself
//! in the group. Without IO: takes `now`, gives [`Output`]s. Leaves the rest of the conversation to
//! [`crate::conversation`].

mod clock;
mod frames;
mod habits;
mod incoming;
mod member;

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::{CircleId, ClientMessage, Sealed, ServerMessage, shape::SeatShape};
use sealed::{
    media::kid,
    session::{self, Act, ActError, Memory, TextMessage, View},
};
use thiserror::Error;

use self::{clock::Clock, incoming::Incoming, member::Member};
pub use self::{
    frames::{OpenedFrame, SealedFrame},
    habits::Habits,
    incoming::Arrived,
    member::{Machine, SealingError},
};
use crate::{
    frames::{PlainFrame, UnverifiedFrame},
    picture::Plate,
};

/// What to do because of something that was handled.
pub enum Output {
    /// Send to the server.
    Send(ClientMessage),
    /// A frame that had to wait has opened.
    Frame(OpenedFrame),
    /// Somebody wrote.
    Text(TextMessage),
    /// The group, or what is known of its members, has changed: [`Sealing::view`].
    View,
    /// [`Sealing::memory`] is to be kept.
    Memory,
}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum ActRefused {
    /// There is no welcome from the server yet.
    #[error("not welcomed yet")]
    NotWelcomed,
    /// The group does not allow it now.
    #[error(transparent)]
    Group(#[from] ActError),
    /// The participant has ended.
    #[error("the participant has gone")]
    Gone,
}

/// One participant's way into the group.
pub struct Sealing {
    machine: Machine,
    clock: Clock,
    habits: Habits,
    member: Option<Member>,
    view: Option<Arc<View>>,
    /// When the session wants the time.
    due: Option<Instant>,
    incoming: Incoming,
    /// The circle for which voices are sealed.
    speaks_to: CircleId,
    /// Frames not sealed, so not sent.
    unsent: u64,
    outputs: VecDeque<Output>,
}

/// A frame for the network, and whether its receivers lack one they can begin with.
pub struct Sent {
    /// To be cut into packets.
    pub frame: SealedFrame,
    /// It is the first under its key and not a key frame: newcomers cannot begin with it.
    pub key_frame_wanted: bool,
}

impl Sealing {
    /// A machine before its first welcome. `start_ms` is the time of day at `start`.
    pub fn new((start, start_ms): (Instant, u64), machine: Machine, habits: Habits) -> Self {
        Self {
            machine,
            clock: Clock::new(start, start_ms),
            habits,
            member: None,
            view: None,
            due: None,
            incoming: Incoming::default(),
            speaks_to: CircleId::TABLE,
            unsent: 0,
            outputs: VecDeque::new(),
        }
    }

    /// The server said something; all it says goes through here.
    pub fn handle_message(
        &mut self,
        now: Instant,
        message: &ServerMessage,
    ) -> Result<(), SealingError> {
        if let ServerMessage::Welcome { seat, grant, .. } = message {
            self.be_welcomed(now, *seat, grant)?;
        }
        let ms = self.clock.ms(now);
        if let Some(member) = &mut self.member {
            member.session.handle_message(ms, message);
        }
        self.settle(now);
        Ok(())
    }

    /// The signalling connection broke. The place in the group stays.
    pub fn handle_broken(&mut self, now: Instant) {
        let ms = self.clock.ms(now);
        if let Some(member) = &mut self.member {
            member.session.handle_disconnected(ms);
        }
        self.settle(now);
    }

    /// The machine slept for so long: no [`Instant`] says so, and whatever was fresh before is old.
    pub fn handle_sleep(&mut self, now: Instant, slept: Duration) {
        self.clock.slept(slept);
        let ms = self.clock.ms(now);
        if let Some(member) = &mut self.member {
            member.session.handle_timeout(ms);
        }
        self.settle(now);
    }

    /// The time of [`Self::next_at`] has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.incoming.handle_timeout(now);
        if self.due.is_some_and(|at| at <= now)
            && let Some(member) = &mut self.member
        {
            member.session.handle_timeout(self.clock.ms(now));
            self.due = None;
        }
        if self.habits.next_at().is_some_and(|at| at <= now) {
            self.look(now);
        }
        self.settle(now);
    }

    /// When there is something to do even if nothing happens.
    pub fn next_at(&self) -> Option<Instant> {
        let times = [self.due, self.incoming.next_at(), self.habits.next_at()];
        times.into_iter().flatten().min()
    }

    /// The message that asks in; `None` before the first welcome.
    pub fn enter(&mut self, now: Instant) -> Option<ClientMessage> {
        let ms = self.clock.ms(now);
        let enter = self.member.as_mut().map(|m| m.session.enter(ms));
        self.settle(now);
        enter
    }

    /// Does something in the group of a circle.
    pub fn act_in(&mut self, now: Instant, circle: CircleId, act: Act) -> Result<(), ActRefused> {
        let ms = self.clock.ms(now);
        let member = self.member.as_mut().ok_or(ActRefused::NotWelcomed)?;
        let done = member.session.act_in(ms, circle, act);
        self.settle(now);
        Ok(done?)
    }

    /// Voices are for this circle from now on; nobody else can open them.
    pub fn speak_to(&mut self, circle: CircleId) {
        self.speaks_to = circle;
    }

    /// Seals a frame: pictures for the table, voices for whom this seat speaks to. `None` if it may not be sent, and
    /// then nothing may be in its place.
    pub fn seal(&mut self, now: Instant, frame: PlainFrame) -> Option<Sent> {
        let (stream, layer) = frame.stream.kid();
        let circle = match stream {
            kid::Stream::Microphone => self.speaks_to,
            kid::Stream::Camera | kid::Stream::Screen => CircleId::TABLE,
        };
        let ms = self.clock.ms(now);
        let sealed = self.member.as_mut().and_then(|member| {
            let of = (stream, layer);
            let sealed = (member.session).seal_for(ms, circle, of, frame.key, &frame.data);
            let bytes = sealed.ok()?;
            let first = member.is_first(frame.stream, &bytes);
            Some((bytes, first))
        });
        self.settle(now);
        let Some((bytes, first)) = sealed else {
            self.unsent += 1;
            return None;
        };
        Some(Sent {
            frame: SealedFrame::new(frame.stream, frame.time, bytes),
            key_frame_wanted: first && !frame.key && stream != kid::Stream::Microphone,
        })
    }

    /// Opens a frame from the network. Gives what is to be shown now, in order: nothing if it has to wait
    /// for its key or its proof; if it proves others that waited, those before it.
    pub fn open(&mut self, now: Instant, frame: UnverifiedFrame) -> Vec<OpenedFrame> {
        let at = (now, self.clock.ms(now));
        let opened = match &mut self.member {
            Some(member) => self.incoming.open(&mut member.session, at, frame),
            None => {
                self.incoming.drop_early(frame);
                None
            }
        };
        self.settle(now);
        let mut shown = self.take_released();
        if let Some(mut frame) = opened {
            self.incoming.pass_over(&mut frame);
            shown.push(frame);
        }
        shown
    }

    fn take_released(&mut self) -> Vec<OpenedFrame> {
        let (mut frames, mut rest) = (Vec::new(), VecDeque::new());
        for output in std::mem::take(&mut self.outputs) {
            match output {
                Output::Frame(frame) => frames.push(frame),
                other => rest.push_back(other),
            }
        }
        self.outputs = rest;
        frames
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether frames would be sealed now.
    pub fn may_send(&self) -> bool {
        let view = self.view.as_ref();
        view.is_some_and(|view| view.sending == session::Sending::Allowed)
    }

    /// What stands on the own nameplate: what the convener signed.
    pub fn plate(&self) -> Option<Plate> {
        self.member.as_ref().map(Member::plate)
    }

    /// The group as it is known now.
    pub fn view(&self) -> Option<&Arc<View>> {
        self.view.as_ref()
    }

    /// The words of the last check, and the digits.
    pub fn last_words(&self) -> Option<(Vec<String>, String)> {
        self.member.as_ref()?.session.last_words()
    }

    /// What is to be kept for the next load of this machine.
    pub fn memory(&self) -> Memory {
        let session = self.member.as_ref().map(|m| m.session.memory());
        session.unwrap_or_else(|| self.machine.memory.clone())
    }

    /// Frames that arrived so far.
    pub fn arrived(&self) -> &Arrived {
        &self.incoming.arrived
    }

    /// Frames that were not sealed so far, and so not sent.
    pub fn unsent(&self) -> u64 {
        self.unsent
    }

    /// The first welcome makes the leaf; later ones must say the same seat.
    fn be_welcomed(
        &mut self,
        now: Instant,
        seat: SeatShape,
        sealed: &Sealed,
    ) -> Result<(), SealingError> {
        if let Some(member) = &self.member {
            return member.must_be(seat);
        }
        let ms = self.clock.ms(now);
        let mut member = Member::new(&self.machine, seat, sealed, ms)?;
        if let Some(circle) = self.habits.circle_of(seat)
            && let Err(error) = member.session.join_circle(ms, circle)
        {
            tracing::debug!(%error, "it takes no part in its circle");
        }
        self.member = Some(member);
        self.look(now);
        Ok(())
    }

    /// Takes what the session has to say, until it says no more.
    fn settle(&mut self, now: Instant) {
        loop {
            let mut changed = false;
            while let Some(output) = self.member.as_mut().and_then(|m| m.session.poll_output()) {
                match output {
                    session::Output::Send(message) => self.push(Output::Send(message)),
                    session::Output::Text(text) => self.push(Output::Text(text)),
                    session::Output::MemoryChanged => self.push(Output::Memory),
                    session::Output::ViewChanged => changed = true,
                    session::Output::EpochChanged | session::Output::Proven => self.release(now),
                }
            }
            if !changed {
                break;
            }
            self.look(now);
        }
        self.set_timer();
    }

    /// A timer may only come nearer until it has fired: the session counts from the last call to it,
    /// and is called for every frame.
    fn set_timer(&mut self) {
        let wanted = self.member.as_ref().map(|m| m.session.poll_timeout());
        let wanted = wanted.and_then(|ms| self.clock.instant(ms));
        self.due = match (self.due, wanted) {
            (Some(due), Some(wanted)) => Some(due.min(wanted)),
            (due, wanted) => due.or(wanted),
        };
    }

    fn push(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    /// The group has changed: shows it, and does what is to be done of the own accord.
    fn look(&mut self, now: Instant) {
        let ms = self.clock.ms(now);
        let Some(member) = &mut self.member else {
            return;
        };
        let view = member.session.view();
        for (circle, act) in self.habits.look(now, &view) {
            if let Err(error) = member.session.act_in(ms, circle, act) {
                tracing::debug!(%error, "the group does not allow it now");
            }
        }
        self.incoming.follow(&view);
        self.view = Some(Arc::new(view));
        self.push(Output::View);
    }

    /// There are new keys or proofs: tries the frames that wait.
    fn release(&mut self, now: Instant) {
        let ms = self.clock.ms(now);
        let Some(member) = &mut self.member else {
            return;
        };
        let opened = self.incoming.release(&mut member.session, ms);
        self.outputs.extend(opened.into_iter().map(Output::Frame));
    }
}

#[cfg(test)]
mod tests;
