//! The convener's interface.

use protocol::{
    AccessToken,
    http::CallDetail,
    limits::{BODY_BYTES_MAX, GRANT_CHARS_MAX, SEALED_PLAN_CHARS_MAX},
};
use serde_json::{Value, json};

use crate::harness::{Convened, Host, random, random_id, sealed, seat_token, shape};

/// The body of a good request to convene, spoilt.
fn new_call(spoil: impl FnOnce(&mut Value)) -> String {
    let token = |seat| seat_token(seat, 1, &AccessToken::from_bytes(random()));
    let tokens: Vec<Value> = (1..=4).map(token).collect();
    let mut new =
        json!({ "id": random_id(), "shape": shape(), "plan": sealed("plan"), "tokens": tokens });
    spoil(&mut new);
    new.to_string()
}

#[tokio::test]
async fn without_a_good_key_nothing_is_told() {
    let server = Host::start().await;
    let call = server.convene().await;
    for key in [None, Some("wrong"), Some("")] {
        for path in ["/api/calls", &format!("/api/calls/{}", call.id)] {
            let answer = server.request("GET", path, key, "").await;
            assert_eq!(answer.status, 401);
            assert!(answer.body.contains("bad_convener_key") && !answer.body.contains("Planted"));
        }
    }
}

#[tokio::test]
async fn a_call_is_listed_shown_ended_and_deleted() {
    let server = Host::start().await;
    let call = server.convene().await;
    let path = format!("/api/calls/{}", call.id);
    let list = server
        .request("GET", "/api/calls", Some(&server.key), "")
        .await;
    let list: Value = serde_json::from_str(&list.body).unwrap();
    assert_eq!(list["calls"][0]["info"]["id"], json!(call.id));
    let shown = server.request("GET", &path, Some(&server.key), "").await;
    let shown: CallDetail = serde_json::from_str(&shown.body).unwrap();
    assert_eq!(shown.links, [1, 1, 1, 1]);
    assert_eq!(shown.plan, Some(sealed("plan")));
    let mut host = server.seat_host(&call).await;
    assert_eq!(
        server
            .request("POST", &format!("{path}/end"), Some(&server.key), "")
            .await
            .status,
        204
    );
    host.until("adjourned").await;
    let ended = server.request("GET", &path, Some(&server.key), "").await;
    assert!(ended.body.contains("adjourned"));
    assert_eq!(
        server
            .request("DELETE", &path, Some(&server.key), "")
            .await
            .status,
        204
    );
    assert_eq!(
        server
            .request("GET", &path, Some(&server.key), "")
            .await
            .status,
        404
    );
    assert_eq!(
        server
            .request("DELETE", &path, Some(&server.key), "")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn another_conveners_call_is_no_call() {
    let mut server = Host::start().await;
    let call = server.convene().await;
    // Not even one with the name of the powerful.
    let other = server.add_convener("operator").await;
    let path = format!("/api/calls/{}", call.id);
    for (method, path) in [
        ("GET", path.clone()),
        ("POST", format!("{path}/end")),
        ("DELETE", path),
    ] {
        let answer = server.request(method, &path, Some(&other), "").await;
        assert_eq!(answer.status, 404);
    }
    let list = server.request("GET", "/api/calls", Some(&other), "").await;
    assert_eq!(list.body, r#"{"calls":[]}"#);
    server.key = other;
    server.convene().await;
}

#[tokio::test]
async fn mistakes_in_a_call_are_named_and_nothing_is_kept() {
    let server = Host::start().await;
    let key = server.key.clone();
    let post = |body: String| {
        let (server, key) = (&server, &key);
        async move { server.request("POST", "/api/calls", Some(key), &body).await }
    };
    for (body, status) in [
        (String::new(), 400),
        ("{".to_owned(), 400),
        (new_call(|new| new["tokens"] = json!([])), 400),
        (new_call(|new| new["id"] = json!("short")), 400),
        (new_call(|new| new["plan"] = json!("not base64url!")), 400),
        (
            new_call(|new| new["plan"] = json!("A".repeat(SEALED_PLAN_CHARS_MAX + 1))),
            413,
        ),
        (
            new_call(|new| new["tokens"][3]["grant"] = json!("A".repeat(GRANT_CHARS_MAX + 1))),
            413,
        ),
        (new_call(|new| new["tokens"][3]["link"] = json!(2)), 400),
        (new_call(|new| new["tokens"][3]["seat"] = json!(3)), 400),
        (
            new_call(|new| drop(new["tokens"][3].as_object_mut().unwrap().remove("grant"))),
            400,
        ),
        (
            new_call(|new| new["shape"]["seats"][2]["id"] = json!(4)),
            422,
        ),
        (new_call(|new| new["shape"]["seats"] = json!([])), 422),
        (
            format!("{{\"id\":\"{}\"}}", "x".repeat(BODY_BYTES_MAX)),
            413,
        ),
    ] {
        let answer = post(body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let mut hostless = shape();
    hostless["seats"][0]["host"] = json!(false);
    let (_, answer) = server.try_convene(hostless).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("no seat is a host's"),
        "{}",
        answer.body
    );
    let list = server.request("GET", "/api/calls", Some(&key), "").await;
    assert_eq!(list.body, r#"{"calls":[]}"#);
}

#[tokio::test]
async fn a_call_id_is_used_once() {
    let server = Host::start().await;
    let body = new_call(|_| {});
    assert_eq!(
        server
            .request("POST", "/api/calls", Some(&server.key), &body)
            .await
            .status,
        201
    );
    let again = server
        .request("POST", "/api/calls", Some(&server.key), &body)
        .await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains("call_exists"));
}

#[tokio::test]
async fn wrong_keys_run_out() {
    let server = Host::start().await;
    let mut last = 0;
    for _ in 0..30 {
        last = server
            .request("GET", "/api/calls", Some("wrong"), "")
            .await
            .status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_convener_with_too_many_calls_is_told_and_has_room_again_after_deleting_one() {
    let server = Host::start().await;
    let first = server.convene().await;
    // As if convened one by one.
    let file = server.config.data.join(server::store::FILE_NAME);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    let many = i64::try_from(protocol::limits::CALLS_PER_CONVENER_MAX).unwrap() - 2;
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO call (id, convener, convened_at, shape, plan)
         SELECT 'made up ' || i, (SELECT id FROM convener WHERE name = 'test'), 0, '{}', 'x' FROM n",
    )
    .bind(many)
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    server.convene().await;
    let (refused, answer) = server.try_convene(shape()).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert!(answer.body.contains("convener_full") && answer.body.contains("Delete calls"));
    let path = |call: &Convened| format!("/api/calls/{}", call.id);
    let key = Some(&*server.key);
    assert_eq!(
        server.request("GET", &path(&refused), key, "").await.status,
        404
    );
    assert_eq!(
        server
            .request("DELETE", &path(&first), key, "")
            .await
            .status,
        204
    );
    server.convene().await;
}
