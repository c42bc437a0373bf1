//! Whether something can be stored durably now, found out by storing something.
//!
//! Anybody may ask (`/readyz`), so one answer serves all who ask within a second or two: strangers
//! cannot make the disk busy.

use std::{
    sync::{Mutex as Shared, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::Mutex, task::JoinHandle, time::timeout};

use super::StoreError;

/// How long a good answer serves, unless a write fails.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// How long a bad one does.
const BAD_FOR: Duration = Duration::from_secs(1);
/// Longest it may take to find out.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was found out last.
pub(super) struct Readiness {
    /// What is written to, for the log.
    subject: &'static str,
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
    pub(super) fn of(subject: &'static str) -> Self {
        Self {
            subject,
            known: Shared::default(),
            asking: Mutex::default(),
        }
    }

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
        let subject = self.subject;
        match (known.good.replace(good), good) {
            (None | Some(true), false) => tracing::error!("{subject} cannot be written to"),
            (Some(false), true) => tracing::info!("{subject} can be written to again"),
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known; if that serves no longer, what this attempt at a durable write finds out.
    pub(super) async fn ask<F>(&self, attempt: impl FnOnce() -> F) -> bool
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        if let Some(known) = self.known() {
            return known;
        }
        let mut asking = self.asking.lock().await;
        if let Some(known) = self.known() {
            return known; // Somebody found out while this waited.
        }
        let begin = || {
            let attempt = attempt();
            tokio::spawn(async move { attempt.await.is_ok() })
        };
        let mut attempt = asking.take().unwrap_or_else(begin);
        let good = match timeout(PATIENCE, &mut attempt).await {
            Ok(ended) => ended.is_ok_and(|good| good),
            Err(_) => {
                // On what hangs there is one attempt that waits for it, not one for each question.
                *asking = Some(attempt);
                false
            }
        };
        self.learn(good);
        good
    }
}
