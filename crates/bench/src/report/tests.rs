use serde_json::Value;

use super::*;
use crate::shape::Shape;

fn sample(cost: f64, invalid: &[&str]) -> Sample {
    Sample {
        figures: [
            (COST.to_owned(), cost),
            ("delay_us_p50".to_owned(), 2.0 * cost),
        ]
        .into(),
        srtp: Some("AeadAes256Gcm".to_owned()),
        invalid: invalid.iter().map(|&why| why.to_owned()).collect(),
    }
}

fn report() -> Report {
    let ours = vec![
        sample(3.0, &[]),
        sample(2.0, &[]),
        sample(99.0, &["the load was late"]),
    ];
    let played = Played {
        shape: Shape::quick().remove(0),
        samples: vec![
            (Entry::Limit, vec![sample(1.0, &[])]),
            (Entry::Server(Kind::Incamera), ours),
            (
                Entry::Server(Kind::Janus),
                vec![sample(10.0, &[]), sample(10.0, &[])],
            ),
            (
                Entry::Server(Kind::Plain),
                vec![sample(4.0, &["it failed"])],
            ),
        ],
    };
    Report {
        bench: 1,
        quick: true,
        for_publication: false,
        runs: 3,
        window_s: 5,
        machine: Machine::here(),
        shapes: vec![ShapeReport::of(&played)],
        skipped: vec![Skipped {
            server: "livekit".to_owned(),
            why: "not here".to_owned(),
        }],
    }
}

#[test]
fn the_json_has_spreads_of_valid_runs_and_ratios() {
    let json: Value = serde_json::to_value(report()).unwrap();
    let shape = &json["shapes"][0];
    assert_eq!(shape["shape"], "nine");
    assert_eq!(shape["ratio"]["janus"], 0.25);
    assert_eq!(shape["ratio"]["limit"], 2.5);
    assert!(shape["ratio"]["plain"].is_null(), "no run of it counts");
    let ours = &shape["servers"][1];
    assert_eq!(ours["server"], "incamera");
    assert_eq!(ours["valid_runs"], 2);
    assert_eq!(ours["invalid"][0], "the load was late");
    let cost = &ours["figures"]["cpu_us_per_packet"];
    assert_eq!(
        (&cost["min"], &cost["median"], &cost["max"]),
        (&2.0.into(), &2.5.into(), &3.0.into())
    );
    assert_eq!(json["for_publication"], false);
    assert_eq!(json["skipped"][0]["server"], "livekit");
}

#[test]
fn the_table_says_what_does_not_count_and_what_was_skipped() {
    let table = report().table();
    for expected in [
        "not for publication",
        "2.00 / 2.50 / 3.00",
        "ratio incamera / janus: 0.25",
        "a run of incamera does not count: the load was late",
        "livekit was not measured: not here",
    ] {
        assert!(table.contains(expected), "{expected} is not in\n{table}");
    }
}

#[test]
fn without_a_run_of_ours_there_is_nothing_to_report() {
    let mut report = report();
    assert!(report.shapes[0].has_ours());
    report.shapes[0]
        .servers
        .retain(|server| server.server != OURS);
    assert!(!report.shapes[0].has_ours());
}
