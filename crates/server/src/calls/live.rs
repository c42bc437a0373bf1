//! The task of one call: feeds `call::Call`, makes its changes durable, then acts on the rest.
//!
//! Each input is one step: copy the call, let it handle the input, drain it, commit every change in
//! one transaction, and only then send, close and command media. If the commit fails the copy takes
//! its place: nothing was changed, and whoever asked is told so. What only passes changes nothing and
//! takes a shorter way ([`passing`]).

mod media;
mod mirror;
mod passing;

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use call::{Call, Change, Output, SessionId};
use clock::Clock;
use protocol::{
    CallId, CircleId, ClientMessage, ErrorCode, ErrorMessage, SeatId, SecretHash, ServerMessage,
    http::{CallDetail, SeatToken},
};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::{Instant, sleep_until},
};

pub(super) use mirror::MIRRORS_MAX;

use super::{Act, Outbox, outbox::Written, refused};
use crate::{
    media::{Media, MediaEvent},
    metrics as figures,
    store::{SeatLink, SharedStore, StoreError, Version},
};

/// Media events waiting for the task, of all its seats.
const EVENTS_MAX: usize = 1024;
/// How long a call without connections and without a deadline stays in memory.
const IDLE: Duration = Duration::from_secs(60);
/// After storage failed, how long until what must happen is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// What the task of a call is told.
pub(crate) enum Input {
    /// A connection whose token was found good.
    Connect {
        session: SessionId,
        link: SeatLink,
        holder: SecretHash,
        outbox: Outbox,
    },
    /// Everything after `hello`.
    Message {
        session: SessionId,
        message: ClientMessage,
    },
    /// What was said to a client has not reached it yet, or has.
    Backlog {
        session: SessionId,
        backlog: sfu::Backlog,
    },
    /// The connection is gone.
    Disconnect { session: SessionId },
    /// The convener looks.
    Detail(oneshot::Sender<CallDetail>),
    /// The convener acts.
    Act(Act, oneshot::Sender<Result<(), ErrorMessage>>),
    /// An act that was handed to a task that ended; answered so.
    Forgotten(oneshot::Sender<Result<(), ErrorMessage>>),
    /// The server stops.
    Stop(oneshot::Sender<()>),
}

/// Who is told if a step fails.
enum Cause {
    Session {
        session: SessionId,
        /// The kind of message it answers, and the circle that is about.
        answering: Option<(&'static str, Option<CircleId>)>,
    },
    Convener,
    Nobody,
}

/// What goes into the same transaction as the changes of a step.
enum Along<'a> {
    Nothing,
    /// A new link.
    Link(&'a SeatToken),
    /// The end of everything that is stored of the call.
    Deletion,
}

/// What all calls share.
pub(super) struct Surroundings {
    pub(super) store: SharedStore,
    pub(super) media: Media,
    /// Room for those who measure their network.
    pub(super) mirror_places: Arc<Semaphore>,
    pub(super) clock: Clock,
}

struct Live {
    id: CallId,
    call: Call,
    /// Of what is stored, if nobody but this task writes.
    version: Version,
    clock: Clock,
    store: SharedStore,
    media: Media,
    events: mpsc::Sender<(u64, MediaEvent)>,
    /// Counts the times a seat joined the media path: an event of an earlier time is for nobody.
    joins: u64,
    joined: HashMap<SeatId, u64>,
    /// By the number of their joining.
    mirrors: HashMap<u64, mirror::Mirror>,
    mirror_places: Arc<Semaphore>,
    sessions: HashMap<SessionId, (SeatId, Outbox)>,
    /// Which connection sits on a seat: the last of its connections that was sent `seated`.
    sitting: HashMap<SeatId, SessionId>,
    /// Connections that what was said has not reached yet.
    backlogs: HashMap<SessionId, sfu::Backlog>,
    /// Connections that went while storage failed; the call must still hear of it.
    owed: Vec<SessionId>,
    not_before: Option<Instant>,
    /// What is stored is not what this task knows: it must end, and the call be read anew.
    outdated: bool,
}

enum Flow {
    Go,
    End,
}

/// Runs a call until the server stops, the call is deleted, nobody needs it for a while, or what is stored
/// of it is no longer what this task knows.
pub(super) async fn run(
    id: CallId,
    version: Version,
    call: Call,
    surroundings: Surroundings,
    mut inputs: mpsc::Receiver<Input>,
) {
    let (events, mut arriving) = mpsc::channel(EVENTS_MAX);
    let (sessions, sitting) = (HashMap::new(), HashMap::new());
    let Surroundings {
        store,
        media,
        mirror_places,
        clock,
    } = surroundings;
    let mut live = Live {
        id,
        call,
        version,
        clock,
        store,
        media,
        events,
        joins: 0,
        joined: HashMap::new(),
        mirrors: HashMap::new(),
        mirror_places,
        sessions,
        sitting,
        backlogs: HashMap::new(),
        owed: Vec::new(),
        not_before: None,
        outdated: false,
    };
    figures::call_started();
    loop {
        let (wake, idle) = live.wake();
        tokio::select! {
            input = inputs.recv() => match input {
                Some(input) => if let Flow::End = live.handle(input).await { break },
                None => break,
            },
            Some((join, event)) = arriving.recv() => live.media_event(join, event),
            () = sleep_until(wake) => {
                if idle {
                    break;
                }
                live.timeout().await;
            }
        }
        if live.outdated {
            break;
        }
    }
    live.leave_all();
    figures::call_stopped();
}

impl Live {
    /// When to act without input, and whether that act is to end.
    fn wake(&self) -> (Instant, bool) {
        let now = Instant::now();
        let deadline = self.call.poll_timeout().map(|at| {
            // At most a minute at a time: tokio's clock stands still while the machine sleeps.
            now + Duration::from_millis(at.saturating_sub(self.clock.now_ms())).min(IDLE)
        });
        match (self.not_before, deadline) {
            (Some(retry), _) => (retry, false),
            (None, Some(deadline)) => (deadline, false),
            (None, None) => (now + IDLE, self.sessions.is_empty()),
        }
    }

