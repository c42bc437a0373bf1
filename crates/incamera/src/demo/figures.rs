//! What a rehearsal amounted to: per seat and for the whole, as JSON or as a table.

use std::{fs, time::Duration};

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
    /// Every seat saw and heard every other.
    pub(super) ok: bool,
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
    saw: Vec<u16>,
    heard: Vec<u16>,
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
        let everybody: Vec<u16> = seats.iter().map(|(seat, ..)| seat.id.0).collect();
        let complete = |(seat, _, report): &(Seat, String, Report)| {
            let others = || everybody.iter().filter(|&&other| other != seat.id.0);
            others().all(|other| report.saw.contains(other) && report.heard.contains(other))
        };
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
        Self {
            kind: "result",
            ok: seats.len() > 1 && seats.iter().all(complete) && !interrupted,
            interrupted,
            seconds: round(seconds),
            seats: seats.iter().map(figures).collect(),
            forwarded_packets: packets,
            cpu_us_per_packet: round(media * 1e6 / (packets.max(1) as f64)),
            media_cores: round(media / seconds),
            other_cores: round((process - media).max(0.0) / seconds),
        }
    }

    /// For people.
    pub(super) fn table(&self) -> String {
        let mut text = format!(
            "\n{:<24}{:>9}{:>10}{:>9}{:>10}{:>7}{:>6}{:>7}\n",
            "delegation", "first ms", "received", "decoded", "freeze ms", "gaps", "saw", "heard"
        );
        for seat in &self.seats {
            let first = seat
                .first_frame_ms
                .map_or_else(|| "-".to_owned(), |ms| ms.to_string());
            text += &format!(
                "{:<24}{:>9}{:>10}{:>9}{:>10}{:>7}{:>6}{:>7}\n",
                seat.delegation,
                first,
                seat.frames_received,
                seat.frames_decoded,
                seat.longest_freeze_ms,
                seat.audio_gaps,
                seat.saw.len(),
                seat.heard.len()
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
        text + match (self.ok, self.interrupted) {
            (true, _) => "Every seat saw and heard every other.",
            (false, true) => "Ended before its time.",
            (false, false) => "NOT every seat saw and heard every other.",
        }
    }
}

fn figures((seat, delegation, report): &(Seat, String, Report)) -> SeatFigures {
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
        saw: report.saw.iter().copied().collect(),
        heard: report.heard.iter().copied().collect(),
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
        let (saw, heard) = (
            saw.iter().copied().collect(),
            heard.iter().copied().collect(),
        );
        (
            seat,
            "A".into(),
            Report {
                saw,
                heard,
                ..Report::default()
            },
        )
    }

    fn ok(seats: &[(Seat, String, Report)]) -> bool {
        let meter = Meter {
            process: Some(1.0),
            media: MediaFigures::default(),
        };
        Outcome::new(seats, (meter, meter), Duration::from_secs(1), false).ok
    }

    #[test]
    fn it_is_good_only_if_every_seat_saw_and_heard_every_other() {
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
    fn this_process_has_used_some_cpu() {
        assert!(process_seconds().is_none_or(|seconds| seconds >= 0.0));
    }
}
