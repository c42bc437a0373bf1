//! The same load at Incamera and, side by side in the same run, at other servers: what each costs.
//! `cargo xtask bench` builds what is needed and runs this. `docs/performance.md` has the method.
//!
//! ```text
//!  drivers (signalling, a thread) ── offers, answers ──> generator: all PeerConnections (pc)
//!                                                          outbound ─ frames ─> server ─> receiver
//!  process: the server on core 0, the load on core 1       run ─ figures ─> suite ─> report, html
//! ```

// What is rounded here is far below what is measured.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

mod drivers;
mod generator;
mod html;
mod inbound;
mod limit;
mod network;
mod outbound;
mod packet;
mod pc;
mod plain;
mod process;
mod receiver;
mod report;
mod rtcp;
mod run;
mod sdp;
mod shape;
mod socket;
mod stats;
mod suite;
mod twcc;
mod verdict;

use std::{fs, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand};

use drivers::{Installed, Kind};
use report::{Machine, Report, ShapeReport, Skipped};
use shape::Shape;
use suite::Plan;

/// Runs of each shape and server, and seconds counted in each.
const FULL: (usize, u64) = (5, 8);
const QUICK: (usize, u64) = (3, 5);

/// Measures what servers cost, side by side.
#[derive(Parser)]
#[command(
    name = "bench",
    bin_name = "cargo xtask bench",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    options: Options,
}

#[derive(clap::Args)]
struct Options {
    /// The server, a release build
    #[arg(long, value_name = "FILE")]
    incamera: Option<PathBuf>,
    /// Two shapes, three runs of 5 s: under 4 minutes, not for publication
    #[arg(long)]
    quick: bool,
    /// First install the other servers that are missing (apt-get, go)
    // Done by `cargo xtask bench`, before it starts this program.
    #[arg(long)]
    #[allow(dead_code)]
    install: bool,
    /// Other servers, e.g. `janus,livekit`; if not named all that are here, with --quick all but livekit
    #[arg(long, value_delimiter = ',')]
    peers: Vec<String>,
    /// Only these shapes, e.g. `nine,eight-to-eighty` (an unknown name lists them)
    #[arg(long, value_delimiter = ',')]
    shapes: Vec<String>,
    /// Runs of each shape and server
    #[arg(long)]
    runs: Option<usize>,
    /// Also write the figures here
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also write a page with plots here
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Processes that the bench starts itself.
#[derive(Subcommand)]
enum Part {
    #[command(name = plain::COMMAND, hide = true)]
    Plain,
    #[command(name = limit::COMMAND, hide = true)]
    Limit {
        burst: usize,
        receivers: Vec<SocketAddr>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.part {
        Some(Part::Plain) => plain::run(),
        Some(Part::Limit { burst, receivers }) => limit::run(burst, &receivers),
        None => bench(&cli.options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn bench(options: &Options) -> Result<()> {
    let shapes = options.chosen()?;
    let own_network = network::enter()?;
    process::stay_on(process::LOAD_CORE)?;
    let incamera = options
        .incamera
        .clone()
        .context("--incamera names the server to measure")?;
    ensure!(incamera.is_file(), "{} is not there", incamera.display());
    let installed = Installed {
        incamera,
        janus: process::find("janus"),
        livekit: process::find("livekit-server"),
        own_network,
    };
    let (servers, skipped) = options.servers(&installed)?;
    for Skipped { server, why } in &skipped {
        eprintln!("{server} is skipped: {why}");
    }
    let (runs, window_s) = if options.quick { QUICK } else { FULL };
    let plan = Plan {
        shapes,
        servers,
        runs: options.runs.unwrap_or(runs),
        window: Duration::from_secs(window_s),
    };
    let played = suite::play(&plan, &installed);
    let report = Report {
        bench: 1,
        quick: options.quick,
        for_publication: !options.quick && plan.runs >= FULL.0,
        runs: plan.runs,
        window_s,
        machine: Machine::here(),
        shapes: played.iter().map(ShapeReport::of).collect(),
        skipped,
    };
    println!("{}", report.table());
    let write = |file: &PathBuf, text: String| {
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    };
    if let Some(file) = &options.json {
        write(file, serde_json::to_string_pretty(&report)?)?;
    }
    if let Some(file) = &options.html {
        write(file, html::page(&report))?;
    }
    ensure!(
        report.shapes.iter().all(ShapeReport::has_ours),
        "no run of Incamera counts in one of the shapes"
    );
    Ok(())
}

impl Options {
    fn chosen(&self) -> Result<Vec<Shape>> {
        let all = if self.quick && self.shapes.is_empty() {
            Shape::quick()
        } else {
            Shape::all()
        };
        let names: Vec<_> = all.iter().map(|shape| shape.name).collect();
        if let Some(unknown) = self
            .shapes
            .iter()
            .find(|name| !names.contains(&name.as_str()))
        {
            bail!(
                "there is no shape {unknown}; there are {}",
                names.join(", ")
            );
        }
        let named =
            |shape: &Shape| self.shapes.is_empty() || self.shapes.iter().any(|n| n == shape.name);
        Ok(all.into_iter().filter(named).collect())
    }

    /// Those to measure, ours first, and those that are not here.
    fn servers(&self, installed: &Installed) -> Result<(Vec<Kind>, Vec<Skipped>)> {
        let known = |name: &String| Kind::ALL.iter().any(|kind| kind.name() == name);
        if let Some(unknown) = self.peers.iter().find(|name| !known(name)) {
            bail!("there is no driver for {unknown}");
        }
        let (mut servers, mut skipped) = (Vec::new(), Vec::new());
        for kind in Kind::ALL {
            let named = self.peers.iter().any(|name| name == kind.name());
            let by_default = self.peers.is_empty() && !(self.quick && kind == Kind::LiveKit);
            if kind != Kind::Incamera && !named && !by_default {
                continue;
            }
            match kind.absent(installed) {
                None => servers.push(kind),
                Some(why) => skipped.push(Skipped {
                    server: kind.name().to_owned(),
                    why,
                }),
            }
        }
        Ok((servers, skipped))
    }
}
