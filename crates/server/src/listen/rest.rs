//! How long an HTTP connection has rested: no request under way on it. Pings of HTTP/2 are no use of it:
//! a peer that only answers them would hold its place for ever.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep_until};
use tower::Service;

/// What is under way on one connection. Cheap to clone.
#[derive(Clone)]
pub(super) struct Use(Arc<Mutex<State>>);

struct State {
    requests: usize,
    /// Since when there is none.
    resting: Instant,
}

/// A service that notes when it is used.
#[derive(Clone)]
pub(super) struct Noted<S> {
    service: S,
    used: Use,
}

struct Request(Use);

impl Use {
    pub(super) fn none() -> Self {
        let (requests, resting) = (0, Instant::now());
        Self(Arc::new(Mutex::new(State { requests, resting })))
    }

    pub(super) fn of<S>(&self, service: S) -> Noted<S> {
        let used = self.clone();
        Noted { service, used }
    }

    /// Resolves when there was no request for so long.
    pub(super) async fn rested_for(&self, time: Duration) {
        loop {
            let due = self.with(|state| match state.requests {
                0 => state.resting + time,
                _ => Instant::now() + time,
            });
            if due <= Instant::now() {
                return;
            }
            sleep_until(due).await;
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Request {
    fn begin(used: &Use) -> Self {
        used.with(|state| state.requests += 1);
        Self(used.clone())
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.with(|state| {
            state.requests -= 1;
            state.resting = Instant::now();
        });
    }
}

impl<S, R> Service<R> for Noted<S>
where
    S: Service<R, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<S::Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let under_way = Request::begin(&self.used);
        let answer = self.service.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(under_way);
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_rests_only_between_requests() {
        let used = Use::none();
        let rest = Duration::from_millis(200);
        let start = Instant::now();
        let request = Request::begin(&used);
        let rested = tokio::time::timeout(3 * rest, used.rested_for(rest)).await;
        assert!(rested.is_err(), "a request is under way");
        drop(request);
        used.rested_for(rest).await;
        assert!(start.elapsed() >= 4 * rest);
    }
}
