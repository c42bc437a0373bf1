//! What one seat had of a rehearsal, in numbers.

use std::collections::{BTreeMap, BTreeSet};

use participant::Delays;
use serde::Serialize;

use super::{
    outcome::Played,
    place::Place,
    watch::{Incident, Own, Tally},
};

/// One seat's figures. What an incident explains is not in them, but in `planned`.
#[derive(Serialize)]
pub(super) struct SeatFigures {
    pub(super) seat: u16,
    pub(super) delegation: String,
    pub(super) network: &'static str,
    /// From being at the table with somebody to the first frame.
    pub(super) first_frame_ms: Option<u64>,
    /// The slowest of the others' first frames, each from when both were at the table.
    pub(super) all_frames_ms: Option<u64>,
    pub(super) pictures: Pictures,
    pub(super) voices: Voices,
    pub(super) planned: Planned,
    pub(super) longest_freeze_ms: u64,
    pub(super) longest_silence_ms: u64,
    /// The slowest recovery from an incident of its own.
    pub(super) recovery_ms: Option<u64>,
    pub(super) reconnects: u32,
    pub(super) by_tcp: bool,
    pub(super) bytes: Bytes,
    /// What its line carried and lost; none on the machine's own network.
    pub(super) line: Option<Line>,
    pub(super) delay_ms: Option<DelayFigures>,
    pub(super) verified: BTreeSet<u16>,
    pub(super) saw: BTreeSet<u16>,
    pub(super) heard: BTreeSet<u16>,
    pub(super) screens_seen: BTreeSet<u16>,
    pub(super) group: u32,
    pub(super) epoch: u64,
    pub(super) words: Vec<String>,
    pub(super) frames_refused: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) refused: BTreeMap<String, u64>,
    pub(super) frames_early: u64,
    pub(super) frames_late: u64,
    pub(super) faults: Vec<String>,
}

#[derive(Serialize, Default)]
pub(super) struct Pictures {
    pub(super) received: u64,
    pub(super) missed: u64,
    pub(super) late: u64,
    pub(super) decoded: u64,
    pub(super) wrong: u64,
}

impl Pictures {
    /// Those that came and were not late.
    pub(super) fn in_time(&self) -> u64 {
        self.received.saturating_sub(self.late)
    }
}

#[derive(Serialize, Default)]
pub(super) struct Voices {
    pub(super) received: u64,
    pub(super) lost: u64,
    pub(super) gaps: u64,
    pub(super) decoded: u64,
}

#[derive(Serialize, Default)]
pub(super) struct Planned {
    pub(super) pictures_missed: u64,
    pub(super) voices_lost: u64,
}

#[derive(Serialize)]
pub(super) struct Bytes {
    pub(super) media_up: u64,
    pub(super) media_down: u64,
    pub(super) signal_up: u64,
    pub(super) signal_down: u64,
}

#[derive(Serialize)]
pub(super) struct Line {
    pub(super) up: u64,
    pub(super) up_lost: u64,
    pub(super) down: u64,
    pub(super) down_lost: u64,
}

/// Of pictures, from seam to seam.
#[derive(Serialize)]
pub(super) struct DelayFigures {
    pub(super) mean: f64,
    pub(super) p50: f64,
    pub(super) p95: f64,
}

/// `None` if not everything came back.
pub(super) fn recovery(incident: &Incident) -> Option<u64> {
    let all = incident.waiting.is_empty() && incident.back_ms.is_some();
    all.then_some(incident.recovery_ms)
}

