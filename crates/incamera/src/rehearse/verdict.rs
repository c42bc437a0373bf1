//! Whether it would have been a good call: what each seat must have got, by the limits of the networks
//! it came through.

use std::collections::BTreeSet;

use participant::Stage;

use super::{
    figures::{SeatFigures, recovery},
    limits::Limits,
    outcome::Played,
    place::Place,
    watch::{Incident, Pair},
};

/// Frames a seat may lack in a whole call without a word: a share of a short call is less than one.
const SLACK: f64 = 3.0;

/// What is wrong with the call as a whole.
pub(super) fn of_call(played: &Played) -> Vec<String> {
    let mut faults = Vec::new();
    for incident in &played.watch.incidents {
        let Some(place) = place(played, incident.seat) else {
            continue;
        };
        let who = &place.delegation;
        let networks = played.places.iter().map(|other| other.limits().recovery_ms);
        let limit = networks.max().unwrap_or(0).max(place.limits().recovery_ms);
        match recovery(incident) {
            Some(ms) if ms <= limit => {}
            Some(ms) => faults.push(format!(
                "after its {}, {who} was back after {ms} ms, not {limit}",
                incident.kind
            )),
            None => faults.push(format!(
                "after its {}, {} streams to or from {who} did not come again",
                incident.kind,
                incident.waiting.len()
            )),
        }
    }
    for (sharer, others) in &played.shares {
        let blind = others.iter().filter(|other| {
            let own = played.watch.own.get(other);
            !own.is_some_and(|own| own.total().screens_seen.contains(sharer))
        });
        let blind: Vec<u16> = blind.copied().collect();
        if !blind.is_empty() {
            let who = place(played, *sharer).map_or("", |place| &place.delegation);
            faults.push(format!(
                "the screen of {who} was not seen by seat {}",
                list(&blind)
            ));
        }
    }
    faults
}

/// What is wrong with what one seat got.
pub(super) fn of_seat(played: &Played, figures: &SeatFigures) -> Vec<String> {
    let Some(own) = place(played, figures.seat) else {
        return Vec::new();
    };
    if played.left.contains(&own.seat) {
        return Vec::new();
    }
    let report = played.watch.own.get(&own.seat).map(|own| &own.report);
    if report.is_none_or(|report| report.stage != Stage::Seated) {
        return vec!["is not at the table at the end".to_owned()];
    }
    let mut faults = Vec::new();
    let first = figures.first_frame_ms;
    // With voices alone and one floor, the first frame comes when somebody gets the floor.
    let awaited = played.video || !played.floor;
    if awaited && first.is_none_or(|ms| ms > own.limits().first_frame_ms) {
        let limit = own.limits().first_frame_ms;
        let took = first.map_or("no first frame".to_owned(), |ms| {
            format!("its first frame after {ms} ms, not {limit}")
        });
        faults.push(format!("had {took}"));
    }
    losses(played, own, &mut faults);
    stillness(played, own, &mut faults);
    others(played, own, figures, &mut faults);
    let watched = played.watch.own.get(&own.seat);
    let count = watched.map_or(0, |own| own.refused_unplanned);
    if count > 0 {
        let why: Vec<_> = figures
            .refused
            .iter()
            .map(|(why, n)| format!("{n} {why}"))
            .collect();
        let why = why.join(", ");
        faults.push(format!("refused {count} frames (in the whole call: {why})"));
    }
    if figures.pictures.wrong > 0 {
        let count = figures.pictures.wrong;
        faults.push(format!(
            "saw {count} pictures that were not whose they should be"
        ));
    }
    if figures.reconnects > own.limits().reconnects {
        let (count, limit) = (figures.reconnects, own.limits().reconnects);
        faults.push(format!("had to connect again {count} times, not {limit}"));
    }
    faults
}

