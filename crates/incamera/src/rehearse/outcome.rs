//! What a rehearsal amounted to: per seat, as JSON or as a table.

use std::collections::BTreeMap;

use participant::network::direction::Carried;
use serde_json::{Value, json};

use super::{
    figures::{self, SeatFigures, recovery, share},
    place::Place,
    verdict,
    watch::Watch,
};
use crate::exit::Failure;

/// Later than this with its own work, a machine spoils what it measures.
const LATE_MS: u64 = 200;

/// Everything that was seen and done.
pub(super) struct Played {
    pub(super) title: String,
    pub(super) video: bool,
    pub(super) light: bool,
    pub(super) floor: bool,
    pub(super) visible: usize,
    pub(super) seed: u64,
    pub(super) own_server: bool,
    pub(super) places: Vec<Place>,
    pub(super) watch: Watch,
    pub(super) carried: BTreeMap<u16, [Carried; 2]>,
    pub(super) faults: Vec<String>,
    pub(super) moments: Vec<(f64, String)>,
    pub(super) shares: Vec<(u16, Vec<u16>)>,
    pub(super) spoke: Vec<u16>,
    pub(super) left: Vec<u16>,
    /// How late this machine was itself, at most.
    pub(super) late_ms: u64,
    /// Milliseconds since 1970.
    pub(super) started_ms: u64,
    pub(super) seconds: f64,
    pub(super) memory_bytes: Option<u64>,
    pub(super) interrupted: bool,
    pub(super) words_asked: bool,
}

/// The result of one call.
pub(super) struct Outcome {
    pub(super) played: Played,
    pub(super) seats: Vec<SeatFigures>,
    /// What is wrong, of the whole call and of each seat.
    pub(super) faults: Vec<String>,
}

impl Outcome {
    /// Sums up and judges.
    pub(super) fn new(played: Played) -> Self {
        let places = played.places.iter();
        let mut seats: Vec<_> = places
            .map(|place| figures::of_seat(&played, place))
            .collect();
        let mut faults = played.faults.clone();
        faults.extend(verdict::of_call(&played));
        for seat in &mut seats {
            seat.faults = verdict::of_seat(&played, seat);
            let who = format!("{} (seat {})", seat.delegation, seat.seat);
            faults.extend(seat.faults.iter().map(|fault| format!("{who} {fault}")));
        }
        Self {
            played,
            seats,
            faults,
        }
    }

    /// It would have been a good call.
    pub(super) fn ok(&self) -> bool {
        self.faults.is_empty() && !self.played.interrupted
    }

    /// It was ended before its time.
    pub(super) fn interrupted(&self) -> bool {
        self.played.interrupted
    }

