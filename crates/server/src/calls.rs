//! The calls of this server: finds the task that runs a call, starting it from the store if needed.
//!
//! Every call with something to do has one task ([`live`]), the only owner of its `call::Call`. The
//! task of a call nobody uses ends by itself; all it knew is in the store. Leaves to `signal` how
//! messages travel, to `http` who may convene.

mod live;
mod outbox;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use call::{Call, SessionId, Stored};
use protocol::{
    CallId, ErrorCode, ErrorMessage,
    http::{CallDetail, NewCall, SeatToken},
};
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};

pub(crate) use live::Input;
pub(crate) use outbox::{Outbox, Outgoing, Queue, outbox};

use crate::{
    clock::now_ms,
    media::Media,
    store::{Store, StoreError},
};

/// Inputs waiting for a call's task. When it is full, the sessions of that call wait.
const INPUTS_MAX: usize = 256;

/// All calls. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Calls {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    media: Media,
    live: Mutex<HashMap<CallId, Handle>>,
    sessions: AtomicU64,
    /// Room for those who measure their network.
    mirror_places: Arc<Semaphore>,
    /// Since when admitted seats that have not come back are lost, at the latest.
    started_at: u64,
}

/// Reaches the task of one call.
#[derive(Clone)]
pub(crate) struct Handle {
    inputs: mpsc::Sender<Input>,
    convener: Arc<str>,
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
    pub(crate) fn new(store: Store, media: Media) -> Self {
        let (live, sessions) = (Mutex::default(), AtomicU64::new(1));
        Self {
            inner: Arc::new(Inner {
                store,
                media,
                live,
                sessions,
                mirror_places: Arc::new(Semaphore::new(live::MIRRORS_MAX)),
                started_at: now_ms(),
            }),
        }
    }

    /// A number no other connection has had since the process began.
    pub(crate) fn next_session(&self) -> SessionId {
        SessionId(self.inner.sessions.fetch_add(1, Ordering::Relaxed))
    }

    /// The call of this id, its task running.
    pub(crate) async fn find(&self, id: CallId) -> Result<Option<Handle>, StoreError> {
        let mut live = self.inner.live.lock().await;
        if let Some(handle) = live.get(&id)
            && !handle.inputs.is_closed()
        {
            return Ok(Some(handle.clone()));
        }
        let Some(stored) = self.inner.store.call(id).await? else {
            live.remove(&id);
            return Ok(None);
        };
        let convener = stored.convener.as_str().into();
        let call = restored(stored.rows, self.inner.started_at, now_ms());
        let (inputs, receiver) = mpsc::channel(INPUTS_MAX);
        let surroundings = live::Surroundings {
            store: self.inner.store.clone(),
            media: self.inner.media.clone(),
            mirror_places: self.inner.mirror_places.clone(),
        };
        tokio::spawn(live::run(id, call, surroundings, receiver));
        let handle = Handle { inputs, convener };
        live.retain(|_, handle| !handle.inputs.is_closed());
        live.insert(id, handle.clone());
        Ok(Some(handle))
    }

    /// Keeps a new call. Its shape and tokens were checked.
    pub(crate) async fn convene(&self, new: &NewCall, convener: &str) -> Result<(), StoreError> {
        self.inner.store.insert_call(new, convener, now_ms()).await
    }

    /// The calls this convener may see, newest first.
    pub(crate) async fn list(
        &self,
        convener: Option<&str>,
    ) -> Result<Vec<CallDetail>, ErrorMessage> {
        let ids = self
            .inner
            .store
            .call_ids(convener)
            .await
            .map_err(|e| refused(&e))?;
        let mut calls = Vec::with_capacity(ids.len());
        for id in ids {
            match self.detail(id, convener).await {
                Ok(detail) => calls.extend(detail),
                // It was logged. One damaged call must not hide all the others.
                Err(error) if error.code == ErrorCode::Internal => {}
                Err(error) => return Err(error),
            }
        }
        Ok(calls)
    }

    /// One call, if this convener may see it.
    pub(crate) async fn detail(
        &self,
        id: CallId,
        convener: Option<&str>,
    ) -> Result<Option<CallDetail>, ErrorMessage> {
        let detail = self.ask(id, convener, Input::Detail).await?;
        Ok(detail)
    }

    /// Does what a convener asked for. `None`: no such call, or not theirs.
    pub(crate) async fn act(
        &self,
        id: CallId,
        convener: Option<&str>,
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
        convener: Option<&str>,
        mut input: impl FnMut(oneshot::Sender<T>) -> Input,
    ) -> Result<Option<T>, ErrorMessage> {
        for _ in 0..2 {
            let Some(handle) = self.find(id).await.map_err(|e| refused(&e))? else {
                return Ok(None);
            };
            if convener.is_some_and(|name| name != &*handle.convener) {
                return Ok(None);
            }
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
        let handles: Vec<_> = self.inner.live.lock().await.drain().collect();
        let asked = handles.into_iter().map(|(_, handle)| async move {
            let (sender, answer) = oneshot::channel();
            // Errors mean that the task is gone: that is what is waited for.
            if handle.inputs.send(Input::Stop(sender)).await.is_ok() {
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
}

/// A call from its rows. Its admitted seats are lost since the server started: one that was not here
/// since is long gone, and does not come back to life because somebody looks at the call.
fn restored(rows: Stored, started_at: u64, now: u64) -> Call {
    let since = started_at.max(rows.convened_at).min(now);
    let mut call = Call::restore(rows, since);
    call.handle_timeout(now);
    call
}

/// The one place where a storage failure becomes what a client or convener is told.
pub(crate) fn refused(error: &StoreError) -> ErrorMessage {
    match error {
        StoreError::CallExists => {
            ErrorMessage::new(ErrorCode::CallExists, "A call with this id exists already.")
        }
        StoreError::Database(_) => {
            tracing::error!(error = %error, "cannot store; see docs/deploy.md, Troubleshooting");
            let text = "The server cannot store what it must; nothing was changed. Try again, and \
                        tell its operator.";
            ErrorMessage::new(ErrorCode::StorageUnavailable, text)
        }
        StoreError::Damaged(what) => {
            tracing::error!(what, "a stored row cannot be read");
            ErrorMessage::new(
                ErrorCode::Internal,
                "What is stored of this call cannot be read.",
            )
        }
    }
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
        let started = 1_000_000;
        let presence = |now| restored(stored(), started, now).detail().statuses[0].presence;
        assert_eq!(presence(started + 1_000), Presence::Lost);
        assert_eq!(presence(started + GRACE_MS), Presence::Absent);
        let clock_went_back = presence(started - 1_000);
        assert_eq!(clock_went_back, Presence::Lost);
    }
}
