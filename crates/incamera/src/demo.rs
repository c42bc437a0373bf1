//! `incamera demo`: a rehearsal on this machine, with synthetic delegations.
//!
//! Owns the staging; the server is `server`'s, the players are `participant`'s.

mod figures;
mod words;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::Args;
use participant::{Act, Participant, Report, Speech, Stage as Place};
use protocol::{CallId, types::Seat};
use serde_json::json;
use server::{
    config::{Log, LogFormat, Storage},
    logs,
};
use tokio::{sync::watch, time};

use self::figures::{Meter, Outcome};
use crate::{exit::Failure, scenario::Scenario, screen::Screen, stage::Stage};

/// With `--minutes`, everybody must be at the table within this time.
const ARRIVAL_MAX: Duration = Duration::from_secs(60);
/// At the end, a seat that is silent for the moment gets so long to be verified again.
const GRACE: Duration = Duration::from_secs(5);
/// Progress in JSON is told this often.
const PROGRESS_PERIOD: Duration = Duration::from_secs(10);

/// Play a rehearsal on this machine: a server, a call, and synthetic delegations at its table.
///
/// Starts a server that keeps nothing, convenes the call of 24 January 2022 (nine delegations), and
/// sends eight synthetic delegations into its antechamber. You take the host's seat in a browser and
/// admit them; a second person can take the free seat. Ctrl-C ends it and removes everything.
///
/// The call is sealed end to end: the server passes on what it cannot open.
///
/// With INCAMERA_STORE=postgres://… the call is kept in that PostgreSQL database while it is played, and
/// deleted from it at the end.
///
/// With --minutes it plays without a person: a synthetic host admits everybody, has the words of the
/// call checked half way through, and at the end each seat says whom it saw and heard, whom it verified,
/// and which words it has. With --json each line is an object with a `type`: started, waiting, seated,
/// lost, refused, gone, admitted (all of them), words (the check begins), progress (every 10 s), and
/// last result.
#[derive(Args)]
#[command(after_help = "\
THE RESULT
  Of each seat in `seats`: seat, delegation; first_frame_ms, frames_received, frames_decoded,
  frames_wrong, longest_freeze_ms, audio_gaps, reconnects, saw, heard; verified (the seats it
  verified, its own too), group and epoch (of the call's group), words and digits (of the check),
  frames_refused (that should have opened and did not; by reason in refused), frames_early (of before it was in the group)
  and frames_late (that came too late, or their keys).

EXIT CODES
  0  ended by Ctrl-C or by the host; with --minutes: every seat saw and heard and verified every other,
     all have the same words, and none refused a frame
  1  it could not be played (a port in use, say); with --minutes: the contrary of the above, or it was
     interrupted
  2  a wrong option, or a mistake in the scenario")]
pub(crate) struct Options {
    /// Another scenario: a TOML file like scenarios/2022-01-24-transatlantic.toml
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Play without a person for N minutes from when all are seated (0.3 is 18 seconds)
    #[arg(long, value_name = "N", value_parser = minutes)]
    minutes: Option<Duration>,
    /// One JSON object per line; the last one is the result
    #[arg(long, requires = "minutes")]
    json: bool,
    /// Serve other machines too, over HTTPS with a certificate made now
    #[arg(long)]
    lan: bool,
    /// Listen on this port [default: 4480, or any that is free]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Do not open a browser
    #[arg(long)]
    no_browser: bool,
}

fn minutes(text: &str) -> Result<Duration, String> {
    let minutes: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if !(0.05..=24.0 * 60.0).contains(&minutes) {
        return Err("between 0.05 and 1440".to_owned());
    }
    Ok(Duration::from_secs_f64(minutes * 60.0))
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let call = sealed::link::new_call_id().map_err(Failure::failed)?;
    let wrong = |error: anyhow::Error| Failure::usage(format!("{error:#}"));
    let scenario = Scenario::load(options.scenario.as_deref(), call).map_err(wrong)?;
    let filter = std::env::var("INCAMERA_LOG").unwrap_or_else(|_| "error".to_owned());
    logs::init(&Log {
        filter,
        format: LogFormat::Text,
    })
    .map_err(Failure::usage)?;
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::failed)?;
    let played = runtime.block_on(play(options, call, &scenario));
    match played.map_err(|error| Failure::failed(format!("{error:#}")))? {
        true => Ok(()),
        false => Err(Failure::failed(
            "it was not a good call; the result says why",
        )),
    }
}

