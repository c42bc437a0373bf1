//! Plays a script: who arrives when, who speaks, what happens, on wall time.
//!
//! Leaves what is counted to [`super::watch`] and whether it was good to [`super::verdict`].

mod act;
mod cast;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use participant::{
    Act, Control, Stage as Presence,
    network::profile::{Incident, Profile},
};
use protocol::types::{Doors, Format};
use serde_json::json;
use tokio::time;

use self::cast::{Players, Style};
use super::{
    hall::Hall,
    outcome::{Outcome, Played},
    place::Place,
    tempo::Tempo,
    watch::Watch,
};
use crate::{
    scenario::{Kind, Microphones, Script},
    screen::Screen,
};

/// Figures are taken this often.
const SAMPLE_PERIOD: Duration = Duration::from_millis(500);
/// And something is said this often where there is no terminal.
const PROGRESS_PERIOD: Duration = Duration::from_secs(10);
/// At the end, whoever is silent for the moment gets so long to be verified again.
const GRACE: Duration = Duration::from_secs(6);
/// Adjourning takes no longer.
const ADJOURN_MAX: Duration = Duration::from_secs(5);
/// A turn is at least so long: its tones must be heard.
const TURN_MIN: Duration = Duration::from_millis(1_500);
/// With more seats than this, one has the floor and pictures are light, unless the script says.
const SMALL: usize = 12;
/// Cameras a seat looks at, unless the script says.
const VISIBLE: usize = 25;

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Arrive(u16),
    Turn(usize),
    Act(usize),
    Return(u16, usize),
    Unshare(u16),
    IncidentOver(usize),
    NetworkIncident(u16),
    End,
}

/// A rehearsal under way.
pub(super) struct Director<'a> {
    hall: &'a Hall,
    tempo: Tempo,
    script: Script,
    screen: &'a Screen,
    players: Players,
    watch: Watch,
    agenda: Vec<(Instant, Due)>,
    started: Instant,
    speaks: Option<u16>,
    /// The host has the words checked as soon as it can.
    words_wanted: bool,
    /// Likewise moves the doors, when all who should come have been admitted.
    doors_wanted: Option<Doors>,
    /// How late this machine was to do something, at most.
    latest: Duration,
    faults: Vec<String>,
    /// When what happened, in seconds, for the page.
    moments: Vec<(f64, String)>,
    /// Who shared a screen, and who should have seen it.
    shares: Vec<(u16, Vec<u16>)>,
    /// Seats whose turn to speak is over.
    spoke: Vec<u16>,
}

impl<'a> Director<'a> {
    /// Makes everything ready; nobody has come yet.
    pub(super) fn new(hall: &'a Hall, tempo: Tempo, seed: u64, screen: &'a Screen) -> Self {
        let script = hall.script();
        let seats = hall.places().len();
        let style = Style {
            floor: match script.microphones {
                Some(microphones) => microphones == Microphones::Floor,
                None => seats > SMALL,
            },
            light: script.light.unwrap_or(seats > SMALL),
            visible: script.visible.unwrap_or(VISIBLE),
            seed,
        };
        let touched = |place: &Place| {
            let lines = script.acts.iter().filter(|act| act.act.needs_line());
            lines
                .filter_map(|act| hall.seat_of(act))
                .any(|s| s == place.seat)
        };
        let players = Players::new(hall, style, touched);
        Self {
            hall,
            tempo,
            script,
            screen,
            players,
            watch: Watch::default(),
            agenda: Vec::new(),
            started: Instant::now(),
            speaks: None,
            words_wanted: false,
            doors_wanted: None,
            latest: Duration::ZERO,
            faults: Vec::new(),
            moments: Vec::new(),
            shares: Vec::new(),
            spoke: Vec::new(),
        }
    }

    /// Plays it to its end, or until it is interrupted.
    pub(super) async fn play(mut self) -> anyhow::Result<Outcome> {
        self.players.open_lines(self.hall);
        self.started = Instant::now();
        self.plan();
        let interrupted = tokio::signal::ctrl_c();
        tokio::pin!(interrupted);
        let mut next_sample = self.started + SAMPLE_PERIOD;
        let mut next_progress = self.started + PROGRESS_PERIOD;
        let interrupted = loop {
            self.agenda.sort_by_key(|(at, _)| *at);
            let due = self.agenda.first().map_or(next_sample, |(at, _)| *at);
            tokio::select! {
                result = &mut interrupted => { result?; break true; }
                () = time::sleep_until(due.min(next_sample).into()) => {}
            }
            let now = Instant::now();
            let late = now.saturating_duration_since(due.min(next_sample));
            self.latest = self.latest.max(late);
            while self.agenda.first().is_some_and(|(at, _)| *at <= now) {
                let (_, due) = self.agenda.remove(0);
                if due != Due::End {
                    self.handle(due).await?;
                    self.agenda.sort_by_key(|(at, _)| *at);
                } else if self.may_end(now) {
                    self.agenda.clear();
                    self.agenda.push((now, Due::End));
                    break;
                } else {
                    self.agenda.push((now + SAMPLE_PERIOD, Due::End));
                }
            }
            if now >= next_sample {
                next_sample += SAMPLE_PERIOD;
                self.look()?;
                if self.words_wanted {
                    self.check_words().await;
                }
                let ready = self.players.all_admitted();
                if let Some(doors) = self.doors_wanted.filter(|_| ready)
                    && self.set_doors(doors).await
                {
                    self.doors_wanted = None;
                }
            }
            if now >= next_progress {
                next_progress += PROGRESS_PERIOD;
                self.progress();
            }
            let only_end = matches!(self.agenda[..], [(at, Due::End)] if at <= now);
            if only_end {
                break false;
            }
            if self.players.all_gone() {
                self.fault("the call ended before its time".to_owned());
                break false;
            }
        };
        self.finish(interrupted).await
    }

