//! What fails and what passes, one figure at a time.

use std::collections::BTreeMap;

use participant::{GroupReport, Report, network::profile::Profile};

use super::*;
use crate::{
    rehearse::{
        outcome::Outcome,
        watch::{Own, Tally, Watch},
    },
    scenario::Thresholds,
};

fn place(seat: u16, network: &str) -> Place {
    let network = Profile::named(network).unwrap();
    Place {
        seat,
        delegation: format!("D{seat}"),
        host: seat == 1,
        observer: false,
        link: String::new(),
        network,
        thresholds: Thresholds::default(),
    }
}

/// Two seats, a thousand voices and pictures each way, nothing wrong.
fn good(networks: [&str; 2]) -> Played {
    let places = vec![place(1, networks[0]), place(2, networks[1])];
    let mut watch = Watch::default();
    for (seat, other) in [(1, 2), (2, 1)] {
        let report = Report {
            stage: Stage::Seated,
            seated_ms: Some(1_000),
            saw: [other].into(),
            heard: [other].into(),
            group: GroupReport {
                verified: [1, 2].into(),
                ..GroupReport::default()
            },
            ..Report::default()
        };
        let own = Own {
            report,
            first_seated_ms: Some(1_000),
            ..Own::default()
        };
        watch.own.insert(seat, own);
        let pair = Pair {
            unplanned: Tally {
                voices: 1_000,
                pictures: 1_000,
                ..Tally::default()
            },
            first_ms: Some(1_200),
            ..Pair::default()
        };
        watch.pairs.insert((seat, other), pair);
    }
    Played {
        title: "Talks".into(),
        video: true,
        light: false,
        floor: false,
        visible: 25,
        seed: 1,
        own_server: true,
        places,
        watch,
        carried: BTreeMap::new(),
        faults: Vec::new(),
        moments: Vec::new(),
        shares: Vec::new(),
        spoke: vec![1, 2],
        left: Vec::new(),
        late_ms: 0,
        started_ms: 0,
        seconds: 20.0,
        memory_bytes: None,
        interrupted: false,
        words_asked: false,
    }
}

fn faults(spoil: impl FnOnce(&mut Played)) -> String {
    let mut played = good(["clean", "clean"]);
    spoil(&mut played);
    Outcome::new(played).faults.join("; ")
}

fn pair(played: &mut Played) -> &mut Pair {
    played.watch.pairs.get_mut(&(1, 2)).unwrap()
}

fn report(played: &mut Played) -> &mut Report {
    &mut played.watch.own.get_mut(&1).unwrap().report
}

#[test]
fn a_good_call_has_no_faults() {
    let outcome = Outcome::new(good(["clean", "clean"]));
    assert_eq!(outcome.faults, Vec::<String>::new());
    assert!(outcome.ok() && outcome.table().contains("PASS"));
    assert_eq!(outcome.seats[0].first_frame_ms, Some(200));
    let interrupted = Played {
        interrupted: true,
        ..good(["clean", "clean"])
    };
    assert!(!Outcome::new(interrupted).ok());
}

#[test]
fn each_thing_that_must_hold_fails_alone() {
    let fails = |spoil: fn(&mut Played), fault: &str| {
        let faults = faults(spoil);
        assert!(faults.contains(fault), "{faults:?} is not {fault:?}");
    };
    fails(|p| pair(p).unplanned.voices_lost = 20, "of the voices");
    fails(|p| pair(p).unplanned.missed = 50, "of the pictures");
    fails(|p| pair(p).unplanned.late = 50, "(late)");
    fails(|p| pair(p).longest_freeze_ms = 2_500, "stand still");
    fails(|p| pair(p).first_ms = Some(9_000), "after 8000 ms");
    fails(|p| pair(p).unplanned.pictures = 0, "did not see seat 2");
    fails(|p| report(p).group.verified = [1].into(), "verify seat 2");
    fails(|p| report(p).heard.clear(), "did not hear seat 2");
    fails(
        |p| p.watch.own.get_mut(&1).unwrap().refused_unplanned = 1,
        "refused",
    );
    fails(|p| report(p).frames_wrong = 1, "not whose");
    fails(|p| report(p).stage = Stage::Gone, "at the end");
    fails(
        |p| p.watch.own.get_mut(&1).unwrap().reconnects_unplanned = 1,
        "again 1",
    );
    fails(|p| p.words_asked = true, "no words");
    fails(|p| p.shares = vec![(2, vec![1])], "screen of D2");
}

#[test]
fn what_a_poor_line_may_lose_is_allowed_to_both_ends() {
    let lossy = |networks, lost| {
        let mut played = good(networks);
        pair(&mut played).unplanned.voices_lost = lost;
        Outcome::new(played).ok()
    };
    assert!(!lossy(["clean", "clean"], 25));
    assert!(lossy(["moderate", "clean"], 50) && lossy(["clean", "moderate"], 50));
    assert!(!lossy(["moderate", "clean"], 110) && lossy(["moderate", "moderate"], 110));
}

#[test]
fn a_threshold_of_nothing_allows_nothing() {
    let lost = |thresholds: Thresholds| {
        let mut played = good(["clean", "clean"]);
        for place in &mut played.places {
            place.thresholds = thresholds;
        }
        pair(&mut played).unplanned.voices_lost = 1;
        Outcome::new(played).ok()
    };
    assert!(lost(Thresholds::default()));
    let none = Thresholds {
        voice_lost_percent: Some(0.0),
        ..Thresholds::default()
    };
    assert!(!lost(none));
}

#[test]
fn the_first_frame_is_awaited_from_those_who_send_and_when_somebody_may_speak() {
    let observed = |spoil: fn(&mut Played)| {
        faults(|played| {
            // The observer came long before the other delegate.
            let observer = Place {
                observer: true,
                ..place(3, "clean")
            };
            let own = Own {
                first_seated_ms: Some(1_000),
                ..Own::default()
            };
            played.places.push(observer);
            played.watch.own.insert(3, own);
            played.watch.own.get_mut(&2).unwrap().first_seated_ms = Some(20_000);
            pair(played).first_ms = Some(20_200);
            spoil(played);
        })
    };
    assert!(!observed(|_| ()).contains("first frame"));
    assert!(observed(|p| p.places[2].observer = false).contains("D1 (seat 1) had its first frame"));
    let silent = |floor: bool| {
        faults(|played| {
            (played.video, played.floor) = (false, floor);
            pair(played).first_ms = Some(30_000);
        })
    };
    assert!(!silent(true).contains("first frame"));
    assert!(silent(false).contains("first frame"));
}

#[test]
fn a_slow_recovery_and_none_are_told_apart() {
    let incident = |recovery_ms, waiting: &[(u16, u16)]| Incident {
        seat: 2,
        kind: "outage",
        from_ms: 5_000,
        back_ms: Some(10_000),
        waiting: waiting.iter().copied().collect(),
        recovery_ms,
    };
    let of = |incident: Incident| faults(|p| p.watch.incidents.push(incident));
    assert_eq!(of(incident(900, &[])), "");
    assert!(of(incident(20_000, &[])).contains("back after 20000 ms"));
    assert!(of(incident(0, &[(1, 2)])).contains("did not come again"));
}
