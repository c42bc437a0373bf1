//! The run of acts, and all that can be seen of a store. For the tests of the contract too
//! (`tests/store`).

use std::fmt::Write as _;

use call::{CallRecord, Change, SeatRecord};
use protocol::{
    CallId, GroupRef, Sealed, SeatId, SecretHash,
    http::{NewCall, SeatToken},
    sealed::{Class, Entry},
};
use serde_json::json;
use server::store::{ConvenerError, ConvenerId, Store, StoreError, Version};

/// What a run does, in this order. One is enough of each kind of statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    AddConvener(&'static str),
    RemoveConvener(&'static str),
    Convene(u8),
    Seat(u8, u16),
    Entries(u8, u64),
    BeginLog(u8, u64),
    Relink(u8, u16),
    Adjourn(u8),
    Delete(u8),
}

pub(crate) const ACTS: [Act; 12] = [
    Act::AddConvener("Ada"),
    Act::Convene(1),
    Act::Seat(1, 1),
    Act::Entries(1, 1),
    Act::Convene(2),
    Act::Relink(1, 3),
    Act::Entries(2, 1),
    Act::BeginLog(1, 3),
    Act::Adjourn(1),
    Act::Seat(2, 2),
    Act::Delete(1),
    Act::RemoveConvener("Ada"),
];

impl Act {
    pub(crate) async fn carry_out(self, store: &dyn Store) -> Result<(), StoreError> {
        match self {
            Self::AddConvener(name) => match store.add_convener(name, 7).await {
                Ok(_) => Ok(()),
                Err(ConvenerError::Store(error)) => Err(error),
                Err(error) => panic!("{error}"),
            },
            Self::RemoveConvener(name) => store.remove_convener(name).await.map(drop),
            Self::Convene(call) => {
                let ada = convener(store, "Ada").await?;
                store.insert_call(&new(call), ada, 7).await
            }
            Self::Seat(call, seat) => {
                commit(store, call, &[Change::Seat(admitted(seat))], None).await
            }
            Self::Entries(call, seq) => {
                let changes = [entry(seq), entry(seq + 1), entry(seq + 2)];
                commit(store, call, &changes, None).await
            }
            Self::BeginLog(call, seq) => {
                let change = Change::LogBegins {
                    group: GroupRef::table(1),
                    seq,
                };
                commit(store, call, &[change], None).await
            }
            Self::Relink(call, seat) => commit(store, call, &[], Some(&token(call, seat, 2))).await,
            Self::Adjourn(call) => {
                let record = CallRecord {
                    adjourned_at: Some(8),
                    ..CallRecord::default()
                };
                let changes = [Change::Call(record), Change::SealedForgotten];
                commit(store, call, &changes, None).await
            }
            Self::Delete(call) => {
                let from = version(store, call).await?;
                store.delete_call(id(call), from).await.map(drop)
            }
        }
    }
}

/// From the version that is stored.
async fn commit(
    store: &dyn Store,
    call: u8,
    changes: &[Change],
    token: Option<&SeatToken>,
) -> Result<(), StoreError> {
    let from = version(store, call).await?;
    let committed = store.commit(id(call), from, changes, token);
    committed.await.map(drop)
}

/// Of a call that is there.
pub(crate) async fn version(store: &dyn Store, call: u8) -> Result<Version, StoreError> {
    let stored = store.call_without_log(id(call)).await?;
    Ok(stored.expect("it was convened").version)
}

/// Of somebody who may convene.
pub(crate) async fn convener(store: &dyn Store, name: &str) -> Result<ConvenerId, StoreError> {
    let mut known = store.conveners().await?.into_iter();
    let found = known.find(|convener| convener.name == name);
    Ok(found.expect("they were added").id)
}

/// All that can be seen of a store.
pub(crate) async fn look(store: &dyn Store) -> String {
    let mut seen = String::new();
    let conveners = store.conveners().await.unwrap();
    for convener in &conveners {
        writeln!(seen, "convener {} {}", convener.name, convener.added_at).unwrap();
    }
    for call in store.call_ids(None).await.unwrap() {
        let stored = store.call(call).await.unwrap().unwrap();
        let rows = stored.rows;
        let plan = rows.plan.map(|plan| plan.as_str().to_owned());
        let mut whose = conveners.iter().filter(|c| c.id == stored.convener);
        let whose = whose.next().map(|convener| &*convener.name);
        writeln!(seen, "call {call} {whose:?} {:?} {plan:?}", stored.version).unwrap();
        writeln!(seen, "  {:?} {:?}", rows.record, rows.seats).unwrap();
        for entry in rows.entries {
            writeln!(seen, "  {} {}", entry.seq, entry.sealed.text_len()).unwrap();
        }
    }
    for (call, seat, link) in [(1, 1, 1), (1, 3, 1), (1, 3, 2), (2, 2, 1)] {
        let link = store
            .seat_link(id(call), &token(call, seat, link).hash)
            .await;
        let link = link
            .unwrap()
            .map(|link| (link.seat, link.link, link.grant.is_some()));
        writeln!(seen, "link {link:?}").unwrap();
    }
    seen
}

pub(crate) fn id(call: u8) -> CallId {
    CallId::from_bytes([call; 16])
}

pub(crate) fn token(call: u8, seat: u16, link: u32) -> SeatToken {
    let mut hash = [call; 32];
    hash[..2].copy_from_slice(&seat.to_be_bytes());
    hash[2..6].copy_from_slice(&link.to_be_bytes());
    SeatToken {
        seat: SeatId(seat),
        link,
        hash: SecretHash::from_bytes(hash),
        grant: Sealed::from_text(&"G".repeat(400)).unwrap(),
    }
}

pub(crate) fn new(call: u8) -> NewCall {
    let seat = |id: u16| json!({ "id": id, "delegation": 1, "kind": "principal", "host": id == 1 });
    let shape = json!({ "seats": [seat(1), seat(2), seat(3)] });
    NewCall {
        id: id(call),
        shape: serde_json::from_value(shape).unwrap(),
        plan: Sealed::from_text(&"P".repeat(6_000)).unwrap(),
        tokens: (1..=3).map(|seat| token(call, seat, 1)).collect(),
    }
}

pub(crate) fn admitted(seat: u16) -> SeatRecord {
    SeatRecord {
        seat: SeatId(seat),
        link: 1,
        admitted: true,
        removed: false,
        holder: Some(SecretHash::from_bytes([9; 32])),
    }
}

pub(crate) fn entry(seq: u64) -> Change {
    Change::Entry(Entry {
        group: GroupRef::table(1),
        seq,
        epoch: seq,
        class: Class::Commit,
        // Some pages, so that a commit is several writes.
        sealed: Sealed::from_text(&"A".repeat(9_000)).unwrap(),
    })
}
