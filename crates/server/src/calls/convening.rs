//! What a convener does and sees without a call's task: convening, the list, one call.

use call::{CallRecord, Stored};
use protocol::{
    CallId, ErrorCode, ErrorMessage,
    http::{CallDetail, NewCall},
    shape::VerifiedShape,
};
use tokio::sync::oneshot;

use super::{Calls, Input, refused};
use crate::store::{ConvenerId, StoreError};

impl Calls {
    /// Keeps a new call. Its shape and tokens were checked. What it looks like needs no second look at
    /// the store, which could fail after the call was kept.
    pub(crate) async fn convene(
        &self,
        new: &NewCall,
        shape: VerifiedShape,
        convener: ConvenerId,
    ) -> Result<CallDetail, StoreError> {
        let now = self.inner.clock.wall_ms();
        self.inner.store.insert_call(new, convener, now).await?;
        let rows = Stored {
            shape,
            plan: Some(new.plan.clone()),
            convened_at: now,
            record: CallRecord::default(),
            seats: Vec::new(),
            entries: Vec::new(),
        };
        Ok(self.restored(rows).detail())
    }

    /// The calls this convener may see, newest first.
    pub(crate) async fn list(
        &self,
        convener: Option<ConvenerId>,
    ) -> Result<Vec<CallDetail>, ErrorMessage> {
        let ids = self.inner.store.call_ids(convener).await;
        let ids = ids.map_err(|e| refused(&e))?;
        let mut calls = Vec::with_capacity(ids.len());
        for id in ids {
            match self.look(id).await {
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
        convener: Option<ConvenerId>,
    ) -> Result<Option<CallDetail>, ErrorMessage> {
        if !self.may_see(id, convener).await? {
            return Ok(None);
        }
        self.look(id).await
    }

    pub(super) async fn may_see(
        &self,
        id: CallId,
        convener: Option<ConvenerId>,
    ) -> Result<bool, ErrorMessage> {
        let Some(convener) = convener else {
            return Ok(true); // whoever runs the server
        };
        let found = self.inner.store.convener_of(id).await;
        Ok(found.map_err(|e| refused(&e))? == Some(convener))
    }

    /// What the call's task says of it, or its rows if it has none.
    async fn look(&self, id: CallId) -> Result<Option<CallDetail>, ErrorMessage> {
        let place = self.live().get(&id).cloned();
        if let Some(place) = place {
            let handle = place.lock().await.clone();
            let (sender, answer) = oneshot::channel();
            if let Some(handle) = handle
                && handle.send(Input::Detail(sender)).await
                && let Ok(detail) = answer.await
            {
                return Ok(Some(detail));
            }
        }
        let stored = self.inner.store.call_without_log(id).await;
        let stored = stored.map_err(|e| refused(&e))?;
        Ok(stored.map(|stored| self.restored(stored.rows).detail()))
    }
}
