//! The connection to PostgreSQL is cut at every statement of a run of acts: before it arrives, and after it
//! was carried out and before anybody hears of it. Whatever is told is what is there.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crash::{
    cluster::Cluster,
    wire::{Cut, Wire},
};
use server::store::{SharedStore, StoreError};

use crate::{
    acts::{ACTS, Act, look},
    ground::at,
};

struct Scene {
    cluster: Arc<Cluster>,
    wire: Wire,
    /// Tables, and nothing in them.
    template: String,
    looks: Vec<String>,
}

impl Scene {
    async fn set() -> Option<Self> {
        let cluster = Cluster::shared()?;
        let wire = Wire::to(cluster.socket());
        let (template, played) = (cluster.create(None), cluster.create(None));
        at(&cluster.url(&template)).await.close().await;
        let store = at(&cluster.url(&played)).await;
        let mut looks = vec![look(&*store).await];
        for act in ACTS {
            act.carry_out(&*store).await.unwrap();
            looks.push(look(&*store).await);
        }
        store.close().await;
        cluster.forget(&played);
        Some(Self {
            cluster,
            wire,
            template,
            looks,
        })
    }

    /// One store behind the line, and one that sees what is there.
    async fn open(&self) -> (String, SharedStore, SharedStore) {
        let name = self.cluster.create(Some(&self.template));
        let store = at(&self.wire.url(&name)).await;
        let beside = at(&self.cluster.url(&name)).await;
        (name, store, beside)
    }

    async fn clear(&self, (name, store, beside): (String, SharedStore, SharedStore)) {
        self.wire.mend();
        store.close().await;
        beside.close().await;
        self.cluster.forget(&name);
    }

    /// Plays the run with this cut at its `place`-th statement. `false`: there are not so many.
    async fn run(&self, at: u64, cut: Cut) -> bool {
        let opened = self.open().await;
        let (_, store, beside) = &opened;
        self.wire.plan(at, cut, false);
        for (place, act) in ACTS.into_iter().enumerate() {
            let about = format!("{act:?}, {cut:?} statement {at}");
            if let Err(error) = act.carry_out(&**store).await {
                assert!(self.wire.was_cut(), "{about}: {error}");
                let is_unknown = matches!(error, StoreError::Unknown(_));
                assert!(!is_unknown, "{about}: one cut is survived");
                assert_eq!(look(&**beside).await, self.looks[place], "{about}: {error}");
                assert!(store.can_write().await, "{about}: it goes on by itself");
                act.carry_out(&**store).await.unwrap();
            }
            assert_eq!(look(&**beside).await, self.looks[place + 1], "{about}");
        }
        let was_cut = self.wire.was_cut();
        self.clear(opened).await;
        was_cut
    }
}

async fn every_statement(cut: Cut) {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let mut at = 1;
    while scene.run(at, cut).await {
        at += 1;
        assert!(at < 10_000, "the run does not end");
    }
    assert!(at > 60, "only {at} statements: the line is not cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cut_before_a_statement_refused_is_not_there() {
    every_statement(Cut::Before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cut_after_a_statement_refused_is_not_there_and_a_commit_nobody_heard_of_counts() {
    every_statement(Cut::After).await;
}

/// Which of an act's statements is its commit: the last.
async fn commit_of(scene: &Scene, act: Act) -> u64 {
    for at in 1..60 {
        let opened = scene.open().await;
        let (_, store, _) = &opened;
        Act::AddConvener("Ada").carry_out(&**store).await.unwrap();
        scene.wire.plan(at, Cut::After, false);
        let told = act.carry_out(&**store).await;
        let was_cut = scene.wire.was_cut();
        scene.clear(opened).await;
        if !was_cut {
            told.unwrap();
            return at - 1;
        }
    }
    panic!("{act:?} has no end");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_anything_of_a_commit_until_the_database_can_be_asked() {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let act = Act::Convene(1);
    let commit = commit_of(&scene, act).await;
    for (cut, counts) in [(Cut::Before, false), (Cut::After, true)] {
        let opened = scene.open().await;
        let (_, store, beside) = &opened;
        Act::AddConvener("Ada").carry_out(&**store).await.unwrap();
        scene.wire.plan(commit, cut, true);
        let acting = {
            let store = store.clone();
            tokio::spawn(async move { act.carry_out(&*store).await })
        };
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert!(scene.wire.was_cut() && !acting.is_finished(), "{cut:?}");
        scene.wire.mend();
        let told = acting.await.unwrap();
        assert_eq!(told.is_ok(), counts, "{cut:?}: {told:?}");
        let is_there = !beside.call_ids(None).await.unwrap().is_empty();
        assert_eq!(is_there, counts, "{cut:?}");
        scene.clear(opened).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_line_that_falls_silent_a_commit_is_given_up_and_cannot_come_true_later() {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let act = Act::Convene(1);
    let commit = commit_of(&scene, act).await;
    let opened = scene.open().await;
    let (_, store, beside) = &opened;
    Act::AddConvener("Ada").carry_out(&**store).await.unwrap();
    scene.wire.plan(commit, Cut::Silent, false);
    let began = Instant::now();
    let told = act.carry_out(&**store).await;
    assert!(matches!(told, Err(StoreError::Database(_))), "{told:?}");
    assert!(
        began.elapsed() < Duration::from_secs(25),
        "{:?}",
        began.elapsed()
    );
    assert!(beside.call_ids(None).await.unwrap().is_empty());
    act.carry_out(&**store).await.unwrap();
    scene.clear(opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_arrives_late_is_waited_for_and_not_denied() {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let act = Act::Convene(1);
    let commit = commit_of(&scene, act).await;
    let opened = scene.open().await;
    let (_, store, beside) = &opened;
    Act::AddConvener("Ada").carry_out(&**store).await.unwrap();
    scene.wire.plan(commit, Cut::Late, false);
    let told = act.carry_out(&**store).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let is_there = !beside.call_ids(None).await.unwrap().is_empty();
    assert!(is_there, "the commit did not arrive: {told:?}");
    told.unwrap();
    scene.clear(opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_nobody_can_be_asked_about_is_told_as_unknown() {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let act = Act::Convene(1);
    let commit = commit_of(&scene, act).await;
    let opened = scene.open().await;
    let (_, store, _) = &opened;
    Act::AddConvener("Ada").carry_out(&**store).await.unwrap();
    scene.wire.plan(commit, Cut::After, true);
    let told = act.carry_out(&**store).await;
    assert!(matches!(told, Err(StoreError::Unknown(_))), "{told:?}");
    assert!(!store.can_write().await);
    scene.clear(opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_unnoticed_are_nobodys_failure() {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let opened = scene.open().await;
    let (name, store, beside) = &opened;
    for (place, act) in ACTS.into_iter().enumerate() {
        act.carry_out(&**store).await.unwrap();
        assert_eq!(look(&**store).await, scene.looks[place + 1], "{act:?}");
        // All of them, between two acts.
        let url = scene.cluster.url(name);
        let pool = sqlx::PgPool::connect(&url).await.unwrap();
        sqlx::query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .execute(&pool)
        .await
        .unwrap();
        pool.close().await;
    }
    let _ = beside;
    scene.clear(opened).await;
}
