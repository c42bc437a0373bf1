//! `incamera rehearse`: a call played before it is held, by native participants, on any network.
//!
//! Owns arguments, who plays, and the verdict's exit code. How it is played is [`director`]'s, what is
//! seen of it [`watch`]'s, what must hold [`limits`]', and how it is told [`outcome`]'s and [`page`]'s.
//! `docs/rehearsals.md` is for those who use it.

mod director;
mod figures;
mod hall;
mod limits;
mod links;
mod outcome;
mod page;
mod place;
mod plot;
mod tempo;
mod verdict;
mod watch;

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use participant::network::profile::Profile;
use sealed::link;
use serde_json::json;
use server::{
    config::{Log, LogFormat},
    logs,
};

use self::{director::Director, hall::Hall, outcome::Outcome, tempo::Tempo};
use crate::{
    exit::{Code, Failure},
    reach,
    scenario::{self, Scenario},
    screen::Screen,
};

/// Play a call before it is held, and say whether it would have been a good one
///
/// Native participants take the seats of a scenario and play it: they arrive, are admitted, speak in
/// turn, share screens; delegations drop out and return; the doors are closed; the host adjourns. Media
/// and signalling are real and sealed end to end; every frame is counted.
///
/// Without --server (INCAMERA_SERVER does not count here) it serves itself on this machine. With
/// --server URL (or --config FILE) the call is convened there, as by `incamera call`, and deleted
/// afterwards. With --links the seats of a call that was convened already are taken: a file as
/// `incamera call new --json` prints it, or one link a line, in the order of the seats.
///
/// A bad network is made in user space, for each seat by itself, from --seed.
#[derive(Args)]
#[command(after_help = "\
EXAMPLES
  incamera rehearse scenarios/2022-01-24-transatlantic.toml --minutes 2
  incamera rehearse scenarios/2021-12-30-from-a-residence.toml --speed 20 --html report.html
  incamera rehearse plan.toml --links links.json --minutes 5 --network moderate

THE RESULT
  With --json each line is an object with a `type`; the last one is the result: ok, verdict (pass, fail),
  faults, and of each seat in `seats`: first_frame_ms, pictures (received, missed, late, decoded, wrong),
  voices (received, lost, gaps, decoded), longest_freeze_ms, recovery_ms, reconnects, bytes, line (what
  was lost on its line), delay_ms (p50, p95), verified, saw, heard, frames_refused. docs/rehearsals.md
  says what each is.

EXIT CODES
  0  it passed
  1  it did not: a threshold was missed, or it was interrupted
  2  it could not be played: a wrong option, a mistake in the scenario, no server")]
pub(crate) struct Options {
    /// The scenario (TOML): a call plan with a script; docs/rehearsals.md describes it
    #[arg(value_name = "FILE", required_unless_present = "links")]
    file: Option<PathBuf>,
    /// Take the seats of a call that was convened already
    #[arg(long, value_name = "FILE", conflicts_with_all = ["server", "config"])]
    links: Option<PathBuf>,
    /// Play the script as if the call took N minutes [default: the scenario's]
    #[arg(long, value_name = "N", value_parser = minutes)]
    minutes: Option<Duration>,
    /// Play it X times faster than those minutes
    #[arg(long, value_name = "X", default_value = "1", value_parser = speed)]
    speed: f64,
    /// The network of every seat, in place of the scenario's
    #[arg(long, value_name = "NAME", value_parser = scenario::profile)]
    network: Option<Profile>,
    /// Chance begins here: the same seed loses the same packets
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// One JSON object per line; the last one is the result
    #[arg(long)]
    json: bool,
    /// Write the result as a page with plots, for any browser and for print
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    reach: reach::Options,
}

fn minutes(text: &str) -> Result<Duration, String> {
    let minutes: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if !(0.05..=24.0 * 60.0).contains(&minutes) {
        return Err("between 0.05 and 1440".to_owned());
    }
    Ok(Duration::from_secs_f64(minutes * 60.0))
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if !(0.1..=1000.0).contains(&speed) {
        return Err("between 0.1 and 1000".to_owned());
    }
    Ok(speed)
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    // Whatever keeps it from being played has the one code that says so.
    let played = play_all(options).map_err(|failure| failure.with_code(Code::Usage))?;
    if played {
        return Ok(());
    }
    Err(Failure::failed(
        "it was not a good call; the result says why",
    ))
}

