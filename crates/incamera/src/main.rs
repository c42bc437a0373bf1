//! The one binary: `serve` runs a server, `call` and `convener` look after it, `demo` shows it off,
//! `rehearse` plays a call before it is held.
//! Argument parsing and wiring only; each command has a module.

mod call;
mod convener;
mod demo;
mod exit;
mod reach;
mod rehearse;
mod scenario;
mod screen;
mod serve;
mod stage;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Closed-door video calls between delegations, on your own server.
#[derive(Parser)]
#[command(
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the server cannot be \
                  reached, 4 the server refused.\n\nEvery command has its own --help."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Options),
    Demo(demo::Options),
    Rehearse(rehearse::Options),
    Call(call::Options),
    Convener(convener::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(options) => serve::run(options),
        Command::Demo(options) => demo::run(options),
        Command::Rehearse(options) => rehearse::run(options),
        Command::Call(options) => call::run(options),
        Command::Convener(options) => convener::run(options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
