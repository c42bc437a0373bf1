//! `incamera rehearse`: a call played before it is held, by native participants, on any network.
//!
//! Owns arguments, who plays, and the verdict's exit code. How it is played is [`director`]'s, what is
//! seen of it [`watch`]'s, what must hold [`limits`]', and how it is told [`outcome`]'s and [`page`]'s.
//! `docs/rehearsals.md` is for those who use it.

mod director;
mod figures;
mod hall;
mod limits;
mod outcome;
mod page;
mod plot;
mod tempo;
mod verdict;
mod watch;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use participant::network::profile::Profile;
use serde_json::json;
use server::{
    config::{Log, LogFormat},
    logs,
};

use self::{director::Director, hall::Hall, outcome::Outcome, tempo::Tempo};
use crate::{
    exit::{Code, Failure},
    reach, scenario,
    screen::Screen,
};

/// Play a call before it is held, and say whether it would have been a good one
///
/// Native participants take the seats of a scenario and play it: they arrive, are admitted, speak in
/// turn, share screens; delegations drop out and return; the doors are closed; the host adjourns. Media
/// and signalling are real and sealed end to end; every frame is counted.
///
/// Without --server it serves itself on this machine. With --server URL (or --config FILE) the call is
/// convened there, as by `incamera call`, and deleted afterwards. With --links the seats of a call that
/// was convened already are taken: a file as `incamera call new --json` prints it, or one link a line,
/// the host's first.
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
    let wrong = |error: anyhow::Error| Failure::usage(format!("{error:#}"));
    let filter = std::env::var("INCAMERA_LOG").unwrap_or_else(|_| "error".to_owned());
    let format = LogFormat::Text;
    logs::init(&Log { filter, format }).map_err(Failure::usage)?;
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::failed)?;
    let screen = Screen::new(options.json);
    let mut outcomes = Vec::new();
    let mut next = options.file.clone();
    // A scenario may name the call that follows it: both are played, one after the other.
    loop {
        let hall = Hall::open(&runtime, &options, next.as_deref())?;
        let following = hall.scenario().and_then(|scenario| scenario.next.clone());
        let outcome = play(&runtime, &options, &hall, &screen).map_err(wrong)?;
        hall.close(&runtime)?;
        screen.finish();
        screen.say(outcome.table());
        let interrupted = outcome.interrupted();
        outcomes.push(outcome);
        match following.filter(|_| options.links.is_none() && !interrupted) {
            Some(file) if outcomes.len() < CHAIN_MAX => next = Some(file),
            _ => break,
        }
    }
    if let Some(file) = &options.html {
        write_page(file, &outcomes)?;
        screen.say(format!("The result as a page: {}", file.display()));
    }
    let ok = outcomes.iter().all(Outcome::ok);
    if options.json {
        println!("{}", outcome::json(&outcomes));
    }
    Ok(ok)
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
    for place in hall.places() {
        if let Some(least) = tempo.too_short_for(place.network.incident) {
            anyhow::bail!(
                "{} needs a call that is played for {} seconds or more: give more --minutes, or less --speed",
                place.network.name,
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

fn write_page(file: &Path, outcomes: &[Outcome]) -> Result<(), Failure> {
    std::fs::write(file, page::page(outcomes)).map_err(|error| {
        let file = file.display();
        Failure::usage(format!("the page {file} cannot be written: {error}"))
    })
}
