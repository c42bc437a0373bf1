//! What is seen of a rehearsal while it runs: every seat's figures about every other, cut into pieces
//! of half a second, and for each piece whether something planned explains it.
//!
//! Takes reports and times, never reads a clock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use participant::{Break, RemoteReport, Report};
use serde::Serialize;

/// What is lost or refused so long after a planned incident still belongs to it: proofs of frames may
/// wait for a pause of TCP to end.
const SETTLE_MS: u64 = 6_000;
/// A pair counts as having flowed before an incident if its last frame was not longer ago.
const FLOWING_MS: u64 = 1_500;

/// Counts of one seat's frames at another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) voices: u64,
    pub(super) voices_lost: u64,
    pub(super) gaps: u64,
    pub(super) pictures: u64,
    pub(super) missed: u64,
    pub(super) late: u64,
}

/// What one seat got of another.
#[derive(Default)]
pub(super) struct Pair {
    pub(super) last: Tally,
    /// Not explained by an incident.
    pub(super) unplanned: Tally,
    /// Explained by one.
    pub(super) planned: Tally,
    /// Longest time that a picture stood still, planned ones apart.
    pub(super) longest_freeze_ms: u64,
    /// Longest time without any frame, planned ones apart.
    pub(super) longest_break_ms: u64,
    /// When the first frame came, in milliseconds since 1970.
    pub(super) first_ms: Option<u64>,
}

/// Something planned that takes a seat away for a while.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Incident {
    pub(super) seat: u16,
    pub(super) kind: &'static str,
    /// Milliseconds since 1970.
    pub(super) from_ms: u64,
    /// When it was over; `None`: not yet.
    pub(super) back_ms: Option<u64>,
    /// Pairs that flowed before and do not again.
    #[serde(skip)]
    pub(super) waiting: BTreeSet<(u16, u16)>,
    /// The slowest pair's time from then to its first frame.
    pub(super) recovery_ms: u64,
}

/// One second of one seat.
#[derive(Clone, Copy, Default)]
pub(super) struct Second {
    /// Since the start.
    pub(super) at: f32,
    /// Share of frames that never came.
    pub(super) lost: f32,
    /// Of pictures, on average.
    pub(super) delay_ms: Option<f32>,
    /// Pictures received.
    pub(super) pictures: f32,
    /// Seats verified.
    pub(super) verified: u16,
}

/// One seat's own figures.
#[derive(Default)]
pub(super) struct Own {
    /// The newest report.
    pub(super) report: Report,
    /// Figures of machines before this one, when it was dropped and started again.
    pub(super) before: Report,
    pub(super) reconnects_unplanned: u32,
    /// Frames refused without an incident that explains it.
    pub(super) refused_unplanned: u64,
    pub(super) refused: u64,
    pub(super) reconnects: u32,
    pub(super) first_seated_ms: Option<u64>,
    pub(super) seconds: Vec<Second>,
    pub(super) last_second: (u64, u64, u64, u64, u64),
}

/// All that was seen.
#[derive(Default)]
pub(super) struct Watch {
    pub(super) own: BTreeMap<u16, Own>,
    pub(super) pairs: BTreeMap<(u16, u16), Pair>,
    pub(super) incidents: Vec<Incident>,
    sampled_ms: BTreeMap<u16, u64>,
}

impl Watch {
    /// A seat's figures at `now_ms`, milliseconds since 1970.
    pub(super) fn sample(&mut self, now_ms: u64, seat: u16, report: &Report) {
        let since = self.sampled_ms.insert(seat, now_ms).unwrap_or(now_ms);
        let own_planned = self.planned(seat, seat, since, now_ms);
        let disturbed = self.disturbed(since, now_ms);
        let own = self.own.entry(seat).or_default();
        if !disturbed {
            own.refused_unplanned += less(report.frames_refused, own.refused);
        }
        own.refused = report.frames_refused;
        let more = report.reconnects.saturating_sub(own.reconnects);
        if !own_planned {
            own.reconnects_unplanned += more;
        }
        own.reconnects = report.reconnects;
        own.first_seated_ms = own.first_seated_ms.or(report.seated_ms);
        own.report = report.clone();
        for (&other, remote) in &report.remotes {
            let planned = self.planned(seat, other, since, now_ms);
            let stood = self.unplanned_longest(seat, other, &remote.freezes);
            let silent = self.unplanned_longest(seat, other, &remote.breaks);
            let pair = self.pairs.entry((seat, other)).or_default();
            let now = tally(remote);
            let to = if planned {
                &mut pair.planned
            } else {
                &mut pair.unplanned
            };
            to.add(now, pair.last);
            pair.last = now;
            pair.longest_freeze_ms = pair.longest_freeze_ms.max(stood);
            pair.longest_break_ms = pair.longest_break_ms.max(silent);
            pair.first_ms = pair.first_ms.or(remote.first_opened_ms);
            self.recover(seat, other, remote);
        }
    }