    /// What was counted and what was decoded, in a sentence.
    pub(super) fn how(&self) -> String {
        let decoded: u64 = self.seats.iter().map(|seat| seat.pictures.decoded).sum();
        let pairs = self.played.watch.pairs.values();
        let received = pairs.map(|p| p.unplanned.pictures + p.planned.pictures);
        let received: u64 = received.sum();
        let share = decoded as f64 / received.max(1) as f64 * 100.0;
        let played = &self.played;
        let sent = if played.light {
            "Pictures were recorded once and sent by all seats; whose a frame is, its key says. "
        } else {
            ""
        };
        let voices = if played.light {
            "one second in four of each voice"
        } else {
            "every voice"
        };
        if played.video {
            format!(
                "{sent}Every frame was opened and counted by its number; decoded and read were {share:.0} % \
                 of the pictures and {voices}."
            )
        } else {
            format!("Voices only. Every frame was opened and counted; decoded was {voices}.")
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> Value {
        json!({
            "title": self.played.title,
            "ok": self.ok(),
            "faults": self.faults,
            "interrupted": self.played.interrupted,
            "seconds": (self.played.seconds * 10.0).round() / 10.0,
            "seed": self.played.seed,
            "light": self.played.light,
            "visible": self.played.visible,
            "counted": self.how(),
            "machine_late_ms": self.played.late_ms,
            "incidents": self.incidents(),
            "memory_bytes": self.played.memory_bytes,
            "memory_of": self.memory_of(),
            "seats": self.seats,
        })
    }

    /// Whether this machine was too busy for its figures to be the network's alone.
    pub(super) fn doubt(&self) -> Option<String> {
        let late = self.played.late_ms;
        (late > LATE_MS).then(|| {
            format!(
                "This machine was busy: it was late itself, by up to {late} ms. Lateness, freezes and refusals \
                 may be its own; play it again when it is idle."
            )
        })
    }

    /// Whose memory was measured.
    pub(super) fn memory_of(&self) -> &'static str {
        if self.played.own_server {
            "server and all participants, one process"
        } else {
            "all participants"
        }
    }

    fn incidents(&self) -> Vec<Value> {
        let incidents = self.played.watch.incidents.iter();
        incidents
            .map(|incident| {
                let lasted = incident.back_ms.map(|back| back - incident.from_ms);
                json!({
                    "seat": incident.seat, "kind": incident.kind, "lasted_ms": lasted,
                    "recovery_ms": recovery(incident), "never_again": incident.waiting.len(),
                })
            })
            .collect()
    }

    /// For people.
    pub(super) fn table(&self) -> String {
        let mut text = format!(
            "\n{:<24}{:<15}{:>8}{:>8}{:>7}{:>7}{:>8}{:>7}{:>8}{:>9}{:>7}{:>9}\n",
            "delegation",
            "network",
            "first",
            "voice",
            "pict.",
            "late",
            "freeze",
            "delay",
            "recover",
            "verified",
            "again",
            "bytes"
        );
        text += &format!(
            "{:<24}{:<15}{:>8}{:>8}{:>7}{:>7}{:>8}{:>7}{:>8}{:>9}{:>7}{:>9}\n",
            "", "", "ms", "lost %", "lost %", "%", "ms", "ms", "ms", "", "times", "kB/s"
        );
        for seat in &self.seats {
            let bytes = seat.bytes.media_up + seat.bytes.media_down;
            text += &format!(
                "{:<24}{:<15}{:>8}{:>8}{:>7}{:>7}{:>8}{:>7}{:>8}{:>9}{:>7}{:>9}\n",
                seat.delegation.chars().take(23).collect::<String>(),
                seat.network,
                maybe(seat.first_frame_ms),
                percent(seat.voices.lost, seat.voices.received),
                percent(seat.pictures.missed, seat.pictures.received),
                percent(seat.pictures.late, seat.pictures.in_time()),
                if self.played.video {
                    seat.longest_freeze_ms
                } else {
                    seat.longest_silence_ms
                },
                maybe(seat.delay_ms.as_ref().map(|d| d.p50.round() as u64)),
                maybe(seat.recovery_ms),
                seat.verified.len(),
                seat.reconnects,
                (bytes as f64 / 1000.0 / self.played.seconds).round()
            );
        }
        text += &format!("\n{}\n", self.how());
        if let Some(seat) = self.seats.iter().find(|seat| !seat.words.is_empty()) {
            text += &format!("Words of the call: {}\n", seat.words.join(" "));
        }
        if let Some(doubt) = self.doubt() {
            text += &format!("{doubt}\n");
        }
        for fault in &self.faults {
            text += &format!("NOT as it should be: {fault}\n");
        }
        text + match (self.ok(), self.played.interrupted) {
            (true, _) => "PASS: it would have been a good call.",
            (false, true) => "FAIL: ended before its time.",
            (false, false) => "FAIL: not a good call.",
        }
    }
}

/// The last line of `--json`: of several calls, all seats in a row.
/// `trouble` kept it from being played to its end.
pub(super) fn json(outcomes: &[Outcome], trouble: Option<&Failure>) -> Value {
    let ok = trouble.is_none() && outcomes.iter().all(Outcome::ok);
    let faults = outcomes.iter().flat_map(|o| o.faults.iter().cloned());
    let faults: Vec<String> = faults
        .chain(trouble.map(|failure| failure.text().to_owned()))
        .collect();
    let seats: Vec<_> = outcomes.iter().flat_map(|o| &o.seats).collect();
    let calls: Vec<_> = outcomes.iter().map(Outcome::json).collect();
    json!({
        "type": "result",
        "ok": ok,
        "verdict": if ok { "pass" } else { "fail" },
        "faults": faults,
        "seats": seats,
        "calls": calls,
    })
}

fn percent(lost: u64, came: u64) -> String {
    format!("{:.1}", share(lost, came))
}

pub(super) fn maybe(value: Option<u64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
