//! What the present tables were made from: a database of the version before conveners had numbers.

use std::path::Path;

use server::store::{ConvenerKind, open_folder};
use sha2::{Digest as _, Sha256};

use crate::acts::{id, new, token};

/// A database as the version before would have left it.
async fn before(folder: &Path, statements: &[String]) {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let old = tempfile::tempdir().unwrap();
    for name in ["0001_calls.sql", "0002_sealed.sql", "0003_health.sql"] {
        std::fs::copy(migrations.join(name), old.path().join(name)).unwrap();
    }
    let file = folder.join(server::store::FILE_NAME);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}?mode=rwc", file.display()))
        .await
        .unwrap();
    let migrator = sqlx::migrate::Migrator::new(old.path()).await.unwrap();
    migrator.run(&pool).await.unwrap();
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(statement.clone()))
            .execute(&pool)
            .await
            .unwrap();
    }
    pool.close().await;
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key))
}

#[tokio::test]
async fn conveners_keys_calls_seats_links_and_logs_of_the_version_before_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut statements = vec![
        format!("INSERT INTO convener VALUES ('Zoë', x'{}', 5)", hash("zoe")),
        format!("INSERT INTO convener VALUES ('Ada', x'{}', 6)", hash("ada")),
        // A command that is running, or was killed.
        format!(
            "INSERT INTO convener VALUES (char(1) || 'operator abc', x'{}', 7)",
            hash("running")
        ),
    ];
    // Of somebody who was removed, and of a command that is long over.
    let whose = ["'Zoë'", "'Gone'", "char(1) || 'operator xyz'", "'Gone'"];
    for (call, whose) in (1..).zip(whose) {
        let call_id = id(call);
        let shape = serde_json::to_string(&new(call).shape).unwrap();
        let plan = new(call).plan.as_str().to_owned();
        statements.push(format!(
            "INSERT INTO call VALUES ('{call_id}', {whose}, {call}, '{shape}', '{plan}', NULL)"
        ));
        for link in new(call).tokens {
            let (seat, hash) = (link.seat.0, hex(link.hash.as_bytes()));
            let grant = link.grant.as_str();
            statements.push(format!(
                "INSERT INTO token VALUES ('{call_id}', {seat}, 1, x'{hash}', '{grant}')"
            ));
        }
    }
    let seat = serde_json::to_string(&crate::acts::admitted(2)).unwrap();
    statements.push(format!(
        "INSERT INTO seat VALUES ('{}', 2, '{seat}')",
        id(1)
    ));
    statements.push(format!(
        "INSERT INTO entry VALUES ('{}', 1, 1, 1, 'kept', 'AAAA')",
        id(1)
    ));
    before(folder.path(), &statements).await;

    let store = open_folder(folder.path()).await.unwrap();
    let conveners = store.conveners().await.unwrap();
    let names: Vec<_> = conveners.iter().map(|c| (&*c.name, c.added_at)).collect();
    assert_eq!(names, [("Ada", 6), ("Zoë", 5)]);
    let zoe = store.convener_by_key("zoe").await.unwrap().unwrap();
    assert_eq!(&*zoe.name, "Zoë");
    let ada = store.convener_by_key("ada").await.unwrap().unwrap();
    assert_eq!(store.call_ids(Some(zoe.id)).await.unwrap(), [id(1)]);
    assert!(store.call_ids(Some(ada.id)).await.unwrap().is_empty());
    let operator = store.convener_by_key("running").await.unwrap().unwrap();
    assert_eq!(operator.kind, ConvenerKind::Operator);
    assert_eq!(store.call_ids(Some(operator.id)).await.unwrap(), [id(3)]);
    store.add_convener("Gone", 9).await.unwrap();
    let gone = crate::acts::convener(&*store, "Gone").await.unwrap();
    assert_eq!(store.call_ids(Some(gone)).await.unwrap(), [id(4), id(2)]);
    let stored = store.call(id(1)).await.unwrap().unwrap();
    assert_eq!(stored.rows.seats, [crate::acts::admitted(2)]);
    assert_eq!(stored.rows.entries.len(), 1);
    for call in 1..=4 {
        let found = store.seat_link(id(call), &token(call, 3, 1).hash).await;
        assert_eq!(found.unwrap().unwrap().grant, Some(token(call, 3, 1).grant));
    }
    // And it can be written on.
    let change = [call::Change::Seat(crate::acts::admitted(1))];
    store
        .commit(id(1), stored.version, &change, None)
        .await
        .unwrap();
    store.close().await;
}

/// A call in progress when its server was given this version: its group is the table's.
#[tokio::test]
async fn the_log_of_the_version_before_circles_is_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let call = id(1);
    let shape = serde_json::to_string(&new(1).shape).unwrap();
    let record = r#"{"doors":"closed","floor":2,"opened_at":5,"adjourned_at":null,"log":{"group":3,"epoch":1,"seq":2}}"#;
    let statements = [
        format!("INSERT INTO call VALUES ('{call}', 'Ada', 5, '{shape}', 'UExBTg', '{record}')"),
        format!("INSERT INTO entry VALUES ('{call}', 3, 1, 0, 'commit', 'VEVYVA')"),
        format!("INSERT INTO entry VALUES ('{call}', 3, 2, 1, 'kept', 'VEVYVA')"),
    ];
    before(folder.path(), &statements).await;
    let store = open_folder(folder.path()).await.unwrap();
    let rows = store.call(call).await.unwrap().unwrap().rows;
    let group = protocol::GroupRef::table(3);
    let log = protocol::sealed::LogState {
        group,
        epoch: 1,
        seq: 2,
    };
    assert_eq!(rows.record.logs, [log]);
    assert_eq!(rows.record.floor, Some(protocol::SeatId(2)));
    let entries = rows.entries.iter().map(|e| (e.group, e.seq, e.epoch));
    assert_eq!(entries.collect::<Vec<_>>(), [(group, 1, 0), (group, 2, 1)]);
    store.close().await;
}
