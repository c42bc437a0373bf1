//! The calls of this server: finds the task that runs a call, starting it from the store if needed.
//!
//! Every call with something to do has one task ([`live`]), the only owner of its `call::Call`. The
//! task of a call nobody uses ends by itself; all it knew is in the store. Who only looks starts none,
//! and who asks for one was checked before. Leaves to `signal` how messages travel, to `http` who may
//! convene.

mod convening;
mod live;
mod outbox;
mod refusal;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use call::{Call, SessionId, Stored};
use protocol::{CallId, ErrorCode, ErrorMessage, http::SeatToken};
use tokio::sync::{Semaphore, mpsc, oneshot};

pub(crate) use live::Input;
pub(crate) use outbox::{Form, Outbox, Outgoing, Queue, outbox};
pub(crate) use refusal::refused;

use clock::Clock;

use crate::{
    media::Media,
    store::{ConvenerId, SharedStore, StoreError},
};

/// Inputs waiting for a call's task. When it is full, the sessions of that call wait.
const INPUTS_MAX: usize = 256;

/// All calls. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Calls {
    inner: Arc<Inner>,
}

struct Inner {
    store: SharedStore,
    media: Media,
    live: Mutex<HashMap<CallId, Arc<Place>>>,
    sessions: AtomicU64,
    /// Room for those who measure their network.
    mirror_places: Arc<Semaphore>,
    clock: Clock,
    /// Since when admitted seats that have not come back are lost, by that clock.
    started_at: u64,
}

/// Where the task of one call is found. Locked while it is started, so that there is never a second one;
/// other calls need not wait for that.
type Place = tokio::sync::Mutex<Option<Handle>>;

/// Reaches the task of one call.
#[derive(Clone)]
pub(crate) struct Handle {
    inputs: mpsc::Sender<Input>,
}

/// What a convener does to a call.
pub(crate) enum Act {
    /// Ends it for everybody.
    End,
    /// Gives a seat a new link.
    Relink(SeatToken),
    /// Ends it and forgets it.
    Delete,
}

impl Calls {
    pub(crate) fn new(store: SharedStore, media: Media, clock: Clock) -> Self {
        let (live, sessions) = (Mutex::default(), AtomicU64::new(1));
        Self {
            inner: Arc::new(Inner {
                store,
                media,
                live,
                sessions,
                mirror_places: Arc::new(Semaphore::new(live::MIRRORS_MAX)),
                started_at: clock.now_ms(),
                clock,
            }),
        }
    }

    /// The clock of this server.
    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// A number no other connection has had since the process began.
    pub(crate) fn next_session(&self) -> SessionId {
        SessionId(self.inner.sessions.fetch_add(1, Ordering::Relaxed))
    }

    /// The call of this id, its task running. For those whose link or key was found good: it makes the
    /// server read the whole call.
    pub(crate) async fn find(&self, id: CallId) -> Result<Option<Handle>, StoreError> {
        let place = self.place(id);
        let mut place = place.lock().await;
        if let Some(handle) = place.as_ref().filter(|handle| handle.runs()) {
            return Ok(Some(handle.clone()));
        }
        let Some(stored) = self.inner.store.call(id).await? else {
            return Ok(None);
        };
        let (version, call) = (stored.version, self.restored(stored.rows));
        let (inputs, receiver) = mpsc::channel(INPUTS_MAX);
        let surroundings = live::Surroundings {
            store: self.inner.store.clone(),
            media: self.inner.media.clone(),
            mirror_places: self.inner.mirror_places.clone(),
            clock: self.inner.clock.clone(),
        };
        tokio::spawn(live::run(id, version, call, surroundings, receiver));
        Ok(Some(place.insert(Handle { inputs }).clone()))
    }

    /// The place of this call; those of calls that ended are given up when a new one is made.
    fn place(&self, id: CallId) -> Arc<Place> {
        let mut live = self.live();
        if let Some(place) = live.get(&id) {
            return place.clone();
        }
        live.retain(|_, place| {
            let is_needed = |handle: &Option<Handle>| handle.as_ref().is_some_and(Handle::runs);
            // Who waits for it or holds it has it from here, so it must be the same for the next.
            Arc::strong_count(place) > 1 || place.try_lock().is_ok_and(|handle| is_needed(&handle))
        });
        live.entry(id).or_default().clone()
    }

    fn live(&self) -> MutexGuard<'_, HashMap<CallId, Arc<Place>>> {
        self.inner
            .live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn restored(&self, rows: Stored) -> Call {
        restored(rows, self.inner.started_at, &self.inner.clock)
    }

