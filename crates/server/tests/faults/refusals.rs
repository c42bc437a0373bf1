//! One operation of the disk fails, or all from one on until it is mended.

use crash::disk::{Disk, Fault, Keep, Plan, take};
use server::store::{StoreError, open_folder};

use crate::{
    acts::{ACTS, look},
    ground::{self, KEEPS, after_cut, looks},
};

/// Plays the run with this fault at its `at`-th operation. `false`: there are not so many.
async fn run(disk: &Disk, looks: &[String], plan: Plan) -> bool {
    let folder = ground::folder();
    let store = open_folder(folder.path()).await.unwrap();
    disk.plan(plan);
    for (place, act) in ACTS.into_iter().enumerate() {
        let about = || format!("{act:?} with {plan:?}");
        let Err(error) = act.carry_out(&*store).await else {
            continue;
        };
        let failed = disk.failed();
        assert!(failed > 0, "{}: {error}", about());
        let is_unsure = matches!(error, StoreError::Unsure(_));
        assert!(
            !is_unsure || plan.stays,
            "{}: one fault is survived",
            about()
        );
        disk.mend();
        // A power cut before anything else is written.
        for keep in KEEPS {
            let seen = after_cut(disk, folder.path(), keep).await;
            let refused = seen == looks[place];
            let allowed = refused || (is_unsure && seen == looks[place + 1]);
            assert!(allowed, "{}, {keep:?}, {error}:\n{seen}", about());
        }
        assert_eq!(look(&*store).await, looks[place], "{}", about());
        assert!(store.can_write().await, "{}: it goes on by itself", about());
        act.carry_out(&*store).await.unwrap();
        assert_eq!(look(&*store).await, looks[place + 1], "{}", about());
    }
    let failed = disk.failed() > 0;
    disk.mend();
    assert_eq!(look(&*store).await, looks[ACTS.len()], "{plan:?}");
    let seen = after_cut(disk, folder.path(), Keep::Nothing).await;
    assert_eq!(seen, looks[ACTS.len()], "{plan:?}, after a cut at the end");
    store.close().await;
    disk.forget(folder.path());
    failed
}

/// Every place of the run in turn.
async fn every_place(fault: Fault, stays: bool, reads: bool) {
    let disk = take();
    let looks = looks().await;
    let mut at = 1;
    while run(
        &disk,
        &looks,
        Plan {
            fault,
            at,
            stays,
            reads,
        },
    )
    .await
    {
        at += 1;
        assert!(at < 10_000, "the run does not end");
    }
    assert!(
        at > 20,
        "only {at} operations: the disk is not under the store"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_failed_write_or_sync_refused_is_not_there() {
    every_place(Fault::Error, false, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failing_disk_refused_is_not_there() {
    every_place(Fault::Error, true, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_torn_write_refused_is_not_there() {
    every_place(Fault::Torn, false, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_but_not_acknowledged_by_the_disk_is_not_there() {
    every_place(Fault::Done, false, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_full_disk_refused_is_not_there() {
    every_place(Fault::Full, true, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_fails_loses_nothing() {
    every_place(Fault::Error, false, true).await;
}
