//! One-command tasks behind `./x`.

mod sh;
mod stamp;
mod types;
mod wasm;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Builds, tests and runs Incamera.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the TypeScript types of the protocol to web/src/protocol/generated
    Types {
        /// Only say whether they are current
        #[arg(long)]
        check: bool,
    },
    /// Builds the Rust core for browsers into web/src/sealed/generated
    Wasm,
}

fn main() -> Result<()> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize()?;
    match Cli::parse().command {
        Command::Types { check } => types::run(&root, check),
        Command::Wasm => wasm::run(&root),
    }
}
