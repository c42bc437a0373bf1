//! What sealing promises, seen from natives in a real call: who is let in and comes back, who is put
//! out, and that all of them are in one group.

use std::{collections::BTreeSet, time::Duration};

use participant::{Act, Options, Participant, Report, Sending, Stage};
use protocol::{SeatId, types::Doors};
use tokio::time::sleep;

use crate::scene::{Proxy, Scene, remote, saw_and_heard, until};

/// From sitting down to the first frame of a newcomer at others, and of others at the newcomer. The
/// target is 1 s; a shared machine gets more.
const FIRST_FRAME_MAX_MS: u64 = 4_000;

fn verified(seats: impl IntoIterator<Item = u16>) -> impl Fn(&Report) -> bool {
    let seats: BTreeSet<_> = seats.into_iter().collect();
    move |report| report.group.verified == seats
}

fn start(scene: &Scene, seat: u16) -> Participant {
    Participant::start(scene.options(seat)).unwrap()
}

fn report(participant: &Participant) -> Report {
    participant.reports().borrow().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_latecomer_is_admitted_and_seen_and_sees_within_the_bound() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 3).await;
    let (host, second) = (start(&scene, 1), start(&scene, 2));
    until(&host, "two are there", saw_and_heard(2)).await;
    until(&second, "two are there", saw_and_heard(1)).await;
    let third = start(&scene, 3);
    until(&third, "seated", |r| r.stage == Stage::Seated).await;
    let seated_at = crate::scene::now_ms();
    let opened = |seat: u16| move |r: &Report| remote(r, seat).first_opened_ms.is_some();
    for (who, of) in [(&host, 3), (&second, 3), (&third, 1), (&third, 2)] {
        let report = until(who, "a first frame", opened(of)).await;
        let first = remote(&report, of).first_opened_ms.unwrap();
        let took = first.saturating_sub(seated_at);
        println!(
            "seat {} opens a frame of seat {of} after {took} ms",
            report.seat
        );
        assert!(took < FIRST_FRAME_MAX_MS, "seat {of} after {took} ms");
    }
    for participant in [&host, &second, &third] {
        let report = until(participant, "all verified", verified(1..=3)).await;
        assert_eq!((report.frames_refused, report.frames_wrong), (0, 0));
    }
    until(&third, "it sees", saw_and_heard(1)).await;
    until(&host, "it is seen", saw_and_heard(3)).await;
    for participant in [host, second, third] {
        participant.leave().await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_seat_is_heard_no_more_and_its_link_is_closed() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 3).await;
    let (host, second, third) = (start(&scene, 1), start(&scene, 2), start(&scene, 3));
    for participant in [&host, &second] {
        until(participant, "the third is there", saw_and_heard(3)).await;
    }
    until(&host, "all verified", verified(1..=3)).await;
    let epoch = report(&host).group.epoch;
    host.act(Act::Remove { seat: SeatId(3) }).await.unwrap();
    let gone = until(&third, "removed", |r| r.stage == Stage::Gone).await;
    assert_eq!(gone.ended.as_deref(), Some("removed"));
    for participant in [&host, &second] {
        let after = until(participant, "only two", verified(1..=2)).await;
        assert!(after.group.epoch > epoch);
    }
    let frames = |p: &Participant| {
        let third = remote(&report(p), 3);
        (third.frames_received, third.voices_decoded)
    };
    let before = [frames(&host), frames(&second)];
    sleep(Duration::from_secs(1)).await;
    assert_eq!([frames(&host), frames(&second)], before);
    let again = start(&scene, 3);
    let refused = until(&again, "its link is closed", |r| r.stage == Stage::Gone).await;
    assert_eq!(refused.ended.as_deref(), Some("link_closed"));
    // The others go on.
    let frames = remote(&report(&second), 1).frames_received;
    until(&second, "the host", |r| {
        remote(r, 1).frames_received > frames + 5
    })
    .await;
    host.leave().await;
    second.leave().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_comes_back_without_asking_anybody_the_hosts_too() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 3).await;
    let (host, second, third) = (start(&scene, 1), start(&scene, 2), start(&scene, 3));
    until(&host, "all verified", verified(1..=3)).await;
    for other in [1, 2] {
        until(&third, "it sees and hears", saw_and_heard(other)).await;
    }
    until(&third, "all verified", verified(1..=3)).await;
    // Nobody can be admitted any more.
    let doors = Doors::Closed;
    host.act(Act::SetDoors { doors }).await.unwrap();
    let group = report(&third).group.number;
    for (seat, reloaded) in [(2, second), (1, host)] {
        let kept = reloaded.vanish().await;
        assert_eq!(kept.memory.table.group, group);
        let options = Options {
            machine: Some(kept),
            ..scene.options(seat)
        };
        let back = Participant::start(options).unwrap();
        let member = until(&back, "it is a member", verified(1..=3)).await;
        assert_eq!(member.group.number, group, "another group was begun");
        until(&back, "it sees and hears", saw_and_heard(3)).await;
        let before = remote(&report(&third), seat);
        let more = |r: &Report| {
            let now = remote(r, seat);
            now.frames_received > before.frames_received + 5
                && now.voices_decoded > before.voices_decoded + 20
        };
        until(&third, "it is seen and heard", more).await;
        tokio::spawn(async move {
            // Stays until the test ends.
            let _back = back;
            std::future::pending::<()>().await;
        });
    }
    third.leave().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_machine_with_the_same_link_is_not_let_in_by_itself() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 2).await;
    let (host, second) = (start(&scene, 1), start(&scene, 2));
    until(&second, "both are there", saw_and_heard(1)).await;
    let thief = start(&scene, 2);
    until(&thief, "it waits", |r| r.stage == Stage::Waiting).await;
    let claimed = |r: &Report| {
        let view = r.group.view.as_ref();
        view.is_some_and(|view| view.waiting.iter().any(|c| c.seat == SeatId(2)))
    };
    until(&host, "the host is told", claimed).await;
    sleep(Duration::from_secs(1)).await;
    let report = report(&thief);
    assert_eq!((report.stage, report.frames_opened), (Stage::Waiting, 0));
    assert!(report.group.verified.is_empty());
    thief.leave().await;
    until(&second, "it stays", verified(1..=2)).await;
    host.leave().await;
    second.leave().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_break_of_the_websocket_the_place_in_the_group_is_the_same() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 2).await;
    let proxy = Proxy::to(scene.http).await;
    let host = start(&scene, 1);
    let second = Participant::start(scene.options_via(proxy.address, 2)).unwrap();
    until(&second, "both are there", saw_and_heard(1)).await;
    until(&host, "both are there", saw_and_heard(2)).await;
    let leaf = |r: &Report| r.group.view.as_ref().and_then(|view| view.me.leaf);
    let before = report(&second);
    proxy.cut();
    until(&second, "it is cut off", |r| {
        r.reconnects > before.reconnects
    })
    .await;
    let frames = remote(&before, 1).frames_received;
    let back = until(&second, "it is back", |r| {
        r.stage == Stage::Seated && remote(r, 1).frames_received > frames + 20
    })
    .await;
    assert_eq!(
        (back.group.number, back.group.epoch, leaf(&back)),
        (before.group.number, before.group.epoch, leaf(&before))
    );
    assert_eq!(back.frames_refused, 0);
    let heard = remote(&report(&host), 2).voices_decoded;
    until(&host, "it is heard", |r| {
        remote(r, 2).voices_decoded > heard + 20
    })
    .await;
    // What is written after the break arrives.
    let text = "Back again".to_owned();
    second.act(Act::Text { text }).await.unwrap();
    until(&host, "a text", |r| r.texts == 1).await;
    host.leave().await;
    second.leave().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_whose_network_stalls_for_a_moment_keeps_its_place() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 3).await;
    let proxy = Proxy::to(scene.http).await;
    let host = Participant::start(scene.options_via(proxy.address, 1)).unwrap();
    let (second, third) = (start(&scene, 2), start(&scene, 3));
    for participant in [&host, &second, &third] {
        until(participant, "all verified", verified(1..=3)).await;
    }
    sleep(Duration::from_secs(1)).await;
    let epoch = report(&host).group.epoch;
    // Long enough to be marked as silent, too short to be away.
    proxy.hold_up(Duration::from_millis(3_500)).await;
    for participant in [&host, &second, &third] {
        let report = until(participant, "all verified again", verified(1..=3)).await;
        assert_eq!(report.group.epoch, epoch, "somebody was put out");
    }
    sleep(Duration::from_secs(1)).await;
    let report = report(&host);
    assert_eq!((report.group.epoch, report.reconnects), (epoch, 0));
    for participant in [host, second, third] {
        participant.leave().await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_and_words_are_the_same_for_all() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 3).await;
    let all = [1, 2, 3].map(|seat| start(&scene, seat));
    for participant in &all {
        until(participant, "all verified", verified(1..=3)).await;
    }
    let text = "The text of the communiqué".to_owned();
    all[1].act(Act::Text { text: text.clone() }).await.unwrap();
    for participant in &all {
        until(participant, "the text", |r| r.texts == 1).await;
        let texts = participant.texts();
        let first = texts.borrow()[0].clone();
        assert!((first.from, &first.text) == (SeatId(2), &text));
    }
    let language = "fr".to_owned();
    let refused = all[1]
        .act(Act::CheckWords {
            language: language.clone(),
        })
        .await;
    assert!(refused.is_err(), "only a host checks the words");
    all[0].act(Act::CheckWords { language }).await.unwrap();
    let mut words = Vec::new();
    for participant in &all {
        let report = until(participant, "words", |r| r.group.words.len() == 6).await;
        words.push((report.group.words, report.group.digits, report.group.epoch));
    }
    assert!(words.iter().all(|of| *of == words[0]), "{words:?}");
    let all_same = |r: &Report| {
        let check = r.group.view.as_ref().and_then(|view| view.check.clone());
        check
            .is_some_and(|check| check.verdicts.len() == 3 && check.verdicts.iter().all(|v| v.same))
    };
    until(&all[0], "all say that they are the same", all_same).await;
    for participant in all {
        participant.leave().await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_words_differ_is_heard_no_more() {
    let scene = Scene::new();
    let server = scene.start(true).await;
    scene.convene(&server, 3).await;
    let (host, second) = (start(&scene, 1), start(&scene, 2));
    let other = Options {
        verdict: Some(false),
        ..scene.options(3)
    };
    let other = Participant::start(other).unwrap();
    until(&second, "it is heard", saw_and_heard(3)).await;
    until(&host, "all verified", verified(1..=3)).await;
    let language = "en".to_owned();
    host.act(Act::CheckWords { language }).await.unwrap();
    let stopped = |r: &Report| r.group.sending == Some(Sending::Stopped);
    until(&other, "it stops", stopped).await;
    until(&second, "it is named", verified(1..=2)).await;
    sleep(Duration::from_millis(300)).await;
    let heard = remote(&report(&second), 3).voices_decoded;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(remote(&report(&second), 3).voices_decoded, heard);
    for participant in [host, second, other] {
        participant.leave().await;
    }
    server.stop().await;
}
