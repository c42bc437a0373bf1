//! Emptying the journal, so that what was deleted is in neither of the files.

use std::{sync::atomic::Ordering, time::Duration};

use sqlx::{Connection as _, Row as _};

use super::{SqliteStore, StoreError};

/// Milliseconds it waits for readers at most, and with it everybody who writes.
const PATIENCE: &str = "PRAGMA busy_timeout = 250";
/// Time until it is tried again.
const RETRY: Duration = Duration::from_secs(2);

impl SqliteStore {
    /// Writes the journal into the file and empties it. Readers (a backup, say) or a failing disk may hold
    /// it up; then it is tried until it is done.
    pub(super) async fn empty_journal(&self) {
        if self.try_to_empty_journal().await.is_ok_and(|done| done) {
            return;
        }
        if self.emptying.swap(true, Ordering::AcqRel) {
            return; // Somebody tries already.
        }
        tracing::warn!("what was deleted stays in the database's journal until it can be emptied");
        let store = self.clone();
        tokio::spawn(async move {
            while !store.readers.is_closed() {
                tokio::time::sleep(RETRY).await;
                // Before it is tried: what is deleted from here on is somebody else's to try.
                store.emptying.store(false, Ordering::Release);
                if store.try_to_empty_journal().await.is_ok_and(|done| done) {
                    return tracing::info!("the database's journal is empty");
                }
                if store.emptying.swap(true, Ordering::AcqRel) {
                    return;
                }
            }
        });
    }

    /// `false`: somebody reads.
    async fn try_to_empty_journal(&self) -> Result<bool, StoreError> {
        // Whoever writes waits here rather than in SQLite, where it would wait for us and we for it.
        let _turn = self.writer.turn().await?;
        let mut connection = self.connector.acquire().await?.detach();
        sqlx::query(PATIENCE).execute(&mut connection).await?;
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut connection)
            .await?;
        let is_busy: i64 = row.try_get(0)?;
        connection.close().await?;
        Ok(is_busy == 0)
    }
}