    /// Puts everything that is known beforehand on the agenda.
    fn plan(&mut self) {
        let length = self.tempo.length();
        let arrivals = self
            .script
            .arrivals
            .map_or(length / 20, |at| self.tempo.wall(at.0));
        let seats: Vec<_> = self.hall.places().iter().map(|p| p.seat).collect();
        let step = arrivals.div_f64((seats.len() - 1).max(1) as f64);
        for (number, seat) in (0..).zip(seats) {
            self.put(step * number, Due::Arrive(seat));
        }
        for number in 0..self.script.acts.len() {
            let act = &self.script.acts[number];
            let at = self.tempo.act(act);
            // Another network's own incident is what is looked at then, and must not meet the script's.
            let meets = |other: Profile| {
                act.act.needs_line() || (act.act == Kind::Drop && other.incident != Incident::None)
            };
            if !self.hall.other_network().is_some_and(meets) {
                self.put(at, Due::Act(number));
            }
        }
        for place in self.hall.places() {
            if place.network.incident != Incident::None {
                let at = self.tempo.incident(place.network.incident);
                self.put(at, Due::NetworkIncident(place.seat));
            }
        }
        self.put(arrivals, Due::Turn(0));
        self.put(length, Due::End);
    }

    fn put(&mut self, after: Duration, due: Due) {
        self.agenda.push((self.started + after, due));
    }

    fn put_from_now(&mut self, after: Duration, due: Due) {
        self.agenda.push((Instant::now() + after, due));
    }

    async fn handle(&mut self, due: Due) -> anyhow::Result<()> {
        match due {
            Due::Arrive(seat) => self.players.start(self.hall, seat)?,
            Due::Turn(number) => self.take_turn(number).await,
            Due::Act(number) => self.do_act(number).await,
            Due::Return(seat, incident) => {
                self.players.start(self.hall, seat)?;
                self.watch.end(incident, now_ms());
                self.happens(seat, "is started again");
                if self.speaks == Some(seat) {
                    self.players.control(seat, Control::Speak(true)).await;
                }
            }
            Due::Unshare(seat) => {
                self.players.control(seat, Control::Screen(false)).await;
                self.happens(seat, "shares its screen no more");
            }
            Due::IncidentOver(incident) => self.watch.end(incident, now_ms()),
            Due::NetworkIncident(seat) => self.network_incident(seat),
            Due::End => {}
        }
        Ok(())
    }

    /// The next seat speaks.
    async fn take_turn(&mut self, number: usize) {
        let speakers = self.players.speakers();
        let turn = self.script.turn.map(|turn| self.tempo.wall(turn.0));
        let left = self.tempo.length() / u32::try_from(speakers.len().max(1)).unwrap_or(1);
        let turn = turn.unwrap_or(left).min(left).max(TURN_MIN);
        self.put_from_now(turn, Due::Turn(number + 1));
        let Some(&next) = speakers.get(number % speakers.len().max(1)) else {
            return;
        };
        let before = self.speaks.replace(next);
        if before == Some(next) {
            return;
        }
        self.players.pass_on(before, next).await;
        self.spoke.extend(before);
    }

    /// Not before words and recoveries that are under way.
    fn may_end(&self, now: Instant) -> bool {
        let latest = self.started + self.tempo.length() + GRACE;
        let waiting = self.watch.incidents.iter().any(|i| !i.waiting.is_empty());
        now >= latest || (!waiting && !self.words_wanted && self.players.all_verified())
    }

    /// Takes everybody's figures.
    fn look(&mut self) -> anyhow::Result<()> {
        let at = self.started.elapsed().as_secs_f32();
        let whole = self.players.samples % 2 == 1;
        self.players.samples += 1;
        for (seat, report) in self.players.reports() {
            anyhow::ensure!(
                report.seat == 0 || report.seat == seat,
                "the link taken for seat {seat}'s is seat {}'s: give the links in the order of the seats, or \
                 as `incamera call new --json` prints them",
                report.seat
            );
            self.watch.sample(now_ms(), seat, &report);
            if whole {
                self.watch.second(at, seat);
            }
        }
        self.players.tell_arrivals(self.screen);
        self.screen.status(self.line());
        Ok(())
    }

