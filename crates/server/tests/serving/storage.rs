//! Bad days of the machine: ports, folders, disks, files.

use std::path::Path;

use server::{StartError, config::Limits, store::open_folder};

use crate::{
    harness::{Host, launch, local_config},
    small_disk::SmallDisk,
};

async fn refused(config: server::Config) -> String {
    match launch(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_port_in_use_is_told_with_who_has_it_and_what_changes_it() {
    let server = Host::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    config.listen = vec![server.address];
    let why = refused(config).await;
    for part in [&server.address.to_string(), "in use by", "--listen"] {
        assert!(why.contains(part), "{why}");
    }
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut config = local_config(folder.path());
    config.media.listen = vec![taken.local_addr().unwrap()];
    let why = refused(config).await;
    assert!(why.contains("--media") && why.contains("in use"), "{why}");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let why = refused(local_config(&file.join("data"))).await;
    assert!(
        why.contains("cannot make the data folder") && why.contains("--data"),
        "{why}"
    );
}

#[tokio::test]
async fn what_is_stored_is_private_even_in_a_folder_open_to_all() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let mut config = local_config(folder.path());
    config.tls = server::config::Tls::Acme {
        domains: vec!["calls.example.org".to_owned()],
        contact: None,
        // Nobody listens there.
        directory: Some("https://127.0.0.1:9/directory".to_owned()),
    };
    let server = Host::start_with(folder, config).await;
    for entry in std::fs::read_dir(server.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} is {mode:o}", entry.file_name());
    }
}

#[tokio::test]
async fn a_read_only_data_folder_is_told() {
    let Some(disk) = SmallDisk::of("storage::a_read_only_data_folder_is_told") else {
        return;
    };
    disk.remount("ro");
    let why = refused(local_config(disk.path())).await;
    assert!(
        why.contains("cannot write to the data folder") && why.contains("--data"),
        "{why}"
    );
}

#[tokio::test]
async fn a_full_data_folder_is_told_at_the_start() {
    let Some(disk) = SmallDisk::of("storage::a_full_data_folder_is_told_at_the_start") else {
        return;
    };
    disk.fill();
    let why = refused(local_config(disk.path())).await;
    assert!(why.contains("free space"), "{why}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_folder(folder.path()).await.unwrap();
    store.close().await;
    let file = folder.path().join(server::store::FILE_NAME);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = 999 WHERE version = 2")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let before = std::fs::read(&file).unwrap();
    let why = refused(local_config(folder.path())).await;
    assert!(why.contains("newer version"), "{why}");
    assert!(before == std::fs::read(&file).unwrap());
}

#[tokio::test]
async fn calls_of_the_version_that_knew_names_are_forgotten_and_its_conveners_kept() {
    let folder = tempfile::tempdir().unwrap();
    let old = tempfile::tempdir().unwrap();
    let first = "0001_calls.sql";
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    std::fs::copy(migrations.join(first), old.path().join(first)).unwrap();
    let file = folder.path().join(server::store::FILE_NAME);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}?mode=rwc", file.display()))
        .await
        .unwrap();
    let migrator = sqlx::migrate::Migrator::new(old.path()).await.unwrap();
    migrator.run(&pool).await.unwrap();
    for statement in [
        "INSERT INTO convener VALUES ('Ada', x'00', 0)",
        "INSERT INTO call VALUES ('old', 'Ada', 0, '{\"title\":\"Planted Title\"}', NULL)",
        "INSERT INTO token VALUES ('old', 1, 1, x'00')",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let store = open_folder(folder.path()).await.unwrap();
    assert!(store.call_ids(None).await.unwrap().is_empty());
    assert_eq!(store.conveners().await.unwrap().len(), 1);
    let planted = b"Planted Title";
    let is_on_disk = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let mut files = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.any(|bytes| bytes.windows(planted.len()).any(|part| part == planted))
    };
    assert!(!is_on_disk());
    store.close().await;
    assert!(!is_on_disk());
}

#[tokio::test]
async fn a_damaged_database_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(server::store::FILE_NAME);
    std::fs::write(
        &file,
        "this is not a database, and long enough to be looked at".repeat(99),
    )
    .unwrap();
    let why = refused(local_config(folder.path())).await;
    assert!(why.contains("restore a backup"), "{why}");
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    config.listen = vec!["0.0.0.0:0".parse().unwrap()];
    let error = launch(config).await.err().unwrap();
    assert!(matches!(error, StartError::Config(_)), "{error}");
}

#[tokio::test]
async fn beyond_its_connections_the_server_serves_those_it_knows_and_turns_newcomers_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    config.limits = Limits {
        connections: 3,
        connections_per_address: 3,
    };
    let server = Host::start_with(folder, config).await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    // Those who say nothing make room for those who come.
    let mut idle = Vec::new();
    for _ in 0..6 {
        idle.push(
            tokio::net::TcpStream::connect(server.address)
                .await
                .unwrap(),
        );
    }
    assert_eq!(server.get("/healthz").await.status, 200);
    host.still_serves().await;
    // Those who have a link do not.
    let mut second = server.hello(&call, 2, 2).await;
    second.until("welcome").await;
    let mut third = server.hello(&call, 3, 3).await;
    third.until("welcome").await;
    assert_eq!(
        server.get("/healthz").await.status,
        0,
        "it should have been turned away"
    );
    for client in [&mut host, &mut second, &mut third] {
        client.still_serves().await;
    }
    drop(third);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn open_conversations_count_as_connections() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    config.limits = Limits {
        connections: 3,
        connections_per_address: 2,
    };
    let server = Host::start_with(folder, config).await;
    let call = server.convene().await;
    let mut host = server.seat_host(&call).await;
    let mut guest = server.hello(&call, 3, 3).await;
    guest.until("welcome").await;
    assert_eq!(
        server.get("/healthz").await.status,
        0,
        "it should have been turned away"
    );
    drop(guest);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(server.get("/healthz").await.status, 200);
    host.still_serves().await;
}
