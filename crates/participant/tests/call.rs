//! Native participants in a call on a real server, over real sockets on loopback.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    time::{Duration, Instant},
};

use participant::{Options, Participant, Report, Stage};
use protocol::{CallId, SeatId, http::NewCall, plan::UnverifiedPlan};
use sealed::link::{self, CallSecret, HOST_LINK_NUMBER, Link, LinkKey};
use server::{Config, Running, config};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(40);

/// A server in this process that can be started again on the same folder and ports.
struct Scene {
    folder: TempDir,
    http: SocketAddr,
    media: SocketAddr,
    call: CallId,
    secret: CallSecret,
}

impl Scene {
    fn new() -> Self {
        let call = link::new_call_id().unwrap();
        let secret = CallSecret::generate().unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            http: free(),
            media: free(),
            call,
            secret,
        }
    }

    async fn start(&self, udp: bool) -> Running {
        let config = Config {
            listen: vec![self.http],
            data: self.data().to_owned(),
            tls: config::Tls::Localhost,
            media: config::MediaSettings {
                listen: vec![self.media],
                udp,
                ..config::MediaSettings::default()
            },
            metrics: config::Metrics::Off,
            ..Config::default()
        };
        server::start(config).await.unwrap()
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }

    /// A call of `seats` seats, each a delegation; the first is the host's.
    async fn convene(&self, server: &Running, seats: u16) {
        let delegation = |n: u16| {
            let seat = serde_json::json!({ "name": format!("Person {n}"), "host": n == 1 });
            serde_json::json!({ "name": format!("Delegation {n}"), "seats": [seat] })
        };
        let delegations: Vec<_> = (1..=seats).map(delegation).collect();
        let plan = serde_json::json!({ "title": "Test", "delegations": delegations });
        let plan: UnverifiedPlan = serde_json::from_value(plan).unwrap();
        let token = |n: u16| {
            self.secret
                .seat_token(self.call, SeatId(n), HOST_LINK_NUMBER)
        };
        let tokens = (1..=seats).map(token).collect();
        let key = server.store().add_convener("test", 0).await.unwrap();
        let call = NewCall {
            id: self.call,
            plan,
            tokens,
        };
        let url = format!("http://{}/api/calls", self.http);
        let post = move || {
            ureq::post(url)
                .header("Authorization", format!("Bearer {key}"))
                .send_json(call)
        };
        tokio::task::spawn_blocking(post).await.unwrap().unwrap();
    }

    fn options(&self, seat: u16) -> Options {
        let key = LinkKey::Seat(self.secret.seat(self.call, SeatId(seat), HOST_LINK_NUMBER));
        let link = Link {
            call: self.call,
            key,
        }
        .url(&format!("http://{}", self.http));
        Options {
            auto_host: seat == 1,
            ..Options::new(link, format!("seat {seat}"))
        }
    }
}

/// A port that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
}

/// Waits until `ready` holds for a participant's report.
async fn until(participant: &Participant, what: &str, ready: impl Fn(&Report) -> bool) -> Report {
    let mut reports = participant.reports();
    let found = tokio::time::timeout(PATIENCE, reports.wait_for(|report| ready(report))).await;
    match found {
        Ok(report) => report.expect("the participant is still there").clone(),
        Err(_) => panic!(
            "not within {PATIENCE:?}: {what}; {:?}",
            participant.reports().borrow()
        ),
    }
}

fn saw_and_heard(other: u16) -> impl Fn(&Report) -> bool {
    move |report| report.saw.contains(&other) && report.heard.contains(&other)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_seats_see_and_hear_each_other_and_leave() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 2).await;
    let host = Participant::start(scene.options(1)).unwrap();
    let other = Participant::start(scene.options(2)).unwrap();
    until(&host, "the host sees", saw_and_heard(2)).await;
    until(&other, "the other sees", saw_and_heard(1)).await;
    // Both layers come: large in focus.
    let seen = until(&host, "the large layer", |r| {
        r.remotes.get(&2).is_some_and(|r| r.height == 360)
    });
    assert_eq!(seen.await.frames_wrong, 0);
    let last = other.leave().await;
    assert_eq!(
        (last.stage, last.ended.as_deref()),
        (Stage::Gone, Some("left"))
    );
    host.leave().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_udp_media_goes_over_tcp() {
    let scene = Scene::new();
    let server = scene.start(false).await;
    scene.convene(&server, 2).await;
    let options = |seat| Options {
        tcp_only: true,
        ..scene.options(seat)
    };
    let host = Participant::start(options(1)).unwrap();
    let other = Participant::start(options(2)).unwrap();
    until(&host, "the host sees", saw_and_heard(2)).await;
    until(&other, "the other sees", saw_and_heard(1)).await;
    assert!(server.media().figures().tcp_connections >= 2);
    host.leave().await;
    other.leave().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_of_the_server_everybody_is_back_without_a_new_admission() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 3).await;
    let host = Participant::start(scene.options(1)).unwrap();
    let second = Participant::start(scene.options(2)).unwrap();
    let third = Participant::start(scene.options(3)).unwrap();
    until(&second, "the second sees the third", saw_and_heard(3)).await;
    until(&third, "the third sees the second", saw_and_heard(2)).await;
    // The host is gone for good, so nobody could admit anybody.
    host.leave().await;
    let before = second.reports().borrow().remotes[&3].frames_received;
    server.stop().await;
    let server = scene.start(true).await;
    let back = until(&second, "more pictures after the restart", |r| {
        r.stage == Stage::Seated && r.remotes[&3].frames_received > before + 20
    });
    assert!(back.await.reconnects >= 1);
    until(&third, "the third is seated", |r| {
        r.stage == Stage::Seated && r.reconnects >= 1
    })
    .await;
    second.leave().await;
    third.leave().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guessed_link_is_refused_and_not_tried_again() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 2).await;
    let key = LinkKey::Seat(
        CallSecret::generate()
            .unwrap()
            .seat(scene.call, SeatId(2), 1),
    );
    let link = Link {
        call: scene.call,
        key,
    }
    .url(&format!("http://{}", scene.http));
    let guesser = Participant::start(Options::new(link, "guesser")).unwrap();
    let gone = until(&guesser, "refused", |r| r.stage == Stage::Gone).await;
    assert_eq!(gone.ended.as_deref(), Some("unknown_link"));
    assert!(!gone.admitted);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_waits_for_a_server_that_is_not_there_yet() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 2).await;
    server.stop().await;
    let host = Participant::start(scene.options(1)).unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let started = Instant::now();
    let server = scene.start(true).await;
    until(&host, "seated", |r| r.stage == Stage::Seated).await;
    assert!(started.elapsed() < Duration::from_secs(10));
    host.leave().await;
    server.stop().await;
}
