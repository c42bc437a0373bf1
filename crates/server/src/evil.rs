//! A hostile operator's reach into media, for tests: see [`sfu::evil`]. With the feature `evil` only.

pub use sfu::evil::{Passing, Tap, Verdict};

use crate::{media::Media, running::Running};

impl Running {
    /// Shows this tap every media payload that is forwarded, from now on, instead of the last one.
    pub fn tap(&self, tap: impl Tap + 'static) {
        self.media().tap(tap);
    }
}

impl Media {
    /// As [`Running::tap`].
    pub fn tap(&self, tap: impl Tap + 'static) {
        self.set_tap(Box::new(tap));
    }
}
