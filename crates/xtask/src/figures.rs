//! `cargo xtask figures`: what the server costs, measured on this machine, now.
//!
//! The server runs as a process of its own, so its CPU time and memory are the operating system's
//! account of that process (`/proc/PID`). Native participants in a second process are the load
//! (`crates/participant/examples/seats.rs`). How many packets were forwarded is the server's own
//! count (`/metrics`). `docs/performance.md` says how to read the figures.

mod play;
pub(crate) mod sample;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{binary, sh, web};
use play::Run;

/// Runs of each shape; the table shows the least, the middle and the greatest.
const RUNS: usize = 3;
/// Seconds measured in each run, after everybody sits and has seen a picture.
const SECONDS: u64 = 10;
/// Seats of the calls played: the call of 24 January 2022, and a council of 31.
const SHAPES: [usize; 2] = [9, 31];

/// Measures, prints a table, and writes `file` if there is one.
pub(crate) fn run(root: &Path, file: Option<&Path>) -> Result<()> {
    // With the browser client in it, as it is run.
    crate::build(root)?;
    sh::run(&mut sh::cargo_workspace(
        root,
        &["build", "--example", "seats"],
    ))?;
    let mut shapes = Vec::new();
    for seats in SHAPES {
        let mut runs = Vec::new();
        for number in 1..=RUNS {
            let run = play::play(root, seats, SECONDS)?;
            eprintln!("{seats} seats, run {number} of {RUNS}: {run}");
            runs.push(run);
        }
        shapes.push(summary(seats, &runs));
    }
    let binary_bytes = fs::metadata(binary::path(root))?.len();
    let figures = json!({
        "shapes": shapes,
        "seconds": SECONDS,
        "runs": RUNS,
        "binary_bytes": binary_bytes,
        "sealing": sealing(root)?,
        "load": fs::read_to_string("/proc/loadavg").unwrap_or_default().trim(),
    });
    println!("{}", serde_json::to_string_pretty(&figures)?);
    println!("\nFirst load of the browser client (gzip):");
    web::script(root, "build")?;
    if let Some(file) = file {
        fs::write(file, figures.to_string())
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// What sealing costs a client: the lines of `crates/sealed/src/session/tests/costs.rs`.
fn sealing(root: &Path) -> Result<Vec<Value>> {
    let mut cargo = sh::cargo(
        root,
        &["test", "--locked", "-p", "sealed", "--lib", "costs"],
    );
    let output = cargo
        .args(["--", "--ignored", "--nocapture"])
        .output()
        .context("cargo does not start")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let figures: Vec<Value> = lines.map(serde_json::from_str).collect::<Result<_, _>>()?;
    anyhow::ensure!(
        !figures.is_empty(),
        "the costs of sealing were not measured"
    );
    Ok(figures)
}

fn summary(seats: usize, runs: &[Run]) -> Value {
    let of = |figure: fn(&Run) -> f64| spread(runs.iter().map(figure).collect());
    json!({
        "seats": seats,
        "server_cpu_us_per_packet": of(|r| r.cpu_us_per_packet),
        "media_thread_us_per_packet": of(|r| r.media_us_per_packet),
        "packets_per_second": of(|r| r.packets_per_second),
        "memory_kib_per_seat": of(|r| r.memory_kib_per_seat),
        "first_frame_ms_median": of(|r| r.first_frame_ms),
        "picture_delay_us_p50": of(|r| r.delay_us[0]),
        "picture_delay_us_p99": of(|r| r.delay_us[1]),
        "load_cores": of(|r| r.load_cores),
    })
}

/// Least, middle and greatest.
fn spread(values: Vec<f64>) -> [f64; 3] {
    at_percent(values, [0, 50, 100]).map(|value| value.unwrap_or(f64::NAN))
}

/// The values below which so many percent of all are; `None` if there are none.
fn at_percent<const N: usize>(mut values: Vec<f64>, percents: [usize; N]) -> [Option<f64>; N] {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let place = |percent: usize| (values.len() * percent / 100).min(last);
    percents.map(|percent| values.get(place(percent)).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_is_least_middle_greatest() {
        assert_eq!(spread(vec![3.0, 1.0, 2.0]), [1.0, 2.0, 3.0]);
        assert_eq!(spread(vec![5.0]), [5.0, 5.0, 5.0]);
    }
}