async fn play(args: Options, call: CallId, scenario: &Scenario) -> anyhow::Result<bool> {
    let mut stage = Stage::build(call, args.port, args.lan, store()?).await?;
    stage.convene(&scenario.plan).await?;
    let screen = Screen::new(args.json);
    let (url, seats) = (stage.server().url(), scenario.verified.seats.len());
    screen.event(json!({ "type": "started", "url": url, "seats": seats }));
    let players = cast(scenario, &stage, args.minutes.is_some(), args.lan)?;
    let good = match args.minutes {
        Some(length) => alone(&args, length, scenario, &stage, &screen, players).await?,
        None => with_people(&args, scenario, &stage, &screen, players).await?,
    };
    stage.strike().await?;
    Ok(good)
}

/// Where the call is kept while it is played: a folder that is thrown away, unless a database is named.
fn store() -> anyhow::Result<Storage> {
    let named = std::env::var("INCAMERA_STORE").ok();
    let read = |text: String| text.parse().map_err(anyhow::Error::msg);
    let store = named.map(read).transpose();
    Ok(store
        .context("INCAMERA_STORE is wrong")?
        .unwrap_or_default())
}

/// A synthetic participant and its seat.
struct Player {
    seat: Seat,
    delegation: String,
    participant: Participant,
    reports: watch::Receiver<Report>,
    place: Place,
}

/// Sends the players in; `alone`: the host too, and all talk all the time.
fn cast(scenario: &Scenario, stage: &Stage, alone: bool, lan: bool) -> anyhow::Result<Vec<Player>> {
    let seats: Vec<&Seat> = Some(&scenario.host)
        .filter(|_| alone)
        .into_iter()
        .chain(&scenario.cast)
        .collect();
    let of = u16::try_from(seats.len()).unwrap_or(u16::MAX);
    let player = |(seat, place): (&Seat, u16)| -> anyhow::Result<Player> {
        let options = participant::Options {
            auto_host: seat.host,
            speech: if alone {
                Speech::Always
            } else {
                Speech::InTurn { place, of }
            },
            insecure_tls: lan,
            ..participant::Options::new(stage.seat_link(seat.id), format!("seat {}", seat.id))
        };
        let participant = Participant::start(options)?;
        let reports = participant.reports();
        let delegation = scenario.delegation(seat).to_owned();
        Ok(Player {
            seat: seat.clone(),
            delegation,
            participant,
            reports,
            place: Place::Connecting,
        })
    };
    seats.into_iter().zip(0..).map(player).collect()
}

/// Notes who came and went since the last look, and says so.
fn look(players: &mut [Player], screen: &Screen) {
    for player in players.iter_mut() {
        let (before, now) = (player.place, player.reports.borrow().stage);
        if now != before {
            player.place = now;
            screen.arrival(player.seat.id.0, &player.delegation, before, now);
        }
    }
    let count = |place| players.iter().filter(|p| p.place == place).count();
    let (seated, waiting) = (count(Place::Seated), count(Place::Waiting));
    let frames: u64 = players
        .iter()
        .map(|p| p.reports.borrow().frames_received)
        .sum();
    screen.status(format!(
        "{seated} at the table, {waiting} waiting, {frames} pictures received"
    ));
}

/// With people: until Ctrl-C, or until the host has ended the call.
async fn with_people(
    args: &Options,
    scenario: &Scenario,
    stage: &Stage,
    screen: &Screen,
    mut players: Vec<Player>,
) -> anyhow::Result<bool> {
    let host = stage.host_link(scenario.host.id);
    let free = scenario.free.as_ref().map(|seat| stage.seat_link(seat.id));
    screen.say(words::opening(scenario, &host, free.as_deref()));
    if let Some(fingerprint) = stage.server().fingerprint() {
        screen.say(words::lan(fingerprint, free.as_deref().unwrap_or(&host)));
    }
    if !args.no_browser && words::open_browser(&host) {
        screen.say("The host's link opens in your browser.\n");
    }
    let started = Instant::now();
    let ended = interrupted();
    tokio::pin!(ended);
    let by_host = loop {
        tokio::select! {
            result = &mut ended => { result?; break false; }
            () = time::sleep(Duration::from_millis(200)) => look(&mut players, screen),
        }
        if players.iter().all(|player| player.place == Place::Gone) {
            break true;
        }
    };
    screen.finish();
    screen.say(if by_host {
        "\nThe call was ended."
    } else {
        "\nEnding the rehearsal."
    });
    let reports = leave(players).await;
    let frames: u64 = reports
        .iter()
        .map(|(_, _, report)| report.frames_received)
        .sum();
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    screen.say(format!(
        "{minutes:.1} minutes; {frames} pictures received by the synthetic delegations."
    ));
    Ok(true)
}

