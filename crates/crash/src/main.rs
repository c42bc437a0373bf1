//! `crash [--kills N] [--postgres] [--json] [--seed N]`: a real `incamera serve` is killed again and again in the
//! middle of what people do with it, and started again on the same data. Nothing that was acknowledged
//! may be missing then, and nothing that was refused, or never asked for, may be there.
//!
//! Every act goes over HTTP, a WebSocket or the command line, as people's acts do. An act that was under
//! way when the server was killed may be there or not, but whole. `N of N` is the last line; exit 0 only
//! if all kills were survived.

mod act;
mod api;
mod dice;
mod hall;
mod people;
mod seat;
mod seen;
mod served;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::Parser;
use crash::cluster::Cluster;
use serde_json::json;

use hall::{Hall, Kill};

/// Kills a server again and again, and looks at what it kept.
#[derive(Parser)]
struct Options {
    /// How often
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// On a PostgreSQL of its own, which is killed now and then with it
    #[arg(long)]
    postgres: bool,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    /// Plays the same acts again (not the same moments: those are the machine's)
    #[arg(long)]
    seed: Option<u64>,
    /// The server
    #[arg(long, value_name = "FILE", default_value = "target/debug/incamera")]
    incamera: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match play(&Options::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("it could not be played: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn play(options: &Options) -> Result<bool> {
    let seed = match options.seed {
        Some(seed) => seed,
        None => dice::seed()?,
    };
    let cluster = match options.postgres {
        true => Some(Cluster::start().context("PostgreSQL is not installed")?),
        false => None,
    };
    let mut hall = Hall::build(&options.incamera, cluster, seed)
        .await
        .context("the first start")?;
    let mut count = Count::default();
    for number in 1..=options.kills {
        let kill = hall.kill().await;
        let kill = kill.with_context(|| format!("kill {number}, seed {seed}"))?;
        count.add(&kill);
        tell(options.json, number, &kill);
    }
    let Count {
        survived,
        under_way,
        kept,
        acknowledged,
    } = count;
    let of = options.kills;
    if options.json {
        let result = json!({
            "type": "result", "survived": survived, "of": of, "acknowledged": acknowledged,
            "under_way": under_way, "kept": kept, "seed": seed,
        });
        println!("{result}");
    } else {
        println!(
            "{acknowledged} acts were acknowledged; {under_way} were under way when the server was \
             killed, of which it kept {kept} (seed {seed})"
        );
        println!("{survived} of {of}");
    }
    Ok(survived == of && of > 0)
}

#[derive(Default)]
struct Count {
    survived: u32,
    under_way: u32,
    kept: u32,
    acknowledged: u32,
}

impl Count {
    fn add(&mut self, kill: &Kill) {
        self.survived += u32::from(kill.wrong.is_none());
        self.under_way += u32::from(kill.kept.is_some());
        self.kept += u32::from(kill.kept == Some(true));
        self.acknowledged += kill.acknowledged;
    }
}

fn tell(as_json: bool, number: u32, kill: &Kill) {
    let Kill {
        during,
        acknowledged,
        kept,
        wrong,
    } = kill;
    if as_json {
        let line = json!({
            "type": "kill", "number": number, "during": during, "acknowledged": acknowledged,
            "kept": kept, "survived": wrong.is_none(), "wrong": wrong,
        });
        println!("{line}");
    } else if let Some(wrong) = wrong {
        println!("kill {number}, during {during}: {wrong}");
    }
}
