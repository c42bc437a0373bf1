//! PostgreSQL is killed again and again in the middle of acts, and started again. Its cluster commits
//! asynchronously unless it is asked not to, so an acknowledgement that came too early would be found out.

use std::{sync::Arc, time::Duration};

use crash::cluster::{Cluster, Kill};
use server::store::StoreError;

use crate::{
    acts::{ACTS, look},
    ground::at,
};

const KILLS: u32 = 16;

#[tokio::test(flavor = "multi_thread")]
async fn tables_outlive_a_kill_as_soon_as_the_store_is_open() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    for how in [Kill::Immediate, Kill::Postmaster] {
        let store = at(&cluster.url(&cluster.create(None))).await;
        let before = look(&*store).await;
        cluster.kill(how);
        cluster.restart();
        assert_eq!(look(&*store).await, before, "{how:?}");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_was_acknowledged_outlives_a_kill_at_any_moment_and_nothing_refused_does() {
    let Some(cluster) = Cluster::start().map(Arc::new) else {
        return;
    };
    let mut looks = Vec::new();
    let (mut kills, mut run) = (0, 0);
    // The first run is not disturbed: it says what is to be seen, and how long acts take.
    while kills < KILLS || looks.is_empty() {
        let name = cluster.create(None);
        let store = at(&cluster.url(&name)).await;
        let mut seen = vec![look(&*store).await];
        for (place, act) in ACTS.into_iter().enumerate() {
            let is_killed = run > 0 && (place + run) % 3 == 0;
            let killer = is_killed.then(|| {
                kills += 1;
                let how = [Kill::Immediate, Kill::Postmaster][kills as usize % 2];
                let after = Duration::from_micros(u64::from(kills * 7 % 16) * 400);
                let cluster = cluster.clone();
                std::thread::spawn(move || {
                    std::thread::sleep(after);
                    cluster.kill(how);
                    cluster.restart();
                })
            });
            let told = act.carry_out(&*store).await;
            if let Some(killer) = killer {
                tokio::task::spawn_blocking(|| killer.join().unwrap())
                    .await
                    .unwrap();
            }
            let about = format!("run {run}, {act:?}, {told:?}");
            if let Err(error) = &told {
                assert!(is_killed, "{about}");
                assert!(!matches!(error, StoreError::Unknown(_)), "{about}");
                assert_eq!(look(&*store).await, looks[place], "{about}");
                act.carry_out(&*store).await.unwrap();
            }
            seen.push(look(&*store).await);
            if run > 0 {
                assert_eq!(seen[place + 1], looks[place + 1], "{about}");
            }
        }
        if run == 0 {
            looks = seen;
        }
        run += 1;
        store.close().await;
    }
}
