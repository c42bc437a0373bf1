//! The server goes and comes back in mid-call: every seat returns without a new admission.

use protocol::{ClientMessage, ErrorCode, ServerMessage};

use crate::harness::{Client, Convened, Host};

/// Says hello as the same machine and takes its seat back.
pub(crate) async fn comes_back(server: &Host, call: &Convened, seat: u16) -> Client {
    let mut client = server.hello(call, seat, u8::try_from(seat).unwrap()).await;
    let ServerMessage::Welcome { returning, .. } = client.until("welcome").await else {
        unreachable!()
    };
    assert!(returning, "seat {seat} was forgotten");
    client.send(&ClientMessage::Enter { knock: None }).await;
    client.until("negotiate").await;
    client
}

#[tokio::test]
async fn a_stop_tells_the_seats_and_a_start_brings_them_back() {
    let mut server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    let mut arriving = server.hello(&call, 4, 4).await;
    arriving.until("welcome").await;
    let stop = server.stop();
    let ((), ()) = tokio::join!(stop, async {
        for client in [&mut host, &mut guest, &mut arriving] {
            let ServerMessage::GoingAway { retry_after_ms } = client.until("going_away").await
            else {
                unreachable!()
            };
            assert!((500..5_000).contains(&retry_after_ms));
            client.closes(ErrorCode::GoingAway).await;
        }
    });
    server.restart().await;
    // The guest first: it must not need the host.
    let mut guest = comes_back(&server, &call, 3).await;
    let mut host = comes_back(&server, &call, 1).await;
    guest.still_serves().await;
    host.still_serves().await;
}

#[tokio::test]
async fn a_crash_loses_nothing_that_was_acknowledged() {
    let mut server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    for round in 0..3 {
        // `negotiate` arrived: the admission was acknowledged, so it must be on the disk.
        let _guest = if round == 0 {
            server.seat(&call, &mut host, 3).await
        } else {
            comes_back(&server, &call, 3).await
        };
        server.kill();
        server.restart().await;
    }
    comes_back(&server, &call, 3).await;
    comes_back(&server, &call, 1).await;
    // Another machine with the same link is still a stranger.
    let mut stranger = server.hello(&call, 3, 99).await;
    let ServerMessage::Welcome { returning, .. } = stranger.until("welcome").await else {
        unreachable!()
    };
    assert!(!returning);
}

#[tokio::test]
async fn closed_doors_and_a_removed_seat_outlive_a_crash() {
    let mut server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.seat(&call, &mut host, 3).await;
    host.send(&ClientMessage::Remove {
        seat: protocol::SeatId(3),
    })
    .await;
    guest.until("removed").await;
    host.send(&ClientMessage::SetDoors {
        doors: protocol::types::Doors::Closed,
    })
    .await;
    host.until("doors_changed").await;
    server.kill();
    server.restart().await;
    let mut guest = server.hello(&call, 3, 3).await;
    guest.ends_with(ErrorCode::LinkClosed).await;
    let mut host = server.hello(&call, 1, 1).await;
    host.until("welcome").await;
    host.send(&ClientMessage::Enter { knock: None }).await;
    let ServerMessage::Seated { doors, .. } = host.until("seated").await else {
        unreachable!()
    };
    assert_eq!(doors, protocol::types::Doors::Closed);
}

#[tokio::test]
async fn a_backup_made_while_it_ran_brings_the_seats_back() {
    let mut server = Host::start().await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let _guest = server.seat(&call, &mut host, 3).await;
    // As docs/deploy.md tells the operator.
    let file = server.folder.path().join(server::store::FILE_NAME);
    let backup = server.folder.path().join("backup.sqlite");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    sqlx::query("VACUUM INTO ?")
        .bind(backup.to_str())
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    server.stop().await;
    for rest in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{rest}", file.display()));
    }
    std::fs::copy(&backup, &file).unwrap();
    server.restart().await;
    comes_back(&server, &call, 3).await;
    comes_back(&server, &call, 1).await;
}