/// Frames that never came or came late, against what the lines of both ends may lose.
fn losses(played: &Played, own: &Place, faults: &mut Vec<String>) {
    type Count = fn(&Pair) -> (u64, u64);
    type Limit = fn(&Limits) -> f64;
    let kinds: [(&str, Count, Limit); 3] = [
        (
            "of the voices",
            |p| (p.unplanned.voices_lost, p.unplanned.voices),
            |l| l.voice_lost,
        ),
        (
            "of the pictures",
            |p| (p.unplanned.missed, p.unplanned.pictures),
            |l| l.missed,
        ),
        (
            "(late) of the pictures",
            |p| {
                (
                    p.unplanned.late,
                    p.unplanned.pictures.saturating_sub(p.unplanned.late),
                )
            },
            |l| l.late,
        ),
    ];
    for (what, count, limit) in kinds {
        let (mut bad, mut all, mut allowed) = (0, 0, 0.0);
        for ((_, sender), pair) in pairs(played, own.seat) {
            let Some(sender) = place(played, *sender) else {
                continue;
            };
            let (lost, came) = count(pair);
            bad += lost;
            all += lost + came;
            let limits = own.limits_towards(sender);
            allowed += limit(&limits) / 100.0 * (lost + came) as f64;
        }
        // A threshold of nothing means nothing.
        let slack = if allowed > 0.0 { SLACK } else { 0.0 };
        if bad as f64 > allowed + slack {
            let percent = |of: f64| of / (all.max(1) as f64) * 100.0;
            faults.push(format!(
                "missed {:.1} % {what}, not {:.1} ({bad} of {all})",
                percent(bad as f64),
                percent(allowed)
            ));
        }
    }
}

/// Pictures that stood still; in a voice call, silence.
fn stillness(played: &Played, own: &Place, faults: &mut Vec<String>) {
    for ((_, sender), pair) in pairs(played, own.seat) {
        let Some(sender) = place(played, *sender) else {
            continue;
        };
        let limit = own.limits_towards(sender).freeze_ms;
        let who = &sender.delegation;
        if played.video && pair.longest_freeze_ms > limit {
            let ms = pair.longest_freeze_ms;
            faults.push(format!("saw {who} stand still for {ms} ms, not {limit}"));
        }
        if !played.video && !played.floor && pair.longest_break_ms > limit {
            let ms = pair.longest_break_ms;
            faults.push(format!("heard nothing of {who} for {ms} ms, not {limit}"));
        }
    }
}

/// Whom it verified, saw and heard.
fn others(played: &Played, own: &Place, figures: &SeatFigures, faults: &mut Vec<String>) {
    let stays = |place: &&Place| place.seat != own.seat && !played.left.contains(&place.seat);
    let others: Vec<&Place> = played.places.iter().filter(stays).collect();
    let mut lacks = |verb: &str, missing: Vec<u16>| {
        if !missing.is_empty() {
            faults.push(format!("did not {verb} seat {}", list(&missing)));
        }
    };
    let but = |found: &dyn Fn(&Place) -> bool| -> Vec<u16> {
        let missing = others.iter().filter(|other| !found(other));
        missing.map(|other| other.seat).collect()
    };
    lacks(
        "verify",
        but(&|other| figures.verified.contains(&other.seat)),
    );
    let got = |other: &Place, of: fn(&Pair) -> u64| {
        let pair = played.watch.pairs.get(&(own.seat, other.seat));
        other.observer || pair.is_some_and(|pair| of(pair) > 0)
    };
    if played.video && played.places.len() <= played.visible {
        let pictures = |p: &Pair| p.unplanned.pictures + p.planned.pictures;
        let saw = |other: &Place| other.observer || figures.saw.contains(&other.seat);
        lacks("see", but(&|other| got(other, pictures) && saw(other)));
    }
    if !played.floor {
        let voices = |p: &Pair| p.unplanned.voices + p.planned.voices;
        let spoke: BTreeSet<u16> = played.spoke.iter().copied().collect();
        let heard = |other: &Place| {
            played.light || !spoke.contains(&other.seat) || figures.heard.contains(&other.seat)
        };
        lacks("hear", but(&|other| got(other, voices) && heard(other)));
    }
    // A machine that was started again since does not know them any more.
    let began_anew = |i: &Incident| i.kind == "drop" && i.seat == own.seat;
    if played.words_asked && !played.watch.incidents.iter().any(began_anew) {
        let mut all = played.watch.own.values().map(|own| &own.report.group.words);
        let words = all.find(|words| !words.is_empty());
        if words.is_none_or(|words| *words != figures.words) {
            faults.push("has no words, or others than the first to have some".to_owned());
        }
    }
}

fn pairs(played: &Played, receiver: u16) -> impl Iterator<Item = (&(u16, u16), &Pair)> {
    let pairs = played.watch.pairs.iter();
    pairs.filter(move |((r, _), _)| *r == receiver)
}

fn place(played: &Played, seat: u16) -> Option<&Place> {
    played.places.iter().find(|place| place.seat == seat)
}

fn list(seats: &[u16]) -> String {
    let numbers: Vec<_> = seats.iter().map(u16::to_string).collect();
    numbers.join(", ")
}

#[cfg(test)]
mod tests;