/// What a seat had, summed up; judged later.
pub(super) fn of_seat(played: &Played, place: &Place) -> SeatFigures {
    let watch = &played.watch;
    let own = watch.own.get(&place.seat);
    let report = own.map(Own::total).unwrap_or_default();
    let pairs = || watch.pairs.iter().filter(|((r, _), _)| *r == place.seat);
    let mut sum = Tally::default();
    let mut planned = Planned::default();
    for (_, pair) in pairs() {
        sum.sum(pair.unplanned);
        planned.pictures_missed += pair.planned.missed;
        planned.voices_lost += pair.planned.voices_lost;
    }
    let (first, all) = first_frames(played, place.seat);
    let incidents = watch.incidents.iter().filter(|i| i.seat == place.seat);
    let carried = played.carried.get(&place.seat);
    SeatFigures {
        seat: place.seat,
        delegation: place.delegation.clone(),
        network: place.network.name,
        first_frame_ms: first,
        all_frames_ms: all,
        pictures: Pictures {
            received: sum.pictures,
            missed: sum.missed,
            late: sum.late,
            decoded: report.frames_decoded,
            wrong: report.frames_wrong,
        },
        voices: Voices {
            received: sum.voices,
            lost: sum.voices_lost,
            gaps: sum.gaps,
            decoded: report.voices_decoded,
        },
        planned,
        longest_freeze_ms: pairs().map(|(_, p)| p.longest_freeze_ms).max().unwrap_or(0),
        longest_silence_ms: pairs().map(|(_, p)| p.longest_break_ms).max().unwrap_or(0),
        recovery_ms: incidents.filter_map(recovery).max(),
        reconnects: own.map_or(0, |own| own.reconnects_unplanned),
        by_tcp: report.by_tcp,
        bytes: Bytes {
            media_up: report.media_bytes_up,
            media_down: report.media_bytes_down,
            signal_up: report.signal_bytes_up,
            signal_down: report.signal_bytes_down,
        },
        line: carried
            .filter(|[up, _]| up.packets > 0)
            .map(|[up, down]| Line {
                up: up.packets,
                up_lost: up.lost,
                down: down.packets,
                down_lost: down.lost,
            }),
        delay_ms: delay_figures(&report.delays),
        verified: report.group.verified,
        saw: report.saw,
        heard: report.heard,
        screens_seen: report.screens_seen,
        group: report.group.number,
        epoch: report.group.epoch,
        words: report.group.words,
        frames_refused: report.frames_refused,
        refused: report.refused,
        frames_early: report.frames_early,
        frames_late: report.frames_late,
        faults: Vec::new(),
    }
}

/// Of all that should have come.
pub(super) fn share(lost: u64, came: u64) -> f64 {
    lost as f64 / (lost + came).max(1) as f64 * 100.0
}

/// The first frame since somebody else was there, and the slowest of all others' first ones.
fn first_frames(played: &Played, seat: u16) -> (Option<u64>, Option<u64>) {
    let watch = &played.watch;
    let seated = |seat: u16| watch.own.get(&seat).and_then(|own| own.first_seated_ms);
    let Some(own) = seated(seat) else {
        return (None, None);
    };
    // Observers send nothing.
    let others = played
        .places
        .iter()
        .filter(|p| p.seat != seat && !p.observer);
    let company = others.filter_map(|other| seated(other.seat)).min();
    let pairs = watch.pairs.iter().filter(|((r, _), _)| *r == seat);
    let came: Vec<_> = pairs
        .filter_map(|((_, s), pair)| Some((seated(*s)?, pair.first_ms?)))
        .collect();
    let first = came.iter().map(|(_, came)| *came).min();
    let both = company.map(|company| company.max(own));
    let slowest = came
        .iter()
        .map(|(there, came)| came.saturating_sub(own.max(*there)));
    let first = first
        .zip(both)
        .map(|(first, both)| first.saturating_sub(both));
    (first, slowest.max())
}

fn delay_figures(delays: &Delays) -> Option<DelayFigures> {
    if delays.count == 0 {
        return None;
    }
    let at = |share: f64| {
        let wanted = delays.count as f64 * share;
        let mut below = 0.0;
        for (at, &count) in delays.below_ms.iter().enumerate() {
            let (low, high) = (
                if at == 0 {
                    0.0
                } else {
                    f64::from(1 << (at - 1))
                },
                f64::from(1 << at),
            );
            let next = below + f64::from(count);
            if next >= wanted && count > 0 {
                return low + (high - low) * (wanted - below) / f64::from(count);
            }
            below = next;
        }
        f64::from(1 << 15)
    };
    let round = |ms: f64| (ms * 10.0).round() / 10.0;
    Some(DelayFigures {
        mean: round(delays.sum_us as f64 / 1000.0 / delays.count as f64),
        p50: round(at(0.5)),
        p95: round(at(0.95)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_in_their_bucket() {
        let mut delays = Delays {
            count: 100,
            sum_us: 100 * 48_000,
            ..Delays::default()
        };
        delays.below_ms[6] = 90; // 32 to 64 ms
        delays.below_ms[9] = 10; // 256 to 512 ms
        let figures = delay_figures(&delays).unwrap();
        assert_eq!(figures.mean, 48.0);
        assert!((32.0..64.0).contains(&figures.p50), "{}", figures.p50);
        assert!((256.0..512.0).contains(&figures.p95), "{}", figures.p95);
        assert!(delay_figures(&Delays::default()).is_none());
    }
}
