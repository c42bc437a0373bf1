//! What is found again of a call: itself, its links, its log, and in which order.

use call::Change;
use protocol::SecretHash;
use server::store::{StoreError, Version};

use super::{play, with_ada};
use crate::{
    acts::{Act, convener, entry, id, look, new, token},
    ground::Ground,
};

pub(crate) async fn a_call_id_is_used_once_and_the_second_leaves_nothing(ground: Ground) {
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

pub(crate) async fn a_link_is_found_by_its_hash_and_by_nothing_else(ground: Ground) {
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

pub(crate) async fn a_grant_is_gone_with_what_was_sealed(ground: Ground) {
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

pub(crate) async fn calls_are_listed_newest_first_and_only_ones_own(ground: Ground) {
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

pub(crate) async fn a_log_has_the_entries_since_it_began_in_order(ground: Ground) {
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
    let next = Change::LogBegins {
        group: protocol::GroupRef::table(2),
        seq: 1,
    };
    store.commit(id(1), from, &[next], None).await.unwrap();
    assert!(log().await.is_empty());
    let light = store.call_without_log(id(1)).await.unwrap().unwrap();
    assert!(light.rows.entries.is_empty());
}