/// Without a person, for a time; good if every seat saw, heard and verified every other.
async fn alone(
    args: &Options,
    length: Duration,
    scenario: &Scenario,
    stage: &Stage,
    screen: &Screen,
    mut players: Vec<Player>,
) -> anyhow::Result<bool> {
    screen.say(format!(
        "\n{} (rehearsal), {} seats\n",
        scenario.verified.info.title,
        players.len()
    ));
    let started = Instant::now();
    let (mut all_seated, mut next_progress) = (None, started + PROGRESS_PERIOD);
    let mut checked = false;
    let mut before = Meter::read(stage.server().media().figures());
    let ended = interrupted();
    tokio::pin!(ended);
    let interrupted = loop {
        tokio::select! {
            result = &mut ended => { result?; break true; }
            () = time::sleep(Duration::from_millis(100)) => look(&mut players, screen),
        }
        let now = Instant::now();
        if all_seated.is_none() && players.iter().all(|p| p.reports.borrow().admitted) {
            all_seated = Some(now);
            before = Meter::read(stage.server().media().figures());
            screen.event(json!({ "type": "admitted", "seats": players.len() }));
        }
        if !checked && all_seated.is_some_and(|at| now >= at + length / 2) {
            checked = check_words(&players, screen).await;
        }
        let end = all_seated.map_or(started + ARRIVAL_MAX, |at| at + length);
        if now >= end && (all_seated.is_none() || verified(&players) || now >= end + GRACE) {
            break false;
        }
        if now >= next_progress {
            next_progress += PROGRESS_PERIOD;
            progress(&players, stage, screen);
        }
    };
    let after = Meter::read(stage.server().media().figures());
    let time = all_seated.map_or(Duration::ZERO, |at| at.elapsed());
    screen.finish();
    let outcome = Outcome::new(&leave(players).await, (before, after), time, interrupted);
    if args.json {
        println!(
            "{}",
            serde_json::to_string(&outcome).context("the result has no odd keys")?
        );
    } else {
        screen.say(outcome.table());
    }
    Ok(outcome.ok)
}

/// Whether every seat has verified every other.
fn verified(players: &[Player]) -> bool {
    let complete = |p: &Player| p.reports.borrow().group.verified.len() == players.len();
    players.iter().all(complete)
}

/// The host has the words of the call checked. `false` if it cannot now.
async fn check_words(players: &[Player], screen: &Screen) -> bool {
    let Some(host) = players.iter().find(|player| player.seat.host) else {
        return false;
    };
    let language = "en".to_owned();
    let begun = host.participant.act(Act::CheckWords { language }).await;
    if begun.is_ok() {
        screen.event(json!({ "type": "words", "seat": host.seat.id }));
    }
    begun.is_ok()
}

fn progress(players: &[Player], stage: &Stage, screen: &Screen) {
    let reports: Vec<Report> = players.iter().map(|p| p.reports.borrow().clone()).collect();
    screen.event(json!({
        "type": "progress",
        "seated": reports.iter().filter(|r| r.stage == Place::Seated).count(),
        "frames_received": reports.iter().map(|r| r.frames_received).sum::<u64>(),
        "frames_decoded": reports.iter().map(|r| r.frames_decoded).sum::<u64>(),
        "voices_decoded": reports.iter().map(|r| r.voices_decoded).sum::<u64>(),
        "forwarded_packets": stage.server().media().figures().sfu.forwarded,
    }));
}

/// Everybody leaves at once; the last figures of each, from before it left.
async fn leave(players: Vec<Player>) -> Vec<(Seat, String, Report)> {
    let leaving = players.into_iter().map(|player| {
        let report = player.reports.borrow().clone();
        let Player {
            seat,
            delegation,
            participant,
            ..
        } = player;
        (seat, delegation, report, tokio::spawn(participant.leave()))
    });
    let mut gone = Vec::new();
    for (seat, delegation, report, task) in leaving.collect::<Vec<_>>() {
        // A participant that panicked has been reported by the runtime.
        let _ = task.await;
        gone.push((seat, delegation, report));
    }
    gone
}

/// Resolves at Ctrl-C or when the system asks this process to end.
async fn interrupted() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("no signals on this system")?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.context("no signals on this system"),
        _ = terminate.recv() => Ok(()),
    }
}
