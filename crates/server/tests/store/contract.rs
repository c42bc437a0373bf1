//! What both engines must do alike.

use call::{CallRecord, Change};
use futures_util::future::join_all;
use protocol::{CallId, SecretHash, limits::CALLS_PER_CONVENER_MAX};
use server::store::{ConvenerError, ConvenerKind, SharedStore, StoreError, Version};

use crate::{
    acts::{ACTS, Act, admitted, convener, entry, id, look, new, token, version},
    ground::Ground,
};

/// Runs each of these on both engines.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(crate::ground::Ground::folder()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                if let Some(ground) = crate::ground::Ground::database() {
                    super::$test(ground).await;
                }
            })*
        }
    };
}

on_both!(
    what_was_acknowledged_is_there_after_a_restart,
    a_convener_has_a_name_alone_a_key_and_later_a_new_one,
    the_operators_keys_are_nobodys_name_and_are_taken_back,
    who_was_removed_has_their_calls_again_when_they_come_back,
    a_call_id_is_used_once_and_the_second_leaves_nothing,
    a_convener_who_was_removed_convenes_nothing,
    of_two_writers_from_one_version_one_wins,
    what_is_deleted_or_changed_meanwhile_is_not_written_over,
    writers_who_read_again_after_they_lost_lose_nothing,
    an_act_that_fails_half_way_leaves_nothing,
    a_link_is_found_by_its_hash_and_by_nothing_else,
    a_grant_is_gone_with_what_was_sealed,
    requests_at_one_time_cannot_slip_by_the_bound,
    calls_are_listed_newest_first_and_only_ones_own,
    a_log_has_the_entries_since_it_began_in_order,
    a_server_serves_alone_until_it_ends,
    what_can_be_written_is_said,
);

async fn with_ada(ground: &Ground) -> SharedStore {
    let store = ground.open().await;
    store.add_convener("Ada", 1).await.unwrap();
    store
}

async fn play(store: &SharedStore, acts: &[Act]) {
    for act in acts {
        act.carry_out(&**store).await.unwrap();
    }
}

