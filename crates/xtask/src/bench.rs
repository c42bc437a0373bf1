//! `cargo xtask bench`: builds the server and the bench (`crates/bench`) as they are released, and
//! becomes the bench, so that its exit status is this task's.

use std::{os::unix::process::CommandExt, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{peers, sh};

/// Builds, then hands over. Returns only if something is wrong.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--install") {
        peers::install(root, &wanted(arguments))?;
    }
    let packages = ["build", "--release", "-p", "incamera", "-p", "bench"];
    let mut build = sh::cargo(root, &packages);
    build.arg("--locked");
    if sh::needs_vpx_bindings() {
        build.args(["--features", "participant/vpx-bindings"]);
    }
    sh::run(&mut build)?;
    let built = sh::target_folder(root).join("release");
    let error = Command::new(built.join("bench"))
        .arg("--incamera")
        .arg(built.join("incamera"))
        .args(arguments)
        .env("PATH", peers::path(root)?)
        .exec();
    Err(error).context("the bench could not be started")
}

/// The servers that these arguments have measured, as the bench reads them.
fn wanted(arguments: &[String]) -> Vec<&str> {
    let named = arguments.iter().enumerate().find_map(|(at, argument)| {
        let next = || arguments.get(at + 1).map(String::as_str);
        let value = argument.strip_prefix("--peers")?;
        value.strip_prefix('=').or_else(next)
    });
    match named {
        Some(names) => names.split(',').collect(),
        None if arguments.iter().any(|a| a == "--quick") => vec!["janus"],
        None => vec!["janus", "livekit"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_that_are_measured_are_installed() {
        let wanted = |line: &str| {
            let arguments: Vec<_> = line.split(' ').map(str::to_owned).collect();
            wanted(&arguments).join(" ")
        };
        assert_eq!(wanted("--install"), "janus livekit");
        assert_eq!(wanted("--quick --install"), "janus");
        assert_eq!(wanted("--peers plain,janus --install"), "plain janus");
        assert_eq!(wanted("--install --quick --peers=livekit"), "livekit");
    }
}
