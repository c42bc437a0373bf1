//! The run of acts, and what a store looks like after each of them.

use std::{fmt::Write as _, path::Path};

use call::{CallRecord, Change, SeatRecord};
use crash::disk::{Disk, Keep};
use protocol::{
    CallId, GroupRef, Sealed, SeatId, SecretHash,
    http::{NewCall, SeatToken},
    sealed::{Class, Entry},
};
use serde_json::json;
use server::store::{Store, StoreError};
use tempfile::TempDir;

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
    pub(crate) async fn carry_out(self, store: &Store) -> Result<(), StoreError> {
        match self {
            Self::AddConvener(name) => match store.add_convener(name, 7).await {
                Ok(_) => Ok(()),
                Err(server::store::ConvenerError::Store(error)) => Err(error),
                Err(error) => panic!("{error}"),
            },
            Self::RemoveConvener(name) => store.remove_convener(name).await.map(drop),
            Self::Convene(call) => store.insert_call(&new(call), "Ada", 7).await,
            Self::Seat(call, seat) => {
                let record = SeatRecord {
                    seat: SeatId(seat),
                    link: 1,
                    admitted: true,
                    removed: false,
                    holder: Some(SecretHash::from_bytes([9; 32])),
                };
                store.commit(id(call), &[Change::Seat(record)], None).await
            }
            Self::Entries(call, seq) => {
                let entry = |seq| {
                    Change::Entry(Entry {
                        group: GroupRef::table(1),
                        seq,
                        epoch: seq,
                        class: Class::Commit,
                        // Some pages, so that a commit is several writes.
                        sealed: Sealed::from_text(&"A".repeat(9_000)).unwrap(),
                    })
                };
                let changes = [entry(seq), entry(seq + 1), entry(seq + 2)];
                store.commit(id(call), &changes, None).await
            }
            Self::BeginLog(call, seq) => {
                let change = Change::LogBegins {
                    group: GroupRef::table(1),
                    seq,
                };
                store.commit(id(call), &[change], None).await
            }
            Self::Relink(call, seat) => {
                store
                    .commit(id(call), &[], Some(&token(call, seat, 2)))
                    .await
            }
            Self::Adjourn(call) => {
                let record = CallRecord {
                    adjourned_at: Some(8),
                    ..CallRecord::default()
                };
                let changes = [Change::Call(record), Change::SealedForgotten];
                store.commit(id(call), &changes, None).await
            }
            Self::Delete(call) => store.delete_call(id(call)).await.map(drop),
        }
    }
}

/// All that can be seen of a store.
pub(crate) async fn look(store: &Store) -> String {
    let mut seen = String::new();
    for convener in store.conveners().await.unwrap() {
        writeln!(seen, "convener {} {}", convener.name, convener.added_at).unwrap();
    }
    for call in store.call_ids(None).await.unwrap() {
        let stored = store.call(call).await.unwrap().unwrap();
        let rows = stored.rows;
        let plan = rows.plan.map(|plan| plan.as_str().to_owned());
        writeln!(seen, "call {call} {} {plan:?}", stored.convener).unwrap();
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

/// What a store looks like before the first act and after each, on a disk without faults.
pub(crate) async fn looks() -> Vec<String> {
    let folder = self::folder();
    let store = Store::open(folder.path()).await.unwrap();
    let mut looks = vec![look(&store).await];
    for act in ACTS {
        act.carry_out(&store).await.unwrap();
        looks.push(look(&store).await);
    }
    store.close().await;
    looks
}

/// A folder in memory, where there is one: syncing for real is not what is tried here.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory).unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}

/// What the store in this folder would look like after a power cut now.
pub(crate) async fn after_cut(disk: &Disk, folder: &Path, keep: Keep) -> String {
    let copy = self::folder();
    disk.cut(folder, copy.path(), keep).unwrap();
    let store = Store::open(copy.path()).await.unwrap();
    let seen = look(&store).await;
    store.close().await;
    disk.forget(copy.path());
    seen
}

pub(crate) const KEEPS: [Keep; 5] = [
    Keep::Nothing,
    Keep::Everything,
    Keep::Some(0x9e37_79b9_7f4a_7c15),
    Keep::Some(0xd1b5_4a32_d192_ed03),
    Keep::Some(0x2545_f491_4f6c_dd1d),
];

fn id(call: u8) -> CallId {
    CallId::from_bytes([call; 16])
}

fn token(call: u8, seat: u16, link: u32) -> SeatToken {
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

fn new(call: u8) -> NewCall {
    let seat = |id: u16| json!({ "id": id, "delegation": 1, "kind": "principal", "host": id == 1 });
    let shape = json!({ "seats": [seat(1), seat(2), seat(3)] });
    NewCall {
        id: id(call),
        shape: serde_json::from_value(shape).unwrap(),
        plan: Sealed::from_text(&"P".repeat(6_000)).unwrap(),
        tokens: (1..=3).map(|seat| token(call, seat, 1)).collect(),
    }
}
