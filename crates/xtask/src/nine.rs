//! The nine-seat call of native participants: `incamera demo --minutes 1 --json`, played for real.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::binary;

/// Seats of the call of 24 January 2022.
const SEATS: usize = 9;

/// Plays it, and passes if every seat saw and heard every other.
pub(crate) fn run(root: &Path) -> Result<()> {
    binary::build(root)?;
    let mut demo = Command::new(binary::path(root));
    demo.args(["demo", "--minutes", "1", "--json"])
        .current_dir(root)
        .stdout(Stdio::piped());
    let mut demo = demo
        .spawn()
        .context("target/debug/incamera could not be started")?;
    let output = BufReader::new(demo.stdout.take().context("no output")?);
    let mut last = String::new();
    for line in output.lines() {
        last = line?;
        println!("{last}");
    }
    let status = demo.wait()?;
    if !status.success() {
        bail!("the demo ended with {status}");
    }
    let report: Value = serde_json::from_str(&last).context("its last line is not JSON")?;
    check(&report)
}

/// The demo's own verdict is its exit code; this counts again what it reports.
fn check(report: &Value) -> Result<()> {
    let seats = report["seats"].as_array().context("it reports no seats")?;
    if seats.len() != SEATS {
        bail!("it reports {} seats, not {SEATS}", seats.len());
    }
    for seat in seats {
        for sense in ["saw", "heard"] {
            let others = seat[sense].as_array().map_or(0, Vec::len);
            if others != SEATS - 1 {
                bail!(
                    "seat {} {sense} {others} others, not {}",
                    seat["seat"],
                    SEATS - 1
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_missed_one_other_is_named() {
        let others: Vec<u16> = (1..9).collect();
        let seat =
            |n: u16, heard: &[u16]| serde_json::json!({ "seat": n, "saw": others, "heard": heard });
        let mut seats: Vec<Value> = (1..=9).map(|n| seat(n, &others)).collect();
        check(&serde_json::json!({ "seats": seats })).unwrap();
        seats[4] = seat(5, &others[1..]);
        let error = check(&serde_json::json!({ "seats": seats })).unwrap_err();
        assert_eq!(error.to_string(), "seat 5 heard 7 others, not 8");
    }
}