    async fn handle(&mut self, input: Input) -> Flow {
        match input {
            Input::Connect {
                session,
                link: SeatLink { seat, link, grant },
                holder,
                outbox,
            } => {
                self.sessions.insert(session, (seat, outbox));
                let cause = Cause::Session {
                    session,
                    answering: Some(("hello", None)),
                };
                let connect = |call: &mut Call, now| {
                    call.handle_connect(now, session, seat, link, grant, holder);
                };
                if self.step(cause, Along::Nothing, connect).await.is_err() {
                    self.close(session);
                }
            }
            Input::Message { session, message } => self.message(session, &message).await,
            Input::Backlog { session, backlog } => self.note_backlog(session, backlog),
            Input::Disconnect { session } => self.disconnect(session).await,
            Input::Detail(answer) => drop(answer.send(self.call.detail())),
            Input::Act(act, answer) => {
                let delete = matches!(act, Act::Delete);
                let done = self.act(act).await;
                let flow = if delete && done.is_ok() {
                    Flow::End
                } else {
                    Flow::Go
                };
                drop(answer.send(done));
                return flow;
            }
            Input::Forgotten(answer) => {
                let error = ErrorMessage::new(ErrorCode::Internal, "It was not done; try again.");
                drop(answer.send(Err(error)));
            }
            Input::Stop(stopped) => {
                self.go_away();
                // Nobody waits any more: the server was in a hurry.
                let _ = stopped.send(());
                return Flow::End;
            }
        }
        Flow::Go
    }

    async fn message(&mut self, session: SessionId, message: &ClientMessage) {
        if !self.sessions.contains_key(&session) {
            return; // The call closed it while this was on its way.
        }
        if let ClientMessage::Passing { group, sealed } = message
            && self.pass(session, *group, sealed)
        {
            return;
        }
        let cause = Cause::Session {
            session,
            answering: Some((message.kind(), message.circle())),
        };
        // Whoever caused a failure was told; the connection stays.
        let _ = self
            .step(cause, Along::Nothing, |call, now| {
                call.handle_message(now, session, message)
            })
            .await;
    }

    async fn disconnect(&mut self, session: SessionId) {
        if self.sessions.remove(&session).is_none() {
            return; // The call closed it itself and knows.
        }
        self.sitting.retain(|_, sitting| *sitting != session);
        self.backlogs.remove(&session);
        self.tell_gone(session).await;
    }

    /// The call hears that a connection went; if that cannot be stored now, later.
    async fn tell_gone(&mut self, session: SessionId) {
        let disconnect = |call: &mut Call, now| call.handle_disconnect(now, session);
        let told = self.step(Cause::Nobody, Along::Nothing, disconnect).await;
        if told.is_err() {
            self.owed.push(session);
        }
    }

    async fn timeout(&mut self) {
        self.not_before = None;
        for session in std::mem::take(&mut self.owed) {
            self.tell_gone(session).await;
        }
        let now = self.clock.now_ms();
        if self.call.poll_timeout().is_some_and(|at| at <= now) {
            // If it fails, `not_before` brings it back.
            let _ = self
                .step(Cause::Nobody, Along::Nothing, |call, now| {
                    call.handle_timeout(now);
                })
                .await;
        }
    }

    async fn act(&mut self, act: Act) -> Result<(), ErrorMessage> {
        match act {
            Act::End => {
                let end = |call: &mut Call, now| call.end(now);
                self.step(Cause::Convener, Along::Nothing, end).await
            }
            Act::Relink(token) => {
                let mut denied = None;
                let (seat, link) = (token.seat, token.link);
                let relink = |call: &mut Call, now| denied = call.relink(now, seat, link).err();
                // The call is asked on a copy first: a refused link must not leave its token.
                let mut trial = self.call.clone();
                if let Err(denial) = trial.relink(self.clock.now_ms(), seat, link) {
                    return Err(denial.into());
                }
                self.step(Cause::Convener, Along::Link(&token), relink)
                    .await?;
                denied.map_or(Ok(()), |denial| Err(denial.into()))
            }
            Act::Delete => {
                let end = |call: &mut Call, now| call.end(now);
                self.step(Cause::Convener, Along::Deletion, end).await
            }
        }
    }

