//! `cargo xtask crash`: a real server is killed again and again in the middle of what people do with it,
//! and each time it must have kept what it acknowledged and nothing else. The killing is `crates/crash`.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{binary, sh};

/// What the server keeps its calls in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Kills it so often. With `as_json` one JSON object per line.
pub(crate) fn run(root: &Path, engine: Engine, kills: u32, as_json: bool) -> Result<()> {
    binary::build(root)?;
    // With a test among the targets, libraries are those of the test suite (see `binary`).
    let killer = ["build", "--bin", "crash", "--test", "dependencies"];
    sh::run(&mut sh::cargo_workspace(root, &killer))?;
    let mut killer = Command::new(sh::target_folder(root).join("debug/crash"));
    killer.args(["--kills", &kills.to_string(), "--incamera"]);
    killer
        .arg(binary::path(root))
        .args(as_json.then_some("--json"))
        .args((engine == Engine::Postgres).then_some("--postgres"));
    let mut killer = killer.current_dir(root).stdout(Stdio::piped()).spawn()?;
    let output = BufReader::new(killer.stdout.take().context("no output")?);
    let mut last = String::new();
    for line in output.lines() {
        last = line?;
        println!("{last}");
    }
    let status = killer.wait()?;
    let (survived, of) = counted(&last).with_context(|| format!("it was not played ({status})"))?;
    if !status.success() || survived < of || of != kills {
        bail!(
            "the server lost something, or kept what it should not, in {} of {kills} kills",
            of - survived
        );
    }
    Ok(())
}

/// The last line, in either form.
fn counted(line: &str) -> Option<(u32, u32)> {
    if let Ok(result) = serde_json::from_str::<Value>(line) {
        let number = |name: &str| u32::try_from(result[name].as_u64()?).ok();
        return Some((number("survived")?, number("of")?));
    }
    let (survived, of) = line.split_once(" of ")?;
    Some((survived.parse().ok()?, of.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_counted_in_both_forms() {
        assert_eq!(counted("199 of 200"), Some((199, 200)));
        let json = r#"{"type":"result","survived":3,"of":4,"seed":1}"#;
        assert_eq!(counted(json), Some((3, 4)));
        assert_eq!(counted("it could not be played"), None);
    }
}
