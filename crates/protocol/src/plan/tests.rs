use super::*;

fn plan() -> UnverifiedPlan {
    serde_json::from_value(serde_json::json!({
        "title": "Budget committee",
        "delegations": [
            { "name": "Board", "seats": [{ "name": "A", "host": true }, { "name": "B", "kind": "observer" }] },
            { "name": "Works council", "short_name": "WC", "seats": [{ "name": "C", "title": "Chair" }] },
        ],
    }))
    .unwrap()
}

fn id() -> CallId {
    CallId::from_bytes([0; 16])
}

/// A seat whose texts are as long as they may be in the heaviest letters of the basic plane.
fn long_seat() -> PlannedSeat {
    PlannedSeat {
        name: "蔡".repeat(128),
        title: "蔡".repeat(128),
        kind: SeatKind::Principal,
        host: true,
    }
}

#[test]
fn a_good_plan_is_numbered_in_order_of_precedence() {
    let plan = plan().verify(id()).ok().unwrap();
    assert!(plan.shape().verify(id()).is_ok());
    assert_eq!(
        plan.seats
            .iter()
            .map(|s| (s.id.0, s.delegation.0))
            .collect::<Vec<_>>(),
        [(1, 1), (2, 1), (3, 2)]
    );
    assert_eq!(plan.delegations[0].short_name, "Board");
}

#[test]
fn each_mistake_is_named_with_its_place() {
    type Spoil = fn(&mut UnverifiedPlan);
    let cases: [(Spoil, &str); 14] = [
        (
            |p| p.delegations[1].time_zone = Some("Europe/Nowhere".into()),
            "the time zone of delegation 2 is none of the IANA database",
        ),
        (
            |p| p.delegations[0].seats[0].name = "\u{3164}".into(),
            "the name of seat 1 of delegation 1 has a character",
        ),
        (|p| p.title.clear(), "the title is empty"),
        (
            |p| p.delegations[1].seats[0].name = "a\u{202E}b".into(),
            "the name of seat 1 of delegation 2 has a character",
        ),
        (
            |p| p.delegations[0].seats[0].host = false,
            "no seat is the host's",
        ),
        (
            |p| p.delegations[0].seats[1].host = true,
            "seat 2 of delegation 1 is an observer",
        ),
        (
            |p| p.delegations[1].short_name = Some("BOARD".into()),
            "the short name of delegation 2 is that of delegation 1 too",
        ),
        (
            |p| p.delegations[0].seats[0].name = "x".repeat(10_000),
            "the name of seat 1 of delegation 1 is 10000 letters long; at most 128",
        ),
        (
            |p| p.delegations[1].seats[0].title = "ї".repeat(129),
            "the title of seat 1 of delegation 2 is 129 letters long; at most 128",
        ),
        (
            |p| p.delegations[1].short_name = Some("ї".repeat(49)),
            "the short name of delegation 2 is 49 letters long; at most 48",
        ),
        (
            |p| p.delegations[1].name = "ї".repeat(129),
            "the name of delegation 2 is 129 letters long; at most 128",
        ),
        (
            |p| p.delegations[1].seats[0].name = format!("a{}", "\u{301}".repeat(600)),
            "the name of seat 1 of delegation 2 has more marks on its letters",
        ),
        (
            |p| p.delegations[0].seats = vec![long_seat(); 270],
            "of all seats, each with its delegation's, are",
        ),
        (|p| p.starts_at_ms = Some(u64::MAX), "the year 9999"),
    ];
    for (spoil, expected) in cases {
        let mut plan = plan();
        spoil(&mut plan);
        let error = plan.verify(id()).err().expect(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_cyrillic_call_has_as_many_letters_as_a_latin_one() {
    let mut plan = plan();
    plan.title = "ї".repeat(200);
    for d in &mut plan.delegations {
        d.short_name = Some(format!(
            "{}{}",
            "ї".repeat(47),
            d.name.chars().next().unwrap()
        ));
        d.name = "ї".repeat(128);
        for seat in &mut d.seats {
            seat.name = "ї".repeat(128);
            seat.title = "ї".repeat(128);
        }
    }
    assert!(plan.verify(id()).is_ok());
}

#[test]
fn without_a_short_name_the_full_one_is_used_however_long() {
    for short in [None, Some(String::new()), Some("  ".into())] {
        let mut plan = plan();
        plan.delegations[0].name =
            "Bundesministerium für wirtschaftliche Zusammenarbeit und Entwicklung".into();
        plan.delegations[0].short_name = short;
        let plan = plan.verify(id()).ok().unwrap();
        assert_eq!(plan.delegations[0].short_name, plan.delegations[0].name);
    }
}
