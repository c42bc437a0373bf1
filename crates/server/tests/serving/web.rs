//! What browsers and other strangers meet: headers, pages, TLS, other protocols.

use std::{path::Path, sync::Arc, time::Duration};

use protocol::ErrorCode;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use server::{
    SELF_SIGNED_CERTIFICATE,
    config::{Metrics, Tls},
};
use tokio::{io::AsyncReadExt as _, net::TcpStream};
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

use crate::harness::{Client, Host, exchange, local_config};

#[tokio::test]
async fn every_response_has_the_policy_worker_scripts_included() {
    let server = Host::start().await;
    let mut paths: Vec<String> = [
        "/",
        "/convene",
        "/c/x",
        "/nothing",
        "/api/calls",
        "/api/nothing",
        "/healthz",
        "/readyz",
    ]
    .map(str::to_owned)
    .into();
    // Whatever was built in: scripts, workers, WebAssembly, styles.
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/assets");
    for file in std::fs::read_dir(built).into_iter().flatten().flatten() {
        paths.push(format!("/assets/{}", file.file_name().to_string_lossy()));
    }
    for path in paths {
        let answer = server.get(&path).await;
        let policy = answer
            .head
            .lines()
            .find_map(|line| line.strip_prefix("content-security-policy: "))
            .unwrap_or_else(|| panic!("{path} has no policy"));
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        let unsafe_words = policy.matches("'unsafe").count();
        assert_eq!(
            (unsafe_words, policy.matches("'wasm-unsafe-eval'").count()),
            (0, 1),
            "{path}"
        );
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(answer.head.contains(header), "{path} lacks {header}");
        }
        if path.starts_with("/api/") {
            assert!(answer.head.contains("cache-control: no-store"), "{path}");
        }
        if path.starts_with("/assets/") && answer.status == 200 {
            assert!(answer.head.contains("immutable"), "{path}");
        }
    }
}

#[tokio::test]
async fn pages_are_the_client_and_the_rest_is_not_found() {
    let server = Host::start().await;
    for path in ["/", "/convene", "/c/aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains("etag: ") && answer.head.contains("cache-control: no-cache"));
    }
    assert_eq!(server.get("/a/b").await.status, 404);
    assert_eq!(server.get("/healthz").await.body, "alive\n");
    assert_eq!(server.get("/readyz").await.body, "ready\n");
    assert_eq!(
        server.get("/metrics").await.status,
        404,
        "metrics are not for the network"
    );
}

#[tokio::test]
async fn a_link_that_was_changed_on_its_way_gets_the_page_and_no_cache_keeps_it() {
    let server = Host::start().await;
    let id = "aaaqeayeaudaocajbifqydiob4";
    for path in [
        format!("/c/{id}%23seat.secret"),
        format!("/c/{id}%2523seat.secret"),
        format!("/c/{id}/%23seat.secret/"),
        format!("/c/{id}/"),
        format!("/c/{id}?seat.secret"),
        format!("/c/{id}%3E"),
        format!("/C/{}", id.to_uppercase()),
        "/c/".to_owned(),
        "/c/a/b".to_owned(),
    ] {
        let answer = server.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.head.contains("text/html"), "{path}");
        assert!(answer.head.contains("cache-control: no-store"), "{path}");
        assert!(!answer.head.contains("secret"), "{path}");
    }
}

#[tokio::test]
async fn link_scanners_change_nothing() {
    let server = Host::start().await;
    let call = server.convene().await;
    let detail = format!("/api/calls/{}", call.id);
    let seen = async || {
        let answer = server.request("GET", &detail, Some(&server.key), "");
        answer.await.body
    };
    let before = seen().await;
    for path in [
        format!("/c/{}", call.id),
        format!("/c/{}%23seat.secret", call.id),
        format!("/c/{}?utm_source=scanner", call.id),
    ] {
        for method in ["GET", "HEAD", "OPTIONS", "POST"] {
            let answer = server.request(method, &path, None, "").await;
            let expected = if matches!(method, "GET" | "HEAD") {
                200
            } else {
                405
            };
            assert_eq!(answer.status, expected, "{method} {path}");
        }
    }
    // One that runs the page's scripts says hello, and goes.
    let mut scanner = server.hello(&call, 3, 99).await;
    scanner.until("welcome").await;
    drop(scanner);
    assert_eq!(seen().await, before);
    // Whom the link is for comes on another machine and waits like anybody.
    let mut host = server.seat_host(&call).await;
    server.seat(&call, &mut host, 3).await.still_serves().await;
}

