//! Heartbeats and manifests: most of what a call hears, and none of it is kept. They go out without a
//! copy of the call and without the store; the JSON is written once for all who get it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use call::SessionId;
use protocol::{GroupRef, Sealed, ServerMessage};

use super::{super::outbox::Written, Live};

impl Live {
    /// Passes a message on. `false`: this one has to go the long way, where refusals and mistakes are
    /// answered.
    pub(super) fn pass(&self, session: SessionId, group: GroupRef, sealed: &Sealed) -> bool {
        let (call, now) = (&self.call, self.clock.now_ms());
        let receivers = || {
            call.pass(now, session, group)
                .map(Iterator::collect::<Vec<_>>)
        };
        let Ok(Ok(receivers)) = catch_unwind(AssertUnwindSafe(receivers)) else {
            return false;
        };
        if !receivers.is_empty() {
            let sealed = sealed.clone();
            let written = Written::new(ServerMessage::Passing { group, sealed });
            for to in receivers {
                self.send(to, &written);
            }
        }
        true
    }
}
