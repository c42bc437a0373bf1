//! The suite itself: a case whose attack does nothing must not hold, and what no client may show is
//! noticed when one does.

#![cfg(feature = "suite")]

use std::{collections::BTreeSet, sync::Arc};

use evil::{
    cases,
    hall::Hall,
    suite::{Case, Outcome, run},
    watch::Watch,
};
use participant::{RemoteReport, Report};

/// One of each kind: refused at the door, by all members, at the decoder, stopped by silence, and one
/// whose attack has to come to nothing.
const OF_EACH_KIND: [&str; 5] = [
    "added-ghost",
    "minted-credential",
    "garbled-media",
    "heartbeats-not-delivered",
    "commits-reordered",
];

fn named(names: &[&str]) -> Vec<Case> {
    let cases = cases::all()
        .into_iter()
        .filter(|case| names.contains(&case.name));
    cases.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_whose_attack_does_nothing_does_not_hold() {
    let hall = Arc::new(Hall::open().await.unwrap());
    let mut lines = Vec::new();
    let tell = |outcome: &Outcome| {
        assert!(outcome.control.is_ok(), "{}", outcome.line());
        assert!(outcome.line().starts_with("FAILS"));
        assert_eq!(outcome.json()["holds"], false);
        lines.push(outcome.line());
    };
    let holding = run(hall, named(&OF_EACH_KIND), true, tell).await;
    assert_eq!((holding, lines.len()), (0, OF_EACH_KIND.len()), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_with_its_attack_holds() {
    let hall = Arc::new(Hall::open().await.unwrap());
    let tell = |outcome: &Outcome| assert!(outcome.holds(), "{}", outcome.line());
    assert_eq!(
        run(hall, named(&["added-ghost", "seat-lied"]), false, tell).await,
        2
    );
}

#[test]
fn every_case_has_a_name_of_its_own_and_says_what_it_is() {
    let cases = cases::all();
    let names: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len());
    for case in &cases {
        assert!(
            case.name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        );
        assert!(!case.attack.is_empty() && !case.expected.is_empty());
    }
    assert!(cases::KNOWN.iter().all(|(name, _)| names.contains(name)));
}

#[test]
fn a_ghost_that_is_verified_or_opened_is_noticed() {
    let watch = Watch::default();
    watch.ghost(4);
    watch.note(&Report::default());
    assert_eq!(watch.broken(), None);
    let mut verified = Report::default();
    verified.group.verified.extend([1, 4]);
    watch.note(&verified);
    assert!(watch.broken().is_some());
    let watch = Watch::default();
    watch.ghost(4);
    let mut opened = Report::default();
    opened.remotes.insert(4, RemoteReport::default());
    watch.note(&opened);
    assert!(watch.broken().is_some());
    let watch = Watch::default();
    watch.note(&opened);
    assert_eq!(watch.broken(), None, "it may be there");
}
