//! `cargo xtask evil`: builds and runs the dishonest server (`crates/evil`) against native clients, and
//! against the page in Chromium (`web/tests/evil.e2e.ts`) if there is one.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{binary, sh, wasm, web};

/// How the names of cases with a browser begin.
const CHROMIUM: &str = "chromium-";
/// Where a browser's cases are told, for the test that plays them.
const OUTCOMES: &str = "INCAMERA_EVIL_OUTCOMES";

/// Cases that hold, of how many.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Count {
    holding: u64,
    of: u64,
}

/// What was played: how many, and the lines of those that do not hold.
#[derive(Default)]
struct Played {
    count: Count,
    failing: Vec<String>,
}

impl Played {
    /// An error that says which do not hold and why, as whoever reads only the end of a long log has
    /// nothing else.
    fn judged(self) -> Result<()> {
        let Count { holding, of } = self.count;
        if holding == of && of > 0 {
            return Ok(());
        }
        let failing = self.failing.join("\n  ");
        bail!(
            "{} of {of} attacks would succeed\n  {failing}",
            of - holding
        );
    }

    fn and(mut self, other: Self) -> Self {
        self.count.holding += other.count.holding;
        self.count.of += other.count.of;
        self.failing.extend(other.failing);
        self
    }
}

/// Runs the named cases, or all.
pub(crate) fn run(root: &Path, as_json: bool, cases: &[String]) -> Result<()> {
    let (of_page, of_natives): (Vec<_>, Vec<_>) =
        cases.iter().partition(|c| c.starts_with(CHROMIUM));
    let mut played = Played::default();
    let wants_page = cases.is_empty() || !of_page.is_empty();
    if wants_page {
        // The page that is shipped, and the server with it in it.
        web::install(root)?;
        wasm::run(root)?;
        web::build(root)?;
    }
    binary::build(root)?;
    build(root)?;
    if cases.is_empty() || !of_natives.is_empty() {
        played = natives(root, as_json, &of_natives)?;
    }
    if wants_page {
        match chromium() {
            Some(chromium) => {
                played = played.and(page(root, as_json, &chromium, &of_page)?);
            }
            None if !of_page.is_empty() => bail!("there is no Chromium; CHROMIUM names one"),
            None => {
                let why =
                    "Chromium is not installed: its cases were not played (CHROMIUM names another)";
                match as_json {
                    true => println!(
                        "{}",
                        json!({ "type": "skipped", "what": "chromium", "why": why })
                    ),
                    false => println!("skipped chromium: {why}"),
                }
            }
        }
    }
    let Count { holding, of } = played.count;
    match as_json {
        true => println!(
            "{}",
            json!({ "type": "result", "holding": holding, "of": of })
        ),
        false => println!("{holding} of {of}"),
    }
    played.judged()
}

/// Only those against native clients, as a step of `./x test`: its `e2e` plays the others.
pub(crate) fn run_natives(root: &Path) -> Result<()> {
    binary::build(root)?;
    build(root)?;
    let played = natives(root, false, &[])?;
    println!("{} of {}", played.count.holding, played.count.of);
    played.judged()
}

/// Builds the suite, apart from all else: what only it may do must be in no other binary. With a test
/// among the targets, libraries are those of the test suite (see [`binary::build`]).
pub(crate) fn build(root: &Path) -> Result<()> {
    let suite = ["build", "--bin", "evil", "--features", "evil/suite"];
    let mut build = sh::cargo_workspace(root, &suite);
    sh::run(build.args(["--test", "dependencies"]))
}

fn suite(root: &Path) -> PathBuf {
    sh::target_folder(root).join("debug/evil")
}

/// Its lines go on; the last one is counted.
fn natives(root: &Path, as_json: bool, cases: &[&String]) -> Result<Played> {
    let mut suite = Command::new(suite(root));
    suite.args(as_json.then_some("--json")).args(cases);
    suite.env("INCAMERA", binary::path(root));
    let mut suite = suite.current_dir(root).stdout(Stdio::piped()).spawn()?;
    let output = BufReader::new(suite.stdout.take().context("no output")?);
    let (mut last, mut failing) = (String::new(), Vec::new());
    for line in output.lines() {
        let line = line?;
        if !last.is_empty() {
            println!("{last}");
        }
        failing.extend(fails(&line).then(|| line.clone()));
        last = line;
    }
    let status = suite.wait()?;
    let count = counted(&last).with_context(|| format!("the suite was not played ({status})"))?;
    if status.success() != (count.holding == count.of) {
        bail!("the suite ended with {status} after {last}");
    }
    Ok(Played { count, failing })
}

/// Whether a line of the suite tells of a case that does not hold.
fn fails(line: &str) -> bool {
    match serde_json::from_str::<Value>(line) {
        Ok(outcome) => outcome["holds"] == false,
        Err(_) => line.starts_with("FAILS"),
    }
}

