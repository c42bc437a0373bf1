//! The disk fails while a store is made, or brought up to date.

use crash::disk::{Fault, Keep, Plan, take};
use server::store::open_folder;

use crate::{
    acts::{ACTS, look},
    ground::{self, looks},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_could_not_be_made_is_made_at_the_next_start() {
    let disk = take();
    let looks = looks().await;
    for (fault, at) in (1..).flat_map(|at| [(Fault::Error, at), (Fault::Torn, at)]) {
        let folder = ground::folder();
        let (stays, reads) = (true, false);
        disk.plan(Plan {
            fault,
            at,
            stays,
            reads,
        });
        let opened = open_folder(folder.path()).await;
        let failed = disk.failed() > 0;
        disk.mend();
        match opened {
            Ok(store) => store.close().await,
            Err(error) => assert!(failed, "{error}"),
        }
        for keep in [Keep::Nothing, Keep::Everything, Keep::Some(at)] {
            let copy = ground::folder();
            disk.cut(folder.path(), copy.path(), keep).unwrap();
            let store = open_folder(copy.path()).await.unwrap();
            assert_eq!(look(&*store).await, looks[0], "{at}, {keep:?}");
            store.close().await;
            disk.forget(copy.path());
        }
        let store = open_folder(folder.path()).await.unwrap();
        ACTS[0].carry_out(&*store).await.unwrap();
        assert_eq!(look(&*store).await, looks[1], "{at}");
        store.close().await;
        disk.forget(folder.path());
        if !failed {
            assert!(
                at > 20,
                "only {at} operations: the disk is not under the store"
            );
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_that_are_opened_at_one_time_bring_the_tables_up_to_date_once() {
    let _disk = take();
    let folder = ground::folder();
    let opened = (0..8).map(|_| open_folder(folder.path()));
    for store in futures_util::future::join_all(opened).await {
        store.unwrap().close().await;
    }
}