#[tokio::test]
async fn what_is_large_is_sent_with_brotli_to_those_who_take_it() {
    let server = Host::start().await;
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/assets");
    let files = std::fs::read_dir(built).into_iter().flatten().flatten();
    let large = files.filter(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = [".js", ".css", ".wasm"]
            .iter()
            .any(|end| name.ends_with(end));
        text && file.metadata().is_ok_and(|data| data.len() > 20_000)
    });
    for file in large {
        let name = file.file_name().to_string_lossy().into_owned();
        let mut lengths = Vec::new();
        for (takes, given) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", "")] {
            let request = format!(
                "HEAD /assets/{name} HTTP/1.1\r\nhost: x\r\naccept-encoding: {takes}\r\nconnection: close\r\n\r\n"
            );
            let head = exchange(server.address, request.as_bytes()).await.head;
            let value = |header: &str| {
                let line = head.lines().find_map(|line| line.strip_prefix(header));
                line.unwrap_or("").to_owned()
            };
            assert_eq!(value("content-encoding: "), given, "{name} for {takes}");
            lengths.push(value("content-length: ").parse::<u64>().unwrap());
        }
        assert!(lengths.is_sorted(), "{name}: {lengths:?}");
    }
}

#[tokio::test]
async fn one_port_takes_tls_and_advises_plain_http() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    config.tls = Tls::SelfSigned;
    let server = Host::start_with(folder, config).await;
    let advice = exchange(server.address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(advice.status, 400);
    assert!(advice.body.contains("https://"));
    let mut roots = rustls::RootCertStore::empty();
    let file = server.folder.path().join(SELF_SIGNED_CERTIFICATE);
    roots
        .add(CertificateDer::from_pem_file(file).unwrap())
        .unwrap();
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let url = format!("wss://{}/api/calls/x/signal", server.address);
    let connector = Some(Connector::Rustls(Arc::new(tls)));
    let (socket, _) = connect_async_tls_with_config(url, None, false, connector)
        .await
        .unwrap();
    let mut client = Client::on(socket);
    client
        .hello(protocol::AccessToken::from_bytes([0; 32]), 1)
        .await;
    client.ends_with(ErrorCode::UnknownCall).await;
}

#[tokio::test]
async fn what_is_neither_tls_nor_http_nor_stun_is_dropped_without_a_word() {
    let server = Host::start().await;
    for garbage in [&[0xff, 0xff][..], b"\r\n\r\n", b"ssh-2.0", &[0x16, 3, 1]] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, garbage)
            .await
            .unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer));
        // A reset is a drop as well.
        let _ = read.await.expect("it was kept open");
        assert!(answer.is_empty());
    }
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_broken_or_endless_request_is_refused() {
    let server = Host::start().await;
    let endless = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "y".repeat(1024 * 1024)
    );
    let answer = exchange(server.address, endless.as_bytes()).await;
    assert!(
        answer.status == 431 || answer.status == 0,
        "{}",
        answer.status
    );
    let answer = exchange(server.address, b"GET / HTTP/9\r\n\r\n").await;
    assert!(
        answer.status == 400 || answer.status == 0,
        "{}",
        answer.status
    );
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn without_a_certificate_from_acme_yet_tls_fails_and_the_server_lives() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    config.tls = Tls::Acme {
        domains: vec!["calls.example.org".to_owned()],
        contact: Some("admin@example.org".to_owned()),
        // Nobody listens there.
        directory: Some("https://127.0.0.1:9/directory".to_owned()),
    };
    let server = Host::start_with(folder, config).await;
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let url = format!("wss://{}/api/calls/x/signal", server.address);
    let connector = Some(Connector::Rustls(Arc::new(tls)));
    assert!(
        connect_async_tls_with_config(url, None, false, connector)
            .await
            .is_err()
    );
    let advice = exchange(server.address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(advice.status, 400);
}

#[tokio::test]
async fn figures_are_told_on_an_address_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    config.metrics = Metrics::At(free);
    let server = Host::start_with(folder, config).await;
    let call = server.convene().await;
    let _host = server.seat_host(&call).await;
    let figures = exchange(
        free,
        b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert_eq!(figures.status, 200);
    for name in [
        "incamera_sessions ",
        "incamera_commit_seconds_count",
        "incamera_media_packets_forwarded_total",
    ] {
        assert!(figures.body.contains(name), "{name}");
    }
    assert!(!figures.body.contains("Planted"));
}

#[tokio::test]
async fn it_serves_on_ipv6() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        eprintln!("not run: this machine has no IPv6");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut config = local_config(folder.path());
    config.listen = vec!["[::1]:0".parse().unwrap()];
    config.media.listen = vec!["[::1]:0".parse().unwrap()];
    let server = Host::start_with(folder, config).await;
    let call = server.convene().await;
    server.seat_host(&call).await.still_serves().await;
}
