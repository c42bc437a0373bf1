//! The nine-seat call of native participants: `incamera demo --minutes 1 --json`, played for real.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::binary;

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
    let seats = report["seats"].as_array().map_or(0, Vec::len);
    if seats != 9 {
        bail!("its last line reports {seats} seats, not 9");
    }
    Ok(())
}
