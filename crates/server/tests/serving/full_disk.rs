//! A disk that runs full in the middle of a call, and has room again later.

use std::time::Duration;

use protocol::{ClientMessage, ErrorCode, GroupRef, ServerMessage};
use server::store::open_folder;

use crate::{
    harness::{Convened, Host, local_config, shape},
    restart::comes_back,
    small_disk::SmallDisk,
};

/// Asks until this is the answer.
async fn until_ready_is(server: &Host, status: u16) {
    for _ in 0..100 {
        if server.get("/readyz").await.status == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("/readyz never said {status}");
}

/// Convenes until that is refused for lack of room; whatever was refused.
async fn convene_until_full(server: &Host, kept: &mut Vec<Convened>) -> Vec<Convened> {
    let mut refused = Vec::new();
    for _ in 0..2_000 {
        let (call, answer) = server.try_convene(shape()).await;
        match answer.status {
            201 => kept.push(call),
            503 => refused.push(call),
            _ => panic!("{}", answer.body),
        }
        if refused.len() == 12 {
            return refused;
        }
    }
    panic!("the disk never got full");
}

async fn status(server: &Host, call: &Convened) -> u16 {
    let path = format!("/api/calls/{}", call.id);
    server
        .request("GET", &path, Some(&server.key), "")
        .await
        .status
}

#[tokio::test]
async fn after_a_full_disk_all_that_is_acknowledged_is_there_and_nothing_that_was_refused() {
    let name = "full_disk::after_a_full_disk_all_that_is_acknowledged_is_there_and_nothing_that_was_refused";
    let Some(disk) = SmallDisk::of(name) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut server = Host::start_with(folder, local_config(disk.path())).await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut kept = vec![call];
    disk.fill();
    let mut refused = convene_until_full(&server, &mut kept).await;
    until_ready_is(&server, 503).await;
    disk.free();
    until_ready_is(&server, 200).await;
    for _ in 0..5 {
        kept.push(server.convene().await);
    }
    host.still_serves().await;
    // The command line beside the running server.
    let beside = open_folder(disk.path()).await.unwrap();
    beside.add_convener("beside", 1).await.unwrap();
    beside.close().await;
    // And again: whatever failed before must not be in the way.
    disk.fill();
    refused.extend(convene_until_full(&server, &mut kept).await);
    disk.free();
    kept.push(server.convene().await);
    for restarted in [false, true] {
        if restarted {
            server.kill();
            server.restart().await;
        }
        for call in &kept {
            assert_eq!(
                status(&server, call).await,
                200,
                "lost, restarted: {restarted}"
            );
        }
        for call in &refused {
            assert_eq!(
                status(&server, call).await,
                404,
                "not refused, restarted: {restarted}"
            );
        }
    }
    comes_back(&server, &kept[0], 1).await;
}

#[tokio::test]
async fn the_server_is_not_ready_while_nothing_can_be_stored_and_says_so_no_longer_by_itself() {
    let name = "full_disk::the_server_is_not_ready_while_nothing_can_be_stored_and_says_so_no_longer_by_itself";
    let Some(disk) = SmallDisk::of(name) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let server = Host::start_with(folder, local_config(disk.path())).await;
    assert_eq!(server.get("/readyz").await.status, 200);
    for _ in 0..3 {
        disk.fill();
        until_ready_is(&server, 503).await;
        assert_eq!(server.get("/healthz").await.status, 200);
        disk.free();
        until_ready_is(&server, 200).await;
    }
}

/// How often the disk was written to, as the row that proves it says.
async fn proofs(server: &Host) -> i64 {
    let file = server.config.data.join(server::store::FILE_NAME);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    let writes = sqlx::query_scalar("SELECT writes FROM health")
        .fetch_one(&pool)
        .await
        .unwrap();
    pool.close().await;
    writes
}

#[tokio::test]
async fn strangers_who_ask_whether_it_is_ready_do_not_make_it_write_each_time() {
    let server = Host::start().await;
    let before = proofs(&server).await;
    let began = std::time::Instant::now();
    for _ in 0..60 {
        let asked = (0..5).map(|_| server.get("/readyz"));
        let answers = futures_util::future::join_all(asked).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
    let seconds = i64::try_from(began.elapsed().as_secs()).unwrap();
    let proofs = proofs(&server).await - before;
    assert!(
        (1..=2 + seconds / 2).contains(&proofs),
        "{proofs} writes in {seconds} s"
    );
}

#[tokio::test]
async fn a_full_disk_is_told_to_whoever_asks_and_loses_nothing() {
    let Some(disk) =
        SmallDisk::of("full_disk::a_full_disk_is_told_to_whoever_asks_and_loses_nothing")
    else {
        return;
    };
    let server = Host::start_with(tempfile::tempdir().unwrap(), local_config(disk.path())).await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.hello(&call, 3, 3).await;
    guest.until("welcome").await;
    guest.send(&ClientMessage::Enter { knock: None }).await;
    guest.until("waiting").await;
    disk.fill();
    let admit = ClientMessage::Admit {
        seat: protocol::SeatId(3),
    };
    let mut told = false;
    // The log of the database has a little room left in its last block.
    for _ in 0..200 {
        host.send(&ClientMessage::SetDoors {
            doors: protocol::types::Doors::Closed,
        })
        .await;
        host.send(&ClientMessage::SetDoors {
            doors: protocol::types::Doors::Open,
        })
        .await;
        tokio::time::sleep(Duration::from_millis(110)).await;
        if let Ok(ServerMessage::Error(error)) = host.next().await {
            assert_eq!(error.code, ErrorCode::StorageUnavailable, "{}", error.text);
            assert!(!error.fatal);
            told = true;
            break;
        }
    }
    assert!(told, "the disk never got full");
    disk.free();
    guest.still_serves().await;
    host.send(&ClientMessage::SetDoors {
        doors: protocol::types::Doors::Open,
    })
    .await;
    host.send(&admit).await;
    guest.until("seated").await;
}

#[tokio::test]
async fn a_commit_that_cannot_be_stored_is_nobodys_and_can_be_made_again() {
    let Some(disk) =
        SmallDisk::of("full_disk::a_commit_that_cannot_be_stored_is_nobodys_and_can_be_made_again")
    else {
        return;
    };
    let server = Host::start_with(tempfile::tempdir().unwrap(), local_config(disk.path())).await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    host.send(&ClientMessage::Found {
        group: GroupRef::table(1),
        after: 0,
    })
    .await;
    host.send(&ClientMessage::CatchUp {
        group: GroupRef::table(1),
        after: 0,
    })
    .await;
    host.until("caught_up").await;
    disk.fill();
    let commit = |epoch| ClientMessage::Commit {
        group: GroupRef::table(1),
        epoch,
        commit: protocol::Sealed::from_text(&"A".repeat(8 * 1024)).unwrap(),
    };
    let mut epoch = 0;
    let failed = loop {
        host.send(&commit(epoch)).await;
        match host.next().await {
            Ok(ServerMessage::Taken { epoch: taken, .. }) => assert_eq!(taken, epoch),
            Ok(ServerMessage::Error(error)) => break error,
            other => panic!("{other:?}"),
        }
        epoch += 1;
        tokio::time::sleep(Duration::from_millis(60)).await;
    };
    assert_eq!(
        failed.code,
        ErrorCode::StorageUnavailable,
        "{}",
        failed.text
    );
    assert_eq!(failed.in_reply_to.as_deref(), Some("commit"));
    assert!(!failed.fatal);
    disk.free();
    host.send(&commit(epoch)).await;
    assert_eq!(host.taken().await, (epoch, epoch + 1));
}
