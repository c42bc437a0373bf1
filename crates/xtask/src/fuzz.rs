//! `cargo xtask fuzz`: builds the fuzz targets as one program, with the compiler in use, and runs each
//! over its corpus for some seconds. What is new goes to `target/fuzz`, what failed too.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::sh;

/// One input takes no longer than this many seconds.
const TIMEOUT: &str = "-timeout=20";
const MEMORY: &str = "-rss_limit_mb=3072";

/// Runs the named targets, or all, for so many seconds each.
pub(crate) fn run(root: &Path, seconds: u32, names: &[String]) -> Result<()> {
    let known = targets(root)?;
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        bail!(
            "there is no target {unknown}; the targets are {}",
            known.join(", ")
        );
    }
    let program = build(root)?;
    let wanted = |name: &&String| names.is_empty() || names.contains(name);
    let chosen: Vec<_> = known.iter().filter(wanted).collect();
    let mut failed = Vec::new();
    for name in &chosen {
        match play(root, &program, name, seconds) {
            Ok(told) => println!("{name:>16}  {told}"),
            Err(error) => {
                println!("{name:>16}  FAILED\n{error:#}");
                failed.push(name.as_str());
            }
        }
    }
    println!("{} of {}", chosen.len() - failed.len(), chosen.len());
    if !failed.is_empty() {
        bail!("something was found by: {}", failed.join(", "));
    }
    Ok(())
}

/// The targets, by the folders of their seeds (a test compares them).
fn targets(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for folder in fs::read_dir(root.join("fuzz/corpus"))? {
        names.push(folder?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn build(root: &Path) -> Result<PathBuf> {
    let arguments = [
        "build",
        "--bin=fuzz",
        "--test=seeds", // for the dependencies' features, as in `binary::build`
        "--features=fuzz/targets",
        "--message-format=json-render-diagnostics",
    ];
    let mut cargo = sh::cargo_workspace(root, &arguments);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", root.join("fuzz/rustc.sh"));
    cargo.stderr(std::process::Stdio::inherit());
    let output = cargo.output().context("cargo could not be started")?;
    if !output.status.success() {
        bail!("the fuzz targets do not build");
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|told| told["target"]["name"] == "fuzz")
        .find_map(|told| told["executable"].as_str().map(PathBuf::from))
        .context("cargo did not say where the fuzz targets are")
}

/// Runs one target; gives its last line of figures.
fn play(root: &Path, program: &Path, name: &str, seconds: u32) -> Result<String> {
    let folder = sh::target_folder(root).join("fuzz").join(name);
    let (found, artifacts) = (folder.join("corpus"), folder.join("artifacts/"));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(program);
    command
        .env("FUZZ_TARGET", name)
        .arg(&found)
        .arg(root.join("fuzz/corpus").join(name))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}", artifacts.display()))
        .args([TIMEOUT, MEMORY, "-print_final_stats=0"]);
    let output = command
        .output()
        .context("the target could not be started")?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        let lines: Vec<_> = told.lines().collect();
        let tail = lines[lines.len().saturating_sub(30)..].join("\n");
        bail!(
            "{tail}\nrun it again: FUZZ_TARGET={name} {} FILE",
            program.display()
        );
    }
    let last = told.lines().rev().find(|line| line.contains("DONE"));
    Ok(summary(last.unwrap_or_default()))
}

/// Of a line like `#1234 DONE cov: 12 ft: 34 corp: 5/6b lim: 7 exec/s: 8 rss: 9Mb`.
fn summary(line: &str) -> String {
    let words: Vec<_> = line.split_whitespace().collect();
    let after = |key: &str| {
        let at = words.iter().position(|word| *word == key);
        at.and_then(|at| words.get(at + 1)).copied().unwrap_or("?")
    };
    let runs = words
        .first()
        .map_or("?", |word| word.trim_start_matches('#'));
    format!(
        "{runs} runs, {} a second, {} places reached",
        after("exec/s:"),
        after("cov:")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_in_a_line() {
        let line = "#1234\tDONE   cov: 12 ft: 34 corp: 5/6b lim: 7 exec/s: 8 rss: 9Mb";
        assert_eq!(summary(line), "1234 runs, 8 a second, 12 places reached");
    }
}
