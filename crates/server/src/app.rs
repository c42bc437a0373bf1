//! What every connection of one server shares.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Semaphore;

use crate::{calls::Calls, pace::Guesses, store::SharedStore};

/// Shared by all handlers. Cheap to clone.
pub(crate) type App = Arc<Shared>;

/// See the module.
pub(crate) struct Shared {
    pub(crate) store: SharedStore,
    pub(crate) calls: Calls,
    pub(crate) guesses: Guesses,
    /// One permit per open signalling connection; given back when it has ended.
    pub(crate) sessions: Arc<Semaphore>,
    stopping: AtomicBool,
}

/// Signalling connections at one time.
pub(crate) const SESSIONS_MAX: u32 = 20_000;

impl Shared {
    pub(crate) fn new(store: SharedStore, calls: Calls) -> App {
        let sessions = Arc::new(Semaphore::new(SESSIONS_MAX as usize));
        let (guesses, stopping) = (Guesses::default(), AtomicBool::new(false));
        Arc::new(Self {
            store,
            calls,
            guesses,
            sessions,
            stopping,
        })
    }

    /// New sessions and requests are turned away from now on.
    pub(crate) fn begin_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}
