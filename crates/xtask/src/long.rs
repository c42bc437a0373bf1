//! What takes too long for every change: the matrix of outages, in real browsers (`web/tests/outages.e2e.ts`). The gate
//! plays none of it yet.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::sh;

/// Plays it and ends with `N of N`. `only`: a pattern of names, or all.
pub(crate) fn run(root: &Path, only: Option<&str>) -> Result<()> {
    let outcomes = sh::target_folder(root).join("outages.json");
    // None are left of the last run.
    let _ = fs::remove_file(&outcomes);
    let mut test = sh::command(
        &root.join("web"),
        &["npm", "run", "--silent", "e2e", "--", "outages"],
    );
    let said = test
        .args(["--reporter=verbose", "--reporter=json"])
        .arg(format!("--outputFile.json={}", outcomes.display()))
        .env("OUTAGES", only.unwrap_or("all"))
        .status()
        .context("npm could not be started")?;
    let outcomes = fs::read_to_string(&outcomes)
        .with_context(|| format!("the browsers were not started ({said})"))?;
    let outcomes: Value = serde_json::from_str(&outcomes)?;
    let count = |name: &str| outcomes[name].as_u64().unwrap_or_default();
    let (held, failed) = (count("numPassedTests"), count("numFailedTests"));
    println!("{held} of {}", held + failed);
    if failed > 0 || held == 0 || !said.success() {
        bail!("not every outage was passed");
    }
    Ok(())
}