/// `N of N`, or the same as JSON.
fn counted(last: &str) -> Option<Count> {
    let (holding, of) = match serde_json::from_str::<Value>(last) {
        Ok(result) => (result["holding"].as_u64()?, result["of"].as_u64()?),
        Err(_) => {
            let (holding, of) = last.split_once(" of ")?;
            (holding.parse().ok()?, of.parse().ok()?)
        }
    };
    Some(Count { holding, of })
}

/// The end-to-end test that has the browser: what it says of itself goes nowhere unless it breaks down.
fn page(root: &Path, as_json: bool, chromium: &Path, cases: &[&String]) -> Result<Played> {
    let outcomes = sh::target_folder(root).join("evil-chromium.jsonl");
    // None are left of the last run.
    let _ = fs::remove_file(&outcomes);
    let mut test = sh::command(
        &root.join("web"),
        &["npm", "run", "--silent", "e2e", "--", "evil"],
    );
    if !cases.is_empty() {
        let names: Vec<_> = cases.iter().map(|case| &case[CHROMIUM.len()..]).collect();
        test.args(["-t", &format!(" ({})$", names.join("|"))]);
    }
    let test = test
        .env(OUTCOMES, &outcomes)
        .env("INCAMERA_EVIL", suite(root))
        .env("CHROMIUM", chromium)
        .output()
        .context("npm could not be started")?;
    let lines = fs::read_to_string(&outcomes).unwrap_or_default();
    let Played {
        mut count,
        mut failing,
    } = Played::default();
    for line in lines.lines() {
        let outcome: Value = serde_json::from_str(line)?;
        let holds = outcome["holds"] == true;
        count.of += 1;
        count.holding += u64::from(holds);
        failing.extend((!holds).then(|| told(&outcome)));
        match as_json {
            true => println!("{line}"),
            false => println!("{}", told(&outcome)),
        }
    }
    let all_hold = count.of > 0 && count.holding == count.of;
    if test.status.success() != all_hold {
        let said = [test.stdout, test.stderr].concat();
        eprintln!("{}", String::from_utf8_lossy(&said));
        bail!("the test with the browser ended with {}", test.status);
    }
    Ok(Played { count, failing })
}

/// As the suite tells its own.
fn told(outcome: &Value) -> String {
    let name = outcome["case"].as_str().unwrap_or_default();
    let (control, attacked) = (&outcome["control"], &outcome["attacked"]);
    match (control.as_str(), attacked.as_str()) {
        (Some(why), _) => format!("FAILS  {name:<34} without the attack: {why}"),
        (_, Some(why)) => format!("FAILS  {name:<34} {why}"),
        _ => {
            let expected = outcome["expected"].as_str().unwrap_or_default();
            let took = outcome["took_ms"].as_f64().unwrap_or_default() / 1000.0;
            let within = &outcome["within_s"];
            format!("holds  {name:<34} {expected}, within {within} s ({took:.1} s)")
        }
    }
}

fn chromium() -> Option<PathBuf> {
    match env::var_os("CHROMIUM") {
        Some(named) => Some(named.into()),
        None => ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(sh::find),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_counted_in_both_forms_and_nothing_else_is() {
        let count = Some(Count { holding: 3, of: 4 });
        assert_eq!(counted("3 of 4"), count);
        assert_eq!(counted(r#"{"type":"result","holding":3,"of":4}"#), count);
        for other in ["", "holds  a-case", r#"{"type":"case","holds":true}"#] {
            assert_eq!(counted(other), None);
        }
    }

    #[test]
    fn what_does_not_hold_is_told_again_at_the_end() {
        let holding = Count { holding: 3, of: 4 };
        let line = "FAILS  a-case    nobody saw it".to_owned();
        assert!(fails(&line) && fails(r#"{"type":"case","holds":false}"#));
        assert!(!fails("holds  a-case") && !fails(r#"{"type":"case","holds":true}"#));
        let played = Played {
            count: holding,
            failing: vec![line.clone()],
        };
        let error = played.judged().unwrap_err().to_string();
        assert!(error.starts_with("1 of 4 attacks would succeed") && error.ends_with(&line));
        let all = Count { holding: 4, of: 4 };
        let failing = Vec::new();
        assert!(
            Played {
                count: all,
                failing
            }
            .judged()
            .is_ok()
        );
        assert!(Played::default().judged().is_err(), "none were played");
    }

    #[test]
    fn a_case_that_fails_without_its_attack_says_so() {
        let line = told(&json!({ "case": "chromium-x", "control": "why", "attacked": null }));
        assert!(line.starts_with("FAILS") && line.ends_with("without the attack: why"));
        let line = told(&json!({ "case": "chromium-x", "control": null, "attacked": "how" }));
        assert!(line.starts_with("FAILS") && line.ends_with(" how"));
        let held =
            json!({ "case": "chromium-x", "expected": "it is so", "within_s": 5, "took_ms": 1500 });
        assert!(told(&held).starts_with("holds") && told(&held).ends_with("within 5 s (1.5 s)"));
    }
}