async fn what_was_acknowledged_is_there_after_a_restart(ground: Ground) {
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

async fn a_convener_has_a_name_alone_a_key_and_later_a_new_one(ground: Ground) {
    let store = ground.open().await;
    let key = store.add_convener("Zoë", 5).await.unwrap();
    store.add_convener("ada", 6).await.unwrap();
    store.add_convener("Ada", 7).await.unwrap();
    let taken = store.add_convener("Zoë", 8).await;
    assert!(matches!(taken, Err(ConvenerError::Exists)));
    assert!(matches!(
        store.add_convener("\u{1}operator", 8).await,
        Err(ConvenerError::Name(_))
    ));
    let names = async || -> Vec<String> {
        let conveners = store.conveners().await.unwrap();
        conveners
            .into_iter()
            .map(|convener| convener.name)
            .collect()
    };
    assert_eq!(names().await, ["Ada", "Zoë", "ada"], "by their bytes");
    let found = store.convener_by_key(&key).await.unwrap().unwrap();
    assert_eq!((&*found.name, found.added_at), ("Zoë", 5));
    assert_eq!(found.kind, ConvenerKind::Person);
    assert!(store.convener_by_key("wrong").await.unwrap().is_none());
    assert!(store.remove_convener("Zoë").await.unwrap());
    assert!(!store.remove_convener("Zoë").await.unwrap());
    assert!(store.convener_by_key(&key).await.unwrap().is_none());
    assert_eq!(names().await, ["Ada", "ada"]);
    let again = store.add_convener("Zoë", 9).await.unwrap();
    assert!(store.convener_by_key(&key).await.unwrap().is_none());
    assert!(store.convener_by_key(&again).await.unwrap().is_some());
}

async fn the_operators_keys_are_nobodys_name_and_are_taken_back(ground: Ground) {
    const HOUR: u64 = 60 * 60 * 1000;
    let store = ground.open().await;
    let (old, key) = (
        store.add_operator_key(0).await,
        store.add_operator_key(2 * HOUR).await,
    );
    let (old, key) = (old.unwrap(), key.unwrap());
    let running = store.add_operator_key(2 * HOUR).await.unwrap();
    assert!(store.conveners().await.unwrap().is_empty());
    let mut ids = Vec::new();
    for key in [&old, &key, &running] {
        let found = store.convener_by_key(key).await.unwrap().unwrap();
        assert_eq!(found.kind, ConvenerKind::Operator);
        ids.push(found.id);
    }
    assert!(
        ids.windows(2).all(|pair| pair[0] == pair[1]),
        "one operator"
    );
    // The operator can convene as well, and a person's key is not the operator's to take back.
    store.insert_call(&new(1), ids[0], 1).await.unwrap();
    let ada = store.add_convener("Ada", 0).await.unwrap();
    store.remove_operator_key(&key, 2 * HOUR).await.unwrap();
    store.remove_operator_key(&ada, 2 * HOUR).await.unwrap();
    for (key, is_there) in [(&old, false), (&key, false), (&running, true), (&ada, true)] {
        let found = store.convener_by_key(key).await.unwrap();
        assert_eq!(found.is_some(), is_there);
    }
    assert!(store.call(id(1)).await.unwrap().is_some());
}

async fn who_was_removed_has_their_calls_again_when_they_come_back(ground: Ground) {
    let store = with_ada(&ground).await;
    let before = convener(&*store, "Ada").await.unwrap();
    play(&store, &[Act::Convene(1)]).await;
    store.remove_convener("Ada").await.unwrap();
    store.add_convener("Bob", 2).await.unwrap();
    let bob = convener(&*store, "Bob").await.unwrap();
    assert!(store.call_ids(Some(bob)).await.unwrap().is_empty());
    assert_eq!(store.convener_of(id(1)).await.unwrap(), Some(before));
    store.add_convener("Ada", 3).await.unwrap();
    let after = convener(&*store, "Ada").await.unwrap();
    assert_eq!(store.call_ids(Some(after)).await.unwrap(), [id(1)]);
}

async fn a_call_id_is_used_once_and_the_second_leaves_nothing(ground: Ground) {
    let store = with_ada(&ground).await;
    play(&store, &[Act::Convene(1)]).await;
    let seen = look(&*store).await;
    let ada = convener(&*store, "Ada").await.unwrap();
    let mut second = new(2);
    second.id = id(1);
    let refused = store.insert_call(&second, ada, 9).await;
    assert!(matches!(refused, Err(StoreError::CallExists)));
    assert_eq!(look(&*store).await, seen);
    let found = store.seat_link(id(1), &token(2, 1, 1).hash).await.unwrap();
    assert_eq!(found, None);
}

async fn a_convener_who_was_removed_convenes_nothing(ground: Ground) {
    let store = with_ada(&ground).await;
    let ada = convener(&*store, "Ada").await.unwrap();
    play(&store, &[Act::Convene(1)]).await;
    store.remove_convener("Ada").await.unwrap();
    let refused = store.insert_call(&new(2), ada, 9).await;
    assert!(matches!(refused, Err(StoreError::ConvenerGone)));
    // The seats of their calls go on, and whoever runs the server can give them links.
    play(&store, &[Act::Seat(1, 1), Act::Relink(1, 3)]).await;
    store.add_convener("Bob", 1).await.unwrap();
    let bob = convener(&*store, "Bob").await.unwrap();
    store.remove_convener("Bob").await.unwrap();
    let refused = store.insert_call(&new(2), bob, 9).await;
    assert!(matches!(refused, Err(StoreError::ConvenerGone)));
}

async fn of_two_writers_from_one_version_one_wins(ground: Ground) {
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

async fn what_is_deleted_or_changed_meanwhile_is_not_written_over(ground: Ground) {
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

async fn writers_who_read_again_after_they_lost_lose_nothing(ground: Ground) {
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

async fn an_act_that_fails_half_way_leaves_nothing(ground: Ground) {
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

async fn a_link_is_found_by_its_hash_and_by_nothing_else(ground: Ground) {
    let store = with_ada(&ground).await;
    play(
        &store,
        &[Act::Convene(1), Act::Convene(2), Act::Relink(1, 3)],
    )
    .await;
    for (seat, link) in [(1, 1), (2, 1), (3, 1), (3, 2)] {
        let found = store.seat_link(id(1), &token(1, seat, link).hash).await;
        let found = found.unwrap().unwrap();
        assert_eq!((found.seat.0, found.link), (seat, link));
        assert_eq!(found.grant, Some(token(1, seat, link).grant));
    }
    let mut near = *token(1, 1, 1).hash.as_bytes();
    near[31] ^= 1;
    for (call, hash) in [
        (1, SecretHash::from_bytes(near)),
        (1, SecretHash::from_bytes([0; 32])),
        (2, token(1, 1, 1).hash),
        (3, token(1, 1, 1).hash),
    ] {
        assert_eq!(store.seat_link(id(call), &hash).await.unwrap(), None);
    }
}

async fn a_grant_is_gone_with_what_was_sealed(ground: Ground) {
    let store = with_ada(&ground).await;
    play(
        &store,
        &[Act::Convene(1), Act::Entries(1, 1), Act::Convene(2)],
    )
    .await;
    play(&store, &[Act::Entries(2, 1), Act::Adjourn(1)]).await;
    let over = store.call(id(1)).await.unwrap().unwrap().rows;
    assert!(over.plan.is_none() && over.entries.is_empty());
    let found = store.seat_link(id(1), &token(1, 1, 1).hash).await.unwrap();
    assert_eq!(found.unwrap().grant, None);
    let other = store.call(id(2)).await.unwrap().unwrap().rows;
    assert!(other.plan.is_some() && other.entries.len() == 3);
    let found = store.seat_link(id(2), &token(2, 1, 1).hash).await.unwrap();
    assert!(found.unwrap().grant.is_some());
}

async fn requests_at_one_time_cannot_slip_by_the_bound(ground: Ground) {
    let stores = [with_ada(&ground).await, ground.open().await];
    let ada = convener(&*stores[0], "Ada").await.unwrap();
    let convene = |number: usize| {
        let store = stores[number % 2].clone();
        async move {
            let mut call = new(1);
            call.tokens.clear();
            let mut bytes = [7; 16];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            call.id = CallId::from_bytes(bytes);
            store.insert_call(&call, ada, 1).await
        }
    };
    for number in 0..CALLS_PER_CONVENER_MAX - 5 {
        convene(number).await.unwrap();
    }
    let many = (0..20).map(|more| convene(CALLS_PER_CONVENER_MAX + more));
    let done = join_all(many).await;
    let kept = done.iter().filter(|done| done.is_ok()).count();
    let full = |done: &&Result<(), StoreError>| matches!(done, Err(StoreError::ConvenerFull));
    assert_eq!((kept, done.iter().filter(full).count()), (5, 15));
    let listed = stores[1].call_ids(Some(ada)).await.unwrap();
    assert_eq!(listed.len(), CALLS_PER_CONVENER_MAX);
    // Another convener has room, and the operator always.
    stores[0].add_convener("Bob", 1).await.unwrap();
    let bob = convener(&*stores[0], "Bob").await.unwrap();
    stores[0].insert_call(&new(2), bob, 1).await.unwrap();
}

async fn calls_are_listed_newest_first_and_only_ones_own(ground: Ground) {
    let store = with_ada(&ground).await;
    store.add_convener("Bob", 1).await.unwrap();
    let ada = convener(&*store, "Ada").await.unwrap();
    let bob = convener(&*store, "Bob").await.unwrap();
    for (call, whose, at) in [(1, ada, 30), (2, bob, 50), (3, ada, 40), (4, ada, 30)] {
        store.insert_call(&new(call), whose, at).await.unwrap();
    }
    let ids = |calls: &[u8]| calls.iter().map(|call| id(*call)).collect::<Vec<_>>();
    assert_eq!(store.call_ids(Some(ada)).await.unwrap(), ids(&[3, 1, 4]));
    assert_eq!(store.call_ids(Some(bob)).await.unwrap(), ids(&[2]));
    assert_eq!(store.call_ids(None).await.unwrap(), ids(&[2, 3, 1, 4]));
    let stored = store.call_without_log(id(3)).await.unwrap().unwrap();
    assert_eq!((stored.convener, stored.version), (ada, Version::FIRST));
    assert_eq!(stored.rows.convened_at, 40);
}

async fn a_log_has_the_entries_since_it_began_in_order(ground: Ground) {
    let store = with_ada(&ground).await;
    play(&store, &[Act::Convene(1), Act::Entries(1, 1)]).await;
    play(&store, &[Act::Entries(1, 9), Act::Entries(1, 4)]).await;
    let log = async || -> Vec<u64> {
        let stored = store.call(id(1)).await.unwrap().unwrap();
        stored.rows.entries.iter().map(|entry| entry.seq).collect()
    };
    assert_eq!(log().await, [1, 2, 3, 4, 5, 6, 9, 10, 11]);
    play(&store, &[Act::BeginLog(1, 5)]).await;
    assert_eq!(log().await, [5, 6, 9, 10, 11]);
    let stored = store.call(id(1)).await.unwrap().unwrap();
    let Change::Entry(written) = entry(9) else {
        unreachable!()
    };
    assert_eq!(stored.rows.entries[2], written);
    let from = stored.version;
    let next = Change::LogBegins { group: 2, seq: 1 };
    store.commit(id(1), from, &[next], None).await.unwrap();
    assert!(log().await.is_empty());
    let light = store.call_without_log(id(1)).await.unwrap().unwrap();
    assert!(light.rows.entries.is_empty());
}

async fn a_server_serves_alone_until_it_ends(ground: Ground) {
    let (store, other) = (ground.open().await, ground.open().await);
    let alone = store.serve_alone().await.unwrap();
    let why = other.serve_alone().await.err().unwrap().to_string();
    assert!(why.contains("in use by another incamera"), "{why}");
    // Commands beside it may read and write.
    other.add_convener("Bob", 1).await.unwrap();
    drop(alone);
    drop(other.serve_alone().await.unwrap());
}

async fn what_can_be_written_is_said(ground: Ground) {
    let store = ground.open().await;
    assert!(store.can_write().await);
    store.close().await;
}
