//! Whoever asked goes away in the middle of an act.

use std::time::Duration;

use crash::disk::take;
use server::store::open_folder;
use tokio::time::timeout;

use crate::{
    acts::{ACTS, look},
    ground::{self, looks},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_nobody_waits_for_any_more_is_done_whole_or_not_at_all() {
    let _disk = take();
    let looks = looks().await;
    for step in 0..40 {
        let folder = ground::folder();
        let store = open_folder(folder.path()).await.unwrap();
        for (place, act) in ACTS.into_iter().enumerate() {
            let patience = Duration::from_micros(25 * step);
            let done = timeout(patience, act.carry_out(&*store)).await;
            // The next to write waits until what was left is over.
            assert!(store.can_write().await || store.can_write().await);
            store.add_convener("Bob", 1).await.unwrap();
            store.remove_convener("Bob").await.unwrap();
            let seen = look(&*store).await;
            if seen != looks[place + 1] {
                assert!(done.is_err(), "{act:?} was acknowledged and is not there");
                assert_eq!(seen, looks[place], "{act:?} after {patience:?}");
                act.carry_out(&*store).await.unwrap();
            }
        }
        store.close().await;
    }
}
