//! One-command tasks behind `./x`, which checks what the machine has and hands over to this.
//!
//! Each module is one task; [`sh`] and [`stamp`] serve them all. Errors are sentences for the person
//! at the keyboard.

mod bench;
mod binary;
mod crash;
mod evil;
mod figures;
mod fuzz;
mod licences;
mod long;
mod nine;
mod path;
mod peers;
mod sabotage;
mod sh;
mod soak;
mod stamp;
mod suite;
mod types;
mod wasm;
mod web;

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// Builds, tests and runs Incamera.
#[derive(Parser)]
#[command(name = "x", bin_name = "./x", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything and plays the call of 24 January 2022 with a free seat for you
    #[command(disable_help_flag = true)]
    Demo {
        /// Passed on to `incamera demo`, e.g. `--lan`, `--minutes 5`, `--help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Builds everything: `target/debug/incamera` with the browser client in it
    Build,
    /// Formatting, generated types, licences, lints: what takes no call
    Check,
    /// Everything that must pass before a change goes in
    Test {
        /// Only these steps (an unknown name lists them)
        steps: Vec<String>,
        /// Run the other steps even if one fails
        #[arg(long)]
        keep_going: bool,
    },
    /// Writes the TypeScript types of the protocol to web/src/protocol/generated
    Types {
        /// Only say whether they are current
        #[arg(long)]
        check: bool,
    },
    /// Builds the Rust core for browsers into web/src/sealed/generated
    Wasm,
    /// Checks the licences and sources of all dependencies
    Licences,
    /// Measures what a call of 9 and one of 31 cost the server (docs/performance.md)
    Figures {
        /// Also write the figures here
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Measures what calls cost Incamera and, side by side, other servers (docs/performance.md)
    #[command(disable_help_flag = true)]
    Bench {
        /// Passed on, e.g. `--quick`, `--peers janus,livekit`, `--json FILE`, `--html FILE`, `--help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Plays nine clean seats for some minutes: nothing may be lost, and memory must stay flat
    Soak {
        /// How long
        #[arg(long, default_value_t = 2.0)]
        minutes: f64,
    },
    /// Counts the instructions a forwarded packet costs (needs valgrind; docs/performance.md)
    Path,
    /// Plays a dishonest server against native clients and Chromium, one attack at a time
    Evil {
        /// Only these cases (an unknown name lists them)
        cases: Vec<String>,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Kills a server again and again in mid-act: what it acknowledged must be there, and nothing else
    Crash {
        /// How often
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// On a PostgreSQL of its own, which is killed now and then with it
        #[arg(long)]
        postgres: bool,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Breaks the sealing on purpose, one fault at a time, and sees that a test fails
    Sabotage {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Plays every outage of the matrix in real browsers, each on a machine of its own: an hour
    Long {
        /// Only those whose name matches this pattern, e.g. `TCP`
        only: Option<String>,
    },
    /// Runs the fuzz targets over their corpora, on the compiler in use
    Fuzz {
        /// Only these targets (an unknown name lists them)
        targets: Vec<String>,
        /// How long each
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
}

fn main() -> ExitCode {
    let task = Cli::parse().task;
    // What the bench says itself when there are no figures.
    let failure = match task {
        Task::Bench { .. } => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    };
    match run(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            failure
        }
    }
}

fn run(task: Task) -> Result<()> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let root = root
        .canonicalize()
        .context("the source folder has moved; build again")?;
    match task {
        Task::Demo { arguments } => demo(&root, &arguments),
        Task::Build => build(&root),
        Task::Check => suite::run(&root, &suite::QUICK.map(String::from), true),
        Task::Test { steps, keep_going } => suite::run(&root, &steps, keep_going),
        Task::Types { check } => types::run(&root, check),
        Task::Wasm => wasm::run(&root),
        Task::Licences => licences::run(&root),
        Task::Figures { json } => figures::run(&root, json.as_deref()),
        Task::Bench { arguments } => bench::run(&root, &arguments),
        Task::Soak { minutes } => soak::run(&root, minutes),
        Task::Path => path::run(&root),
        Task::Evil { cases, json } => evil::run(&root, json, &cases),
        Task::Crash {
            kills,
            postgres,
            json,
        } => {
            let engine = if postgres {
                crash::Engine::Postgres
            } else {
                crash::Engine::Sqlite
            };
            crash::run(&root, engine, kills, json)
        }
        Task::Sabotage { json } => sabotage::run(&root, json),
        Task::Long { only } => build(&root).and_then(|()| long::run(&root, only.as_deref())),
        Task::Fuzz { targets, seconds } => fuzz::run(&root, seconds, &targets),
    }
}

/// Becomes the demo, so that Ctrl-C reaches it and nothing stands between.
fn demo(root: &Path, arguments: &[String]) -> Result<()> {
    build(root)?;
    let error = Command::new(binary::path(root))
        .arg("demo")
        .args(arguments)
        .exec();
    Err(error).context("the demo could not be started")
}

fn build(root: &Path) -> Result<()> {
    web::install(root)?;
    wasm::run(root)?;
    web::build(root)?;
    binary::build(root)
}