    /// Does what a convener asked for. `None`: no such call, or not theirs.
    pub(crate) async fn act(
        &self,
        id: CallId,
        convener: Option<ConvenerId>,
        act: Act,
    ) -> Result<Option<()>, ErrorMessage> {
        let mut act = Some(act);
        let done = self
            .ask(id, convener, |answer| match act.take() {
                Some(act) => Input::Act(act, answer),
                // The task ended before it took the act: it did nothing, and asking again would
                // need the act back. The convener is told to ask again.
                None => Input::Forgotten(answer),
            })
            .await?;
        done.transpose()
    }

    /// Asks the task of a call, once more if it was just ending for lack of things to do.
    async fn ask<T>(
        &self,
        id: CallId,
        convener: Option<ConvenerId>,
        mut input: impl FnMut(oneshot::Sender<T>) -> Input,
    ) -> Result<Option<T>, ErrorMessage> {
        if !self.may_see(id, convener).await? {
            return Ok(None);
        }
        for _ in 0..2 {
            let Some(handle) = self.find(id).await.map_err(|e| refused(&e))? else {
                return Ok(None);
            };
            let (sender, answer) = oneshot::channel();
            if handle.inputs.send(input(sender)).await.is_ok()
                && let Ok(answer) = answer.await
            {
                return Ok(Some(answer));
            }
        }
        Err(ErrorMessage::new(
            ErrorCode::Internal,
            "The call did not answer; try again.",
        ))
    }

    /// Tells every seat of every call to come back later, and waits until the tasks have ended.
    pub(crate) async fn stop(&self, longest: Duration) {
        let places: Vec<_> = self.live().drain().collect();
        let asked = places.into_iter().map(|(_, place)| async move {
            let handle = place.lock().await.take();
            let (sender, answer) = oneshot::channel();
            // Errors mean that the task is gone: that is what is waited for.
            if let Some(handle) = handle
                && handle.send(Input::Stop(sender)).await
            {
                let _ = answer.await;
            }
        });
        let all = futures_util::future::join_all(asked);
        if tokio::time::timeout(longest, all).await.is_err() {
            tracing::warn!("some calls did not stop in time");
        }
    }
}

impl Handle {
    /// Hands an input to the task; `false` if the task has ended.
    pub(crate) async fn send(&self, input: Input) -> bool {
        self.inputs.send(input).await.is_ok()
    }

    fn runs(&self) -> bool {
        !self.inputs.is_closed()
    }
}

/// A call from its rows. Its admitted seats are lost since the server started: one that was not here
/// since is long gone, and does not come back to life because somebody looks at the call.
///
/// What is stored has times of day, by a clock that may have been wrong or set since: no duration is
/// counted from one.
fn restored(rows: Stored, started_at: u64, clock: &Clock) -> Call {
    let mut call = Call::restore(rows, started_at);
    call.tell_time(clock.ahead_ms());
    call.handle_timeout(clock.now_ms());
    call
}

#[cfg(test)]
mod tests {
    use call::{CallRecord, GRACE_MS, SeatRecord};
    use protocol::{
        DelegationId, Sealed, SeatId, SecretHash,
        shape::{SeatShape, UnverifiedShape},
        types::{Presence, SeatKind},
    };

    use super::*;

    fn stored() -> Stored {
        let host = |id| SeatShape {
            id: SeatId(id),
            delegation: DelegationId(1),
            kind: SeatKind::Principal,
            host: true,
        };
        let shape = UnverifiedShape {
            format: Default::default(),
            rehearsal: false,
            starts_at_ms: None,
            minutes: None,
            seats: vec![host(1), host(2)],
        };
        let admitted = SeatRecord {
            seat: SeatId(1),
            link: 1,
            admitted: true,
            removed: false,
            holder: Some(SecretHash::from_bytes([1; 32])),
        };
        Stored {
            shape: shape
                .verify(CallId::from_bytes([7; 16]))
                .unwrap_or_else(|e| panic!("{e}")),
            plan: Some(Sealed::from_bytes(b"plan")),
            convened_at: 1,
            record: CallRecord::default(),
            seats: vec![admitted],
            entries: Vec::new(),
        }
    }

    #[test]
    fn a_seat_long_gone_is_not_lost_again_when_its_call_is_read_again() {
        let clock = Clock::system();
        let now = clock.now_ms();
        let presence = |started| restored(stored(), started, &clock).detail().statuses[0].presence;
        assert_eq!(presence(now - 1_000), Presence::Lost);
        assert_eq!(presence(now - GRACE_MS), Presence::Absent);
        for set in [60_000, 11 * 60_000, -60_000, -11 * 60_000] {
            clock.set_ahead(set);
            assert_eq!(presence(now - 1_000), Presence::Lost, "set by {set}");
            assert_eq!(presence(now - GRACE_MS), Presence::Absent, "set by {set}");
        }
    }
}
