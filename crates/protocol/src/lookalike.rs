//! Names that look the same as another's (Unicode Technical Standard 39, section 4). People of one name
//! are no mistake, so this is a warning to whoever convenes; it refuses nothing.

use std::{collections::HashMap, fmt};

use serde::Serialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

use crate::{invisible::is_joiner, plan::VerifiedPlan};

/// Two names nobody can tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alike {
    /// Who has the name, e.g. `seat 1 of delegation 2`.
    pub first: String,
    /// Who has one that looks like it.
    pub second: String,
}

impl fmt::Display for Alike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second } = self;
        write!(f, "the name of {second} looks the same as that of {first}")
    }
}

/// Equal for names that look the same.
pub fn look(name: &str) -> String {
    let seen = name.chars().filter(|c| !is_joiner(*c));
    let plain: String = seen
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    skeleton(&words.join(" ")).collect()
}

/// Letters that [`look`] sees as something else, each with what it sees: what it takes to do the same
/// elsewhere, between two canonical decompositions.
pub fn prototypes() -> impl Iterator<Item = (char, String)> {
    ('\0'..=char::MAX).filter_map(|c| {
        let seen = match c {
            c if is_joiner(c) => String::new(),
            c if c.is_whitespace() => " ".to_owned(),
            c => skeleton(&c.to_string()).collect(),
        };
        let is_whole = c.to_string().nfd().eq([c]);
        (is_whole && seen.chars().ne([c])).then_some((c, seen))
    })
}

/// Whose names in a plan look the same: of seats, and of delegations with their short names.
pub fn alike(plan: &VerifiedPlan) -> Vec<Alike> {
    let mut found = Vec::new();
    let (mut seats, mut delegations) = (HashMap::new(), HashMap::new());
    let mut places = HashMap::<_, u16>::new();
    for seat in &plan.seats {
        let place = places.entry(seat.delegation).or_default();
        *place += 1;
        let who = format!("seat {place} of delegation {}", seat.delegation.0);
        note(&mut found, &mut seats, &seat.name, &who);
    }
    for delegation in &plan.delegations {
        let who = format!("delegation {}", delegation.id.0);
        note(&mut found, &mut delegations, &delegation.name, &who);
        note(&mut found, &mut delegations, &delegation.short_name, &who);
    }
    found
}

fn note(found: &mut Vec<Alike>, seen: &mut HashMap<String, String>, name: &str, who: &str) {
    let first = seen.entry(look(name)).or_insert_with(|| who.to_owned());
    if first != who {
        found.push(Alike {
            first: first.clone(),
            second: who.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::CallId, plan::UnverifiedPlan};

    #[test]
    fn letters_of_other_scripts_spaces_and_joiners_are_seen_through() {
        for (one, other) in [
            ("Paul", "\u{420}\u{430}ul"),
            ("Anna Berg", "Anna\u{2003}Berg"),
            ("Anna Berg", "Anna  Berg"),
            ("Rene\u{301}", "Ren\u{e9}"),
            ("Ilse", "llse"),
            ("\u{845b}", "\u{845b}\u{E0100}"),
        ] {
            assert_eq!(look(one), look(other), "{one} {other}");
        }
        assert_ne!(look("Anna"), look("Anne"));
    }

    #[test]
    fn whose_names_look_the_same_is_told() {
        let plan = |names: [&str; 3]| {
            let [a, b, c] = names;
            let plan: UnverifiedPlan = serde_json::from_value(serde_json::json!({
                "title": "Budget", "delegations": [
                    { "name": "Board", "seats": [{ "name": a, "host": true }, { "name": b }] },
                    { "name": "Council", "seats": [{ "name": c }] },
                ],
            }))
            .unwrap();
            plan.verify(CallId::from_bytes([0; 16])).ok().unwrap()
        };
        assert_eq!(alike(&plan(["Ada", "Ben", "Cleo"])), []);
        let found = alike(&plan(["Paul", "Ben", "\u{420}\u{430}ul"]));
        assert_eq!(found.len(), 1);
        let text =
            "the name of seat 1 of delegation 2 looks the same as that of seat 1 of delegation 1";
        assert_eq!(found[0].to_string(), text);
    }
}
