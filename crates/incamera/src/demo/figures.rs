//! What a rehearsal amounted to: per seat and for the whole, as JSON or as a table.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use participant::Report;
use protocol::types::Seat;
use serde::Serialize;
use server::media::MediaFigures;

/// Ticks of `/proc/self/stat` a second: fixed for user space on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// The last line of `demo --minutes N --json`.
#[derive(Serialize)]
pub(super) struct Outcome {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Every seat saw, heard and verified every other, all have the same words, no frame was refused.
    pub(super) ok: bool,
    /// What is not as it should be, for people.
    faults: Vec<String>,
    /// Ended before its time.
    interrupted: bool,
    /// Seconds from the first seat sitting down to the end.
    seconds: f64,
    seats: Vec<SeatFigures>,
    /// Packets the server's media thread sent on.
    forwarded_packets: u64,
    /// Its CPU time for each, in microseconds.
    cpu_us_per_packet: f64,
    /// Cores the media thread used on average.
    media_cores: f64,
    /// Cores all the rest of this process used on average: mostly the participants' codecs.
    other_cores: f64,
}

#[derive(Serialize)]
struct SeatFigures {
    seat: u16,
    delegation: String,
    first_frame_ms: Option<u64>,
    frames_received: u64,
    frames_decoded: u64,
    frames_wrong: u64,
    longest_freeze_ms: u64,
    audio_gaps: u64,
    reconnects: u32,
    saw: BTreeSet<u16>,
    heard: BTreeSet<u16>,
    verified: BTreeSet<u16>,
    group: u32,
    epoch: u64,
    words: Vec<String>,
    digits: String,
    frames_refused: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    refused: BTreeMap<String, u64>,
    frames_early: u64,
    frames_late: u64,
}

/// Figures of the machine at one moment; two of them make a difference.
#[derive(Clone, Copy)]
pub(super) struct Meter {
    process: Option<f64>,
    media: MediaFigures,
}

impl Meter {
    /// Reads it now.
    pub(super) fn read(media: MediaFigures) -> Self {
        Self {
            process: process_seconds(),
            media,
        }
    }
}

impl Outcome {
    /// Sums up. `seats` are those that were played, with their last reports.
    pub(super) fn new(
        seats: &[(Seat, String, Report)],
        (before, after): (Meter, Meter),
        time: Duration,
        interrupted: bool,
    ) -> Self {
        let packets = after
            .media
            .sfu
            .forwarded
            .saturating_sub(before.media.sfu.forwarded);
        let media = after
            .media
            .cpu
            .saturating_sub(before.media.cpu)
            .as_secs_f64();
        let seconds = time.as_secs_f64().max(0.001);
        let process = after
            .process
            .zip(before.process)
            .map_or(media, |(a, b)| a - b);
        let seats: Vec<_> = seats.iter().map(figures).collect();
        let faults = faults(&seats);
        Self {
            kind: "result",
            ok: faults.is_empty() && !interrupted,
            faults,
            interrupted,
            seconds: round(seconds),
            seats,
            forwarded_packets: packets,
            cpu_us_per_packet: round(media * 1e6 / (packets.max(1) as f64)),
            media_cores: round(media / seconds),
            other_cores: round((process - media).max(0.0) / seconds),
        }
    }

    /// For people.
    pub(super) fn table(&self) -> String {
        let mut text = format!(
            "\n{:<24}{:>9}{:>10}{:>9}{:>10}{:>6}{:>5}{:>7}{:>10}\n",
            "delegation",
            "first ms",
            "received",
            "decoded",
            "freeze ms",
            "gaps",
            "saw",
            "heard",
            "verified"
        );
        for seat in &self.seats {
            let first = seat
                .first_frame_ms
                .map_or_else(|| "-".to_owned(), |ms| ms.to_string());
            text += &format!(
                "{:<24}{:>9}{:>10}{:>9}{:>10}{:>6}{:>5}{:>7}{:>10}\n",
                seat.delegation,
                first,
                seat.frames_received,
                seat.frames_decoded,
                seat.longest_freeze_ms,
                seat.audio_gaps,
                seat.saw.len(),
                seat.heard.len(),
                seat.verified.len()
            );
        }
        text += &format!(
            "\n{} packets sent on, {} µs of CPU each; media thread {} cores, all else {} cores, {} s\n",
            self.forwarded_packets,
            self.cpu_us_per_packet,
            self.media_cores,
            self.other_cores,
            self.seconds
        );
        if let Some(seat) = self.seats.iter().find(|seat| !seat.words.is_empty()) {
            text += &format!(
                "Words of the call: {} ({})\n",
                seat.words.join(" "),
                seat.digits
            );
        }
        for fault in &self.faults {
            text += &format!("NOT as it should be: {fault}\n");
        }
        text + match (self.ok, self.interrupted) {
            (true, _) => "Every seat saw, heard and verified every other; all have the same words.",
            (false, true) => "Ended before its time.",
            (false, false) => "Not a good call.",
        }
    }
}

