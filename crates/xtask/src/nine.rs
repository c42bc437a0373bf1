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

/// Plays it, and passes if every seat saw, heard and verified every other and has the same words.
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
        let verified = seat["verified"].as_array().map_or(0, Vec::len);
        if verified != SEATS {
            bail!(
                "seat {} verified {verified} seats, not {SEATS}",
                seat["seat"]
            );
        }
        let words = seat["words"].as_array().map_or(0, Vec::len);
        if words != 6 || seat["words"] != seats[0]["words"] {
            bail!(
                "seat {} has not the same six words as the first",
                seat["seat"]
            );
        }
        if seat["frames_refused"] != 0 {
            bail!(
                "seat {} refused {} frames",
                seat["seat"],
                seat["frames_refused"]
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_missed_one_other_or_has_other_words_is_named() {
        let others: Vec<u16> = (1..9).collect();
        let seat = |n: u16, heard: &[u16], word: &str| {
            serde_json::json!({
                "seat": n, "saw": others, "heard": heard, "verified": [1, 2, 3, 4, 5, 6, 7, 8, 9],
                "words": vec![word; 6], "frames_refused": 0,
            })
        };
        let mut seats: Vec<Value> = (1..=9).map(|n| seat(n, &others, "a")).collect();
        check(&serde_json::json!({ "seats": seats })).unwrap();
        let error = |seats: &[Value]| {
            check(&serde_json::json!({ "seats": seats }))
                .unwrap_err()
                .to_string()
        };
        seats[4] = seat(5, &others[1..], "a");
        assert_eq!(error(&seats), "seat 5 heard 7 others, not 8");
        seats[4] = seat(5, &others, "b");
        assert_eq!(
            error(&seats),
            "seat 5 has not the same six words as the first"
        );
        seats[4] = seat(5, &others, "a");
        seats[4]["frames_refused"] = 2.into();
        assert_eq!(error(&seats), "seat 5 refused 2 frames");
    }
}
