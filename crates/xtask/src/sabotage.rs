//! `cargo xtask sabotage`: is each fault that can be put into `sealed` caught by the tests that are
//! named beside it (`sealed::sabotage`)? Each test runs in a process of its own, twice: without the
//! fault it must pass, with it it must fail.
//!
//! The table is `sealed`'s; this learns it from the test binary, so that it need not link the crate.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::sh;

/// The environment variable that names the fault, as in `sealed::sabotage::VARIABLE`.
const VARIABLE: &str = "INCAMERA_SABOTAGE";
/// The test that prints the table.
const TABLE: &str = "sabotage::tests::every_test_that_is_named_is_there";

/// Builds the tests with the faults in them, and looks at every fault.
pub(crate) fn run(root: &Path, as_json: bool) -> Result<()> {
    let binary = build(root)?;
    let (mut caught, rows) = (0, table(&binary)?);
    for (fault, tests) in &rows {
        let failing = tests
            .iter()
            .filter_map(|test| look(&binary, fault, test).err());
        let why: Vec<String> = failing.map(|error| format!("{error:#}")).collect();
        caught += usize::from(why.is_empty());
        if as_json {
            let why = why.join("; ");
            println!(
                "{}",
                json!({ "type": "fault", "fault": fault, "tests": tests, "caught": why.is_empty(), "why": why })
            );
        } else if why.is_empty() {
            println!("caught      {fault:<24} {}", tests.join(", "));
        } else {
            println!("NOT CAUGHT  {fault:<24} {}", why.join("; "));
        }
    }
    let of = rows.len();
    if as_json {
        println!(
            "{}",
            json!({ "type": "result", "caught": caught, "of": of })
        );
    } else {
        println!("{caught} of {of}");
    }
    if caught < of {
        bail!("{} of {of} faults would go unnoticed", of - caught);
    }
    Ok(())
}

/// The unit tests of `sealed`, built so that they can be broken.
fn build(root: &Path) -> Result<PathBuf> {
    let arguments = [
        "test",
        "-p",
        "sealed",
        "--lib",
        "--features",
        "sabotage",
        "--no-run",
        "--locked",
    ];
    let mut build = sh::cargo(root, &arguments);
    build
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit());
    let output = build.output().context("cargo could not be started")?;
    if !output.status.success() {
        bail!("the tests of `sealed` could not be built");
    }
    let built = String::from_utf8_lossy(&output.stdout);
    let artifacts = built
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut binary =
        artifacts.filter_map(|artifact| artifact["executable"].as_str().map(PathBuf::from));
    binary.next_back().context("cargo names no test binary")
}

/// Each fault with the tests that catch it.
fn table(binary: &Path) -> Result<Vec<(String, Vec<String>)>> {
    let printed = sh::read(
        Command::new(binary)
            .args(["--exact", TABLE, "--nocapture"])
            .env_remove(VARIABLE),
    )?;
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for line in printed.lines() {
        // The harness writes the name of the test before its first line.
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some([_, fault, test]) = words
            .iter()
            .position(|w| *w == "caught")
            .and_then(|at| words.get(at..at + 3))
        else {
            continue;
        };
        match rows.last_mut() {
            Some((name, tests)) if name == fault => tests.push((*test).to_owned()),
            _ => rows.push(((*fault).to_owned(), vec![(*test).to_owned()])),
        }
    }
    if rows.is_empty() {
        bail!("{TABLE} prints no table");
    }
    Ok(rows)
}

/// The test passes without the fault and fails with it.
fn look(binary: &Path, fault: &str, test: &str) -> Result<()> {
    if !passes(binary, test, None)? {
        bail!("{test} fails without a fault");
    }
    if passes(binary, test, Some(fault))? {
        bail!("{test} passes with it");
    }
    Ok(())
}

/// Runs one test. A failure counts only if it is the test's own: one assertion of it that did not hold.
fn passes(binary: &Path, test: &str, fault: Option<&str>) -> Result<bool> {
    let mut command = Command::new(binary);
    command.args(["--exact", test]).env_remove(VARIABLE);
    command.envs(fault.map(|fault| (VARIABLE, fault)));
    let output = command
        .output()
        .context("the test binary could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !text.contains("running 1 test") {
        bail!("there is no test {test}");
    }
    let panicked = text.contains(&format!("thread '{test}'")) && !text.contains(VARIABLE);
    match output.status.code() {
        Some(0) => Ok(true),
        Some(101) if panicked => Ok(false),
        _ => bail!("{test} did not run to its end: {}", output.status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test binary that fails as `with` says if a fault is named. A shell writes it: were it open for
    /// writing here while another test's thread starts a process, that process would hold it open
    /// until its own `exec`, and running it would fail (`ETXTBSY`).
    fn binary(folder: &Path, with: &str) -> PathBuf {
        let path = folder.join("tests");
        let script = format!(
            "#!/bin/sh\necho running 1 test\n[ \"$2\" = {TABLE} ] && echo test x ... caught A a && echo caught A b && echo caught B c\n\
             [ -n \"${VARIABLE}\" ] && {with}\nexit 0\n"
        );
        let written = Command::new("sh")
            .args(["-c", "printf %s \"$1\" > \"$0\" && chmod +x \"$0\""])
            .args([path.as_os_str(), script.as_ref()])
            .status();
        assert!(written.is_ok_and(|status| status.success()));
        path
    }

    #[test]
    fn a_fault_that_no_test_notices_is_not_caught() {
        let folder = tempfile::tempdir().unwrap();
        let blind = binary(folder.path(), "exit 0");
        assert!(look(&blind, "A", "a").is_err());
    }

    #[test]
    fn a_test_that_fails_by_itself_catches_it_and_one_that_breaks_down_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let good = binary(
            folder.path(),
            "echo \"thread 'a' (1) panicked\" && exit 101",
        );
        assert!(look(&good, "A", "a").is_ok());
        assert!(look(&good, "A", "another").is_err());
        let misspelt = "echo \"thread 'a' panicked: INCAMERA_SABOTAGE names no fault\" && exit 101";
        assert!(look(&binary(folder.path(), misspelt), "A", "a").is_err());
        assert!(look(&binary(folder.path(), "kill -9 $$"), "A", "a").is_err());
    }

    #[test]
    fn the_table_is_read_from_what_the_test_prints() {
        let folder = tempfile::tempdir().unwrap();
        let rows = table(&binary(folder.path(), "exit 0")).unwrap();
        let strings = |tests: &[&str]| tests.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            rows,
            [
                ("A".to_owned(), strings(&["a", "b"])),
                ("B".to_owned(), strings(&["c"]))
            ]
        );
    }
}
