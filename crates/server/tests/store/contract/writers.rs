//! What is written: whole or not at all, once, and by one at a time.

use call::{CallRecord, Change};
use futures_util::future::join_all;
use server::store::{StoreError, Version};

use super::{play, with_ada};
use crate::{
    acts::{ACTS, Act, admitted, convener, entry, id, look, new, token, version},
    ground::Ground,
};

pub(crate) async fn what_was_acknowledged_is_there_after_a_restart(ground: Ground) {
    let mut seen = Vec::new();
    for act in ACTS {
        let store = ground.open().await;
        if let Some(before) = seen.last() {
            assert_eq!(&look(&*store).await, before, "before {act:?}");
        }
        act.carry_out(&*store).await.unwrap();
        seen.push(look(&*store).await);
        store.close().await;
    }
    // Acts that leave no trace would make all of this pass.
    seen.dedup();
    assert_eq!(seen.len(), ACTS.len());
}

pub(crate) async fn of_two_writers_from_one_version_one_wins(ground: Ground) {
    let (store, other) = (with_ada(&ground).await, ground.open().await);
    play(&store, &[Act::Convene(1)]).await;
    for round in 0..20 {
        let from = version(&*store, 1).await.unwrap();
        let seats = [Change::Seat(admitted(1)), Change::Seat(admitted(2))];
        let link = |seat| token(1, seat, 10 + round);
        let (first, second) = (link(1), link(2));
        let done = tokio::join!(
            store.commit(id(1), from, &seats[..1], Some(&first)),
            other.commit(id(1), from, &seats[1..], Some(&second)),
        );
        let won = match done {
            (Ok(won), Err(StoreError::Overtaken)) => (won, true),
            (Err(StoreError::Overtaken), Ok(won)) => (won, false),
            (first, second) => panic!("round {round}: {first:?}, {second:?}"),
        };
        assert_eq!(won.0, version(&*other, 1).await.unwrap());
        for (token, is_there) in [(&first, won.1), (&second, !won.1)] {
            let found = store.seat_link(id(1), &token.hash).await.unwrap();
            assert_eq!(found.is_some(), is_there, "round {round}");
        }
    }
}

pub(crate) async fn what_is_deleted_or_changed_meanwhile_is_not_written_over(ground: Ground) {
    let store = with_ada(&ground).await;
    play(&store, &[Act::Convene(1)]).await;
    let old = Version::FIRST;
    let now = store.commit(id(1), old, &[entry(1)], None).await.unwrap();
    assert_ne!(now, old);
    let seen = look(&*store).await;
    let closed = Change::Call(CallRecord {
        adjourned_at: Some(8),
        ..CallRecord::default()
    });
    let late = [closed, Change::SealedForgotten];
    for refused in [
        store.commit(id(1), old, &late, None).await.map(drop),
        store
            .commit(id(1), old, &[], Some(&token(1, 1, 9)))
            .await
            .map(drop),
        store.delete_call(id(1), old).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::Overtaken)), "{refused:?}");
    }
    assert_eq!(look(&*store).await, seen);
    assert!(store.delete_call(id(1), now).await.unwrap());
    assert!(!store.delete_call(id(1), now).await.unwrap());
    let gone = store.commit(id(1), now, &[entry(2)], None).await;
    assert!(matches!(gone, Err(StoreError::Overtaken)));
    assert!(store.call(id(1)).await.unwrap().is_none());
}

pub(crate) async fn writers_who_read_again_after_they_lost_lose_nothing(ground: Ground) {
    const WRITERS: u64 = 6;
    const ENTRIES: u64 = 8;
    let stores = [with_ada(&ground).await, ground.open().await];
    play(&stores[0], &[Act::Convene(1)]).await;
    let writer = |number: u64| {
        let store = stores[usize::try_from(number % 2).unwrap()].clone();
        tokio::spawn(async move {
            for place in 0..ENTRIES {
                let change = [entry(1 + number * ENTRIES + place)];
                loop {
                    let from = version(&*store, 1).await.unwrap();
                    match store.commit(id(1), from, &change, None).await {
                        Ok(_) => break,
                        Err(StoreError::Overtaken) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        })
    };
    for written in join_all((0..WRITERS).map(writer)).await {
        written.unwrap();
    }
    let stored = stores[1].call(id(1)).await.unwrap().unwrap();
    let mut numbers = stored.rows.entries.iter().map(|entry| entry.seq);
    assert!(numbers.by_ref().eq(1..=WRITERS * ENTRIES));
    let counted = format!("Version({})", 1 + WRITERS * ENTRIES);
    assert_eq!(format!("{:?}", stored.version), counted);
}

pub(crate) async fn an_act_that_fails_half_way_leaves_nothing(ground: Ground) {
    let store = with_ada(&ground).await;
    play(&store, &[Act::Convene(1), Act::Entries(1, 1)]).await;
    let seen = look(&*store).await;
    let from = version(&*store, 1).await.unwrap();
    // The second entry is there already.
    let twice = [Change::Seat(admitted(2)), entry(4), entry(1)];
    for changes in [&twice[..], &[entry(4), entry(4)]] {
        let failed = store.commit(id(1), from, changes, None).await;
        assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
        assert_eq!(look(&*store).await, seen);
    }
    let taken = token(1, 1, 1); // a link number that was given out
    let failed = store.commit(id(1), from, &[entry(4)], Some(&taken)).await;
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    let mut doubled = new(2);
    doubled.tokens[2] = token(2, 1, 1);
    let ada = convener(&*store, "Ada").await.unwrap();
    let failed = store.insert_call(&doubled, ada, 1).await;
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    assert_eq!(look(&*store).await, seen);
    // And it goes on.
    store.commit(id(1), from, &[entry(4)], None).await.unwrap();
    assert!(store.can_write().await);
}

pub(crate) async fn a_server_serves_alone_until_it_ends(ground: Ground) {
    let (store, other) = (ground.open().await, ground.open().await);
    let alone = store.serve_alone().await.unwrap();
    let why = other.serve_alone().await.err().unwrap().to_string();
    assert!(why.contains("in use by another incamera"), "{why}");
    // Commands beside it may read and write.
    other.add_convener("Bob", 1).await.unwrap();
    drop(alone);
    drop(other.serve_alone().await.unwrap());
}

pub(crate) async fn what_can_be_written_is_said(ground: Ground) {
    let store = ground.open().await;
    assert!(store.can_write().await);
    store.close().await;
}