    /// One step, as the module says. On failure the call is as before and the cause was told.
    async fn step(
        &mut self,
        cause: Cause,
        along: Along<'_>,
        handle: impl FnOnce(&mut Call, u64),
    ) -> Result<(), ErrorMessage> {
        self.call.tell_time(self.clock.ahead_ms());
        let before = self.call.clone();
        let now = self.clock.now_ms();
        let call = &mut self.call;
        if catch_unwind(AssertUnwindSafe(|| handle(call, now))).is_err() {
            figures::panicked();
            self.call = before;
            // A deadline whose handling fails must not be tried again at once, for ever.
            self.not_before = Some(Instant::now() + RETRY);
            let text = "A mistake in the server; nothing was changed. Tell its operator.";
            return Err(self.fail(cause, ErrorMessage::new(ErrorCode::Internal, text)));
        }
        let (changes, rest) = self.drain();
        if let Err(error) = self.keep(&changes, along).await {
            self.call = before;
            self.not_before = Some(Instant::now() + RETRY);
            if let StoreError::Overtaken | StoreError::Unknown(_) = error {
                // Nobody is told of the step, whoever caused it neither: all come back to what is stored.
                self.outdated = true;
                self.go_away();
                return Err(refused(&error));
            }
            return Err(self.fail(cause, refused(&error)));
        }
        self.carry_out(rest);
        Ok(())
    }

    async fn keep(&mut self, changes: &[Change], along: Along<'_>) -> Result<(), StoreError> {
        let started = std::time::Instant::now();
        let token = match along {
            Along::Nothing if changes.is_empty() => return Ok(()),
            Along::Nothing => None,
            Along::Link(token) => Some(token),
            Along::Deletion => {
                self.store.delete_call(self.id, self.version).await?;
                figures::committed(started.elapsed());
                return Ok(());
            }
        };
        let commit = self.store.commit(self.id, self.version, changes, token);
        self.version = commit.await?;
        figures::committed(started.elapsed());
        Ok(())
    }

    fn drain(&mut self) -> (Vec<Change>, Vec<Output>) {
        let (mut changes, mut rest) = (Vec::new(), Vec::new());
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::Persist(change) => changes.push(change),
                other => rest.push(other),
            }
        }
        (changes, rest)
    }

    fn fail(&self, cause: Cause, error: ErrorMessage) -> ErrorMessage {
        if let Cause::Session { session, answering } = cause {
            let error = match answering {
                Some(("hello", _)) => ErrorMessage {
                    fatal: true,
                    ..error.clone()
                }
                .answering("hello"),
                Some((kind, circle)) => ErrorMessage {
                    circle,
                    ..error.clone().answering(kind)
                },
                None => error.clone(),
            };
            self.send(session, &Written::new(ServerMessage::Error(error)));
        }
        error
    }

    fn carry_out(&mut self, outputs: Vec<Output>) {
        let mut written: Option<Written> = None;
        for output in outputs {
            match output {
                Output::Persist(_) => unreachable!("drain has put the changes aside"),
                Output::Send { session, message } => {
                    if matches!(message, ServerMessage::Seated { .. })
                        && let Some(&(seat, _)) = self.sessions.get(&session)
                    {
                        self.sitting.insert(seat, session);
                        self.tell_backlog(seat);
                    }
                    let written = match written.take() {
                        Some(same) if same.is(&message) => written.insert(same),
                        _ => written.insert(Written::new(message)),
                    };
                    self.send(session, written);
                }
                Output::Close { session } => self.close(session),
                Output::Media(command) => self.command(command),
            }
        }
    }

    fn send(&self, session: SessionId, written: &Written) {
        if let Some((_, outbox)) = self.sessions.get(&session) {
            outbox.send(written);
        }
    }

    fn close(&mut self, session: SessionId) {
        if let Some((_, outbox)) = self.sessions.remove(&session) {
            outbox.close();
        }
        self.sitting.retain(|_, sitting| *sitting != session);
        self.backlogs.remove(&session);
    }

    /// Tells everybody to come back, each a little later than the one before.
    fn go_away(&mut self) {
        let sessions: Vec<_> = self.sessions.keys().copied().collect();
        for (session, place) in sessions.into_iter().zip(0u32..) {
            let retry_after_ms = 1_000 + (place % 32) * 50;
            self.send(
                session,
                &Written::new(ServerMessage::GoingAway { retry_after_ms }),
            );
            self.close(session);
        }
    }
}
