//! Nobody makes the server read a call and start its task who has not shown a good link or key. A process
//! of its own, as the figures are the process's.

#[path = "serving/harness.rs"]
#[allow(dead_code)]
mod harness;

use harness::Host;
use protocol::{AccessToken, ErrorCode};

fn calls_in_memory() -> u32 {
    let figures = server::metrics::render().unwrap();
    let line = figures
        .lines()
        .find_map(|line| line.strip_prefix("incamera_calls_in_memory "));
    line.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn who_has_no_good_link_and_who_only_looks_starts_no_call() {
    let server = Host::start().await;
    let other = server.add_convener("other").await;
    let calls = [server.convene().await, server.convene().await];
    for call in &calls {
        let id = call.id.to_string();
        let mut stranger = server.connect(&id).await;
        stranger.hello(AccessToken::from_bytes([9; 32]), 9).await;
        stranger.ends_with(ErrorCode::UnknownLink).await;
        // The good link of another call.
        let mut guest = server.connect(&id).await;
        let token = &calls.iter().find(|c| c.id != call.id).unwrap().tokens[0];
        guest.hello(token.clone(), 9).await;
        guest.ends_with(ErrorCode::UnknownLink).await;
        let path = format!("/api/calls/{id}");
        assert_eq!(
            server.request("GET", &path, Some(&other), "").await.status,
            404
        );
        assert_eq!(
            server
                .request("DELETE", &path, Some(&other), "")
                .await
                .status,
            404
        );
        assert_eq!(
            server
                .request("GET", &path, Some(&server.key), "")
                .await
                .status,
            200
        );
    }
    let list = server
        .request("GET", "/api/calls", Some(&server.key), "")
        .await;
    assert!(
        calls
            .iter()
            .all(|call| list.body.contains(&call.id.to_string()))
    );
    assert_eq!(calls_in_memory(), 0);
    let _host = server.seat_host(&calls[0]).await;
    assert_eq!(calls_in_memory(), 1);
}
