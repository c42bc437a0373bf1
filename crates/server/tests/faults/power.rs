//! The power goes in the middle of an act: what was acknowledged before is there, and the act is there
//! whole or not at all.

use crash::disk::{Fault, Plan, take};
use server::store::open_folder;

use crate::{
    acts::ACTS,
    ground::{self, KEEPS, after_cut, looks},
};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_power_cut_at_any_place_all_that_was_acknowledged_is_there() {
    let disk = take();
    let looks = looks().await;
    for at in 1.. {
        let folder = ground::folder();
        let store = open_folder(folder.path()).await.unwrap();
        // From here on the machine is off.
        let (fault, stays, reads) = (Fault::Error, true, false);
        disk.plan(Plan {
            fault,
            at,
            stays,
            reads,
        });
        let mut acknowledged = 0;
        for act in ACTS {
            let done = act.carry_out(&*store).await.is_ok();
            if disk.failed() > 0 {
                break; // Whatever it said after the power went, nobody heard it.
            }
            assert!(done, "{act:?}");
            acknowledged += 1;
        }
        let cut = disk.failed() > 0;
        disk.mend();
        for keep in KEEPS {
            let seen = after_cut(&disk, folder.path(), keep).await;
            let kept = seen == looks[acknowledged];
            let whole = looks.get(acknowledged + 1) == Some(&seen);
            assert!(
                kept || whole,
                "{acknowledged} acts, cut at {at}, {keep:?}:\n{seen}"
            );
        }
        store.close().await;
        disk.forget(folder.path());
        if !cut {
            assert!(
                at > 20,
                "only {at} operations: the disk is not under the store"
            );
            return;
        }
    }
}