/// What is wrong with a call in which each seat should see, hear and verify all others.
fn faults(seats: &[SeatFigures]) -> Vec<String> {
    let all: BTreeSet<u16> = seats.iter().map(|seat| seat.seat).collect();
    let mut faults = Vec::new();
    if seats.len() < 2 {
        faults.push("nobody else was there".to_owned());
    }
    let list = |missing: Vec<&u16>| {
        let numbers: Vec<_> = missing.into_iter().map(u16::to_string).collect();
        numbers.join(", ")
    };
    for seat in seats {
        let number = seat.seat;
        let senses = [
            ("see", &seat.saw),
            ("hear", &seat.heard),
            ("verify", &seat.verified),
        ];
        for (verb, found) in senses {
            let others = all.difference(found);
            let missing: Vec<_> = others.filter(|&&other| other != number).collect();
            if !missing.is_empty() {
                let missing = list(missing);
                faults.push(format!("seat {number} did not {verb} seat {missing}"));
            }
        }
        let first = seats.iter().find(|other| !other.words.is_empty());
        match first {
            Some(first) if seat.words.is_empty() => {
                let with = first.seat;
                faults.push(format!("seat {number} has no words, seat {with} has"));
            }
            Some(first) if first.words != seat.words => {
                let with = first.seat;
                faults.push(format!("seat {number} has other words than seat {with}"));
            }
            Some(_) => {}
            None => faults.push(format!("seat {number} has no words")),
        }
        if seat.frames_refused > 0 {
            let why: Vec<_> = seat
                .refused
                .iter()
                .map(|(why, n)| format!("{n} {why}"))
                .collect();
            let (count, why) = (seat.frames_refused, why.join(", "));
            faults.push(format!("seat {number} refused {count} frames: {why}"));
        }
    }
    faults
}

fn figures((seat, delegation, report): &(Seat, String, Report)) -> SeatFigures {
    let group = &report.group;
    SeatFigures {
        seat: seat.id.0,
        delegation: delegation.clone(),
        first_frame_ms: report.first_frame_ms,
        frames_received: report.frames_received,
        frames_decoded: report.frames_decoded,
        frames_wrong: report.frames_wrong,
        longest_freeze_ms: report.longest_freeze_ms,
        audio_gaps: report.audio_gaps,
        reconnects: report.reconnects,
        saw: report.saw.clone(),
        heard: report.heard.clone(),
        verified: group.verified.clone(),
        group: group.number,
        epoch: group.epoch,
        words: group.words.clone(),
        digits: group.digits.clone(),
        frames_refused: report.frames_refused,
        refused: report.refused.clone(),
        frames_early: report.frames_early,
        frames_late: report.frames_late,
    }
}

/// CPU time of this process in seconds, from `/proc` (Linux; elsewhere there is no such figure).
fn process_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the command in parentheses and may hold spaces.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use participant::GroupReport;
    use protocol::{DelegationId, SeatId, types::SeatKind};

    fn seat(number: u16, saw: &[u16], heard: &[u16]) -> (Seat, String, Report) {
        let (kind, delegation) = (SeatKind::Principal, DelegationId(1));
        let (name, title) = (String::new(), String::new());
        let seat = Seat {
            id: SeatId(number),
            delegation,
            kind,
            host: false,
            name,
            title,
        };
        let set = |seats: &[u16]| seats.iter().copied().collect();
        let group = GroupReport {
            verified: [1, 2, 3].into(),
            words: vec!["word".into(); 6],
            digits: "7".into(),
            ..GroupReport::default()
        };
        let report = Report {
            saw: set(saw),
            heard: set(heard),
            group,
            ..Report::default()
        };
        (seat, "A".into(), report)
    }

    fn outcome(seats: &[(Seat, String, Report)]) -> Outcome {
        let meter = Meter {
            process: Some(1.0),
            media: MediaFigures::default(),
        };
        Outcome::new(seats, (meter, meter), Duration::from_secs(1), false)
    }

    #[test]
    fn it_is_good_only_if_every_seat_saw_and_heard_every_other() {
        let ok = |seats: &[_]| outcome(seats).ok;
        assert!(ok(&[seat(1, &[2], &[2]), seat(2, &[1], &[1])]));
        assert!(!ok(&[seat(1, &[2], &[2]), seat(2, &[1], &[])]));
        assert!(!ok(&[
            seat(1, &[2, 3], &[2, 3]),
            seat(2, &[1, 3], &[1, 3]),
            seat(3, &[1], &[1, 2])
        ]));
        assert!(!ok(&[seat(1, &[], &[])]));
    }

    #[test]
    fn it_is_good_only_if_all_verified_all_and_have_the_same_words() {
        type Spoil = fn(&mut Report);
        let cases: [(Spoil, &str); 4] = [
            (
                |r| r.group.words[5] = "other".into(),
                "seat 2 has other words than seat 1",
            ),
            (|r| r.group.words.clear(), "seat 2 has no words, seat 1 has"),
            (
                |r| r.group.verified = [2].into(),
                "seat 2 did not verify seat 1",
            ),
            (
                |r| {
                    r.frames_refused = 3;
                    r.refused = [("muted".to_owned(), 3)].into();
                },
                "seat 2 refused 3 frames: 3 muted",
            ),
        ];
        for (spoil, fault) in cases {
            let mut seats = [seat(1, &[2], &[2]), seat(2, &[1], &[1])];
            spoil(&mut seats[1].2);
            let outcome = outcome(&seats);
            assert_eq!(outcome.faults, [fault]);
            assert!(!outcome.ok && outcome.table().contains(fault));
        }
    }

    #[test]
    fn this_process_has_used_some_cpu() {
        assert!(process_seconds().is_none_or(|seconds| seconds >= 0.0));
    }
}