    /// Whether the call has cameras: as was written, or as the server told those who came.
    fn has_video(&self) -> bool {
        let told = || self.watch.own.values().find_map(|own| own.report.format);
        let format = self.hall.format().or_else(told);
        format.is_none_or(|format| format == Format::Video)
    }

    /// How far it is, in one line.
    fn line(&self) -> String {
        let clock = |time: Duration| format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60);
        let newest = self.watch.own.values().filter_map(|own| own.seconds.last());
        let newest: Vec<_> = newest.collect();
        let seats = newest.len().max(1) as f32;
        let lost = newest.iter().map(|s| s.lost).sum::<f32>() / seats * 100.0;
        let delays: Vec<f32> = newest.iter().filter_map(|s| s.delay_ms).collect();
        let delay = delays.iter().sum::<f32>() / delays.len().max(1) as f32;
        let pictures: f32 = newest.iter().map(|s| s.pictures).sum();
        let verified = newest.iter().map(|s| s.verified).min().unwrap_or(0);
        format!(
            "{} of {}: {} of {} at the table, all verify {verified}; lost {lost:.1} %, {delay:.0} ms, {pictures:.0} pictures/s",
            clock(self.started.elapsed()),
            clock(self.tempo.length()),
            self.players.count(Presence::Seated),
            self.hall.places().len(),
        )
    }

    fn progress(&self) {
        if matches!(self.screen, Screen::Plain) {
            self.screen.say(format!("  {}", self.line()));
        }
        let frames = self
            .watch
            .own
            .values()
            .map(|own| own.report.frames_received);
        let verified = self
            .watch
            .own
            .values()
            .map(|own| own.report.group.verified.len());
        self.screen.event(json!({
            "type": "progress",
            "seated": self.players.count(Presence::Seated),
            "pictures_received": frames.sum::<u64>(),
            "least_verified": verified.min(),
        }));
    }

    /// Notes and tells something about a seat.
    fn happens(&mut self, seat: u16, what: &str) {
        let delegation = self.players.delegation(seat).to_owned();
        self.screen.say(format!("  {delegation:<24} {what}"));
        let event = json!({ "type": "act", "seat": seat, "delegation": delegation, "what": what });
        self.screen.event(event);
        let at = self.started.elapsed().as_secs_f64();
        self.moments.push((at, format!("{delegation} {what}")));
    }

    fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    async fn finish(mut self, interrupted: bool) -> anyhow::Result<Outcome> {
        self.look()?;
        let seconds = self.started.elapsed();
        let memory = process_memory();
        let started_ms = now_ms().saturating_sub(u64::try_from(seconds.as_millis()).unwrap_or(0));
        if self.doors_wanted.is_some() && !interrupted {
            self.fault("the host could not move the doors".to_owned());
        }
        if !interrupted {
            self.adjourn().await;
        }
        let carried = self.players.carried();
        self.players.leave().await;
        let played = Played {
            title: self.hall.title(),
            video: self.has_video(),
            light: self.players.style().light,
            floor: self.players.style().floor,
            visible: self.players.style().visible,
            seed: self.players.style().seed,
            own_server: self.hall.is_own(),
            places: self.hall.places().to_vec(),
            watch: self.watch,
            carried,
            faults: self.faults,
            moments: self.moments,
            shares: self.shares,
            spoke: self.spoke,
            left: self.players.left(),
            late_ms: u64::try_from(self.latest.as_millis()).unwrap_or(u64::MAX),
            started_ms,
            seconds: seconds.as_secs_f64(),
            memory_bytes: memory,
            interrupted,
            words_asked: self.script.acts.iter().any(|a| a.act.asks_words()),
        };
        Ok(Outcome::new(played))
    }

    /// The host ends the call; all must be told.
    async fn adjourn(&mut self) {
        let Some(host) = self.players.host() else {
            return;
        };
        self.players.control(host, Control::Adjourn).await;
        let patience = time::timeout(ADJOURN_MAX, async {
            while !self.players.all_gone() {
                time::sleep(Duration::from_millis(50)).await;
            }
        });
        if patience.await.is_err() {
            self.fault("the host adjourned, and not all were told".to_owned());
        }
    }

    async fn check_words(&mut self) {
        let language = "en".to_owned();
        if self.players.act(Act::CheckWords { language }).await {
            self.words_wanted = false;
            self.screen.event(json!({ "type": "words" }));
            let at = self.started.elapsed().as_secs_f64();
            self.moments.push((at, "the words are checked".to_owned()));
        }
    }
}

/// The clock that participants of this process report by: nobody sets it.
fn now_ms() -> u64 {
    clock::now_ms()
}

/// Memory of this process, in bytes (Linux; elsewhere there is no such figure).
fn process_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let lines: BTreeMap<_, _> = status.lines().filter_map(|l| l.split_once(':')).collect();
    let kibibytes = lines.get("VmRSS")?.trim().strip_suffix(" kB")?;
    Some(kibibytes.parse::<u64>().ok()? * 1024)
}