    /// One point of a seat's curves, `at` seconds after the start.
    pub(super) fn second(&mut self, at: f32, seat: u16) {
        let Some(own) = self.own.get_mut(&seat) else {
            return;
        };
        let report = &own.report;
        let sum = |of: fn(&RemoteReport) -> u64| report.remotes.values().map(of).sum::<u64>();
        let now = (
            sum(|r| r.voices_received + r.frames_received),
            sum(|r| r.voices_lost + r.pictures_missed),
            report.delays.count,
            report.delays.sum_us,
            report.frames_received,
        );
        let before = std::mem::replace(&mut own.last_second, now);
        let (came, lost) = (less(now.0, before.0), less(now.1, before.1));
        let (count, sum_us) = (less(now.2, before.2), less(now.3, before.3));
        own.seconds.push(Second {
            at,
            lost: lost as f32 / ((came + lost).max(1) as f32),
            delay_ms: (count > 0).then(|| sum_us as f32 / 1000.0 / count as f32),
            pictures: less(now.4, before.4) as f32,
            verified: u16::try_from(report.group.verified.len()).unwrap_or(u16::MAX),
        });
    }

    /// An incident begins at `now_ms`; `flows`: whether a pair's frames should come again after it.
    pub(super) fn begin(
        &mut self,
        now_ms: u64,
        seat: u16,
        kind: &'static str,
        flows: impl Fn(u16, u16) -> bool,
    ) -> usize {
        let recent = |receiver: u16, sender: u16| {
            let report = self.own.get(&receiver).map(|own| &own.report)?;
            let last = report.remotes.get(&sender)?.last_opened_ms?;
            Some(now_ms.saturating_sub(last) <= FLOWING_MS)
        };
        let others = self.own.keys().copied().filter(|&other| other != seat);
        let pairs = others.flat_map(|other| [(seat, other), (other, seat)]);
        let waiting = pairs
            .filter(|&(r, s)| recent(r, s).unwrap_or(false) && flows(r, s))
            .collect();
        self.incidents.push(Incident {
            seat,
            kind,
            from_ms: now_ms,
            back_ms: None,
            waiting,
            recovery_ms: 0,
        });
        self.incidents.len() - 1
    }

    /// It is over at `now_ms`: from now on everything should come back.
    pub(super) fn end(&mut self, incident: usize, now_ms: u64) {
        if let Some(incident) = self.incidents.get_mut(incident) {
            incident.back_ms = Some(now_ms);
        }
    }

    /// A seat has gone for good: nobody waits for it.
    pub(super) fn forget(&mut self, seat: u16) {
        for incident in &mut self.incidents {
            incident.waiting.retain(|&(r, s)| r != seat && s != seat);
        }
    }

    /// The machine of a seat was started again: its figures begin anew.
    pub(super) fn renew(&mut self, seat: u16) {
        let Some(own) = self.own.get_mut(&seat) else {
            return;
        };
        let last = std::mem::take(&mut own.report);
        add_up(&mut own.before, &last);
        own.reconnects = 0;
        own.refused = 0;
        own.last_second = Default::default();
        for ((receiver, _), pair) in &mut self.pairs {
            if *receiver == seat {
                pair.last = Tally::default();
            }
        }
    }

    /// Whether something planned about one of two seats touches this time.
    fn planned(&self, receiver: u16, sender: u16, from_ms: u64, to_ms: u64) -> bool {
        self.incidents.iter().any(|incident| {
            let until = incident.back_ms.map_or(u64::MAX, |back| back + SETTLE_MS);
            let concerned = incident.seat == receiver || incident.seat == sender;
            concerned && from_ms <= until && to_ms >= incident.from_ms
        })
    }

    /// Whether somebody's manifests may be late at this time.
    fn disturbed(&self, from_ms: u64, to_ms: u64) -> bool {
        self.incidents.iter().any(|incident| {
            let until = incident.back_ms.map_or(u64::MAX, |back| back + SETTLE_MS);
            from_ms <= until && to_ms >= incident.from_ms
        })
    }

    /// Whether an incident of this seat may still hold its frames up.
    pub(super) fn recently(&self, seat: u16, now_ms: u64) -> bool {
        let own = self
            .incidents
            .iter()
            .filter(|incident| incident.seat == seat);
        own.map(|incident| incident.back_ms.map_or(u64::MAX, |back| back + SETTLE_MS))
            .any(|until| now_ms <= until)
    }

    fn unplanned_longest(&self, receiver: u16, sender: u16, breaks: &VecDeque<Break>) -> u64 {
        let unplanned = breaks
            .iter()
            .filter(|b| !self.planned(receiver, sender, b.from_ms, b.to_ms));
        unplanned.map(|b| b.to_ms - b.from_ms).max().unwrap_or(0)
    }

    /// Whether frames of `sender` come again at `receiver` after an incident, and when they did.
    fn recover(&mut self, receiver: u16, sender: u16, remote: &RemoteReport) {
        for incident in &mut self.incidents {
            let Some(back) = incident.back_ms else {
                continue;
            };
            if !incident.waiting.contains(&(receiver, sender))
                || remote.last_opened_ms.is_none_or(|last| last < back)
            {
                continue;
            }
            let over = remote.breaks.iter().find(|b| b.to_ms >= back);
            let came = match (over, remote.first_opened_ms) {
                (Some(over), _) if over.from_ms <= back => over.to_ms,
                (_, Some(first)) if first >= back => first,
                _ => back, // it went on as if nothing was
            };
            incident.recovery_ms = incident.recovery_ms.max(came - back);
            incident.waiting.remove(&(receiver, sender));
        }
    }
}

