//! `cargo xtask bench`: builds the server and the bench (`crates/bench`) as they are released, and
//! becomes the bench, so that its exit status is this task's.

use std::{os::unix::process::CommandExt, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{peers, sh};

/// Builds, then hands over. Returns only if something is wrong.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--install") {
        peers::install(root)?;
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
