//! `./x test` and `./x check`: named steps, in order, with the time each took.
//!
//! Whatever is compiled is compiled before the calls are played, and the browsers' calls come last
//! and alone: they are about time, and two cores beside a compiler have none.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    binary,
    crash::{self, Engine},
    evil, fuzz, licences, nine, sabotage, sh, soak, types, wasm, web,
};

/// One step. Returns what kept it from running, if something did.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn(&Path) -> Result<Outcome>,
}

enum Outcome {
    Passed,
    Skipped(&'static str),
}

/// Makes what later steps stand on; each knows when it has nothing to do.
const PREPARATION: [Step; 3] = [
    step("npm", "the browser client's tools", |r| {
        done(web::install(r))
    }),
    step("wasm", "the Rust core for browsers", |r| done(wasm::run(r))),
    step("web-build", "the browser client", |r| done(web::build(r))),
];

/// For each fuzz target in the gate.
const FUZZ_SECONDS: u32 = 3;

const STEPS: [Step; 16] = [
    step("fmt", "Rust is formatted", fmt),
    step("types", "generated TypeScript is current", |r| {
        done(types::run(r, true))
    }),
    step("licences", "dependencies' licences and sources", |r| {
        done(licences::run(r))
    }),
    step(
        "web-check",
        "types and dead code of the browser client",
        |r| done(web::script(r, "check")),
    ),
    step("web-test", "unit tests of the browser client", |r| {
        done(web::script(r, "test"))
    }),
    step("clippy", "Rust lints", clippy),
    step("build", "every Rust target", |r| {
        cargo(r, &["build", "--all-targets"])
    }),
    step("rust", "unit, property and integration tests", |r| {
        cargo(r, &["test", "--no-fail-fast"])
    }),
    step(
        "fuzz",
        "every parser for some seconds over its corpus",
        |r| done(fuzz::run(r, FUZZ_SECONDS, &[])),
    ),
    step(
        "sabotage",
        "every fault put into the sealing is caught",
        |r| done(sabotage::run(r, false)),
    ),
    step(
        "crash",
        "a server that is killed has what it acknowledged",
        |r| done(crash::run(r, Engine::Sqlite, CRASH_KILLS, false)),
    ),
    step(
        "crash-postgres",
        "the same on PostgreSQL, which is killed with it",
        postgres,
    ),
    step("evil", "a dishonest server against native clients", |r| {
        done(evil::run_natives(r))
    }),
    step("nine", "a call of nine native seats", |r| {
        done(nine::run(r))
    }),
    step("soak", "two minutes in which nothing may be lost", |r| {
        done(soak::run(r, 2.0))
    }),
    step("e2e", "calls of real browsers", e2e),
];

/// Kills of the step `crash`.
const CRASH_KILLS: u32 = 8;
/// What `./x check` runs: all that needs no call.
pub(crate) const QUICK: [&str; 5] = ["fmt", "types", "licences", "web-check", "clippy"];
/// Steps that read files only.
const UNPREPARED: [&str; 3] = ["fmt", "types", "licences"];

/// Runs the named steps, or all; stops at the first that fails unless told to `keep_going`.
pub(crate) fn run(root: &Path, names: &[String], keep_going: bool) -> Result<()> {
    let known: Vec<&str> = STEPS.iter().map(|s| s.name).collect();
    let all_names = PREPARATION
        .iter()
        .map(|s| s.name)
        .chain(known)
        .collect::<Vec<_>>();
    if let Some(unknown) = names.iter().find(|n| !all_names.contains(&n.as_str())) {
        bail!(
            "there is no step {unknown}; the steps are {}",
            all_names.join(", ")
        );
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|n| n == name);
    let prepare = names.is_empty() || names.iter().any(|n| !UNPREPARED.contains(&n.as_str()));
    let chosen = PREPARATION
        .iter()
        .filter(|_| prepare)
        .chain(STEPS.iter().filter(|s| wanted(s.name)));

    let start = Instant::now();
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for step in chosen {
        println!("\n── {}: {}", step.name, step.what);
        let began = Instant::now();
        let result = (step.run)(root);
        let word = match &result {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::Skipped(why)) => format!("skipped: {why}"),
            Err(error) => {
                println!("{}: {error:#}", step.name);
                failed.push((step.name, format!("{error:#}")));
                "FAILED".to_owned()
            }
        };
        rows.push((step.name, began.elapsed(), word));
        let is_preparation = PREPARATION.iter().any(|p| p.name == step.name);
        if result.is_err() && (is_preparation || !keep_going) {
            break;
        }
    }
    summarise(&rows, start.elapsed());
    let Some((first, _)) = failed.first() else {
        return Ok(());
    };
    // Again: of a long log the end is all that is kept in some places.
    let said: Vec<String> = failed
        .iter()
        .map(|(name, why)| format!("{name}: {why}"))
        .collect();
    bail!(
        "failed:\n{}\n`./x test {first}` runs it alone",
        said.join("\n")
    )
}

fn summarise(rows: &[(&str, Duration, String)], total: Duration) {
    println!();
    for (name, time, word) in rows {
        println!("{name:>10}  {:>7.1} s  {word}", time.as_secs_f32());
    }
    println!("{:>10}  {:>7.1} s", "total", total.as_secs_f32());
}

const fn step(name: &'static str, what: &'static str, run: fn(&Path) -> Result<Outcome>) -> Step {
    Step { name, what, run }
}

fn done(result: Result<()>) -> Result<Outcome> {
    result.map(|()| Outcome::Passed)
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<Outcome> {
    done(sh::run(&mut sh::cargo_workspace(root, arguments)))
}

fn postgres(root: &Path) -> Result<Outcome> {
    if !Path::new("/usr/lib/postgresql").exists() {
        return Ok(Outcome::Skipped("PostgreSQL is not installed"));
    }
    done(crash::run(root, Engine::Postgres, CRASH_KILLS, false))
}

fn e2e(root: &Path) -> Result<Outcome> {
    binary::build(root)?;
    evil::build(root)?;
    done(web::script(root, "e2e"))
}

fn fmt(root: &Path) -> Result<Outcome> {
    if sh::find("cargo-fmt").is_none() {
        return Ok(Outcome::Skipped("rustfmt is not installed"));
    }
    done(sh::run(&mut sh::cargo(
        root,
        &["fmt", "--all", "--", "--check", "-l"],
    )))
    .context("run `cargo fmt --all`")
}

fn clippy(root: &Path) -> Result<Outcome> {
    if sh::find("cargo-clippy").is_none() {
        return Ok(Outcome::Skipped("clippy is not installed"));
    }
    let mut clippy = sh::cargo_workspace(root, &["clippy", "--all-targets"]);
    done(sh::run(clippy.args(["--", "-D", "warnings"])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_step_is_named_with_the_known_ones() {
        let error = run(Path::new("."), &["fly".into()], false)
            .unwrap_err()
            .to_string();
        assert!(error.contains("no step fly") && error.contains("clippy") && error.contains("e2e"));
    }

    #[test]
    fn quick_steps_exist() {
        assert!(
            QUICK
                .iter()
                .all(|name| STEPS.iter().any(|step| step.name == *name))
        );
    }
}
