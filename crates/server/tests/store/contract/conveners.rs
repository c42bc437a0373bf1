//! Who convenes, and how much.

use futures_util::future::join_all;
use protocol::{CallId, limits::CALLS_PER_CONVENER_MAX};
use server::store::{ConvenerError, ConvenerKind, StoreError};

use super::{play, with_ada};
use crate::{
    acts::{Act, convener, id, new},
    ground::Ground,
};

pub(crate) async fn a_convener_has_a_name_alone_a_key_and_later_a_new_one(ground: Ground) {
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

pub(crate) async fn the_operators_keys_are_nobodys_name_and_are_taken_back(ground: Ground) {
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

pub(crate) async fn who_was_removed_has_their_calls_again_when_they_come_back(ground: Ground) {
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

pub(crate) async fn a_convener_who_was_removed_convenes_nothing(ground: Ground) {
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

pub(crate) async fn requests_at_one_time_cannot_slip_by_the_bound(ground: Ground) {
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
