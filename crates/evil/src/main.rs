//! Plays the suite: `evil [--json] [--toothless] [case...]`. One line for each case, `N of N` last; exit
//! 0 only if all hold.
//!
//! `--search-server` is for the suite itself: one call, and what of it a server's memory and disk hold.
//! `--browser` is for `web/tests/evil.e2e.ts`, which tells it what to do.
//!
//! `--toothless` leaves every attack out and keeps what it should have come to: then no case holds, or
//! the case sees nothing.

use std::{process::ExitCode, sync::Arc};

use evil::{
    browser,
    cases::{self, held},
    hall::Hall,
    suite,
};

fn main() -> ExitCode {
    // To look for a mistake: `RUST_LOG=participant=debug`.
    let log = tracing_subscriber::EnvFilter::try_from_default_env();
    if let Ok(filter) = log {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .init();
    }
    let (options, names): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|a| a.starts_with("--"));
    if options == [held::OPTION] {
        return search();
    }
    if options == [browser::OPTION] {
        return match browser::serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let known = ["--json", "--toothless"];
    if let Some(unknown) = options.iter().find(|o| !known.contains(&o.as_str())) {
        eprintln!(
            "there is no option {unknown}; there are {}",
            known.join(" and ")
        );
        return ExitCode::FAILURE;
    }
    let all = cases::all();
    if let Some(unknown) = names
        .iter()
        .find(|name| all.iter().all(|case| case.name != name.as_str()))
    {
        let names: Vec<_> = all.iter().map(|case| case.name).collect();
        eprintln!(
            "there is no case {unknown}; the cases are {}",
            names.join(", ")
        );
        return ExitCode::FAILURE;
    }
    let chosen = all
        .into_iter()
        .filter(|case| names.is_empty() || names.iter().any(|name| name == case.name));
    let has = |option: &str| options.iter().any(|o| o == option);
    match play(chosen.collect(), has("--json"), has("--toothless")) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the suite could not be played: {error}");
            ExitCode::FAILURE
        }
    }
}

fn search() -> ExitCode {
    let searched = tokio::runtime::Runtime::new()
        .map_err(|e| e.to_string())
        .and_then(|runtime| runtime.block_on(held::searched_alone()));
    match searched {
        Ok(hits) => {
            println!("{}", serde_json::json!(hits));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn play(cases: Vec<suite::Case>, json: bool, toothless: bool) -> Result<bool, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let hall = Arc::new(Hall::open().await?);
        let of = cases.len();
        let tell = |outcome: &suite::Outcome| match json {
            true => println!("{}", outcome.json()),
            false => println!("{}", outcome.line()),
        };
        let holding = suite::run(hall.clone(), cases, toothless, tell).await;
        if let Ok(hall) = Arc::try_unwrap(hall) {
            hall.close().await;
        }
        match json {
            true => println!(
                "{}",
                serde_json::json!({ "type": "result", "holding": holding, "of": of })
            ),
            false => println!("{holding} of {of}"),
        }
        Ok(holding == of)
    })
}