fn play_all(options: Options) -> Result<bool, Failure> {
    let filter = std::env::var("INCAMERA_LOG").unwrap_or_else(|_| "error".to_owned());
    let format = LogFormat::Text;
    logs::init(&Log { filter, format }).map_err(Failure::usage)?;
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::failed)?;
    let screen = Screen::new(options.json);
    // Before anything is played, whatever would spoil its end: a mistake in a later call's file, a page
    // that cannot be written.
    let calls = chain(&options)?;
    if let Some(file) = &options.html {
        open_page(file)?;
    }
    let (mut outcomes, mut trouble) = (Vec::new(), None);
    for scenario in calls {
        trouble = play_one(&runtime, &options, scenario, &screen, &mut outcomes).err();
        if trouble.is_some() || outcomes.last().is_some_and(Outcome::interrupted) {
            break;
        }
    }
    // What was played is told, whatever came after it.
    if !outcomes.is_empty() {
        if let Some(file) = &options.html {
            match write_page(file, &outcomes) {
                Ok(()) => screen.say(format!("The result as a page: {}", file.display())),
                Err(failure) => trouble = trouble.or(Some(failure)),
            }
        }
        if options.json {
            println!("{}", outcome::json(&outcomes, trouble.as_ref()));
        }
    }
    match trouble {
        Some(failure) => Err(failure),
        None => Ok(outcomes.iter().all(Outcome::ok)),
    }
}

/// The scenario and those of the calls that follow it, each found good. With links there is one call,
/// which needs none.
fn chain(options: &Options) -> Result<Vec<Option<Scenario>>, Failure> {
    let mut calls = Vec::new();
    let mut next = options.file.clone();
    while let Some(file) = next {
        let id = link::new_call_id().map_err(Failure::failed)?;
        let scenario = Scenario::load(Some(&file), id).map_err(wrong)?;
        let follows = options.links.is_none() && calls.len() + 1 < CHAIN_MAX;
        next = scenario.next.clone().filter(|_| follows);
        calls.push(Some(scenario));
    }
    if calls.is_empty() {
        calls.push(None);
    }
    Ok(calls)
}

/// Plays one call, tells and keeps its outcome, and leaves nothing behind, however it ends.
fn play_one(
    runtime: &tokio::runtime::Runtime,
    options: &Options,
    scenario: Option<Scenario>,
    screen: &Screen,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), Failure> {
    let hall = Hall::open(runtime, options, scenario)?;
    let played = play(runtime, options, &hall, screen);
    screen.finish();
    let closed = hall.close(runtime);
    let outcome = played.map_err(wrong)?;
    screen.say(outcome.table());
    outcomes.push(outcome);
    closed
}

fn wrong(error: anyhow::Error) -> Failure {
    Failure::usage(format!("{error:#}"))
}

/// Calls played one after another; more are a circle.
const CHAIN_MAX: usize = 5;

fn play(
    runtime: &tokio::runtime::Runtime,
    options: &Options,
    hall: &Hall,
    screen: &Screen,
) -> anyhow::Result<Outcome> {
    let minutes = options.minutes.unwrap_or_else(|| hall.length());
    let tempo = Tempo::new(hall.length(), minutes, options.speed);
    let script = hall.script();
    let lines = hall
        .places()
        .iter()
        .map(|p| (p.network.name, p.network.incident));
    let acts = script
        .acts
        .iter()
        .filter_map(|act| Some(("the script's outage", act.outage()?)));
    for (what, incident) in lines.chain(acts) {
        if let Some(least) = tempo.too_short_for(incident) {
            anyhow::bail!(
                "{what} needs a call that is played for {} seconds or more: give more --minutes, or less --speed",
                least.as_secs()
            );
        }
    }
    let (title, seats) = (hall.title(), hall.places().len());
    screen.say(format!(
        "\n{title} (rehearsal), {seats} seats, {:.1} minutes at {}\n",
        tempo.length().as_secs_f64() / 60.0,
        hall.url()
    ));
    screen.event(json!({
        "type": "started", "title": title, "url": hall.url(), "seats": seats,
        "seconds": tempo.length().as_secs_f64(), "seed": options.seed
    }));
    let director = Director::new(hall, tempo, options.seed, screen);
    runtime.block_on(director.play())
}

/// Finds out whether the page can be written; what is there already stays until it is.
fn open_page(file: &Path) -> Result<(), Failure> {
    let opened = OpenOptions::new().create(true).append(true).open(file);
    opened.map(drop).map_err(|error| no_page(file, &error))
}

fn write_page(file: &Path, outcomes: &[Outcome]) -> Result<(), Failure> {
    std::fs::write(file, page::page(outcomes)).map_err(|error| no_page(file, &error))
}

fn no_page(file: &Path, error: &std::io::Error) -> Failure {
    let file = file.display();
    Failure::usage(format!("the page {file} cannot be written: {error}"))
}
