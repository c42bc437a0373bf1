//! Native participants in a call on a real server, over real sockets on loopback.

mod circles;
mod scene;
mod sealed;

use std::time::{Duration, Instant};

use ::sealed::link::{CallSecret, Link, LinkKey};
use participant::{Options, Participant, Stage};
use protocol::SeatId;

use scene::{Scene, remote, saw_and_heard, until};

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
    let before = remote(&second.reports().borrow(), 3).frames_received;
    server.stop().await;
    let server = scene.start(true).await;
    let back = until(&second, "more pictures after the restart", |r| {
        r.stage == Stage::Seated && remote(r, 3).frames_received > before + 20
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