impl Tally {
    /// Adds another one.
    pub(super) fn sum(&mut self, more: Self) {
        self.add(more, Self::default());
    }

    fn add(&mut self, now: Self, before: Self) {
        self.voices += less(now.voices, before.voices);
        self.voices_lost += less(now.voices_lost, before.voices_lost);
        self.gaps += less(now.gaps, before.gaps);
        self.pictures += less(now.pictures, before.pictures);
        self.missed += less(now.missed, before.missed);
        self.late += less(now.late, before.late);
    }
}

fn tally(remote: &RemoteReport) -> Tally {
    Tally {
        voices: remote.voices_received,
        voices_lost: remote.voices_lost,
        gaps: remote.audio_gaps,
        pictures: remote.frames_received,
        missed: remote.pictures_missed,
        late: remote.pictures_late,
    }
}

/// What is added over several machines of one seat.
fn add_up(sum: &mut Report, of: &Report) {
    sum.media_bytes_up += of.media_bytes_up;
    sum.media_bytes_down += of.media_bytes_down;
    sum.signal_bytes_up += of.signal_bytes_up;
    sum.signal_bytes_down += of.signal_bytes_down;
    sum.frames_decoded += of.frames_decoded;
    sum.frames_wrong += of.frames_wrong;
    sum.voices_decoded += of.voices_decoded;
    sum.frames_refused += of.frames_refused;
    sum.frames_early += of.frames_early;
    sum.frames_late += of.frames_late;
    sum.saw.extend(&of.saw);
    sum.heard.extend(&of.heard);
    sum.screens_seen.extend(&of.screens_seen);
    for (why, count) in &of.refused {
        *sum.refused.entry(why.clone()).or_default() += count;
    }
    sum.delays.count += of.delays.count;
    sum.delays.sum_us += of.delays.sum_us;
    for (sum, of) in sum.delays.below_ms.iter_mut().zip(of.delays.below_ms) {
        *sum += of;
    }
}

impl Own {
    /// The figures of all its machines.
    pub(super) fn total(&self) -> Report {
        let mut total = self.report.clone();
        add_up(&mut total, &self.before);
        total
    }
}

const fn less(now: u64, before: u64) -> u64 {
    now.saturating_sub(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(voices: u64, lost: u64, breaks: &[(u64, u64)], last_ms: u64) -> Report {
        let breaks = breaks.iter();
        let remote = RemoteReport {
            voices_received: voices,
            voices_lost: lost,
            first_opened_ms: Some(1_000),
            last_opened_ms: Some(last_ms),
            breaks: breaks
                .map(|&(from_ms, to_ms)| Break { from_ms, to_ms })
                .collect(),
            ..RemoteReport::default()
        };
        Report {
            remotes: [(2, remote)].into(),
            ..Report::default()
        }
    }

    #[test]
    fn what_an_incident_explains_is_counted_apart() {
        let mut watch = Watch::default();
        watch.sample(10_000, 1, &report(100, 1, &[], 9_990));
        let incident = watch.begin(10_500, 2, "outage", |_, _| true);
        watch.sample(11_000, 1, &report(120, 11, &[], 10_500));
        watch.end(incident, 15_500);
        let after = report(130, 260, &[(10_480, 16_200)], 16_300);
        watch.sample(16_500, 1, &after);
        let later = report(400, 262, &[(10_480, 16_200), (30_000, 30_700)], 31_000);
        watch.sample(29_500, 1, &later);
        let pair = &watch.pairs[&(1, 2)];
        assert_eq!(pair.unplanned.voices_lost, 1);
        assert_eq!(pair.planned.voices_lost, 261);
        assert_eq!(pair.longest_break_ms, 700);
        let incident = &watch.incidents[0];
        assert_eq!(incident.recovery_ms, 700);
        assert!(incident.waiting.is_empty());
    }

    #[test]
    fn a_seat_that_does_not_come_back_is_waited_for() {
        let mut watch = Watch::default();
        watch.sample(10_000, 1, &report(100, 0, &[], 9_990));
        let incident = watch.begin(10_500, 2, "drop", |_, _| true);
        watch.end(incident, 12_000);
        watch.sample(20_000, 1, &report(110, 0, &[], 10_500));
        assert_eq!(watch.incidents[0].waiting, [(1, 2)].into());
        watch.forget(2);
        assert!(watch.incidents[0].waiting.is_empty());
    }

    #[test]
    fn a_machine_that_is_started_again_does_not_count_backwards() {
        let mut watch = Watch::default();
        watch.sample(1_000, 1, &report(100, 0, &[], 990));
        watch.renew(1);
        watch.sample(3_000, 1, &report(10, 0, &[], 2_990));
        assert_eq!(watch.pairs[&(1, 2)].unplanned.voices, 110);
    }
}
