//! Whether something can be stored durably now, found out by storing something.
//!
//! Anybody may ask (`/readyz`), so one answer serves all who ask within a second or two: strangers
//! cannot make the disk busy.

use std::{
    fs, io,
    path::Path,
    sync::{Mutex as Shared, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rustix::fs::{FallocateFlags, fallocate};
use tokio::{sync::Mutex, task::JoinHandle, time::timeout};

use super::{Store, StoreError};
use crate::private;

/// How long a good answer serves, unless a write fails.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// How long a bad one does.
const BAD_FOR: Duration = Duration::from_secs(1);
/// Longest it may take to find out.
const PATIENCE: Duration = Duration::from_secs(5);
/// Room there must be: an ordinary act's.
const ROOM_BYTES: u64 = 64 * 1024;
const ROOM_FILE: &str = ".room";

/// What was found out last.
#[derive(Default)]
pub(super) struct Readiness {
    known: Shared<Known>,
    /// One finds out at a time; what hangs is waited for again.
    asking: Mutex<Option<JoinHandle<bool>>>,
}

#[derive(Default)]
struct Known {
    good: Option<bool>,
    /// Until when that serves. `None`: a write failed since.
    until: Option<Instant>,
}

impl Readiness {
    /// A write failed: the next to ask finds out anew.
    pub(super) fn doubt(&self) {
        self.lock().until = None;
    }

    fn known(&self) -> Option<bool> {
        let known = self.lock();
        let serves = known.until.is_some_and(|until| Instant::now() < until);
        known.good.filter(|_| serves)
    }

    fn learn(&self, good: bool) {
        let mut known = self.lock();
        let serves = if good { GOOD_FOR } else { BAD_FOR };
        known.until = Some(Instant::now() + serves);
        match (known.good.replace(good), good) {
            (None | Some(true), false) => tracing::error!("the data folder cannot be written to"),
            (Some(false), true) => tracing::info!("the data folder can be written to again"),
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Whether a durable write is possible; for `/readyz`.
    pub async fn can_write(&self) -> bool {
        let readiness = &self.readiness;
        if let Some(known) = readiness.known() {
            return known;
        }
        let mut asking = readiness.asking.lock().await;
        if let Some(known) = readiness.known() {
            return known; // Somebody found out while this waited.
        }
        let store = self.clone();
        let begin = || tokio::spawn(async move { store.try_to_write().await.is_ok() });
        let mut attempt = asking.take().unwrap_or_else(begin);
        let good = match timeout(PATIENCE, &mut attempt).await {
            Ok(ended) => ended.is_ok_and(|good| good),
            Err(_) => {
                // On a disk that hangs there is one attempt that waits for it, not one for each question.
                *asking = Some(attempt);
                false
            }
        };
        readiness.learn(good);
        good
    }

    async fn try_to_write(&self) -> Result<(), StoreError> {
        let file = self.folder.join(ROOM_FILE);
        tokio::task::spawn_blocking(move || has_room(&file))
            .await
            .map_err(|_| io::Error::other("the check for room panicked"))
            .flatten()
            .map_err(|error| StoreError::Database(error.into()))?;
        self.writer.prove().await
    }
}

/// An error unless there is room. The journal has some of its own, which one small write may still fit
/// into when the next act does not.
fn has_room(file: &Path) -> io::Result<()> {
    let made = private::scratch(file).and_then(|room| {
        match fallocate(&room, FallocateFlags::empty(), 0, ROOM_BYTES) {
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                let length = usize::try_from(ROOM_BYTES).unwrap_or_default();
                io::Write::write_all(&mut &room, &vec![0; length])?;
                room.sync_data()
            }
            reserved => reserved.map_err(io::Error::from),
        }
    });
    let removed = fs::remove_file(file);
    made.and(removed)
}
